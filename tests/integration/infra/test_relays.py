"""Each partition has a relay; what a partition that is no more had to say is taken over."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import aio_pika
import asyncpg
import pytest
import pytest_asyncio

from contracts import topology
from contracts.ids import EventId, PersonId
from contracts.messages import PersonChanged
from contracts.values import ServiceName, Sex
from infra.clock import FixedClock
from infra.local.stack import Stack
from infra.postgres import CONNECTIONS, connections, open_pool
from infra.relay import Relays
from infra.telemetry import Telemetry
from infra.testing.fixtures import unit_of_work

pytestmark = pytest.mark.servers
NOW = datetime(2026, 4, 1, tzinfo=UTC)
PARTITIONS = 2


@pytest_asyncio.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    servers = Stack(tmp_path_factory.mktemp("relays"), services=(), partitions=PARTITIONS)
    await asyncio.to_thread(servers.start_servers)
    yield servers
    await asyncio.to_thread(servers.stop)


@pytest_asyncio.fixture
async def pool(stack: Stack) -> AsyncIterator[asyncpg.Pool]:
    opened = await open_pool(stack.access.database_url(ServiceName.LINKER), name="test")
    yield opened
    await opened.execute("delete from outbox")
    await opened.close()


def relays(stack: Stack, pool: asyncpg.Pool, partitions: int = PARTITIONS) -> Relays:
    return Relays(
        ServiceName.LINKER,
        broker_url=stack.access.broker_url(ServiceName.LINKER),
        pool=lambda: pool,
        telemetry=Telemetry("test"),
        partitions=partitions,
    )


async def say(pool: asyncpg.Pool, numbers: Sequence[int]) -> None:
    async with unit_of_work(pool, ServiceName.LINKER, FixedClock(NOW), partitions=PARTITIONS) as work:
        for number in numbers:
            message = PersonChanged(
                event_id=EventId(UUID(int=number)),
                occurred_at=NOW,
                person_id=PersonId(UUID(int=number)),
                version=1,
                birth_date=NOW.date(),
                sex=Sex.UNKNOWN,
                residence=(),
                household_id=None,
            )
            work.announce(message, key=str(number))


async def emptied(pool: asyncpg.Pool, *, left: int = 0) -> None:
    async with asyncio.timeout(20):
        while await pool.fetchval("select count(*) from outbox") > left:  # noqa: ASYNC110 -- the condition lives in a server
            await asyncio.sleep(0.02)


async def waiting_at(stack: Stack, partition: int) -> int:
    connection = await aio_pika.connect(stack.access.broker_url("operator"))
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(topology.inlet_queue(ServiceName.SCORER, partition), passive=True)
        return queue.declaration_result.message_count or 0


def of(partition: int, count: int) -> list[int]:
    return [number for number in range(1000) if topology.partition_of(str(number), PARTITIONS) == partition][:count]


async def test_each_partition_is_relayed_and_two_processes_do_not_say_a_thing_twice(stack: Stack, pool: asyncpg.Pool) -> None:
    before = [await waiting_at(stack, partition) for partition in range(PARTITIONS)]
    both = [relays(stack, pool), relays(stack, pool)]
    running = [asyncio.create_task(each.run()) for each in both]

    for number in of(0, 3) + of(1, 2):
        await say(pool, [number])
        for each in both:
            each.wake()
        await emptied(pool)

    for each in both:
        each.stop()
    await asyncio.gather(*running)
    after = [await waiting_at(stack, partition) for partition in range(PARTITIONS)]
    assert [after[0] - before[0], after[1] - before[1]] == [3, 2]


async def test_a_partition_whose_relay_is_held_up_holds_up_no_other(stack: Stack, pool: asyncpg.Pool) -> None:
    holder = await asyncpg.connect(stack.access.database_url(ServiceName.LINKER))
    each = relays(stack, pool)
    # What another process's relay holds while it works.
    await holder.fetchval("select pg_advisory_lock($1, $2)", 0x7473756E, list(ServiceName).index(ServiceName.LINKER))
    running = asyncio.create_task(each.run())

    await say(pool, of(0, 2) + of(1, 2))
    each.wake()
    await emptied(pool, left=1)

    assert [row["partition"] for row in await pool.fetch("select partition from outbox")] == [0]
    await holder.close()
    await emptied(pool)
    each.stop()
    await running


async def test_what_a_partition_that_is_no_more_had_to_say_is_said_by_one_that_is(stack: Stack, pool: asyncpg.Pool) -> None:
    await say(pool, of(0, 1) + of(1, 1))
    each = relays(stack, pool, partitions=1)
    running = asyncio.create_task(each.run())

    await emptied(pool)

    each.stop()
    await running


async def test_however_many_partitions_there_are_their_relays_leave_connections_to_those_who_hear(stack: Stack) -> None:
    partitions = CONNECTIONS + 1
    own = await open_pool(stack.access.database_url(ServiceName.LINKER), name="test", most=connections(partitions))
    each = relays(stack, own, partitions=partitions)
    running = asyncio.create_task(each.run())

    async with asyncio.timeout(20):
        while not each.healthy:  # noqa: ASYNC110 -- the condition is in other tasks
            await asyncio.sleep(0.02)
        hearing = [await own.acquire() for _ in range(partitions)]

    for db in hearing:
        await own.release(db)
    each.stop()
    await running
    await own.close()


async def test_a_relay_that_is_cut_off_leaves_no_connection_that_opens_itself_again(stack: Stack, pool: asyncpg.Pool) -> None:
    before = opening_themselves()
    each = relays(stack, pool)
    running = asyncio.create_task(each.run())
    await say(pool, of(0, 1) + of(1, 1))
    each.wake()
    await emptied(pool)
    opened = opening_themselves() - before

    running.cancel()
    await asyncio.wait([running], timeout=10)

    assert len(opened) == PARTITIONS
    assert all(task.done() for task in opened)


def opening_themselves() -> set[asyncio.Task[object]]:
    """The tasks that keep a connection to the broker open."""
    return {task for task in asyncio.all_tasks() if "RobustConnection" in repr(task.get_coro())}
