"""
How fast entries come into the log, end to end, beside as many rows put into the same table with nothing else done.

Signed events lie in the service's queue before it may append the first (its turn is held), so that nobody who sends takes part in what is
measured: it ends when the last has an index. The other is the very statement with which the service appends, with the rows at hand.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import aio_pika
import asyncpg

from contracts import topology
from contracts.deeds.deed import ThingKind
from contracts.ids import EventId, StaffId
from contracts.messages import AccessRecorded, Actor, Thing
from contracts.values import ServiceName, Ward
from infra.city.cpu import cpu_seconds, used
from infra.local.stack import Stack
from infra.parcels import TOGETHER_EVENTS
from infra.rows import columns
from infra.signing import ProducerKey
from infra.work import PARCEL_EVENTS
from services.audit import store
from services.audit.domain.admission import Read, read

PLAIN = "plain"
"""The database of the other."""
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 900
_FIRST = datetime(2026, 4, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Flow:
    """So many entries in so many seconds, the same as plain rows, and what the entries cost by part (CPU seconds)."""

    entries: int
    seconds: float
    plain_seconds: float
    cpu: Mapping[str, float]

    @property
    def per_second(self) -> float:
        """Entries a second, end to end."""
        return self.entries / self.seconds

    @property
    def plain_per_second(self) -> float:
        """Rows a second."""
        return self.entries / self.plain_seconds

    @property
    def ratio(self) -> float:
        """How fast entries come beside plain rows."""
        return self.per_second / self.plain_per_second

    def cpu_us(self, part: str) -> float:
        """Microseconds of CPU an entry."""
        return self.cpu[part] / self.entries * 1e6


async def flow(stack: Stack, entries: int) -> Flow:
    """Measure both on a stack whose audit service runs, with an empty log."""
    key = ProducerKey(ServiceName.CASEWORK, bytes.fromhex(stack.access.secrets.producer_keys[ServiceName.CASEWORK]))
    messages = [key.signed(each) for each in _told(entries)]
    await asyncio.to_thread(stack.create_database, PLAIN)
    plain = await _plain(stack, read(messages, _FIRST, lambda _told, _leaf: None).events)
    db = await asyncpg.connect(stack.access.database_url(ServiceName.AUDIT))
    other = await asyncpg.connect(stack.access.database_url(ServiceName.AUDIT))
    try:
        turn = other.transaction()
        await turn.start()
        await store.take_turn(other, store.Turn.APPEND)
        before = await store.log_size(db)
        await _publish(stack, messages)
        cpu, began = _cpu(stack), time.perf_counter()
        await turn.rollback()
        while await store.log_size(db) < before + entries:
            if time.perf_counter() - began > PATIENCE_SECONDS:
                raise TimeoutError(f"the log has {await store.log_size(db)} entries after {PATIENCE_SECONDS} s")
            await asyncio.sleep(LOOK_SECONDS)
        return Flow(entries, time.perf_counter() - began, plain, used(cpu, _cpu(stack)))
    finally:
        await other.close()
        await db.close()


async def _plain(stack: Stack, events: Sequence[Read]) -> float:
    lots = [
        [(first + n, *(getattr(each.columns, name) for name in store.COLUMN_NAMES), each.leaf, each.digest) for n, each in enumerate(lot)]
        for first in range(0, len(events), TOGETHER_EVENTS)
        if (lot := events[first : first + TOGETHER_EVENTS])
    ]
    ready = [columns(lot, len(store.COLUMN_NAMES) + 3) for lot in lots]
    db = await asyncpg.connect(stack.access.database_url(ServiceName.AUDIT, PLAIN))
    try:
        began = time.perf_counter()
        for values in ready:
            await db.execute(store.SQL.append, *values)
        return time.perf_counter() - began
    finally:
        await db.close()


async def _publish(stack: Stack, messages: Sequence[AccessRecorded]) -> None:
    async with await aio_pika.connect(stack.access.broker_url()) as connection:
        channel = await connection.channel(on_return_raises=True)
        queue = topology.inlet_queue(ServiceName.AUDIT, 0)
        for first in range(0, len(messages), PARCEL_EVENTS):
            body = json.dumps([json.loads(each.model_dump_json()) for each in messages[first : first + PARCEL_EVENTS]]).encode()
            await channel.default_exchange.publish(aio_pika.Message(body, delivery_mode=2), routing_key=queue)


def _told(entries: int) -> Iterator[AccessRecorded]:
    """Looks of a day: three thousand members of staff at children of their wards."""
    for n in range(entries):
        yield AccessRecorded(
            event_id=EventId(UUID(int=(1 << 96) + n)),
            occurred_at=_FIRST + timedelta(milliseconds=n),
            producer=ServiceName.CASEWORK,
            lane=7,
            sequence=n + 1,
            actor=Actor(id=StaffId(UUID(int=n * 7919 % 3_000)), role="ward_clerk", ward=Ward.HAKATA, session="a1b2c3"),
            action="casework.child_opened",
            thing=Thing(kind=ThingKind.CHILD, id=str(UUID(int=n * 104_729 % 200_000)), ward=Ward.HAKATA),
            fields=("name", "birth_date", "address_code"),
            relation="team",
        )


def _cpu(stack: Stack) -> dict[str, float]:
    parts = {"audit": stack.services[ServiceName.AUDIT].pid, "postgres": stack.postgres.pid, "rabbitmq": stack.broker.pid}
    return {name: cpu_seconds(pid) for name, pid in parts.items() if pid is not None}
