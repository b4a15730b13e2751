"""What a service's login may not do in the database server, whatever SQL it is made to run."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all
from infra.testing.fixtures import PASSWORD, Database, fresh_database

pytestmark = pytest.mark.servers


@pytest_asyncio.fixture(scope="module")
async def database(postgres: PostgresServer, template: str) -> AsyncIterator[Database]:
    """One for all tests here: whatever they try is refused, and leaves nothing."""
    async with fresh_database(postgres, template) as fresh:
        yield fresh


@pytest_asyncio.fixture(params=LOGINS)
async def login(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection of each login in turn."""
    db = await asyncpg.connect(database.url(request.param))
    yield db
    await db.close()


@pytest.mark.parametrize("name", ["postgres", "template1"])
@pytest.mark.parametrize("role", LOGINS)
async def test_a_login_connects_to_no_other_database(database: Database, role: str, name: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(database.url(role).rpartition("/")[0] + f"/{name}")


async def test_who_is_none_of_the_logins_connects_to_no_database_of_ours(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(f"create role stranger login password '{PASSWORD}'")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(database.url("stranger"))
    finally:
        await admin.execute("drop role stranger")
        await admin.close()


@pytest.mark.parametrize(
    "statement",
    [
        "create temporary table kept (x text)",
        "create temporary sequence kept",
        "create temporary view kept as select 1",
        "create table public.kept (x text)",
        "create schema kept",
        "create extension dblink",
        "select lo_create(0)",
        "select lo_from_bytea(0, 'x')",
        "select lo_import('/etc/passwd')",
        "select pg_read_file('postgresql.conf')",
        "copy (select 1) to program 'true'",
        "set role audit_owner",
        "alter role current_user createdb",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'operator'",
    ],
)
async def test_a_login_does_nothing_outside_its_own_schema(login: asyncpg.Connection, statement: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFileError)):
        await login.execute(statement)


async def test_a_login_makes_nothing_in_any_schema(login: asyncpg.Connection) -> None:
    makes = await login.fetch("select nspname from pg_namespace where has_schema_privilege(oid, 'create')")

    assert [row["nspname"] for row in makes] == []


async def test_a_login_sees_no_statement_of_another(login: asyncpg.Connection, database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    await admin.fetchval("select 'a name in a statement'")

    seen = await login.fetch("select query from pg_stat_activity where usename is distinct from current_user")

    assert not any("a name in a statement" in (row["query"] or "") for row in seen)
    await admin.close()


async def test_the_walls_are_the_same_after_another_migration(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    before = await admin.fetch("select datname, datacl::text from pg_database order by datname")

    await migrate_all(database.admin_url, dict.fromkeys(LOGINS, PASSWORD))

    assert await admin.fetch("select datname, datacl::text from pg_database order by datname") == before
    await admin.close()
