"""Reads and writes the service's tables, set-based: one statement for all events of a parcel."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from contracts.ids import PersonId, StaffId
from contracts.messages import (
    EvaluationOverdue,
    HouseholdChanged,
    PersonChanged,
    PersonIdentified,
    ProtectionChanged,
    ReviewBasisChanged,
    ReviewNeeded,
)
from contracts.values import Group, Ward
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain.policy import Thing
from services.casework.domain.review import Disposition, Kind, ReviewState, Word, reason_from, without_opponent

SQL = queries(__file__)


class Acting(StrEnum):
    """In whose name a transaction works; row-level security reads it."""

    SYSTEM = "system"
    STAFF = "staff"
    COORDINATOR = "coordinator"


async def act_as(db: Database, acting: Acting, ward: Ward | None = None, staff_id: StaffId | None = None) -> None:
    """Say in whose name the rest of the transaction works. Without it, it sees nothing."""
    await db.execute(SQL.act_as, acting, ward or "", str(staff_id or ""))


async def begin_hearing(db: Database) -> None:
    """Act as the system, alone: another parcel waits until this transaction ends, and then sees what it did."""
    await db.execute(SQL.begin_hearing)


# --- What is heard ----------------------------------------------------------------------------------------------------


async def save_measures(db: Database, told: Sequence[ProtectionChanged]) -> set[PersonId]:
    """Save protection measures. Returns everybody whom one of them protects or protected."""
    rows = await db.fetch(
        SQL.save_measures,
        [each.measure_id for each in told],
        [each.version for each in told],
        [each.valid_from for each in told],
        [each.valid_to for each in told],
        [_array(map(str, each.protected)) for each in told],
        [_array(map(str, each.opponents)) for each in told],
        [each.voided for each in told],
    )
    protected = {PersonId(row["person_id"]) for row in rows}
    await db.execute(SQL.remember_persons, list(protected))
    return protected


async def save_persons(db: Database, told: Sequence[PersonChanged]) -> None:
    """Save what is known of persons. An older version never overwrites a newer one."""
    await db.execute(
        SQL.save_persons,
        [each.person_id for each in told],
        [each.version for each in told],
        [each.birth_date for each in told],
        [each.sex for each in told],
        [ward_of(each) for each in told],
        [each.household_id for each in told],
        [each.exists for each in told],
    )


async def save_names(db: Database, told: Sequence[PersonIdentified]) -> None:
    """Save names and addresses. An older version never overwrites a newer one."""
    await db.execute(
        SQL.save_names,
        [each.person_id for each in told],
        [each.version for each in told],
        [each.person_no for each in told],
        [each.name for each in told],
        [each.kana for each in told],
        [each.address_code for each in told],
    )


async def save_households(db: Database, told: Sequence[HouseholdChanged]) -> None:
    """Save households with all their members. An older version never overwrites a newer one."""
    newer = {
        (row["household_id"], row["version"])
        for row in await db.fetch(
            SQL.save_households,
            [each.household_id for each in told],
            [each.version for each in told],
            [each.household_no for each in told],
        )
    }
    written = {each.household_id: each for each in told if (each.household_id, each.version) in newer}
    members = [(household_id, member) for household_id, each in written.items() for member in each.members]
    await db.execute(
        SQL.save_members,
        list(written),
        [household_id for household_id, _ in members],
        [member.person_id for _, member in members],
        [member.relationship for _, member in members],
        [member.start for _, member in members],
        [member.end for _, member in members],
    )


async def refresh_access(db: Database, persons: Iterable[PersonId]) -> None:
    """Work out anew who may see these persons, and those whom they are an opponent of."""
    touched = list(persons)
    await db.execute(SQL.lock_access, touched)
    await db.execute(SQL.refresh_access, touched)


async def save_words(db: Database, told: Sequence[ReviewNeeded | ReviewBasisChanged]) -> None:
    """Keep what the scorer said, every version of it."""
    await db.execute(
        SQL.save_words,
        [each.person_id for each in told],
        [each.version for each in told],
        [each.event_id for each in told],
        [Kind.NEEDED if isinstance(each, ReviewNeeded) else Kind.BASIS_CHANGED for each in told],
        [each.ruleset for each in told],
        [each.as_of for each in told],
        [isinstance(each, ReviewNeeded) or each.needed for each in told],
        [_array(each.groups) for each in told],
        [json.dumps([without_opponent(indicator.model_dump(mode="json")) for indicator in each.indicators]) for each in told],
        [each.occurred_at for each in told],
    )


async def save_overdue(db: Database, told: Sequence[EvaluationOverdue]) -> None:
    """Save since when people could not be evaluated. An older version never overwrites a newer one."""
    await db.execute(SQL.save_overdue, [each.person_id for each in told], [each.version for each in told], [each.since for each in told])


async def words_of(db: Database, persons: Iterable[PersonId]) -> Mapping[PersonId, list[tuple[UUID, Word]]]:
    """Return every word about these persons with the id of its message, by version."""
    found: dict[PersonId, list[tuple[UUID, Word]]] = defaultdict(list)
    for row in await db.fetch(SQL.words_of, list(persons)):
        found[PersonId(row["person_id"])].append((row["event_id"], word_from(json.loads(row["word"]))))
    return found


async def save_reviews(db: Database, states: Mapping[PersonId, tuple[UUID, ReviewState]]) -> None:
    """Save the open review, with its id, of each person."""
    await db.execute(
        SQL.save_reviews,
        [review_id for review_id, _ in states.values()],
        list(states),
        [state.opened_on for _, state in states.values()],
        [state.version for _, state in states.values()],
        [_array(state.groups) for _, state in states.values()],
        [state.needed for _, state in states.values()],
        [state.basis_changed for _, state in states.values()],
        [state.oldest_known_at for _, state in states.values()],
    )


async def save_dispositions(db: Database, dispositions: Sequence[tuple[UUID, PersonId, Disposition]]) -> None:
    """Write what became of requests to look: event, person, disposition."""
    await db.execute(SQL.save_dispositions, *map(list, zip(*dispositions, strict=True)))


# --- What people do ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccessNote:
    """
    A note of one look or deed, by the id of its entry in the audit.

    `others` is how many further entries say what it showed beside. Name and place are missing where a login was refused.
    """

    entry: UUID
    staff_id: StaffId
    staff_name: str | None
    staff_place: str | None
    action: str
    decision: str
    person_id: PersonId | None
    is_decision: bool = False
    others: int = 0


async def permission_facts(db: Database, person_id: PersonId) -> Thing | None:
    """
    Return what permission depends on, or None where the person is not under review, or is hidden from whom the transaction acts for.

    It says who is turned away, and, read as the system, why. What is shown or done is decided on the row that is shown or locked.
    """
    row = await db.fetchrow(SQL.permission_facts, person_id)
    return thing_of(row) if row is not None else None


async def note_access(db: Database, note: AccessNote, at: datetime) -> None:
    """Note that an access, or a deed, went to the audit."""
    await db.execute(
        SQL.note_access,
        note.entry,
        at,
        note.staff_id,
        note.staff_name,
        note.staff_place,
        note.action,
        note.person_id,
        note.decision,
        "decision" if note.is_decision else "access",
        note.others,
    )


def ward_of(person: PersonChanged) -> Ward | None:
    """
    Return the ward that answers for a person: that of the last stay, also after it ended.

    Moves are registered after they happened (住民基本台帳法 22–24条), so the last stay has begun; and a family that left stays with the
    ward that knows it until somebody hands it over (`domain.md` §4.8).
    """
    return next((stay.ward for stay in reversed(person.residence) if stay.ward is not None), None)


def thing_of(row: asyncpg.Record) -> Thing:
    """Return a child as permission sees it, from a row that says who may see it."""
    return Thing(
        ward=Ward(row["ward"]) if row["ward"] else None,
        protected=row["protected"],
        barred=frozenset(map(Ward, row["barred"])),
        holders=frozenset(map(StaffId, row["holders"])),
    )


def word_from(raw: Mapping[str, Any]) -> Word:
    """Return the word in the JSON of a row of `review_word`."""
    return Word(
        version=raw["version"],
        kind=Kind(raw["kind"]),
        ruleset=raw["ruleset"],
        as_of=date.fromisoformat(raw["as_of"]),
        needed=raw["needed"],
        groups=tuple(map(Group, raw["groups"])),
        reasons=tuple(map(reason_from, raw["indicators"])),
    )


def _array(values: Iterable[str]) -> str:
    # PostgreSQL's own text form: unnest() cannot take arrays of arrays of different lengths. Only ids and fixed words come here.
    return f"{{{','.join(values)}}}"
