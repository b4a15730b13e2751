"""What the linker writes. Every function is one statement for a whole parcel; the rows were locked before (`locks.py`)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from contracts.ids import HouseholdId, PersonId, PregnancyId
from contracts.values import Source
from infra.postgres import Database
from infra.rows import array, columns
from infra.sql import queries
from services.linker.domain.kinship import UNKNOWN_BIRTH, Birth
from services.linker.domain.linking import NUMBER_REUSED, UNNOTIFIED
from services.linker.domain.person import Person
from services.linker.domain.pregnancy import Pregnancy
from services.linker.domain.records import Record, RecordKey
from services.linker.domain.revisions import Revision, Verdict
from services.linker.stored import (
    NOBODY,
    Decided,
    InHand,
    KnownMeasure,
    decision_rows,
    delivery_decisions,
    measure_columns,
    membership_rows,
    name_rows,
    person_columns,
    record_columns,
    stated_columns,
)

SQL = queries(__file__, "saving.sql")


async def save_revisions(db: Database, kept: Sequence[tuple[Revision, bool]]) -> None:
    """Keep revisions of the register's records, each with whether it waits for a person's decision."""
    if kept:
        rows = sorted(((*stated_columns(each.record), contested) for each, contested in kept), key=lambda row: row[1:5])
        await db.execute(SQL.save_revisions, *columns(rows, 11))


async def judge(db: Database, key: RecordKey, revision: int, verdict: Verdict) -> bool:
    """Keep what a person decided of a contested revision, or of a record under the number of somebody else; return whether there was."""
    return await db.fetchval(SQL.judge, key.id, revision, verdict.value, NUMBER_REUSED) is not None


async def unjudge(db: Database, key: RecordKey, revision: int) -> bool:
    """Take back what a person decided of a revision; return whether anything was."""
    return await db.fetchval(SQL.unjudge, key.id, revision) is not None


async def move_revisions(db: Database, moved: Sequence[Record]) -> None:
    """Save whom further revisions of the register's records are about now."""
    if moved:
        await db.execute(SQL.move_revisions, *columns([(each.key.id, each.revision, each.subject_id) for each in moved], 3))


async def save_records(
    db: Database, decided: Sequence[Decided], said: Mapping[PersonId, int], asked: Collection[PersonId]
) -> dict[PersonId, int]:
    """
    Save new revisions, and what became anew of records that were here, with the decisions that changed, and count what is said of whom.

    Returns how many facts were said so far of these persons and of those `asked` for.
    """
    if not decided and not said and not asked:
        return {}
    ordered = sorted(decided, key=lambda each: each.record.key)
    changed = [row for each in ordered for row in decision_rows(each)]
    persons = sorted(said)
    counts = (persons, [said[each] for each in persons], list(asked))
    rows = await db.fetch(SQL.save_records, [record_columns(each) for each in ordered], *columns(changed, 10), *counts)
    return {row["person_id"]: row["facts"] for row in rows}


async def count_held_up(db: Database, records: Sequence[RecordKey]) -> dict[RecordKey, int]:
    """Count that it is said of records that they are held up, or are not any more; return how often it was said by now."""
    if not records:
        return {}
    rows = await db.fetch(SQL.count_held_up, *columns(sorted(records), 3))
    return {RecordKey(Source(row["source"]), row["event_type"], row["record_id"]): row["version"] for row in rows}


async def save_persons(
    db: Database, people: Sequence[tuple[Person, int, int]], households: Mapping[HouseholdId, str]
) -> dict[HouseholdId, int]:
    """
    Save persons, each with its version and the version of its identity, and their names and memberships.

    `households` are those that changed by it, with their numbers; returns the version that each has now.
    """
    if not people and not households:
        return {}
    changed = sorted(households.items())
    rows = await db.fetch(
        SQL.save_persons,
        *columns([person_columns(*each) for each in people], 12),
        *columns([row for person, _, _ in people for row in name_rows(person)], 5),
        *columns([row for person, _, _ in people for row in membership_rows(person)], 6),
        *columns(changed, 2),
        [person.birth_precision.value for person, _, _ in people],
        [array(person.moves) for person, _, _ in people],
    )
    return {row["household_id"]: row["version"] for row in rows}


async def save_pregnancies(db: Database, known: Sequence[Pregnancy], gone: Sequence[PregnancyId]) -> None:
    """Save pregnancies, and forget those of which no record stands any more."""
    if known or gone:
        rows = [(p.pregnancy_id, p.pregnancy_no, p.mother_id, p.due_on, p.issued_on, p.outcome, p.ended_on) for p in known]
        pairs = [(p.pregnancy_id, child) for p in known for child in sorted(p.children)]
        await db.execute(SQL.save_pregnancies, *columns(rows, 7), *columns(pairs, 2), list(gone), [p.fetus_count for p in known])


async def save_births(db: Database, at: datetime, now: Mapping[PersonId, Birth], before: Mapping[PersonId, Birth]) -> dict[PersonId, int]:
    """Replace the mothers of the children and the pregnancies that they are linked to; return the kinship version of each."""
    if not now:
        return {}
    children = sorted(now)
    rows = [(child, each.pregnancy_id, each.mother_id, each.rule) for child in children for each in now[child].links]
    decisions = [row for child in children for row in delivery_decisions(child, before.get(child, UNKNOWN_BIRTH).links, now[child].links)]
    mothers = [now[child].mother_id for child in children]
    found = await db.fetch(SQL.save_deliveries, children, *columns(rows, 4), *columns(decisions, 4), at, mothers)
    return {row["person_id"]: row["kinship_version"] for row in found}


async def replace_concerns(db: Database, held: Mapping[RecordKey, Collection[PersonId | None]], *, ends: bool = True) -> list[InHand]:
    """
    Save whom each of the held records may concern (None: anybody; empty: it is held no longer). Returns the numbers that changed.

    Without `ends` whom it may not concern any more is kept for now; their numbers are locked all the same.
    """
    rows = [(*key, person or NOBODY) for key in sorted(held) for person in sorted(held[key], key=str)]
    touched = await db.fetch(SQL.replace_concerns, *columns(sorted(held), 3), *columns(rows, 4), ends) if held else ()
    return await _recounted(db, [(row["source"], row["person_id"]) for row in touched])


async def recount_concerns(db: Database, persons: Collection[PersonId]) -> list[InHand]:
    """Count anew what is in hand for persons, after people said who is who. Returns the numbers that changed."""
    sources = [row["source"] for row in await db.fetch(SQL.sources_in_hand, list(persons))]
    return await _recounted(db, [(source, person) for source in sources for person in sorted(persons)])


async def _recounted(db: Database, whose: Sequence[tuple[str, PersonId]]) -> list[InHand]:
    if not whose:
        return []
    await db.execute(SQL.lock_in_hand, *columns(whose, 2))
    counted = await db.fetch(SQL.recount_concerns, *columns(whose, 2), UNNOTIFIED)
    return [
        InHand(Source(row["source"]), row["person_id"] if row["person_id"] != NOBODY else None, row["version"], row["records"])
        for row in counted
    ]


async def save_measures(db: Database, known: Sequence[KnownMeasure]) -> None:
    """Save protection measures."""
    if known:
        await db.executemany(SQL.save_measure, [measure_columns(each) for each in known])
