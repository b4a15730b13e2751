"""What the broker itself refuses: the generated rights, on the real thing (SEC: least privilege)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused

from contracts import topology
from contracts.values import ServiceName, Source
from infra.local.stack import Stack

pytestmark = pytest.mark.servers


@asynccontextmanager
async def channel_of(stack: Stack, login: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(stack.access.broker_url(login))
    async with connection:
        yield await connection.channel(on_return_raises=True)


async def say(channel: AbstractChannel, exchange: str, key: str) -> None:
    there = await channel.get_exchange(exchange, ensure=False)
    await there.publish(aio_pika.Message(b"[]", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), key)


async def taken(stack: Stack, login: str, queue_name: str) -> str | None:
    """Take one message off a queue and return its routing key. With a consumer: those queues refuse `basic.get`."""
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    async with channel_of(stack, login) as channel:
        queue = await channel.get_queue(queue_name)
        await queue.consume(arrived.put, no_ack=True)
        return (await asyncio.wait_for(arrived.get(), 10)).routing_key


async def test_a_service_says_its_own_and_its_hearer_gets_it(servers: Stack) -> None:
    async with channel_of(servers, "ingest") as channel:
        await say(channel, "events", "ingest.record.p0")

    assert await taken(servers, "linker", "linker.in.p0") == "ingest.record.p0"


@pytest.mark.parametrize("key", ["linker.fact.p0", "scorer.review.p0", "audit.audit.p0"])
async def test_a_foreign_routing_key_is_refused(servers: Stack, key: str) -> None:
    async with channel_of(servers, "ingest") as channel:
        with pytest.raises(ChannelAccessRefused):
            await say(channel, "events", key)


@pytest.mark.parametrize("service", ServiceName)
async def test_a_service_reads_no_foreign_queue(servers: Stack, service: ServiceName) -> None:
    foreign = next(other for other in ServiceName if other is not service)
    async with channel_of(servers, service) as channel:
        queue = await channel.get_queue(topology.inlet_queue(foreign, 0), ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.consume(asyncio.Queue[AbstractIncomingMessage]().put)


@pytest.mark.parametrize("login", ["linker", "resident_registry"])
async def test_declaring_a_queue_or_an_exchange_is_refused(servers: Stack, login: str) -> None:
    async with channel_of(servers, login) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue(f"{login}.in.p9", durable=True)
    async with channel_of(servers, login) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_exchange(f"{login}.mine", durable=True)


async def test_a_source_sends_its_own_events(servers: Stack) -> None:
    async with channel_of(servers, "resident_registry") as channel:
        await say(channel, "source", "resident_registry.batch")

    assert await taken(servers, "ingest", "ingest.in.p0") == "resident_registry.batch"


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        ("source", "public_assistance.batch"),
        ("source.replies", "resident_registry.refused"),
        ("events", "ingest.record.p0"),
        ("dlx", "linker.dead"),
        ("", "linker.in.p0"),
    ],
)
async def test_a_source_that_plays_another_is_refused(servers: Stack, exchange: str, key: str) -> None:
    async with channel_of(servers, "resident_registry") as channel:
        there = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        with pytest.raises(ChannelAccessRefused):
            await there.publish(aio_pika.Message(b"[]"), key)


async def test_ingest_answers_and_only_that_source_reads_the_answer(servers: Stack) -> None:
    async with channel_of(servers, "ingest") as channel:
        await say(channel, "source.replies", "resident_registry.refused")

    async with channel_of(servers, "public_assistance") as channel:
        queue = await channel.get_queue(topology.replies_queue(Source.RESIDENT_REGISTRY), ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.get(fail=False)
    async with channel_of(servers, "resident_registry") as channel:
        queue = await channel.get_queue(topology.replies_queue(Source.RESIDENT_REGISTRY), ensure=False)
        message = await queue.get(no_ack=True)
        assert message.routing_key == "resident_registry.refused"


async def test_a_wrong_password_is_refused(servers: Stack) -> None:
    url = servers.access.broker_url("linker").replace(servers.access.secrets.broker["linker"], "wrong")

    with pytest.raises(ProbableAuthenticationError):
        await aio_pika.connect(url)
