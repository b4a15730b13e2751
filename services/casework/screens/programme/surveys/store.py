"""Reads and writes questionnaires, and what was answered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import asyncpg

from contracts.ids import StaffId
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework.domain.survey import Answer, Choice, Survey

SQL = queries(__file__)


async def surveys(db: Database, staff_id: StaffId, many: int) -> tuple[Survey, ...]:
    """Return the newest questionnaires."""
    return tuple(map(_survey, await db.fetch(SQL.surveys, staff_id, many)))


async def survey(db: Database, survey_id: UUID, staff_id: StaffId) -> Survey | None:
    """Return a questionnaire, if there is one."""
    row = await db.fetchrow(SQL.survey, survey_id, staff_id)
    return _survey(row) if row else None


async def answers(db: Database, surveys: Iterable[UUID]) -> Mapping[UUID, list[Answer]]:
    """Return what was answered, by questionnaire; nobody's name is there."""
    found: dict[UUID, list[Answer]] = defaultdict(list)
    for row in await db.fetch(SQL.answers, list(surveys)):
        found[row["survey_id"]].append(Answer(tuple(map(Choice, row["choices"])), row["words"]))
    return found


async def make(work: UnitOfWork, staff: Staff, survey_id: UUID, title: str, questions: tuple[str, ...], closes_on: date) -> str | None:
    """Keep a new questionnaire. Returns its number; None where it was kept already."""
    number = await work.db.fetchval(SQL.make, survey_id, title, list(questions), closes_on, work.now, staff.id, staff.name)
    return None if number is None else str(number)


async def was_made(db: Database, survey_id: UUID, title: str, questions: tuple[str, ...], closes_on: date) -> bool:
    """Return whether this is what was asked by the id."""
    return bool(await db.fetchval(SQL.was_made, survey_id, title, list(questions), closes_on))


async def take(work: UnitOfWork, staff: Staff, survey_id: UUID, choices: tuple[Choice, ...], words: str) -> bool:
    """Keep what somebody answers, apart from that they did. Returns whether it was the first time."""
    if await work.db.fetchval(SQL.take, survey_id, staff.id) is None:
        return False
    await work.db.execute(SQL.answer, work.identifiers.random(), survey_id, list(choices), words)
    return True


def _survey(row: asyncpg.Record) -> Survey:
    return Survey(row["survey_id"], row["number"], row["title"], tuple(row["questions"]), row["closes_on"], row["taken"])
