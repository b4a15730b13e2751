"""What the screens show, read under row-level security."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.ids import CaseId, HouseholdId, PersonId, StaffId
from contracts.values import CaseState, Relationship, Section, Sex, Ward
from infra.postgres import Database
from services.casework.domain.household import Listed, Member
from services.casework.domain.policy import Thing
from services.casework.domain.review import Reason, Word, reason_from
from services.casework.store import SQL, thing_of, word_from


def is_gone(state: CaseState | None, *, needed: bool) -> bool:
    """Whether a review has lost its reasons before a case came of it."""
    return not needed and state in {None, CaseState.NOTICED}


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
        """Whether all reasons are gone before anybody began: the review waits for a person to close it, and for nothing else."""
        return is_gone(self.state, needed=self.needed)


@dataclass(frozen=True, slots=True)
class ListedChild(ListRow):
    """A child on the page of the list that is shown, with all that the list says of it."""

    name: str | None
    kana: str | None
    sex: Sex
    household_no: str | None
    overdue_since: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it."""

    case_id: CaseId
    state: CaseState
    version: int
    ward: Ward
    opened_at: datetime
    opened_by: StaffId
    opened_by_name: str
    due_on: date
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Child:
    """A child under review, as its page shows it."""

    person_id: PersonId
    version: int
    thing: Thing
    """What permission depends on, as it stood when all the rest was read."""
    stands: bool
    name: str | None
    kana: str | None
    birth_date: date | None
    sex: Sex
    lives_in: Ward | None
    """The ward where the child lives; None where the register names none, or whoever asks may not know it."""
    address_code: str | None
    household_id: HouseholdId | None
    household_no: str | None
    opened_on: date
    needed: bool
    basis_changed: bool
    overdue_since: date | None
    """Since when the child could not be evaluated: all that is said of it is of an older day."""
    case: CaseView | None
    words: tuple[Word, ...]
    mates: tuple["Sibling", ...]
    """Everybody else of the household today who may be seen."""
    looks: tuple["Look", ...]

    @property
    def protected(self) -> bool:
        """Whether a measure protects the child."""
        return self.thing.protected

    @property
    def latest(self) -> Word:
        """The newest word about the child."""
        return self.words[-1]


@dataclass(frozen=True, slots=True)
class Sibling(Member):
    """Another child of the household. It has no indicators here: not being under review, it has no reasons (S12)."""

    name: str | None
    kana: str | None
    sex: Sex
    relationship: Relationship
    under_review: bool
    needed: bool
    state: CaseState | None


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at something."""

    at: datetime
    staff_name: str
    staff_place: str
    action: str


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """One's own look or deed: permit, deny or done. The name is empty where it may not be seen, or not any more."""

    at: datetime
    action: str
    decision: str
    others: int
    """How many people it showed beside."""
    person_id: PersonId | None
    name: str | None
    protected: bool


async def listed_reviews(db: Database, ward: Ward | None) -> list[ListRow]:
    """Return every open review that may be seen, of one ward or of all."""
    return [ListRow(**_row_facts(row)) for row in await db.fetch(SQL.listed_reviews, ward)]


async def listed_children(db: Database, persons: Sequence[PersonId]) -> list[ListedChild]:
    """Return what the list says of the children on one page: of those among `persons` who may be seen now."""
    return [
        ListedChild(
            **_row_facts(row),
            name=row["name"],
            kana=row["kana"],
            sex=Sex(row["sex"] or Sex.UNKNOWN),
            household_no=row["household_no"],
            overdue_since=row["overdue_since"],
            reasons=tuple(map(reason_from, json.loads(row["indicators"]))),
        )
        for row in await db.fetch(SQL.listed_children, list(persons))
    ]


async def child(db: Database, person_id: PersonId, today: date, looks: int) -> Child | None:
    """
    Return the child with every word about it, its household today and who looked lately, or None where it may not be seen.

    One statement, so one moment: what it shows cannot be newer than the facts that permit it.
    """
    row = await db.fetchrow(SQL.child, person_id, today, looks)
    if row is None:
        return None
    return Child(
        person_id=person_id,
        version=row["version"],
        thing=thing_of(row),
        stands=row["stands"],
        name=row["name"],
        kana=row["kana"],
        birth_date=row["birth_date"],
        sex=Sex(row["sex"] or Sex.UNKNOWN),
        lives_in=Ward(row["lives_in"]) if row["lives_in"] else None,
        address_code=row["address_code"],
        household_id=row["household_id"],
        household_no=row["household_no"],
        opened_on=row["opened_on"],
        needed=row["needed"],
        basis_changed=row["basis_changed"],
        overdue_since=row["overdue_since"],
        case=_case(row),
        words=tuple(map(word_from, json.loads(row["words"]))),
        mates=tuple(map(_sibling, json.loads(row["mates"] or "[]"))),
        looks=tuple(map(_look, json.loads(row["looks"] or "[]"))),
    )


async def household_mates(db: Database, household_id: UUID | None, person_id: PersonId, today: date) -> list[Sibling]:
    """Return the other members of a household on a day."""
    return [_sibling(json.loads(row["mate"])) for row in await db.fetch(SQL.household_mates, household_id, person_id, today)]


async def own_accesses(db: Database, staff_id: StaffId, limit: int) -> list[OwnAccess]:
    """Return what somebody looked at and did, newest first."""
    return [
        OwnAccess(
            at=row["at"],
            action=row["action"],
            decision=row["decision"],
            others=row["others"],
            person_id=row["person_id"],
            name=row["name"],
            protected=row["protected"] is True,
        )
        for row in await db.fetch(SQL.own_accesses, staff_id, limit)
    ]


def _row_facts(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "person_id": PersonId(row["person_id"]),
        "household_id": row["household_id"],
        "protected": row["protected"],
        "group_count": row["group_count"],
        "oldest_known_at": row["oldest_known_at"],
        "state": _state(row["state"]),
        "birth_date": row["birth_date"],
        "opened_on": row["opened_on"],
        "needed": row["needed"],
        "basis_changed": row["basis_changed"],
        "due_on": row["due_on"],
    }


def _sibling(raw: Mapping[str, Any]) -> Sibling:
    return Sibling(
        person_id=PersonId(UUID(raw["person_id"])),
        birth_date=date.fromisoformat(raw["birth_date"]),
        protected=raw["protected"],
        name=raw["name"],
        kana=raw["kana"],
        sex=Sex(raw["sex"] or Sex.UNKNOWN),
        relationship=Relationship(raw["relationship"]),
        under_review=raw["under_review"],
        needed=raw["needed"] is True,
        state=_state(raw["state"]),
    )


def _look(raw: Mapping[str, Any]) -> Look:
    return Look(datetime.fromisoformat(raw["at"]), raw["staff_name"], raw["staff_place"], raw["action"])


def _state(text: str | None) -> CaseState | None:
    return CaseState(text) if text else None


def _case(row: asyncpg.Record) -> CaseView | None:
    if row["case_id"] is None:
        return None
    details = json.loads(row["details"] or "{}")
    return CaseView(
        case_id=CaseId(row["case_id"]),
        state=CaseState(row["state"]),
        version=row["case_version"],
        ward=Ward(row["case_ward"]),
        opened_at=row["opened_at"],
        opened_by=StaffId(row["opened_by"]),
        opened_by_name=row["opened_by_name"],
        due_on=row["due_on"],
        sections=tuple(map(Section, details.get("sections", ()))),
    )
