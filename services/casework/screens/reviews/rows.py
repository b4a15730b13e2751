"""What the list reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

import asyncpg

from contracts.feeds import FeedStanding
from contracts.ids import HouseholdId, PersonId, StaffId
from contracts.values import CaseState, Section, Source, Ward
from infra.clock import JST
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain import assigning, flow
from services.casework.domain.feeds import Feed
from services.casework.domain.filtering import Narrowed
from services.casework.domain.handover import HandoverStatus
from services.casework.domain.review import Reason, reason_from

SQL = queries(__file__)


class Tab(StrEnum):
    """
    The list's views. A review whose reasons are gone is no work that waits: it stands, and counts, apart.

    By stage; what waits for a second person's approval stands there and at its stage; so does a case that is offered to another ward, or
    was sent back. What another ward offers stands under `receiving` alone: it is none of this ward's yet. The others are what the first
    page tells somebody of: by day, by what waits for whoever asks, and by what is new to them.
    """

    NOT_STARTED = "not_started"
    INVESTIGATION = "investigation"
    CONFERENCE = "conference"
    GOING_ON = "going_on"
    DEFERRED = "deferred"
    APPROVAL = "approval"
    RECEIVING = "receiving"
    RETURNED = "returned"
    OFFERED = "offered"
    MOVED_OUT = "moved_out"
    REASONS_GONE = "reasons_gone"
    ALL = "all"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    DUE_SOON = "due_soon"
    CONFERENCES = "conferences"
    MY_ANSWERS = "my_answers"
    MY_APPROVALS = "my_approvals"
    MY_REQUESTS = "my_requests"
    SENT_BACK = "sent_back"
    CHANGED = "changed"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of the list begins, or ends: at the household of a child, as its review stood there."""

    person_id: PersonId
    version: int
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Which reviews are looked at: those of one ward, or all that may be seen, of children born no earlier than a day.

    And for whom: `soon` is the last of the opening days that are near, `approves` whether that person decides what others ask for, `since`
    when they were last here on a day before today. `narrowed` is what is left of it.
    """

    ward: Ward | None
    born_from: date
    today: date
    soon: date
    staff_id: StaffId
    section: Section
    approves: bool
    since: datetime | None
    narrowed: Narrowed = field(default_factory=Narrowed)

    @property
    def asked(self) -> tuple[Any, ...]:
        """Return it as the statements ask for it."""
        who = (self.ward, self.born_from, self.today, self.soon, self.staff_id, self.section, self.approves, self.since)
        return (*who, *astuple(self.narrowed))


@dataclass(frozen=True, slots=True)
class ListedChild:
    """A child on the page of the list that is shown, with all that the list says of it."""

    person_id: PersonId
    version: int
    household_id: HouseholdId | None
    protected: bool
    state: CaseState | None
    birth_date: date | None
    opened_on: date
    needed: bool
    basis_changed: bool
    due_on: date | None
    asks: bool
    handover: HandoverStatus | None
    receiving: bool
    """Whether it is another ward's, and this one is to accept it until `due_on`."""
    name: str | None
    kana: str | None
    household_no: str | None
    overdue_since: date | None
    reasons: tuple[Reason, ...]
    """Those that stand."""
    owner: str | None
    """Who of the ward works with it."""
    seen: str
    """The version of what the list shows of it (`domain/assigning.py`)."""

    @property
    def is_gone(self) -> bool:
        """Whether all reasons are gone before anybody began."""
        return flow.is_gone(self.state, needed=self.needed)


@dataclass(frozen=True, slots=True)
class Listing:
    """
    The list as one person may see it. What it says of a child is decided on the facts of that one row.

    `skipped` households of `total` stand before the page. `begun_anew` is whether the mark it was asked for is no place any more.
    """

    tab: Tab
    counts: Mapping[Tab, int]
    households: tuple[tuple[ListedChild, ...], ...]
    skipped: int = 0
    total: int = 0
    begun_anew: bool = False
    feeds: tuple[Feed, ...] = ()

    @property
    def before(self) -> Mark | None:
        """Where the page before this one ends."""
        return _mark(self.households[0], is_end=True) if self.skipped else None

    @property
    def after(self) -> Mark | None:
        """Where the next page begins."""
        return _mark(self.households[-1]) if self.skipped + len(self.households) < self.total else None


async def page_of_list(db: Database, scope: Scope, tab: Tab, mark: Mark | None, households: int) -> Listing:
    """Return a page of so many `households` of a tab: after a mark, or the last before it."""
    place = (mark.person_id, mark.version, mark.is_end) if mark else (None, None, False)
    rows = await db.fetch(SQL.page_of_list, *scope.asked, tab, *place, households)
    told = rows[0]
    return Listing(
        tab=tab,
        counts={each: told[each.value] for each in Tab},
        households=_by_household([row for row in rows if row["person_id"] is not None]),
        skipped=told["skipped"] or 0,
        total=told["houses"],
        begun_anew=told["begun_anew"],
        feeds=await feeds(db),
    )


async def feeds(db: Database) -> tuple[Feed, ...]:
    """Return how far the sources have come that anything is known of."""
    return tuple(
        Feed(Source(row["source"]), row["complete_through"], FeedStanding(row["standing"] or FeedStanding.OPEN), row["since"])
        for row in await db.fetch(SQL.feeds)
    )


async def count_waiting(db: Database, ward: Ward | None, born: date) -> int:
    """Return how many reviews wait for somebody to begin."""
    count: int = await db.fetchval(SQL.count_waiting, ward, born)
    return count


async def last_here(db: Database, staff_id: StaffId, today: date) -> datetime | None:
    """Return when somebody was last here on a day before `today`."""
    at: datetime | None = await db.fetchval(SQL.last_here, staff_id, datetime.combine(today, time(), JST))
    return at


def _by_household(rows: Sequence[asyncpg.Record]) -> tuple[tuple[ListedChild, ...], ...]:
    return tuple(tuple(map(_child, household)) for _, household in groupby(rows, itemgetter("place")))


def _mark(household: Sequence[ListedChild], *, is_end: bool = False) -> Mark:
    return Mark(household[0].person_id, household[0].version, is_end)


def _child(row: asyncpg.Record) -> ListedChild:
    return ListedChild(
        person_id=PersonId(row["person_id"]),
        version=row["version"],
        household_id=row["household_id"],
        protected=row["protected"],
        state=CaseState(row["state"]) if row["state"] else None,
        birth_date=row["birth_date"],
        opened_on=row["opened_on"],
        needed=row["needed"],
        basis_changed=row["basis_changed"],
        due_on=row["due_on"],
        asks=row["asks"],
        handover=HandoverStatus(row["handover"]) if row["handover"] else None,
        receiving=row["is_receiving"] is True,
        name=row["name"],
        kana=row["kana"],
        household_no=row["household_no"],
        overdue_since=row["overdue_since"],
        reasons=tuple(map(reason_from, json.loads(row["indicators"]))),
        owner=row["owner"] if not row["is_receiving"] else None,
        seen=assigning.version_of(row["version"], row["case_version"] or 0, row["assigned_version"]),
    )
