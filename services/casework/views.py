"""What the screens show, read under row-level security."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import asyncpg

from contracts.ids import CaseId, HouseholdId, PersonId, StaffId
from contracts.values import CaseState, Relationship, Section, Sex, Ward
from infra.postgres import Database
from services.casework.domain.household import Listed, Member
from services.casework.domain.review import Reason, Word, reason_from
from services.casework.store import SQL, word_of


@dataclass(frozen=True, slots=True)
class ListRow(Listed):
    """A child in the list: what order, grouping and counts need."""

    birth_date: date | None
    opened_on: date
    needed: bool
    basis_changed: bool
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ListDetail:
    """What the list says of one child."""

    name: str | None
    kana: str | None
    sex: Sex
    household_no: str | None
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
    ward: Ward | None
    """None where the register names no ward."""
    protected: bool
    stands: bool
    name: str | None
    kana: str | None
    birth_date: date | None
    sex: Sex
    address_code: str | None
    household_id: HouseholdId | None
    household_no: str | None
    opened_on: date
    needed: bool
    basis_changed: bool
    case: CaseView | None
    words: tuple[Word, ...]

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
    """One's own access. The name is empty where it may not be seen any more."""

    at: datetime
    action: str
    permitted: bool
    person_id: PersonId | None = field(default=None)
    name: str | None = None


async def listed_reviews(db: Database, ward: Ward | None) -> list[ListRow]:
    """Return every open review that may be seen, of one ward or of all."""
    return [
        ListRow(
            person_id=PersonId(row["person_id"]),
            household_id=row["household_id"],
            protected=row["protected"],
            group_count=row["group_count"],
            oldest_known_at=row["oldest_known_at"],
            state=_state(row["state"]),
            birth_date=row["birth_date"],
            opened_on=row["opened_on"],
            needed=row["needed"],
            basis_changed=row["basis_changed"],
            due_on=row["due_on"],
        )
        for row in await db.fetch(SQL.listed_reviews, ward)
    ]


async def listed_details(db: Database, persons: Sequence[PersonId]) -> Mapping[PersonId, ListDetail]:
    """Return what the list says of these children."""
    return {
        PersonId(row["person_id"]): ListDetail(
            name=row["name"],
            kana=row["kana"],
            sex=Sex(row["sex"] or Sex.UNKNOWN),
            household_no=row["household_no"],
            reasons=tuple(map(reason_from, json.loads(row["indicators"]))),
        )
        for row in await db.fetch(SQL.listed_details, list(persons))
    }


async def child(db: Database, person_id: PersonId) -> Child | None:
    """Return the child with every word about it, or None where it may not be seen."""
    row = await db.fetchrow(SQL.child, person_id)
    if row is None:
        return None
    words = tuple(word_of(word) for word in await db.fetch(SQL.words_of, [person_id]))
    return Child(
        person_id=person_id,
        version=row["version"],
        ward=Ward(row["ward"]) if row["ward"] else None,
        protected=row["protected"],
        stands=row["stands"],
        name=row["name"],
        kana=row["kana"],
        birth_date=row["birth_date"],
        sex=Sex(row["sex"] or Sex.UNKNOWN),
        address_code=row["address_code"],
        household_id=row["household_id"],
        household_no=row["household_no"],
        opened_on=row["opened_on"],
        needed=row["needed"],
        basis_changed=row["basis_changed"],
        case=_case(row),
        words=words,
    )


async def household_members(db: Database, household_id: UUID | None, person_id: PersonId, today: date) -> list[Sibling]:
    """Return the other members of a household on a day."""
    if household_id is None:
        return []
    return [
        Sibling(
            person_id=PersonId(row["person_id"]),
            birth_date=row["birth_date"],
            protected=row["protected"],
            name=row["name"],
            kana=row["kana"],
            sex=Sex(row["sex"] or Sex.UNKNOWN),
            relationship=Relationship(row["relationship"]),
            under_review=row["under_review"],
            state=_state(row["state"]),
        )
        for row in await db.fetch(SQL.household_members, household_id, person_id, today)
    ]


async def looked_at(db: Database, person_id: PersonId, limit: int) -> list[Look]:
    """Return who looked at a child lately, each once with the last look, newest first."""
    return [
        Look(row["at"], row["staff_name"], row["staff_place"], row["action"]) for row in await db.fetch(SQL.looked_at, person_id, limit)
    ]


async def own_accesses(db: Database, staff_id: StaffId, limit: int) -> list[OwnAccess]:
    """Return what somebody looked at, newest first."""
    return [
        OwnAccess(row["at"], row["action"], row["decision"] == "permit", row["person_id"], row["name"])
        for row in await db.fetch(SQL.own_accesses, staff_id, limit)
    ]


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
