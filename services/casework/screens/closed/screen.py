"""The list of closed cases, by school year, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

import asyncpg
from pydantic import Field

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from contracts.values import Section
from contracts.words import SECTIONS
from infra.pages import dates
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.domain.calendar import born_from, fiscal_year, fiscal_year_of
from services.casework.domain.case import OUTCOME_TITLES, Outcome
from services.casework.domain.policy import Action
from services.casework.screens.closed.said import Choice, ClosedSheet, Line
from services.casework.seeing import Asking, Face, Question, Screen

SQL = queries(__file__)
LINES_ON_A_PAGE = 50
YEARS_BACK = 5
"""So many years before this one are offered."""


class ClosedQuestion(Question):
    """Which year (April to March), and after which line the page begins."""

    year: Annotated[int | None, Field(ge=2000, le=2100)] = None
    after: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")] = ""
    """The day and the id of a review, e.g. 2026-11-02.5b0e…: ids and numbers alone may stand in an address."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed review, with how it ended."""

    review_id: UUID
    person_id: PersonId
    protected: bool
    name: str | None
    birth_date: date | None
    opened_on: date
    closed_on: date
    outcome: Outcome
    lead_section: Section | None
    is_open_again: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the closed ones: `before` stand before it, of `total` in the year."""

    year: int
    total: int
    before: int
    lines: tuple[Closed, ...]


async def read(work: UnitOfWork, asking: Asking[ClosedQuestion]) -> Found:
    """Read the page that is asked for."""
    year = asking.question.year or fiscal_year_of(work.today)
    first, end = fiscal_year(year)
    day, _, review_id = asking.question.after.partition(".")
    mark = (_day(day), UUID(review_id)) if review_id else (None, None)
    rows = await work.db.fetch(SQL.closed, asking.staff.ward, born_from(work.today), first, end, *mark, LINES_ON_A_PAGE)
    return Found(year, rows[0]["total"], rows[0]["before"] or 0, tuple(map(_closed, _with_a_review(rows))))


def _day(text: str) -> date:
    # What looks like a day and is none begins at the beginning.
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.max


def _with_a_review(rows: Sequence[asyncpg.Record]) -> Sequence[asyncpg.Record]:
    return [row for row in rows if row["review_id"] is not None]


def _closed(row: asyncpg.Record) -> Closed:
    return Closed(
        review_id=row["review_id"],
        person_id=PersonId(row["person_id"]),
        protected=row["protected"],
        name=row["name"],
        birth_date=row["birth_date"],
        opened_on=row["opened_on"],
        closed_on=row["closed_on"],
        outcome=Outcome(row["outcome"]),
        lead_section=Section(row["lead_section"]) if row["lead_section"] else None,
        is_open_again=row["is_open_again"],
    )


def show(found: Found, asking: Asking[ClosedQuestion]) -> ClosedSheet:
    """Say it on a page."""
    shown = found.before + len(found.lines)
    last = found.lines[-1] if found.lines else None
    now = fiscal_year_of(asking.today)
    return ClosedSheet(
        title=f"終結　{phrases.ward(asking.staff.ward)}" if asking.staff.ward else "終結　支援措置のあるこども（全区）",
        year=found.year,
        years=tuple(Choice(year, f"{dates.era_year(date(year, 4, 1))}度", year == found.year) for year in _years(now, found.year)),
        lines=tuple(_line(each, asking.today) for each in found.lines),
        total=found.total,
        first=found.before + 1,
        last=shown,
        after=f"{last.closed_on}.{last.review_id}" if last and shown < found.total else "",
    )


def _years(now: int, asked: int) -> list[int]:
    return sorted({*range(now - YEARS_BACK, now + 1), asked}, reverse=True)


def _line(row: Closed, today: date) -> Line:
    return Line(
        person_id=row.person_id,
        protected=row.protected,
        name=row.name or phrases.NAME_UNKNOWN,
        age=dates.age(row.birth_date, today) if row.birth_date else "",
        closed=dates.month_day(row.closed_on),
        outcome=OUTCOME_TITLES[row.outcome],
        opened=dates.era_date(row.opened_on),
        section=SECTIONS[row.lead_section] if row.lead_section else "",
        is_open_again=row.is_open_again,
    )


SCREENS = (
    Screen(
        name="closed",
        address="/closed",
        right=Action.LIST_REVIEWS,
        deed=deeds.CLOSED_LIST_OPENED,
        beside=deeds.CLOSED_CHILD_LISTED,
        read=read,
        page=Face(ClosedQuestion, show),
        thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
        under="reviews",
    ),
)
