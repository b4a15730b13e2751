"""The weekly report for whoever answers for the programme: a week on a page, and the same as a PDF and as a table to work with (REP-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import asyncpg

from contracts.deeds import programme as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import Ward
from contracts.words import CONTACT, LEADING, WARDS
from infra.looking import Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import accesses
from services.casework.domain.policy import Action
from services.casework.domain.weekly import Report, Row, from_kept, monday_of, sunday_of
from services.casework.screens.programme.tabs import UNDER, Tab, tabs_of
from services.casework.screens.programme.weekly.making import make_what_is_due, report_row, weeks
from services.casework.screens.programme.weekly.writing import as_csv
from services.casework.screens.statistics.rows import APART
from services.casework.screens.statistics.said import HIDDEN
from services.casework.seeing import Asking, Face, Handed, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

WEEKS_SHOWN = 106
"""Two years of reports stand in the list; those before are found by their address."""
NO_SUCH_WEEK = Refused("no_such_week")


class WeekQuestion(Question):
    """A day of the week that is asked for; without one the newest report."""

    week: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The report of the week that was asked for, if it has one, and which weeks have."""

    report: Report | None
    weeks: Sequence[asyncpg.Record]
    is_other: bool = False
    """Another week was asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table as it is read."""

    label: str
    cells: tuple[str, ...]
    is_sum: bool


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table as it is read."""

    key: str
    title: str
    hint: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A week that may be chosen."""

    day: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WeeklySheet(Sheet):
    """The report: numbers only, of nobody."""

    title: Annotated[str, PLAIN]
    number: Annotated[str, PLAIN]
    week: Annotated[str, PLAIN]
    span: Annotated[str, PLAIN]
    made: Annotated[str, PLAIN]
    late: Annotated[tuple[str, ...], PLAIN]
    tables: Annotated[tuple[TableShown, ...], Says("figures")]
    weeks: Annotated[tuple[Week, ...], PLAIN]
    is_other: Annotated[bool, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]
    owner: Annotated[str, PLAIN] = f"{LEADING}{f'（{CONTACT}）' if CONTACT else ''}"

    def file_name(self) -> str:
        """Return its number."""
        return f"{self.number}.pdf"


@dataclass(frozen=True, slots=True)
class WeeklyFile(Sheet):
    """The report as a file."""

    number: Annotated[str, PLAIN]
    body: Annotated[bytes, Says("figures")]
    media_type: Annotated[str, PLAIN] = "text/csv; charset=utf-8"

    def file_name(self) -> str:
        """Return its number."""
        return f"{self.number}.csv"


async def read(work: UnitOfWork, asking: Asking[WeekQuestion]) -> Found:
    """Read the report of the week that was asked for. What is due and was not made yet, is made now."""
    await make_what_is_due(work)
    await accesses.act_as(work, asking.staff)
    asked = asking.question.week
    row = await report_row(work.db, monday_of(asked) if asked else None)
    return Found(_report(row), await weeks(work.db, WEEKS_SHOWN))


async def read_or_newest(work: UnitOfWork, asking: Asking[WeekQuestion]) -> Found:
    """Read the report of the week that was asked for, or, where it has none, the newest."""
    found = await read(work, asking)
    if found.report is not None:
        return found
    return Found(_report(await report_row(work.db, None)), found.weeks, is_other=True)


def _report(row: asyncpg.Record | None) -> Report | None:
    return from_kept(row["first_day"], row["made_at"], row["content"]) if row else None


def show(found: Found, asking: Asking[Any]) -> WeeklySheet:
    """Say it on a page, or on paper."""
    report = found.report
    assert report is not None  # noqa: S101 -- one is always made; without it the screen refuses
    return WeeklySheet(
        title=f"週次報告　{WARDS[asking.staff.ward]}" if asking.staff.ward else "週次報告",
        number=number_of(report),
        week=report.first_day.isoformat(),
        span=_span(report.first_day),
        made=dates.moment(report.made_at),
        late=report.late,
        tables=tables_of(report, asking.staff.ward),
        weeks=tuple(
            Week(row["first_day"].isoformat(), _span(row["first_day"]), row["first_day"] == report.first_day) for row in found.weeks
        ),
        is_other=found.is_other,
        tabs=tabs_of(asking.staff),
    )


def give(found: Found, asking: Asking[Any]) -> WeeklyFile:
    """Write the table."""
    sheet = show(found, asking)
    head = (
        sheet.title,
        f"対象の週：{sheet.span}",
        f"作成：{sheet.made}",
        *sheet.late,
        f"{HIDDEN}：1から9までの数など。0ではない",
        sheet.owner,
    )
    rows = [
        (each.title, line.label, *pair)
        for each in sheet.tables
        for line in each.lines
        for pair in zip(each.columns, line.cells, strict=True)
    ]
    return WeeklyFile(sheet.number, as_csv(head, rows))


def number_of(report: Report) -> str:
    """Return how a report is called, on paper and as a file."""
    return f"W-{report.first_day.isoformat()}"


def tables_of(report: Report, ward: Ward | None) -> tuple[TableShown, ...]:
    """Return the tables of a report; of a ward its own row alone: who knows the own ward's children could take them off the city's sum."""
    return tuple(
        TableShown(
            each.key, each.title, each.hint, each.columns, tuple(_line(row) for row in each.rows if ward is None or row.place == ward)
        )
        for each in report.tables
    )


def _line(row: Row) -> Line:
    numbers = tuple(HIDDEN if number is None else f"{number:,}" for number in row.numbers)
    return Line(_place(row.place), numbers, is_sum=not row.place)


def _place(place: str) -> str:
    if place == APART:
        return "区を示さないもの"
    # A city may give up a ward, and its reports stay.
    return WARDS.get(Ward(place), place) if place in set(Ward) else place or "全市"


def _span(first_day: date) -> str:
    return f"{dates.era_date(first_day)}（月）から{dates.month_day(sunday_of(first_day))}（日）"


def _no_such_week(found: Found) -> Refused | None:
    return NO_SUCH_WEEK if found.report is None else None


def _given(name: str, address: str, deed: Deed, show_it: Any, handed: Handed, folder: str) -> Screen[Found]:
    return Screen(
        name=name,
        folder=folder,
        address=address,
        right=Action.READ_WEEKLY_REPORT,
        deed=deed,
        read=read,
        page=Face(WeekQuestion, show_it),
        thing=lambda staff: Thing(kind=ThingKind.WEEKLY_REPORT, id=None, ward=staff.ward),
        under=UNDER,
        handed=handed,
        refuses=_no_such_week,
    )


SCREENS = (
    Screen(
        name="weekly_report",
        folder="programme/weekly",
        address="/weekly",
        right=Action.READ_WEEKLY_REPORT,
        deed=deeds.WEEKLY_REPORT_OPENED,
        read=read_or_newest,
        page=Face(WeekQuestion, show),
        thing=lambda staff: Thing(kind=ThingKind.WEEKLY_REPORT, id=None, ward=staff.ward),
        under=UNDER,
    ),
    _given("weekly_paper", "/weekly/paper", deeds.WEEKLY_REPORT_PRINTED, show, Handed.PAPER, "programme/weekly_paper"),
    _given("weekly_file", "/weekly/file", deeds.WEEKLY_REPORT_TAKEN, give, Handed.FILE, "programme/weekly"),
)
