"""What came on which day, by source."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.feeds import NOWHERE
from contracts.values import Source
from infra.clock import JST
from infra.postgres import Database
from infra.service import Service
from infra.sql import queries
from services.ingest.domain.ledger import Outcome

SQL = queries(__file__, "days.sql")
FOLD_SECONDS = 3600.0


class Days:
    """Keeps the tally of days small: several connections count, and what they counted is put together when the day is over."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def fold(self) -> None:
        """Put together what was counted before today."""
        today = self._service.clock.now().astimezone(JST).date()
        await self._service.pool.execute(SQL.fold_days, today)


@dataclass(frozen=True, slots=True)
class DayOf:
    """One day of a feed: what came first on it, what of that is refused or parked, and up to which day its source was complete by then."""

    day: date
    events: int
    refused: int
    parked: int
    complete_through: date | None

    @property
    def error_rate(self) -> float | None:
        """The share that is refused or parked, in percent; None where nothing came."""
        return 100 * (self.refused + self.parked) / self.events if self.events else None

    @property
    def days_behind(self) -> int | None:
        """How many days its source was behind; None where it has said nothing yet."""
        return (self.day - self.complete_through).days if self.complete_through is not None else None


@dataclass(frozen=True, slots=True)
class Volume:
    """What came of a source in some days, how many of that failed, and what of all days is refused and parked by now."""

    events: int = 0
    failed: int = 0
    refused: int = 0
    parked: int = 0

    @property
    def error_rate(self) -> float | None:
        """The share that failed, in percent; None where nothing came."""
        return 100 * self.failed / self.events if self.events else None


async def trend(db: Database, source: Source, last: date, days: int) -> list[DayOf]:
    """The `days` days of a feed up to the last one."""
    rows = await db.fetch(SQL.trend, source.value, last - timedelta(days=days - 1), last, NOWHERE)
    return [DayOf(row["day"], row["events"], row["refused"], row["parked"], row["complete_through"]) for row in rows]


async def volumes(db: Database, sources: Collection[Source], last: date, days: int) -> dict[Source, Volume]:
    """What came of each source in the `days` days up to the last one; of which nothing ever came, nothing."""
    rows = await db.fetch(SQL.volumes, sorted(sources), last - timedelta(days=days - 1), last)
    return {Source(row["source"]): Volume(row["events"], row["failed"], row["refused"], row["parked"]) for row in rows}


async def untaken(db: Database, sources: Collection[Source], first: date | None, last: date | None) -> dict[tuple[Source, Outcome], int]:
    """How many events that came first on these days are refused and parked, by source: from the tallies, whatever the ledger's size."""
    rows = await db.fetch(SQL.untaken, sorted(sources), first, last)
    return {(Source(row["source"]), Outcome(row["outcome"])): row["events"] for row in rows}
