"""Reads and writes reviews and cases while a person moves one."""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from contracts.ids import CaseId, HouseholdId, PersonId, StaffId
from contracts.values import CaseState, Ward
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain.case import Case
from services.casework.domain.policy import Facts
from services.casework.domain.review import ReviewId
from services.casework.store import thing_of

SQL = queries(__file__, "cases.sql")


@dataclass(frozen=True, slots=True)
class LockedReview:
    """A review that nobody else can change until the transaction ends, with the facts on which permission depends."""

    review_id: ReviewId
    version: int
    needed: bool
    facts: Facts
    ward: Ward | None
    household_id: HouseholdId | None
    case_id: CaseId | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request with the same key was answered."""

    fingerprint: bytes
    case_id: CaseId
    case_version: int


async def lock_review(db: Database, person_id: PersonId) -> LockedReview | None:
    """Lock the open review of a person, or return None where row-level security shows none."""
    row = await db.fetchrow(SQL.lock_review, person_id)
    if row is None:
        return None
    thing = thing_of(row)
    return LockedReview(row["review_id"], row["version"], row["needed"], Facts(thing), thing.ward, row["household_id"], row["case_id"])


async def find_case(db: Database, case_id: CaseId) -> Case | None:
    """Return a case, or None where row-level security shows none."""
    row = await db.fetchrow(SQL.find_case, case_id)
    if row is None:
        return None
    return Case(
        case_id=case_id,
        person_id=PersonId(row["person_id"]),
        household_id=row["household_id"],
        ward=Ward(row["ward"]),
        state=CaseState(row["state"]),
        version=row["version"],
        opened_at=row["opened_at"],
        opened_by=StaffId(row["opened_by"]),
        opened_by_name=row["opened_by_name"],
        due_on=row["due_on"],
    )


async def last_mover(db: Database, case: Case) -> StaffId | None:
    """Return who moved a case to where it stands."""
    moved_by = await db.fetchval(SQL.last_mover, case.case_id, case.version)
    return StaffId(moved_by) if moved_by else None


async def save_case(db: Database, case: Case, review_id: ReviewId) -> None:
    """Save a case as it stands after a move, and tie it to its review."""
    await db.execute(SQL.save_case, *astuple(case))
    await db.execute(SQL.attach_case, review_id, case.case_id)


async def note_move(
    db: Database, case: Case, move: str, start: CaseState, by: StaffId, at: datetime, details: Mapping[str, object]
) -> None:
    """Keep who moved a case, from where, and what the move demanded."""
    await db.execute(SQL.note_move, case.case_id, case.version, move, start, case.state, at, by, json.dumps(details))


async def answered_request(db: Database, staff_id: StaffId, key: UUID) -> Answered | None:
    """Return what the request with `key` was answered, if it was."""
    row = await db.fetchrow(SQL.answered_request, staff_id, key)
    return Answered(row["fingerprint"], CaseId(row["case_id"]), row["case_version"]) if row else None


async def keep_answer(db: Database, staff_id: StaffId, key: UUID, answered: Answered) -> None:
    """Keep the answer of a request, so that pressing twice does once."""
    await db.execute(SQL.keep_answer, staff_id, key, answered.fingerprint, answered.case_id, answered.case_version)


async def forget_answers(db: Database) -> None:
    """Forget the keys of requests older than a day."""
    await db.execute(SQL.forget_answers)
