"""What comes in from the bus and from the clock, and at what pace it is worked off."""

import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import structlog

from contracts.ids import EventId
from contracts.messages import Message
from infra.logs import whereabouts
from infra.outcomes import Outcome
from infra.postgres import is_transient
from infra.service import Service
from infra.telemetry import EVALUATIONS_FAILED
from infra.work import UnitOfWork
from services.scorer.actions import hold, take_in, unreadable
from services.scorer.evaluating import evaluate_due, evaluate_due_singly

log = structlog.get_logger()

FULL_EVENTS = 25
"""A parcel of so many events is a part of a flood: parcels fill up only where there is a backlog."""

CALM_SECONDS = 0.25
"""A flood is over when none of its parcels came for so long."""

FLOOD_EVENTS = 100
"""So many events within about `CALM_SECONDS` are a flood too, however small their parcels are."""

PATIENCE_SECONDS = 2.0
"""In a flood, nobody waits longer than this for an evaluation."""

DUE_BATCH = 200
"""Children per transaction of the ticker: enough to be quick, few enough not to hold up what is heard meanwhile."""


class Pace:
    """
    When to evaluate: at once in the afternoon, in rounds in a flood.

    A night's flood brings a child's twenty records within seconds. To evaluate the child twenty times would cost more than all the
    rest, and would tell the ward of states that were never true.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last_heard = float("-inf")
        self._level = 0.0
        self._last_of_flood = float("-inf")
        self._waiting_since: float | None = None

    def is_flood(self, events: int) -> bool:
        """Whether a parcel of so many events is to be put off; remembers that it came."""
        now = self._monotonic()
        self._level = self._level * math.exp((self._last_heard - now) / CALM_SECONDS) + events
        self._last_heard = now
        if events < FULL_EVENTS and self._level < FLOOD_EVENTS:
            return False
        self._last_of_flood = now
        self._waiting_since = self._waiting_since or now
        return True

    def is_time(self) -> bool:
        """Whether those who are due may be evaluated now."""
        now = self._monotonic()
        calm = now - self._last_of_flood >= CALM_SECONDS
        if not calm and self._waiting_since is not None and now - self._waiting_since < PATIENCE_SECONDS:
            return False
        self._waiting_since = None
        return True


class Inlet:
    """The scorer's ears: handles parcels of whatever it hears, in whatever order, and works off who is due."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def on_parcel(self, work: UnitOfWork, events: Sequence[Message]) -> Mapping[EventId, Outcome]:
        """Handle a parcel. What could never be evaluated is parked and not kept; everything else is done."""
        parked = unreadable(events)
        sound = [event for event in events if event.event_id not in parked]
        await take_in(work, sound, put_off=self._pace.is_flood(len(events)))
        return parked

    async def on_held(self, work: UnitOfWork, event: Message, held: bool) -> None:
        """Keep that an event was put aside, or is not any more."""
        await hold(work, event, held)

    def ticker(self, service: Service) -> Callable[[], Awaitable[None]]:
        """Return what evaluates, batch by batch, everybody who is due by today."""

        async def tick() -> None:
            batch = DUE_BATCH if self._pace.is_time() else 0
            while batch == DUE_BATCH:
                batch = await _evaluate_batch(service)

        return tick


async def _evaluate_batch(service: Service) -> int:
    try:
        async with service.work() as work:
            return await evaluate_due(work, DUE_BATCH)
    except Exception as error:
        if is_transient(error):
            raise
        # One child must not keep all others from being evaluated.
        log.error("scorer.batch_split", **whereabouts(error))
    async with service.work() as work:
        return await evaluate_due_singly(work, DUE_BATCH, failed=partial(service.telemetry.count, EVALUATIONS_FAILED))
