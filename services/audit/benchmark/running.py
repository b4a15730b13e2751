"""`tsunagu bench misuse`: a database of its own, months of entries, and how much of what was planted rules find."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.identifiers import Identifiers
from infra.local.packages import POSTGRESQL, ensure
from infra.local.ports import free_run
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all
from infra.printing import console, print_json, print_table
from infra.work import UnitOfWork
from services.audit.benchmark.trying import Result, Wish, Written, found_in, lines, write
from services.audit.domain.misuse.thresholds import Thresholds

LEAST_RECALL, MOST_LOAD = 0.95, 5.0
"""audit.md §5, target 11."""
_PASSWORD = "of-a-throw-away-server"  # noqa: S105 -- the server lives as long as the benchmark


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out, and the entries among which it was looked for."""

    written: Written
    result: Result

    @property
    def is_reached(self) -> bool:
        """Whether the target is reached, by every rule."""
        return self.result.load <= MOST_LOAD and all(each.recall >= LEAST_RECALL for each in self.result.rules.values())


def run(wish: Wish, thresholds: str, *, as_json: bool) -> bool:
    """Run it, print what came out, and return whether the target is reached. Raises ValueError for thresholds that cannot be."""
    chosen = Thresholds.model_validate_json(thresholds) if thresholds else Thresholds()
    ensure(POSTGRESQL)
    root = Path(tempfile.mkdtemp(prefix="tsunagu-bench-"))
    root.chmod(0o711)
    server = PostgresServer(root, free_run(1), password=_PASSWORD)
    try:
        server.start()
        figures = asyncio.run(_measured(server, wish, chosen))
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(root, ignore_errors=True)
    _say(figures, as_json=as_json)
    return figures.is_reached


async def _measured(server: PostgresServer, wish: Wish, thresholds: Thresholds) -> Figures:
    await migrate_all(server.url(), dict.fromkeys(LOGINS, _PASSWORD))
    db = await asyncpg.connect(server.url(), server_settings={"search_path": "audit"})
    try:
        async with db.transaction():
            written = await write(db, wish, thresholds)
        await db.execute("analyze")
        async with db.transaction():
            clock, identifiers = FixedClock(written.until), Identifiers(b"a benchmark")
            work = UnitOfWork(db, service=ServiceName.AUDIT, clock=clock, identifiers=identifiers)
            return Figures(written, await found_in(work, written, thresholds))
    finally:
        await db.close()


def _say(figures: Figures, *, as_json: bool) -> None:
    wish, result = figures.written.wish, figures.result
    if as_json:
        rules = {
            code: {"planted": it.planted, "found": it.found, "recall": it.recall, "others": it.others} for code, it in result.rules.items()
        }
        print_json({"entries": figures.written.entries, "rules": rules, "missed": list(result.missed), "load": result.load})
        return
    print_table(("rule", "planted", "found", "recall", "nobody planted"), lines(result))
    console().print(f"{figures.written.entries:,} entries of {wish.officers} officers in {wish.days} days")
    console().print(f"{result.load:.2f} findings a day for 100 officers that nobody planted (at most {MOST_LOAD:g})")
    console().print("missed: " + (", ".join(result.missed) or "nothing"))
    console().print("the target is reached" if figures.is_reached else "the target is NOT reached")
