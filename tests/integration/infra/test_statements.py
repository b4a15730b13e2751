"""Every named statement of the repository is one that PostgreSQL takes, on the schema as it is and with the rights of who runs it."""

from pathlib import Path

import asyncpg
import pytest

from contracts.values import ServiceName
from infra.sql import queries
from infra.testing.fixtures import Database

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.servers


def statement_files() -> list[Path]:
    """Every file of named statements, wherever it lies."""
    found = [file for root in ("infra", "services") for file in (ROOT / root).rglob("*.sql") if "migrations" not in file.parts]
    return sorted(file for file in found if "-- name:" in file.read_text(encoding="utf-8"))


def roles_of(file: Path) -> list[str]:
    """Who runs the statements of a file."""
    root, first, *_ = file.relative_to(ROOT).parts
    if root == "services":
        return [first]
    return ["identity"] if first == "identity" else [str(service) for service in ServiceName]


FILES = statement_files()


def test_files_of_statements_are_found_in_every_service_and_in_folders_of_screens() -> None:
    names = {str(file.relative_to(ROOT)) for file in FILES}

    assert {f"services/{service}/queries.sql" for service in ServiceName} <= names
    assert any("/screens/" in name for name in names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
async def test_postgresql_begins_every_statement_for_whoever_runs_it(file: Path, database: Database) -> None:
    statements = queries(str(file), file.name)
    refused = []
    for role in roles_of(file):
        db = await asyncpg.connect(database.url(role))
        for name in statements.names:
            try:
                await _start(db, getattr(statements, name))
            except asyncpg.PostgresError as error:
                refused.append(f"{role} cannot run {name}: {error}")
        await db.close()

    assert refused == []


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
