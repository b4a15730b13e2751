"""Every named statement of the repository is one that PostgreSQL takes, on the schema as it is and with the rights of who runs it."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from contracts.values import ServiceName
from infra.local.postgres import OPERATOR, PostgresServer
from infra.sql import queries
from infra.testing.fixtures import Database, fresh_database
from tests.architecture.statements import ROOT, reads, statement_files, uses

pytestmark = pytest.mark.servers


@pytest_asyncio.fixture(scope="module")
async def database(postgres: PostgresServer, template: str) -> AsyncIterator[Database]:
    """One for all tests here: statements are begun and not carried out."""
    async with fresh_database(postgres, template) as fresh:
        yield fresh


def roles_of(file: Path) -> list[str]:
    """Who runs the statements of a file. What looks at the server as a whole is the operator's."""
    root, first, *_ = file.relative_to(ROOT).parts
    if {"benchmarks", "fuzzing"} & set(file.parts):
        return [OPERATOR]
    if root == "services":
        return [first]
    return ["identity"] if first == "identity" else [str(service) for service in ServiceName]


FILES = statement_files()


def test_files_of_statements_are_found_in_every_service_and_in_folders_of_screens() -> None:
    names = {str(file.relative_to(ROOT)) for file in FILES}

    assert {f"services/{service}/queries.sql" for service in ServiceName} <= names
    assert any("/screens/" in name for name in names)


async def login(database: Database, role: str) -> asyncpg.Connection:
    """Log in as `role`; the operator finds the extension that the embedded server is started with for a profile."""
    if role != OPERATOR:
        return await asyncpg.connect(database.url(role))
    db = await asyncpg.connect(database.admin_url)
    await db.execute("create extension if not exists pg_stat_statements")
    return db


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
async def test_postgresql_begins_every_statement_for_whoever_runs_it(file: Path, database: Database) -> None:
    statements = queries(str(file), file.name)
    refused = []
    for role in roles_of(file):
        db = await login(database, role)
        for name in statements.names:
            try:
                await _start(db, getattr(statements, name))
            except asyncpg.PostgresError as error:
                refused.append(f"{role} cannot run {name}: {error}")
        await db.close()

    assert refused == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
async def test_whoever_runs_a_statement_reads_every_column_of_it(file: Path, database: Database) -> None:
    statements = queries(str(file), file.name)
    db = await login(database, roles_of(file)[0])
    unread = []
    for name in statements.names:
        prepared = await db.prepare(getattr(statements, name))
        columns = [attribute.name for attribute in prepared.get_attributes()]
        runs = [use for use in uses() if (use.file, use.name) == (file, name)]
        unread += [f"{name}: {column}" for column in columns if len(columns) > 1 and not any(reads(use, column) for use in runs)]
    await db.close()

    assert unread == []


async def test_a_statement_without_its_table_or_without_the_right_to_it_is_refused(database: Database) -> None:
    db = await asyncpg.connect(database.url("linker"))

    with pytest.raises(asyncpg.UndefinedTableError):
        await _start(db, "select from no_such_table")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _start(db, "select from ingest.inbox")
    await db.close()


async def _start(db: asyncpg.Connection, statement: str) -> None:
    """Have a statement understood, planned and begun, but not carried out: rights are looked at only when it begins."""
    parameters = len((await db.prepare(statement)).get_parameters())
    await db.execute(f"prepare of_test as {statement}")
    try:
        await db.execute(f"explain execute of_test{'(' + ', '.join(['null'] * parameters) + ')' if parameters else ''}")
    finally:
        await db.execute("deallocate of_test")
