"""
The weekly report (REP-01): of which seven days, when one is due, and as what it is kept.

A report is made once, of what was known then, and never again: what was corrected later stands in later ones. So it can be shown next year
as it was read this week.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

WEEK = timedelta(days=7)
AFTER_THE_NIGHT = timedelta(hours=8)
"""A week's report is made on Monday at eight: what the sources of Sunday deliver, arrives in the night after it."""
MOST_AT_ONCE = 8
"""So many weeks are made up for after a stop: what stands now says little of weeks longer ago."""


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of a place: a ward's code, `apart`, or "" for the whole city. None is left out, because it is small."""

    place: str
    numbers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers by place: `columns` are what they are called. Titles are kept, too: a report reads as it read."""

    key: str
    title: str
    hint: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The report of the week that begins on `first_day`, as it was made; `late` are sentences about feeds that did not come."""

    first_day: date
    made_at: datetime
    tables: tuple[Table, ...]
    late: tuple[str, ...] = ()

    @property
    def last_day(self) -> date:
        """Return its Sunday."""
        return sunday_of(self.first_day)


def monday_of(day: date) -> date:
    """Return the Monday of the week in which `day` lies."""
    return day - timedelta(days=day.weekday())


def sunday_of(monday: date) -> date:
    """Return the last day of a week."""
    return monday + WEEK - timedelta(days=1)


def day_of_making(now: datetime, zone: tzinfo) -> date:
    """Return the day that counts for what is due: the one before, until the night's deliveries are there."""
    return (now.astimezone(zone) - AFTER_THE_NIGHT).date()


def weeks_due(latest: date | None, today: date) -> tuple[date, ...]:
    """
    Return the Mondays of the weeks that are over and have no report, the earliest first.

    `latest` is that of the newest report; without one it is the last week alone: of earlier ones nobody asked for a report.
    """
    last = monday_of(today) - WEEK
    if latest is None:
        return (last,)
    missing = (last - latest) // WEEK
    return tuple(last - number * WEEK for number in range(min(missing, MOST_AT_ONCE) - 1, -1, -1))


def as_kept(tables: tuple[Table, ...], late: tuple[str, ...]) -> str:
    """Write a report's content as it is kept."""
    return json.dumps({"tables": [asdict(table) for table in tables], "late": late}, ensure_ascii=False)


def from_kept(first_day: date, made_at: datetime, content: str) -> Report:
    """Read a report as it was kept."""
    kept: dict[str, Any] = json.loads(content)
    tables = tuple(
        Table(
            key=each["key"],
            title=each["title"],
            hint=each["hint"],
            columns=tuple(each["columns"]),
            rows=tuple(Row(row["place"], tuple(row["numbers"])) for row in each["rows"]),
        )
        for each in kept["tables"]
    )
    return Report(first_day, made_at, tables, tuple(kept["late"]))
