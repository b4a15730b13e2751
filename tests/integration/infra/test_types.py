"""What comes with PostgreSQL is asked about once, and what a migration makes in each connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from infra import postgres
from infra.testing.fixtures import Database

pytestmark = pytest.mark.servers
SOMEBODY = UUID(int=7)


@asynccontextmanager
async def connection(database: Database, asked: list[str]) -> AsyncIterator[postgres.Database]:
    """A connection that was not there before, and what the server is asked about types in it."""
    async with await postgres.open_pool(database.admin_url, name="test", most=1) as pool, pool.acquire() as db:
        db.add_query_logger(lambda told: asked.append(told.query) if "pg_type" in told.query else None)
        yield db


async def test_a_second_connection_does_not_ask_about_types_that_come_with_postgresql(database: Database) -> None:
    first: list[str] = []
    second: list[str] = []
    everything = "select $1::uuid[] as persons, $2::int[] as numbers, $3::timestamptz[] as instants, array[int4range(1, 3)] as ranges"

    async with connection(database, first) as db:
        told = await db.fetchrow(everything, [SOMEBODY], [1, None, 3], [])
    async with connection(database, second) as db:
        told_again = await db.fetchrow(everything, [SOMEBODY], [1, None, 3], [])

    assert second == []
    assert told == told_again
    assert told_again is not None
    assert (told_again["persons"], told_again["ranges"]) == ([SOMEBODY], [asyncpg.Range(1, 3)])


async def test_a_type_that_a_migration_changed_is_written_as_it_is_now(database: Database) -> None:
    asked: list[str] = []
    async with connection(database, asked) as db:
        await db.execute("create type told as (who uuid, persons uuid[])")
        before = await db.fetchval("select $1::told", (SOMEBODY, [SOMEBODY]))
        await db.execute("alter type told add attribute since date")

    async with connection(database, asked) as db:
        after = await db.fetchval("select $1::told", (SOMEBODY, [SOMEBODY], None))

    assert (before["persons"], after["persons"], after["since"]) == ([SOMEBODY], [SOMEBODY], None)
    assert len(asked) == 2
