"""What the list reads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

import asyncpg

from contracts.ids import HouseholdId, PersonId
from contracts.values import CaseState, Ward
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain import flow
from services.casework.domain.household import Listed
from services.casework.domain.review import Reason, reason_from

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class ListRow(Listed):
    """A child in the list: what order, grouping and counts need."""

    birth_date: date | None
    opened_on: date
    needed: bool
    basis_changed: bool
    due_on: date | None

    @property
    def is_gone(self) -> bool:
        """Whether all reasons are gone before anybody began."""
        return flow.is_gone(self.state, needed=self.needed)


@dataclass(frozen=True, slots=True)
class ListedChild(ListRow):
    """A child on the page of the list that is shown, with all that the list says of it."""

    name: str | None
    kana: str | None
    household_no: str | None
    overdue_since: date | None
    reasons: tuple[Reason, ...]


async def listed_reviews(db: Database, ward: Ward | None) -> list[ListRow]:
    """Return every open review that may be seen, of one ward or of all."""
    return [ListRow(**_row(row)) for row in await db.fetch(SQL.listed_reviews, ward)]


async def listed_children(db: Database, persons: Sequence[PersonId]) -> list[ListedChild]:
    """Return what the list says of the children on one page: of those among `persons` who may be seen now."""
    return [
        ListedChild(
            **_row(row),
            name=row["name"],
            kana=row["kana"],
            household_no=row["household_no"],
            overdue_since=row["overdue_since"],
            reasons=tuple(map(reason_from, json.loads(row["indicators"]))),
        )
        for row in await db.fetch(SQL.listed_children, list(persons))
    ]


class _Row(TypedDict):
    person_id: PersonId
    household_id: HouseholdId | None
    protected: bool
    group_count: int
    oldest_known_at: datetime | None
    state: CaseState | None
    birth_date: date | None
    opened_on: date
    needed: bool
    basis_changed: bool
    due_on: date | None


def _row(row: asyncpg.Record) -> _Row:
    return _Row(
        person_id=PersonId(row["person_id"]),
        household_id=row["household_id"],
        protected=row["protected"],
        group_count=row["group_count"],
        oldest_known_at=row["oldest_known_at"],
        state=CaseState(row["state"]) if row["state"] else None,
        birth_date=row["birth_date"],
        opened_on=row["opened_on"],
        needed=row["needed"],
        basis_changed=row["basis_changed"],
        due_on=row["due_on"],
    )
