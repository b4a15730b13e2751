"""Reads and writes reviews and cases while a person moves one."""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.ids import CaseId, HouseholdId, PersonId, ReviewId, StaffId
from contracts.values import CaseState, Section, Ward
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain.case import Case, Outcome, Standing
from services.casework.domain.casefile import Past
from services.casework.domain.center import Share
from services.casework.domain.handover import HandoverStatus
from services.casework.domain.hands import Hands
from services.casework.domain.objection import Verdict
from services.casework.domain.policy import Facts
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
    state: CaseState


@dataclass(frozen=True, slots=True)
class AskedBy:
    """What asked people to look: the ruleset, the day for which it did, and when it said so."""

    ruleset: str
    as_of: date
    at: datetime


async def hold_hearing(db: Database) -> None:
    """
    Let no parcel in until the transaction ends: no new review is opened beside one that is opened again, and whoever works out anew who may
    see a child waits, with nothing of it in hand yet.
    """
    await db.execute(SQL.hold_hearing)


async def lock_review(db: Database, person_id: PersonId) -> LockedReview | None:
    """Lock the open review of a person, or return None where row-level security shows none."""
    row = await db.fetchrow(SQL.lock_review, person_id)
    if row is None:
        return None
    thing = thing_of(row)
    return LockedReview(row["review_id"], row["version"], row["needed"], Facts(thing), thing.ward, row["household_id"], row["case_id"])


async def asked_by(db: Database, person_id: PersonId, version: int) -> AskedBy:
    """Return which ruleset spoke the word of that version, for which day, and when."""
    row = await db.fetchrow(SQL.asked_by, person_id, version)
    assert row is not None  # noqa: S101 -- whoever asks has read the word
    return AskedBy(row["ruleset"], row["as_of"], row["said_at"])


async def find_case(db: Database, case_id: CaseId) -> Case | None:
    """Return a case, or None where row-level security shows none."""
    raw = await db.fetchval(SQL.find_case, case_id)
    return case_from(json.loads(raw)) if raw is not None else None


def case_from(raw: Mapping[str, Any]) -> Case:
    """Return the case in the JSON of a row of `cases`."""
    return Case(
        case_id=CaseId(UUID(raw["case_id"])),
        person_id=PersonId(UUID(raw["person_id"])),
        household_id=HouseholdId(UUID(raw["household_id"])) if raw["household_id"] else None,
        ward=Ward(raw["ward"]),
        state=CaseState(raw["state"]),
        version=raw["version"],
        opened_at=datetime.fromisoformat(raw["opened_at"]),
        opened_by=StaffId(UUID(raw["opened_by"])),
        opened_by_name=raw["opened_by_name"],
        due_on=date.fromisoformat(raw["due_on"]),
        lead_section=Section(raw["lead_section"]) if raw["lead_section"] else None,
        person_in_charge=raw["person_in_charge"],
        outcome=Outcome(raw["outcome"]) if raw["outcome"] else None,
        asks=raw["asks"],
        handover=HandoverStatus(raw["handover"]) if raw["handover"] else None,
    )


async def past_of(db: Database, case_id: CaseId) -> tuple[Past, ...]:
    """Return all that was done with a case, in order."""
    return tuple(past_from(json.loads(row["past"])) for row in await db.fetch(SQL.past_of, case_id))


async def verdicts_of(db: Database, case_id: CaseId) -> dict[int, frozenset[Verdict]]:
    """Return what was decided on the objections of a case, by the version with which each came."""
    raw = await db.fetchval(SQL.verdicts_of, case_id)
    return verdicts_from(json.loads(raw)) if raw is not None else {}


def verdicts_from(raw: Mapping[str, Any]) -> dict[int, frozenset[Verdict]]:
    """Return the verdicts in JSON, by versions."""
    return {int(version): frozenset(map(Verdict, verdicts)) for version, verdicts in raw.items()}


def past_from(raw: Mapping[str, Any]) -> Past:
    """Return what was done, from the JSON of a row of `case_move`."""
    return Past(
        version=raw["version"],
        move=raw["move"],
        start=CaseState(raw["from_state"]),
        end=CaseState(raw["to_state"]),
        at=datetime.fromisoformat(raw["moved_at"]),
        by=StaffId(UUID(raw["moved_by"])),
        by_name=raw["by_name"] or "",
        section=Section(raw["by_section"]) if raw["by_section"] else None,
        details=raw["details"],
        asks=raw["asks"],
        ward=Ward(raw["by_ward"]) if raw["by_ward"] else None,
        together=UUID(raw["together"]) if raw.get("together") else None,
    )


async def last_mover(db: Database, case: Case) -> StaffId | None:
    """Return who moved a case to where it stands."""
    moved_by = await db.fetchval(SQL.last_mover, case.case_id, case.version)
    return StaffId(moved_by) if moved_by else None


async def save_case(db: Database, case: Case, review_id: ReviewId, today: date, now: datetime) -> None:
    """Save a case as it stands after a move, and tie it to its review, which ends and begins again with it."""
    await db.execute(SQL.save_case, *astuple(case))
    await db.execute(SQL.attach_case, review_id, case.case_id, case.state, today, case.outcome, now)


async def note_move(db: Database, before: Standing, case: Case, done: Past) -> None:
    """Keep who did what with a case, from where, what was filled in, and when it was due."""
    details = json.dumps(done.details, ensure_ascii=False)
    was_due_on = before.due_on if isinstance(before, Case) else None
    what = (
        done.move,
        done.start,
        done.end,
        done.at,
        done.by,
        details,
        done.asks,
        done.by_name,
        done.section,
        done.ward,
        was_due_on,
        done.together,
    )
    await db.execute(SQL.note_move, case.case_id, case.version, *what)


async def note_hands(db: Database, case: Case, hands: Hands, last: Past) -> None:
    """Keep in whose hands a case is after the `last` thing that was done with it."""
    await db.execute(SQL.note_hands, case.case_id, hands.unanswered, hands.asked_by, hands.sent_back_to, last.at, last.by)


async def note_share(db: Database, case: Case, share: Share) -> None:
    """Keep what is shared of a case with the child guidance centre, and who has it."""
    await db.execute(SQL.note_share, case.case_id, share.until, share.sensitive, share.report_due, share.owner)


async def answered_request(db: Database, staff_id: StaffId, key: UUID) -> Answered | None:
    """Return what the request with `key` was answered, if it was."""
    row = await db.fetchrow(SQL.answered_request, staff_id, key)
    return Answered(row["fingerprint"], CaseId(row["case_id"]), row["case_version"], CaseState(row["state"])) if row else None


async def keep_answer(db: Database, staff_id: StaffId, key: UUID, answered: Answered) -> None:
    """Keep the answer of a request, so that pressing twice does once."""
    await db.execute(SQL.keep_answer, staff_id, key, answered.fingerprint, answered.case_id, answered.case_version, answered.state)


async def forget_answers(db: Database) -> None:
    """Forget the keys of requests older than a day."""
    await db.execute(SQL.forget_answers)
