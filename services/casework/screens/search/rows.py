"""Whom a search finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

import asyncpg
from pydantic import Field, StringConstraints, model_validator

from contracts.ids import PersonId
from contracts.values import CaseState
from contracts.writing.characters import folded
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain.searching import is_called
from services.casework.seeing import Question

SQL = queries(__file__)

MOST_FOUND = 20
"""Whoever asks for more looks around and does not search: then nobody is shown, and more has to be said of whom one looks for."""


class SearchReason(StrEnum):
    """Why somebody searches; kept in the log."""

    TOLD_OF = "told_of"
    ASKED_BY_OFFICE = "asked_by_office"
    OWN_CASE = "own_case"
    CONFERENCE = "conference"


class SearchQuestion(Question):
    """Whom somebody looks for, by one of these at least, and why. Nothing of it stands in an address or in the log."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = Field(
        default="", description="The name or its reading, from the family name or the given name on."
    )
    birth_date: date | None = None
    household_no: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = ""
    reason: SearchReason

    @model_validator(mode="after")
    def _asks_for_somebody(self) -> Self:
        if not (self.name or self.birth_date or self.household_no):
            raise ValueError("a name, a birth date or a household number says who is looked for")
        return self


@dataclass(frozen=True, slots=True)
class FoundChild:
    """A child that was found, as it stands now, or, where its review is closed, stood then."""

    person_id: PersonId
    protected: bool
    name: str | None
    kana: str | None
    birth_date: date | None
    state: CaseState | None
    needed: bool
    opened_on: date
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Findings:
    """Who was found, by reading and birth date; nobody where they are `too_many`, or where was searched `too_often`."""

    children: tuple[FoundChild, ...]
    too_many: bool = False
    too_often: bool = False


async def found(db: Database, born_from: date, asked: SearchQuestion) -> Findings:
    """
    Return whom `asked` finds among those one may see.

    Names are compared here and not in the database, which does not know how they are spelled: those of a ward's reviews, a few thousand.
    """
    number = folded(asked.household_no).lstrip("0") or None
    if asked.household_no and number is None:
        return Findings(())
    rows = await db.fetch(SQL.may_be_found, born_from, asked.birth_date, number)
    children = [_child(row) for row in rows if not asked.name or is_called(asked.name, row["name"], row["kana"])]
    if len(children) > MOST_FOUND:
        return Findings((), too_many=True)
    return Findings(tuple(sorted(children, key=lambda child: (child.kana or "", child.birth_date or date.max, child.person_id))))


def criteria(asked: SearchQuestion) -> Mapping[str, object]:
    """Return by what somebody searches, as the log calls it."""
    by = {"by_name": asked.name, "by_birth_date": asked.birth_date, "by_household_no": asked.household_no}
    return {name: value for name, value in by.items() if value}


def _child(row: asyncpg.Record) -> FoundChild:
    return FoundChild(
        person_id=PersonId(row["person_id"]),
        protected=row["protected"],
        name=row["name"],
        kana=row["kana"],
        birth_date=row["birth_date"],
        state=CaseState(row["state"]) if row["state"] else None,
        needed=row["needed"],
        opened_on=row["opened_on"],
        closed_at=row["closed_at"],
    )
