"""What the tests over a real broker share: settings of a service, messages, and looks into the broker."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import aio_pika
from pydantic import SecretStr

from contracts import topology
from contracts.ids import EventId
from contracts.messages import RecordAccepted
from contracts.values import ServiceName, Source
from infra.local.stack import Stack
from infra.service import Service
from infra.settings import Settings

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def settings(stack: Stack, name: ServiceName, **more: Any) -> Settings:
    """Return what a service of `stack` is told."""
    return Settings(
        database_url=SecretStr(stack.access.database_url(name)),
        broker_url=SecretStr(stack.access.broker_url(name)),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        trace_sample_ratio=0.0,
        **more,
    )


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 30) -> None:
    """Wait until `condition` holds."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 -- the condition lives in servers, which set no events
            await asyncio.sleep(0.02)


def accepted(number: UUID | None = None) -> RecordAccepted:
    """Return a record as ingest says it."""
    number = number or uuid4()
    return RecordAccepted(
        event_id=EventId(number),
        occurred_at=NOW,
        source=Source.RESIDENT_REGISTRY,
        event_type="resident.changed",
        record_id=str(number),
        revision=1,
        effective_on=NOW.date(),
        recorded_at=NOW,
        person_no=None,
        data={},
    )


def parcel(events: Sequence[RecordAccepted]) -> bytes:
    """Return the message that carries `events`."""
    return b"[" + b",".join(event.model_dump_json().encode() for event in events) + b"]"


async def publish(stack: Stack, exchange: str, key: str, body: bytes) -> None:
    """Publish as the operator; raises where nobody hears it."""
    async with await aio_pika.connect(stack.access.broker_url("operator")) as connection:
        channel = await connection.channel(on_return_raises=True)
        target = await channel.get_exchange(exchange, ensure=False)
        await target.publish(aio_pika.Message(body, delivery_mode=2), routing_key=key)


async def messages_in(stack: Stack, queue: str) -> int:
    """Return how many messages lie in a queue."""
    async with await aio_pika.connect(stack.access.broker_url("operator")) as connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count or 0


async def dead(stack: Stack, service: ServiceName = ServiceName.LINKER) -> int:
    """Return how many messages lie in the dead-letter queue of a service."""
    return await messages_in(stack, topology.dead_letter_queue(service))


async def needs(service: Service) -> dict[str, bool]:
    """Return what `/ready` of a service says."""
    app: Any = service.app
    [ready] = [route for route in app.routes if getattr(route, "path", "") == "/ready"]
    answer: dict[str, bool] = json.loads((await ready.endpoint()).body)
    return answer
