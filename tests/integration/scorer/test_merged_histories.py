"""
Histories that nobody thought of, of a child who was two entries of the register, then one, then two again: played over messages into the
real store, and asked about as known on any day. What is said beside it is the oracle's (`tests/unit/scorer/oracle`), which knows only
whose records were whose on which day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from contracts.ids import PersonId, SchoolId, WelfareCaseId
from contracts.messages import Message, PersonChanged, RecordLinked, Residence, SchoolRow
from contracts.values import IndicatorValue, Item, Operation, Sex, Source, Ward
from services.scorer import inspection
from services.scorer.domain.answer import Answer
from services.scorer.domain.programme import IN_USE
from services.scorer.recalling import as_known
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import AT, fresh_id, watermark
from tests.unit.scorer.oracle.ask import RULES, say
from tests.unit.scorer.oracle.history import History, Statement, draw
from tests.unit.scorer.oracle.scene import world
from tests.unit.scorer.test_oracle import differences

pytestmark = pytest.mark.servers

HISTORIES = range(6)
_ELSEWHERE = frozenset({Item.FREQUENT_MOVES, Item.CARE_RECIPIENT_IN_HOUSEHOLD, Item.DISABILITY})
"""Items of which the register or the household tells, which is not drawn here."""
ITEMS = [item for item in Item if item.value in RULES and item not in _ELSEWHERE]
PROGRAMME = replace(
    IN_USE, parameters=replace(IN_USE.parameters, notifications_from=date.min, approved=dict.fromkeys(IN_USE.parameters.approved, date.min))
)


@dataclass(frozen=True)
class Two:
    """A child's records under two entries, which were taken for one from `merged_on` to `split_on`."""

    history: History
    merged_on: date
    split_on: date

    def entry_of(self, statement: Statement) -> int:
        return int(statement.record[2:]) % 2

    def are_one(self, day: date) -> bool:
        return self.merged_on <= day < self.split_on

    def who(self, entry: int) -> PersonId:
        return PersonId(UUID(int=0x7000 + 2 * self.history.number + entry))

    def known_of(self, entry: int, known_on: date) -> History:
        """What is known of an entry's child: of the first, while they are one, the records of both; of the second then nothing."""
        if self.are_one(known_on):
            return replace(self.history, exists=entry == 0)
        return replace(self.history, statements=tuple(each for each in self.history.statements if self.entry_of(each) == entry))


def two(number: int) -> Two:
    drawn, chance = draw(number), Random(number)  # noqa: S311 -- the same again from its number
    own = tuple(each for each in drawn.statements if each.reach == "child")
    bare = History(
        number,
        drawn.birth,
        drawn.sex,
        drawn.stays,
        (),
        mother_certain=False,
        linked_on=None,
        open_pregnancy=False,
        statements=own,
        silences=dict.fromkeys(Source),
        complete_from={},
        hands=(),
        days=drawn.days,
    )
    heard = sorted({each.heard_on for each in own} | {drawn.birth})
    merged_on = chance.choice(heard)
    return Two(bare, merged_on, merged_on + timedelta(days=chance.choice((1, 40, 700))))


def messages(pair: Two) -> Iterator[tuple[date, Message]]:
    """All that the scorer is told of the two, with the day."""
    history = pair.history
    first = min(history.birth, *(each.heard_on for each in history.statements), history.birth)
    for entry in (0, 1):
        yield first, register(pair, entry, 1)
    yield pair.merged_on, register(pair, 1, 2, exists=False)
    yield pair.split_on, register(pair, 1, 3)
    for each in history.statements:
        mine = pair.who(pair.entry_of(each))
        if each.heard_on < pair.merged_on:
            yield each.heard_on, row(pair, each, mine, 0)
            yield pair.merged_on, row(pair, each, pair.who(0), 1)
        elif each.heard_on < pair.split_on:
            yield each.heard_on, row(pair, each, pair.who(0), 1)
        if each.heard_on < pair.split_on:
            yield pair.split_on, row(pair, each, mine, 2)
        else:
            yield each.heard_on, row(pair, each, mine, 2)


def register(pair: Two, entry: int, version: int, *, exists: bool = True) -> PersonChanged:
    history = pair.history
    return PersonChanged(
        event_id=fresh_id(),
        occurred_at=AT,
        person_id=pair.who(entry),
        version=version,
        birth_date=history.birth,
        sex=Sex(history.sex),
        residence=tuple(Residence(start=start, end=end, ward=Ward.HAKATA) for start, end in history.stays),
        household_id=None,
        exists=exists,
    )


def row(pair: Two, each: Statement, who: PersonId, said: int) -> RecordLinked:
    # The oracle takes what has the later number for what was recorded later.
    recorded = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=int(each.record[2:]))
    return RecordLinked(
        event_id=fresh_id(),
        occurred_at=AT,
        source=each.source,
        event_type=each.kind,
        record_id=f"{pair.history.number}-{each.record}",
        revision=each.revision,
        said=said,
        operation=Operation.UPSERT if each.data is not None else Operation.VOID,
        person_id=who,
        pregnancy_id=None,
        case_id=WelfareCaseId(UUID(int=ord(each.case))) if each.case else None,
        effective_on=each.said_on,
        school=SchoolRow(school_id=SchoolId(UUID(int=len(each.school))), recorded_at=recorded) if each.school else None,
        data=dict(each.data or {}),
    )


async def test_as_known_on_any_day_the_records_are_whose_they_were_taken_for_then(scorer: Scorer) -> None:
    pairs = [two(number) for number in HISTORIES]
    asked = [(pair, known_on, on) for pair in pairs for known_on, on in days_of(pair)]
    told: dict[date, list[Message]] = {}
    for day, message in (each for pair in pairs for each in messages(pair)):
        told.setdefault(day, []).append(message)
    marks = {known_on for _, known_on, _ in asked}
    for number, day in enumerate(sorted({*told, *marks})):
        scorer.clock.at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        marked = watermark(str(day), *Source, version=number + 1) if day in marks else []
        await scorer.hears([*told.get(day, []), *marked], put_off=True)

    found = [line for pair, known_on, on in asked for line in await differing(scorer, pair, known_on, on)]

    assert not found, f"{len(found)} differ, the first of them: " + "\n".join(found[:20])


def days_of(pair: Two) -> Iterator[tuple[date, date]]:
    """As known before, while and after they were one, and at the end, of that day and of others."""
    chance = Random(pair.history.number)  # noqa: S311 -- as above
    last = max(each.heard_on for each in pair.history.statements) + timedelta(days=30)
    for known_on in (pair.merged_on - timedelta(1), pair.merged_on, pair.split_on - timedelta(1), pair.split_on, last):
        yield known_on, known_on
        yield known_on, min(known_on, chance.choice(pair.history.days))


async def differing(scorer: Scorer, pair: Two, known_on: date, on: date) -> list[str]:
    found = []
    for entry in (0, 1):
        async with scorer.pool.acquire() as db, as_known(db, known_on, date(2060, 1, 1)):
            answers = {each.item: each for each in map(_answer, await inspection.answers_on(db, pair.who(entry), on, PROGRAMME))}
        scene = world(pair.known_of(entry, known_on), known_on)
        for item in ITEMS if answers else ():
            said = say(scene, item, on)
            where = f"history {pair.history.number}, entry {entry}, {item} on {on} as known on {known_on}"
            found += [f"{where}: {each}" for each in differences(answers[item], said)]
    return found


def _answer(told: dict[str, Any]) -> Answer:
    return Answer(
        Item(told["item"]), IndicatorValue(told["value"]), told["reason_code"], told["class"], told["counted"], told["valid_from"]
    )
