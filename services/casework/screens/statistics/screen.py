"""Statistics of a ward for its people, and of the city for the coordinator: numbers, of which none tells of somebody."""

from typing import Annotated

from pydantic import Field

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import accesses, phrases, store
from services.casework.domain.calendar import born_from, fiscal_year, fiscal_year_of
from services.casework.domain.policy import Action
from services.casework.screens.statistics.rows import Statistics, statistics
from services.casework.screens.statistics.said import Choice, StatisticsSheet, tables_of
from services.casework.seeing import Asking, Face, Menu, Question, Screen
from services.casework.store import Acting

YEARS_BACK = 5
"""So many years before this one are offered."""


class StatisticsQuestion(Question):
    """
    Which year (April to March). No other spans of time: two that overlap would tell what lies between.

    Earlier and later years than are offered have no numbers.
    """

    year: Annotated[int | None, Field(ge=2000, le=2100)] = None


async def read(work: UnitOfWork, asking: Asking[StatisticsQuestion]) -> Statistics:
    """Read the numbers. Of the whole city, as the system: what may be shown of a ward depends on those of the others."""
    year = asking.question.year or fiscal_year_of(work.today)
    await store.act_as(work.db, Acting.SYSTEM)
    found = await statistics(work.db, year, fiscal_year(year), born_from(work.today), asking.staff.ward)
    await accesses.act_as(work, asking.staff)
    return found


def show(found: Statistics, asking: Asking[StatisticsQuestion]) -> StatisticsSheet:
    """Say it on a page."""
    ward, now = asking.staff.ward, fiscal_year_of(asking.today)
    label = _label(found.year)
    return StatisticsSheet(
        title=f"統計　{phrases.ward(ward) if ward else '全市'}",
        day=dates.era_date(asking.today),
        year_label=label,
        years=tuple(Choice(year, _label(year), year == found.year) for year in _years(now, found.year)),
        is_city=ward is None,
        tables=tables_of(found, ward, label),
    )


def _years(now: int, asked: int) -> list[int]:
    return sorted({*range(now - YEARS_BACK, now + 1), asked}, reverse=True)


def _label(year: int) -> str:
    return f"{dates.era_year(fiscal_year(year)[0])}度"


SCREENS = (
    Screen(
        name="statistics",
        address="/statistics",
        right=Action.SEE_STATISTICS,
        deed=deeds.STATISTICS_OPENED,
        read=read,
        page=Face(StatisticsQuestion, show),
        thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
        menu=Menu("統計", 3),
    ),
)
