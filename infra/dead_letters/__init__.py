"""
What lies in a service's dead-letter queue, and the way back.

Only what cannot be decoded ends there. It is looked at without being taken: messages are fetched and go back in their order when the
look ends. With the service's own login: it may read its own queue and bring back to its own inlet (`topology.AGAIN_EXCHANGE`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from contracts import topology
from contracts.values import ServiceName, Source
from infra.identifiers import Identifiers

MOST_LISTED = 1000
_CONFIRM_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was rejected."""

    id: UUID
    message: AbstractIncomingMessage
    exchange: str
    routing_key: str
    queue: str
    died_at: datetime | None

    @property
    def said_by(self) -> str:
        """Where it came from, without anything that a sender could have written freely."""
        if self.exchange == topology.EVENTS_EXCHANGE:
            return self.routing_key
        first = self.routing_key.partition(".")[0]
        return first if first in set(Source) else "nobody known"


class DeadLetters:
    """The dead-letter queue of one service."""

    def __init__(self, service: ServiceName, connection: AbstractConnection, identifiers: Identifiers) -> None:
        self._service = service
        self._connection = connection
        self._identifiers = identifiers

    @asynccontextmanager
    async def looked_at(self) -> AsyncIterator[list[DeadLetter]]:
        """Hold up to MOST_LISTED messages, oldest first, for the length of a block. What is not acknowledged in it goes back."""
        channel = await self._connection.channel()
        try:
            queue = await channel.get_queue(topology.dead_letter_queue(self._service), ensure=False)
            found: list[DeadLetter] = []
            while len(found) < MOST_LISTED and (message := await queue.get(fail=False)) is not None:
                found.append(self._read(message))
            yield found
        finally:
            await channel.close()

    async def bring_back(self, letter: DeadLetter) -> None:
        """Give a message to the service's inlet again: it leaves the dead-letter queue once the broker confirmed that."""
        partition = int(letter.queue.rpartition(".p")[2]) if letter.queue else 0
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        async with channel:
            again = await channel.get_exchange(topology.AGAIN_EXCHANGE, ensure=False)
            key = topology.again_key(self._service, partition, letter.routing_key)
            await asyncio.wait_for(again.publish(copied(letter.message), key, mandatory=True), _CONFIRM_SECONDS)
        await letter.message.ack()

    def _read(self, message: AbstractIncomingMessage) -> DeadLetter:
        # The oldest death first: a message that was brought back and died again had its headers cleaned.
        deaths: Any = message.headers.get("x-death")
        death: dict[str, Any] = deaths[-1] if isinstance(deaths, list) and deaths else {}
        exchange, keys = str(death.get("exchange", "")), death.get("routing-keys") or [""]
        died_at = death.get("time")
        return DeadLetter(
            id=self._identifiers.derive("dead letter", message.message_id or "", sha256(message.body).hexdigest()),
            message=message,
            exchange=exchange,
            routing_key=topology.first_routing_key(exchange, str(keys[0])),
            queue=str(death.get("queue", "")),
            died_at=died_at if isinstance(died_at, datetime) else None,
        )


@asynccontextmanager
async def dead_letters_of(service: ServiceName, broker_url: str, identifiers: Identifiers) -> AsyncIterator[DeadLetters]:
    """Reach the dead-letter queue of a service for the length of a block. Raises ConnectionError where there is no broker."""
    connection = await aio_pika.connect(broker_url, timeout=10)
    async with connection:
        yield DeadLetters(service, connection, identifiers)


def copied(message: AbstractIncomingMessage) -> aio_pika.Message:
    """Return the same message to be published again: without what brokers noted on it, and without a user, which is proved anew."""
    return aio_pika.Message(
        message.body,
        headers={name: value for name, value in message.headers.items() if not name.startswith("x-")},
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        priority=message.priority,
        correlation_id=message.correlation_id,
        message_id=message.message_id,
        timestamp=message.timestamp,
        type=message.type,
        app_id=message.app_id,
    )
