"""
Years of cases: what a small city's wards did, copied in casework's tables until there are as many cases as were wished.

A ward of the small city works as in the demonstration, so that its cases stand at every stage. Everybody in a household that nobody was
asked to look at is left out; what is left is copied whole, each copy with ids of its own and the same staff. A few copies stay open as
they are, the others are closed, because that is what an archive holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from infra.city.benchmarks.preload import COPIES_AT_ONCE, INDEXES_REST, copying
from infra.sql import queries

SQL = queries(__file__, "archive.sql")


@dataclass(frozen=True, slots=True)
class Archive:
    """What casework's tables hold, and how many of the cases and reviews are open."""

    cases: int
    open_cases: int
    reviews: int
    open_reviews: int
    people: int


async def grow(operator: asyncpg.Connection, cases: int, open_share: float) -> Archive:
    """
    Copy until there are about `cases` cases, `open_share` of the copies with what is open in them.

    `operator` may write everywhere. Raises ValueError where there is no case to copy.
    """
    await operator.execute("set session_replication_role = replica")
    await operator.execute("set maintenance_work_mem = '256MB'")
    await operator.execute(SQL.leave_out_who_nobody_looks_at, timeout=None)
    await operator.execute(SQL.leave_out_most_looks, timeout=None)
    if not (held := await operator.fetchval(SQL.cases)):
        raise ValueError("there is no case to copy")
    copies = max(0, round(cases / held) - 1)
    as_they_are = round(copies * open_share)
    staff = await operator.fetchval(SQL.staff)
    for table in await operator.fetch(SQL.tables):
        await _copy(operator, table["oid"], table["name"], (as_they_are, copies), staff)
    await operator.execute("reset session_replication_role")
    await operator.execute("checkpoint", timeout=None)
    (held_now,) = await operator.fetch(SQL.held, timeout=None)
    return Archive(**held_now)


async def _copy(operator: asyncpg.Connection, oid: int, name: str, until: tuple[int, int], staff: Sequence[Any]) -> None:
    as_they_are, copies = until
    statement = copying(name, await operator.fetch(SQL.columns, oid), kept=True)
    await operator.execute(f"create temporary table first as table {name}")
    if copies:
        await operator.execute(INDEXES_REST, oid)
    for begin in range(1, as_they_are + 1, COPIES_AT_ONCE):
        await operator.execute(statement, begin, min(begin + COPIES_AT_ONCE - 1, as_they_are), staff, timeout=None)
    if closing := _CLOSED.get(name):
        await operator.execute(closing)
    for begin in range(as_they_are + 1, copies + 1, COPIES_AT_ONCE):
        await operator.execute(statement, begin, min(begin + COPIES_AT_ONCE - 1, copies), staff, timeout=None)
    await operator.execute("drop table first")
    if copies:
        await operator.execute(f"reindex table {name}", timeout=None)
    await operator.execute(f"vacuum (analyze) {name}", timeout=None)


_CLOSED = {
    "casework.cases": """
        update first set state = 'closed', outcome = coalesce(outcome, 'watch'), asks = null, asked_by = null, sent_back_to = null,
            unanswered = '{}', handover = nullif(handover, 'offered')
    """,
    "casework.review": """
        update first set closed_at = coalesce(closed_at, opened_on + interval '60 days'), closed_on = coalesce(closed_on, opened_on + 60),
            outcome = coalesce(outcome, 'watch'), offered_to = null
    """,
    "casework.handover": "delete from first where status = 'offered'",
}
"""What makes of the open rows that are copied closed ones. `first` is there while a table is copied only."""
