"""
What an event costs in the ledger, of a few rows and of millions, on a PostgreSQL as it is delivered.

    python tests/benchmarks/ledger.py [--rows N] [--months M] [--rounds R]

Ledgers in databases of their own, filled without the service: one of 10,000 events, and for each of `--months` one with `--rows` over
so many parts. In turn, transactions of 500 events that nobody knows go through the two statements of an admission that touch the
ledger (`known_events`, `enter`), with the commit. Of the later half of each the median counts: the earlier half brings into memory what
the months before a measurement would have.
"""

import argparse
import asyncio
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from infra.local.ports import free_run
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all
from services.ingest import store

PASSWORD = secrets.token_hex(8)
TOGETHER = 500
SMALL = 10_000
TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
_FILL = """
insert into event_log (event_key, source, event_id, event_type, record_id, revision, outcome, content_hash, received_at, month)
select md5($1::text || n)::uuid, 'resident_registry', 'e-' || $1::text || n, 'resident.changed', 'r-' || n, 1, 'accepted',
    sha256(n::text::bytea), $2::timestamptz + n * interval '1 ms', $2::date
from generate_series(1, $3::int) as n
"""


def months_before(months: int) -> list[date]:
    """The first days of so many months, the current one last."""
    first = TODAY.replace(day=1)
    found = [first]
    while len(found) < months:
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found[::-1]


async def filled(server: PostgresServer, name: str, rows: int, months: int) -> asyncpg.Connection:
    """A database whose ledger has so many rows, over so many months."""
    admin = await asyncpg.connect(server.url())
    await admin.execute(f"create database {name} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
    await admin.close()
    await migrate_all(server.url(name), dict.fromkeys(LOGINS, PASSWORD))
    db = await asyncpg.connect(server.url(name))
    await db.execute("set search_path = ingest")
    parts = months_before(months)
    for number, month in enumerate(parts):
        await db.execute("select open_month($1)", month)
        began = time.perf_counter()
        await db.execute(_FILL, f"{name}{number}", datetime(month.year, month.month, 1, 1, tzinfo=UTC), rows // len(parts))
        say(f"{name}: {month} {rows // len(parts):,} rows in {time.perf_counter() - began:.1f} s")
    await db.execute("vacuum analyze event_log")
    await db.execute("checkpoint")
    await db.close()
    return await asyncpg.connect(f"postgresql://ingest:{PASSWORD}@127.0.0.1:{server.port}/{name}")


async def admission(db: asyncpg.Connection) -> tuple[float, float]:
    """The two statements of one transaction, the commit with the second; microseconds an event."""
    keys = sorted(UUID(bytes=secrets.token_bytes(16)) for _ in range(TOGETHER))
    none, texts, hashes = [None] * TOGETHER, ["x" * 20] * TOGETHER, [secrets.token_bytes(32)] * TOGETHER
    accepted, sources, kinds = ["accepted"] * TOGETHER, ["resident_registry"] * TOGETHER, ["resident.changed"] * TOGETHER
    began = time.perf_counter()
    async with db.transaction():
        await db.fetch(store.SQL.known_events, keys)
        looked = time.perf_counter()
        await db.execute(store.SQL.enter, keys, kinds, texts, [1] * TOGETHER, accepted, none, none, none, hashes, none, sources, texts, NOW)
    return (looked - began) * 1e6 / TOGETHER, (time.perf_counter() - looked) * 1e6 / TOGETHER


async def measured(server: PostgresServer, rows: int, months: Sequence[int], rounds: int) -> None:
    """Fill all, measure in turn, and say it."""
    wanted = {"small": (SMALL, 1), **{f"parts{count}": (rows, count) for count in months}}
    ledgers = {name: await filled(server, name, *shape) for name, shape in wanted.items()}
    cost: dict[str, list[tuple[float, float]]] = {name: [] for name in ledgers}
    for number in range(rounds):
        for name, db in ledgers.items():
            told = await admission(db)
            if number >= rounds // 2:
                cost[name].append(told)
    for name, (held, parts) in wanted.items():
        looking, entering = (statistics.median(times) for times in zip(*cost[name], strict=True))
        ratio = statistics.median(map(sum, cost["small"])) / statistics.median(map(sum, cost[name]))
        say(f"{held:>12,} rows in {parts} parts: {looking:6.1f} µs to look, {entering:6.1f} µs to enter an event; ratio {ratio:.2f}")
        await ledgers[name].close()


def say(line: str) -> None:
    """Write a line where the caller reads it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--months", type=int, nargs="+", default=[1, 5], help="A ledger each, of so many parts with the current one.")
    parser.add_argument("--rounds", type=int, default=1000)
    arguments = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="tsunagu-ledger-"))
    root.chmod(0o711)
    server = PostgresServer(root, free_run(1), password=PASSWORD)
    server.start()
    try:
        asyncio.run(measured(server, arguments.rows, arguments.months, arguments.rounds))
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
