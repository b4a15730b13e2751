"""
A service: what it hears, what it does by the clock, what it answers, in one process.

`app.py` of each service builds one and is only wiring; `run` serves it until it is told to stop: it then drains what it holds,
sends what it has to say, and leaves.
"""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import asyncpg
import structlog
import uvicorn
import uvloop
from fastapi import APIRouter, FastAPI
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from faststream.rabbit.schemas import QueueType

from contracts import topology
from contracts.values import ServiceName
from infra import http, runs
from infra.clock import clock_of
from infra.cycles import seldom_look_for_cycles
from infra.framing import StrictProtocol
from infra.identifiers import Identifiers
from infra.logs import configure, tell, whereabouts
from infra.parcels import GivenBack, Handler, M, NotMine, OnHeld, ParcelHandler, Patience, Undecodable
from infra.parking import ParkingBody
from infra.parking.limit import Limits, ParkingLimit, TooManyParked, stop_hearing
from infra.postgres import Database, connections, open_pool
from infra.relay import HEARTBEAT_SECONDS, RECONNECT_SECONDS, Relays
from infra.settings import Settings
from infra.signing import producer_key_of
from infra.sql import queries
from infra.tasks import Task, Tasks
from infra.telemetry import Telemetry
from infra.tracing import Traced
from infra.work import UnitOfWork

SQL = queries(__file__, "runtime.sql")
T = TypeVar("T")
log = structlog.get_logger()

PREFETCH = 20
DEAD_LETTER_LOOK_SECONDS = 5.0
ANSWER_SECONDS = 2.0
"""So long `/ready` waits for a server's answer."""
INBOX_CHUNK = 10_000
NUMBERED_DAYS = 400
"""Far longer than any message can lie in a queue or an operator's hands; entries that follow from events are few."""
PREFETCH_RAW = 100
"""Messages of up to 1 MiB, all of them in memory at once."""
GRACE_SECONDS = 20.0
RETRY_PARKED_SECONDS = 1.0
LANES_SECONDS = 60.0
"""How often a service tells the audit its last numbers (audit.md §5)."""
INBOX_DAYS = 14
YOUNG_SECONDS = 60.0
"""How often the youngest objects are looked through all the same: what libraries leave in cycles would come to 9 MB before that."""
_HOUR_SECONDS = 3_600.0
_LOOK_SECONDS = 1.0


async def _nothing_comes() -> None:
    return


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it came, nothing of it parsed."""

    body: bytes
    routing_key: str
    message_id: str | None
    content_type: str | None
    traceparent: str | None
    given_back: GivenBack = lambda: False
    headers: Mapping[str, Any] = field(default_factory=dict)
    caught_up: Callable[[], Awaitable[object]] = _nothing_comes
    """Returns when everything has come that the broker had sent on the same channel before: its answer comes behind it."""


RawHandler = Callable[[Delivery], Awaitable[None]]
Decode = Callable[[RabbitMessage], Any]
Handle = Callable[[Any, GivenBack], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _InHand:
    """A decoded message, and whether it still is ours."""

    content: Any
    given_back: GivenBack


class Service:
    """One of the five, put together."""

    def __init__(self, name: ServiceName, settings: Settings) -> None:
        self.name = name
        self.settings = settings
        self.clock = clock_of(settings.clock_file)
        self.identifiers = Identifiers(bytes.fromhex(settings.identifier_key.get_secret_value()))
        self._producer_key = producer_key_of(name, settings)
        self.telemetry = Telemetry(name, sample_ratio=settings.trace_sample_ratio, trace_file=settings.trace_file)
        self.patience = Patience(self.telemetry)
        self.parking = ParkingLimit(
            Limits(settings.parking_least, settings.parking_share, settings.parking_most, settings.parking_window_seconds)
        )
        self.tasks = Tasks(self.telemetry)
        self.relays = Relays(
            name,
            broker_url=settings.broker_url.get_secret_value(),
            pool=lambda: self.pool,
            telemetry=self.telemetry,
            partitions=settings.partitions,
        )
        self.broker = RabbitBroker(
            settings.broker_url.get_secret_value() + f"?heartbeat={HEARTBEAT_SECONDS}",
            ack_policy=AckPolicy.REJECT_ON_ERROR,
            reconnect_interval=RECONNECT_SECONDS,
            graceful_timeout=GRACE_SECONDS,
            default_channel=Channel(on_return_raises=True),
            # Messages are decoded by our own decoders, once; FastStream's own validation would do it again.
            apply_types=False,
            logger=None,
        )
        self.app: FastAPI = http.create_app(
            f"Tsunagu {name}", ready=self._needs, metrics=self.telemetry.exposition, hosts=settings.http_hosts
        )
        self.app.add_middleware(Traced, telemetry=self.telemetry)
        self.app.router.lifespan_context = self._lifespan
        self._pool: asyncpg.Pool | None = None
        self._relaying: asyncio.Task[None] | None = None
        self._first: list[Task] = []
        self._last: list[Task] = []
        self._own_needs: dict[str, Callable[[], bool]] = {}
        self._started = False
        self._dead_letters = 0
        self._by_the_clock: list[tuple[float, Task]] = [
            (DEAD_LETTER_LOOK_SECONDS, self._look_for_dead_letters),
            (_LOOK_SECONDS, self._look_for_resumption),
            (YOUNG_SECONDS, let_go_of_young_cycles),
        ]

    @property
    def pool(self) -> asyncpg.Pool:
        """The connections to the service's own schema. Raises ConnectionError before the start."""
        if self._pool is None:
            raise ConnectionError(f"{self.name} has no database yet")
        return self._pool

    def begin(self, db: Database) -> UnitOfWork:
        """Start a unit of work in the transaction that is open on `db`."""
        return UnitOfWork(
            db,
            service=self.name,
            clock=self.clock,
            identifiers=self.identifiers,
            partitions=self.settings.partitions,
            producer_key=self._producer_key,
        )

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work for a request or the clock: committed at the end, or nothing of it happened."""
        async with self.pool.acquire() as db, db.transaction():
            work = self.begin(db)
            yield work
            await work.flush()
        self.relays.wake()

    def hear(self, hears: Any, handler: Handler[M], on_held: OnHeld[M] | None = None) -> None:
        """
        Give `handler` every parcel that the service hears, on every partition; `hears` is the union of its message types.

        `on_held` is called in the same transaction with True when an event is parked for the first time, and with False when it is
        handled at last or discarded.
        """
        for partition in topology.heard_on(self.name, self.settings.partitions):
            parcels = self._parcel_handler(hears, handler, partition, on_held)
            self._subscribe(topology.inlet_queue(self.name, partition), PREFETCH, partial(_decoded, parcels), parcels)
            self.every(RETRY_PARKED_SECONDS, parcels.retry_parked)

    def hear_raw(self, queue: str, handler: RawHandler) -> None:
        """
        Give `handler` each message of `queue` as it came. Handlers run side by side, started in the order of delivery.

        A message for which it raises Undecodable is dead-lettered; for any other error it is tried again with the message in hand.
        """

        async def handle(delivery: Delivery, given_back: GivenBack) -> None:
            try:
                await handler(delivery)
            except Undecodable:
                raise
            except NotMine:
                return
            except Exception as error:  # noqa: BLE001 -- no mistake of ours may have a good message rejected
                tell(log.error, "runtime.message_in_hand", **whereabouts(error))
                with suppress(NotMine):
                    await self.patience.until_done(lambda: handler(delivery), every=True, given_back=given_back)

        self._subscribe(queue, PREFETCH_RAW, _raw, handle)

    async def may_park(self, reason: str) -> None:
        """
        Return when one more event may be parked, for `reason`.

        For a service that parks by its own hand. Where it would be too many, hearing stops, and this waits for a person.
        """
        while True:
            if not await self.parking.passed(_LOOK_SECONDS):
                continue
            try:
                self.parking.check(1, 1, reason)
            except TooManyParked:
                await stop_hearing(self.parking, self.pool, self.telemetry, self.name, reason)
            else:
                return

    def every(self, seconds: float, task: Task) -> None:
        """Do `task` again and again, `seconds` apart, while the service runs. A failure is counted, logged and tried again."""
        self._by_the_clock.append((seconds, task))

    def at_start(self, task: Task) -> None:
        """Do `task` once, after the database is there and before anything is heard."""
        self._first.append(task)

    def at_end(self, task: Task) -> None:
        """Do `task` once, after everything in hand is settled and before the database is left. Whatever fails in it ends nothing."""
        self._last.append(task)

    def need(self, name: str, holds: Callable[[], bool]) -> None:
        """Be ready only while `holds` says so; `/ready` shows it as `name`."""
        self._own_needs[name] = holds

    def mount(self, router: APIRouter) -> None:
        """Answer the routes of `router`."""
        self.app.include_router(router)

    def _parcel_handler(self, hears: Any, handler: Handler[M], partition: int, on_held: OnHeld[M] | None) -> ParcelHandler[M]:
        return ParcelHandler(
            handler,
            hears=hears,
            pool=lambda: self.pool,
            begin=self.begin,
            body=ParkingBody(bytes.fromhex(self.settings.parking_key.get_secret_value())),
            telemetry=self.telemetry,
            patience=self.patience,
            committed=self.relays.wake,
            name=self.name,
            partition=partition,
            partitions=topology.inlets(self.name, self.settings.partitions),
            on_held=on_held,
            limit=self.parking,
        )

    def _subscribe(self, queue: str, prefetch: int, decode: Decode, handle: Handle) -> None:
        async def decoder(message: RabbitMessage) -> _InHand:
            channel = message.raw_message.channel
            return _InHand(decode(message), lambda: channel.is_closed)

        async def on_message(message: _InHand) -> None:
            await handle(message.content, message.given_back)

        self.broker.subscriber(
            RabbitQueue(queue, queue_type=QueueType.QUORUM, declare=False),
            # A channel of its own: an error of one consumer closes no other's.
            channel=Channel(prefetch_count=prefetch),
            decoder=decoder,
            no_reply=True,
        )(on_message)

    async def _tell_lanes(self) -> None:
        async with self.work() as work:
            await work.tell_lanes()

    async def _needs(self) -> Mapping[str, bool]:
        # Side by side: whoever asks has little patience, and may find both servers stalled.
        database, broker, outbox = await asyncio.gather(self._database_answers(), self.broker.ping(ANSWER_SECONDS), self.relays.can_empty())
        return {
            "started": self._started,
            "database": database,
            "broker": self._started and broker,
            "relay": self.relays.healthy,
            "outbox": outbox,
            "nothing_waits": self.patience.waiting == 0,
            "parking": not self.parking.reached and self.patience.stuck == 0,
            "dead_letters": self._dead_letters == 0,
            "tasks": not self.tasks.ailing,
            **{name: holds() for name, holds in self._own_needs.items()},
        }

    async def _database_answers(self) -> bool:
        with suppress(Exception):
            # The time to acquire bounds the giving back, too: a stalled server would be waited for there.
            async with asyncio.timeout(ANSWER_SECONDS), self.pool.acquire(timeout=ANSWER_SECONDS / 2) as db:
                return bool(await db.fetchval("select true"))
        return False

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        # In the background, so that /health and /ready answer while the infrastructure is still on its way.
        self.tasks.keep(self.start, name="start")
        yield
        await self.stop()

    async def start(self) -> None:
        """Open, then hear, relay and tick. Waits for infrastructure that is away; may be tried again after any other error."""
        try:
            await self.patience.until_done(self._open)
            for task in self._first:
                await self.patience.until_done(task)
            if self._relaying is None:
                self._relaying = self.tasks.keep(self.relays.run, name="relay")
            await self.patience.until_done(self.broker.start)
            for seconds, task in self._by_the_clock:
                self.tasks.keep(task, every=seconds)
            # Not at once: what was delivered before a long stop comes again now, and must still be known.
            self.tasks.keep(self._forget, every=_HOUR_SECONDS, after=_HOUR_SECONDS)
            self.tasks.keep(self._tell_lanes, every=LANES_SECONDS, after=LANES_SECONDS)
            self._started = True
            tell(log.info, "service.started")
        except Exception as error:
            tell(log.critical, "service.start_failed", **whereabouts(error))
            raise

    @asynccontextmanager
    async def unheard(self) -> AsyncIterator[None]:
        """Work on the database in this block without hearing anything: for a command. What it says is sent by the service that runs."""
        await self._open()
        try:
            yield
        finally:
            await self._close()
            self.telemetry.close()

    async def _open(self) -> None:
        if self._pool is None:
            most = connections(self.settings.partitions)
            self._pool = await open_pool(self.settings.database_url.get_secret_value(), name=self.name, most=most)

    async def stop(self) -> None:
        """Drain what is in hand, send what is to be said, and close."""
        await self._leave_broker()
        self.relays.stop()
        drained = await self._relay_ended()
        await self.tasks.stop(GRACE_SECONDS)
        for task in self._last:
            with suppress(Exception):
                await asyncio.wait_for(task(), GRACE_SECONDS)
        await self._close()
        with suppress(Exception):
            self.telemetry.close()
        tell(log.info, "service.stopped", drained=drained)

    async def _leave_broker(self) -> None:
        try:
            await asyncio.wait_for(self.broker.stop(), GRACE_SECONDS)
        except Exception as error:  # noqa: BLE001 -- what is in hand comes again: the service ends now
            tell(log.warning, "service.connections_cut", **whereabouts(error))
            # FastStream closes its connection only behind its last subscriber: it would be held, and opened again, for ever.
            if (connection := self.broker._connection) is not None:  # noqa: SLF001 -- it has no other name
                with suppress(Exception):
                    await asyncio.wait_for(connection.close(), GRACE_SECONDS)

    async def _relay_ended(self) -> bool:
        if self._relaying is None:
            return True
        await asyncio.wait([self._relaying], timeout=GRACE_SECONDS)
        return self._relaying.done()

    async def _close(self) -> None:
        if self._pool is None:
            return
        try:
            await asyncio.wait_for(self._pool.close(), GRACE_SECONDS)
        except Exception as error:  # noqa: BLE001 -- who still holds a connection is cut off: the service ends now
            tell(log.warning, "service.connections_cut", **whereabouts(error))
            self._pool.terminate()

    async def _look_for_dead_letters(self) -> None:
        self._dead_letters = await self.relays.messages_in(topology.dead_letter_queue(self.name))

    async def _look_for_resumption(self) -> None:
        if self.parking.reached and await self.pool.fetchval(SQL.is_parking_resumed, self.parking.stopped_at):
            tell(log.warning, "runtime.parking_resumed")
            self.parking.resume()

    async def _forget(self) -> None:
        """Forget what can come no more, a little at a time: a statement that takes long would be cut off, and undone."""
        for statement, days in ((SQL.forget_heard, INBOX_DAYS), (SQL.forget_numbered, NUMBERED_DAYS)):
            done = ""
            while done != "DELETE 0":
                done = await self.pool.execute(statement, days, INBOX_CHUNK)


def _decoded(parcels: ParcelHandler[Any], message: RabbitMessage) -> Any:
    return parcels.decode(message.body, message.headers.get(runs.HEADER))


def _raw(message: RabbitMessage) -> Delivery:
    raw = message.raw_message
    traceparent = message.headers.get("traceparent")
    return Delivery(
        message.body,
        topology.first_routing_key(raw.exchange, raw.routing_key or ""),
        raw.message_id,
        raw.content_type,
        str(traceparent) if traceparent is not None else None,
        lambda: raw.channel.is_closed,
        message.headers,
        # To say once more how much is handed out at once changes nothing, and is answered in its turn.
        lambda: raw.channel.basic_qos(prefetch_count=PREFETCH_RAW),
    )


def run(service: Service) -> None:
    """Serve until SIGTERM or SIGINT."""
    seldom_look_for_cycles()
    configure(service.name, service.settings.log_level)
    uvicorn.Server(server_config(service)).run()


def carry_out(work: Coroutine[Any, Any, T]) -> T:
    """Run what a command does with many events as a service would: in a loop of uvloop, and looking rarely for cycles of references."""
    before = gc.get_threshold()
    seldom_look_for_cycles()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def let_go_of_young_cycles() -> None:
    """Look for cycles of references among what was made since the last look: milliseconds, and nothing has to wait for 100,000 objects."""
    gc.collect(0)


def server_config(service: Service) -> uvicorn.Config:
    """Return how the HTTP side of `service` is served."""
    return uvicorn.Config(
        service.app,
        host=service.settings.http_host,
        port=service.settings.http_port,
        loop="uvloop",
        http=StrictProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=service.settings.forwarded_allow_ips,
        timeout_graceful_shutdown=int(GRACE_SECONDS),
        ssl_certfile=service.settings.http_certificate,
        ssl_keyfile=service.settings.http_key,
        ssl_ca_certs=str(service.settings.http_clients_ca) if service.settings.http_clients_ca is not None else None,
        ssl_cert_reqs=ssl.CERT_OPTIONAL if service.settings.http_clients_ca is not None else ssl.CERT_NONE,
    )
