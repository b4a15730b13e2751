"""The list of reviews that somebody may see, by household, in four views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pydantic import Field

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import CaseState
from infra.identity.staff import Staff
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.domain import wording
from services.casework.domain.calendar import in_scope
from services.casework.domain.household import by_household
from services.casework.domain.policy import Action
from services.casework.screens.reviews.rows import ListedChild, ListRow, listed_children, listed_reviews
from services.casework.screens.reviews.said import ListAnswer, ListSheet, TabLine, answer_line, line
from services.casework.seeing import Asking, Face, Menu, Question, Screen
from services.casework.sheets import Sheet

HOUSEHOLDS_ON_A_PAGE = 50
L = TypeVar("L", bound=ListRow)


class Tab(StrEnum):
    """The list's views. A review whose reasons are gone is no work that waits: it stands, and counts, apart."""

    NOT_STARTED = "not_started"
    INVESTIGATION = "investigation"
    REASONS_GONE = "reasons_gone"
    ALL = "all"


TAB_TITLES = {Tab.NOT_STARTED: "未着手", Tab.REASONS_GONE: "きっかけがなくなった", Tab.INVESTIGATION: "調査中", Tab.ALL: "すべて"}


class ListQuestion(Question):
    """Which view, and which page of it."""

    tab: Tab = Tab.NOT_STARTED
    page: int = Field(1, ge=1, le=10_000)


class ListQuestionOfProgram(ListQuestion):
    """The same, of everything if nothing else is said."""

    tab: Tab = Tab.ALL
    page: int = Field(1, ge=1)


@dataclass(frozen=True, slots=True)
class Listing:
    """The list as one person may see it. What it says of a child is decided on the facts of that one row."""

    tab: Tab
    counts: Mapping[Tab, int]
    households: tuple[tuple[ListedChild, ...], ...]
    page: int
    pages: int


async def read(work: UnitOfWork, asking: Asking[ListQuestion]) -> Listing:
    """Read the page of the list that is asked for, or the last one."""
    tab, page = asking.question.tab, asking.question.page
    rows = await _rows(work, asking.staff)
    in_tab = _in_order([row for row in rows if tab in tabs_of(row)])
    pages = max(1, -(-len(in_tab) // HOUSEHOLDS_ON_A_PAGE))
    page = min(page, pages)
    on_page = [row.person_id for household in in_tab[(page - 1) * HOUSEHOLDS_ON_A_PAGE : page * HOUSEHOLDS_ON_A_PAGE] for row in household]
    # Grouped anew: a measure may have come since the rows were counted, and a protected child stands apart.
    households = _in_order(await listed_children(work.db, on_page))
    return Listing(tab, {each: sum(each in tabs_of(row) for row in rows) for each in Tab}, households, page, pages)


async def count_not_started(work: UnitOfWork, staff: Staff) -> int:
    """Return how many reviews wait for somebody of `staff`'s ward, counted as the list does."""
    return sum(Tab.NOT_STARTED in tabs_of(row) for row in await _rows(work, staff))


def tabs_of(row: ListRow) -> tuple[Tab, ...]:
    """Return the views in which a review stands."""
    if row.is_gone:
        return Tab.REASONS_GONE, Tab.ALL
    if row.state is None or row.state is CaseState.NOTICED:
        return Tab.NOT_STARTED, Tab.ALL
    return (Tab.INVESTIGATION, Tab.ALL) if row.state is CaseState.INVESTIGATION else (Tab.ALL,)


async def _rows(work: UnitOfWork, staff: Staff) -> list[ListRow]:
    # Who has left the age scope is in no list and no count; the page stays open, for the case ends by a person's hand (S16).
    return [row for row in await listed_reviews(work.db, staff.ward) if in_scope(row.birth_date, work.today)]


def _in_order(rows: Sequence[L]) -> tuple[tuple[L, ...], ...]:
    waiting, gone = [row for row in rows if not row.is_gone], [row for row in rows if row.is_gone]
    return by_household(waiting) + by_household(gone)


def show(found: Listing, asking: Asking[ListQuestion]) -> ListSheet:
    """Say it on a page."""
    return ListSheet(
        title=phrases.list_title(asking.staff) if asking.staff.ward else "要確認　支援措置のあるこども（全区）",
        hint=wording.HINT_NOT_JUDGEMENT,
        tabs=tuple(TabLine(tab, TAB_TITLES[tab], found.counts[tab], tab is found.tab) for tab in Tab),
        households=tuple(tuple(line(row, asking.today) for row in household) for household in found.households),
        tab=found.tab,
        page=found.page,
        pages=found.pages,
        gone=found.counts[Tab.REASONS_GONE] if found.tab is Tab.NOT_STARTED else 0,
        gone_tab=Tab.REASONS_GONE,
        waiting=found.counts[Tab.NOT_STARTED],
    )


def answer(found: Listing, _asking: Asking[ListQuestion]) -> ListAnswer:
    """Open reviews of one's ward, by household. Sensitive items appear as numbers only."""
    households = tuple(tuple(map(answer_line, household)) for household in found.households)
    return ListAnswer(found.tab, found.counts, found.page, found.pages, households)


async def waiting(_work: UnitOfWork, _asking: Asking[ListQuestion], sheet: Sheet) -> int | None:
    """Return what the list itself says is waiting."""
    return sheet.waiting if isinstance(sheet, ListSheet) else None


SCREENS = (
    Screen(
        name="reviews",
        address="/reviews",
        right=Action.LIST_REVIEWS,
        deed=deeds.LIST_OPENED,
        beside=deeds.CHILD_LISTED,
        read=read,
        page=Face(ListQuestion, show),
        json=Face(ListQuestionOfProgram, answer),
        thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
        menu=Menu("要確認", 1),
        waiting=waiting,
    ),
)
