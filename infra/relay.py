"""
Publishes what the outbox holds: packed into parcels, pipelined, mandatory, persistent, confirmed; then forgets it.

Never a cursor over ids, because they commit out of order: rows are taken in order and deleted after the broker's word. One relay
of a service works at a time (an advisory lock); a second process stands by. A relay killed between the broker's word and the
deletion publishes again, and the hearers' inboxes drop it.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aio_pika
import asyncpg
import structlog
from aio_pika.abc import AbstractRobustConnection, FieldValue

from contracts.values import ServiceName
from infra.logs import whereabouts
from infra.postgres import Database
from infra.sql import queries
from infra.telemetry import EVENTS_SAID, Telemetry
from infra.work import PARCEL_BYTES, PARCEL_EVENTS, is_barrier

SQL = queries(__file__, "runtime.sql")
log = structlog.get_logger()

RUNS_AT_ONCE = 400
POLL_SECONDS = 0.5
"""The fallback for what another process wrote; the service's own commits wake the relay at once."""
CONFIRM_SECONDS = 30.0
RECONNECT_SECONDS = 1.0
HEARTBEAT_SECONDS = 10
"""A silent black hole is noticed after 37 s with this, after more than 150 s with the default (`operations.md`)."""
_LOCK = 0x7473756E  # "tsun"


@dataclass(slots=True)
class Parcel:
    """Runs of one routing key that travel as one message."""

    exchange: str
    routing_key: str
    partition_key: str
    traceparent: str | None
    ids: list[int] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)
    events: int = 0
    size: int = 0

    def takes(self, row: Any) -> bool:
        """Whether one more run still fits."""
        return self.events + row["events"] <= PARCEL_EVENTS and self.size + len(row["payload"]) <= PARCEL_BYTES

    def add(self, row: Any) -> None:
        """Take a run in."""
        self.ids.append(row["id"])
        self.payloads.append(row["payload"])
        self.events += row["events"]
        self.size += len(row["payload"]) + 1

    def body(self) -> bytes:
        """Return the message: a JSON array, joined without parsing what is only passed on."""
        return f"[{','.join(self.payloads)}]".encode()


def pack(rows: Sequence[Any]) -> list[Parcel]:
    """Pack outbox rows, in order, into as few parcels as fit; nothing is packed past a barrier."""
    parcels: list[Parcel] = []
    filling: dict[tuple[str, str], Parcel] = {}
    for row in rows:
        key = (row["exchange"], row["routing_key"])
        if is_barrier(row["routing_key"]):
            filling.clear()
        parcel = filling.get(key)
        if parcel is None or not parcel.takes(row):
            parcel = filling[key] = Parcel(*key, row["partition_key"], row["traceparent"])
            parcels.append(parcel)
        parcel.add(row)
    return parcels


class Relay:
    """The task of a service that empties its outbox."""

    def __init__(self, service: ServiceName, *, broker_url: str, pool: Callable[[], asyncpg.Pool], telemetry: Telemetry) -> None:
        self._service = service
        self._broker_url = broker_url
        self._pool = pool
        self._telemetry = telemetry
        self._woken = asyncio.Event()
        self._stopping = False
        self._broker: AbstractRobustConnection | None = None
        self._exchanges: dict[str, Any] = {}
        self.healthy = False

    def wake(self) -> None:
        """Say that something was committed."""
        self._woken.set()

    async def run(self) -> None:
        """Relay until `stop`. Whatever fails is tried again; nothing leaves the outbox unconfirmed."""
        while not self._stopping:
            try:
                await self._relay()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 -- a relay that dies silently is a system that says nothing
                self.healthy = False
                log.warning("relay.waiting", **whereabouts(error))
                await self._hang_up()
                await asyncio.sleep(RECONNECT_SECONDS)
        await self._hang_up()

    def stop(self) -> None:
        """Send what is there and end."""
        self._stopping = True
        self.wake()

    async def _relay(self) -> None:
        await self._connect()
        async with self._pool().acquire() as db:
            if not await self._only_one(db):
                await self._wait()
                return
            try:
                self.healthy = True
                while not self._stopping:
                    await self._wait()
                    await self._empty(db)
                await self._empty(db)
            finally:
                with suppress(Exception):
                    await db.execute("select pg_advisory_unlock($1, $2)", _LOCK, list(ServiceName).index(self._service))

    async def _only_one(self, db: Database) -> bool:
        return bool(await db.fetchval("select pg_try_advisory_lock($1, $2)", _LOCK, list(ServiceName).index(self._service)))

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        self._woken.clear()

    async def _empty(self, db: Database) -> None:
        while rows := await db.fetch(SQL.waiting_runs, RUNS_AT_ONCE):
            parcels = pack(rows)
            failures = await self._publish_all(db, parcels)
            if failures:
                raise failures[0]

    async def _publish_all(self, db: Database, parcels: Sequence[Parcel]) -> list[BaseException]:
        answers = await asyncio.gather(*(self._publish(parcel) for parcel in parcels), return_exceptions=True)
        confirmed = [parcel for parcel, answer in zip(parcels, answers, strict=True) if not isinstance(answer, BaseException)]
        await db.execute(SQL.forget_runs, [run for parcel in confirmed for run in parcel.ids])
        self._telemetry.count(EVENTS_SAID, sum(parcel.events for parcel in confirmed))
        return [answer for answer in answers if isinstance(answer, BaseException)]

    async def _publish(self, parcel: Parcel) -> None:
        headers: dict[str, FieldValue] = {"schema-version": 1, "partition-key": parcel.partition_key, "events": parcel.events}
        if parcel.traceparent is not None:
            headers["traceparent"] = parcel.traceparent
        message = aio_pika.Message(
            parcel.body(),
            headers=headers,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=f"{self._service}-{parcel.ids[0]}-{parcel.ids[-1]}",
            type="parcel",
        )
        # Bounded here: a publish in an outage can hang long after the timeout it was given (bus.md B1).
        await asyncio.wait_for(
            self._exchanges[parcel.exchange].publish(message, routing_key=parcel.routing_key, mandatory=True), CONFIRM_SECONDS
        )

    async def _connect(self) -> None:
        if self._broker is not None and not self._broker.is_closed:
            return
        self._broker = await aio_pika.connect_robust(
            self._broker_url, reconnect_interval=RECONNECT_SECONDS, heartbeat=HEARTBEAT_SECONDS, timeout=10
        )
        channel = await self._broker.channel(publisher_confirms=True, on_return_raises=True)
        for name in ("events", "source.replies"):
            self._exchanges[name] = await channel.get_exchange(name, ensure=False)

    async def _hang_up(self) -> None:
        broker, self._broker = self._broker, None
        if broker is not None:
            with suppress(Exception):
                await asyncio.wait_for(broker.close(), 5)
