"""
Publishes what the outbox holds: packed into parcels, mandatory, persistent, confirmed; then forgets it.

Never a cursor over ids, because they commit out of order: rows are taken in order and deleted after the broker's word. Each partition
has its relay, with a connection of its own; one of a service and partition works at a time (an advisory lock), and that of a second
process stands by. A relay killed between the broker's word and the deletion publishes again, and the hearers' inboxes drop it.

Within a partition, the parcels of one routing key go one after the other, and nothing passes a barrier (a watermark, a protection
measure) in either direction: what follows a parcel that the broker did not take waits with it. Partitions and keys go side by side.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aio_pika
import asyncpg
import structlog
from aio_pika.abc import AbstractRobustConnection, FieldValue

from contracts import topology
from contracts.values import ServiceName
from infra.logs import tell, whereabouts
from infra.postgres import Database
from infra.runs import HEADER, Run, named, written
from infra.sql import queries
from infra.telemetry import EVENTS_SAID, Telemetry
from infra.work import PARCEL_BYTES, PARCEL_EVENTS

SQL = queries(__file__, "runtime.sql")
log = structlog.get_logger()

RUNS_AT_ONCE = 400
EVENTS_AT_ONCE = 4_000
"""A few megabytes: so much of the outbox is in memory at once."""
POLL_SECONDS = 0.5
"""The fallback for what another process wrote; the service's own commits wake the relay at once."""
CONFIRM_SECONDS = 30.0
RECONNECT_SECONDS = 1.0
HEARTBEAT_SECONDS = 10
"""A silent black hole is noticed after 37 s with this, after more than 150 s with the default (`operations.md`)."""
STUCK_SECONDS = 10.0
"""The oldest run waits so long for the broker's word before the service says that it cannot be emptied."""
PROBE_SECONDS = 2.0
"""
How often the broker is asked whether it takes anything, while there is nothing to say: it tells nobody of an alarm who gives it nothing.
"""
_LOOK_SECONDS = 5.0
_ANSWER_SECONDS = 0.2
_LOCK = 0x7473756E  # "tsun"
_PROBE_RUN = 0
"""In place of the id of a run. The ids begin with 1."""


@dataclass(slots=True)
class Parcel:
    """Runs of one routing key that travel as one message."""

    exchange: str
    routing_key: str
    partition_key: str
    traceparent: str | None
    ids: list[int] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    events: int = 0
    size: int = 0

    def takes(self, row: Any) -> bool:
        """Whether one more run still fits."""
        return self.events + row["events"] <= PARCEL_EVENTS and self.size + len(row["payload"]) <= PARCEL_BYTES

    def add(self, row: Any) -> None:
        """Take a run in."""
        self.ids.append(row["id"])
        self.payloads.append(row["payload"])
        self.runs.append(named(row["payload"], row["events"]))
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
        if topology.is_barrier(row["routing_key"]):
            filling.clear()
        parcel = filling.get(key)
        if parcel is None or not parcel.takes(row):
            parcel = filling[key] = Parcel(*key, row["partition_key"], row["traceparent"])
            parcels.append(parcel)
        parcel.add(row)
    return parcels


def stretches(parcels: Sequence[Parcel]) -> dict[str, list[list[Parcel]]]:
    """
    Divide parcels, by partition, into stretches that go one after the other.

    A barrier's parcels are a stretch of their own: all that was said before is confirmed before it goes, and nothing that was said
    after it goes before it is confirmed.
    """
    lanes: dict[str, list[list[Parcel]]] = {}
    for parcel in parcels:
        lane = lanes.setdefault(_lane(parcel), [])
        if not lane or _barrier(lane[-1][-1]) != _barrier(parcel):
            lane.append([])
        lane[-1].append(parcel)
    return lanes


def _lane(parcel: Parcel) -> str:
    # Replies have no partition: each source's go for themselves.
    if parcel.exchange != topology.EVENTS_EXCHANGE:
        return f"{parcel.exchange} {parcel.routing_key}"
    return parcel.routing_key.rpartition(".")[2]


def _barrier(parcel: Parcel) -> str | None:
    return parcel.routing_key if topology.is_barrier(parcel.routing_key) else None


class Relays:
    """The relays of a service: one for each partition."""

    def __init__(
        self, service: ServiceName, *, broker_url: str, pool: Callable[[], asyncpg.Pool], telemetry: Telemetry, partitions: int
    ) -> None:
        self._each = [
            Relay(service, partition=partition, partitions=partitions, broker_url=broker_url, pool=pool, telemetry=telemetry)
            for partition in range(partitions)
        ]

    @property
    def healthy(self) -> bool:
        """Whether each relays, or stands by while another process of the service does."""
        return all(relay.healthy for relay in self._each)

    async def can_empty(self) -> bool:
        """Whether what waits goes out: the broker takes what it is given, and blocks nobody (a memory or disk alarm)."""
        return all(await asyncio.gather(*(relay.can_empty() for relay in self._each)))

    async def messages_in(self, queue: str) -> int:
        """Return how many messages lie in a queue. Raises ConnectionError while there is no broker, TimeoutError while it is silent."""
        return await self._each[0].messages_in(queue)

    def wake(self) -> None:
        """Say that something was committed."""
        for relay in self._each:
            relay.wake()

    async def run(self) -> None:
        """Relay until `stop`."""
        async with asyncio.TaskGroup() as group:
            for relay in self._each:
                group.create_task(relay.run())

    def stop(self) -> None:
        """Send what is there and end."""
        for relay in self._each:
            relay.stop()


class Relay:
    """Empties a service's outbox of what is said on one partition."""

    def __init__(
        self,
        service: ServiceName,
        *,
        broker_url: str,
        pool: Callable[[], asyncpg.Pool],
        telemetry: Telemetry,
        partition: int = 0,
        partitions: int = 1,
    ) -> None:
        self._service = service
        self._partition = partition
        self._partitions = partitions
        # Each service has its own schema and so its own locks, but all share the database's.
        self._lock = list(ServiceName).index(service) + len(ServiceName) * partition
        self._broker_url = broker_url
        self._pool = pool
        self._telemetry = telemetry
        self._woken = asyncio.Event()
        self._stopping = False
        self._broker: AbstractRobustConnection | None = None
        self._exchanges: dict[str, Any] = {}
        self._oldest: tuple[int, float] | None = None
        self._taken_at = float("-inf")
        self.healthy = False
        """Whether it relays, or stands by while another process of the service does."""

    async def can_empty(self) -> bool:
        """Whether what waits goes out: the broker takes what it is given, and blocks nobody (a memory or disk alarm)."""
        stuck = self._oldest is not None and time.monotonic() - self._oldest[1] > STUCK_SECONDS
        return not stuck and not await self._is_blocked()

    async def messages_in(self, queue: str) -> int:
        """Return how many messages lie in a queue. Raises ConnectionError while there is no broker, TimeoutError while it is silent."""
        if self._broker is None:
            raise ConnectionError("no broker")
        async with asyncio.timeout(_LOOK_SECONDS):
            channel = await self._broker.channel()
            async with channel:
                declared = await channel.declare_queue(queue, passive=True)
                return declared.declaration_result.message_count or 0

    def wake(self) -> None:
        """Say that something was committed."""
        self._woken.set()

    async def run(self) -> None:
        """Relay until `stop`. Whatever fails is tried again; nothing leaves the outbox unconfirmed."""
        try:
            while not self._stopping:
                try:
                    await self._relay()
                except Exception as error:  # noqa: BLE001 -- a relay that dies silently is a system that says nothing
                    self.healthy = False
                    tell(log.warning, "relay.waiting", **whereabouts(error))
                    await self._hang_up()
                    await asyncio.sleep(RECONNECT_SECONDS)
        finally:
            # Also where it is cut off: a connection that is left opens itself again for ever, and while it does, it cannot be cancelled:
            # no program with one in its loop comes to its end (aio_pika, RobustConnection).
            await self._hang_up()

    def stop(self) -> None:
        """Send what is there and end."""
        self._stopping = True
        self.wake()

    async def _relay(self) -> None:
        await self._connect()
        async with self._pool().acquire() as db:
            if not await self._only_one(db):
                # Standing by is no failing: the outbox is another process's affair.
                self._oldest = None
                self.healthy = True
                await self._wait()
                return
            try:
                await db.execute(SQL.take_over_runs, self._partitions)
                self.healthy = True
                while not self._stopping:
                    await self._wait()
                    await self._empty(db)
                await self._empty(db)
            finally:
                with suppress(Exception):
                    await db.execute("select pg_advisory_unlock($1, $2)", _LOCK, self._lock)

    async def _only_one(self, db: Database) -> bool:
        return bool(await db.fetchval("select pg_try_advisory_lock($1, $2)", _LOCK, self._lock))

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        self._woken.clear()

    async def _empty(self, db: Database) -> None:
        more = True
        while more:
            rows = await db.fetch(SQL.waiting_runs, self._partition, RUNS_AT_ONCE, EVENTS_AT_ONCE)
            if rows:
                self._waits(rows[0]["id"])
                failures = await self._publish_all(db, pack(rows))
                if failures:
                    raise failures[0]
                self._taken_at = time.monotonic()
            # Where it was all, nobody asks again: what was committed since has woken the relay.
            more = len(rows) == RUNS_AT_ONCE or sum(row["events"] for row in rows) >= EVENTS_AT_ONCE
        if time.monotonic() - self._taken_at > PROBE_SECONDS and not self._stopping:
            await self._probe()
        self._oldest = None

    def _waits(self, run: int) -> None:
        """Remember since when the oldest run waits for the broker's word."""
        if self._oldest is None or self._oldest[0] != run:
            self._oldest = (run, time.monotonic())

    async def _probe(self) -> None:
        """Give the broker what nobody hears. It confirms that at once, unless it takes nothing."""
        self._waits(_PROBE_RUN)
        exchange = self._exchanges[topology.EVENTS_EXCHANGE]
        await asyncio.wait_for(
            exchange.publish(aio_pika.Message(b""), routing_key=topology.probe_key(self._service), mandatory=False), CONFIRM_SECONDS
        )
        self._taken_at = time.monotonic()

    async def _publish_all(self, db: Database, parcels: Sequence[Parcel]) -> list[Exception]:
        confirmed: list[Parcel] = []
        lanes = stretches(parcels).values()
        failures = [error for lane in await asyncio.gather(*(self._publish_lane(lane, confirmed) for lane in lanes)) for error in lane]
        await db.execute(SQL.forget_runs, self._partition, [run for parcel in confirmed for run in parcel.ids])
        self._telemetry.count(EVENTS_SAID, sum(parcel.events for parcel in confirmed))
        return failures

    async def _publish_lane(self, lane: Sequence[Sequence[Parcel]], confirmed: list[Parcel]) -> list[Exception]:
        for stretch in lane:
            by_key: dict[str, list[Parcel]] = {}
            for parcel in stretch:
                by_key.setdefault(parcel.routing_key, []).append(parcel)
            failures = await asyncio.gather(*(self._publish_in_order(parcels, confirmed) for parcels in by_key.values()))
            if found := [error for error in failures if error is not None]:
                return found
        return []

    async def _publish_in_order(self, parcels: Sequence[Parcel], confirmed: list[Parcel]) -> Exception | None:
        for parcel in parcels:
            try:
                await self._publish(parcel)
            except Exception as error:  # noqa: BLE001 -- returned, refused or unconfirmed: it stays, and all behind it
                return error
            confirmed.append(parcel)
        return None

    async def _publish(self, parcel: Parcel) -> None:
        headers: dict[str, FieldValue] = {"schema-version": 1, "partition-key": parcel.partition_key, "events": parcel.events}
        if parcel.exchange == topology.EVENTS_EXCHANGE:
            headers[HEADER] = written(parcel.runs)
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

    async def _is_blocked(self) -> bool:
        """Whether the broker said that it takes nothing for now."""
        transport = self._broker.transport if self._broker is not None else None
        if transport is None:
            return False
        try:
            await asyncio.wait_for(transport.ready(), _ANSWER_SECONDS)
        except TimeoutError:
            return True
        return False

    async def _hang_up(self) -> None:
        broker, self._broker = self._broker, None
        if broker is not None:
            with suppress(Exception):
                await asyncio.wait_for(broker.close(), 5)
