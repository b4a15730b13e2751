"""
Handles parcels: exactly one effect for each event, however often it is delivered and wherever the process is killed.

One parcel is one transaction is one acknowledgement. A database or broker that is away is waited for here, with the message in
hand. A parcel that a handler cannot bear is split until the one guilty event is found; that one is parked and the rest go through.
Only a message that cannot be decoded is rejected.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag
from pydantic import TypeAdapter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_never, wait_exponential

from contracts.ids import EventId
from contracts.messages import Message
from infra import parking
from infra.logs import tell, whereabouts
from infra.outcomes import Done, Outcome, Park, RetryLater
from infra.parking.limit import ParkingLimit, TooManyParked, stop_hearing
from infra.postgres import Database, is_transient
from infra.sql import queries
from infra.telemetry import (
    EVENTS_HEARD,
    EVENTS_PARKED,
    EVENTS_REPEATED,
    PARCEL_SECONDS,
    STALLS,
    Telemetry,
    parcel_span,
)
from infra.work import UnitOfWork

SQL = queries(__file__, "runtime.sql")
log = structlog.get_logger()

M = TypeVar("M", bound=Message)
Handler = Callable[[UnitOfWork, Sequence[M]], Awaitable[Mapping[EventId, Outcome] | None]]
OnHeld = Callable[[UnitOfWork, M, bool], Awaitable[None]]
"""Told, in the same transaction, that an event is held back (parked for the first time), and later that it no longer is."""
Begin = Callable[[Database], UnitOfWork]
GivenBack = Callable[[], bool]
"""Whether the broker took a message back: its channel is closed, and it is or will be delivered anew."""

LOOK_SECONDS = 1.0
"""How often who waits looks whether the message was given back meanwhile."""


class NotMine(Exception):
    """The message was given back to the broker while it waited; whoever gets it next handles it."""


class Undecodable(Exception):
    """A message that nobody can make anything of, now or ever. It alone is rejected, and lies in the dead-letter queue."""


def _held() -> bool:
    return False


class Patience:
    """
    Waits for infrastructure. The service is not ready while anybody does.

    `waiting` is how many are at it now; `stuck` is how many of them wait for something that is no known stall: a mistake of ours for
    which no event can be parked, because the parking or the inbox itself fails.
    """

    def __init__(self, telemetry: Telemetry) -> None:
        self.waiting = 0
        self.stuck = 0
        self._telemetry = telemetry

    async def until_done(self, attempt: Callable[[], Awaitable[None]], *, every: bool = False, given_back: GivenBack = _held) -> None:
        """
        Run `attempt` until no transient error stops it. Every other error goes to the caller.

        With `every`, whatever error is waited for, in the sight of everybody (`stuck`): only for work in which no single event can be
        at fault and that has nowhere to put one (a table or right of the runtime itself that is missing during a migration).
        Raises NotMine once the message was given back.
        """
        stalled = stuck = False

        async def try_once() -> None:
            nonlocal stuck
            if given_back():
                raise NotMine
            try:
                await attempt()
            except Exception as error:
                if every and not stuck and not is_transient(error) and not isinstance(error, _FOR_THE_CALLER):
                    stuck = True
                    self.stuck += 1
                raise

        try:
            async for turn in AsyncRetrying(
                retry=retry_if_exception(_is_error if every else is_transient),
                wait=wait_exponential(multiplier=0.05, max=LOOK_SECONDS),
                stop=stop_never,
                before_sleep=self._note,
                reraise=True,
            ):
                with turn:
                    if turn.retry_state.attempt_number > 1 and not stalled:
                        stalled = True
                        self.waiting += 1
                    await try_once()
        finally:
            self.waiting -= stalled
            self.stuck -= stuck

    def _note(self, state: RetryCallState) -> None:
        self._telemetry.count(STALLS)
        error = state.outcome.exception() if state.outcome is not None else None
        if error is not None:
            say = log.warning if is_transient(error) else log.error
            tell(say, "runtime.waiting_for_infrastructure", attempt=state.attempt_number, **whereabouts(error))


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
        limit: ParkingLimit | None = None,
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
        self._limit = limit or ParkingLimit()
        self._parked_now = 0
        self._last_reason = ""
        # First come, first served: parcels of a partition are handled in the order of their delivery.
        self._turn = asyncio.Lock()

    def decode(self, body: bytes) -> list[M]:
        """Read a parcel. Raises pydantic.ValidationError: it goes to the dead-letter queue, because no waiting mends it."""
        return self._parcel.validate_json(body)

    async def __call__(self, events: Sequence[M], given_back: GivenBack = _held) -> None:
        """Handle a parcel; returns after the commit, or when the message was given back and nothing was done."""
        with suppress(NotMine):
            async with self._turn:
                if given_back():
                    return
                began = time.perf_counter()
                with parcel_span(self._telemetry, f"{self._name} parcel", (event.traceparent for event in events)) as span:
                    span.set_attribute("messaging.batch.message_count", len(events))
                    await self._handle(events, given_back)
                self._telemetry.observe(PARCEL_SECONDS, time.perf_counter() - began)
            self._committed()

    async def retry_parked(self) -> None:
        """Take up parked events of the partition whose time has come, and throw away what a person discarded."""
        async with self._turn, self._pool().acquire() as db, db.transaction():
            await db.execute(SQL.take_turn, self._turn_name)
            work = self._begin(db)
            for row in await db.fetch(SQL.due_parked, self._partition, self._partitions):
                await self._retry(work, row)
            await work.flush()
        self._committed()

    @property
    def _turn_name(self) -> str:
        return f"{self._name}.turn.{self._partition}"

    async def _handle(self, events: Sequence[M], given_back: GivenBack) -> None:
        careful = decided = False
        while True:
            # Who lets it go on decides about what is in hand, too: stopped again by the same parcel, nobody would ever get past it.
            decided = decided or self._limit.reached
            while not await self._limit.passed(LOOK_SECONDS):
                if given_back():
                    raise NotMine
            try:
                # What leaves the careful turn is no event's fault: rejecting the message would lose good events.
                await self._patience.until_done(
                    lambda: self._in_one_transaction(events, careful=careful, limited=not decided),  # noqa: B023 -- awaited before
                    every=careful,
                    given_back=given_back,
                )
            except NotMine:
                raise
            except TooManyParked as error:
                reason = error.reason
                await self._patience.until_done(
                    lambda: stop_hearing(self._limit, self._pool(), self._telemetry, self._name, reason),  # noqa: B023 -- as above
                    every=True,
                    given_back=given_back,
                )
            except Exception as error:  # noqa: BLE001 -- whatever it is, the careful turn finds the event that is at fault
                tell(log.error, "runtime.parcel_split", events=len(events), **whereabouts(error))
                careful = True
            else:
                return

    async def _in_one_transaction(self, events: Sequence[M], *, careful: bool, limited: bool) -> None:
        self._parked_now = 0
        async with self._pool().acquire() as db, db.transaction():
            work = self._begin(db)
            fresh = await self._unheard(db, events)
            if fresh:
                await (self._try(work, fresh) if careful else self._do(work, fresh))
            if limited:
                self._limit.check(len(fresh), self._parked_now, self._last_reason)
            await work.flush(Counter(type(event).__name__ for event in fresh))
        self._limit.count(len(fresh), self._parked_now)
        self._telemetry.count(EVENTS_HEARD, len(fresh))
        self._telemetry.count(EVENTS_REPEATED, len(events) - len(fresh))

    async def _unheard(self, db: Database, events: Sequence[M]) -> list[M]:
        ids = {event.event_id: event for event in reversed(events)}
        new = {row["event_id"] for row in await db.fetch(SQL.hear, list(ids), self._turn_name)}
        return [event for event in events if event.event_id in new and ids[event.event_id] is event]

    async def _do(self, work: UnitOfWork, events: Sequence[M]) -> None:
        outcomes = await self._handler(work, events) or {}
        for event in events:
            outcome = outcomes.get(event.event_id, Done())
            if isinstance(outcome, Park | RetryLater):
                await self._park(work, event, outcome)

    async def _try(self, work: UnitOfWork, events: Sequence[M]) -> None:
        mark, parked_before = work.mark(), self._parked_now
        try:
            async with work.db.transaction():
                await self._do(work, events)
                # Here, so that what one event says and the database does not take is that event's fault.
                await work.flush()
        except Exception as error:
            if is_transient(error):
                raise
            work.forget_since(mark)
            self._parked_now = parked_before
            if len(events) == 1:
                await self._park(work, events[0], Park(type(error).__name__))
                # Written now: the next savepoint, which may be rolled back, must not take it along.
                await work.flush()
                return
            middle = len(events) // 2
            await self._try(work, events[:middle])
            await self._try(work, events[middle:])

    async def _park(self, work: UnitOfWork, event: M, why: Park | RetryLater) -> None:
        sealed = self._body.seal(event.event_id, event.model_dump_json().encode())
        if await parking.park(work.db, event.event_id, type(event).__name__, sealed, why, partition=self._partition):
            await self._tell_held(work, event, held=True)
        self._parked_now += isinstance(why, Park)
        self._last_reason = why.reason
        self._telemetry.count(EVENTS_PARKED, 1, reason=type(why).__name__)
        tell(log.warning, "runtime.event_parked", event_id=str(event.event_id), type=type(event).__name__, reason=why.reason)

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
                await work.flush()
        except Exception as error:
            if is_transient(error):
                raise
            work.forget_since(mark)
            await self._park(work, event, Park(type(error).__name__))
            await work.flush()

    async def _opened(self, work: UnitOfWork, row: asyncpg.Record) -> M | None:
        """Read a parked event. One that cannot be read (another key, an older form) keeps its body and waits for a person."""
        try:
            return self._event.validate_json(self._body.open(row["event_id"], row["body"]))
        except (InvalidTag, ValueError) as error:
            tell(log.error, "runtime.parked_unreadable", event_id=str(row["event_id"]), **whereabouts(error))
            if row["discarded"]:
                await work.db.execute(SQL.unpark, row["event_id"])
            else:
                await work.db.execute(SQL.set_aside_parked, row["event_id"], "unreadable")
            return None

    async def _tell_held(self, work: UnitOfWork, event: M, *, held: bool) -> None:
        if self._on_held is not None:
            await self._on_held(work, event, held)


_FOR_THE_CALLER = (NotMine, TooManyParked, Undecodable)


def _is_error(error: BaseException) -> bool:
    return isinstance(error, Exception) and not isinstance(error, _FOR_THE_CALLER)
