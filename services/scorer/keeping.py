"""What is heard is kept, in whatever order it comes: a constant number of statements for any number of messages. Nothing here decides."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from contracts.ids import EventId, PersonId, PregnancyId
from contracts.messages import (
    CareList,
    CaseMoved,
    CaseOpened,
    FeedWatermark,
    HouseholdChanged,
    KinshipChanged,
    PersonChanged,
    ProtectionChanged,
    RecordLinked,
    RecordsInHand,
)
from contracts.record_keys import record_key
from contracts.values import DatePrecision, Item, Source
from infra.postgres import Database
from infra.rows import array, columns
from infra.sql import queries
from services.scorer.domain.indicators import FEEDS_OF, HOUSEMATES, OWN
from services.scorer.domain.parameters import Parameters

SQL = queries(__file__, "keeping.sql")

NAMED_ONLY = -1
"""The version of a person whom a message named but none described."""


NOBODY_IN_CARE = CareList(children=(), start=None, end=None)


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom news may concern: persons, and the pregnancies of children not known by name."""

    persons: frozenset[PersonId]
    pregnancies: frozenset[PregnancyId]
    relatives: frozenset[PersonId] = frozenset()
    """Children whose birth or mother is news, also for the mother's other children."""
    at_home: frozenset[PersonId] = frozenset()
    """Of whom the news is such as may concern the children of their household."""
    own_records: Mapping[PersonId, frozenset[str]] = field(default_factory=dict)
    """Of whom nothing is news but records about themselves: of which event types these are."""


async def hold_watermarks(db: Database, now: datetime, *, alone: bool) -> None:
    """
    Keep watermarks, and which ruleset is in use, as they are until the transaction ends; `alone` to change watermarks.

    What the transaction keeps is known from `now` on.
    """
    await db.execute(SQL.hold_watermarks_alone if alone else SQL.hold_watermarks, now)


async def hear_facts(db: Database, facts: Sequence[RecordLinked]) -> Touched:
    """Keep the newest of each record. Returns whom they are said to be, and were, about."""
    if not facts:
        return Touched(frozenset(), frozenset())
    rows = await db.fetch(SQL.hear_facts, [_fact_row(fact) for fact in facts])
    return Touched(
        frozenset(row["person_id"] for row in rows),
        frozenset(row["pregnancy_id"] for row in rows if row["pregnancy_id"] is not None),
        at_home=frozenset(row["person_id"] for row in rows if row["event_type"] in HOUSEMATES),
        own_records=_own_records(rows),
    )


def _own_records(rows: Sequence[asyncpg.Record]) -> dict[PersonId, frozenset[str]]:
    found: defaultdict[PersonId, set[str]] = defaultdict(set)
    for row in rows:
        found[row["person_id"]].add(row["event_type"])
    of_births = {row["person_id"] for row in rows if row["pregnancy_id"] is not None}
    return {who: frozenset(types) for who, types in found.items() if who not in of_births and types <= OWN}


async def hear_care(db: Database, facts: Sequence[RecordLinked]) -> frozenset[PersonId]:
    """Keep whom the persons of `facts`, which were just kept, have in care by them. Returns the children, now and before."""
    if not facts:
        return frozenset()
    lists = [(fact, fact.care or NOBODY_IN_CARE) for fact in facts]
    rows = [(_key(f), f.event_id, array(care.children), care.start, care.end) for f, care in lists]
    return frozenset(row["person_id"] for row in await db.fetch(SQL.hear_care, *columns(rows, 5)))


async def count_facts(db: Database, facts: Sequence[RecordLinked], told: Sequence[tuple[PersonId, int]]) -> frozenset[PersonId]:
    """Count what was heard of each person, and how much the linker said there is. Returns who is no longer behind."""
    if not facts and not told:
        return frozenset()
    heard = [(f.event_id, who, f.person_version if who == f.person_id else 0) for f in facts for who in _reached(f)]
    rows = await db.fetch(SQL.count_facts, *columns(heard, 3), *columns(told, 2))
    return frozenset(row["person_id"] for row in rows)


def _reached(fact: RecordLinked) -> Collection[PersonId]:
    """Of whom it counts that it was said: its person, and the children whom it lists in that person's care."""
    return {fact.person_id, *fact.care.children} if fact.care is not None else (fact.person_id,)


async def hear_in_hand(db: Database, hands: Sequence[RecordsInHand]) -> frozenset[PersonId]:
    """Keep how many records are held that may concern a person. Returns of whom it is news."""
    if not hands:
        return frozenset()
    rows = await db.fetch(SQL.hear_in_hand, *columns([(h.source, h.person_id, h.version, h.records) for h in hands], 4))
    return frozenset(row["person_id"] for row in rows)


async def hear_in_hand_anybody(db: Database, hands: Sequence[RecordsInHand], partitions: int, today: date) -> None:
    """
    Keep of which sources something is held that may concern anybody, and make due today whoever rests on one that begins or ends.

    What begins counts at once, what ended once every partition has said so: behind its facts.
    """
    before = {tuple(row) for row in await db.fetch(SQL.in_hand_anybody)}
    await db.execute(SQL.see_in_hand_anybody, *columns([(h.source, h.unnotified, h.version, h.event_id, h.records) for h in hands], 5))
    await db.execute(SQL.settle_in_hand_anybody, [h.source for h in hands], partitions)
    after = {tuple(row) for row in await db.fetch(SQL.in_hand_anybody)}
    for source, unnotified in before ^ after:
        await wake_resting(db, [Item.NO_PRENATAL_CHECKUPS] if unnotified else _items_of(source), today)


async def hold(db: Database, event_id: EventId, persons: Iterable[PersonId], source: Source | None) -> None:
    """Keep that an event about `persons` was put aside; without a source it may be about anything."""
    await db.execute(SQL.hold, event_id, list(persons), source)


async def release(db: Database, event_id: EventId) -> None:
    """Forget that an event was put aside."""
    await db.execute(SQL.release, event_id)


async def hear_protections(db: Database, measures: Sequence[ProtectionChanged]) -> frozenset[PersonId]:
    """Keep the newest of each measure. Returns whom it protects, or protected."""
    if not measures:
        return frozenset()
    rows = [(m.measure_id, m.version, m.valid_from, m.valid_to, array(m.protected), array(m.opponents), m.voided) for m in measures]
    return frozenset(row["person_id"] for row in await db.fetch(SQL.hear_protections, *columns(rows, 7)))


async def hear_kinships(db: Database, kinships: Sequence[KinshipChanged]) -> None:
    """Keep the newest deliveries of each child."""
    if not kinships:
        return
    rows = await db.fetch(SQL.hear_kinships, *columns([(k.child_id, k.version, k.mother_id) for k in kinships], 3))
    newer = {row["child_id"] for row in rows}
    deliveries = [(k.child_id, d.pregnancy_id, d.mother_id) for k in kinships if k.child_id in newer for d in k.deliveries]
    await db.execute(SQL.replace_deliveries, list(newer), *columns(deliveries, 3))


async def hear_households(db: Database, households: Sequence[HouseholdChanged]) -> frozenset[PersonId]:
    """Keep the newest members of each household. Returns whoever is, or was, a member."""
    if not households:
        return frozenset()
    rows = await db.fetch(SQL.hear_households, *columns([(h.household_id, h.version) for h in households], 2))
    newer = {row["household_id"] for row in rows}
    members = [(h.household_id, m.person_id, m.start, m.end) for h in households if h.household_id in newer for m in h.members]
    return frozenset(row["person_id"] for row in await db.fetch(SQL.replace_members, list(newer), *columns(members, 4)))


async def hear_persons(db: Database, persons: Sequence[PersonChanged], named: Iterable[PersonId], now: datetime, born_from: date) -> None:
    """
    Keep the newest of each person, make a place for those only `named`, and lock all of them.

    Of children, born from `born_from` on, what was known before `now` stays.
    """
    told = {person.person_id for person in persons}
    rows: list[tuple[Any, ...]] = [
        (p.person_id, p.version, _birth_date(p), p.sex, _residence(p), p.exists, _places(p), _moves(p)) for p in persons
    ]
    rows.extend((person_id, NAMED_ONLY, None, None, "[]", True, "[]", None) for person_id in named if person_id not in told)
    if rows:
        await db.execute(SQL.hear_persons, *columns(rows, 8), now, born_from)


async def hear_cases(db: Database, cases: Sequence[CaseOpened | CaseMoved]) -> None:
    """Keep where each case stands."""
    rows = [
        (c.case_id, c.person_id, c.to_state, c.version) if isinstance(c, CaseMoved) else (c.case_id, c.person_id, c.state, 0) for c in cases
    ]
    if rows:
        await db.execute(SQL.hear_cases, *columns(rows, 4))


async def move_watermarks(db: Database, marks: Sequence[FeedWatermark], parameters: Parameters, partitions: int, today: date) -> None:
    """
    Keep how far each source has delivered, and make due today whoever waited for it, in one statement per source.

    A mark comes once on each partition, behind that partition's facts: it counts when all of them are past it. Where a source took one
    back, or begins on another day, everybody is due whose answer rests on the absence of its records.
    """
    sources, versions, days = [mark.source for mark in marks], [mark.version for mark in marks], [mark.complete_through for mark in marks]
    begins, events = [mark.complete_from for mark in marks], [mark.event_id for mark in marks]
    await db.execute(SQL.see_watermarks, sources, versions, days, begins, events)
    named = sorted(set(sources))
    fresh = [parameters.fresh_within_days[source] + 1 for source in named]
    before = {row["source"]: row for row in await db.fetch(SQL.reached_before, named)}
    for row in await db.fetch(SQL.move_watermarks, named, fresh, partitions, today):
        if items := _items_of(row["source"]):
            await _wake(db, items, before.get(row["source"]), row, today)
    await db.execute(SQL.forget_watermarks)


async def _wake(db: Database, items: Sequence[Item], before: asyncpg.Record | None, now: asyncpg.Record, today: date) -> None:
    # A feed that is silent even so proves nothing yet; only since when it is silent is news. Nor did it while it was silent: of then, too,
    # there are answers that wait for it.
    told = before["complete_through"] if before is not None and not before["silent"] else None
    await db.execute(SQL.wake_waiting, items, None if now["silent"] else now["complete_through"], today, told)
    began = before["complete_from"] if before is not None else None
    if before is not None and (now["complete_through"] < before["complete_through"] or now["complete_from"] != began):
        await wake_resting(db, items, today)
    if now["complete_from"] != began:
        await db.execute(SQL.wake_before, items, today)


async def silence_is_due(db: Database, today: date) -> bool:
    """Whether a feed has fallen silent by `today`, and nobody was told yet."""
    return bool(await db.fetchval(SQL.silence_is_due, today))


async def fall_silent(db: Database, today: date) -> None:
    """Make due today whoever rests on a feed of which nothing came in time."""
    silent = await db.fetch(SQL.fall_silent, today)
    await wake_resting(db, [item for row in silent for item in _items_of(row["source"])], today)


async def wake_resting(db: Database, items: Sequence[Item], today: date) -> None:
    """Make due today everybody whose answer to one of `items` rests on its feed, or on what is in hand of it."""
    if items:
        await db.execute(SQL.wake_resting, items, today)


def _fact_row(fact: RecordLinked) -> tuple[Any, ...]:
    """Return the columns of `heard_fact`."""
    return (
        _key(fact),
        fact.source,
        fact.event_type,
        fact.record_id,
        fact.revision,
        fact.said,
        fact.operation,
        fact.person_id,
        fact.pregnancy_id,
        fact.event_id,
        to_json(fact.data).decode(),
        fact.effective_on,
        fact.case_id,
        fact.school.school_id if fact.school is not None else None,
        fact.school.recorded_at if fact.school is not None else None,
    )


def _key(fact: RecordLinked) -> UUID:
    return record_key(fact.source, fact.event_type, fact.record_id)


def _birth_date(person: PersonChanged) -> date | None:
    """The birth date, if the register knows the day: others are adults (`domain.md` §2.8, 不詳), who are never scored."""
    return person.birth_date if person.birth_date_precision is DatePrecision.DAY else None


def _items_of(source: str) -> list[Item]:
    return [item for item, feeds in FEEDS_OF.items() if source in feeds]


def _moves(person: PersonChanged) -> str | None:
    return array(person.moves) if person.moves is not None else None


def _places(person: PersonChanged) -> str:
    return json.dumps([[stay.start and stay.start.isoformat(), stay.end and stay.end.isoformat(), stay.ward] for stay in person.residence])


def _residence(person: PersonChanged) -> str:
    return json.dumps([[stay.start and stay.start.isoformat(), stay.end and stay.end.isoformat()] for stay in person.residence])
