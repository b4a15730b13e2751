"""Read-only questions for tests, stories and `tsunagu status --check`."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import CaseState
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain.household import shown_siblings
from services.casework.screens.child.rows import household_mates
from services.casework.store import Acting, act_as

SQL = queries(__file__, "inspection.sql")


class Figures(TypedDict):
    """Open reviews by ward and state, all cases by stage, what became of requests to look, and how many accesses were recorded."""

    reviews_by_ward: dict[str, dict[str, int]]
    cases_by_stage: dict[str, int]
    dispositions: dict[str, int]
    accesses: int


class ReviewSeen(TypedDict):
    """
    The review of a person.

    `state` is none, open or suppressed; `groups` and `reasons` (items) are those that hold; `basis_changed` stays True once facts
    behind the review changed; `needed` is whether the ruleset would still ask.
    """

    state: str
    groups: list[str]
    basis_changed: bool
    needed: bool
    reasons: list[str]
    ward: str | None
    opened_on: date | None


class CaseSeen(TypedDict):
    """A case; `opened_by` is a member of staff's id."""

    case_id: CaseId
    ward: str
    state: str
    version: int
    due_on: date
    opened_by: StaffId


class Standing(TypedDict):
    """Whether a person is protected, and the 宛名番号 of the siblings whom the person's page names."""

    protected: bool
    siblings: list[str]


async def content_hash(db: Database) -> str:
    """Return the sha256 of the state that depends on the input alone: who is known, under review, and in which case."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        digest = hashlib.sha256()
        async for row in db.cursor(SQL.everything_that_counts):
            digest.update(f"{row['line']}\n".encode())
    return digest.hexdigest()


async def figures(db: Database) -> Figures:
    """
    Return the figures.

    Reviews of protected children stand under `protected`, whatever their ward, and those without a ward under `unknown`.
    """
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        reviews: dict[str, dict[str, int]] = {}
        for row in await db.fetch(SQL.reviews_by_ward):
            reviews.setdefault(row["ward"], {})[row["state"]] = row["reviews"]
        cases = {row["state"]: row["n"] for row in await db.fetch(SQL.cases_by_stage)}
        dispositions = {row["disposition"]: row["n"] for row in await db.fetch(SQL.dispositions)}
    stages = {state.value: cases[state] for state in CaseState if state in cases}
    return {"reviews_by_ward": reviews, "cases_by_stage": stages, "dispositions": dispositions, "accesses": await accesses(db)}


async def accesses(db: Database) -> int:
    """Return how many accesses casework recorded, permitted or refused: the audit must hold one entry for each."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        count: int = await db.fetchval(SQL.count_accesses)
    return count


async def reviewed(db: Database, person_nos: Sequence[str]) -> list[str]:
    """Return those of `person_nos` who have an open review: asked again and again, it tells when one becomes visible."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        return [row["person_no"] for row in await db.fetch(SQL.reviewed_among, list(person_nos))]


async def review_of(db: Database, person_id: PersonId) -> ReviewSeen:
    """Return the review of a person, also where there is none."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        row = await db.fetchrow(SQL.review_of, person_id)
        suppressed = await db.fetchval(SQL.suppressed_of, person_id) if row is None else False
    if row is None:
        state = "suppressed" if suppressed else "none"
        return {"state": state, "groups": [], "basis_changed": False, "needed": False, "reasons": [], "ward": None, "opened_on": None}
    holding = [each["item"] for each in json.loads(row["indicators"]) if each["value"] == "TRUE" and each["counted"]]
    return {
        "state": "open",
        "groups": list(row["groups"]),
        "basis_changed": row["basis_changed"],
        "needed": row["needed"],
        "reasons": holding,
        "ward": row["ward"],
        "opened_on": row["opened_on"],
    }


async def case_of(db: Database, person_id: PersonId) -> CaseSeen | None:
    """Return the newest case of a person."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        row = await db.fetchrow(SQL.case_of, person_id)
    if row is None:
        return None
    return CaseSeen(
        case_id=row["case_id"],
        ward=row["ward"],
        state=row["state"],
        version=row["version"],
        due_on=row["due_on"],
        opened_by=row["opened_by"],
    )


async def reviews_without_case(db: Database) -> list[tuple[PersonId, str]]:
    """Return the persons whose open review nobody has taken up, each with the ward that answers for it."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        return [(row["person_id"], row["ward"]) for row in await db.fetch(SQL.reviews_without_case)]


async def open_cases(db: Database) -> int:
    """Return how many cases are not closed."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        return int(await db.fetchval(SQL.count_open_cases))


async def standing_of(db: Database, person_id: PersonId, today: date) -> Standing:
    """Return how a person stands towards the others of the household."""
    async with db.transaction():
        await act_as(db, Acting.SYSTEM)
        row = await db.fetchrow(SQL.standing_of, person_id)
        if row is None:
            return {"protected": False, "siblings": []}
        mates = await household_mates(db, row["household_id"], PersonId(person_id), today)
        siblings = [sibling.person_id for sibling in shown_siblings(mates, protected=row["protected"], today=today)]
        numbers = [each["person_no"] for each in await db.fetch(SQL.numbers_of, siblings)]
    return {"protected": row["protected"], "siblings": numbers}
