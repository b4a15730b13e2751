"""Several partitions of the linker at work on the same families at once."""

import asyncio

import asyncpg
import pytest

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.postgres import is_transient
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker import inspection
from services.linker.handlers import on_parcel
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


@pytest.mark.parametrize("partitions", [2, 4, 16, 64])
async def test_partitions_never_use_up_the_servers_locks(database: Database, clock: FixedClock, partitions: int) -> None:
    # About 12,800 with default settings, for every service together.
    pool = await database.pool(ServiceName.LINKER)
    events = city(drawing(3), families=150)

    async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=partitions) as work:
        await on_parcel(work, events)
        held = await work.db.fetchval("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")

    assert 0 < held * partitions <= 6_000 + partitions
