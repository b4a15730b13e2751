"""
One desk for all inlets: what waits is admitted together, in one transaction of up to 500 events.

A transaction costs the same for one event as for many (`operations.md`), so the busier it is, the less each one costs; nobody
waits for a timer. Whoever submitted gets the answer after the commit: an acknowledgement before it could lose an event.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import asyncpg
import structlog

from infra import parking
from infra.logs import whereabouts
from infra.service import Service
from infra.telemetry import EVENTS_HEARD, EVENTS_PARKED, PARCEL_SECONDS, parcel_span
from services.ingest.actions import RATES, Answers, Submission, admit, let_go, park, unparked
from services.ingest.domain.envelope import trace_context
from services.ingest.domain.watch import Rates
from services.ingest.feeds import FEED_STOPPED

EVENTS_TOGETHER = 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Waiting:
    submission: Submission
    answered: asyncio.Future[Answers]


class Desk:
    """Takes submissions in their order and answers each."""

    def __init__(self, service: Service, *, rates: Rates = RATES) -> None:
        self._service = service
        self._rates = rates
        self._body = parking.ParkingBody(bytes.fromhex(service.settings.parking_key.get_secret_value()))
        self._queue: deque[_Waiting] = deque()
        self._clerk: asyncio.Task[None] | None = None

    async def submit(self, submission: Submission) -> Answers:
        """Return what became of each event, once it is committed. Waits for a database that is away; gives nothing back."""
        waiting = _Waiting(submission, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._work_off())
        return await waiting.answered

    async def retry_parked(self) -> None:
        """Take up parked events that a person wants handled again."""
        rows = await self._service.pool.fetch(parking.SQL.due_parked, 0, 1)
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
        await self.submit(submission)

    async def _work_off(self) -> None:
        while self._queue:
            batch = self._next_batch()
            try:
                await self._settle(batch)
            except Exception as error:  # noqa: BLE001 -- the submitters are told; the desk goes on
                log.critical("ingest.desk_failed", submissions=len(batch), **whereabouts(error))
                for waiting in batch:
                    if not waiting.answered.done():
                        waiting.answered.set_exception(error)

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._queue.popleft()]
        events = batch[0].submission.size
        while self._queue and events + self._queue[0].submission.size <= EVENTS_TOGETHER:
            events += self._queue[0].submission.size
            batch.append(self._queue.popleft())
        return batch

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
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
            async with self._service.work() as work:
                answers[:] = await admit(work, submissions, self._body, self._rates)

        telemetry = self._service.telemetry
        began = time.perf_counter()
        with parcel_span(telemetry, "ingest admission", (trace_context(each.traceparent) for each in submissions)):
            await self._service.patience.until_done(attempt)
        telemetry.observe(PARCEL_SECONDS, time.perf_counter() - began)
        self._count(submissions, answers)
        return answers

    def _count(self, submissions: Sequence[Submission], answers: Sequence[Answers]) -> None:
        telemetry = self._service.telemetry
        for submission, said in zip(submissions, answers, strict=True):
            outcomes = Counter(answer["outcome"] for answer in said)
            telemetry.count(EVENTS_HEARD, len(said), source=submission.source.value)
            self._service.parking.count(len(said), 0)
            if held := sum(answer["code"] == FEED_STOPPED for answer in said):
                telemetry.count(EVENTS_PARKED, held, reason=FEED_STOPPED)
            if refused := outcomes["refused"]:
                codes = sorted({answer["code"] for answer in said if answer["outcome"] == "refused"})
                log.warning("ingest.events_refused", source=submission.source.value, events=refused, codes=codes)

    async def _one_by_one(self, submission: Submission) -> Answers:
        """
        Find the event that cannot be handled: it is parked, the others go through.

        Where parking fails too, it is no event's fault (a table or a right that is missing during a migration): both are tried
        until one succeeds, because a message that is rejected takes good events with it.
        """
        answers: Answers = []
        for single in _singles(submission):

            async def attempt(single: Submission = single) -> None:
                answers.extend(await self._admitted_or_parked(single))

            await self._service.patience.until_done(attempt, every=True)
        return answers

    async def _admitted_or_parked(self, single: Submission) -> Answers:
        try:
            return (await self._admitted([single]))[0]
        except asyncpg.InsufficientPrivilegeError:
            # Nothing that an event says takes a right away.
            raise
        except Exception as error:  # noqa: BLE001 -- the event is kept for a person, whatever is wrong with it
            return await self._parked(single, error)

    async def _parked(self, single: Submission, error: Exception) -> Answers:
        reason = type(error).__name__
        await self._service.may_park()
        async with self._service.work() as work:
            answers = await park(work, single, self._body, reason)
        self._service.parking.count(1, 1)
        log.error("ingest.event_parked", source=single.source.value, **whereabouts(error))
        self._service.telemetry.count(EVENTS_PARKED, 1, reason=reason)
        return answers


def _singles(submission: Submission) -> list[Submission]:
    if not isinstance(submission.events, tuple):
        return [submission]
    return [replace(submission, events=(event,), offset=submission.offset + position) for position, event in enumerate(submission.events)]
