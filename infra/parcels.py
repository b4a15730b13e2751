"""
Handles parcels: exactly one effect for each event, however often it is delivered and wherever the process is killed.

One parcel is one transaction is one acknowledgement. A database or broker that is away is waited for here, with the message in
hand: a message given back uses up its delivery limit in milliseconds (`bus.md` §0.5). A parcel that a handler cannot bear is
split until the one guilty event is found; that one is parked and the rest go through.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag
from pydantic import TypeAdapter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_never, wait_exponential

from contracts.messages import Message
from infra import parking
from infra.logs import whereabouts
from infra.outcomes import Done, Outcome, Park, RetryLater
from infra.postgres import Database, is_transient
from infra.sql import queries
from infra.telemetry import EVENTS_HEARD, EVENTS_PARKED, EVENTS_REPEATED, PARCEL_SECONDS, STALLS, Telemetry, parcel_span
from infra.work import UnitOfWork

SQL = queries(__file__, "runtime.sql")
log = structlog.get_logger()

M = TypeVar("M", bound=Message)
Handler = Callable[[UnitOfWork, Sequence[M]], Awaitable[Mapping[UUID, Outcome] | None]]
OnHeld = Callable[[UnitOfWork, M, bool], Awaitable[None]]
"""Told, in the same transaction, that an event is held back (parked for the first time), and later that it no longer is."""
Begin = Callable[[Database], UnitOfWork]


class Patience:
    """Waits for infrastructure. `waiting` is how many are at it now: the service is not ready while it is above zero."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.waiting = 0
        self._telemetry = telemetry

    async def until_done(self, attempt: Callable[[], Awaitable[None]], *, every: bool = False) -> None:
        """
        Run `attempt` until no transient error stops it. Every other error goes to the caller.

        With `every`, whatever error is waited for: for work in which no single event can be at fault (a database that is read-only
        during a failover, a right that is missing during a migration).
        """
        stalled = False
        try:
            async for turn in AsyncRetrying(
                retry=retry_if_exception(_is_error if every else is_transient),
                wait=wait_exponential(multiplier=0.05, max=1),
                stop=stop_never,
                before_sleep=self._note,
                reraise=True,
            ):
                with turn:
                    if turn.retry_state.attempt_number > 1 and not stalled:
                        stalled = True
                        self.waiting += 1
                    await attempt()
        finally:
            self.waiting -= stalled

    def _note(self, state: RetryCallState) -> None:
        self._telemetry.count(STALLS)
        error = state.outcome.exception() if state.outcome is not None else None
        if error is not None:
            log.warning("runtime.waiting_for_infrastructure", attempt=state.attempt_number, **whereabouts(error))


class ParcelHandler(Generic[M]):
    """Gives parcels to a handler, one after the other."""

    def __init__(
        self,
        handler: Handler[M],
        *,
        hears: Any,
        pool: Callable[[], asyncpg.Pool],
        begin: Begin,
        body: parking.ParkingBody,
        telemetry: Telemetry,
        patience: Patience,
        committed: Callable[[], None],
        name: str,
        partition: int = 0,
        partitions: int = 1,
        on_held: OnHeld[M] | None = None,
    ) -> None:
        self._handler = handler
        self._parcel: TypeAdapter[list[M]] = TypeAdapter(list[hears])
        self._event: TypeAdapter[M] = TypeAdapter(hears)
        self._pool = pool
        self._begin = begin
        self._body = body
        self._telemetry = telemetry
        self._patience = patience
        self._committed = committed
        self._name = name
        self._partition = partition
        self._partitions = partitions
        self._on_held = on_held
        # First come, first served: parcels of a partition are handled in the order of their delivery.
        self._turn = asyncio.Lock()

    def decode(self, body: bytes) -> list[M]:
        """Read a parcel. Raises pydantic.ValidationError: it goes to the dead-letter queue, because no waiting mends it."""
        return self._parcel.validate_json(body)

    async def __call__(self, events: Sequence[M]) -> None:
        """Handle a parcel; returns after the commit."""
        async with self._turn:
            began = time.perf_counter()
            with parcel_span(self._telemetry, f"{self._name} parcel", (event.traceparent for event in events)) as span:
                span.set_attribute("messaging.batch.message_count", len(events))
                await self._handle(events)
            self._telemetry.observe(PARCEL_SECONDS, time.perf_counter() - began)
        self._committed()

    async def retry_parked(self) -> None:
        """Take up parked events of the partition whose time has come, and throw away what a person discarded."""
        async with self._turn, self._pool().acquire() as db, db.transaction():
            work = self._begin(db)
            for row in await db.fetch(SQL.due_parked, self._partition, self._partitions):
                await self._retry(work, row)
            await work.flush()
        self._committed()

    async def _handle(self, events: Sequence[M]) -> None:
        try:
            await self._patience.until_done(lambda: self._in_one_transaction(events, careful=False))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the careful turn finds the event that is at fault
            log.error("runtime.parcel_split", events=len(events), **whereabouts(error))
            # What leaves the careful turn is no event's fault: rejecting the message would lose good events.
            await self._patience.until_done(lambda: self._in_one_transaction(events, careful=True), every=True)

    async def _in_one_transaction(self, events: Sequence[M], *, careful: bool) -> None:
        async with self._pool().acquire() as db, db.transaction():
            work = self._begin(db)
            fresh = await self._unheard(db, events)
            if fresh:
                await (self._try(work, fresh) if careful else self._do(work, fresh))
            await work.flush(Counter(type(event).__name__ for event in fresh))
        self._telemetry.count(EVENTS_HEARD, len(fresh))
        self._telemetry.count(EVENTS_REPEATED, len(events) - len(fresh))

    async def _unheard(self, db: Database, events: Sequence[M]) -> list[M]:
        ids = {event.event_id: event for event in reversed(events)}
        new = {row["event_id"] for row in await db.fetch(SQL.hear, list(ids))}
        return [event for event in events if event.event_id in new and ids[event.event_id] is event]

    async def _do(self, work: UnitOfWork, events: Sequence[M]) -> None:
        outcomes = await self._handler(work, events) or {}
        for event in events:
            outcome = outcomes.get(event.event_id, Done())
            if isinstance(outcome, Park | RetryLater):
                await self._park(work, event, outcome)

    async def _try(self, work: UnitOfWork, events: Sequence[M]) -> None:
        mark = work.mark()
        try:
            async with work.db.transaction():
                await self._do(work, events)
        except Exception as error:
            if is_transient(error):
                raise
            work.forget_since(mark)
            if len(events) == 1:
                await self._park(work, events[0], Park(type(error).__name__))
                return
            middle = len(events) // 2
            await self._try(work, events[:middle])
            await self._try(work, events[middle:])

    async def _park(self, work: UnitOfWork, event: M, why: Park | RetryLater) -> None:
        sealed = self._body.seal(event.event_id, event.model_dump_json().encode())
        if await parking.park(work.db, event.event_id, type(event).__name__, sealed, why, partition=self._partition):
            await self._tell_held(work, event, held=True)
        self._telemetry.count(EVENTS_PARKED, 1, reason=type(why).__name__)
        log.warning("runtime.event_parked", event_id=str(event.event_id), type=type(event).__name__, reason=why.reason)

    async def _retry(self, work: UnitOfWork, row: asyncpg.Record) -> None:
        event = await self._opened(work, row)
        if event is None:
            return
        mark = work.mark()
        try:
            async with work.db.transaction():
                outcomes = {} if row["discarded"] else await self._handler(work, [event]) or {}
                again = outcomes.get(event.event_id, Done())
                if isinstance(again, Park | RetryLater):
                    await self._park(work, event, again)
                else:
                    await work.db.execute(SQL.unpark, event.event_id)
                    await self._tell_held(work, event, held=False)
        except Exception as error:
            if is_transient(error):
                raise
            work.forget_since(mark)
            await self._park(work, event, Park(type(error).__name__))

    async def _opened(self, work: UnitOfWork, row: asyncpg.Record) -> M | None:
        """Read a parked event. One that cannot be read (another key, an older form) keeps its body and waits for a person."""
        try:
            return self._event.validate_json(self._body.open(row["event_id"], row["body"]))
        except (InvalidTag, ValueError) as error:
            log.error("runtime.parked_unreadable", event_id=str(row["event_id"]), **whereabouts(error))
            if row["discarded"]:
                await work.db.execute(SQL.unpark, row["event_id"])
            else:
                await work.db.execute(SQL.set_aside_parked, row["event_id"], "unreadable")
            return None

    async def _tell_held(self, work: UnitOfWork, event: M, *, held: bool) -> None:
        if self._on_held is not None:
            await self._on_held(work, event, held)


def _is_error(error: BaseException) -> bool:
    return isinstance(error, Exception)
