"""All that is held of children before their evaluation, each way by which a record reaches a child asked once for all of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.feeds import NOWHERE
from contracts.ids import EventId, PersonId
from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import Group, Item, Observation, Sex, Source
from infra.postgres import Database
from infra.sql import queries
from services.scorer.births import ALONE, BY_MOTHERS, Birth, births_beside, births_of
from services.scorer.domain.ages import school_entry
from services.scorer.domain.facts import Child, ChildFacts, Housemate, InHand, Observed, Watermarks
from services.scorer.domain.indicators import GUARDIANS, HOUSEMATES, OF_BIRTH, OWN, READ, read_by
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.programme import Programme
from services.scorer.domain.reading import DeliveryRecords, MotherRecords, OpponentRecord, OtherRecord, Record, child_facts, read_text
from services.scorer.domain.residence import Stay
from services.scorer.domain.review import Signal
from services.scorer.domain.schoolyear import first_year_asked
from services.scorer.others import Others, load_others, stays_of
from services.scorer.store import Held, Row

SQL = queries(__file__, "loading.sql")

_MONTH = EventKind.ATTENDANCE_MONTH_REPORTED
_WELFARE = EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED
_OF_PUPILS = frozenset({_MONTH, EventKind.PUPIL_REGISTERED})

_Records = defaultdict[Any, list[Record]]


@quick(frozen=True, slots=True)
class Feeds:
    """How it stands with the sources."""

    watermarks: Watermarks
    silent: frozenset[Source]
    """Sources of which everybody who rests on them was told that they are silent."""
    in_hand: frozenset[Source]
    """Sources of which something is held that may concern anybody."""
    unnotified: bool
    """Whether exams are held of pregnancies that nobody was notified of."""
    begun: Mapping[Source, date] = field(default_factory=dict)
    """From which day on sources say that they are complete."""

    def programme(self, city: Programme) -> Programme:
        """The city's programme, with what sources say themselves of their beginning (`domain.md` §2.8-15)."""
        if not self.begun:
            return city
        return replace(city, parameters=replace(city.parameters, complete_from={**city.parameters.complete_from, **self.begun}))


@quick(frozen=True, slots=True)
class Case:
    """All that is held of one child before its evaluation."""

    person_id: PersonId
    child: Child
    own: Sequence[Record]
    deliveries: Sequence[DeliveryRecords]
    mother: MotherRecords | None
    opponents: Sequence[OpponentRecord]
    others: Sequence[OtherRecord]
    housemates: Sequence[Housemate]
    observed: Sequence[Observed]
    in_hand: InHand
    held: Mapping[str, Held]
    told: Signal | None
    told_at: datetime | None = None
    """When the ward was told of the child last."""
    digest: bytes | None = None
    """By what the answers that are held are known; None where that is not known."""
    spoken: int = 0
    """The last version of what the ward was told of the child, by any ruleset."""

    def facts(self, parameters: Parameters) -> ChildFacts:
        """Return what reaches the child of all this."""
        return child_facts(
            self.child.birth_date,
            self.own,
            self.deliveries,
            parameters,
            mother=self.mother,
            opponents=self.opponents,
            others=self.others,
            housemates=self.housemates,
            observed=self.observed,
            in_hand=self.in_hand,
        )


async def feeds(db: Database) -> Feeds:
    """Return how it stands with every source."""
    rows = await db.fetch(SQL.feeds)
    reached = {Source(row["source"]): row["complete_through"] for row in rows if (row["complete_through"] or NOWHERE) > NOWHERE}
    return Feeds(
        reached,
        # A source that took back all it said is as one that never spoke.
        frozenset(Source(row["source"]) for row in rows if row["silent"] and row["source"] in reached),
        frozenset(Source(row["source"]) for row in rows if row["in_hand"]),
        any(row["unnotified"] for row in rows),
        {Source(row["source"]): row["complete_from"] for row in rows if row["complete_from"] is not None},
    )


async def load(
    db: Database,
    children: Sequence[PersonId],
    programme: Programme,
    feeds: Feeds,
    *,
    only: Collection[Item] | None = None,
    on: date | None = None,
    held: bool = True,
) -> list[Case]:
    """
    Read everything that the evaluation of `children` needs: for the answers of one day, if it is `on` one.

    With `only`, what these items read. With `held`, the answers that are held: of no use to whoever computes and saves nothing.
    """
    read = READ if only is None else read_by(only)
    persons = await db.fetch(SQL.children, children, programme.ruleset.name)
    births = await births_of(db, children) if read & BY_MOTHERS else []
    mothers = {birth.mother_id for birth in births if birth.mother_id is not None}
    records = await _records(db, persons, births, read, (on, first_year_asked(on, programme.parameters)) if on is not None else None)
    opponents = await db.fetch(SQL.separations, children, _WELFARE) if _WELFARE in read else []
    others = await load_others(db, children, read) if read & (GUARDIANS | HOUSEMATES) else Others()
    hands = _hands(await db.fetch(SQL.hands, [*children, *mothers, *others.persons]))

    own, linked, loose, unborn = _sorted_out(records)
    beside = await births_beside(db, births, loose.keys() | unborn.keys(), programme.parameters.one_birth_days)
    family = _Family(defaultdict(list), {}, defaultdict(list), others.records, others.homes, {})
    mother_of: defaultdict[PersonId, set[PersonId]] = defaultdict(set)
    for birth in births:
        child_id, mother_id, stays = birth.child_id, birth.mother_id, stays_of(birth.mother_residence)
        mother_of[child_id].update(() if mother_id is None else (mother_id,))
        if birth.pregnancy_id is None:
            family.mothers[child_id] = MotherRecords(stays, loose[mother_id], unborn[mother_id], *beside.get(child_id, ALONE))
        else:
            family.born_of[child_id].append(DeliveryRecords(stays, linked[birth.pregnancy_id], loose[mother_id], mother_id is not None))
    _add_opponents(family, opponents)
    for child_id in children:
        family.in_hand[child_id] = _in_hand(child_id, mother_of[child_id], others, hands, feeds)
    answered = await answers_held(db, children) if held and only is None else {}
    return [_case(row, own, family, answered) for row in persons]


async def answers_held(
    db: Database, children: Sequence[PersonId], items: Collection[Item] | None = None
) -> dict[PersonId, dict[str, Held]]:
    """Return the answers that are believed now, by child and item; of `items` alone where some are named. Nothing is asked for nobody."""
    if not children:
        return {}
    of = (SQL.current_evaluations, children) if items is None else (SQL.current_evaluations_to, children, list(items))
    found: defaultdict[PersonId, dict[str, Held]] = defaultdict(dict)
    for evaluation_id, known_at, *written in await db.fetch(*of):
        answered = Row(*written)
        found[answered.person_id][answered.item] = Held(evaluation_id, known_at, answered)
    return found


async def _records(
    db: Database,
    persons: Sequence[asyncpg.Record],
    births: Sequence[Birth],
    read: frozenset[EventKind],
    since: tuple[date, int] | None,
) -> list[asyncpg.Record]:
    """
    The children's records, and those of their births.

    With `since`, a day and the first school year that counts on it, what schools say of earlier years is left out: of five years of
    records it is the most. Only of a pupil of whom they say nothing since it is told, too: that there was some is known then.
    """
    children = [row["person_id"] for row in persons]
    mothers = list({birth.mother_id for birth in births if birth.mother_id is not None})
    pregnancies = [birth.pregnancy_id for birth in births if birth.pregnancy_id is not None]
    unlinked = list({birth.mother_id for birth in births if birth.mother_id is not None and birth.pregnancy_id is None})
    on, year = since or (None, 0)
    records = await db.fetch(SQL.records, children, pregnancies, mothers, list(OWN & read), list(OF_BIRTH & read), year, unlinked)
    if on is None or _MONTH not in read:
        return records
    pupils = {row["person_id"] for row in records if row["event_type"] in _OF_PUPILS}
    unknown = [row["person_id"] for row in persons if row["person_id"] not in pupils and school_entry(row["birth_date"]) <= on]
    return [*records, *(await db.fetch(SQL.months_of_earlier_years, unknown, year) if unknown else [])]


@quick(frozen=True, slots=True)
class _Family:
    """What reaches each child by others."""

    born_of: defaultdict[PersonId, list[DeliveryRecords]]
    mothers: dict[PersonId, MotherRecords]
    opponents: defaultdict[PersonId, list[OpponentRecord]]
    others: Mapping[PersonId, Sequence[OtherRecord]]
    homes: Mapping[PersonId, Sequence[Housemate]]
    in_hand: dict[PersonId, InHand]


def _add_opponents(family: _Family, opponents: Iterable[asyncpg.Record]) -> None:
    for row in opponents:
        record = Record(
            row["source"], row["event_type"], row["record_id"], row["event_id"], json.loads(row["data"]), case_id=row["case_id"]
        )
        family.opponents[row["child_id"]].append(OpponentRecord(Stay(row["valid_from"], row["valid_to"]), record))


def _sorted_out(rows: Iterable[asyncpg.Record]) -> tuple[_Records, _Records, _Records, _Records]:
    """Sort records into a child's own, a pregnancy's, those that name only the mother, and those of pregnancies of no child."""
    own, linked, loose, unborn = (_Records(list) for _ in range(4))
    for person_id, pregnancy_id, unborn_id, source, event_type, record_id, event_id, data, said_on, case_id, school_id, recorded_at in rows:
        said, fact = read_text(source, event_type, data)
        record = Record(source, event_type, record_id, event_id, said, said_on, case_id, fact, school_id, recorded_at)
        if pregnancy_id is not None:
            linked[pregnancy_id].append(record)
        elif unborn_id is not None:
            unborn[person_id].append(record)
        elif event_type in OWN:
            own[person_id].append(record)
        else:
            loose[person_id].append(record)
    return own, linked, loose, unborn


def _hands(rows: Iterable[asyncpg.Record]) -> defaultdict[PersonId, frozenset[Source]]:
    """Sources of which something is held, by person; without a source it may be any."""
    found: defaultdict[PersonId, frozenset[Source]] = defaultdict(frozenset)
    for row in rows:
        found[row["person_id"]] |= {Source(row["source"])} if row["source"] else frozenset(Source)
    return found


def _in_hand(
    child_id: PersonId, mothers: Iterable[PersonId], others: Others, hands: Mapping[PersonId, frozenset[Source]], feeds: Feeds
) -> InHand:
    return InHand(
        own=hands[child_id],
        mother=_of_all(mothers, hands),
        guardians=_of_all(others.guardians.get(child_id, ()), hands),
        household=_of_all(others.housemates.get(child_id, ()), hands),
        anybody=feeds.in_hand,
        unnotified=feeds.unnotified,
    )


def _of_all(persons: Iterable[PersonId], hands: Mapping[PersonId, frozenset[Source]]) -> frozenset[Source]:
    return frozenset(source for person_id in persons for source in hands[person_id])


def _case(
    row: asyncpg.Record,
    own: Mapping[PersonId, Sequence[Record]],
    family: _Family,
    held: Mapping[PersonId, Mapping[str, Held]],
) -> Case:
    person_id = row["person_id"]
    return Case(
        person_id=person_id,
        child=Child(row["birth_date"], Sex(row["sex"]), stays_of(row["residence"]), row["present"], _days(row["moves"])),
        own=own.get(person_id, ()),
        deliveries=family.born_of.get(person_id, ()),
        mother=family.mothers.get(person_id),
        opponents=family.opponents.get(person_id, ()),
        others=family.others.get(person_id, ()),
        housemates=family.homes.get(person_id, ()),
        observed=_observed(row["observed"]),
        in_hand=family.in_hand[person_id],
        held=held.get(person_id, {}),
        told=_signal(row),
        told_at=row["told_at"],
        digest=row["answers"],
        spoken=row["spoken"] or 0,
    )


def _observed(held: str | None) -> tuple[Observed, ...]:
    """Return what staff saw of a child, in the order of its days."""
    return tuple(Observed(Observation(what), date.fromisoformat(on), EventId(UUID(event))) for what, on, event in json.loads(held or "[]"))


def _days(held: Sequence[date] | None) -> tuple[date, ...] | None:
    return tuple(held) if held is not None else None


def _signal(row: asyncpg.Record) -> Signal | None:
    if row["version"] is None:
        return None
    return Signal(row["version"], row["needed"], tuple(Group(group) for group in row["groups"]), row["digest"])
