"""
The source systems of a story: each publishes with its own login, one event at a time, and reads what became of it.

One at a time, because a story tells what comes first.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Self

import aio_pika
import httpx
from aio_pika.abc import AbstractChannel

from contracts import topology
from contracts.values import ServiceName, Source
from infra.city.sources.pen import Event
from infra.local.access import Access

EVENT_TYPE = "application/cloudevents+json"
PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.02


class NotAnswered(Exception):
    """Ingest did not answer an event in time, or an inlet did not take it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event: `outcome` is ingest's word (accepted, refused, superseded, duplicate …)."""

    event_id: str
    outcome: str
    path: str | None


class Inlets:
    """The inlets of a stack, for as long as the stories play. Use as a context manager."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._stack = AsyncExitStack()
        self._channels: dict[Source, AbstractChannel] = {}
        self._brought: list[Answer] = []

    async def __aenter__(self) -> Self:
        url = self._access.service_url(ServiceName.INGEST)
        self._http = await self._stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def publish(self, event: Event, via: str) -> None:
        """Publish one event; it is with the broker, or with ingest, when this returns. Raises NotAnswered."""
        if via == "media":
            self._brought.append(await self._bring(event))
        elif via == "http":
            await self._post(event)
        else:
            await self._send(event)

    async def answers(self, sources: Sequence[Source], times: Mapping[str, int]) -> list[Answer]:
        """Read the sources' replies until each event of `times` was answered as often as it was published. Raises NotAnswered."""
        missing = Counter(times)
        found: list[Answer] = [answer for answer in self._brought if answer.event_id in times]
        self._brought = [answer for answer in self._brought if answer.event_id not in times]
        missing -= Counter(answer.event_id for answer in found)
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while missing.total():
            news = [answer for source in sources for answer in await self._read(source) if answer.event_id in times]
            found += news
            missing -= Counter(answer.event_id for answer in news)
            if not news and asyncio.get_running_loop().time() > deadline:
                raise NotAnswered(f"ingest did not answer {missing.total()} events in {PATIENCE_SECONDS:.0f} s")
            if not news:
                await asyncio.sleep(LOOK_SECONDS)
        return found

    async def forget_replies(self) -> None:
        """Throw away replies that nobody read."""
        for source in self._channels:
            await self._read(source)

    async def _send(self, event: Event) -> None:
        source = Source(event["source"])
        channel = await self._channel(source)
        exchange = await channel.get_exchange(topology.SOURCE_EXCHANGE, ensure=False)
        message = aio_pika.Message(
            json.dumps(event, ensure_ascii=False).encode(),
            content_type=EVENT_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=event["id"],
        )
        await exchange.publish(message, routing_key=f"{source}.{event['type']}", mandatory=True, timeout=PATIENCE_SECONDS)

    async def _post(self, event: Event) -> None:
        password = self._access.source_password(Source(event["source"]))
        headers = {"authorization": f"Bearer {password}", "content-type": EVENT_TYPE}
        answer = await self._http.post("/events", content=json.dumps(event, ensure_ascii=False).encode(), headers=headers)
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status_code == httpx.codes.UNAUTHORIZED:
            raise NotAnswered(f"ingest answered {answer.status_code} over HTTP")

    async def _bring(self, event: Event) -> Answer:
        """Bring one event on removable media, as a batch of its own, made when the event was published."""
        outcome, path = await media().brought_to(self._access, [event])
        return Answer(event["id"], outcome, path)

    async def _read(self, source: Source) -> list[Answer]:
        channel = await self._channel(source)
        queue = await channel.get_queue(topology.replies_queue(source), ensure=False)
        answers: list[Answer] = []
        while (message := await queue.get(no_ack=True, fail=False)) is not None:
            # A parcel, as everywhere: a list of replies.
            answers += [_answer(outcome) for reply in json.loads(message.body) for outcome in reply["outcomes"]]
        return answers

    async def _channel(self, source: Source) -> AbstractChannel:
        if source not in self._channels:
            connection = await aio_pika.connect_robust(self._access.broker_url(source))
            await self._stack.enter_async_context(connection)
            self._channels[source] = await connection.channel(publisher_confirms=True, on_return_raises=True)
        return self._channels[source]


def media() -> Any:
    """Return what plays a school: it is ingest's, which nothing below a service may import."""
    return import_module("services.ingest.inlets.media.at")


def _answer(outcome: Mapping[str, Any]) -> Answer:
    return Answer(str(outcome["id"]), str(outcome["outcome"]), outcome.get("path"))
