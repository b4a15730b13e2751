"""
Queues of an older release, made anew.

A queue's arguments can never be changed. Before anything hears, each queue that was made with other arguments than
`contracts/topology.py` gives it now is deleted and declared again; what lies in it waits meanwhile in a queue beside it, which hears
in its place, and keeps its routing keys. Killed anywhere, the next start goes on where this one ended; what is carried twice then is
dropped by the hearers' inboxes.
"""

import asyncio

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

from contracts import topology
from contracts.topology import Queue
from infra.dead_letters import copied

log = structlog.get_logger()

CARRIED_AT_ONCE = 100
_NEXT_SECONDS = 30.0


class QueueInUse(Exception):
    """A queue of an older release must be made anew, but somebody still hears it. Stop all services first."""


async def renew_queues(operator_url: str, partitions: int) -> list[str]:
    """Make anew what must be, as the broker's operator; return the names. Raises QueueInUse."""
    connection = await aio_pika.connect(operator_url, timeout=10)
    async with connection:
        renewed = [queue.name for queue in topology.queues(partitions) if await _renew(connection, queue)]
    if renewed:
        log.info("queues.renewed", queues=renewed)
    return renewed


async def _renew(connection: AbstractConnection, queue: Queue) -> bool:
    aside = Queue(f"renewing.{queue.name}", {"x-queue-type": "quorum"}, queue.bindings)
    other = await _has_other_arguments(connection, queue)
    if not other and await _messages_in(connection, aside.name) is None:
        return False
    async with connection.channel(publisher_confirms=True, on_return_raises=True) as channel:
        await channel.set_qos(CARRIED_AT_ONCE)
        # It keeps the routing keys, by which ingest knows who sent a message.
        way = await channel.declare_exchange(aside.name, aio_pika.ExchangeType.TOPIC, durable=True)
        await _declare(channel, aside)
        if other:
            await _refuse_if_heard(channel, queue.name)
            await _unbind(channel, queue)
            await _carry(channel, queue.name, aside.name)
            # Empty by now, and nothing fills it; "if empty" itself is not to be had with quorum queues.
            await channel.queue_delete(queue.name)
        await _declare(channel, queue)
        await _unbind(channel, aside)
        await _carry(channel, aside.name, queue.name)
        await channel.queue_delete(aside.name)
        await way.delete()
    return True


async def _has_other_arguments(connection: AbstractConnection, queue: Queue) -> bool:
    channel = await connection.channel()
    try:
        await channel.declare_queue(queue.name, durable=True, arguments=queue.arguments)
    except ChannelPreconditionFailed:
        return True
    await channel.close()
    return False


async def _messages_in(connection: AbstractConnection, name: str) -> int | None:
    channel = await connection.channel()
    try:
        declared = await channel.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        return None
    await channel.close()
    return declared.declaration_result.message_count or 0


async def _refuse_if_heard(channel: AbstractChannel, name: str) -> None:
    declared = await channel.declare_queue(name, passive=True)
    if declared.declaration_result.consumer_count:
        raise QueueInUse(f"{name} was made by an older release and is still heard; stop all services, then start again")


async def _declare(channel: AbstractChannel, queue: Queue) -> None:
    declared = await channel.declare_queue(queue.name, durable=True, arguments=queue.arguments)
    for exchange, key in queue.bindings:
        await declared.bind(exchange, key)


async def _unbind(channel: AbstractChannel, queue: Queue) -> None:
    there = await channel.get_queue(queue.name, ensure=False)
    for exchange, key in queue.bindings:
        await there.unbind(exchange, key)


async def _carry(channel: AbstractChannel, source: str, target: str) -> None:
    """Carry every message over, in order. Each leaves `source` when the broker confirmed that `target` has it."""
    way_name = source if source.startswith("renewing.") else target
    way = await channel.get_exchange(way_name, ensure=False)
    there = await channel.get_queue(target, ensure=False)
    await there.bind(way_name, "#")
    while number := (await channel.declare_queue(source, passive=True)).declaration_result.message_count or 0:
        queue = await channel.get_queue(source, ensure=False)
        async with queue.iterator() as messages:
            for _ in range(number):
                message = await asyncio.wait_for(anext(messages), _NEXT_SECONDS)
                key = topology.first_routing_key(message.exchange, message.routing_key or "")
                await way.publish(copied(message), key, mandatory=True)
                await message.ack()
    await there.unbind(way_name, "#")
