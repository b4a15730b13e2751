"""The scorer's tables: a constant number of statements for any number of children. Nothing here decides anything."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.messages import (
    CaseMoved,
    CaseOpened,
    FeedWatermark,
    KinshipChanged,
    PersonChanged,
    ProtectionChanged,
    RecordLinked,
    RecordsInHand,
)
from contracts.values import DatePrecision, Group, Item, Sex, Source
from infra.postgres import Database
from infra.rows import array, columns, day
from infra.sql import queries
from services.scorer.domain.facts import Child, ChildFacts, InHand, Watermarks
from services.scorer.domain.indicator import SOURCE_OF, Indicator
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.reading import DeliveryRecords, MotherRecords, OpponentRecord, Record, child_facts
from services.scorer.domain.residence import Stay, merged
from services.scorer.domain.review import Signal

SQL = queries(__file__)

_PERSON, _ITEM = 0, 1
_ANSWER = slice(2, 6)
"""Places in a row: whose, to what, and the answer itself (value, class, counted, valid_from)."""

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

    def says(self, row: Row) -> bool:
        """Whether `row` gives the same answer: more evidence, or a later end, is no other one (`domain.md` §2.8-7)."""
        return self.row[_ANSWER] == row[_ANSWER]


@dataclass(frozen=True, slots=True)
class Feeds:
    """How it stands with the sources."""

    watermarks: Watermarks
    silent: frozenset[Source]
    """Sources of which everybody who rests on them was told that they are silent."""
    in_hand: frozenset[Source]
    """Sources of which something is held that may concern anybody."""
    unnotified: bool
    """Whether exams are held of pregnancies that nobody was notified of."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that is held of one child before its evaluation."""

    person_id: UUID
    child: Child
    own: Sequence[Record]
    deliveries: Sequence[DeliveryRecords]
    mother: MotherRecords | None
    opponents: Sequence[OpponentRecord]
    in_hand: InHand
    held: Mapping[str, Held]
    told: Signal | None

    def facts(self, parameters: Parameters) -> ChildFacts:
        """Return what reaches the child of all this."""
        return child_facts(
            self.child.birth_date,
            self.own,
            self.deliveries,
            parameters,
            mother=self.mother,
            opponents=self.opponents,
            in_hand=self.in_hand,
        )


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom news may concern: persons, and the pregnancies of children not known by name."""

    persons: frozenset[UUID]
    pregnancies: frozenset[UUID]
    relatives: frozenset[UUID] = frozenset()
    """Children whose birth or mother is news, also for the mother's other children."""


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
        [fact.effective_on for fact in facts],
        [fact.case_id for fact in facts],
    )
    return Touched(
        frozenset(row["person_id"] for row in rows),
        frozenset(row["pregnancy_id"] for row in rows if row["pregnancy_id"] is not None),
    )


async def count_facts(db: Database, facts: Sequence[RecordLinked], told: Sequence[tuple[UUID, int]]) -> frozenset[UUID]:
    """Count what was heard of each person, and how much the linker said there is. Returns who is no longer behind."""
    if not facts and not told:
        return frozenset()
    rows = await db.fetch(
        SQL.count_facts, [f.event_id for f in facts], [f.person_id for f in facts], [f.person_version for f in facts], *columns(told, 2)
    )
    return frozenset(row["person_id"] for row in rows)


async def hear_in_hand(db: Database, hands: Sequence[RecordsInHand]) -> frozenset[UUID]:
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


async def hold(db: Database, event_id: UUID, person_id: UUID, source: Source | None) -> None:
    """Keep that an event about a person was put aside; without a source it may be about anything."""
    await db.execute(SQL.hold, event_id, person_id, source)


async def release(db: Database, event_id: UUID) -> None:
    """Forget that an event was put aside."""
    await db.execute(SQL.release, event_id)


async def hear_protections(db: Database, measures: Sequence[ProtectionChanged]) -> frozenset[UUID]:
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


async def hear_persons(db: Database, persons: Sequence[PersonChanged], named: Iterable[UUID]) -> None:
    """Keep the newest of each person, make a place for those only `named`, and lock all of them."""
    told = {person.person_id for person in persons}
    rows: list[tuple[Any, ...]] = [(p.person_id, p.version, _birth_date(p), p.sex, _residence(p), p.exists) for p in persons]
    rows.extend((person_id, NAMED_ONLY, None, None, "[]", True) for person_id in named if person_id not in told)
    if rows:
        await db.execute(SQL.hear_persons, *columns(rows, 6))


async def hear_cases(db: Database, cases: Sequence[CaseOpened | CaseMoved]) -> None:
    """Keep where each case stands."""
    rows = [
        (c.case_id, c.person_id, c.to_state, c.version) if isinstance(c, CaseMoved) else (c.case_id, c.person_id, c.state, 0) for c in cases
    ]
    if rows:
        await db.execute(SQL.hear_cases, *columns(rows, 4))


async def raise_watermarks(db: Database, marks: Sequence[FeedWatermark], parameters: Parameters, partitions: int, today: date) -> None:
    """
    Keep how far each source has delivered, and make due today whoever waited for it, in one statement per source.

    A mark comes once on each partition, behind that partition's facts: it counts when all of them are past it.
    """
    sources = [mark.source for mark in marks]
    await db.execute(SQL.see_watermarks, sources, [mark.complete_through for mark in marks], [mark.event_id for mark in marks])
    named = sorted(set(sources))
    days = [parameters.fresh_within_days[source] + 1 for source in named]
    for row in await db.fetch(SQL.raise_watermarks, named, days, partitions, today):
        items = _items_of(row["source"])
        if items:
            # A feed that is silent even so proves nothing yet; only since when it is silent is news.
            await db.execute(SQL.wake_waiting, items, None if row["silent"] else row["complete_through"], today)
    await db.execute(SQL.forget_watermarks)


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


async def affected_children(db: Database, touched: Touched, born_from: date) -> list[UUID]:
    """Return the children whose answers news of `touched` may change."""
    rows = await db.fetch(SQL.affected_children, list(touched.persons), list(touched.pregnancies), born_from, list(touched.relatives))
    return [row["person_id"] for row in rows]


async def put_off(db: Database, children: Sequence[UUID], today: date) -> list[UUID]:
    """Leave `children` to the ticker. Returns those of whom the ward was told that people should look: they are not to wait."""
    await db.execute(SQL.put_off, children, today)
    return [row["person_id"] for row in await db.fetch(SQL.under_review, children)]


async def lock_children(db: Database, children: Sequence[UUID]) -> None:
    """Let nobody else evaluate `children` until the transaction ends."""
    await db.execute(SQL.lock_children, children)


async def claim_due(db: Database, today: date, limit: int) -> list[UUID]:
    """Lock and return up to `limit` children whose answers change by `today`, longest due first."""
    rows = await db.fetch(SQL.claim_due, today, limit)
    return [row["person_id"] for row in rows]


async def feeds(db: Database) -> Feeds:
    """Return how it stands with every source."""
    rows = await db.fetch(SQL.feeds)
    return Feeds(
        {Source(row["source"]): row["complete_through"] for row in rows if row["complete_through"] is not None},
        frozenset(Source(row["source"]) for row in rows if row["silent"]),
        frozenset(Source(row["source"]) for row in rows if row["in_hand"]),
        any(row["unnotified"] for row in rows),
    )


async def load(db: Database, children: Sequence[UUID], parameters: Parameters, feeds: Feeds) -> list[Case]:
    """Read everything that the evaluation of `children` needs."""
    persons = await db.fetch(SQL.children, children)
    births = await db.fetch(SQL.deliveries, children, parameters.one_birth_days)
    mothers = {row["mother_id"] for row in births if row["mother_id"] is not None}
    pregnancies = [row["pregnancy_id"] for row in births if row["pregnancy_id"] is not None]
    records = await db.fetch(SQL.records, children, pregnancies, list(mothers))
    opponents = await db.fetch(SQL.separations, children)
    hands = _hands(await db.fetch(SQL.hands, [*children, *mothers]))
    evaluations = await db.fetch(SQL.current_evaluations, children)

    own, linked, loose, unborn = _sorted_out(records)
    family = _Family(defaultdict(list), {}, defaultdict(list), {})
    mother_of: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in births:
        child_id, mother_id, stays = row["child_id"], row["mother_id"], _stays(row["mother_residence"])
        if mother_id is not None:
            mother_of[child_id].add(mother_id)
        if row["pregnancy_id"] is None:
            family.mothers[child_id] = MotherRecords(stays, loose[mother_id], unborn[mother_id], row["before"], row["after"])
        else:
            of_birth = loose[mother_id] if mother_id is not None else ()
            family.born_of[child_id].append(DeliveryRecords(stays, linked[row["pregnancy_id"]], of_birth, mother_id is not None))
    for row in opponents:
        record = Record(row["event_type"], row["record_id"], row["event_id"], json.loads(row["data"]), case_id=row["case_id"])
        family.opponents[row["child_id"]].append(OpponentRecord(Stay(row["valid_from"], row["valid_to"]), record))
    for child_id in children:
        of_mother = frozenset(source for mother_id in mother_of[child_id] for source in hands[mother_id])
        family.in_hand[child_id] = InHand(hands[child_id], of_mother, feeds.in_hand, feeds.unnotified)
    held: defaultdict[UUID, dict[str, Held]] = defaultdict(dict)
    for evaluation_id, known_at, *written in evaluations:
        held[written[_PERSON]][written[_ITEM]] = Held(evaluation_id, known_at, tuple(written))
    return [_case(row, own, family, held) for row in persons]


async def save_evaluations(
    db: Database, superseded: Sequence[int], rows: Sequence[tuple[Row, datetime]], parameters_version: str, now: datetime
) -> None:
    """Close what is believed no longer, and write what is believed from `now` on, each with the instant since when it is known."""
    if superseded:
        await db.execute(SQL.supersede, superseded, now)
    if rows:
        await db.execute(SQL.save_evaluations, *columns([(*row, known_at) for row, known_at in rows], 14), parameters_version, now)


async def save_due(db: Database, due: Mapping[UUID, date | None]) -> None:
    """Write when each child is to be evaluated again; None is never by time alone."""
    await db.execute(SQL.save_due, list(due), list(due.values()))


async def mark_overdue(db: Database, person_id: UUID, today: date) -> tuple[date, int] | None:
    """Keep that the evaluation of a child failed today. Returns since when, and the version of the news, if it is any."""
    row = await db.fetchrow(SQL.mark_overdue, person_id, today)
    return (row["since"], row["version"]) if row else None


async def no_longer_overdue(db: Database, children: Sequence[UUID]) -> dict[UUID, int]:
    """Keep that `children` were evaluated. Returns those that had been overdue, with the version of the news."""
    return {row["person_id"]: row["version"] for row in await db.fetch(SQL.no_longer_overdue, children)}


async def save_signals(db: Database, signals: Mapping[UUID, Signal], ruleset: str, now: datetime) -> None:
    """Write what the ward is told."""
    if signals:
        rows = [(person_id, s.version, s.needed, array(s.groups), s.digest) for person_id, s in signals.items()]
        await db.execute(SQL.save_signals, *columns(rows, 5), ruleset, now)


_Records = defaultdict[UUID, list[Record]]


@dataclass(frozen=True, slots=True)
class _Family:
    """What reaches each child by others."""

    born_of: defaultdict[UUID, list[DeliveryRecords]]
    mothers: dict[UUID, MotherRecords]
    opponents: defaultdict[UUID, list[OpponentRecord]]
    in_hand: dict[UUID, InHand]


def _sorted_out(rows: Iterable[asyncpg.Record]) -> tuple[_Records, _Records, _Records, _Records]:
    """Sort records into a child's own, a pregnancy's, those that name only the mother, and those of pregnancies of no child."""
    own, linked, loose, unborn = (_Records(list) for _ in range(4))
    for person_id, pregnancy_id, unborn_id, event_type, record_id, event_id, data, said_on, case_id in rows:
        record = Record(event_type, record_id, event_id, json.loads(data), said_on, case_id)
        if pregnancy_id is not None:
            linked[pregnancy_id].append(record)
        elif unborn_id is not None:
            unborn[person_id].append(record)
        elif record.is_own:
            own[person_id].append(record)
        else:
            loose[person_id].append(record)
    return own, linked, loose, unborn


def _hands(rows: Iterable[asyncpg.Record]) -> defaultdict[UUID, frozenset[Source]]:
    """Sources of which something is held, by person; without a source it may be any."""
    found: defaultdict[UUID, frozenset[Source]] = defaultdict(frozenset)
    for row in rows:
        found[row["person_id"]] |= {Source(row["source"])} if row["source"] else frozenset(Source)
    return found


def _case(
    row: asyncpg.Record,
    own: Mapping[UUID, Sequence[Record]],
    family: _Family,
    held: Mapping[UUID, Mapping[str, Held]],
) -> Case:
    person_id = row["person_id"]
    return Case(
        person_id=person_id,
        child=Child(row["birth_date"], Sex(row["sex"]), _stays(row["residence"]), row["present"]),
        own=own.get(person_id, ()),
        deliveries=family.born_of.get(person_id, ()),
        mother=family.mothers.get(person_id),
        opponents=family.opponents.get(person_id, ()),
        in_hand=family.in_hand[person_id],
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
        array(answer.evidence),
        json.dumps(answer.detail) if answer.detail else "{}",
        answer.needed_on,
        answer.stale_since,
        answer.rests_on_feed,
    )


def _birth_date(person: PersonChanged) -> date | None:
    """The birth date, if the register knows the day: others are adults (`domain.md` §2.8, 不詳), who are never scored."""
    return person.birth_date if person.birth_date_precision is DatePrecision.DAY else None


def _items_of(source: str) -> list[Item]:
    return [item for item, of in SOURCE_OF.items() if of == source]


def _residence(person: PersonChanged) -> str:
    return json.dumps([[stay.start and stay.start.isoformat(), stay.end and stay.end.isoformat()] for stay in person.residence])


def _stays(residence: str | None) -> tuple[Stay, ...]:
    held = json.loads(residence) if residence else ()
    return merged(Stay(day(start), day(end)) for start, end in held)
