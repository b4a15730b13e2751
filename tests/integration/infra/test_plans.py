"""A plan made while a table was empty is not kept when it is full."""

import asyncpg
import pytest

from infra import postgres
from infra.testing.fixtures import Database

pytestmark = pytest.mark.servers
ROWS = 50_000


@pytest.fixture
async def pool(database: Database) -> asyncpg.Pool:
    opened = await postgres.open_pool(database.admin_url, name="test", most=1)
    database.pools.append(opened)
    return opened


async def grown(pool: asyncpg.Pool) -> None:
    """A statement is planned once for all parameters while its table is empty; then the table grows, unseen by the statistics."""
    async with pool.acquire() as db:
        await db.execute("""
            create table big (id int not null, n int not null) with (autovacuum_enabled = false);
            create index big_id on big (id);
        """)
        await db.execute("set plan_cache_mode = force_generic_plan")
        await db.execute("prepare one (int) as select n from big where id = $1")
        await db.execute("execute one(1)")
        await db.execute("insert into big select n, n from generate_series(1, $1::int) as n", ROWS)


async def plan(pool: asyncpg.Pool) -> str:
    async with pool.acquire() as db:
        await db.execute("set plan_cache_mode = force_generic_plan")
        return "\n".join(row[0] for row in await db.fetch("explain execute one(1)"))


async def test_a_connection_that_is_used_again_and_again_plans_anew(pool: asyncpg.Pool) -> None:
    await grown(pool)
    stale = await plan(pool)

    for _ in range(postgres.RENEWED_AFTER):
        await plan(pool)

    assert await plan(pool) != stale


async def test_a_connection_that_is_seldom_used_plans_anew_after_a_while(pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    await grown(pool)
    stale = await plan(pool)
    before = await plan(pool)

    monkeypatch.setattr(postgres, "RENEWED_SECONDS", 0.0)

    assert before == stale
    assert await plan(pool) != stale


async def test_no_statement_is_compiled(pool: asyncpg.Pool) -> None:
    assert await pool.fetchval("show jit") == "off"
