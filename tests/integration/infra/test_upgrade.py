"""
A database that an earlier release made and its demonstration filled is brought up to date: what lay in it is there.

`releases/first.sql.xz` is of 8ddefa4 (27 November 2026), sixty migrations ago; `kept.py` says how another one is kept beside it.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import asyncpg
import pytest
import pytest_asyncio

from contracts.values import ServiceName
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, PAST, SCHEMAS, migrate_all
from infra.testing.fixtures import PASSWORD, Database
from services.ingest import inspection
from tests.integration.casework.conftest import LISTED_OTHERWISE
from tests.integration.infra.kept import RELEASES, restored

pytestmark = pytest.mark.servers

COLUMNS = """
    select format('%I.%I', n.nspname, c.relname) as name, array_agg(quote_ident(a.attname) order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition
        and n.nspname = any ($1) and c.relname <> 'migration' group by 1 order by 1
"""
SHAPE = """
    select c.relkind::text || ' ' || c.oid::regclass || ' of ' || c.relowner::regrole || ' for ' || coalesce(c.relacl::text, '') as part
    from pg_class c join ours on ours.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'S') and not c.relispartition
    union all
    select a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || a.attnotnull || a.attidentity::text || a.attgenerated::text
        || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || coalesce(a.attacl::text, '')
    from pg_attribute a join pg_class c on c.oid = a.attrelid join ours on ours.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v') and not c.relispartition
    union all
    select x.conrelid::regclass || ' ' || x.conname || ' ' || pg_get_constraintdef(x.oid) || x.convalidated from pg_constraint x
    join pg_class c on c.oid = x.conrelid join ours on ours.oid = c.relnamespace where not c.relispartition
    union all
    select pg_get_indexdef(i.indexrelid) from pg_index i
    join pg_class c on c.oid = i.indrelid join ours on ours.oid = c.relnamespace where not c.relispartition
    union all
    select pg_get_triggerdef(t.oid) || t.tgenabled::text from pg_trigger t
    join pg_class c on c.oid = t.tgrelid join ours on ours.oid = c.relnamespace where not c.relispartition and not t.tgisinternal
    union all
    select p.polrelid::regclass || ' ' || p.polname || p.polcmd::text || coalesce(pg_get_expr(p.polqual, p.polrelid), '')
        || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') from pg_policy p
    join pg_class c on c.oid = p.polrelid join ours on ours.oid = c.relnamespace
    union all
    select f.oid::regprocedure || f.prosrc || f.prosecdef || f.proowner::regrole || coalesce(f.proacl::text, '') from pg_proc f
    join ours on ours.oid = f.pronamespace
"""
"""Everything that migrations make, but for the parts of a table: they are by what lies in it."""

FULLER = {
    **dict.fromkeys((f"{service}.audit_lane" for service in ServiceName), "more lanes (infra 0010)"),
    "audit.turn": "a turn for findings (audit 0008)",
    "linker.judged_version": "one row: by which gate and normaliser all was judged",
    "linker.schooling": "of the pupils, by child and school",
    "scorer.news": "whoever was due",
    "scorer.past_kept": "one row: since when the past is kept",
    "scorer.past_table": "a row for each table of which the past is kept",
}
"""Tables in which a migration put something: what. In all others there are as many rows as before."""


Content = Mapping[str, str]
"""Of each column (`schema.table.column`) a digest of all its values; of each table (`schema.table`) the number of its rows."""


@dataclass(frozen=True)
class Upgraded:
    """A database of the first release, filled and brought up to date."""

    database: Database
    before: Content
    after: Content


async def content(url: str) -> Content:
    """What lies in a database."""
    admin = await asyncpg.connect(url)
    digest = "md5(coalesce(string_agg({column}::text, ' ' order by {column}::text), ''))"
    found: dict[str, str] = {}
    for table in await admin.fetch(COLUMNS, [*SCHEMAS]):
        digests = ", ".join(digest.format(column=column) for column in table["columns"])
        [(number, *values)] = await admin.fetch(f"select count(*)::text, {digests} from {table['name']}")
        found |= {table["name"]: number, **dict(zip((f"{table['name']}.{column}" for column in table["columns"]), values, strict=True))}
    await admin.close()
    return found


async def shape(url: str) -> set[str]:
    """What migrations made."""
    admin = await asyncpg.connect(url)
    ours = [*map(str, SCHEMAS), PAST, "analysis"]
    parts = await admin.fetch(f"with ours as (select oid from pg_namespace where nspname = any ($1)) {SHAPE}", ours)
    await admin.close()
    # A condition that was dumped is the same with other parentheses.
    return {re.sub(r"[()\s]", "", row["part"]) for row in parts}


@pytest_asyncio.fixture(scope="module")
async def upgraded(postgres: PostgresServer, template: str) -> AsyncIterator[Upgraded]:  # noqa: ARG001 (makes the roles that the dump names)
    url = postgres.url("upgraded")
    admin = await asyncpg.connect(postgres.url())
    await admin.execute("create database upgraded template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
    restored(url, RELEASES / "first.sql.xz")
    before = await content(url)
    await migrate_all(url, dict.fromkeys(LOGINS, PASSWORD))
    database = Database(postgres, "upgraded")
    yield Upgraded(database, before, await content(url))
    for pool in database.pools:
        await pool.close()
    await admin.execute("drop database upgraded with (force)")
    await admin.close()


def test_most_tables_of_that_time_have_rows(upgraded: Upgraded) -> None:
    assert sum(each.count(".") == 1 and n != "0" for each, n in upgraded.before.items()) > 80


def test_every_row_and_every_value_is_there_and_where_there_is_more_it_is_said_why(upgraded: Upgraded) -> None:
    before, after = upgraded.before, upgraded.after
    told = {name for name in before if name in FULLER or name.rpartition(".")[0] not in FULLER}
    changed = {name for name in told if before[name] != after.get(name)}
    filled = {name for name in after.keys() - before.keys() if name.count(".") == 1 and after[name] != "0"}

    assert changed | filled == set(FULLER)
    assert all(int(before.get(name, "0")) < int(after[name]) for name in FULLER)


async def test_it_is_made_as_a_new_database_is(upgraded: Upgraded, postgres: PostgresServer, template: str) -> None:
    old, new = await shape(upgraded.database.admin_url), await shape(postgres.url(template))

    assert (sorted(old - new), sorted(new - old)) == ([], [])


async def test_what_is_counted_apart_still_says_what_was_counted(upgraded: Upgraded) -> None:
    admin = await asyncpg.connect(upgraded.database.admin_url)
    listed_otherwise = await admin.fetchval(LISTED_OTHERWISE)
    await admin.close()
    async with (await upgraded.database.pool(ServiceName.INGEST)).acquire() as db:
        assert await inspection.ledger(db) == await inspection.counted(db)
    assert listed_otherwise == 0
