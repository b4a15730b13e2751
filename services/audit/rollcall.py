"""
Who is missing: every few seconds the numbers that came are held to those that producers told they gave.

What is missing may be on its way. An alarm is what stays away for minutes; so is a producer that tells nothing any more (audit.md §5).
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import asyncpg
import structlog

from infra.postgres import Database
from services.audit import producers, store
from services.audit.domain.absences import Absence, LaneOf, absences, watch_of
from services.audit.domain.sequences import LaneWatch, Numbers
from services.audit.domain.soundness.rolls import Roll
from services.audit.offline.attesting import Register

log = structlog.get_logger()

ALARM_SECONDS = 240.0
"""With a look every LOOK_SECONDS, an alarm within five minutes."""
LOOK_SECONDS = 15.0
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Alarms:
    """What has been missing for minutes: numbers, and the word of producers who sign."""

    numbers: tuple[Absence, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """Whether nothing is."""
        return not self.numbers and not self.silent


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Rollcall:
    """
    Calls the roll of the log behind `pool`, whose producers are those of `register`. `now` counts seconds.

    By a clock of its own, which nobody sets: that of a demonstration stands still, and leaps.
    """

    pool: Callable[[], asyncpg.Pool]
    register: Register
    now: Callable[[], float] = _now
    alarms: Alarms = Alarms()
    _watched: dict[LaneOf, LaneWatch] | None = None
    _next: int = 0
    _since: dict[tuple[str, int, int], float] = field(default_factory=dict)
    _heard: dict[str, tuple[Roll | None, float]] = field(default_factory=dict)

    def is_complete(self) -> bool:
        """Whether nothing has been missing for minutes."""
        return self.alarms.none

    async def look(self) -> None:
        """Look who is missing now."""
        async with self.pool().acquire() as db:
            # First what was told: what is missing of it then had time to come.
            told = {roll.producer: roll for roll in await producers.rolls(db)}
            await self._follow(db)
            explained = [each.explanation for each in await store.explained_gaps(db)]
        now = self.now()
        numbers = {roll.producer: lanes for roll in told.values() if (lanes := self._lanes_of(roll)) is not None}
        missing = self._overdue(list(absences(self._watched or {}, numbers, explained)), now)
        self._say(Alarms(missing, self._silent(told, now)))

    async def _follow(self, db: Database) -> None:
        """Note the numbers of the entries that came since the last look."""
        size = await store.log_size(db)
        if self._watched is None or size < self._next:
            self._watched = {key: watch_of(islands) for key, islands in (await producers.numbers_used(db)).items()}
            self._next = size
        while self._next < size:
            end = min(self._next + AT_ONCE, size)
            for producer, lane, number in await producers.numbers_between(db, self._next, end):
                self._watched.setdefault((producer, lane), LaneWatch()).see(number)
            self._next = end

    def _lanes_of(self, roll: Roll) -> Mapping[int, int] | None:
        return roll.lanes() if self.register.fault(roll, roll.leaf) is None else None

    def _overdue(self, missing: list[Absence], now: float) -> tuple[Absence, ...]:
        # By the first of them: the others of a range may come one by one.
        keys = {(each.producer, each.lane, each.numbers.first) for each in missing}
        self._since = {key: self._since.get(key, now) for key in keys}
        return tuple(each for each in missing if now - self._since[each.producer, each.lane, each.numbers.first] >= ALARM_SECONDS)

    def _silent(self, told: Mapping[str, Roll], now: float) -> tuple[str, ...]:
        for producer in self.register.producers:
            roll = told.get(producer)
            known, _ = self._heard.get(producer, (None, 0.0))
            if producer not in self._heard or roll != known:
                self._heard[producer] = roll, now
        return tuple(sorted(producer for producer, (_, at) in self._heard.items() if now - at >= ALARM_SECONDS))

    def _say(self, found: Alarms) -> None:
        for each in set(found.numbers) - set(self.alarms.numbers):
            log.error("audit.numbers_missing", producer=each.producer, lane=each.lane, first=each.numbers.first, last=each.numbers.last)
        for producer in set(found.silent) - set(self.alarms.silent):
            log.error("audit.producer_silent", producer=producer)
        if self.alarms != found and found.none:
            log.info("audit.nobody_missing")
        self.alarms = found


__all__ = ["ALARM_SECONDS", "LOOK_SECONDS", "Alarms", "Numbers", "Rollcall"]
