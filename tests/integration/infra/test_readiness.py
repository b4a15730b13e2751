"""What `/ready` says of a process that stands by, of a broker that takes nothing, and how a service ends."""

import asyncio
import os
import signal
from collections.abc import Sequence
from uuid import UUID

import aio_pika
import asyncpg
import pytest

from contracts import topology
from contracts.ids import EventId, PersonId
from contracts.messages import FeedWatermark, PersonChanged, RecordAccepted
from contracts.values import ServiceName, Sex, Source
from infra import relay, service
from infra.local.stack import Stack
from infra.parking import SQL
from infra.service import Service
from infra.work import UnitOfWork
from tests.integration.infra.servers import NOW, accepted, messages_in, needs, parcel, publish, settings, until

pytestmark = pytest.mark.servers


def person(number: UUID) -> PersonChanged:
    return PersonChanged(
        event_id=EventId(number),
        occurred_at=NOW,
        person_id=PersonId(number),
        version=1,
        birth_date=NOW.date(),
        sex=Sex.UNKNOWN,
        residence=(),
        household_id=None,
    )


async def says_nothing(_work: UnitOfWork, _events: Sequence[RecordAccepted]) -> None:
    pass


async def ready(process: Service) -> bool:
    return (await needs(process))["ready"]


async def test_a_process_that_stands_by_is_ready_and_takes_over(stack: Stack) -> None:
    heard: list[UUID] = []

    async def hear(_work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        heard.extend(event.event_id for event in events)

    first, second = (Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER)) for _ in range(2))
    for process in (first, second):
        process.hear(RecordAccepted, hear)
        await process.start()

    await until(lambda: ready(first))
    await until(lambda: ready(second))
    await first.stop()
    event = accepted()
    await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", parcel([event]))

    async def heard_by_the_second() -> bool:
        return heard == [event.event_id]

    await until(heard_by_the_second)
    await until(lambda: ready(second))
    await second.stop()


async def test_a_service_whose_broker_takes_nothing_is_not_ready_until_it_takes_again(stack: Stack) -> None:
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    await linker.start()
    await until(lambda: ready(linker))
    before = await messages_in(stack, topology.inlet_queue(ServiceName.SCORER, 0))

    await asyncio.to_thread(stack.broker.control, "set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        async with linker.work() as work:
            work.announce(person(UUID(int=1)), key="k")

        async def is_red() -> bool:
            return not (await needs(linker))["outbox"]

        await until(is_red)
    finally:
        await asyncio.to_thread(stack.broker.control, "set_vm_memory_high_watermark", "absolute", "1GB")

    async def sent() -> bool:
        return await messages_in(stack, topology.inlet_queue(ServiceName.SCORER, 0)) > before

    await until(sent, seconds=60)
    await until(lambda: ready(linker), seconds=60)
    await linker.stop()


async def test_a_service_with_nothing_to_say_knows_that_its_broker_takes_nothing(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "PROBE_SECONDS", 0.1)
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    await linker.start()
    await until(lambda: ready(linker))

    async def is_red() -> bool:
        return not (await needs(linker))["outbox"]

    await asyncio.to_thread(stack.broker.control, "set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        await until(is_red)
    finally:
        await asyncio.to_thread(stack.broker.control, "set_vm_memory_high_watermark", "absolute", "1GB")

    await until(lambda: ready(linker), seconds=60)
    await linker.stop()


async def test_readiness_is_told_soon_while_the_database_is_stalled(stack: Stack) -> None:
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    await linker.start()
    await until(lambda: ready(linker))
    admin = await asyncpg.connect(stack.access.admin_url("tsunagu"))
    sessions = [row["pid"] for row in await admin.fetch("select pid from pg_stat_activity where application_name = 'tsunagu-linker'")]
    await admin.close()
    assert stack.postgres.pid is not None
    stalled = (stack.postgres.pid, *sessions)

    for pid in stalled:
        os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(2.5 * service.ANSWER_SECONDS):
            assert not (await needs(linker))["database"]
    finally:
        for pid in stalled:
            os.kill(pid, signal.SIGCONT)

    await until(lambda: ready(linker))
    await linker.stop()


async def test_a_watermark_stays_while_the_broker_does_not_take_what_it_vouches_for(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "STUCK_SECONDS", 0.5)
    inlet = topology.inlet_queue(ServiceName.SCORER, 0)
    async with await aio_pika.connect(stack.access.broker_url()) as connection, connection.channel() as channel:
        queue = await channel.get_queue(inlet, ensure=False)
        await queue.purge()
        await queue.unbind(topology.EVENTS_EXCHANGE, "linker.person.p0")
        linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
        # Casework hears persons too; nobody may take this one.
        other = await channel.get_queue(topology.inlet_queue(ServiceName.CASEWORK, 0), ensure=False)
        await other.unbind(topology.EVENTS_EXCHANGE, "linker.person.p0")
        await linker.start()
        mark = FeedWatermark(event_id=EventId(UUID(int=3)), occurred_at=NOW, source=Source.CHILDCARE, complete_through=NOW.date())

        async with linker.work() as work:
            work.announce(person(UUID(int=2)), key="k")
            work.announce(mark, key="k")

        async def is_red() -> bool:
            return not (await needs(linker))["outbox"]

        await until(is_red)
        assert await messages_in(stack, inlet) == 0
        for each in (queue, other):
            await each.bind(topology.EVENTS_EXCHANGE, "linker.person.p0")

        async def both_came() -> bool:
            return await messages_in(stack, inlet) == 2

        await until(both_came)
        async with queue.iterator(no_ack=True) as messages:
            keys = [(await anext(messages)).routing_key for _ in range(2)]
        await linker.stop()
    assert keys == ["linker.person.p0", "linker.watermark.p0"]


async def test_a_service_ends_although_somebody_still_holds_a_connection(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "GRACE_SECONDS", 0.5)
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    await linker.start()
    held = await linker.pool.acquire()

    async with asyncio.timeout(20):
        await linker.stop()

    with pytest.raises(asyncpg.InterfaceError, match="released"):
        await held.fetchval("select 1")


async def test_the_inbox_is_forgotten_a_little_at_a_time(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "INBOX_CHUNK", 10)
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    linker.hear(RecordAccepted, says_nothing)
    await linker.start()
    statement = "insert into inbox (run, heard_at) select gen_random_uuid(), now() - make_interval(days => $1) from generate_series(1, $2)"
    await linker.pool.execute("delete from inbox")
    await linker.pool.execute(statement, service.INBOX_DAYS + 1, 35)
    await linker.pool.execute(statement, service.INBOX_DAYS - 1, 5)

    await linker._forget()

    assert await linker.pool.fetchval("select count(*) from inbox") == 5
    await linker.stop()


async def test_a_service_that_parks_by_its_own_hand_stops_at_the_limit_until_a_person_lets_it_go_on(stack: Stack) -> None:
    ingest = Service(ServiceName.INGEST, settings(stack, ServiceName.INGEST, parking_least=2, parking_share=0.1))
    await ingest.start()
    for _ in range(2):
        await ingest.may_park("Broken")
        ingest.parking.count(1, 1)

    waiting = asyncio.create_task(ingest.may_park("Broken"))

    async def is_red() -> bool:
        return not (await needs(ingest))["parking"]

    await until(is_red)
    assert not waiting.done()
    await ingest.pool.execute(SQL.resume_parking)
    async with asyncio.timeout(10):
        await waiting
    await until(lambda: ready(ingest))
    await ingest.stop()
