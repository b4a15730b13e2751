"""
How fast the scorer evaluates a whole city, simulates another threshold, and follows what is told: each beside its limit, in one run.

    python -m tests.benchmarks.scoring [--children N] [--events N] [--processes N] [--json]

A city with five years of facts (`scored_city.py`) in a PostgreSQL of its own, durable. Processes work as the service's ticker does. The
limit of an evaluation are its own statements with the same arguments, reading the same facts and writing the same rows into the
database as it was before: what is left is Python.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from contracts.ids import EventId, PersonId
from contracts.kinds import EventKind
from contracts.messages import RecordLinked
from contracts.values import Operation, ServiceName, Source
from infra.city.cpu import cpu_seconds
from infra.clock import FixedClock
from infra.cycles import seldom_look_for_cycles
from infra.identifiers import Identifiers
from infra.local.postgres import PostgresServer
from infra.postgres import open_pool
from infra.work import UnitOfWork
from services.scorer import loading, simulation, store
from services.scorer.actions import take_in
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.rulesets import DOCUMENTS, read
from services.scorer.domain.rulesets.concerns import concerned
from services.scorer.evaluating import Memory, evaluate_due
from services.scorer.handlers import DUE_BATCH, HANDS
from tests.benchmarks.door import say
from tests.benchmarks.scored_city import make_city
from tests.benchmarks.side_by_side import PASSWORD, own_server

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
PARCEL = 200
SOFTWARE = DOCUMENTS[IN_USE.ruleset.name]
Statement = tuple[str, tuple[Any, ...]]


def programme(name: str, parameters: str) -> Programme:
    """The software's ruleset under another name, with a parameter of its own."""
    document = SOFTWARE.replace(f'name = "{IN_USE.ruleset.name}"', f'name = "{name}"')
    return Programme.of(read(f"{document}\n[parameters]\n{parameters}\n"))


PROGRAMMES = {
    "in use": IN_USE,
    "threshold": programme("FK-8", "epds_high_from = 13"),
    "grace": programme("FK-9", "checkup_grace_days = 90"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is to do: evaluate everybody who is due by a programme, do its statements again, or hear events."""

    what: str
    programme: str = "in use"
    days: int = 0
    first: int = 0
    events: int = 0
    each: int = 1
    remembers: bool = False
    """Whether the statements are kept, to be done again. They take far more memory than the evaluation."""


def work_of(db: Any, days: int) -> UnitOfWork:
    return UnitOfWork(db, service=ServiceName.SCORER, clock=FixedClock(NOW + timedelta(days=days)), identifiers=Identifiers(b"benchmark"))


class Worker:
    """A process that works as the service does, and remembers the statements of its last evaluation."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.kept: list[list[Statement]] = []

    async def do(self, task: Task) -> dict[str, float]:
        """Do it, and tell how much there was and what it cost."""
        done = {"evaluate": self._evaluate_all, "again": self._again, "hear": self._hear}[task.what]
        cpu = time.process_time()
        count = await done(task)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {"count": count, "cpu": time.process_time() - cpu, "bytes": peak}

    async def _evaluate_all(self, task: Task) -> int:
        self.kept.clear()
        memory = Memory()

        async def hand() -> int:
            count = 0
            while done := await self._batch(task, memory):
                count += done
            return count

        return sum(await asyncio.gather(*(hand() for _ in range(HANDS))))

    async def _batch(self, task: Task, memory: Memory) -> int:
        statements: list[Statement] = []
        async with self.pool.acquire() as db, db.transaction():
            work = work_of(db, task.days)
            with db.query_logger(lambda told: statements.append((told.query, tuple(told.args or ())))) if task.remembers else nullcontext():
                done = await evaluate_due(work, DUE_BATCH, PROGRAMMES[task.programme], memory=memory)
                await work.flush()
        if done and task.remembers:
            self.kept.append(statements)
        return done

    async def _again(self, _task: Task) -> int:
        waiting = list(self.kept)

        async def hand() -> int:
            count = 0
            while waiting:
                async with self.pool.acquire() as db, db.transaction():
                    for query, arguments in waiting.pop():
                        # Whose turn it is was found then: here each locks its own.
                        if query == store.SQL.claim_due:
                            continue
                        if "from person p left join review_signal" in query:
                            await db.execute(store.SQL.lock_children, arguments[0])
                            count += len(arguments[0])
                        await db.fetch(query, *arguments)
            return count

        return sum(await asyncio.gather(*(hand() for _ in range(HANDS))))

    async def _hear(self, task: Task) -> int:
        for start in range(0, task.events, PARCEL):
            told = [_linked(task.first + number, task) for number in range(start, min(start + PARCEL, task.events))]
            async with self.pool.acquire() as db, db.transaction():
                work = work_of(db, task.days)
                await take_in(work, told, PROGRAMMES[task.programme], put_off=True)
                await work.flush()
        await self._evaluate_all(task)
        return task.events


def _linked(number: int, task: Task) -> RecordLinked:
    """One more record of a child of the city: `each` of one child follow one another."""
    child, position = number // task.each + 1, number % task.each
    of_month = {"fiscal_year": 2026, "month": 11, "school_days": 18, "absent_days": child % 5, "tardy_count": child % 3}
    certificate = {"kind": "day_support_certificate", "valid_from": "2026-11-01", "status": "issued"}
    subsidy = {"kind": "single_parent", "valid_from": "2026-11-01", "status": "active"}
    records: list[tuple[Source, EventKind, dict[str, Any]]] = [
        (Source.SCHOOL_AFFAIRS, EventKind.ATTENDANCE_MONTH_REPORTED, of_month),
        (Source.CHILD_CONSULTATION, EventKind.CONSULTATION_STATUS_CHANGED, {"status": "open", "opened_on": "2026-11-20"}),
        (Source.DISABILITY, EventKind.DISABILITY_CERTIFICATE_CHANGED, certificate),
        (Source.MEDICAL_SUBSIDY, EventKind.MEDICAL_SUBSIDY_CHANGED, subsidy),
    ]
    source, kind, data = records[position % len(records)]
    return RecordLinked(
        event_id=EventId(UUID(int=(task.days << 96) + number)),
        occurred_at=NOW,
        source=source,
        event_type=kind,
        record_id=f"N-{task.days}-{number}",
        revision=1,
        operation=Operation.UPSERT,
        person_id=PersonId(UUID(_md5(f"p{child}"))),
        data=data,
        effective_on=TODAY,
    )


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _process(url: str, line: Any) -> None:
    seldom_look_for_cycles()

    async def serve() -> None:
        pool = await open_pool(url, name="benchmark", most=HANDS + 1)
        worker = Worker(pool)
        while (task := await asyncio.to_thread(line.recv)) is not None:
            line.send(await worker.do(task))
        await pool.close()

    uvloop.run(serve())


class Bench:
    """The processes, the database, and what was measured."""

    def __init__(self, server: PostgresServer, name: str, processes: int) -> None:
        self.server = server
        self.name = name
        url = f"postgresql://scorer:{PASSWORD}@127.0.0.1:{server.port}/{name}"
        context = multiprocessing.get_context("spawn")
        self.lines, self.group = [], []
        for _ in range(processes):
            here, there = context.Pipe()
            self.group.append(context.Process(target=_process, args=(url, there), daemon=True))
            self.lines.append(here)
            self.group[-1].start()

    async def execute(self, *statements: str) -> None:
        """Prepare the database for what follows, as its operator."""
        db = await asyncpg.connect(self.server.url(self.name))
        await db.execute("set search_path = scorer")
        for statement in statements:
            await db.execute(statement)
        await db.close()

    async def measure(self, tasks: Sequence[Task]) -> dict[str, float]:
        """Have each process do its task at once. Returns how many there were, seconds, CPU, and memory of the largest process."""
        before, began = cpu_seconds(self.server.pid or 0), time.perf_counter()
        for line, task in zip(self.lines, tasks, strict=True):
            line.send(task)
        told = [await asyncio.to_thread(line.recv) for line in self.lines]
        seconds = time.perf_counter() - began
        count = sum(each["count"] for each in told)
        return {
            "count": count,
            "seconds": seconds,
            "cpu_us_python": sum(each["cpu"] for each in told) * 1e6 / count,
            "cpu_us_postgres": (cpu_seconds(self.server.pid or 0) - before) * 1e6 / count,
            "bytes_python": sum(each["bytes"] for each in told),
        }

    async def all_at(self, task: Task) -> dict[str, float]:
        """Have every process do the same."""
        return await self.measure([task] * len(self.lines))

    def end(self) -> None:
        """Let the processes end."""
        for line, process in zip(self.lines, self.group, strict=True):
            line.send(None)
            process.join()


FIRST_TIME = (
    "evaluation_history",
    "evaluation_waiting_for",
    "evaluation_resting",
    "evaluation_stale",
    "evaluation_in_hand",
    "evaluation_separated",
    "evaluation_counted",
)
"""What nobody searches by while a city is evaluated for the first time."""


async def answered(bench: Bench) -> dict[str, float]:
    """Have everybody evaluated for the first time, with the indexes that this needs."""
    db = await asyncpg.connect(bench.server.url(bench.name))
    made = [
        row["indexdef"] for row in await db.fetch("select indexdef from pg_indexes where indexname = any($1::text[])", list(FIRST_TIME))
    ]
    await bench.execute(*(f"drop index {name}" for name in FIRST_TIME))
    told = await bench.all_at(Task("evaluate"))
    await bench.execute(*made, "delete from outbox", "vacuum (analyze) evaluation", "vacuum (analyze) due", "checkpoint")
    await db.close()
    return told


async def evaluated_again(bench: Bench, name: str, days: int) -> dict[str, Any]:
    """Evaluate everybody by a programme; then the same statements once more, into the database as it was."""
    day = TODAY + timedelta(days=days)
    at = (NOW + timedelta(days=days)).isoformat()
    due = f"update due set evaluate_on = '{day}'"
    await bench.execute(due, "vacuum (analyze) due")
    real = await bench.all_at(Task("evaluate", name, days, remembers=True))
    db = await asyncpg.connect(bench.server.url(bench.name))
    written = await db.fetchval("select count(*) from scorer.evaluation where written_at = $1", datetime.fromisoformat(at))
    await db.close()
    back = (f"delete from evaluation where written_at = '{at}'", f"update evaluation set superseded_at = null where superseded_at = '{at}'")
    await bench.execute(*back, due, "delete from outbox", "vacuum (analyze) evaluation", "vacuum (analyze) due")
    limit = await bench.all_at(Task("again", days=days))
    await bench.execute("delete from outbox")
    return {"rows_written": written, "real": real, "limit": limit, "ratio": real["seconds"] / limit["seconds"]}


async def simulated(bench: Bench, name: str) -> dict[str, Any]:
    """What another threshold would change in the whole city, beside reading the same."""
    db = await asyncpg.connect(f"postgresql://scorer:{PASSWORD}@127.0.0.1:{bench.server.port}/{bench.name}")
    then = PROGRAMMES[name]
    began, cpu = time.perf_counter(), time.process_time()
    outcome = await simulation.simulate(db, TODAY, IN_USE, then)
    real, cpu = time.perf_counter() - began, time.process_time() - cpu
    began = time.perf_counter()
    await simulation.counted_now(db)
    tuning = concerned(then.ruleset.parameters.keys())
    children = await simulation.listed_otherwise(db, TODAY, tuning, IN_USE, then)
    feeds = await loading.feeds(db)
    for some in simulation.in_batches(children):
        await loading.load(db, some, then, feeds, only=tuning.items)
    limit = time.perf_counter() - began
    await db.close()
    total = outcome.simulation.total
    return {
        "seconds": real,
        "cpu": cpu,
        "limit_seconds": limit,
        "asked_again": outcome.asked_again,
        "before": total.before,
        "after": total.after,
    }


async def followed(bench: Bench, events: int, each: int, days: int) -> dict[str, Any]:
    """Hear records, `each` of them of one child, and evaluate whom they are about, until nobody waits."""
    await bench.execute("update due set evaluate_on = null", "vacuum (analyze) due", "vacuum (analyze) evaluation")
    share = events // len(bench.lines) // each * each
    told = await bench.measure(
        [Task("hear", days=days, first=share * number, events=share, each=each) for number in range(len(bench.lines))]
    )
    await bench.execute("delete from outbox")
    return told | {"events_per_second": told["count"] / told["seconds"]}


async def measured(server: PostgresServer, children: int, events: int, processes: int) -> dict[str, Any]:
    """Make the city, and measure."""
    began = time.perf_counter()
    await make_city(server, "city", children, TODAY, password=PASSWORD)
    found: dict[str, Any] = {"children": children, "city_seconds": time.perf_counter() - began, "load_before": os.getloadavg()[0]}
    say(f"{children:,} children made in {found['city_seconds']:.0f} s, load {found['load_before']:.1f}")
    bench = Bench(server, "city", processes)
    try:
        found["first"] = await answered(bench)
        found["again"] = await evaluated_again(bench, "threshold", 1)
        found["simulated"] = {"threshold": await simulated(bench, "threshold")}
        found["followed"] = {"one of a child": await followed(bench, events, 1, 2), "four of a child": await followed(bench, events, 4, 3)}
    finally:
        bench.end()
    return found


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    wish = parser.parse_args()
    with own_server() as server:
        found = asyncio.run(measured(server, wish.children, wish.events, wish.processes))
    say(json.dumps(found) if wish.json else json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
