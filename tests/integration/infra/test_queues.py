"""Queues that an older release made with other arguments are made anew, and nothing that lies in them is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from contracts import topology
from contracts.topology import Queue
from contracts.values import ServiceName, Source
from infra.deploy import migrate
from infra.local.stack import Stack
from infra.queues import QueueInUse, renew_queues
from tests.integration.infra.servers import messages_in

pytestmark = pytest.mark.servers
INLET = next(queue for queue in topology.queues(1) if queue.name == topology.inlet_queue(ServiceName.INGEST, 0))
REPLIES = next(queue for queue in topology.queues(1) if queue.name == topology.replies_queue(Source.CHILDCARE))
OLD_INLET = {
    **INLET.arguments,
    "x-delivery-limit": 20,
    "x-dead-letter-exchange": "dlx",
    "x-dead-letter-routing-key": "ingest.dead",
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}
OLD_REPLIES = {**REPLIES.arguments, "x-max-length": 10_000, "x-overflow": "drop-head"}


@asynccontextmanager
async def operator(stack: Stack) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(stack.access.broker_url()) as connection, connection.channel(on_return_raises=True) as channel:
        yield channel


async def as_the_older_release_made_it(channel: AbstractChannel, queue: Queue, arguments: dict[str, object]) -> None:
    await channel.queue_delete(queue.name)
    made = await channel.declare_queue(queue.name, durable=True, arguments=arguments)  # type: ignore[arg-type]
    for exchange, key in queue.bindings:
        if exchange != topology.AGAIN_EXCHANGE:
            await made.bind(exchange, key)


async def say(channel: AbstractChannel, exchange: str, key: str, numbers: range) -> None:
    there = await channel.get_exchange(exchange, ensure=False)
    for number in numbers:
        await there.publish(aio_pika.Message(f"{number}".encode(), delivery_mode=2, message_id=f"m{number}", headers={"a": "b"}), key)


async def taken(channel: AbstractChannel, name: str, number: int) -> list[AbstractIncomingMessage]:
    queue = await channel.get_queue(name, ensure=False)
    found: list[AbstractIncomingMessage] = []
    async with queue.iterator(no_ack=True) as messages:
        while len(found) < number:
            found.append(await anext(messages))
    return found


async def test_a_queue_of_an_older_release_is_made_anew_with_all_that_lies_in_it_in_order(stack: Stack) -> None:
    async with operator(stack) as channel:
        await as_the_older_release_made_it(channel, INLET, OLD_INLET)
        await as_the_older_release_made_it(channel, REPLIES, OLD_REPLIES)
        await say(channel, topology.SOURCE_EXCHANGE, "childcare.batch", range(250))
        await say(channel, topology.REPLIES_EXCHANGE, "childcare.refused", range(3))

    renewed = await renew_queues(stack.access.broker_url(), 1)

    assert sorted(renewed) == sorted([INLET.name, REPLIES.name])
    async with operator(stack) as channel:
        await channel.declare_queue(INLET.name, durable=True, arguments=INLET.arguments)
        messages = await taken(channel, INLET.name, 250)
        replies = await taken(channel, REPLIES.name, 3)
        await say(channel, topology.SOURCE_EXCHANGE, "childcare.batch", range(1))
    assert [message.message_id for message in messages] == [f"m{number}" for number in range(250)]
    assert {(message.routing_key, message.headers["a"]) for message in messages} == {("childcare.batch", "b")}
    assert {reply.routing_key for reply in replies} == {"childcare.refused"}
    assert await messages_in(stack, INLET.name) == 1


async def test_queues_as_they_must_be_are_left_alone(stack: Stack) -> None:
    assert await renew_queues(stack.access.broker_url(), 1) == []


async def test_a_renewal_that_was_killed_is_brought_to_its_end(stack: Stack) -> None:
    async with operator(stack) as channel:
        await (await channel.get_queue(INLET.name, ensure=False)).purge()
        # Killed after the old queue was deleted; the start then loaded the definitions.
        await channel.declare_exchange(f"renewing.{INLET.name}", aio_pika.ExchangeType.TOPIC, durable=True)
        aside = await channel.declare_queue(f"renewing.{INLET.name}", durable=True, arguments={"x-queue-type": "quorum"})
        await aside.bind(topology.SOURCE_EXCHANGE, "#")
        inlet = await channel.get_queue(INLET.name, ensure=False)
        await inlet.unbind(topology.SOURCE_EXCHANGE, "#")
        await say(channel, topology.SOURCE_EXCHANGE, "childcare.batch", range(5))

    assert await renew_queues(stack.access.broker_url(), 1) == [INLET.name]

    async with operator(stack) as channel:
        messages = await taken(channel, INLET.name, 5)
    assert [(message.message_id, message.routing_key) for message in messages] == [(f"m{number}", "childcare.batch") for number in range(5)]


async def test_a_queue_that_an_older_release_still_hears_is_refused(stack: Stack) -> None:
    async with operator(stack) as channel:
        await as_the_older_release_made_it(channel, INLET, OLD_INLET)
        queue = await channel.get_queue(INLET.name, ensure=False)
        await queue.consume(asyncio.Queue[AbstractIncomingMessage]().put)

        with pytest.raises(QueueInUse, match="stop all services"):
            await renew_queues(stack.access.broker_url(), 1)

    assert await renew_queues(stack.access.broker_url(), 1) == [INLET.name]


async def test_the_one_shot_of_compose_brings_queues_up_to_date(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with operator(stack) as channel:
        await as_the_older_release_made_it(channel, INLET, OLD_INLET)
    told = {
        "admin_url": stack.access.admin_url(),
        "broker_url": stack.access.broker_url(),
        "passwords": stack.access.secrets.database,
    }
    (tmp_path / "migrations.json").write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setenv("TSUNAGU_SECRETS_DIR", str(tmp_path))

    await asyncio.to_thread(migrate.main)

    assert await renew_queues(stack.access.broker_url(), 1) == []
