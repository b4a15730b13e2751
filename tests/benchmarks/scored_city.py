"""A city whose children have five years of facts, for benchmarks of the scorer: made set by set in PostgreSQL, without the services."""

import asyncio
from datetime import date, datetime, timedelta

import asyncpg

from contracts.values import Source
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all
from infra.sql import queries

SQL = queries(__file__, "scored_city.sql")
HANDS = 2
LOTS = 4
"""So many lots of children, by two connections: records of one day lie together, as they come in, over a quarter of the city at least."""

_FIRST = ("persons", "births", "kinships", "due")
_FACTS = ("births_told", "checkups", "attendance", "pupils", "dues", "allowances", "entitlements")


async def make_city(server: PostgresServer, name: str, children: int, today: date, *, password: str) -> None:
    """Make the database `name` with every service's tables, and a city of so many children in the scorer's."""
    admin = await asyncpg.connect(server.url())
    await admin.execute(f"create database {name} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
    await admin.close()
    await migrate_all(server.url(name), dict.fromkeys(LOGINS, password))
    db = await _connected(server.url(name))
    await db.execute(SQL.make_children.replace("$1::int", "1").replace("$2::int", str(children)).replace("$3::date", f"'{today}'::date"))
    await db.execute(SQL.index_children)
    await db.execute("analyze child")
    again = await _without_indexes(db, "fact", "evaluation", "person", "due", "delivery", "kinship")
    lots = [(1 + children * lot // LOTS, children * (lot + 1) // LOTS) for lot in range(LOTS)]
    for step in (*_FIRST, *_FACTS):
        await _in_lots(server.url(name), step, lots, today)
    await _side_by_side(server.url(name), again)
    await db.execute(SQL.counted)
    await db.execute(SQL.known, datetime.combine(today - timedelta(days=400), datetime.min.time()).astimezone())
    await db.execute(SQL.watermarks, today, [source.value for source in Source])
    await db.execute("drop table child")
    await db.execute("vacuum analyze")
    await db.execute("checkpoint")
    await db.close()


async def _connected(url: str) -> asyncpg.Connection:
    db = await asyncpg.connect(url)
    await db.execute("set search_path = scorer")
    # What is lost is made anew.
    await db.execute("set synchronous_commit = off")
    await db.execute("set maintenance_work_mem = '512MB'")
    await db.execute("set work_mem = '256MB'")
    return db


async def _without_indexes(db: asyncpg.Connection, *tables: str) -> list[str]:
    """Take the tables' indexes away while they are filled. Returns the statements that make them again."""
    keys = await db.fetch(
        "select conrelid::regclass::text as named, conname, pg_get_constraintdef(oid) as said from pg_constraint "
        "where contype = 'p' and conrelid = any($1::text[]::regclass[])",
        list(tables),
    )
    others = await db.fetch(SQL.indexes, list(tables))
    for row in keys:
        await db.execute(f"alter table {row['named']} drop constraint {row['conname']}")
    for row in others:
        await db.execute(f"drop index {row['indexname']}")
    return [f"alter table {row['named']} add constraint {row['conname']} {row['said']}" for row in keys] + [
        row["indexdef"] for row in others
    ]


async def _in_lots(url: str, step: str, lots: list[tuple[int, int]], today: date) -> None:
    waiting = list(lots)

    async def work() -> None:
        db = await _connected(url)
        while waiting:
            await db.execute(getattr(SQL, step), *waiting.pop(), today)
        await db.close()

    await asyncio.gather(*(work() for _ in range(HANDS)))


async def _side_by_side(url: str, statements: list[str]) -> None:
    """Keys first: they lock the table alone. Then the indexes, two at a time."""
    db = await _connected(url)
    for statement in statements:
        if statement.startswith("alter"):
            await db.execute(statement)
    await db.close()
    waiting = [statement for statement in statements if not statement.startswith("alter")]

    async def work() -> None:
        db = await _connected(url)
        while waiting:
            await db.execute(waiting.pop())
        await db.close()

    await asyncio.gather(*(work() for _ in range(HANDS)))
