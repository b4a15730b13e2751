"""Waiting loses nothing: however often the broker takes a message back, only what cannot be decoded is dead-lettered."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import aio_pika
import asyncpg
import pytest

from contracts import topology
from contracts.messages import RecordAccepted
from contracts.values import ServiceName
from infra.local.stack import Stack
from infra.service import Service
from infra.work import UnitOfWork
from tests.integration.infra.servers import accepted, dead, messages_in, parcel, publish, settings, until

pytestmark = pytest.mark.servers
INLET = topology.inlet_queue(ServiceName.LINKER, 0)
OLD_LIMIT = 20
CLOSE_ALL = """
  ok = rabbit_networking:close_connections(rabbit_networking:connections(), "a test"), "closed".
"""
"""What `rabbitmqctl close_all_connections` does."""
DELIVERED = """
  integer_to_list(lists:sum([maps:get(messages_delivered_total, C, 0) || C <- maps:values(rabbit_global_counters:overview())])).
"""
"""How many messages were given to anybody, each time counted anew."""


class Heard:
    """Hears records, and how many of them at once."""

    def __init__(self) -> None:
        self.heard: list[UUID] = []
        self.parcels = 0
        self.at_work = self.most_at_work = 0

    async def __call__(self, work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        try:
            await work.db.fetchval("select 1")
            self.heard.extend(event.event_id for event in events)
            self.parcels += 1
        finally:
            # Also where it is broken off: whoever is at work no more does not count.
            self.at_work -= 1


@asynccontextmanager
async def locked(stack: Stack, table: str) -> AsyncIterator[None]:
    """Stall the database for whoever needs `table`."""
    admin = await asyncpg.connect(stack.access.admin_url("tsunagu"))
    try:
        async with admin.transaction():
            await admin.execute(f"lock table {table} in access exclusive mode")
            yield
    finally:
        await admin.close()


async def test_a_message_may_be_given_back_any_number_of_times(stack: Stack) -> None:
    await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", parcel([accepted()]))

    async with await aio_pika.connect(stack.access.broker_url("operator")) as connection:
        for _ in range(OLD_LIMIT + 10):
            async with connection.channel() as channel:
                queue = await channel.get_queue(INLET)
                async with queue.iterator() as messages:
                    async with asyncio.timeout(10):
                        await anext(messages)
        async with connection.channel() as channel:
            queue = await channel.get_queue(INLET)
            async with queue.iterator() as messages:
                last = await anext(messages)
                counted = last.headers["x-delivery-count"]
                await last.ack()

    assert isinstance(counted, int)
    assert counted > OLD_LIMIT
    assert await dead(stack) == 0


async def test_a_service_that_waits_for_its_database_may_lose_any_number_of_connections(stack: Stack) -> None:
    heard = Heard()
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    linker.hear(RecordAccepted, heard)
    events = [accepted() for _ in range(40)]

    before = await delivered(stack)
    async with locked(stack, "linker.inbox"):
        await linker.start()
        for start in range(0, 40, 2):
            await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", parcel(events[start : start + 2]))
        for times in range(1, OLD_LIMIT + 3):
            await until_delivered(stack, before + 20 * times)
            await asyncio.to_thread(stack.broker.evaluate, CLOSE_ALL)

    async def all_heard() -> bool:
        return len(heard.heard) == 40 and await messages_in(stack, INLET) == 0

    await until(all_heard, seconds=60)
    await linker.stop()
    assert sorted(event.event_id for event in events) == sorted(heard.heard)
    assert heard.most_at_work == 1
    assert await dead(stack) == 0


async def until_delivered(stack: Stack, number: int) -> None:
    """Wait until the service was given all messages once more. The broker counts what lies in a queue every five seconds only."""

    async def given() -> bool:
        return await delivered(stack) >= number

    await until(given)


async def delivered(stack: Stack) -> int:
    return int(await asyncio.to_thread(stack.broker.evaluate, DELIVERED))
