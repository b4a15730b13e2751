"""
What was known is kept for a term (domain.md §4.6), and in parts, a fiscal year each, that go as a whole when all of it is older.

A list of any day as known within the term stays the same bytes; as known before it, it is refused (`recalling.py`). Answers that are
believed no longer are moved out of the way of those that are. In steps of a transaction each: whoever is killed between them goes on.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import asyncpg
import structlog

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Actor, Thing
from infra.clock import JST
from infra.logs import tell
from infra.service import Service
from infra.sql import queries
from infra.work import UnitOfWork

SQL = queries(__file__, "retention.sql")
LOOK_SECONDS = 600.0
TOGETHER = 5_000

log = structlog.get_logger()
Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


@dataclass(slots=True)
class Kept:
    """What was done: answers that were moved, rows that went by table, and tables that somebody reads, which wait for another time."""

    archived: int = 0
    forgotten: dict[str, int] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)


async def planned(work: UnitOfWork, days: int) -> dict[str, int]:
    """The parts that `keep_to` would drop now, with their size in bytes. Nothing is written."""
    return {row["part"]: row["bytes"] for row in await work.db.fetch(SQL.planned, _term(work, days))}


async def keep_to(begin: Begin, days: int, actor: Actor | None = None) -> Kept:
    """Move what is believed no longer, open parts for this fiscal year and the next, and drop what is older than `days` by whole years."""
    kept = Kept()
    while moved := await _archive(begin):
        kept.archived += moved
    opened = [await _taken(kept, f"parts of {table}", _open(begin, table)) for table in await _names(begin, SQL.tables)]
    if not all(opened) or not await _taken(kept, "past_kept", _forget_until(begin, days)):
        return kept
    for table in await _names(begin, SQL.to_forget):
        await _taken(kept, table, _forget(begin, table, kept, actor))
    return kept


async def _archive(begin: Begin) -> int:
    async with begin() as work:
        start_of_today = datetime.combine(work.today, datetime.min.time(), JST)
        return int(await work.db.fetchval(SQL.archive, start_of_today, TOGETHER))


async def _names(begin: Begin, statement: str) -> list[str]:
    async with begin() as work:
        return [row["name"] for row in await work.db.fetch(statement)]


async def _open(begin: Begin, table: str) -> None:
    """A transaction of its own for each table: no two are locked at once."""
    async with begin() as work:
        await work.db.execute(SQL.open_years, table, work.now)


async def _forget_until(begin: Begin, days: int) -> None:
    async with begin() as work:
        await work.db.execute("set local lock_timeout = '3s'")
        await work.db.execute(SQL.forget_until, _term(work, days))


async def _forget(begin: Begin, table: str, kept: Kept, actor: Actor | None) -> None:
    async with begin() as work:
        rows: int = await work.db.fetchval(SQL.forget_years, table)
        if rows:
            thing = Thing(kind=ThingKind.PAST, id=table)
            work.keep(deeds.PAST_FORGOTTEN, actor=actor or work.service_actor(), thing=thing, count=rows)
    if rows:
        kept.forgotten[table] = rows


async def _taken(kept: Kept, what: str, step: Awaitable[None]) -> bool:
    """
    Whether a step was done: where somebody reads for long it is tried again another time, and nobody waits behind it.

    No step waits in a circle with the service's own work; where PostgreSQL ends it for one, it is another time's, too.
    """
    try:
        await step
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        kept.waiting.append(what)
        return False
    return True


def _term(work: UnitOfWork, days: int) -> datetime:
    return work.now - timedelta(days=days)


class Retention:
    """Does what the day asks for; where nothing is to be done it asks a few short questions, and one of each table that has a past."""

    def __init__(self, service: Service, days: int) -> None:
        self._service = service
        self._days = days

    async def look(self) -> None:
        """Do it, and say what was done."""
        kept = await keep_to(self._service.work, self._days)
        if kept.archived or kept.forgotten:
            tell(log.info, "scorer.retention", archived=kept.archived, forgotten=kept.forgotten)
        if kept.waiting:
            tell(log.warning, "scorer.past_waits", tables=kept.waiting)
