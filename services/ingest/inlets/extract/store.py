"""What is kept of extracts: a row for each file, faults by row and column, and a hash of every record's row."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from contracts.values import Source
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.faults import FileRefused, RowFault

SQL = queries(__file__)
FAULTS_KEPT = 10_000
"""Of one file. All are counted."""
_LONG_SECONDS = 600.0
"""For what is done with a million rows at once."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of a file."""

    extract_id: UUID
    source: Source
    event_type: str | None
    file_name: str
    sha256: bytes | None = None
    made_on: date | None = None
    complete_through: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing that is to be told."""

    place: int
    kind: str
    record_id: str
    revision: int
    row_hash: bytes | None
    row: int | None
    octet: int | None
    held_hash: bytes | None
    hashed_composed: bool


@asynccontextmanager
async def reading(pool: asyncpg.Pool) -> AsyncIterator["Database | None"]:
    """The one connection that reads extracts; None where another process does."""
    async with pool.acquire() as db:
        if not await db.fetchval(SQL.take_reading):
            yield None
            return
        try:
            yield db
        finally:
            if not db.is_closed():
                await db.execute(SQL.give_back_reading)


async def note(
    db: Database, told: Note, state: str, *, at: datetime, refused: FileRefused | None = None, code: str | None = None, again: bool = False
) -> None:
    """Note in which state a file is, and why."""
    place = (refused.code, refused.row, refused.octet, refused.column) if refused else (code, None, None, None)
    about = (told.extract_id, told.source.value, told.event_type, told.file_name, told.sha256, told.made_on, told.complete_through)
    await db.execute(SQL.note, *about, state, *place, at, again)


async def forget_waiting(db: Database, source: Source, file_name: str) -> None:
    """Forget what was said of a file that was not read yet."""
    await db.execute(SQL.forget_waiting, source.value, file_name)


async def stage(db: Database, lines: AsyncIterator[bytes]) -> None:
    """Copy the rows of a file, each a line, into the empty staging table."""
    await db.execute(SQL.clear)
    await db.copy_to_table(
        "extract_staged",
        source=lines,
        columns=["record_id", "row_hash", "row_number", "octet", "deleted"],
        format="text",
        timeout=_LONG_SECONDS,
    )
    await db.execute(SQL.look_at, timeout=_LONG_SECONDS)


async def twice(db: Database) -> list[int]:
    """Rows of records that stand in the file more than once."""
    return [row["row_number"] for row in await db.fetch(SQL.staged_twice, timeout=_LONG_SECONDS)]


async def plan(db: Database, adapter: Adapter, left_out: Sequence[int], *, vanished: bool) -> dict[str, int]:
    """Work out what is to be told. Returns how much, by kind. `vanished`: what is not in the file was taken back."""
    of = adapter.source.value, adapter.event_type
    await db.execute(SQL.plan_rows, *of, left_out, timeout=_LONG_SECONDS)
    await db.execute(SQL.plan_deleted, *of, left_out, timeout=_LONG_SECONDS)
    if vanished:
        await db.execute(SQL.plan_vanished, *of, timeout=_LONG_SECONDS)
    return {row["kind"]: row["n"] for row in await db.fetch(SQL.planned, timeout=_LONG_SECONDS)}


async def known(db: Database, adapter: Adapter) -> int:
    """How many records the last extract had."""
    count: int = await db.fetchval(SQL.count_known, adapter.source.value, adapter.event_type, timeout=_LONG_SECONDS)
    return count


async def next_of_plan(db: Database, place: int, limit: int) -> list[Planned]:
    """What is to be told next."""
    return [Planned(*row) for row in await db.fetch(SQL.next_of_plan, place, limit)]


async def settle(db: Database, adapter: Adapter, told: Sequence[tuple[str, bytes]], gone: Sequence[str]) -> None:
    """Keep what rows said that were taken, and forget those of records taken back."""
    of = adapter.source.value, adapter.event_type
    if told:
        await db.execute(SQL.settle, *of, *columns(told, 2))
    if gone:
        await db.execute(SQL.settle_gone, *of, gone)


async def count_told(db: Database, extract_id: UUID, kinds: Mapping[str, int]) -> None:
    """Count what was told, by kind."""
    await db.execute(SQL.count_told, extract_id, *(kinds.get(kind, 0) for kind in ("created", "changed", "voided")))


async def end_taking(db: Database, extract_id: UUID, *, at: datetime, rows: int, same: int, refused: int, parked: int, waived: int) -> None:
    """Note that a file was taken whole."""
    await db.execute(SQL.end_taking, extract_id, at, rows, same, refused, parked, waived)


async def keep_faults(db: Database, extract_id: UUID, faults: Sequence[RowFault]) -> None:
    """Keep what is wrong by row and column, in place of what was wrong the last time."""
    await db.execute(SQL.forget_faults, extract_id)
    kept = sorted(set(faults))[:FAULTS_KEPT]
    if kept:
        await db.execute(SQL.keep_faults, extract_id, *columns(kept, 3))


async def newest_taken(db: Database, adapter: Adapter) -> date | None:
    """The day of the newest extract that was taken."""
    found: date | None = await db.fetchval(SQL.newest_taken, adapter.source.value, adapter.event_type)
    return found


async def complete_through(db: Database, adapter: Adapter) -> date | None:
    """Up to which day the source is complete by its extracts; None where one of its kinds never came whole."""
    found: date | None = await db.fetchval(SQL.complete_through, adapter.source.value, list(adapter.needed_types))
    return found
