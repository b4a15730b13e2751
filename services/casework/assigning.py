"""Who of the ward works with which children: given to a colleague, many at once, after it was shown what that would do."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId, StaffId
from contracts.messages import Thing as AuditThing
from contracts.values import Section, Ward
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, cases, store
from services.casework.domain.assigning import Chosen, Colleague, Left, Planned, Standing, plan, version_of
from services.casework.domain.calendar import born_from
from services.casework.store import AccessNote, thing_of

SQL = queries(__file__, "assigning.sql")


@dataclass(frozen=True, slots=True)
class Run:
    """An operation that was made: by whom, when, to whom, and how many were left out, by why. `given` is how many were not."""

    id: UUID
    at: datetime
    by: StaffId
    by_name: str
    to: Colleague | None
    left: Mapping[Left, int]
    given: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """A child that an operation gave to somebody, and who had it before."""

    person_id: PersonId
    protected: bool
    name: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Load:
    """How many open reviews somebody has, and how many of their cases are late. Without an `owner`: how many nobody has."""

    owner: StaffId | None
    name: str | None
    reviews: int
    late: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """It is done; `again` where the same form was sent before."""

    run_id: UUID
    plan: tuple[Planned, ...] = ()
    again: bool = False


class KeyReused(Exception):
    """The key was used for another operation."""


async def planned(db: Database, staff: Staff, chosen: Sequence[Chosen], to: Colleague | None) -> tuple[Planned, ...]:
    """Return what it would do to give the chosen ones to somebody, on what stands now."""
    rows = await db.fetch(SQL.standing, [each.person_id for each in chosen])
    return plan(chosen, [_standing(row) for row in rows], accesses.viewer_of(staff), to)


async def assign(work: UnitOfWork, staff: Staff, ward: Ward, run_id: UUID, chosen: Sequence[Chosen], to: Colleague | None) -> Assigned:
    """Give to somebody whom of the chosen ones it can be given, in one operation. Raises KeyReused."""
    # No parcel changes meanwhile who may see whom, and none waits for a review of these while these wait for one of its.
    await cases.hold_hearing(work.db)
    fingerprint = _fingerprint(staff, chosen, to)
    if (before := await work.db.fetchrow(SQL.run, run_id)) is not None:
        return _again(before, fingerprint)
    await work.db.execute(SQL.lock_chosen, [each.person_id for each in chosen])

    found = await planned(work.db, staff, chosen, to)

    left = json.dumps(Counter(each.left for each in found if each.left is not None))
    whom = (to.id, to.name, to.section) if to is not None else (None, None, None)
    row = (ward, work.now, staff.id, staff.name, *whom, fingerprint, left)
    if await work.db.fetchval(SQL.keep_run, run_id, *row) is None:
        raise KeyReused
    given = [each.standing for each in found if each.standing is not None and each.left is None]
    await work.db.execute(SQL.assign, [each.review_id for each in given], run_id, *whom, ward)
    await _keep(work, staff, ward, run_id, given)
    return Assigned(run_id, found)


def _again(before: asyncpg.Record, fingerprint: bytes) -> Assigned:
    if before["fingerprint"] != fingerprint:
        raise KeyReused
    return Assigned(before["run_id"], again=True)


async def run(db: Database, run_id: UUID, asking: StaffId) -> tuple[Run, tuple[Given, ...]] | None:
    """Return an operation of the ward, and to whom it gave whom, as far as whoever is `asking` may be told."""
    row = await db.fetchrow(SQL.run, run_id)
    if row is None:
        return None
    rows = await db.fetch(SQL.given, run_id, asking)
    given = tuple(Given(PersonId(each["person_id"]), each["protected"], each["name"], each["from_name"]) for each in rows)
    return _run(row, len(given)), given


async def runs(db: Database, ward: Ward, most: int, asking: StaffId) -> tuple[Run, ...]:
    """Return the newest operations of the ward of which whoever is `asking` may be told."""
    return tuple(_run(row, row["given"]) for row in await db.fetch(SQL.runs, ward, most, asking))


async def loads(db: Database, ward: Ward, today: date) -> tuple[Load, ...]:
    """Return who has how many, by who has most; in the end what nobody has."""
    rows = await db.fetch(SQL.loads, ward, today, born_from(today))
    found = [Load(StaffId(row["owner"]) if row["owner"] else None, row["name"], row["reviews"], row["late"]) for row in rows]
    return tuple(sorted(found, key=lambda each: (each.owner is None, -each.reviews, each.name or "")))


async def _keep(work: UnitOfWork, staff: Staff, ward: Ward, run_id: UUID, given: Sequence[Standing]) -> None:
    """Keep in the log that somebody gave these to a colleague: of the operation, and of each child."""
    deed = deeds.CHILDREN_ASSIGNED
    thing = AuditThing(kind=ThingKind.REVIEW_LIST, id=None, ward=ward)
    entry = work.keep(deed, actor=staff.actor, thing=thing, relation="team", correlation=str(run_id))
    for each in given:
        protected = each.thing.protected
        work.keep(
            deeds.CHILD_ASSIGNED,
            actor=accesses.actor_of(staff, protected=protected),
            thing=AuditThing(kind=ThingKind.CHILD, id=str(each.person_id)),
            fields=("owner",),
            relation="team",
            # The operation of a ward would tell the ward of the protected child in it.
            correlation=None if protected else str(run_id),
        )
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", None, is_decision=True, others=len(given))
    await store.note_access(work.db, note, work.now)


def _fingerprint(staff: Staff, chosen: Sequence[Chosen], to: Colleague | None) -> bytes:
    asked = [str(staff.id), str(to.id) if to else None, *(f"{each.person_id}:{each.version}" for each in chosen)]
    return hashlib.sha256(json.dumps(asked).encode()).digest()


def _run(row: asyncpg.Record, given: int) -> Run:
    to = Colleague(StaffId(row["to_id"]), row["to_name"], Section(row["to_section"])) if row["to_id"] else None
    left = {Left(why): number for why, number in json.loads(row["left_out"]).items()}
    return Run(row["run_id"], row["made_at"], StaffId(row["made_by"]), row["made_by_name"], to, left, given)


def _standing(row: asyncpg.Record) -> Standing:
    return Standing(
        person_id=PersonId(row["person_id"]),
        review_id=row["review_id"],
        thing=thing_of(row),
        version=version_of(row["version"], row["case_version"], row["assigned_version"]),
        name=row["name"],
        owner=StaffId(row["assigned_to"]) if row["holds"] and row["assigned_to"] else None,
        owner_name=row["assigned_name"] if row["holds"] else None,
        lead_section=Section(row["lead_section"]) if row["lead_section"] else None,
    )
