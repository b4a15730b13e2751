"""
Servers that are started once, and for each file are as they were after their start.

To start PostgreSQL and RabbitMQ costs six seconds of CPU and more; to copy a database anew and to purge queues some hundredths.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import asyncpg

from infra.local.access import DATABASE
from infra.local.stack import Stack
from infra.migrating import wall_off
from infra.testing.fixtures import copy_database

FRESH = "as_after_the_start"
PATIENCE_SECONDS = 30.0


@asynccontextmanager
async def as_after_the_start(servers: Stack) -> AsyncIterator[Stack]:
    """Lend servers that nobody else uses, and bring them back to what they were: the database as migrated, and nothing in any queue."""
    admin = await asyncpg.connect(servers.access.admin_url("postgres"))
    if not await admin.fetchval("select exists (select from pg_database where datname = $1)", FRESH):
        await copy_database(admin, FRESH, DATABASE)
    await admin.close()
    try:
        yield servers
    finally:
        await _bring_back(servers)


async def _bring_back(servers: Stack) -> None:
    # A connection of now: the borrower may have killed the server under an older one.
    admin = await asyncpg.connect(servers.access.admin_url("postgres"))
    await admin.execute(f"drop database {DATABASE} with (force)")
    await copy_database(admin, DATABASE, FRESH)
    await wall_off(admin, DATABASE)
    await admin.close()
    async with await aio_pika.connect(servers.access.broker_url("operator")) as connection, asyncio.timeout(PATIENCE_SECONDS):
        channel = await connection.channel()
        # What a consumer had in hand comes back to its queue when the broker has seen that it is gone.
        while left := [name for name, n in (await asyncio.to_thread(servers.broker.messages)).items() if n]:
            for name in left:
                await (await channel.get_queue(name, ensure=False)).purge()
