"""Reads and writes issues of the programme."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

import asyncpg

from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework.domain.board import Issue, IssueState, IssueWord

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class Stands:
    """How an issue stands, for a change to be decided on."""

    number: str
    version: int
    state: IssueState


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many issues nobody has taken up, and how many are late."""

    raised: int = 0
    late: int = 0


async def issues(db: Database, many: int) -> tuple[Issue, ...]:
    """Return so many issues, those that are open first."""
    rows = await db.fetch(SQL.issues, many)
    return tuple(_issue(list(words)) for _, words in groupby(rows, key=lambda row: row["issue_id"]))


async def standing(db: Database, issue_id: UUID) -> Stands | None:
    """Return how an issue stands, if there is one."""
    row = await db.fetchrow(SQL.issue, issue_id)
    return Stands(row["number"], row["version"], IssueState(row["state"])) if row else None


async def raise_one(work: UnitOfWork, staff: Staff, issue_id: UUID, title: str, text: str, meeting_id: UUID | None) -> str | None:
    """Keep a new issue. Returns its number; None where it was kept already."""
    number = await work.db.fetchval(SQL.raise_issue, issue_id, title, text, meeting_id, work.now, staff.id, staff.name, staff.place)
    return None if number is None else str(number)


async def was_raised(db: Database, issue_id: UUID, title: str, text: str, meeting_id: UUID | None) -> bool:
    """Return whether this is what was raised by the id."""
    return bool(await db.fetchval(SQL.was_raised, issue_id, title, text, meeting_id))


async def change(
    work: UnitOfWork, staff: Staff, issue_id: UUID, version: int, state: IssueState, owner: str, due_on: date | None, words: str
) -> bool:
    """Write the next word of an issue. Returns whether it still stood as it was read."""
    made = (issue_id, version, state, owner or None, due_on, words, work.now, staff.id, staff.name, staff.place)
    return await work.db.fetchval(SQL.change, *made) is not None


async def waiting(db: Database, today: date) -> Waiting:
    """Return how many wait."""
    row = await db.fetchrow(SQL.waiting, today)
    assert row is not None  # noqa: S101 -- it counts
    return Waiting(row["raised"], row["late"])


def _issue(rows: list[asyncpg.Record]) -> Issue:
    first = rows[0]
    return Issue(first["issue_id"], first["number"], first["title"], first["text"], first["meeting_id"], tuple(map(_word, rows)))


def _word(row: asyncpg.Record) -> IssueWord:
    return IssueWord(
        version=row["version"],
        state=IssueState(row["state"]),
        owner=row["owner"] or "",
        due_on=row["due_on"],
        words=row["words"],
        at=row["changed_at"],
        by=f"{row['changed_by_place']}　{row['changed_by_name']}",
    )
