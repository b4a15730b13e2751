"""
One desk for all inlets: what waits is admitted together, in one transaction of up to 500 events.

A transaction costs the same for one event as for many (`operations.md`), so the busier it is, the less each one costs; nobody
waits for a timer. Whoever submitted gets the answer after the commit: an acknowledgement before it could lose an event.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import structlog

from contracts.topology import INGEST_INLETS, OF_SOURCES
from contracts.values import Source
from infra import parking
from infra.logs import tell, whereabouts
from infra.parcels import LOOK_SECONDS, GivenBack, NotMine
from infra.service import Service
from infra.telemetry import EVENTS_HEARD, EVENTS_PARKED, PARCEL_SECONDS, parcel_span
from services.ingest.actions import AHEAD, RATES, admit, let_go, park
from services.ingest.domain.admission import Inlet
from services.ingest.domain.answers import Answers
from services.ingest.domain.envelope import trace_context
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.watch import Rates
from services.ingest.feeds import FEED_STOPPED
from services.ingest.room import DeskFull, Place, Room, ShareUsed
from services.ingest.store import Overtaken
from services.ingest.submissions import Submission, singles, unparked

EVENTS_TOGETHER = 500
_TRIES_BESIDE_OTHERS = 2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Waiting:
    submission: Submission
    answered: asyncio.Future[Answers]
    given_back: GivenBack


def _kept() -> bool:
    return False


class Desk:
    """Takes submissions in their order and answers each."""

    def __init__(self, service: Service, room: Room | None = None, *, rates: Rates = RATES, ahead: timedelta = AHEAD) -> None:
        self._service = service
        self._rates = rates
        self._ahead = ahead
        self._room = room or Room()
        self._places = {inlet: Place(self._room) for inlet in Inlet}
        self._on_the_way = 0
        self._left = asyncio.Event()
        # First come, first served: who waits for room keeps the order in which revisions were delivered.
        self._door = asyncio.Lock()
        self._body = parking.ParkingBody(bytes.fromhex(service.settings.parking_key.get_secret_value()))
        self._queue: deque[_Waiting] = deque()
        self._clerk: asyncio.Task[None] | None = None
        self._over = False
        service.at_end(self.leave)

    async def leave(self) -> None:
        """Admit nothing more: the service ends. What waits for a database that is away is not answered, and so comes again."""
        self._over = True

    def another(self) -> "Desk":
        """Return a further desk of the same rules: it admits beside this one, as another process would, in no order with it."""
        return Desk(self._service, self._room, rates=self._rates, ahead=self._ahead)

    @contextmanager
    def expecting(self, source: Source, octets: int) -> Iterator[None]:
        """
        Keep memory for a body of at most `octets` by HTTP that is still to be read. Raises DeskFull where it could not be taken.

        However many senders begin at once, no more than the room is read, and of one source no more than its share; what is read and
        waits then is counted by `submit`.
        """
        place = self._places[Inlet.HTTP]
        if not place.has_share(source, 1, octets):
            raise ShareUsed
        full = self._on_the_way > 0 and self._on_the_way + octets > self._room.octets
        if full or not place.fits(1, octets):
            raise DeskFull
        self._on_the_way += octets
        place.of_source[source].on_the_way += octets
        try:
            yield
        finally:
            self._on_the_way -= octets
            place.of_source[source].on_the_way -= octets

    async def submit(self, submission: Submission) -> Answers:
        """
        Return what became of each event, once it is committed. Waits for a database that is away.

        Raises DeskFull. Whoever ceases to wait takes nothing back: the events are admitted when their turn comes.
        """
        place = self._places[submission.inlet]
        if submission.inlet is Inlet.HTTP and not place.has_share(submission.source, submission.size, submission.octets):
            raise ShareUsed
        if not place.fits(submission.size, submission.octets):
            raise DeskFull
        return await self._queued(submission, _kept)

    async def submit_in_turn(self, read: Callable[[], Submission], given_back: GivenBack = _kept) -> Answers:
        """
        As `submit`, but wait for room, in the order of the calls; nothing is parsed (`read`) before its turn has come.

        Raises NotMine if the message was given back to the broker before it was taken up: its next delivery is the one that counts.
        """
        async with self._door:
            if given_back():
                raise NotMine
            submission = read()
            while not self._places[submission.inlet].fits(submission.size, submission.octets):
                self._left.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._left.wait(), LOOK_SECONDS)
                if given_back():
                    raise NotMine
            queued = self._queued(submission, given_back)
        return await queued

    def _queued(self, submission: Submission, given_back: GivenBack) -> asyncio.Future[Answers]:
        waiting = _Waiting(submission, asyncio.get_running_loop().create_future(), given_back)
        self._queue.append(waiting)
        self._places[submission.inlet].take(submission.source, submission.size, submission.octets)
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._work_off())
        # Whoever ceases to wait takes nothing along: what he sent is admitted, or not, as a whole with the others.
        return asyncio.shield(waiting.answered)

    async def retry_parked(self) -> None:
        """Take up parked events that a person wants handled again."""
        rows = await self._service.pool.fetch(parking.SQL.due_parked, OF_SOURCES, INGEST_INLETS)
        for row in rows:
            await self._retry(row)

    async def _retry(self, row: asyncpg.Record) -> None:
        event_id = row["event_id"]
        if row["discarded"]:
            async with self._service.work() as work:
                await let_go(work, [event_id])
            return
        try:
            submission = unparked(self._body.open(event_id, row["body"]))
        except Exception as error:  # noqa: BLE001 -- another key, an older form: it waits for a person, and must not stop the others
            log.error("ingest.parked_unreadable", event_id=str(event_id), **whereabouts(error))
            await self._service.pool.execute(parking.SQL.set_aside_parked, event_id, type(error).__name__)
            return
        await self.submit_in_turn(lambda: submission)

    async def _work_off(self) -> None:
        while self._queue:
            batch = self._next_batch()
            try:
                await self._settle([waiting for waiting in batch if not _gone(waiting)])
            except Exception as error:  # noqa: BLE001 -- the submitters are told; the desk goes on
                for waiting in batch:
                    if not waiting.answered.done():
                        waiting.answered.set_exception(error)
                tell(log.critical, "ingest.desk_failed", submissions=len(batch), **whereabouts(error))
            finally:
                for waiting in batch:
                    gone = waiting.submission
                    self._places[gone.inlet].take(gone.source, -gone.size, -gone.octets)
                self._left.set()

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._queue.popleft()]
        events = batch[0].submission.size
        while self._queue and events + self._queue[0].submission.size <= EVENTS_TOGETHER:
            events += self._queue[0].submission.size
            batch.append(self._queue.popleft())
        return batch

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        if not batch:
            return
        try:
            answers = await self._admitted([waiting.submission for waiting in batch])
        except Exception as error:  # noqa: BLE001 -- whatever it is, one by one shows whose fault it is
            log.error("ingest.batch_split", submissions=len(batch), **whereabouts(error))
            answers = [await self._one_by_one(waiting.submission) for waiting in batch]
        for waiting, answer in zip(batch, answers, strict=True):
            # A sender over HTTP may have gone away meanwhile.
            if not waiting.answered.done():
                waiting.answered.set_result(answer)

    async def _admitted(self, submissions: Sequence[Submission]) -> list[Answers]:
        answers: list[Answers] = []

        async def attempt() -> None:
            if self._over:
                raise asyncio.CancelledError
            answers[:] = await self._beside_others(submissions)

        telemetry = self._service.telemetry
        began = time.perf_counter()
        with parcel_span(telemetry, "ingest admission", (trace_context(each.traceparent) for each in submissions)):
            await self._service.patience.until_done(attempt)
        telemetry.observe(PARCEL_SECONDS, time.perf_counter() - began)
        self._count(submissions, answers)
        return answers

    async def _beside_others(self, submissions: Sequence[Submission]) -> list[Answers]:
        """Admit. What overtook it in another process is committed, and known at the next look; alone, nobody can."""
        for _ in range(_TRIES_BESIDE_OTHERS):
            with suppress(Overtaken):
                return await self._admit(submissions)
        return await self._admit(submissions, alone=True)

    async def _admit(self, submissions: Sequence[Submission], *, alone: bool = False) -> list[Answers]:
        async with self._service.work() as work:
            return await admit(work, submissions, self._body, self._rates, ahead=self._ahead, alone=alone)

    def _count(self, submissions: Sequence[Submission], answers: Sequence[Answers]) -> None:
        telemetry = self._service.telemetry
        for submission, said in zip(submissions, answers, strict=True):
            telemetry.count(EVENTS_HEARD, len(said), source=submission.source.value)
            self._service.parking.count(len(said), 0)
            refusals = [answer for answer in said if answer.errors]
            if held := sum(answer.code == FEED_STOPPED for answer in refusals):
                telemetry.count(EVENTS_PARKED, held, reason=FEED_STOPPED)
            warned = [each.code for answer in said for each in answer.warnings]
            if warned:
                log.warning("ingest.doubtful_characters", source=submission.source.value, places=len(warned), codes=sorted(set(warned)))
            if refused := [answer for answer in refusals if answer.outcome is Outcome.REFUSED]:
                codes = sorted({answer.code for answer in refused if answer.code})
                log.warning("ingest.events_refused", source=submission.source.value, events=len(refused), codes=codes)

    async def _one_by_one(self, submission: Submission) -> Answers:
        """
        Find the event that cannot be handled: it is parked, the others go through.

        Where parking fails too, it is no event's fault (a table that is missing during a migration): both are tried
        until one succeeds, because a message that is rejected takes good events with it.
        """
        answers: Answers = []
        for single in singles(submission):

            async def attempt(single: Submission = single) -> None:
                answers.extend(await self._admitted_or_parked(single))

            await self._service.patience.until_done(attempt, every=True)
        return answers

    async def _admitted_or_parked(self, single: Submission) -> Answers:
        try:
            return (await self._admitted([single]))[0]
        except Exception:  # noqa: BLE001 -- whatever is wrong is tried once more
            # What was missing a moment ago may be back just now: then parking would work, and the event is at no fault.
            await self._see_that_parking_works(single)
        try:
            return (await self._admitted([single]))[0]
        except Exception as error:  # noqa: BLE001 -- the event is kept for a person, whatever is wrong with it
            return await self._parked(single, error)

    async def _see_that_parking_works(self, single: Submission) -> None:
        with suppress(_TakenBack):
            async with self._service.work() as work:
                await park(work, single, self._body, _TakenBack.__name__)
                raise _TakenBack

    async def _parked(self, single: Submission, error: Exception) -> Answers:
        reason = type(error).__name__
        await self._service.may_park(reason)
        async with self._service.work() as work:
            answers = await park(work, single, self._body, reason)
        self._service.parking.count(1, 1)
        log.error("ingest.event_parked", source=single.source.value, **whereabouts(error))
        self._service.telemetry.count(EVENTS_PARKED, 1, reason=reason)
        return answers


class _TakenBack(Exception):
    """Ends a transaction of which nothing is to be left."""


def _gone(waiting: _Waiting) -> bool:
    """Whether the message was given back while it waited. It comes, or came, again: taken now, it would be held twice."""
    gone = not waiting.answered.done() and waiting.given_back()
    if gone:
        waiting.answered.set_exception(NotMine())
    return gone
