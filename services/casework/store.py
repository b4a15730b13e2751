"""Reads and writes the service's tables, set-based: one statement for all events of a parcel."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import asyncpg

from contracts.feeds import NOWHERE
from contracts.ids import EventId, PersonId, ReviewId, StaffId
from contracts.messages import (
    EvaluationOverdue,
    FeedState,
    FeedWatermark,
    HouseholdChanged,
    PersonChanged,
    PersonIdentified,
    PersonsMerged,
    PersonSplit,
    ProtectionChanged,
    ReviewBasisChanged,
    ReviewNeeded,
)
from contracts.values import Group, Ward
from infra.postgres import Database
from infra.rows import array, columns
from infra.sql import queries
from services.casework.domain.case import Outcome
from services.casework.domain.policy import Thing
from services.casework.domain.review import Became, Closure, Kind, ReviewState, Word, reason_from, without_opponent

SQL = queries(__file__)
COOL_DOWN = "cool_down"
"""Why a request to look is quiet: an earlier review ended not long ago (`casework.md` §2.4)."""


class Acting(StrEnum):
    """In whose name a transaction works; row-level security reads it."""

    SYSTEM = "system"
    STAFF = "staff"
    COORDINATOR = "coordinator"
    PRIVACY_OFFICER = "privacy_officer"
    GUIDANCE_CENTER = "guidance_center"


async def act_as(db: Database, acting: Acting, ward: Ward | None = None, staff_id: StaffId | None = None) -> None:
    """Say in whose name the rest of the transaction works. Without it, it sees nothing."""
    await db.execute(SQL.act_as, acting, ward or "", str(staff_id or ""))


async def act_for_center(db: Database, staff_id: StaffId, now: datetime) -> None:
    """Say that somebody of the child guidance centre does, and when: what is shared with it is shared until a day."""
    await db.execute(SQL.act_for_center, str(staff_id), now)


async def begin_hearing(db: Database) -> None:
    """Act as the system, alone: another parcel waits until this transaction ends, and then sees what it did."""
    await db.execute(SQL.begin_hearing)


# --- What is heard ----------------------------------------------------------------------------------------------------


async def save_measures(db: Database, told: Sequence[ProtectionChanged]) -> set[PersonId]:
    """Save protection measures. Returns everybody whom one of them protects or protected."""
    rows = [
        (each.measure_id, each.version, each.valid_from, each.valid_to, array(each.protected), array(each.opponents), each.voided)
        for each in told
    ]
    saved = await db.fetch(SQL.save_measures, *columns(rows, 7))
    protected = {PersonId(row["person_id"]) for row in saved}
    await db.execute(SQL.remember_persons, list(protected))
    return protected


async def save_persons(db: Database, told: Sequence[PersonChanged]) -> None:
    """Save what is known of persons. An older version never overwrites a newer one."""
    rows = [
        (each.person_id, each.version, each.birth_date, each.sex, ward_of(each), each.household_id, each.exists, left_on(each))
        for each in told
    ]
    await db.execute(SQL.save_persons, *columns(rows, 8))


async def save_names(db: Database, told: Sequence[PersonIdentified]) -> None:
    """Save names and addresses. An older version never overwrites a newer one."""
    rows = [(each.person_id, each.version, each.person_no, each.name, each.kana, each.address_code) for each in told]
    await db.execute(SQL.save_names, *columns(rows, 6))


async def save_aliases(db: Database, told: Sequence[PersonsMerged | PersonSplit]) -> set[PersonId]:
    """Save who is whom, or nobody else any more. An older version never overwrites a newer one. Returns those who were taken for others."""
    rows = [
        (each.absorbed_id, each.version, each.survivor_id) if isinstance(each, PersonsMerged) else (each.person_id, each.version, None)
        for each in told
    ]
    await db.execute(SQL.save_aliases, *columns(rows, 3))
    absorbed = {absorbed_id for absorbed_id, _, _ in rows}
    await db.execute(SQL.remember_persons, list(absorbed))
    return absorbed


async def save_households(db: Database, told: Sequence[HouseholdChanged]) -> None:
    """Save households with all their members. An older version never overwrites a newer one."""
    rows = [(each.household_id, each.version, each.household_no) for each in told]
    newer = {(row["household_id"], row["version"]) for row in await db.fetch(SQL.save_households, *columns(rows, 3))}
    written = {each.household_id: each for each in told if (each.household_id, each.version) in newer}
    members = [
        (household_id, member.person_id, member.relationship, member.start, member.end)
        for household_id, each in written.items()
        for member in each.members
    ]
    await db.execute(SQL.save_members, list(written), *columns(members, 5))


async def refresh_access(db: Database, persons: Iterable[PersonId]) -> None:
    """Work out anew who may see these persons, and those whom they are an opponent of."""
    touched = list(persons)
    await db.execute(SQL.lock_access, touched)
    await db.execute(SQL.refresh_access, touched)


async def save_words(db: Database, told: Sequence[ReviewNeeded | ReviewBasisChanged]) -> None:
    """Keep what the scorer said, every version of it."""
    await db.execute(SQL.save_words, *columns([_word_row(each) for each in told], 11))


async def save_overdue(db: Database, told: Sequence[EvaluationOverdue]) -> None:
    """Save since when people could not be evaluated. An older version never overwrites a newer one."""
    await db.execute(SQL.save_overdue, *columns([(each.person_id, each.version, each.since) for each in told], 3))


async def save_feeds(db: Database, told: Sequence[FeedWatermark]) -> None:
    """Save up to which day sources have delivered; an earlier one than before where a source took its word back."""
    await db.execute(SQL.save_feeds, *columns([(each.source, each.version, each.complete_through) for each in told], 3), NOWHERE)


async def save_feed_states(db: Database, told: Sequence[FeedState]) -> None:
    """Save how feeds stand. An older version never overwrites a newer one."""
    await db.execute(SQL.save_feed_states, *columns([(each.source, each.standing, each.since, each.version) for each in told], 4))


async def words_of(db: Database, persons: Iterable[PersonId]) -> Mapping[PersonId, list[tuple[EventId, Word]]]:
    """Return every word about these persons with the id of its message, by version."""
    found: dict[PersonId, list[tuple[EventId, Word]]] = defaultdict(list)
    for row in await db.fetch(SQL.words_of, list(persons)):
        found[PersonId(row["person_id"])].append((row["event_id"], word_from(json.loads(row["word"]))))
    return found


async def save_reviews(db: Database, states: Mapping[PersonId, tuple[ReviewId, ReviewState]]) -> None:
    """Save the open review, with its id, of each person."""
    rows = [
        (review_id, person_id, s.opened_on, s.version, array(s.groups), s.needed, s.basis_changed, s.oldest_known_at)
        for person_id, (review_id, s) in states.items()
    ]
    await db.execute(SQL.save_reviews, *columns(rows, 8))


async def closures_of(db: Database, persons: Iterable[PersonId]) -> Mapping[PersonId, list[Closure]]:
    """Return the reviews of these persons that people closed."""
    found: dict[PersonId, list[Closure]] = defaultdict(list)
    for row in await db.fetch(SQL.closures_of, list(persons)):
        closure = Closure(row["review_id"], row["version"], row["closed_on"], Outcome(row["outcome"]), frozenset(map(Group, row["groups"])))
        found[PersonId(row["person_id"])].append(closure)
    return found


async def save_dispositions(db: Database, dispositions: Sequence[tuple[EventId, PersonId, Became]]) -> None:
    """Write what became of requests to look."""
    rows = [
        (event_id, person_id, became.disposition, became.closed, COOL_DOWN if became.until else None, became.until)
        for event_id, person_id, became in dispositions
    ]
    await db.execute(SQL.save_dispositions, *columns(rows, 6))


# --- What people do ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccessNote:
    """
    A note of one look or deed, by the id of its entry in the audit.

    `others` is how many further entries say what it showed beside. Name and place are missing where a login was refused.
    """

    entry: EventId
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


def _word_row(told: ReviewNeeded | ReviewBasisChanged) -> tuple[object, ...]:
    return (
        told.person_id,
        told.version,
        told.event_id,
        Kind.NEEDED if isinstance(told, ReviewNeeded) else Kind.BASIS_CHANGED,
        told.ruleset,
        told.as_of,
        isinstance(told, ReviewNeeded) or told.needed,
        array(told.groups),
        json.dumps([without_opponent(indicator.model_dump(mode="json")) for indicator in told.indicators]),
        told.occurred_at,
        told.cool_down_days,
    )


def ward_of(person: PersonChanged) -> Ward | None:
    """
    Return the ward that answers for a person: that of the last stay, also after it ended.

    Moves are registered after they happened (住民基本台帳法 22–24条), so the last stay has begun; and a family that left stays with the
    ward that knows it until somebody hands it over (`domain.md` §4.8).
    """
    return next((stay.ward for stay in reversed(person.residence) if stay.ward is not None), None)


def left_on(person: PersonChanged) -> date | None:
    """Return the day from which a person does not live in the city any more, by what the register tells today; also one that is to come."""
    return person.residence[-1].end if person.residence else None


def thing_of(row: asyncpg.Record) -> Thing:
    """Return a child as permission sees it, from a row that says who may see it."""
    return Thing(
        ward=Ward(row["ward"]) if row["ward"] else None,
        protected=row["protected"],
        barred=frozenset(map(Ward, row["barred"])),
        holders=frozenset(map(StaffId, row["holders"])),
        offered_to=Ward(row["offered_to"]) if row["offered_to"] else None,
        at_center=row["at_center"],
        center_sensitive=row["center_sensitive"],
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
        cool_down_days=raw.get("cool_down_days"),
    )
