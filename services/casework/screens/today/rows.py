"""What the first page reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import asyncpg

from contracts.ids import PersonId
from contracts.values import CaseState, Section
from infra.postgres import Database
from infra.sql import queries
from services.casework.disputing import News
from services.casework.domain import cycle
from services.casework.domain.feeds import Feed
from services.casework.emergencies import Told
from services.casework.screens.programme.issues.store import Waiting as Issues
from services.casework.screens.reviews.rows import Scope, Tab, feeds

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child in a view: where its case stands, what was done last, what was asked for, and who sent it back."""

    person_id: PersonId
    protected: bool
    birth_date: date | None
    opened_on: date
    name: str | None
    state: CaseState | None
    due_on: date | None
    asks: str | None
    unanswered: tuple[Section, ...]
    lead_section: Section | None
    person_in_charge: str | None
    last_move: str | None
    last_by: str | None
    last_at: datetime | None
    asked_move: str | None
    asked_by: str | None
    back_by: str | None


@dataclass(frozen=True, slots=True)
class Today:
    """The views with their first children, how many each has, and the feeds. `since` is when the person was last here before today."""

    counts: Mapping[Tab, int]
    views: Mapping[Tab, tuple[Waiting, ...]]
    since: datetime | None
    feeds: tuple[Feed, ...]
    emergencies: Told = field(default_factory=Told)
    answers: tuple[News, ...] = ()
    """What owners answered of records that staff called wrong, as far as nobody has taken note of it; `answered` is how many there are."""
    answered: int = 0
    exports: tuple[int, int] = (0, 0)
    """Lists that leave: how many wait for a decision, and how many own ones were not deleted in time."""
    programme: cycle.Told = field(default_factory=cycle.Told)
    """Steps of the programme that are late or due soon."""
    issues: Issues = field(default_factory=Issues)
    """How many issues of the programme wait, for whoever runs it."""
    samples: tuple[int, int] = (0, 0)
    """Quiet requests that were drawn: how many wait to be judged, and how many of these too long."""


async def today(db: Database, scope: Scope, lines: int) -> Today:
    """Return what waits, with so many `lines` of each view."""
    rows = await db.fetch(SQL.today, *scope.asked, lines)
    views: dict[Tab, list[Waiting]] = {}
    for row in rows:
        if row["person_id"] is not None:
            views.setdefault(Tab(row["view"]), []).append(_waiting(row))
    counts = {each: rows[0][each.value] for each in Tab}
    return Today(counts, {view: tuple(lines) for view, lines in views.items()}, scope.since, await feeds(db))


def _waiting(row: asyncpg.Record) -> Waiting:
    return Waiting(
        person_id=PersonId(row["person_id"]),
        protected=row["protected"],
        birth_date=row["birth_date"],
        opened_on=row["opened_on"],
        name=row["name"],
        state=CaseState(row["state"]) if row["state"] else None,
        due_on=row["due_on"],
        asks=row["asks"],
        unanswered=tuple(map(Section, row["unanswered"] or ())),
        lead_section=Section(row["lead_section"]) if row["lead_section"] else None,
        person_in_charge=row["person_in_charge"],
        last_move=row["last_move"],
        last_by=row["last_by"],
        last_at=row["last_at"],
        asked_move=row["asked_move"],
        asked_by=row["asked_by"],
        back_by=row["back_by"],
    )
