"""
How much may be parked before hearing stops.

One event that cannot be handled is the event's fault. Many at once are the fault of what was deployed last: it would park a whole
city one by one. So a limit on share and rate stops the hearing, with the messages in hand; nothing of the parcel that went over the
limit is kept. A person takes it up again with `tsunagu parked resume SERVICE`, or by starting a release that is mended. That word
counts for the parcels in hand too: they are kept, however many of their events are parked.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import structlog

from infra.logs import tell
from infra.sql import queries
from infra.telemetry import PARKING_STOPPED, Telemetry

SQL = queries(str(Path(__file__).parent), "runtime.sql")
log = structlog.get_logger()


class TooManyParked(Exception):
    """This parcel would park more than may be parked. `reason` is why its last event would be."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Within `seconds`, hearing stops when more than `most` events are parked, or more than a `share` of those heard.

    `least` parked events never stop it: of three events one is a large share. In a quiet hour the share is that of the last events,
    as many as it takes to know it: a bad release that hears one event a minute stops too.
    """

    least: int = 20
    share: float = 0.2
    most: int = 1000
    seconds: float = 600.0

    @property
    def enough(self) -> float:
        """Of so many events, `share` is `least`."""
        return self.least / self.share if self.share else float("inf")


@dataclass(slots=True)
class _Count:
    """What was heard and parked within one second."""

    at: float
    heard: int = 0
    parked: int = 0


class ParkingLimit:
    """Counts what a service hears and parks, and stops its hearing."""

    def __init__(self, limits: Limits | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits or Limits()
        self._monotonic = monotonic
        self._counts: deque[_Count] = deque()
        self._heard = 0
        self._going = asyncio.Event()
        self._going.set()
        self.stopped_at: datetime | None = None

    @property
    def reached(self) -> bool:
        """Whether hearing is stopped."""
        return not self._going.is_set()

    def check(self, heard: int, parked: int, reason: str = "") -> None:
        """Raise TooManyParked if these, of the transaction that is about to be committed, would be too many. `reason`: of the last."""
        if not parked:
            return
        counts = [*self._recent(), _Count(0, heard, parked)]
        all_parked = sum(count.parked for count in counts)
        share = all_parked / max(1, sum(count.heard for count in counts))
        if all_parked > self._limits.most or (all_parked > self._limits.least and share > self._limits.share):
            raise TooManyParked(reason)

    def count(self, heard: int, parked: int) -> None:
        """Remember what was committed."""
        second = float(int(self._monotonic()))
        if not self._recent() or self._counts[-1].at != second:
            self._counts.append(_Count(second))
        self._heard += heard
        self._counts[-1].heard += heard
        self._counts[-1].parked += parked

    def stop(self, at: datetime) -> None:
        """Stop the hearing. `at` is the database's time, with which a person's word to go on is compared."""
        self.stopped_at = at
        self._going.clear()

    def resume(self) -> None:
        """Go on, and count anew."""
        self._counts.clear()
        self._heard = 0
        self.stopped_at = None
        self._going.set()

    async def passed(self, seconds: float) -> bool:
        """Wait until hearing goes on, at most so long; return whether it does."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._going.wait(), seconds)
        return not self.reached

    def _recent(self) -> deque[_Count]:
        oldest = self._monotonic() - self._limits.seconds
        while self._counts and self._counts[0].at < oldest and self._heard - self._counts[0].heard >= self._limits.enough:
            self._heard -= self._counts.popleft().heard
        return self._counts


async def stop_hearing(limit: ParkingLimit, pool: asyncpg.Pool, telemetry: Telemetry, name: str, reason: str) -> None:
    """Stop the hearing of the service `name`, and say so, with why the last event was to be parked."""
    at = await pool.fetchval(SQL.database_time)
    if not limit.reached:
        limit.stop(at)
        telemetry.count(PARKING_STOPPED)
    tell(log.critical, "runtime.parking_stopped", reason=reason, go_on=f"tsunagu parked resume {name}")
