"""One event over a real broker and a real database: announced, relayed, heard once; and what a service does when they are away."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import aio_pika
import pytest
from pydantic import SecretStr

from contracts import topology
from contracts.ids import EventId, PersonId
from contracts.messages import PersonChanged, RecordAccepted
from contracts.values import ServiceName, Sex, Source
from infra.identifiers import caused
from infra.local.stack import Stack
from infra.service import Service
from infra.settings import Settings, load
from infra.work import UnitOfWork

pytestmark = pytest.mark.servers
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def settings(stack: Stack, name: ServiceName, trace_file: Path | None = None) -> Settings:
    access = stack.access
    return Settings(
        database_url=SecretStr(access.database_url(name)),
        broker_url=SecretStr(access.broker_url(name)),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        trace_file=trace_file,
        trace_sample_ratio=0.0,
    )


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 -- the condition lives in servers, which set no events
            await asyncio.sleep(0.02)


def accepted(number: UUID) -> RecordAccepted:
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


async def say_person(work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
    for event in events:
        message = PersonChanged(
            event_id=caused(event.event_id, "PersonChanged"),
            occurred_at=NOW,
            person_id=PersonId(event.event_id),
            version=1,
            birth_date=NOW.date(),
            sex=Sex.UNKNOWN,
            residence=(),
            household_id=None,
        )
        work.announce(message, key=str(event.event_id))


class Listener:
    def __init__(self) -> None:
        self.heard: list[UUID] = []
        self.parcels = 0

    async def __call__(self, _work: UnitOfWork, events: Sequence[PersonChanged]) -> None:
        self.heard.extend(event.person_id for event in events)
        self.parcels += 1


async def publish(stack: Stack, exchange: str, key: str, body: bytes) -> None:
    connection = await aio_pika.connect(stack.access.broker_url("operator"))
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        target = await channel.get_exchange(exchange, ensure=False)
        await target.publish(aio_pika.Message(body, delivery_mode=2), routing_key=key)


async def test_what_is_announced_is_heard_once_and_in_parcels(stack: Stack) -> None:
    listener = Listener()
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    scorer = Service(ServiceName.SCORER, settings(stack, ServiceName.SCORER))
    linker.hear(RecordAccepted, say_person)
    scorer.hear(PersonChanged, listener)
    await linker.start()
    await scorer.start()
    events = [accepted(uuid4()) for _ in range(500)]
    body = b"[" + b",".join(event.model_dump_json().encode() for event in events[:100]) + b"]"
    rest = b"[" + b",".join(event.model_dump_json().encode() for event in events[100:]) + b"]"

    for parcel in (body, rest, body):
        await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", parcel)

    async def all_heard() -> bool:
        return len(listener.heard) >= 500

    await until(all_heard)
    await linker.stop()
    await scorer.stop()
    assert sorted(event.event_id for event in events) == sorted(listener.heard)
    assert listener.parcels <= 15


async def test_an_undecodable_message_ends_in_the_dead_letter_queue_and_stops_nothing(stack: Stack) -> None:
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    said: list[UUID] = []

    async def note(_work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        said.extend(event.event_id for event in events)

    linker.hear(RecordAccepted, note)
    await linker.start()
    good = accepted(uuid4())

    await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", b'{"not": "a parcel"')
    await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", b"[" + good.model_dump_json().encode() + b"]")

    async def both_went() -> bool:
        return said == [good.event_id] and await dead(stack) == 1

    await until(both_went)
    await linker.stop()


async def dead(stack: Stack) -> int:
    connection = await aio_pika.connect(stack.access.broker_url("operator"))
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(topology.dead_letter_queue(ServiceName.LINKER), passive=True)
        return queue.declaration_result.message_count or 0


async def test_a_trace_follows_its_event_across_parcels(stack: Stack, tmp_path: Path) -> None:
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER, tmp_path / "linker.jsonl"))
    scorer = Service(ServiceName.SCORER, settings(stack, ServiceName.SCORER, tmp_path / "scorer.jsonl"))
    listener = Listener()
    linker.hear(RecordAccepted, say_person)
    scorer.hear(PersonChanged, listener)
    await linker.start()
    await scorer.start()
    trace = "0123456789abcdef0123456789abcdef"
    event = accepted(uuid4()).model_copy(update={"traceparent": f"00-{trace}-0123456789abcdef-01"})

    await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", b"[" + event.model_dump_json().encode() + b"]")

    async def heard() -> bool:
        return event.event_id in listener.heard

    await until(heard)
    await linker.stop()
    await scorer.stop()
    spans = [json.loads(line) for name in ("linker", "scorer") for line in (tmp_path / f"{name}.jsonl").read_text().splitlines()]
    assert [("linker parcel", f"0x{trace}"), ("scorer parcel", f"0x{trace}")] == [
        (span["name"], span["context"]["trace_id"]) for span in spans
    ]
    assert spans[0]["context"]["span_id"] == spans[1]["parent_id"]


async def test_a_broker_that_dies_is_waited_for_and_nothing_is_lost(stack: Stack) -> None:
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    scorer = Service(ServiceName.SCORER, settings(stack, ServiceName.SCORER))
    listener = Listener()
    scorer.hear(PersonChanged, listener)
    await linker.start()
    await scorer.start()
    events = [accepted(uuid4()) for _ in range(300)]

    await asyncio.to_thread(stack.broker.kill)
    for start in range(0, 300, 50):
        async with linker.work() as work:
            await say_person(work, events[start : start + 50])
    await asyncio.to_thread(stack.broker.start)

    async def all_heard() -> bool:
        return {event.event_id for event in events} <= set(listener.heard)

    await until(all_heard, seconds=60)
    await linker.stop()
    await scorer.stop()
    assert len(set(listener.heard)) == 300


def test_a_service_without_its_settings_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TSUNAGU_DATABASE_URL", raising=False)

    monkeypatch.setenv("TSUNAGU_SECRETS_DIR", str(tmp_path))

    with pytest.raises(ValueError, match="database_url"):
        load(Settings)
