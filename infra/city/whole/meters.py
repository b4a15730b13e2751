"""
What a running stack takes, read now and then: processor time and memory by part, messages by queue, bytes on the disk by table.

Readings are appended to a file in the data folder, a line each, so that a run that was broken off is told of as one.
"""

import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import aio_pika

from contracts import topology
from contracts.values import ServiceName
from infra.city.books import Books
from infra.city.cpu import cpu_seconds, own_cpu_seconds
from infra.city.memory import memory_bytes, own_bytes, started_bytes
from infra.city.whole.drawing import Drawing
from infra.local.stack import Stack
from infra.sql import queries

SQL = queries(__file__, "whole.sql")

FILE = "city-readings.jsonl"
SOURCES = "sources (this process)"
DRAWING = "drawing the city"
"""What this process spends on inventing events: no part of the system, and told apart from publishing them."""

STARTED = "{}: started by it"
"""What a service's own processes take, while there are any."""

BLOCK_BYTES = 512
"""The unit of st_blocks (stat(2))."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at everything. `cpu` counts seconds since each process began, and only readings of one session can be compared."""

    at: float
    """Seconds since the epoch."""
    session: int
    stage: str
    published: int
    """Different events that the broker has confirmed, in all."""
    answered: int
    """Different events that ingest has answered, in all: what is held."""
    cpu: Mapping[str, float]
    memory: Mapping[str, int]
    queued: Mapping[str, int]
    """Messages that wait, by queue; empty queues are left out."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """What a table takes. `rows` is PostgreSQL's own estimate."""

    name: str
    rows: int
    table_bytes: int
    index_bytes: int


@dataclass(slots=True)
class Meter:
    """Reads a stack that this process started."""

    stack: Stack
    session: int
    drawing: Drawing

    async def read(self, stage: str, *, published: int, answered: int) -> Reading:
        """Look once, and write it down."""
        reading = Reading(time.time(), self.session, stage, published, answered, self._cpu(), self._memory(), await self._queued())
        with (self.stack.root / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(reading)) + "\n")
        return reading

    def _cpu(self) -> dict[str, float]:
        drawing = self.drawing.cpu_seconds
        here = {SOURCES: round(own_cpu_seconds() - drawing, 3), DRAWING: round(drawing, 3)}
        return here | {name: round(cpu_seconds(pid), 3) for name, pid in self._pids()}

    def _memory(self) -> dict[str, int]:
        # The stack's processes are children of this one.
        found = {SOURCES: own_memory_bytes()}
        for name, pid in self._pids():
            if name not in set(ServiceName):
                found[name] = memory_bytes(pid)
                continue
            # A service is one process. What it starts for a while (the audit, every two minutes, to verify its log) is another.
            found[name] = own_bytes(pid)
            if started := started_bytes(pid):
                found[STARTED.format(name)] = started
        return found

    def _pids(self) -> Iterator[tuple[str, int]]:
        """Read anew each time: whatever ended was started again by the watch."""
        parts = {"postgres": self.stack.postgres.pid, "rabbitmq": self.stack.broker.pid}
        parts |= {str(name): part.pid for name, part in self.stack.services.items()}
        return ((name, pid) for name, pid in parts.items() if pid is not None)

    async def _queued(self) -> dict[str, int]:
        found = {}
        # A connection each time, as `tsunagu status` makes one: readings are seconds apart, and a broker that was started again is no end.
        async with await aio_pika.connect(self.stack.access.broker_url(), timeout=10) as connection:
            channel = await connection.channel()
            for queue in topology.queues(self.stack.access.partitions):
                declared = await channel.declare_queue(queue.name, passive=True)
                found[queue.name] = int(declared.declaration_result.message_count or 0)
        return {name: n for name, n in found.items() if n}


def readings(root: Path) -> list[Reading]:
    """Return what was read in `root`, in order, over all sessions. A line that a kill cut off is left out."""
    try:
        lines = (root / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [found for line in lines if (found := _reading(line)) is not None]


async def tables(books: Books) -> list[TableSize]:
    """Return the tables of all services, the largest first."""
    found = [
        TableSize(f"{service}.{row['name']}", row["row_count"], row["table_bytes"], row["index_bytes"])
        for service in ServiceName
        for row in await books.of(service).fetch(SQL.table_sizes)
    ]
    return sorted(found, key=lambda each: -(each.table_bytes + each.index_bytes))


async def settings(books: Books) -> dict[str, str]:
    """Return the settings of PostgreSQL that its speed depends on, as far as the stack gave them."""
    return {row["name"]: row["value"] for row in await books.of(ServiceName.INGEST).fetch(SQL.settings)}


def disk(root: Path) -> dict[str, int]:
    """Return the bytes on the disk of a data folder: in all, and of its largest parts."""
    postgres = (root / "postgres").resolve()
    return {
        "data folder": _bytes_under(root) + (0 if postgres.is_relative_to(root.resolve()) else _bytes_under(postgres)),
        "postgres": _bytes_under(postgres),
        "of that its write-ahead log": _bytes_under(postgres / "pg_wal"),
        "rabbitmq": _bytes_under(root / "rabbitmq"),
    }


def own_memory_bytes() -> int:
    """Return the resident size of this process alone."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _reading(line: str) -> Reading | None:
    try:
        return Reading(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _bytes_under(folder: Path) -> int:
    """What is deleted while it is counted counts as nothing."""
    total = 0
    for place, _, files in os.walk(folder):
        for file in files:
            try:
                found = os.lstat(os.path.join(place, file))  # noqa: PTH118 (a hundred thousand files)
            except OSError:
                continue
            total += found.st_blocks * BLOCK_BYTES if stat.S_ISREG(found.st_mode) else 0
    return total
