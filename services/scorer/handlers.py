"""What comes in from the bus and from the clock, and at what pace it is worked off."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial

import structlog

from contracts.ids import EventId, PersonId
from contracts.messages import Message
from infra.logs import whereabouts
from infra.outcomes import Outcome
from infra.postgres import is_transient
from infra.service import Service
from infra.telemetry import EVALUATIONS_FAILED
from infra.work import UnitOfWork
from services.scorer.actions import hold, take_in, unreadable
from services.scorer.domain.patience import Patience
from services.scorer.evaluating import Memory, anybody_waits, evaluate_due, evaluate_due_singly
from services.scorer.succession import follow, run_trials

log = structlog.get_logger()

FULL_EVENTS = 25
"""A parcel of so many events is a part of a flood: parcels fill up only where there is a backlog."""

FLOOD_EVENTS = 100
"""So many events within about `CALM_SECONDS` are a flood too, however small their parcels are."""

CALM_SECONDS = 0.25
"""A flood is over when none of its parcels came for so long."""

CALM_PAUSES = 2.0
"""A flood whose parcels come with pauses is over only when none came for so many of them …"""

CALM_SECONDS_MOST = 2.0
"""… and not later than this. Where the flood is another process's, this is waited for: how its parcels come is not known here."""

ALONE_SECONDS = 10.0
"""In a flood, a child of whom nothing more was told for so long is evaluated, however much else comes …"""

FULL_LOT = 350
"""
… and sooner where less than this is heard together, which is what came while the last lot was in hand. On two cores that are full it is
300 and more (five to ten seconds), at half of that speed a hundred (two seconds).
"""

ALONE_SECONDS_LEAST = 2.0
"""
So long a child is left alone in any flood: what the sources say of it at once is together by then, and a newcomer is evaluated once. Of
whom little is said need not wait for it.
"""

FEW_LOTS = 3
"""Little is said of whom no more lots than this tell in `ALONE_SECONDS`: one record comes as several messages, not always together."""

LONGEST_SECONDS = 30.0
"""In a flood, nobody waits longer than this for an evaluation."""

MOST_WAITING = 2_000
"""In a flood, no more children than this wait: about two seconds' work on two cores, once the flood is over."""

LOOK_SECONDS = 1.0
"""In a flood, so often is looked for whose turn has come, or twice while a child is left alone: it means to read all that is news."""

DUE_BATCH = 300
"""Children per transaction of the ticker: enough to be quick, few enough not to hold up what is heard meanwhile (a tenth of a second)."""

FLOOD_BATCH = 100
"""The same in a flood: what is heard takes longer then, and a single event waits behind it."""

HANDS = 2
"""After a flood, so many transactions of the ticker at a time: one is calculated while the database works for another."""


class Pace:
    """When to evaluate: how long news waits at the moment (`domain/patience.py`), as far as this process can tell."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last_heard = float("-inf")
        self._level = 0.0
        self._in_hand = 0
        self._last_of_flood = float("-inf")
        self._pause = 0.0
        self._last_look = float("-inf")
        self._lot = 0.0
        self._heard_of: Counter[PersonId] = Counter()
        self._forgotten = float("-inf")

    @contextmanager
    def parcel(self, events: int) -> Iterator[bool]:
        """Say whether a parcel of so many events is to be put off. A flood is not over while one that was is in hand."""
        now = self._monotonic()
        self._level = self._level * math.exp((self._last_heard - now) / CALM_SECONDS) + events
        self._last_heard = now
        if events < FULL_EVENTS and self._level < FLOOD_EVENTS:
            yield False
            return
        self._go_on(now)
        self._lot += (events - self._lot) / 8
        self._in_hand += 1
        try:
            yield True
        finally:
            self._in_hand -= 1
            self._last_of_flood = self._monotonic()

    def patience(self) -> Patience:
        """How long news waits now."""
        silent = self._monotonic() - self._last_of_flood
        if self._in_hand or silent < min(max(CALM_SECONDS, CALM_PAUSES * self._pause), CALM_SECONDS_MOST):
            return Patience(None, self._alone_seconds(), LONGEST_SECONDS, MOST_WAITING)
        own = silent < LONGEST_SECONDS
        return Patience(0.0 if own else CALM_SECONDS_MOST, self._alone_seconds(), LONGEST_SECONDS, MOST_WAITING)

    def rested(self, children: Sequence[PersonId]) -> list[PersonId]:
        """
        Return those of `children` of whom this process heard little for long: what came now may be all that the flood brings of them.

        Little is `FEW_LOTS` in `ALONE_SECONDS`: what is said of one record comes as several messages, and not always together.
        """
        now = self._monotonic()
        if now - self._forgotten > ALONE_SECONDS:
            self._heard_of, self._forgotten = Counter(), now
        self._heard_of.update(children)
        return [child for child in children if self._heard_of[child] <= FEW_LOTS]

    def is_time_to_look(self) -> bool:
        """Whether to look now whose turn has come: always, but in a flood only now and then."""
        now = self._monotonic()
        patience = self.patience()
        if patience.calm_seconds is None and now - self._last_look < min(LOOK_SECONDS, patience.alone_seconds / 2):
            return False
        self._last_look = now
        return True

    def _alone_seconds(self) -> float:
        """How long a child is left alone: the fuller the lots, the more would be told of it right after it was evaluated."""
        return max(ALONE_SECONDS_LEAST, ALONE_SECONDS * min(1.0, self._lot / FULL_LOT) ** 4)

    def _go_on(self, now: float) -> None:
        """The flood goes on, or begins: what its pauses are like is found out anew with each one."""
        pause = now - self._last_of_flood
        if pause > CALM_SECONDS_MOST:
            self._pause = self._lot = 0.0
        elif not self._in_hand:
            self._pause += (max(pause, 0.0) - self._pause) / 4
        self._last_of_flood = now


class Inlet:
    """The scorer's ears: handles parcels of whatever it hears, in whatever order, and works off who is due."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._memory = Memory()

    async def on_parcel(self, work: UnitOfWork, events: Sequence[Message]) -> Mapping[EventId, Outcome]:
        """Handle a parcel. What could never be evaluated is parked and not kept; everything else is done."""
        parked = unreadable(events)
        sound = [event for event in events if event.event_id not in parked]
        with self._pace.parcel(len(events)) as put_off:
            await take_in(work, sound, put_off=put_off, rested=self._pace.rested)
        return parked

    async def on_held(self, work: UnitOfWork, event: Message, held: bool) -> None:
        """Keep that an event was put aside, or is not any more."""
        await hold(work, event, held)

    def ticker(self, service: Service) -> Callable[[], Awaitable[None]]:
        """Return what evaluates, slice by slice, everybody whose turn has come."""

        async def tick() -> None:
            if not self._pace.is_time_to_look() or not await anybody_waits(service.pool, service.clock.today()):
                return
            hands = HANDS if self._pace.patience().calm_seconds is not None else 1
            ended = await asyncio.gather(*(self._work_off(service) for _ in range(hands)), return_exceptions=True)
            for error in ended:
                if error is not None:
                    raise error

        return tick

    def follower(self, service: Service) -> Callable[[], Awaitable[None]]:
        """Return what lets the ruleset of the day take over, and lists whom those on trial would: once a day, and after one did."""
        listed_on: date | None = None

        async def follow_the_day() -> None:
            nonlocal listed_on
            async with service.work() as work:
                changed = await follow(work)
            today = service.clock.today()
            if changed or listed_on != today:
                async with service.work() as work:
                    await run_trials(work)
                listed_on = today

        return follow_the_day

    async def _work_off(self, service: Service) -> None:
        while await _evaluate_batch(service, self._pace.patience(), self._memory):
            pass


async def _evaluate_batch(service: Service, patience: Patience, memory: Memory) -> int:
    try:
        async with service.work() as work:
            limit = DUE_BATCH if patience.calm_seconds is not None else FLOOD_BATCH
            return await evaluate_due(work, limit, patience=patience, memory=memory)
    except Exception as error:
        if is_transient(error):
            raise
        # One child must not keep all others from being evaluated.
        log.error("scorer.batch_split", **whereabouts(error))
    failed = partial(service.telemetry.count, EVALUATIONS_FAILED)
    async with service.work() as work:
        return await evaluate_due_singly(work, DUE_BATCH, failed=failed, patience=patience)
