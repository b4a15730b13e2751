"""
How much two processes of ingest admit beside each other, against what one does: the whole admission on a PostgreSQL of its own, durable.

    python tests/benchmarks/side_by_side.py [--children N] [--rounds N] [--json]

The events are those of the synthetic city (seed 7), in batches of 50, ten in one transaction. Each process takes every nth transaction,
so that both have every source, and judges them from the bytes on; broker, HTTP and relay are left out. Every run has a new database, and
each process admits one transaction before the clock runs. Watermarks are left out: each is admitted alone, and in a night there is one a
source, not one in some hundred events as in a small city.
Of several rounds the median counts. Beside events a second it says what a busy machine does not change: the CPU of an event, and the share
of looks at which somebody waited for a lock of the other.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from contracts.catalogue import WATERMARK_TYPE
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.identifiers import Identifiers
from infra.local.ports import free_run
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all, wall_off
from infra.postgres import open_pool
from infra.work import UnitOfWork
from services.ingest.actions import admit
from services.ingest.store import Overtaken
from tests.benchmarks.door import NOW, SEALER, Bodies, bodies_of, parcels, say, submission

PASSWORD = "benchmark"
LOOK_SECONDS = 0.01


async def _work_off(url: str, share: list[Bodies], both: Barrier) -> tuple[float, float, float]:
    """Admit a share of the transactions. Returns when it began and ended (of the machine's clock), and the seconds of CPU."""
    pool = await open_pool(url, name="benchmark", most=1)
    await _admit(pool, share[0])
    await asyncio.to_thread(both.wait)
    began, cpu = time.monotonic(), time.process_time()
    for parcel in share[1:]:
        await _admit(pool, parcel)
    told = began, time.monotonic(), time.process_time() - cpu
    await pool.close()
    return told


async def _admit(pool: asyncpg.Pool, parcel: Bodies) -> None:
    while True:
        try:
            async with pool.acquire() as db, db.transaction():
                work = UnitOfWork(db, service=ServiceName.INGEST, clock=FixedClock(NOW), identifiers=Identifiers(b"benchmark"))
                await admit(work, [submission(*each) for each in parcel], SEALER)
                await work.flush()
        except Overtaken:
            continue
        return


def _process(url: str, share: list[Bodies], both: Barrier, told: Any) -> None:
    told.put(asyncio.run(_work_off(url, share, both)))


async def _measured(server: PostgresServer, name: str, bodies: Bodies, processes: int) -> dict[str, float]:
    admin = await asyncpg.connect(server.url())
    await admin.execute(f"create database {name} template benchmark")
    await wall_off(admin, name)
    context = multiprocessing.get_context("spawn")
    both, told = context.Barrier(processes + 1), context.Queue()
    lots = list(parcels(bodies))
    # One of each process is admitted before.
    events = sum(len(json.loads(body)) for lot in lots[processes:] for _, body in lot)
    url = f"postgresql://ingest:{PASSWORD}@127.0.0.1:{server.port}/{name}"
    group = [context.Process(target=_process, args=(url, lots[first::processes], both, told)) for first in range(processes)]
    for each in group:
        each.start()
    await asyncio.to_thread(both.wait)
    looks = waits = 0
    while any(each.is_alive() for each in group):
        looks += 1
        waits += await admin.fetchval("select count(*) from pg_stat_activity where usename = 'ingest' and wait_event_type = 'Lock'") > 0
        await asyncio.sleep(LOOK_SECONDS)
    rows = [told.get() for _ in group]
    await admin.close()
    seconds = max(ended for _, ended, _ in rows) - min(began for began, _, _ in rows)
    cpu = sum(each for _, _, each in rows)
    return {"events_per_second": events / seconds, "cpu_us_per_event": cpu * 1e6 / events, "waiting_share": waits / max(looks, 1)}


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    root = Path(tempfile.mkdtemp(prefix="tsunagu-bench-"))
    root.chmod(0o711)
    server = PostgresServer(root, free_run(1), password=PASSWORD)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(root, ignore_errors=True)


async def _prepare(server: PostgresServer) -> None:
    admin = await asyncpg.connect(server.url())
    await admin.execute("create database benchmark template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
    await admin.close()
    await migrate_all(server.url("benchmark"), dict.fromkeys(LOGINS, PASSWORD))


def measure(children: int, rounds: int) -> dict[str, Any]:
    """The medians with one process and with two, and what two do for one."""
    bodies, _ = bodies_of(children, but=frozenset({WATERMARK_TYPE}))
    found: dict[int, list[dict[str, float]]] = {1: [], 2: []}
    with own_server() as server:
        asyncio.run(_prepare(server))
        for number in range(rounds):
            for processes, rows in found.items():
                rows.append(asyncio.run(_measured(server, f"round_{number}_{processes}", bodies, processes)))
    one, two = ({key: median(row[key] for row in rows) for key in rows[0]} for rows in found.values())
    ratios = [b["events_per_second"] / a["events_per_second"] for a, b in zip(found[1], found[2], strict=True)]
    return {"load": os.getloadavg()[0], "one": one, "two": two, "ratio": median(ratios)}


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=1000, help="Of the city whose events are taken (1000 are some 12,000 events).")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    told = measure(arguments.children, arguments.rounds)
    if arguments.json:
        say(json.dumps(told))
        return
    say(f"{os.cpu_count()} cores, load {told['load']:.1f}")
    for name, row in (("one process", told["one"]), ("two processes", told["two"])):
        cost = f"{row['events_per_second']:9,.0f} events/s {row['cpu_us_per_event']:7.1f} µs of CPU an event"
        say(f"{name:13} {cost}, at {row['waiting_share']:.1%} of looks somebody waited for a lock")
    say(f"two do {told['ratio']:.2f} times what one does")


if __name__ == "__main__":
    main()
