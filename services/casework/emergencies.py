"""
Reading a child of another ward in an emergency (S24): started for a stated reason, over after two hours, looked into by another person.

The entry of the log commits with the start, before anything is shown; so does that of its end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import PersonId, StaffId
from contracts.messages import Thing as AuditThing
from contracts.values import Ward
from infra import looking
from infra.identity.staff import Staff
from infra.looking import Refused
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.domain.emergency import EmergencyReason, EndedWhy, Verdict, ends_at, review_due_on
from services.casework.domain.policy import Action, Deny, Facts, Permit, Reason, decide, may_in_emergency
from services.casework.domain.searching import is_called
from services.casework.store import AccessNote, Acting

SQL = queries(__file__, "emergencies.sql")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom somebody must see: by the id of a page that did not open, or by name and birth date."""

    person_id: PersonId | None = None
    name: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """One that goes on."""

    id: UUID
    person_id: PersonId
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Emergency:
    """One that was started, and what came of looking into it. The child by its id alone."""

    id: UUID
    person_id: PersonId
    staff_id: StaffId
    staff_name: str
    staff_place: str
    reason: str
    words: str
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    ended_why: str | None
    review_due_on: date
    reviewed_at: datetime | None
    reviewed_by_name: str | None
    verdict: str | None
    review_words: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the first page says of emergencies: the own ones that go on; how many others wait to be looked into, and how many too long."""

    own: tuple[Open, ...] = ()
    waiting: int = 0
    late: int = 0


# --- To read ----------------------------------------------------------------------------------------------------------


async def start(work: UnitOfWork, staff: Staff, whom: Whom, reason: EmergencyReason, words: str) -> PersonId | None:
    """
    Let somebody read a child for two hours; return whose page may be opened now, or None where none may.

    Whoever is theirs to see anyway needs none. Whether there is no such child, more than one, or one that a measure protects, the answer is
    the same, and all but the first are in the log.
    """
    await store.act_as(work.db, Acting.SYSTEM)
    person_id = await _the_only(work.db, whom)
    await accesses.act_as(work, staff)
    facts = await accesses.facts_for(work, staff, person_id) if person_id is not None else Facts(None, seen=False)
    if person_id is not None and isinstance(decide(accesses.viewer_of(staff), Action.OPEN_CHILD, facts), Permit):
        return person_id

    decision = (
        may_in_emergency(accesses.viewer_of(staff), Action.OPEN_CHILD, facts.thing) if facts.thing else Deny(Reason.NO_REVIEW, hidden=True)
    )

    if isinstance(decision, Deny) or person_id is None or facts.thing is None:
        why = decision.reason if isinstance(decision, Deny) else Reason.NO_REVIEW
        attempt = accesses.attempt(staff, Action.BREAK_GLASS, deeds.EMERGENCY_STARTED, person_id)
        await looking.refuse(work, attempt, Refused(why, hidden=True), facts)
        return None
    await _start(work, staff, person_id, facts.thing.ward, reason, words)
    return person_id


async def read_in(work: UnitOfWork, staff: Staff, person_id: PersonId, read: Callable[[], Awaitable[T | None]]) -> tuple[T, Open] | None:
    """Return what `read` finds in an emergency of that person that goes on, and which; None where there is none, or nothing may be seen."""
    row = await work.db.fetchrow(SQL.open_emergency, staff.id, person_id, work.now)
    if row is None:
        return None
    await work.db.execute(SQL.act_in_emergency, work.now)
    found = await read()
    await accesses.act_as(work, staff)
    return None if found is None else (found, Open(row["emergency_id"], person_id, row["ends_at"]))


async def end(work: UnitOfWork, staff: Staff, emergency_id: UUID) -> None:
    """End one's own before its time. One that is over stays as it is."""
    person_id = await work.db.fetchval(SQL.end_emergency, emergency_id, staff.id, work.now)
    if person_id is not None:
        await _keep(work, staff, deeds.EMERGENCY_ENDED, PersonId(person_id), emergency_id, None, EndedWhy.BY_HAND)


async def end_what_is_over(work: UnitOfWork) -> None:
    """Note of whatever is over that it ended, each once. For the service's clock."""
    await store.act_as(work.db, Acting.SYSTEM)
    for row in await work.db.fetch(SQL.end_what_is_over, work.now):
        _keep_ended(work, row["person_id"], row["emergency_id"], EndedWhy(row["ended_why"]))


# --- To look into it --------------------------------------------------------------------------------------------------


async def told(db: Database, staff: Staff, now: datetime, today: date, *, of_others: bool) -> Told:
    """Return what the first page says of emergencies; `of_others` where somebody is told of those."""
    rows = await db.fetch(SQL.own_open_emergencies, staff.id, now)
    own = tuple(Open(row["emergency_id"], PersonId(row["person_id"]), row["ends_at"]) for row in rows)
    counts = await db.fetchrow(SQL.count_unreviewed, staff.id, today) if of_others else None
    return Told(own, counts["waiting"], counts["late"]) if counts else Told(own)


async def those_told_of(db: Database, most: int) -> tuple[Emergency, ...]:
    """Return those that whoever the transaction acts for is told of: what waits to be looked into first."""
    return tuple(Emergency(*row.values()) for row in await db.fetch(SQL.emergencies, most))


async def look_into(work: UnitOfWork, staff: Staff, emergency_id: UUID, verdict: Verdict, words: str) -> Refused | bool:
    """Keep what somebody found who looked into one; False where there is none, or another has looked into it."""
    row = await work.db.fetchrow(SQL.lock_emergency, emergency_id)
    if row is None or row["reviewed_at"] is not None:
        return False
    if row["staff_id"] == staff.id:
        return Refused(Reason.OWN_DEED)
    await work.db.execute(SQL.review_emergency, emergency_id, work.now, staff.id, staff.name, verdict, words)
    await _keep(work, staff, deeds.EMERGENCY_REVIEWED, PersonId(row["person_id"]), emergency_id, None, verdict)
    return True


async def _the_only(db: Database, whom: Whom) -> PersonId | None:
    rows = await db.fetch(SQL.whom_it_is_about, whom.person_id, whom.birth_date)
    named = [row for row in rows if whom.person_id is not None or is_called(whom.name, row["name"], row["kana"])]
    return PersonId(named[0]["person_id"]) if len(named) == 1 else None


async def _start(work: UnitOfWork, staff: Staff, person_id: PersonId, ward: Ward | None, reason: EmergencyReason, words: str) -> None:
    await work.db.execute(SQL.begin_reading, staff.id, person_id)
    if await work.db.fetchrow(SQL.open_emergency, staff.id, person_id, work.now) is not None:
        # Pressed twice, or in two tabs.
        return
    for row in await work.db.fetch(SQL.end_before, staff.id, person_id, work.now):
        _keep_ended(work, row["person_id"], row["emergency_id"], EndedWhy.TIME)
    emergency_id = work.identifiers.random()
    await work.db.execute(
        SQL.start_emergency,
        emergency_id,
        person_id,
        StaffId(staff.id),
        staff.name,
        staff.place,
        staff.ward,
        ward,
        reason,
        words,
        work.now,
        ends_at(work.now),
        review_due_on(work.today),
    )
    await _keep(work, staff, deeds.EMERGENCY_STARTED, person_id, emergency_id, ward, reason)


async def _keep(
    work: UnitOfWork, staff: Staff, deed: Deed, person_id: PersonId, emergency_id: UUID, ward: Ward | None, reason_code: str
) -> None:
    thing = AuditThing(kind=ThingKind.CHILD, id=str(person_id), ward=ward)
    entry = work.keep(deed, actor=staff.actor, thing=thing, reason_code=reason_code, correlation=str(emergency_id))
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", person_id, is_decision=True)
    await store.note_access(work.db, note, work.now)


def _keep_ended(work: UnitOfWork, person_id: UUID, emergency_id: UUID, why: EndedWhy) -> None:
    thing = AuditThing(kind=ThingKind.CHILD, id=str(person_id))
    work.keep(
        deeds.EMERGENCY_ENDED, actor=work.service_actor(), thing=thing, cause=emergency_id, reason_code=why, correlation=str(emergency_id)
    )
