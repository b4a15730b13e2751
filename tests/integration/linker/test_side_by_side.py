"""Several partitions of the linker at work on the same families at once."""

import asyncio

import asyncpg
import pytest

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.postgres import is_transient
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker import inspection
from services.linker.domain.judgements import Word
from services.linker.handlers import on_parcel
from services.linker.judging import WhyNot, judge_entries
from tests.integration.linker.records import Event, city, drawing, forget_everything
from tests.integration.linker.test_any_order import what_hearers_hold

pytestmark = pytest.mark.servers

PARTITIONS = 4


async def work_through(pool: asyncpg.Pool, clock: FixedClock, events: list[Event], size: int) -> None:
    for first in range(0, len(events), size):
        while not await _once(pool, clock, events[first : first + size]):
            pass


async def _once(pool: asyncpg.Pool, clock: FixedClock, parcel: list[Event]) -> bool:
    try:
        async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=PARTITIONS) as work:
            assert not await on_parcel(work, parcel)
    except Exception as error:
        if not is_transient(error):
            raise
        return False
    return True


async def test_partitions_that_work_on_the_same_families_come_to_the_state_of_one(database: Database, clock: FixedClock) -> None:
    pool, rng = await database.pool(ServiceName.LINKER), drawing(5)
    events = city(rng, families=40)
    shuffled = rng.sample(events, len(events))

    await asyncio.gather(*(work_through(pool, clock, shuffled[number::PARTITIONS], size=7) for number in range(PARTITIONS)))
    async with pool.acquire() as db:
        together, unaccounted = await inspection.content_hash(db), await inspection.unaccounted(db)
    facts = what_hearers_hold(await announced(pool))

    await forget_everything(database)
    await work_through(pool, clock, events, size=50)
    async with pool.acquire() as db:
        alone = await inspection.content_hash(db)
    assert unaccounted == 0
    assert what_hearers_hold(await announced(pool)) == facts
    assert alone == together


async def test_what_people_judge_while_partitions_work_holds_as_if_they_had_judged_at_the_end(
    database: Database, clock: FixedClock
) -> None:
    pool, rng = await database.pool(ServiceName.LINKER), drawing(7)
    events = city(rng, families=24)
    shuffled = rng.sample(events, len(events))
    pairs = [(f"R-C{number}-0", f"R-C{number + 1}-0") for number in range(0, 12, 2)] + [("R-M12", "R-M13"), ("R-F14", "R-F15")]

    judging = asyncio.create_task(judge_as_soon_as_possible(pool, clock, pairs))
    await asyncio.gather(*(work_through(pool, clock, shuffled[number::PARTITIONS], size=7) for number in range(PARTITIONS)))
    judged = await asyncio.wait_for(judging, 60)
    async with pool.acquire() as db:
        together, unaccounted = await inspection.content_hash(db), await inspection.unaccounted(db)

    await forget_everything(database)
    await work_through(pool, clock, events, size=50)
    await judge_as_soon_as_possible(pool, clock, judged)
    async with pool.acquire() as db:
        afterwards = await inspection.content_hash(db)
    assert len(judged) > len(pairs) // 2
    assert unaccounted == 0
    assert afterwards == together


async def judge_as_soon_as_possible(pool: asyncpg.Pool, clock: FixedClock, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Take each pair of entries for one person's. Returns those that both were there before the partitions were done."""
    judged: list[tuple[str, str]] = []
    for one, other in pairs:
        for _ in range(100):
            async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=PARTITIONS) as work:
                why_not = await judge_entries(work, (one, other), Word.SAME, "T-1")
            if why_not is None:
                judged.append((one, other))
                break
            assert why_not is WhyNot.NO_ENTRY
            await asyncio.sleep(0)
    return judged


@pytest.mark.parametrize("partitions", [2, 4, 16, 64])
async def test_partitions_never_use_up_the_servers_locks(database: Database, clock: FixedClock, partitions: int) -> None:
    # About 12,800 with default settings, for every service together.
    pool = await database.pool(ServiceName.LINKER)
    events = city(drawing(3), families=150)

    async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=partitions) as work:
        await on_parcel(work, events)
        held = await work.db.fetchval("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")

    assert 0 < held * partitions <= 6_000 + partitions
