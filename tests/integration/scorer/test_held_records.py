"""
What the city holds already is never taken for absent (`domain.md` §2.8-2): the real linker and the real scorer, with messages on several
partitions that arrive as they like.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from uuid import uuid4

import asyncpg
import pytest

from contracts.ids import EventId
from contracts.messages import FeedWatermark, Message, RecordAccepted, ReviewNeeded
from contracts.topology import EVENTS_EXCHANGE, HEARS
from contracts.values import ServiceName
from infra.testing.fixtures import Database, said_in, unit_of_work
from services.linker.handlers import on_parcel
from services.scorer.evaluating import evaluate_due
from tests.integration.linker.records import HEALTH, NOW, WELFARE, Event, checkup, child, exam, mother, notified, voided
from tests.integration.scorer.conftest import Scorer

pytestmark = pytest.mark.servers

PARTITIONS = 3
FAMILIES = 8
BORN, TODAY = "2024-08-25", "2026-11-01"
"""On that day every absence of such a child could be concluded: 18 months, their window and its grace are over."""

History = tuple[list[Event], list[Event]]
"""What the city holds already when the feed says that it is complete, and what comes later; each in any order."""


def household(number: int) -> dict[str, RecordAccepted]:
    """A family of whom nothing is missing."""
    the_child, the_mother, home = f"C{number}", f"M{number}", f"H{number}"
    return {
        "child": child(the_child, BORN, home, sex="female"),
        "mother": mother(the_mother, home, relationship_to_head="head"),
        "notification": notified(f"P{number}", the_mother, edd="2024-08-28", on="2024-02-21"),
        # Half of the sections name the pregnancy, the others the mother alone.
        "exam": exam("prenatal_exam.recorded", f"X{number}", "2024-04-10", **whose(number, the_mother)),
        "4m": checkup(the_child, "4m", "2025-01-10"),
        "18m": checkup(the_child, "18m", "2026-03-10"),
    }


def whose(number: int, the_mother: str) -> dict[str, str]:
    return {"pregnancy_id": f"P{number}"} if number % 2 else {"mother_person_no": the_mother}


def without(number: int, name: str) -> History:
    events = household(number)
    later = events.pop(name)
    return list(events.values()), [later]


def made_anew(number: int) -> History:
    """The register voids its entry of the child and makes it anew, in whatever order the two come."""
    events = household(number)
    entry = events["child"]
    return list(events.values()), [voided(entry), child(f"C{number}", BORN, f"H{number}", sex="female", record=f"R-{number}-anew")]


HISTORIES: dict[str, Callable[[int], History]] = {
    "child registered after its checkups": lambda number: without(number, "child"),
    "register entry voided and made anew": made_anew,
    "mother registered late": lambda number: without(number, "mother"),
    "notification after its exams": lambda number: without(number, "notification"),
}


@dataclass
class City:
    """A linker, a scorer, and what is on its way between them: in order on each partition, and in none between them."""

    linker: asyncpg.Pool
    scorer: Scorer
    chance: Random
    on_its_way: list[deque[Message]] = field(default_factory=lambda: [deque() for _ in range(PARTITIONS)])
    passed_on: int = 0

    async def hears(self, *events: Event | FeedWatermark) -> None:
        """The linker handles a parcel; the scorer hears some of what was said so far."""
        async with unit_of_work(self.linker, ServiceName.LINKER, self.scorer.clock, partitions=PARTITIONS) as work:
            assert not await on_parcel(work, list(events))
        rows = await self.linker.fetch(
            "select id, routing_key, payload from outbox where exchange = $1 and id > $2 order by id", EVENTS_EXCHANGE, self.passed_on
        )
        for number, key, payload in rows:
            self.passed_on = number
            if key.startswith(HEARS[ServiceName.SCORER]):
                self.on_its_way[int(key.rpartition(".p")[2])].extend(said_in(payload))
        for _ in range(self.chance.randrange(4)):
            await self.scorer_hears_some()

    async def scorer_hears_some(self) -> None:
        """A parcel of one partition, put off or not; now and then the ticker."""
        queue = self.chance.choice([each for each in self.on_its_way if each] or self.on_its_way)
        parcel = [queue.popleft() for _ in range(min(len(queue), self.chance.randint(1, 12)))]
        await self.scorer.hears(parcel, put_off=self.chance.random() < 0.5)
        if self.chance.random() < 0.5:
            await self.tick()

    async def tick(self) -> None:
        async with unit_of_work(self.scorer.pool, ServiceName.SCORER, self.scorer.clock) as work:
            await evaluate_due(work, 200)

    async def comes_to_rest(self) -> None:
        while any(self.on_its_way):
            await self.scorer_hears_some()
        await self.tick()


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
@pytest.mark.parametrize("seed", [1, 2])
async def test_what_held_records_refute_is_never_believed_in_any_order(
    scorer: Scorer, database: Database, history: Callable[[int], History], seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - a seeded shuffle, not a secret
    city = City(await database.pool(ServiceName.LINKER), replace(scorer, partitions=PARTITIONS), chance)
    await scorer.day_comes(TODAY)
    histories = [history(number) for number in range(FAMILIES)]

    for parcel in some(chance, (held for held, _ in histories)):
        await city.hears(*parcel)
    for mark in complete(chance):
        await city.hears(mark)
    for parcel in some(chance, (later for _, later in histories)):
        await city.hears(*parcel)
    await city.comes_to_rest()

    believed = await scorer.pool.fetch("select item, value, reason_code, superseded_at is null as now from evaluation")
    assert [tuple(row) for row in believed if row["value"] == "TRUE" and row["reason_code"] != "notified_late"] == []
    assert not [said for said in await scorer.told() if isinstance(said, ReviewNeeded)]
    concluded = {row["reason_code"] for row in believed if row["now"] and row["value"] == "FALSE"}
    assert {"received", "exam_recorded"} <= concluded
    assert sum(row["now"] and row["reason_code"] == "received" for row in believed) == 2 * FAMILIES
    assert sum(row["now"] and row["reason_code"] == "exam_recorded" for row in believed) == FAMILIES


def some(chance: Random, parts: Iterable[list[Event]]) -> list[list[Event]]:
    """Everything, in parcels and in any order."""
    events = [event for part in parts for event in part]
    chance.shuffle(events)
    size = chance.randint(2, 9)
    return [events[start : start + size] for start in range(0, len(events), size)]


def complete(chance: Random) -> list[FeedWatermark]:
    """Both feeds are complete: a mark comes once on each partition."""
    marks = [
        FeedWatermark(event_id=EventId(uuid4()), occurred_at=NOW, source=source, complete_through=date.fromisoformat(TODAY))
        for source in (HEALTH, WELFARE)
        for _ in range(PARTITIONS)
    ]
    chance.shuffle(marks)
    return marks
