"""The coordinator names who knows where a protected child is, and ends it; both are decisions that the log keeps (`domain.md` §4.4)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import PersonId, StaffId
from contracts.messages import Thing as AuditThing
from infra.identity.staff import Registered, Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.domain.holding import shares_a_name
from services.casework.domain.policy import Facts
from services.casework.store import AccessNote, Acting, thing_of

SQL = queries(__file__, "holders.sql")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who was named, by whom and when, and how it was checked that they are no relative. Older ones have no names."""

    id: StaffId
    name: str | None
    place: str | None
    named_by: str | None
    named_at: datetime
    checked: str | None


@dataclass(frozen=True, slots=True)
class HeldChild:
    """A protected child, and who knows where it is."""

    name: str | None
    facts: Facts
    holders: tuple[Holder, ...]


async def held_child(db: Database, person_id: PersonId) -> HeldChild | None:
    """Return a child with its holders, or None where it may not be seen."""
    child = await db.fetchrow(SQL.named_child, person_id)
    if child is None:
        return None
    holders = tuple(Holder(*row.values()) for row in await db.fetch(SQL.holders_of, person_id))
    return HeldChild(child["name"], Facts(thing_of(child)), holders)


async def is_called_as_an_opponent(work: UnitOfWork, staff: Staff, person_id: PersonId, name: str) -> bool:
    """Whether somebody of that name has the family name of an opponent of the child, or of somebody who lives with one."""
    await store.act_as(work.db, Acting.SYSTEM)
    opponents = [row["name"] for row in await work.db.fetch(SQL.opponents_called, person_id)]
    await accesses.act_as(work, staff)
    return shares_a_name(name, opponents)


async def name_holder(work: UnitOfWork, staff: Staff, person_id: PersonId, named: Registered, place: str, checked: str) -> None:
    """Name somebody. Who was named before stays so."""
    what = (person_id, named.id, staff.id, work.now, named.name, place, staff.name, checked)
    if await work.db.fetchval(SQL.name_holder, *what) is not None:
        await _keep(work, staff, deeds.HOLDER_NAMED, person_id, named.id)


async def end_holder(work: UnitOfWork, staff: Staff, person_id: PersonId, holder: UUID) -> None:
    """Let somebody know it no longer. Who was not named, or not any more, is not."""
    if await work.db.fetchval(SQL.end_holder, person_id, holder) is not None:
        await _keep(work, staff, deeds.HOLDER_ENDED, person_id, StaffId(holder))


async def _keep(work: UnitOfWork, staff: Staff, deed: Deed, person_id: PersonId, holder: StaffId) -> None:
    entry = work.keep(
        deed,
        actor=accesses.actor_of(staff, protected=True),
        thing=AuditThing(kind=ThingKind.CHILD, id=str(person_id)),
        reason_code=accesses.PROTECTED,
        correlation=str(holder),
    )
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", person_id, is_decision=True)
    await store.note_access(work.db, note, work.now)
