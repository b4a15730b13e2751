"""Reads and writes meetings of the review board."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework.domain.board import Meeting, Seat

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody writes of a meeting."""

    meeting: UUID
    held_on: date
    title: str
    place: str
    present: Mapping[Seat, str]
    agenda: str
    minutes: str


async def meetings(db: Database, many: int) -> tuple[Meeting, ...]:
    """Return so many meetings as they stand, the newest first."""
    return tuple(map(_meeting, await db.fetch(SQL.meetings, many)))


async def write(work: UnitOfWork, staff: Staff, written: Written, version: int | None) -> str | None:
    """
    Keep what was written of a new meeting, or of one that was read as `version`. Returns its number.

    None where it was kept already, or does not stand any more as it was read.
    """
    values = (*_values(written), work.now, staff.id, staff.name)
    number = await (work.db.fetchval(SQL.add, *values) if version is None else work.db.fetchval(SQL.change, *values, version))
    return None if number is None else str(number)


async def was_added(db: Database, written: Written) -> bool:
    """Return whether this is what was first written of the meeting."""
    return bool(await db.fetchval(SQL.was_added, *_values(written)))


def _values(written: Written) -> tuple[Any, ...]:
    present = json.dumps(written.present, ensure_ascii=False)
    return (written.meeting, written.held_on, written.title, written.place, present, written.agenda, written.minutes)


def _meeting(row: asyncpg.Record) -> Meeting:
    return Meeting(
        id=row["meeting_id"],
        version=row["version"],
        number=row["number"],
        held_on=row["held_on"],
        title=row["title"],
        place=row["place"],
        present={Seat(seat): names for seat, names in json.loads(row["present"]).items()},
        agenda=row["agenda"],
        minutes=row["minutes"],
        at=row["changed_at"],
        by=row["changed_by_name"],
    )
