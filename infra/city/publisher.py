"""
Plays source events through the real inlets: each source with its own login, over AMQP (confirmed, persistent, mandatory) or HTTP.

Whatever the broker did not confirm is published again, in the same order and with the same ids: the inlet drops what it has.
"""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self
from zlib import crc32

import aio_pika
import httpx
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aiormq.exceptions import AMQPError
from yarl import URL

from contracts import topology
from contracts.kinds import EventKind
from contracts.replies import BY_MESSAGE, REPLIES_HEADER
from contracts.values import Source
from infra.city.sources.pen import Event
from infra.local.root import CannotDo

BATCH_EVENTS = 50
IN_FLIGHT = 16
"""Batches of one source that wait for the broker's word at a time."""

BATCH_TYPE = "application/cloudevents-batch+json"
WATERMARK = EventKind.FEED_WATERMARK
PATIENCE_SECONDS = 120.0
AGAIN_SECONDS = 0.2
HTTP_PARTS = 20

Progress = Callable[[Source, int], None]


class InletClosed(CannotDo):
    """An inlet did not take an event for too long, or refused the whole request."""


@dataclass(frozen=True, slots=True)
class Inlets:
    """Where the sources publish: an AMQP address per source, and ingest's HTTP address with a password per source."""

    amqp_urls: Mapping[Source, str]
    http_url: str
    passwords: Mapping[Source, str]


@dataclass(slots=True)
class Publisher:
    """
    The source systems' side of the wire.

    `http_parts` of twenty records go over HTTP instead of AMQP; a record keeps its inlet, so that its revisions stay in order.
    """

    inlets: Inlets
    http_parts: int = 0
    progress: Progress = lambda _source, _events: None
    confirmed: Counter[Source] = field(default_factory=Counter)

    async def play(self, events: Iterable[Event]) -> None:
        """
        Publish each source's events in order, all sources side by side, as fast as they are taken.

        Watermarks come last of all: a source says at the end of the night that it is complete.
        """
        streams: dict[Source, list[Event]] = defaultdict(list)
        marks: dict[Source, list[Event]] = defaultdict(list)
        for event in events:
            (marks if event["type"] == WATERMARK else streams)[Source(event["source"])].append(event)
        await asyncio.gather(*(self._play_source(source, stream) for source, stream in streams.items()))
        await asyncio.gather(*(self._over_amqp(source, stream) for source, stream in marks.items()))

    async def publish_one(self, event: Event) -> float:
        """Publish one event by itself over AMQP. Returns the instant (seconds since the epoch) just before it left."""
        source = Source(event["source"])
        async with _Line(self.inlets.amqp_urls[source], source) as line:
            left_at = time.time()
            await line.send([[event]])
        self._count(source, 1)
        return left_at

    async def trickle(self, events: Sequence[Event], *, per_second: float) -> dict[str, float]:
        """Publish events one by one at a steady pace, over AMQP. Returns for each id the instant just before it left."""
        left_at: dict[str, float] = {}
        async with AsyncExitStack() as stack:
            lines: dict[Source, _Line] = {}
            started = time.monotonic()
            for position, event in enumerate(events):
                source = Source(event["source"])
                if source not in lines:
                    lines[source] = await stack.enter_async_context(_Line(self.inlets.amqp_urls[source], source))
                await asyncio.sleep(max(0.0, started + position / per_second - time.monotonic()))
                left_at[event["id"]] = time.time()
                await lines[source].send([[event]])
                self._count(source, 1)
        return left_at

    async def pace(self, events: Iterable[Event], *, per_second: float) -> None:
        """Publish each source's events in order and in batches, over AMQP, all together so many a second. Falls behind if need be."""
        due: dict[Source, list[tuple[float, list[Event]]]] = defaultdict(list)
        filling: dict[Source, list[Event]] = defaultdict(list)
        for position, event in enumerate(events, start=1):
            source = Source(event["source"])
            filling[source].append(event)
            if len(filling[source]) == BATCH_EVENTS:
                due[source].append((position / per_second, filling.pop(source)))
        for source, rest in filling.items():
            due[source].append((position / per_second, rest))
        started = time.monotonic()
        await asyncio.gather(*(self._pace_source(source, batches, started) for source, batches in due.items()))

    async def _pace_source(self, source: Source, due: Sequence[tuple[float, list[Event]]], started: float) -> None:
        async with _Line(self.inlets.amqp_urls[source], source) as line:
            waiting = list(due)
            while waiting:
                await asyncio.sleep(max(0.0, started + waiting[0][0] - time.monotonic()))
                now = time.monotonic() - started
                window = [batch for at, batch in waiting[:IN_FLIGHT] if at <= now] or [waiting[0][1]]
                del waiting[: len(window)]
                await line.send(window)
                self._count(source, sum(len(batch) for batch in window))

    async def _play_source(self, source: Source, stream: Sequence[Event]) -> None:
        by_http = [event for event in stream if crc32(event["subject"].encode()) % HTTP_PARTS < self.http_parts]
        by_amqp = [event for event in stream if crc32(event["subject"].encode()) % HTTP_PARTS >= self.http_parts]
        await asyncio.gather(self._over_amqp(source, by_amqp), self._over_http(source, by_http))

    async def _over_amqp(self, source: Source, events: Sequence[Event]) -> None:
        if not events:
            return
        async with _Line(self.inlets.amqp_urls[source], source) as line:
            waiting = batches(events)
            while window := list(islice(waiting, IN_FLIGHT)):
                await line.send(window)
                self._count(source, sum(len(batch) for batch in window))

    async def _over_http(self, source: Source, events: Sequence[Event]) -> None:
        if not events:
            return
        headers = {"authorization": f"Bearer {self.inlets.passwords[source]}", "content-type": BATCH_TYPE}
        async with httpx.AsyncClient(base_url=self.inlets.http_url, headers=headers, timeout=30) as client:
            for batch in batches(events):
                await _post(client, body_of(batch))
                self._count(source, len(batch))

    def _count(self, source: Source, events: int) -> None:
        self.confirmed[source] += events
        self.progress(source, events)


def batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Cut events into batches of at most fifty, in order."""
    remaining = iter(events)
    while batch := list(islice(remaining, BATCH_EVENTS)):
        yield batch


def body_of(batch: Sequence[Event]) -> bytes:
    """The JSON array of a batch."""
    return json.dumps(batch, ensure_ascii=False, separators=(",", ":")).encode()


class _Line:
    """One source's AMQP connection, taken up again when it breaks."""

    def __init__(self, url: str, source: Source) -> None:
        self._url = url
        self._source = source
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hang_up()

    async def send(self, window: Sequence[Sequence[Event]]) -> None:
        """Publish batches in order and return when the broker has confirmed each. Raises InletClosed after two minutes."""
        messages = [self._message(batch) for batch in window]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                await self._send(messages)
            except (OSError, TimeoutError, AMQPError, aio_pika.exceptions.ConnectionClosed) as error:
                if time.monotonic() > deadline:
                    raise InletClosed(f"{self._source}: the broker took nothing for {PATIENCE_SECONDS:.0f} s") from error
                await self._hang_up()
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    async def _send(self, messages: Sequence[aio_pika.Message]) -> None:
        exchange = await self._open()
        key = f"{self._source}.batch"
        # A lost confirmation must not wait for ever: the same batch again does no harm.
        async with asyncio.timeout(30):
            await asyncio.gather(*(exchange.publish(message, routing_key=key, mandatory=True) for message in messages))

    async def _open(self) -> AbstractExchange:
        if self._exchange is None or self._connection is None or self._connection.is_closed:
            # Known before it connects, so that `_hang_up` closes it also when it never did: aio-pika warns otherwise.
            self._connection = aio_pika.Connection(URL(self._url))
            await self._connection.connect(timeout=10)
            channel: AbstractChannel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
            self._exchange = await channel.get_exchange(topology.SOURCE_EXCHANGE, ensure=False)
        return self._exchange

    async def _hang_up(self) -> None:
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            with suppress(Exception):
                await asyncio.wait_for(connection.close(), 5)

    def _message(self, batch: Sequence[Event]) -> aio_pika.Message:
        return aio_pika.Message(
            body_of(batch),
            content_type=BATCH_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=str(batch[0]["id"]),
            # As a system would ask that sends a night's records: what was taken needs no word for each.
            headers={REPLIES_HEADER: BY_MESSAGE},
        )


async def _post(client: httpx.AsyncClient, body: bytes) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await _try_post(client, body)
        if answer is not None and answer.status_code < httpx.codes.BAD_REQUEST:
            return
        if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
            raise InletClosed(f"ingest answered {answer.status_code}: {_reason(answer)}")
        if time.monotonic() > deadline:
            raise InletClosed(f"ingest took nothing over HTTP for {PATIENCE_SECONDS:.0f} s")
        await asyncio.sleep(AGAIN_SECONDS)


async def _try_post(client: httpx.AsyncClient, body: bytes) -> httpx.Response | None:
    """The answer, or None where there was none: ingest is away."""
    try:
        return await client.post("/events", content=body)
    except httpx.TransportError:
        return None


def _reason(answer: httpx.Response) -> Any:
    with suppress(ValueError):
        return answer.json().get("title")
    return answer.reason_phrase
