from datetime import date
from uuid import uuid4

import pytest

from contracts.ids import EventId
from contracts.messages import FeedWatermark, PersonChanged
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker.handlers import on_parcel
from tests.integration.linker.records import HEALTH, NOW, child, hear

pytestmark = pytest.mark.servers


def mark(through: str, version: int = 0, since: date | None = None) -> FeedWatermark:
    day = date.fromisoformat(through)
    return FeedWatermark(
        event_id=EventId(uuid4()), occurred_at=NOW, source=HEALTH, complete_through=day, complete_from=since, version=version
    )


async def test_a_watermark_is_passed_on_behind_the_records_of_its_parcel(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)

    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        await on_parcel(work, [mark("2026-04-01"), child("A", "2026-03-10", "H1")])

    said = await announced(pool)
    assert isinstance(said[0], PersonChanged)
    assert isinstance(said[-1], FeedWatermark)


async def test_a_watermark_waits_until_it_came_by_on_every_partition(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)

    async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=2) as work:
        await on_parcel(work, [mark("2026-04-01")])
    first = await announced(pool)
    async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=2) as work:
        await on_parcel(work, [mark("2026-04-01")])

    assert first == []
    assert {each.complete_through for each in await announced(pool) if isinstance(each, FeedWatermark)} == {date(2026, 4, 1)}


async def test_a_parcel_of_nothing_new_says_nothing(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    await hear(pool, clock, child("A", "2026-03-10", "H1", revision=2))

    assert await hear(pool, clock, child("A", "2026-03-10", "H1", revision=1)) == []


async def test_a_day_that_was_taken_back_and_said_again_is_passed_on_three_times(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    words = [("2026-04-01", 1), ("2026-03-01", 2), ("2026-04-01", 3)]

    for through, version in words:
        for on_partition in range(2):
            async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=2) as work:
                await on_parcel(work, [mark(through, version, date(2024, 4, 1))])
            if on_partition == 0:
                passed = [each for each in await announced(pool) if isinstance(each, FeedWatermark)]
                assert len(passed) == 2 * (version - 1)

    said = [each for each in await announced(pool) if isinstance(each, FeedWatermark)]
    assert [(each.complete_through.isoformat(), each.version) for each in said[::2]] == words
    assert {each.complete_from for each in said} == {date(2024, 4, 1)}
    assert len({each.event_id for each in said}) == 6
