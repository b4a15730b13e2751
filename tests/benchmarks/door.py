"""
What one source event costs ingest in its own process, without servers: reading, judging, and the whole admission but for the database.

    python tests/benchmarks/door.py [--children N] [--rounds N] [--beside FOLDER] [--profile]

The events are those of the synthetic city (seed 7), in batches of 50. The database is a stand-in that knows nothing yet and takes
everything; what asyncpg and the broker cost comes on top. Of several rounds the quickest counts: whatever else the machine does can only
make one slower. `--beside` runs the same in another checkout, in turn, and says both. `--profile` says where the time went.
"""

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.values import ServiceName, Source
from infra.city.events import build
from infra.city.publisher import batches, body_of
from infra.clock import FixedClock
from infra.identifiers import Identifiers
from infra.parking import ParkingBody
from infra.work import UnitOfWork
from services.ingest.actions import admit
from services.ingest.arrivals import arrivals_of
from services.ingest.domain.admission import Door, Inlet, Purpose
from services.ingest.domain.reading import read
from services.ingest.submissions import Submission

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
TOGETHER = 10
"""Messages of 50 in one transaction: as many as the desk takes at once."""
SEALER = ParkingBody(bytes(32))
PURPOSES = {source: Purpose(source, None) for source in Source}

Bodies = Sequence[tuple[Source, bytes]]


class KnowsNothing:
    """A database in which no event came before and every purpose is registered. It keeps nothing."""

    async def fetch(self, statement: str, *_: object) -> list[dict[str, Any]]:
        """Return the purpose register; no row of anything else."""
        if "source_registration" in statement:
            return [
                {"source": source.value, "registered": True, "review_on": None, "stopped_for": None, "suspended": False, "owned": True}
                for source in Source
            ]
        # Every entry for the audit is new: their ids are the one argument.
        return []

    async def fetchval(self, _: str, __: int, more: int) -> int:
        """Return the last of `more` numbers."""
        return more

    async def fetchrow(self, *_: object) -> tuple[int]:
        """Give the lane that is asked for."""
        return (0,)

    async def execute(self, _: str, *columns: Any) -> str:
        """Take whatever is written."""
        return f"INSERT 0 {len(columns[0]) if columns and isinstance(columns[0], list) else 0}"

    def get_server_pid(self) -> int:
        """Return a number of a connection."""
        return 1


def bodies_of(children: int, *, but: frozenset[str] = frozenset()) -> tuple[Bodies, int]:
    """The city's messages, each with its source, and how many events they hold; without events of the types `but`."""
    by_source: dict[Source, list[dict[str, Any]]] = {}
    for event in build(7, TODAY, children).events:
        if event["type"] in but:
            continue
        by_source.setdefault(Source(event["source"]), []).append(event)
    cut = [(source, body_of(batch)) for source, events in by_source.items() for batch in batches(events)]
    return cut, sum(map(len, by_source.values()))


def submission(source: Source, body: bytes) -> Submission:
    """What the inlet by AMQP makes of a message."""
    return Submission(source, Inlet.AMQP, read(body), "benchmark", message_id="m-1")


async def reading(bodies: Bodies) -> None:
    """Bytes to events."""
    for _, body in bodies:
        read(body)


def judging(submissions: Sequence[Submission]) -> Callable[[Bodies], Awaitable[None]]:
    """Events to verdicts, with their keys and identities."""

    async def judge(_: Bodies) -> None:
        for number, each in enumerate(submissions):
            for _arrival in arrivals_of(number, each, Door(each.source, each.inlet, TODAY, NOW + timedelta(minutes=5), PURPOSES)):
                pass

    return judge


async def admitting(bodies: Bodies) -> None:
    """Everything from the bytes to what is written and said, but for writing it."""
    for parcel in parcels(bodies):
        db: Any = KnowsNothing()
        work = UnitOfWork(db, service=ServiceName.INGEST, clock=FixedClock(NOW), identifiers=Identifiers(b"benchmark"))
        await admit(work, [submission(*each) for each in parcel], SEALER)
        await work.flush()


def parcels(bodies: Bodies) -> Iterator[Bodies]:
    """What is admitted in one transaction."""
    for first in range(0, len(bodies), TOGETHER):
        yield bodies[first : first + TOGETHER]


def measured(bodies: Bodies, events: int, rounds: int) -> dict[str, float]:
    """Microseconds of CPU per event of each stage: the quickest of `rounds`."""
    stages = {"reading": reading, "judging": judging([submission(*each) for each in bodies]), "admitting, reading included": admitting}
    best = dict.fromkeys(stages, float("inf"))
    for _ in range(rounds):
        for name, stage in stages.items():
            began = time.process_time()
            asyncio.run(stage(bodies))  # type: ignore[arg-type]
            best[name] = min(best[name], (time.process_time() - began) * 1e6 / events)
    return best


def profile(bodies: Bodies) -> None:
    """Say where the time of the admission goes."""
    watch = cProfile.Profile()
    watch.runcall(asyncio.run, admitting(bodies))
    pstats.Stats(watch).sort_stats("tottime").print_stats(45)


def beside(folder: Path, arguments: argparse.Namespace) -> None:
    """The same here and in another checkout, in turn; of each the quickest."""
    best: dict[Path, dict[str, float]] = {}
    here = Path.cwd()
    for _ in range(arguments.rounds):
        for tree in (here, folder):
            told = _run_in(tree, arguments.children)
            known = best.setdefault(tree, told)
            best[tree] = {stage: min(each, told[stage]) for stage, each in known.items()}
    for stage, now in best[here].items():
        say(f"{stage:30} {best[folder][stage]:8.1f} -> {now:6.1f} µs an event")


def _run_in(tree: Path, children: int) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--json", "--rounds", "2", "--children", str(children)]
    done = subprocess.run(command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=True, capture_output=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def say(line: str) -> None:
    """Write a line where the caller reads it."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=400, help="Of the city whose events are taken (400 are some 5,000 events).")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", type=Path, help="Another checkout to measure in turn with this one.")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.beside is not None:
        beside(arguments.beside.resolve(), arguments)
        return
    bodies, events = bodies_of(arguments.children)
    if arguments.profile:
        profile(bodies)
        return
    told = measured(bodies, events, arguments.rounds)
    if arguments.json:
        say(json.dumps(told))
        return
    say(f"{events} events")
    for stage, cost in told.items():
        say(f"{stage:30} {cost:8.1f} µs an event")


if __name__ == "__main__":
    main()
