"""
Handles parcels: exactly one effect for each event, however often it is delivered and wherever the process is killed.

The parcels that wait are handled together, in the order of their delivery: one transaction, then an acknowledgement for each. Nothing
waits for others to come, so that a single event is handled at once, and a flood costs a transaction for hundreds of events.
A database or broker that is away is waited for here, with the messages in hand. Parcels that a handler cannot bear are split until the
one guilty event is found; that one is parked and the rest go through. Only a message that cannot be decoded is rejected.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag
from pydantic import TypeAdapter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_never, wait_exponential

from contracts.ids import EventId
from contracts.messages import Message
from infra import parking, runs
from infra.logs import tell, whereabouts
from infra.outcomes import Done, Outcome, Park, RetryLater
from infra.parking.limit import ParkingLimit, TooManyParked, stop_hearing
from infra.postgres import Database, is_transient
from infra.runs import Run
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

TOGETHER_EVENTS = 800
TOGETHER_BYTES = 1024 * 1024
TOGETHER_SECONDS = 1.0
"""
What is handled together is bounded: by events, by bytes, and by the time that it takes, at the pace of what was handled last. More
would save little, and whoever waits for a place in the queue, or for a lock, would wait longer.
"""

LOOK_SECONDS = 1.0
"""How often who waits looks whether the message was given back meanwhile."""


class NotMine(Exception):
    """The message was given back to the broker while it waited; whoever gets it next handles it."""


class _TakenBack(Exception):
    """Ends a savepoint of which nothing is to be left."""


class Undecodable(Exception):
    """A message that nobody can make anything of, now or ever. It alone is rejected, and lies in the dead-letter queue."""


def _held() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Parcel(Generic[M]):
    """A decoded message: its events, and the runs in which they were said. `size` is that of its body in bytes."""

    events: Sequence[M]
    runs: tuple[Run, ...]
    size: int = 0


@dataclass(slots=True, eq=False)
class _Waiting(Generic[M]):
    """A parcel whose turn comes, and whether it is over: handled, or given back."""

    parcel: Parcel[M]
    given_back: GivenBack
    over: bool = False


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
    """Gives parcels to a handler, in the order of their delivery: those that wait together, one lot after the other."""

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
        self._turn = asyncio.Lock()
        self._waiting: deque[_Waiting[M]] = deque()
        self._most = TOGETHER_EVENTS

    def decode(self, body: bytes, header: Any = None) -> Parcel[M]:
        """
        Read a parcel; `header` is what its header `runs` says.

        Raises pydantic.ValidationError: the message goes to the dead-letter queue, because no waiting mends it.
        """
        events = self._parcel.validate_json(body)
        return Parcel(events, runs.read(header, [event.event_id for event in events]), len(body))

    async def __call__(self, parcel: Parcel[M], given_back: GivenBack = _held) -> None:
        """Handle a parcel; returns after the commit, or when the message was given back and nothing was done."""
        mine = _Waiting(parcel, given_back)
        self._waiting.append(mine)
        try:
            async with self._turn:
                while not mine.over:
                    await self._handle_together(self._next_ones())
        finally:
            self._waiting.remove(mine)

    def _next_ones(self) -> list[_Waiting[M]]:
        """Return the first that wait, as many as may be handled together, and let go of what was given back."""
        found: list[_Waiting[M]] = []
        events = size = 0
        for each in self._waiting:
            each.over = each.over or each.given_back()
            if each.over:
                continue
            events += len(each.parcel.events)
            size += each.parcel.size
            if found and (events > self._most or size > TOGETHER_BYTES):
                break
            found.append(each)
        return found

    async def _handle_together(self, waiting: Sequence[_Waiting[M]]) -> None:
        parcels = [each.parcel for each in waiting]
        events = [event for parcel in parcels for event in parcel.events]
        if not events:
            return
        began = time.perf_counter()
        with (
            suppress(NotMine),
            parcel_span(self._telemetry, f"{self._name} parcel", (event.traceparent for event in events)) as span,
        ):
            span.set_attribute("messaging.batch.message_count", len(events))
            # Where one was given back all were, with few exceptions; those come again with the next lot.
            await self._handle(parcels, lambda: any(each.given_back() for each in waiting))
            for each in waiting:
                each.over = True
        seconds = time.perf_counter() - began
        self._telemetry.observe(PARCEL_SECONDS, seconds)
        self._most = max(1, min(TOGETHER_EVENTS, int(len(events) * TOGETHER_SECONDS / seconds)))
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

    async def _handle(self, parcels: Sequence[Parcel[M]], given_back: GivenBack) -> None:
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
                    lambda: self._in_one_transaction(parcels, careful=careful, limited=not decided),  # noqa: B023 -- awaited before
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
                tell(log.error, "runtime.parcel_split", events=sum(len(each.events) for each in parcels), **whereabouts(error))
                careful = True
            else:
                return

    async def _in_one_transaction(self, parcels: Sequence[Parcel[M]], *, careful: bool, limited: bool) -> None:
        self._parked_now = 0
        async with self._pool().acquire() as db, db.transaction():
            work = self._begin(db)
            fresh = await self._unheard(db, parcels)
            if fresh:
                await (self._try(work, fresh) if careful else self._do(work, fresh))
            if limited:
                self._limit.check(len(fresh), self._parked_now, self._last_reason)
            await work.flush(Counter(type(event).__name__ for event in fresh))
        self._limit.count(len(fresh), self._parked_now)
        self._telemetry.count(EVENTS_HEARD, len(fresh))
        self._telemetry.count(EVENTS_REPEATED, sum(len(each.events) for each in parcels) - len(fresh))

    async def _unheard(self, db: Database, parcels: Sequence[Parcel[M]]) -> list[M]:
        names = [run.name for parcel in parcels for run in parcel.runs]
        new = {row["run"] for row in await db.fetch(SQL.hear, names, self._turn_name)}
        # In the order of delivery; a run that lies in two parcels, or an event in two runs, counts once.
        events = (event for parcel in parcels for name, events in _by_run(parcel) if name in new for event in events)
        return list({event.event_id: event for event in events}.values())

    async def _do(self, work: UnitOfWork, events: Sequence[M]) -> None:
        outcomes = await self._handler(work, events) or {}
        for event in events:
            outcome = outcomes.get(event.event_id, Done())
            if isinstance(outcome, Park | RetryLater):
                await self._park(work, event, outcome)

    async def _try(self, work: UnitOfWork, events: Sequence[M], *, again: bool = False) -> None:
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
            if len(events) == 1 and not again:
                # What was missing a moment ago may be back just now: then parking would work, and the event is at no fault.
                await self._see_that_parking_works(work, events[0])
                await self._try(work, events, again=True)
                return
            if len(events) == 1:
                await self._park(work, events[0], Park(type(error).__name__))
                # Written now: the next savepoint, which may be rolled back, must not take it along.
                await work.flush()
                return
            middle = len(events) // 2
            await self._try(work, events[:middle])
            await self._try(work, events[middle:])

    async def _see_that_parking_works(self, work: UnitOfWork, event: M) -> None:
        sealed = self._body.seal(event.event_id, event.model_dump_json().encode())
        with suppress(_TakenBack):
            async with work.db.transaction():
                await parking.park(
                    work.db, event.event_id, type(event).__name__, sealed, Park(_TakenBack.__name__), partition=self._partition
                )
                raise _TakenBack

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


def _by_run(parcel: Parcel[M]) -> Iterable[tuple[UUID, Sequence[M]]]:
    start = 0
    for run in parcel.runs:
        yield run.name, parcel.events[start : start + run.events]
        start += run.events


_FOR_THE_CALLER = (NotMine, TooManyParked, Undecodable)


def _is_error(error: BaseException) -> bool:
    return isinstance(error, Exception) and not isinstance(error, _FOR_THE_CALLER)
