"""Rules against misuse at work: on the past, to try one, and by the clock, which catches up with whatever came since (audit.md §5)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from holidays import country_holidays

from contracts.deeds import audit as deeds
from contracts.deeds import casework, ingest, scorer
from infra.postgres import Database
from infra.service import Service
from infra.sql import queries
from services.audit import findings, store
from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import DAY, JST, DayOf, Look, Period
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.rules import RULES
from services.audit.domain.misuse.thresholds import Thresholds

SQL = queries(__file__, "misuse.sql")

FIRST_LOOK = timedelta(days=31)
"""So far back a rule looks that never ran here. Further back it is tried by hand."""
STEP = timedelta(days=31)
"""So much is read at once."""
AHEAD = timedelta(minutes=15)
"""So far a producer's clock may be ahead (`PRODUCER_TOLERANCE`)."""
SHORT_SECONDS, REST = 1.0, 20
"""
A rule that took longer than so many seconds rests for so many times what it took: it keeps the database busy for a twentieth of the time
at most.
"""
REASONS = r"(^|\.)(protected_person|emergency|same_surname|same_address|colleague|own_family)(\.|$)"
TAKEN_AWAY = [
    each.code
    for each in (
        casework.CHILD_PRINTED,
        casework.SENSITIVE_PRINTED,
        casework.FILE_OPENED,
        casework.LIST_EXPORT_TAKEN,
        scorer.LIST_EXPORTED,
        scorer.MASKED_PROVIDED,
        ingest.RESEND_LIST_TAKEN,
        deeds.EXTRACTED,
        deeds.EXTRACT_TAKEN,
    )
]
"""What is printed, exported or extracted."""
_WEEK_END, _YEAR_END = 5, {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}
"""福岡市の休日を定める条例."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty on which days, a day each; the night that follows belongs to it."""

    staff: Sequence[UUID] = ()
    days: Sequence[date] = ()


OnDuty: TypeAlias = Callable[[date, date], Awaitable[Duty]]
"""Tells who is on duty from one day in Japan to another, both included."""


async def nobody_on_duty(_first: date, _last: date) -> Duty:
    """Tell that no list says of anybody that they are on duty."""
    return Duty()


async def hits_of(db: Database, rule: Rule, period: Period, thresholds: Thresholds, on_duty: OnDuty = nobody_on_duty) -> list[Hit]:
    """What a rule finds in a period. Nothing is written."""
    since = period.since - rule.before(thresholds)
    rows = await _READINGS[rule.reading](db, since, period.until, thresholds, on_duty)
    return list(rule.judge(rows, period, thresholds))


@dataclass(slots=True)
class Watch:
    """Runs the rules by the clock of `service`. `now` counts seconds, by a clock that nobody sets."""

    service: Service
    thresholds: Thresholds
    on_duty: OnDuty = nobody_on_duty
    now: Callable[[], float] = monotonic
    _rests: dict[str, float] = field(default_factory=dict)

    async def look(self) -> None:
        """
        Look at what came since each rule looked last: also what came late, out of order, or while nobody looked.

        A rule that fails keeps none from looking; raises what the first one failed with, when all have looked.
        """
        async with self.service.pool.acquire() as db:
            size = await store.log_size(db)
            done = {row["rule"]: (row["size"], row["at"]) for row in await db.fetch(SQL.progress)}
        failed: list[Exception] = []
        for rule in RULES:
            began = self.now()
            if rule.code in self.thresholds.off or began < self._rests.get(rule.code, began):
                continue
            try:
                await self._catch_up(rule, size, *done.get(rule.code, (None, None)))
            except Exception as error:  # noqa: BLE001 -- the others look all the same; it is told below
                failed.append(error)
            took = self.now() - began
            if took > SHORT_SECONDS:
                self._rests[rule.code] = began + took * (1 + REST)
        if failed:
            raise failed[0]

    async def _catch_up(self, rule: Rule, size: int, before: int | None, at: datetime | None) -> None:
        now = self.service.clock.now()
        async with self.service.pool.acquire() as db:
            since = await _since(db, rule, self.thresholds, size, before, at, now)
        while since is not None and since < now + AHEAD:
            until = min(since + STEP, now + AHEAD)
            async with self.service.work() as work:
                found = await hits_of(work.db, rule, Period(since, until, now), self.thresholds, self.on_duty)
                await findings.raise_all(work, found)
            since = until
        if size != before or since is not None:
            async with self.service.work() as work:
                await work.db.execute(SQL.keep_progress, rule.code, size, now)


async def _since(
    db: Database, rule: Rule, thresholds: Thresholds, size: int, before: int | None, at: datetime | None, now: datetime
) -> datetime | None:
    """From when on a rule must look; None where nothing came, and nothing has settled since."""
    if before is None or at is None or size < before:
        # Never, or a log that was restored: what is found again is no second finding.
        return day_of(now - FIRST_LOOK)
    news: datetime | None = await db.fetchval(SQL.oldest_news, before, size)
    settled = at - rule.settles(thresholds) if rule.settles(thresholds) else None
    starts = [each for each in (news, settled) if each is not None]
    # Whole days, for that is what rules speak of; and the evening before, to which a night belongs.
    return day_of(min(starts)) - DAY if starts else None


def day_of(at: datetime) -> datetime:
    """When a day in Japan begins."""
    return datetime.combine(at.astimezone(JST).date(), time(), JST).astimezone(UTC)


def days_off(since: datetime, until: datetime) -> list[date]:
    """Week-ends, national holidays and the turn of the year."""
    first, last = since.astimezone(JST).date(), until.astimezone(JST).date()
    known = country_holidays("JP", years=range(first.year, last.year + 1), expand=False)
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in every if day.weekday() >= _WEEK_END or day in known or (day.month, day.day) in _YEAR_END]


async def _unrelated(db: Database, since: datetime, until: datetime, thresholds: Thresholds, _on_duty: OnDuty) -> list[Look]:
    return _looks(await db.fetch(SQL.unrelated, since, until, timedelta(hours=thresholds.relation_hours)))


async def _browsing(db: Database, since: datetime, until: datetime, _thresholds: Thresholds, _on_duty: OnDuty) -> list[DayOf]:
    return [DayOf(**(dict(row) | {"seen": row["seen"] or ()})) for row in await db.fetch(SQL.browsing, since, until)]


async def _odd_hours(db: Database, since: datetime, until: datetime, thresholds: Thresholds, on_duty: OnDuty) -> list[Look]:
    hours = (thresholds.day_begins, thresholds.day_ends)
    # The evening before the first day is whose night that day's small hours are.
    duty = await on_duty(since.astimezone(JST).date() - DAY, until.astimezone(JST).date())
    return _looks(await db.fetch(SQL.odd_hours, since, until, days_off(since, until), *hours, list(duty.staff), list(duty.days)))


async def _marked(db: Database, since: datetime, until: datetime, _thresholds: Thresholds, _on_duty: OnDuty) -> list[Look]:
    return _looks(await db.fetch(SQL.marked, since, until, REASONS))


async def _denied_then(db: Database, since: datetime, until: datetime, thresholds: Thresholds, _on_duty: OnDuty) -> list[Look]:
    return _looks(await db.fetch(SQL.denied_then, since, until, timedelta(hours=thresholds.denied_then_hours)))


async def _returns(db: Database, since: datetime, until: datetime, thresholds: Thresholds, _on_duty: OnDuty) -> list[Look]:
    return _looks(await db.fetch(SQL.returns, since, until, timedelta(days=thresholds.dormant_days)))


async def _taken_away(db: Database, since: datetime, until: datetime, _thresholds: Thresholds, _on_duty: OnDuty) -> list[Look]:
    return _looks(await db.fetch(SQL.taken_away, since, until, TAKEN_AWAY))


def _looks(rows: Sequence[asyncpg.Record]) -> list[Look]:
    return [Look(**dict(row)) for row in rows]


_READINGS: Mapping[Reading, Callable[..., Any]] = {
    Reading.UNRELATED: _unrelated,
    Reading.BROWSING: _browsing,
    Reading.ODD_HOURS: _odd_hours,
    Reading.MARKED: _marked,
    Reading.DENIED_THEN: _denied_then,
    Reading.RETURNS: _returns,
    Reading.TAKEN_AWAY: _taken_away,
}
