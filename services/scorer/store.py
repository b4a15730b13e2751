"""The scorer's tables: a constant number of statements for any number of children. Nothing here decides anything."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.messages import CaseMoved, CaseOpened, FeedWatermark, KinshipChanged, PersonChanged, RecordLinked
from contracts.values import Group, Sex, Source
from infra.postgres import Database
from infra.sql import queries
from services.scorer.domain.facts import Child, Watermarks
from services.scorer.domain.indicator import SOURCE_OF, Indicator
from services.scorer.domain.reading import DeliveryRecords, Record
from services.scorer.domain.residence import Stay, merged
from services.scorer.domain.review import Signal

SQL = queries(__file__)

_PERSON, _ITEM = 0, 1
"""Places in a row."""

NAMED_ONLY = -1
"""The version of a person whom a message named but none described."""


Row = tuple[Any, ...]
"""An answer in the form of its columns: what is compared with what is held, and what is saved."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer as it is stored."""

    evaluation_id: int
    known_at: datetime
    row: Row


@dataclass(frozen=True, slots=True)
class Case:
    """All that is held of one child before its evaluation."""

    person_id: UUID
    child: Child
    own: Sequence[Record]
    deliveries: Sequence[DeliveryRecords]
    held: Mapping[str, Held]
    told: Signal | None


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom news may concern: persons, and the pregnancies of children not known by name."""

    persons: frozenset[UUID]
    pregnancies: frozenset[UUID]


async def hold_watermarks(db: Database, *, alone: bool) -> None:
    """Keep watermarks as they are until the transaction ends; `alone` to change them."""
    await db.execute(SQL.hold_watermarks_alone if alone else SQL.hold_watermarks)


async def hear_facts(db: Database, facts: Sequence[RecordLinked]) -> Touched:
    """Keep the newest of each record. Returns whom they are, and were, about."""
    if not facts:
        return Touched(frozenset(), frozenset())
    rows = await db.fetch(
        SQL.hear_facts,
        [fact.source for fact in facts],
        [fact.event_type for fact in facts],
        [fact.record_id for fact in facts],
        [fact.revision for fact in facts],
        [fact.said for fact in facts],
        [fact.operation for fact in facts],
        [fact.person_id for fact in facts],
        [fact.pregnancy_id for fact in facts],
        [fact.event_id for fact in facts],
        [json.dumps(fact.data) for fact in facts],
    )
    return Touched(
        frozenset(row["person_id"] for row in rows),
        frozenset(row["pregnancy_id"] for row in rows if row["pregnancy_id"] is not None),
    )


async def hear_kinships(db: Database, kinships: Sequence[KinshipChanged]) -> None:
    """Keep the newest deliveries of each child."""
    if not kinships:
        return
    rows = await db.fetch(SQL.hear_kinships, [k.child_id for k in kinships], [k.version for k in kinships])
    newer = {row["child_id"] for row in rows}
    deliveries = [(k.child_id, d.pregnancy_id, d.mother_id) for k in kinships if k.child_id in newer for d in k.deliveries]
    await db.execute(SQL.replace_deliveries, list(newer), *_columns(deliveries, 3))


async def hear_persons(db: Database, persons: Sequence[PersonChanged], named: Iterable[UUID]) -> None:
    """Keep the newest of each person, make a place for those only `named`, and lock all of them."""
    told = {person.person_id for person in persons}
    rows: list[tuple[Any, ...]] = [(p.person_id, p.version, p.birth_date, p.sex, _residence(p), p.exists) for p in persons]
    rows.extend((person_id, NAMED_ONLY, None, None, "[]", True) for person_id in named if person_id not in told)
    if rows:
        await db.execute(SQL.hear_persons, *_columns(rows, 6))


async def hear_cases(db: Database, cases: Sequence[CaseOpened | CaseMoved]) -> None:
    """Keep where each case stands."""
    rows = [
        (c.case_id, c.person_id, c.to_state, c.version) if isinstance(c, CaseMoved) else (c.case_id, c.person_id, c.state, 0) for c in cases
    ]
    if rows:
        await db.execute(SQL.hear_cases, *_columns(rows, 4))


async def raise_watermarks(db: Database, marks: Sequence[FeedWatermark], partitions: int, today: date) -> None:
    """
    Keep how far each source has delivered, and make due today whoever waited for it, in one statement per source.

    A mark comes once on each partition, behind that partition's facts: it counts when all of them are past it.
    """
    sources = [mark.source for mark in marks]
    await db.execute(SQL.see_watermarks, sources, [mark.complete_through for mark in marks], [mark.event_id for mark in marks])
    for row in await db.fetch(SQL.raise_watermarks, sources, partitions):
        items = [item for item, source in SOURCE_OF.items() if source == row["source"]]
        if items:
            await db.execute(SQL.wake_waiting, items, row["complete_through"], today)
    await db.execute(SQL.forget_watermarks)


async def affected_children(db: Database, touched: Touched, born_from: date) -> list[UUID]:
    """Return the children whose answers news of `touched` may change."""
    rows = await db.fetch(SQL.affected_children, list(touched.persons), list(touched.pregnancies), born_from)
    return [row["person_id"] for row in rows]


async def put_off(db: Database, touched: Touched, born_from: date, today: date) -> None:
    """Leave the children whom news of `touched` reaches to the ticker."""
    await db.execute(SQL.put_off, list(touched.persons), list(touched.pregnancies), born_from, today)


async def lock_children(db: Database, children: Sequence[UUID]) -> None:
    """Let nobody else evaluate `children` until the transaction ends."""
    await db.execute(SQL.lock_children, children)


async def claim_due(db: Database, today: date, limit: int) -> list[UUID]:
    """Lock and return up to `limit` children whose answers change by `today`, longest due first."""
    rows = await db.fetch(SQL.claim_due, today, limit)
    return [row["person_id"] for row in rows]


async def watermarks(db: Database) -> Watermarks:
    """Return how far each source has delivered."""
    return {Source(row["source"]): row["complete_through"] for row in await db.fetch(SQL.watermarks)}


async def load(db: Database, children: Sequence[UUID]) -> list[Case]:
    """Read everything that the evaluation of `children` needs."""
    persons = await db.fetch(SQL.children, children)
    deliveries = await db.fetch(SQL.deliveries, children)
    records = await db.fetch(SQL.records, children, [d["pregnancy_id"] for d in deliveries], [d["mother_id"] for d in deliveries])
    evaluations = await db.fetch(SQL.current_evaluations, children)

    own, linked, loose = _sorted_out(records)
    born_of = defaultdict(list)
    for row in deliveries:
        born_of[row["child_id"]].append(
            DeliveryRecords(_stays(row["mother_residence"]), linked[row["pregnancy_id"]], loose[row["mother_id"]])
        )
    held: defaultdict[UUID, dict[str, Held]] = defaultdict(dict)
    for evaluation_id, known_at, *columns in evaluations:
        held[columns[_PERSON]][columns[_ITEM]] = Held(evaluation_id, known_at, tuple(columns))
    return [_case(row, own, born_of, held) for row in persons]


async def save_evaluations(db: Database, superseded: Sequence[int], rows: Sequence[Row], parameters_version: str, now: datetime) -> None:
    """Close what is believed no longer, and write what is believed from `now` on."""
    if superseded:
        await db.execute(SQL.supersede, superseded, now)
    if rows:
        await db.execute(SQL.save_evaluations, *_columns(rows, 11), parameters_version, now)


async def save_due(db: Database, due: Mapping[UUID, date | None]) -> None:
    """Write when each child is to be evaluated again; None is never by time alone."""
    await db.execute(SQL.save_due, list(due), list(due.values()))


async def save_signals(db: Database, signals: Mapping[UUID, Signal], ruleset: str, now: datetime) -> None:
    """Write what the ward is told."""
    if signals:
        rows = [(person_id, s.version, s.needed, _array(s.groups), s.digest) for person_id, s in signals.items()]
        await db.execute(SQL.save_signals, *_columns(rows, 5), ruleset, now)


def _sorted_out(
    rows: Iterable[asyncpg.Record],
) -> tuple[defaultdict[UUID, list[Record]], defaultdict[UUID, list[Record]], defaultdict[UUID, list[Record]]]:
    """Sort records into a child's own, a pregnancy's, and those that name only the mother."""
    own: defaultdict[UUID, list[Record]] = defaultdict(list)
    linked: defaultdict[UUID, list[Record]] = defaultdict(list)
    loose: defaultdict[UUID, list[Record]] = defaultdict(list)
    for person_id, pregnancy_id, event_type, record_id, event_id, data in rows:
        record = Record(event_type, record_id, event_id, json.loads(data))
        if pregnancy_id is not None:
            linked[pregnancy_id].append(record)
        elif record.is_own:
            own[person_id].append(record)
        else:
            loose[person_id].append(record)
    return own, linked, loose


def _case(
    row: asyncpg.Record,
    own: Mapping[UUID, Sequence[Record]],
    born_of: Mapping[UUID, Sequence[DeliveryRecords]],
    held: Mapping[UUID, Mapping[str, Held]],
) -> Case:
    person_id = row["person_id"]
    return Case(
        person_id=person_id,
        child=Child(row["birth_date"], Sex(row["sex"]), _stays(row["residence"]), row["present"]),
        own=own.get(person_id, ()),
        deliveries=born_of.get(person_id, ()),
        held=held.get(person_id, {}),
        told=_signal(row),
    )


def _signal(row: asyncpg.Record) -> Signal | None:
    if row["version"] is None:
        return None
    return Signal(row["version"], row["needed"], tuple(Group(group) for group in row["groups"]), row["digest"])


def row_of(person_id: UUID, answer: Indicator) -> Row:
    """Return the columns of an answer, in the order of `save_evaluations`."""
    return (
        person_id,
        answer.item,
        answer.value,
        answer.klass,
        answer.counted,
        answer.valid_from,
        answer.valid_to,
        answer.reason_code,
        _array(answer.evidence),
        json.dumps(answer.detail) if answer.detail else "{}",
        answer.needed_on,
    )


def _residence(person: PersonChanged) -> str:
    return json.dumps([[stay.start and stay.start.isoformat(), stay.end and stay.end.isoformat()] for stay in person.residence])


def _stays(residence: str | None) -> tuple[Stay, ...]:
    held = json.loads(residence) if residence else ()
    return merged(Stay(_day(start), _day(end)) for start, end in held)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _array(values: Iterable[object]) -> str:
    """Text of a PostgreSQL array: asyncpg cannot send arrays of unequal length as one column."""
    return "{" + ",".join(map(str, values)) + "}"


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Turn rows into one list per column, for unnest."""
    return [[row[column] for row in rows] for column in range(width)]
