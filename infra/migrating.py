"""
Brings a database to the state that the code expects: roles, schemas, tables.

One schema per service with two roles: the owner, who cannot log in and whose tables they are, and the login, who works with
them. Row-level security and revoked rights bind the login because it owns nothing.
"""

import asyncio
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import asyncpg

from contracts.values import ServiceName

ROOT = Path(__file__).resolve().parent.parent
IDENTITY = "identity"
SCHEMAS = (*ServiceName, IDENTITY)
"""Every schema: the five services', and that of staff and sessions."""

ANALYST = "analyst"
"""The login of the analysis body (ROLE-03). It owns nothing, and reads what the scorer puts into the schema `analysis`."""

PAST = "scorer_known"
"""What the scorer held on a past day, by views (`services/scorer/recalling.py`)."""

LOGINS = (*map(str, SCHEMAS), ANALYST)
"""Everybody who may connect."""


class MigrationChanged(Exception):
    """A migration that was applied has other text now. Write a new one instead."""


class MigrationBlocked(Exception):
    """Others held the tables that are to be changed for too long. Stop what works with them, or try again later."""


LOCK_SECONDS = 5
"""
A change waits no longer than this for a table: whoever comes after it would wait behind it, and the service would stand still.
"""

TRIES = 12
_PAUSE_SECONDS = 2.0

# In one cluster only one may migrate at a time, whatever the database: roles belong to the cluster. Nobody's login waits for this.
_ONE_AT_A_TIME = "lock table pg_authid in share row exclusive mode"


async def migrate_all(admin_url: str, passwords: Mapping[str, str]) -> None:
    """
    Create what is missing, in one transaction, one at a time.

    `admin_url` logs in as a superuser to the database; `passwords` holds the password of every login. Raises
    MigrationChanged, and MigrationBlocked where tables stay locked; then nothing was changed.
    """
    for left in reversed(range(TRIES)):
        admin = await asyncpg.connect(admin_url)
        try:
            await _migrate(admin, passwords)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
            if not left:
                raise MigrationBlocked(
                    f"tables stayed locked {TRIES} times for {LOCK_SECONDS} s; nothing was changed. Stop the services or try again later"
                ) from error
        else:
            return
        finally:
            await admin.close()
        await asyncio.sleep(_PAUSE_SECONDS)


async def _migrate(admin: asyncpg.Connection, passwords: Mapping[str, str]) -> None:
    async with admin.transaction():
        await admin.execute(_ONE_AT_A_TIME)
        await admin.execute("select set_config('lock_timeout', $1, true)", f"{LOCK_SECONDS}s")
        for schema in SCHEMAS:
            await _prepare(admin, schema, passwords[schema])
            if schema == ServiceName.SCORER:
                await _prepare_past(admin)
                await _prepare_analyst(admin, passwords[ANALYST])
            for file in _files(schema):
                await _apply(admin, schema, file)
        await wall_off(admin, await admin.fetchval("select current_database()"))
        await _close_to_everybody(admin)


async def wall_off(admin: asyncpg.Connection, database: str) -> None:
    """
    Let our logins connect to `database`, nobody else, and nobody make temporary tables in it.

    PostgreSQL lets everybody do both in every new database, a copy of a walled one included; the server's own databases are none of
    our logins' business either.
    """
    statements = await admin.fetchval(
        """
        select array(
            select format('revoke all on database %I from public', datname)
            from pg_database
            where datname = any (array[$1, 'postgres', 'template1']::text[])
                and exists (
                    select from aclexplode(coalesce(datacl, acldefault('d', datdba))) as granted where granted.grantee = 0
                )
            order by datname
        ) || array(
            select format('grant connect on database %I to %I', datname, login)
            from unnest($2::text[]) as login cross join pg_database
            where datname = $1 and not exists (
                select from aclexplode(datacl) as granted where granted.grantee = login::regrole and granted.privilege_type = 'CONNECT'
            )
            order by login
        )
        """,
        database,
        list(LOGINS),
    )
    for statement in statements:
        await admin.execute(statement)


async def _close_to_everybody(admin: asyncpg.Connection) -> None:
    """
    Take from everybody what a login could use outside its own schema: the schema `public`, and large objects.

    What is left to everybody and cannot be taken without taking it from ourselves are locks by number (pg_advisory_lock): a login can
    hold up another service with one. So nothing that must not be held up by others may rest on them (the audit log's order rests on a
    row of its own).
    """
    await admin.execute("revoke all on schema public from public")
    for statement in await admin.fetchval(
        """
        select coalesce(array_agg(format('revoke execute on function %s from public', p.oid::regprocedure) order by p.oid), '{}')
        from pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace
            and (starts_with(p.proname, 'lo_') or p.proname in ('lowrite', 'loread'))
            and has_function_privilege('public', p.oid, 'execute')
        """
    ):
        await admin.execute(statement)


async def _prepare(admin: asyncpg.Connection, schema: str, password: str) -> None:
    await _role(admin, f"{schema}_owner", "nologin")
    await _role(admin, schema, "login nosuperuser nobypassrls")
    # Identifiers and passwords cannot be parameters here; format() on the server quotes them.
    statements = await admin.fetchval(
        """
        select array[
            format('alter role %1$I password %2$L', $1::text, $2::text),
            format('alter role %1$I set search_path = %1$I', $1::text),
            format('create schema if not exists %1$I authorization %2$I', $1::text, $3::text),
            format('grant usage on schema %1$I to %1$I', $1::text),
            format(
                'alter default privileges for role %2$I in schema %1$I grant select, insert, update, delete on tables to %1$I',
                $1::text, $3::text
            ),
            format('alter default privileges for role %2$I in schema %1$I grant usage on sequences to %1$I', $1::text, $3::text)
        ]
        """,
        schema,
        password,
        f"{schema}_owner",
    )
    for statement in statements:
        await admin.execute(statement)


async def _prepare_past(admin: asyncpg.Connection) -> None:
    """Make a schema for the scorer's views of what it held on a past day: they have the names of its tables, which they stand for."""
    owner, login = f"{ServiceName.SCORER}_owner", ServiceName.SCORER
    for statement in await admin.fetchval(
        """
        select array[
            format('create schema if not exists %1$I authorization %2$I', $1::text, $2::text),
            format('grant usage on schema %1$I to %2$I', $1::text, $3::text),
            format('alter default privileges for role %2$I in schema %1$I grant select on tables to %3$I', $1::text, $2::text, $3::text)
        ]
        """,
        PAST,
        owner,
        login,
    ):
        await admin.execute(statement)


async def _prepare_analyst(admin: asyncpg.Connection, password: str) -> None:
    """Make the analysis body's login, and a schema with the scorer's views for it: the scorer's migrations say what it reads."""
    await _role(admin, ANALYST, "login nosuperuser nobypassrls")
    statements = await admin.fetchval(
        """
        select array[
            format('alter role %1$I password %2$L', $1::text, $2::text),
            format('alter role %1$I set search_path = analysis', $1::text),
            format('create schema if not exists analysis authorization %1$I', $3::text),
            format('grant usage on schema analysis to %1$I', $1::text)
        ]
        """,
        ANALYST,
        password,
        f"{ServiceName.SCORER}_owner",
    )
    for statement in statements:
        await admin.execute(statement)


async def _role(admin: asyncpg.Connection, role: str, options: str) -> None:
    exists = await admin.fetchval("select exists (select from pg_roles where rolname = $1)", role)
    if not exists:
        await admin.execute(await admin.fetchval(f"select format('create role %I {options}', $1::text)", role))


def _files(schema: str) -> Iterator[Path]:
    if schema == IDENTITY:
        yield from sorted((ROOT / "infra/identity/migrations").glob("*.sql"))
    else:
        yield from sorted((ROOT / "infra/migrations").glob("*.sql"))
        yield from sorted((ROOT / "services" / schema / "migrations").glob("*.sql"))


async def _apply(admin: asyncpg.Connection, schema: str, file: Path) -> None:
    text = file.read_text(encoding="utf-8")  # noqa: ASYNC240 -- a few small files, before anything runs
    digest = sha256(text.encode()).hexdigest()
    name = f"{file.parent.parent.name}/{file.name}"
    await _as_owner(admin, schema)
    await admin.execute("create table if not exists migration (name text primary key, sha256 text not null)")
    applied = await admin.fetchval("select sha256 from migration where name = $1", name)
    if applied is None:
        await admin.execute(text)
        await admin.execute("insert into migration (name, sha256) values ($1, $2)", name, digest)
    elif applied != digest:
        raise MigrationChanged(f"{schema}: {name} was applied with other text; write a new migration instead of changing one")
    await admin.execute("reset role; reset search_path")


async def _as_owner(admin: asyncpg.Connection, schema: str) -> None:
    for statement in await admin.fetchval(
        "select array[format('set local role %I', $1::text), format('set local search_path = %I', $2::text)]", f"{schema}_owner", schema
    ):
        await admin.execute(statement)
