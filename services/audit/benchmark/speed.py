"""`tsunagu bench audit`: how fast entries come, and how long a large log takes to be exported, verified, proven, searched (audit.md §5)."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg

from contracts.values import ServiceName
from infra.local.packages import POSTGRESQL, ensure
from infra.local.ports import free_run
from infra.local.postgres import PostgresServer
from infra.local.stack import Stack
from infra.migrating import LOGINS, migrate_all
from infra.printing import console, print_json, print_table, size
from services.audit.benchmark.asking import Exported, Taken, exported, proofs, seal, searches
from services.audit.benchmark.flowing import Flow, flow
from services.audit.signer import Signer

LEAST_PER_SECOND, LEAST_RATIO = 5_000, 0.6
MOST_VERIFY_SECONDS, VERIFIED = 5.0, 1_000_000
MOST_PROOF_MS, MOST_QUERY_MS = 10.0, 10.0
MOST_HOUR_MS = 20.0
"""audit.md §5, targets 3, 6 and 7."""
AN_HOUR = "an hour"
_PASSWORD = "of-a-throw-away-server"  # noqa: S105 -- the server lives as long as the benchmark


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: so many entries that come, and logs of so many to export, verify and prove, and to search."""

    entries: int
    log: int
    searched: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured. `load_before` is how busy the machine was before it began."""

    wish: Wish
    flow: Flow
    exported: Exported
    proofs: Mapping[int, Taken]
    searches: Mapping[str, Taken]
    load_before: float


def run(wish: Wish, *, as_json: bool) -> None:
    """Measure, and print what came out. Nothing that it starts is left."""
    load = os.getloadavg()[0]
    with Stack.temporary(services=(ServiceName.AUDIT,)) as stack:
        stack.start()
        flowed = asyncio.run(flow(stack, wish.entries))
    ensure(POSTGRESQL)
    root = Path(tempfile.mkdtemp(prefix="tsunagu-bench-"))
    root.chmod(0o711)
    server = PostgresServer(root, free_run(1), password=_PASSWORD)
    try:
        server.start()
        told, proven, searched = asyncio.run(_asked(server, wish, root))
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(root, ignore_errors=True)
    _say(Figures(wish, flowed, told, proven, searched, load), as_json=as_json)


async def _asked(server: PostgresServer, wish: Wish, folder: Path) -> tuple[Exported, Mapping[int, Taken], Mapping[str, Taken]]:
    signer = Signer("bench.tsunagu.local/audit", os.urandom(32))
    await migrate_all(server.url(), dict.fromkeys(LOGINS, _PASSWORD))
    db = await asyncpg.connect(server.url(), server_settings={"search_path": "audit"})
    try:
        await seal(db, signer, wish.log)
        told = await exported(db, signer, folder, wish.log)
        proven = {wish.log: await proofs(db, signer, wish.log)}
        if wish.searched > wish.log:
            await seal(db, signer, wish.searched)
            proven[wish.searched] = await proofs(db, signer, wish.searched)
        return told, proven, await searches(db, max(wish.log, wish.searched))
    finally:
        await db.close()


def _say(found: Figures, *, as_json: bool) -> None:
    if as_json:
        print_json(_told(found))
        return
    print_table(("what", "of", "found", "aim"), _lines(found))
    flow_, out = found.flow, console()
    costs = ", ".join(f"{name} {flow_.cpu_us(name):,.0f}" for name in flow_.cpu)
    out.print(f"CPU µs an entry that comes: {costs}; plain rows {flow_.plain_per_second:,.0f} a second", highlight=False)
    out.print(f"load {found.load_before:.1f} on {os.cpu_count()} processors before it began", highlight=False)


def _lines(found: Figures) -> Iterator[tuple[str, str, str, str]]:
    flow_, files = found.flow, found.exported
    yield "come, end to end", f"{flow_.entries:,} signed", f"{flow_.per_second:,.0f} a second", f"{LEAST_PER_SECOND:,}"
    yield "beside plain rows", "", f"{flow_.ratio:.2f}", f"{LEAST_RATIO}"
    rate = f"{files.entries / files.seconds:,.0f} a second, memory +{size(files.grown_bytes)}"
    yield "exported", f"{files.entries:,}", rate, ""
    aim = f"{MOST_VERIFY_SECONDS * files.entries / VERIFIED:.1f} s"
    yield "verified offline", f"{files.entries:,}", f"{files.verify_seconds:.1f} s", aim
    for entries, took in found.proofs.items():
        yield "an entry with its proof, p99", f"{entries:,}", f"{took.p99:.1f} ms", f"{MOST_PROOF_MS:g} ms"
    entries = max(found.wish.log, found.wish.searched)
    for name, took in found.searches.items():
        yield f"search: {name}, p95", f"{entries:,}", f"{took.p95:.1f} ms", f"{MOST_HOUR_MS if name == AN_HOUR else MOST_QUERY_MS:g} ms"


def _told(found: Figures) -> Mapping[str, Any]:
    flow_ = found.flow
    return {
        "processors": os.cpu_count(),
        **asdict(found),
        "flow": {
            "entries": flow_.entries,
            "per_second": flow_.per_second,
            "plain_per_second": flow_.plain_per_second,
            "ratio": flow_.ratio,
            "cpu_us": {name: flow_.cpu_us(name) for name in flow_.cpu},
        },
    }
