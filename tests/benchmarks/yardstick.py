"""
The yardstick: what a good engineer writes in a day with plain aio-pika and asyncpg, and nothing else. Written once and never tuned.

Four hops (ingest, linker, scorer, casework), each a process of its own with a schema of its own. A hop

1. takes a message (a JSON array of at most fifty events) from a quorum queue of its own, by hand acknowledged, one at a time, in order;
2. parses it, and in one transaction: notes the events' ids in its inbox (`on conflict do nothing`), writes a row per event that was not
   there into its table, and the same events, one row each, into its outbox, except in the last hop;
3. acknowledges the message after the commit.

Beside it runs the hop's relay: it reads the outbox in order, publishes fifty rows a message (persistent, mandatory, confirmed by the
broker, one after the other), and deletes what was confirmed. So effects are exactly-once at each hop, and order is kept.

There is no validation, no rule, no reply, no audit, no partition, no parking, no telemetry, and nothing is clever: json of the standard
library, asyncio's own loop, one statement a table and batch, the servers' settings as they are. It is not part of the product and shares
no code with it. Where it could be made faster, it is not, and where a server or library makes it slower, it stays as it is: it is there
to say what a machine carries at an hour, so that figures of different hours and machines can be compared as ratios to it.

    python tests/benchmarks/yardstick.py prepare              # tables and queues; DATABASE_URL and BROKER_URL as for the hops
    python tests/benchmarks/yardstick.py ingest               # one hop, until SIGTERM
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg
from aio_pika.abc import AbstractIncomingMessage

HOPS = ("ingest", "linker", "scorer", "casework")
BATCH = 50
ROWS_AT_ONCE = 500
PREFETCH = 20
POLL_SECONDS = 0.5

SOURCE_EXCHANGE = "source"
EXCHANGE = "yardstick"

TABLES = """
create schema if not exists {hop};
create table if not exists {hop}.inbox (
    event_id uuid primary key,
    heard_at timestamptz not null default now()
);
create table if not exists {hop}.record (
    event_id uuid primary key,
    source text not null,
    type text not null,
    subject text not null,
    revision bigint not null,
    data jsonb not null,
    saved_at timestamptz not null default now()
);
create table if not exists {hop}.outbox (
    id bigint generated always as identity primary key,
    payload text not null
);
"""

HEAR = "insert into inbox (event_id) select distinct unnest($1::uuid[]) on conflict do nothing returning event_id"
SAVE = """
insert into record (event_id, source, type, subject, revision, data)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[])
"""
SAY = "insert into outbox (payload) select unnest($1::text[])"
WAITING = "select id, payload from outbox order by id limit $1"
FORGET = "delete from outbox where id = any($1::bigint[])"


async def prepare(database_url: str, broker_url: str) -> None:
    """Make every hop's tables and queue."""
    db = await asyncpg.connect(database_url)
    for hop in HOPS:
        await db.execute(TABLES.format(hop=hop))
    await db.close()

    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel()
        await channel.declare_exchange(SOURCE_EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
        await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.DIRECT, durable=True)
        for hop in HOPS:
            queue = await channel.declare_queue(f"yardstick.{hop}", durable=True, arguments={"x-queue-type": "quorum"})
            if hop == HOPS[0]:
                await queue.bind(SOURCE_EXCHANGE, "#")
            else:
                await queue.bind(EXCHANGE, hop)


class Hop:
    """One hop: what is heard is saved and passed on."""

    def __init__(self, name: str, pool: asyncpg.Pool, connection: aio_pika.abc.AbstractRobustConnection) -> None:
        self.name = name
        self.next = HOPS[HOPS.index(name) + 1] if name != HOPS[-1] else None
        self.pool = pool
        self.connection = connection
        self.said = asyncio.Event()

    async def hear(self) -> None:
        """Take message after message, in order."""
        channel = await self.connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(f"yardstick.{self.name}")
        async with queue.iterator() as messages:
            async for message in messages:
                await self.take(message)

    async def take(self, message: AbstractIncomingMessage) -> None:
        """Handle one message: exactly once, because inbox, rows and outbox are one transaction."""
        async with message.process(requeue=True):
            events = {UUID(event["id"]): event for event in json.loads(message.body)}
            async with self.pool.acquire() as db, db.transaction():
                fresh = {row["event_id"] for row in await db.fetch(HEAR, list(events))}
                await self.save(db, {key: event for key, event in events.items() if key in fresh})
        self.said.set()

    async def save(self, db: Any, events: dict[UUID, Any]) -> None:
        """Write a row per event, and what the next hop is told."""
        await db.execute(
            SAVE,
            list(events),
            [event["source"] for event in events.values()],
            [event["type"] for event in events.values()],
            [event["subject"] for event in events.values()],
            [event["revision"] for event in events.values()],
            [json.dumps(event["data"], ensure_ascii=False) for event in events.values()],
        )
        if self.next is not None:
            await db.execute(SAY, [json.dumps(event, ensure_ascii=False) for event in events.values()])

    async def relay(self) -> None:
        """Empty the outbox whenever something was said."""
        assert self.next is not None
        channel = await self.connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(EXCHANGE)
        while True:
            rows = await self.pool.fetch(WAITING, ROWS_AT_ONCE)
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                body = f"[{','.join(row['payload'] for row in batch)}]".encode()
                message = aio_pika.Message(body, content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
                await exchange.publish(message, routing_key=self.next, mandatory=True)
                await self.pool.execute(FORGET, [row["id"] for row in batch])
            if not rows:
                await self.wait()

    async def wait(self) -> None:
        """Wait until something was said, or a while."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.said.wait(), POLL_SECONDS)
        self.said.clear()


async def run(name: str, database_url: str, broker_url: str) -> None:
    """Run a hop until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    pool = await asyncpg.create_pool(database_url, min_size=2, max_size=4, server_settings={"search_path": name})
    connection = await aio_pika.connect_robust(broker_url)
    hop = Hop(name, pool, connection)
    parts = [hop.hear(), stopped.wait()] + ([hop.relay()] if hop.next is not None else [])
    tasks = [asyncio.create_task(part) for part in parts]
    print("ready", flush=True)  # noqa: T201 (who started it waits for this)

    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await connection.close()
    await pool.close()
    for task in done:
        task.result()


if __name__ == "__main__":
    urls = os.environ["DATABASE_URL"], os.environ["BROKER_URL"]
    asyncio.run(prepare(*urls) if sys.argv[1] == "prepare" else run(sys.argv[1], *urls))
