"""Migrations run one at a time, and wait for no table so long that everybody waits behind them."""

import asyncio

import asyncpg
import pytest

from infra import migrating
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, MigrationBlocked, migrate_all
from infra.testing.fixtures import PASSWORD, Database

pytestmark = pytest.mark.servers
PASSWORDS = dict.fromkeys(LOGINS, PASSWORD)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LOCK_SECONDS", 1)
    monkeypatch.setattr(migrating, "TRIES", 2)
    monkeypatch.setattr(migrating, "_PAUSE_SECONDS", 0.0)


async def test_several_that_migrate_at_once_come_one_after_the_other(postgres: PostgresServer) -> None:
    admin = await asyncpg.connect(postgres.url())
    for name in ("at_once_a", "at_once_b"):
        await admin.execute(f"create database {name} template template0")

    await asyncio.gather(*(migrate_all(postgres.url(name), PASSWORDS) for name in ("at_once_a", "at_once_a", "at_once_b", "at_once_b")))

    for name in ("at_once_a", "at_once_b"):
        fresh = await asyncpg.connect(postgres.url(name))
        assert await fresh.fetchval("select count(*) from audit.migration") > 0
        await fresh.close()
        await admin.execute(f"drop database {name}")
    await admin.close()


@pytest.mark.usefixtures("impatient")
async def test_a_table_that_stays_locked_blocks_the_migration_and_nobody_behind_it(database: Database) -> None:
    holder = await asyncpg.connect(database.admin_url)
    reader = await asyncpg.connect(database.url("linker"))

    async with asyncio.timeout(30), holder.transaction():
        await holder.execute("lock table linker.migration in access exclusive mode")
        with pytest.raises(MigrationBlocked, match="nothing was changed"):
            await migrate_all(database.admin_url, PASSWORDS)
        assert await reader.fetchval("select count(*) from inbox") == 0

    await migrate_all(database.admin_url, PASSWORDS)
    await holder.close()
    await reader.close()


@pytest.mark.usefixtures("impatient")
async def test_a_table_that_is_locked_for_a_while_is_waited_for(database: Database) -> None:
    holder = await asyncpg.connect(database.admin_url)

    async with holder.transaction():
        await holder.execute("lock table linker.migration in access exclusive mode")
        migrating_now = asyncio.create_task(migrate_all(database.admin_url, PASSWORDS))
        async with asyncio.timeout(20):
            while not await holder.fetchval("select exists (select from pg_locks where not granted)"):  # noqa: ASYNC110 -- in a server
                await asyncio.sleep(0.02)
    async with asyncio.timeout(20):
        await migrating_now
    await holder.close()
