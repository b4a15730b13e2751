"""
Fixtures for tests of one service against real servers that the test run starts itself.

A fresh database is a copy of a migrated template, which takes about a tenth of a second.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from contracts.messages import MESSAGES, Message
from contracts.topology import EVENTS_EXCHANGE
from contracts.values import ServiceName
from infra.clock import Clock, FixedClock
from infra.identifiers import Identifiers
from infra.local.packages import POSTGRESQL, RABBITMQ, ensure
from infra.local.ports import free_run
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all, wall_off
from infra.postgres import open_pool
from infra.testing.memory import folder_in_memory
from infra.work import UnitOfWork

PASSWORD = "of-a-throw-away-server"  # noqa: S105 -- the server lives as long as the test run
TEMPLATE = "tsunagu_template"
KEY = b"tests"
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "jit": "off", "max_wal_size": "256MB", "shared_buffers": "128MB"}
"""Nothing is durable, tables are small, and no plan is compiled: that takes longer than a test's few rows."""
START = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)

_HAS_STRATEGIES = 15
_numbers = count(1)


@dataclass
class Database:
    """A database of one test, with everybody's schema, empty."""

    server: PostgresServer
    name: str
    pools: list[asyncpg.Pool] = field(default_factory=list)

    def url(self, role: str) -> str:
        """Return the address with which `role` (a service, or `identity`) logs in."""
        return f"postgresql://{role}:{PASSWORD}@127.0.0.1:{self.server.port}/{self.name}"

    @property
    def admin_url(self) -> str:
        """Return the address of the superuser: the attacker of tampering tests."""
        return self.server.url(self.name)

    async def pool(self, role: str) -> asyncpg.Pool:
        """Open connections of `role`; closed with the test."""
        pool = await open_pool(self.url(role), name=f"test-{role}", most=6)
        self.pools.append(pool)
        return pool


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL of this test run. Durability is off: nothing here outlives the run."""
    ensure(POSTGRESQL)
    root = folder_in_memory() or tmp_path_factory.mktemp("postgres")
    server = PostgresServer(root, free_run(1), password=PASSWORD, settings=SETTINGS)
    server.start()
    yield server
    server.stop()
    server.remove()
    shutil.rmtree(root, ignore_errors=True)


@pytest_asyncio.fixture(scope="session")
async def template(postgres: PostgresServer) -> str:
    """A database with every migration applied, from which the others are copied."""
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"create database {TEMPLATE} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
    await admin.close()
    await migrate_all(postgres.url(TEMPLATE), dict.fromkeys(LOGINS, PASSWORD))
    return TEMPLATE


@pytest_asyncio.fixture
async def database(postgres: PostgresServer, template: str) -> AsyncIterator[Database]:
    """A fresh database with empty schemas."""
    async with fresh_database(postgres, template) as fresh:
        yield fresh


@asynccontextmanager
async def fresh_database(postgres: PostgresServer, template: str) -> AsyncIterator[Database]:
    """Make a database with empty schemas, for as long as it is used."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(postgres.url())
    await copy_database(admin, name, template)
    await wall_off(admin, name)
    fresh = Database(postgres, name)
    yield fresh
    for pool in fresh.pools:
        await pool.close()
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def copy_database(admin: asyncpg.Connection, name: str, template: str) -> None:
    """
    Copy a database file by file.

    Since version 15 PostgreSQL would by itself log every page of it, for servers that must recover: that costs twice as much.
    """
    strategy = "strategy file_copy" if admin.get_server_version().major >= _HAS_STRATEGIES else ""
    await admin.execute(f"create database {name} template {template} {strategy}")


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 2026-04-01 09:00 in Japan until a test sets it."""
    return FixedClock(START)


@asynccontextmanager
async def unit_of_work(
    pool: asyncpg.Pool, service: ServiceName, clock: Clock, *, partitions: int = 1, key: bytes = KEY
) -> AsyncIterator[UnitOfWork]:
    """Open a unit of work as the runtime would, and commit it."""
    async with pool.acquire() as db, db.transaction():
        work = UnitOfWork(db, service=service, clock=clock, identifiers=Identifiers(key), partitions=partitions)
        yield work
        await work.flush()


_ANY: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])
_BY_NAME = {message.__name__: message for message in MESSAGES}


async def announced(pool: asyncpg.Pool) -> list[Message]:
    """Return the messages that wait in the outbox, in order."""
    rows = await pool.fetch("select payload from outbox where exchange = $1 order by id", EVENTS_EXCHANGE)
    return [message for row in rows for message in said_in(row["payload"])]


def said_in(payload: str) -> list[Message]:
    """Return the messages of one row of the outbox."""
    return [_BY_NAME[body["type"]].model_validate(body) for body in _ANY.validate_json(f"[{payload}]")]


__all__ = [
    "KEY",
    "PASSWORD",
    "RABBITMQ",
    "START",
    "Database",
    "announced",
    "clock",
    "copy_database",
    "database",
    "postgres",
    "said_in",
    "template",
    "unit_of_work",
]
