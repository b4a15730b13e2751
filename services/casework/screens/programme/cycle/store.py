"""Reads and writes the programme's cycle."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

import asyncpg

from contracts.words import LEADING
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework.domain.cycle import NEAR, TEMPLATE, Owner, Step, Told, Word, day_in, told

SQL = queries(__file__)
OWNERS = {Owner.COORDINATOR: LEADING, Owner.WARDS: "各区"}


@dataclass(frozen=True, slots=True)
class Cycle:
    """A year that has a cycle: who began it when, and its steps by their days."""

    year: int
    begun_at: datetime
    begun_by: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changes of a step of a year: None leaves it as it is; `was_done` is how it stood on the page."""

    year: int
    step: UUID
    version: int
    owner: str | None = None
    due_on: date | None = None
    done_on: date | None = None
    words: str = ""
    was_done: bool = False


async def years(db: Database) -> tuple[int, ...]:
    """Return the years that have a cycle, the newest first."""
    return tuple(row["year"] for row in await db.fetch(SQL.years))


async def cycle(db: Database, year: int) -> Cycle | None:
    """Return the cycle of a year, if it has one."""
    row = next((row for row in await db.fetch(SQL.years) if row["year"] == year), None)
    if row is None:
        return None
    words = await db.fetch(SQL.words, year)
    steps = [Step(step_id, tuple(map(_word, rows))) for step_id, rows in groupby(words, key=lambda each: each["step_id"])]
    return Cycle(year, row["begun_at"], row["begun_by_name"], tuple(sorted(steps, key=lambda step: (step.now.due_on, step.now.title))))


def _word(row: asyncpg.Record) -> Word:
    return Word(
        version=row["version"],
        title=row["title"],
        owner=row["owner"],
        due_on=row["due_on"],
        done_on=row["done_on"],
        words=row["words"],
        at=row["changed_at"],
        by=row["changed_by_name"],
    )


async def begin(work: UnitOfWork, staff: Staff, year: int) -> bool:
    """Begin a year's cycle with the steps that are proposed. Returns whether it had none."""
    if await work.db.fetchval(SQL.begin, year, work.now, staff.id, staff.name) is None:
        return False
    ids = [work.identifiers.random() for _ in TEMPLATE]
    titles, owners = [each.title for each in TEMPLATE], [OWNERS[each.owner] for each in TEMPLATE]
    days = [day_in(year, each.month, each.day) for each in TEMPLATE]
    await work.db.execute(SQL.add_steps, ids, year, titles, owners, days, work.now, staff.id, staff.name)
    return True


async def add(work: UnitOfWork, staff: Staff, step_id: UUID, year: int, title: str, owner: str, due_on: date) -> bool:
    """Add a step. Returns whether it is new: pressed twice, it is one."""
    added = await work.db.fetch(SQL.add_steps, [step_id], year, [title], [owner], [due_on], work.now, staff.id, staff.name)
    return bool(added)


async def was_added(db: Database, step_id: UUID, year: int, title: str, owner: str, due_on: date) -> bool:
    """Return whether this is the step that was added by the id."""
    return bool(await db.fetchval(SQL.was_added, step_id, year, title, owner, due_on))


async def change(work: UnitOfWork, staff: Staff, made: Change) -> bool:
    """Write the next word of a step. Returns whether it still stood as on the page."""
    return (
        await work.db.fetchval(
            SQL.change,
            *(made.step, made.version, made.owner, made.due_on, made.done_on, made.words),
            *(work.now, staff.id, staff.name, made.was_done, made.year),
        )
        is not None
    )


async def told_today(db: Database, today: date) -> Told:
    """Return what the first page says of the cycle."""
    rows = await db.fetch(SQL.open_steps, today + NEAR)
    return told(((row["title"], row["due_on"]) for row in rows), today)
