"""
The benchmark of ingest alone: what each way in takes, with one process and with two, and whether a large ledger makes it slower.

The other services do not run. Events are those of families of the synthetic city, newcomers in every part, in batches of fifty; a part is
over when ingest has answered the last of them. A nightly extract is a file of residents as the city's example of an adapter reads it, taken
by the command that an operator would give; beside it the same bytes go through `COPY` alone, on the same server in the same run.
"""

import asyncio
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from zlib import crc32

import asyncpg
from rich.console import Console

from contracts.values import ServiceName, Source
from infra.city.benchmarks import preload, rivals
from infra.city.benchmarks.half_load import newcomers
from infra.city.benchmarks.inlets import inlets_of
from infra.city.benchmarks.meters import Pids, measured
from infra.city.benchmarks.run import Filled, Run
from infra.city.books import Books, ask
from infra.city.events import distinct
from infra.city.publisher import HTTP_PARTS, Publisher
from infra.city.sources.pen import Event
from infra.clock import clock_of
from infra.local.root import REPOSITORY, CannotDo
from infra.local.service_process import ServiceProcess, stop_all
from infra.local.stack import Stack, running
from infra.printing import table
from infra.sql import queries

SQL = queries(__file__, "ingest.sql")

SEED = 7
EVENTS_PER_CHILD = 10.0
FIRST_NUMBER, NUMBERS_APART = 200_000_000, 10_000_000
"""Where the numbers of the first part's families begin, and how far those of the next ones are from them."""

WARM_UP_EVENTS = 2_000
SMALL_LEDGER = 10_000
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 900.0
PROCESSES = (1, 2)
WAYS = {"amqp": 0, "http": HTTP_PARTS}
_MEGABYTE = 1_000_000
_COLUMNS = (
    *("宛名番号", "氏名", "氏名カナ", "生年月日", "性別コード", "世帯番号", "続柄", "町丁目コード", "区コード", "住民となった年月日"),
    *("消除年月日", "異動事由コード", "異動年月日", "最終更新日時", "削除フラグ"),
)
_WARDS = ("40131", "40132", "40133", "40134", "40135", "40136", "40137")


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What is to be measured: about so many `events` in each part, an extract of so many `rows`, and a ledger of so many rows (0: none).

    It is compared with one of about SMALL_LEDGER rows.
    """

    events: int = 20_000
    rows: int = 200_000
    ledger: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """What one way in took, with so many processes, while the ledger held so many rows."""

    way: str
    processes: int
    ledger: int
    run: Run


@dataclass(frozen=True, slots=True)
class Copied:
    """A file of so many rows and bytes: seconds until it was announced whole, again with some rows changed, and through `COPY` alone."""

    rows: int
    octets: int
    changed: int
    first_seconds: float
    again_seconds: float
    copy_seconds: float


@dataclass(slots=True)
class Found:
    """All that was measured. `load` is the machine's before it began: how much else it did."""

    load: float
    parts: list[Part] = field(default_factory=list)
    extract: Copied | None = None
    filled: list[Filled] = field(default_factory=list)

    def ratio(self, way: str) -> float | None:
        """How many times as much two processes took as one."""
        speeds = {part.processes: part.run.per_second for part in self.parts if part.way == way}
        return speeds[2] / speeds[1] if {1, 2} <= speeds.keys() else None

    @property
    def ledger_ratio(self) -> float | None:
        """How fast ingest was with the large ledger beside the small one."""
        speeds = [part.run.per_second for part in self.parts if part.way == "ledger"]
        return speeds[1] / speeds[0] if len(speeds) > 1 else None

    def as_json(self) -> str:
        """Return it for a program."""
        return json.dumps(
            {
                "load_before": self.load,
                "parts": [_part_json(part) for part in self.parts],
                "two_to_one": {way: _rounded(self.ratio(way)) for way in WAYS},
                "extract": None if self.extract is None else _extract_json(self.extract),
                "ledger_ratio": _rounded(self.ledger_ratio),
                "filled": {each.table: each.rows for each in self.filled},
            },
            indent=1,
        )

    def show(self, console: Console) -> None:
        """Print it."""
        shown = table("way in", "processes", "ledger", "events", "events/s", "CPU µs per event, by process", "WAL bytes per event")
        for part in self.parts:
            cpu = ", ".join(f"{name} {us:,.0f}" for name, us in part.run.cpu_us.items())
            figures = (f"{part.ledger:,}", f"{part.run.events:,}", f"{part.run.per_second:,.0f}", cpu, f"{part.run.wal_per_event:,.0f}")
            shown.add_row(part.way, str(part.processes), *figures)
        console.print(shown)
        for way in WAYS:
            if (ratio := self.ratio(way)) is not None:
                console.print(f"{way}: two processes take {ratio:.2f} times what one does")
        if self.extract is not None:
            console.print(_told(self.extract))
        if self.ledger_ratio is not None:
            console.print(f"ledger of {self.parts[-1].ledger:,} rows: {self.ledger_ratio:.2f} of the speed at {self.parts[-2].ledger:,}")
        console.print(f"load of the machine before: {self.load:.1f} on {os.cpu_count()} processors")


def bench(wish: Wish, console: Console) -> Found:
    """Measure on a fresh stack that is removed afterwards."""
    found = Found(os.getloadavg()[0])
    console.print("Starting a fresh stack with ingest alone …")
    with Stack.temporary(services=(ServiceName.INGEST,)) as stack, running(stack):
        asyncio.run(_ways_in(stack, wish, found, console))
    if wish.ledger:
        # On a stack of its own: what an extract left would be made larger too.
        with Stack.temporary(services=(ServiceName.INGEST,)) as stack, running(stack):
            asyncio.run(_ledger(stack, wish, found, console))
    return found


async def _ways_in(stack: Stack, wish: Wish, found: Found, console: Console) -> None:
    parts = _Parts(stack)
    async with Books(stack.root) as books:
        await parts.play(books, parts.newcomers(WARM_UP_EVENTS), 0, ())
        for processes in PROCESSES:
            async with _others(stack, processes - 1) as others:
                for way, http_parts in WAYS.items():
                    console.print(f"{wish.events:,} events over {way}, {processes} of ingest …")
                    found.parts.append(await parts.part(books, way, wish.events, http_parts, others))
        if wish.rows:
            console.print(f"An extract of {wish.rows:,} rows, and the same bytes through COPY …")
            found.extract = await _extract(stack, wish.rows)


async def _ledger(stack: Stack, wish: Wish, found: Found, console: Console) -> None:
    parts = _Parts(stack)
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        async with Books(stack.root) as books:
            await parts.play(books, parts.newcomers(SMALL_LEDGER - WARM_UP_EVENTS), 0, ())
            for large in (False, True):
                if large:
                    found.filled = await preload.fill(operator, wish.ledger, console.print)
                # Both begin alike: just after a checkpoint, and warm.
                await operator.execute("checkpoint", timeout=None)
                await parts.play(books, parts.newcomers(WARM_UP_EVENTS), 0, ())
                console.print(f"{wish.events:,} events into the {'large' if large else 'small'} ledger …")
                found.parts.append(await parts.part(books, "ledger", wish.events, 0, ()))
    finally:
        await operator.close()


class _Parts:
    """Plays one part after the other, each with families of its own."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._first = FIRST_NUMBER
        self._today = clock_of(stack.access.clock_file).today()

    def newcomers(self, events: int) -> list[Event]:
        """So many events, about, of families that were in no part before."""
        self._first += NUMBERS_APART
        return newcomers(SEED, self._today, children=round(events / EVENTS_PER_CHILD), first=self._first)

    async def part(self, books: Books, way: str, events: int, http_parts: int, others: Sequence[ServiceProcess]) -> Part:
        """Measure one."""
        flood, held = self.newcomers(events), await books.of(ServiceName.INGEST).fetchval(SQL.rows_of_the_ledger, timeout=None)
        run = await measured(
            distinct(flood).total(),
            lambda: self.play(books, flood, http_parts, others),
            pids=self._pids(others),
            server=books.of(ServiceName.LINKER),
        )
        return Part(way, 1 + len(others), held, run)

    async def play(self, books: Books, events: Sequence[Event], http_parts: int, others: Sequence[ServiceProcess]) -> None:
        """Publish and return when all are answered. By HTTP each process gets the records that fall to it. Raises CannotDo."""
        wanted = await ask(books, ServiceName.INGEST, "answered") + distinct(events).total()
        own = inlets_of(self._stack.access)
        urls = [own.http_url, *(f"http://127.0.0.1:{other.port}" for other in others)]
        shares: list[list[Event]] = [[] for _ in urls] if http_parts else [[]]
        for event in events:
            shares[crc32(event.get("subject", "").encode()) // HTTP_PARTS % len(shares)].append(event)
        inlets = [type(own)(own.amqp_urls, url, own.passwords) for url in urls]
        await asyncio.gather(*(Publisher(inlet, http_parts).play(share) for inlet, share in zip(inlets, shares, strict=False)))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while await ask(books, ServiceName.INGEST, "answered") < wanted:
            if time.monotonic() > deadline:
                raise CannotDo(f"ingest has not answered {wanted:,} events after {PATIENCE_SECONDS:.0f} s")
            await asyncio.sleep(LOOK_SECONDS)

    def _pids(self, others: Sequence[ServiceProcess]) -> Pids:
        ingest = [self._stack.services[ServiceName.INGEST], *others]
        named = {"ingest" if number == 1 else f"ingest {number}": part.pid for number, part in enumerate(ingest, start=1)}
        return {**rivals.server_pids(self._stack), **{name: pid for name, pid in named.items() if pid is not None}}


@asynccontextmanager
async def _others(stack: Stack, count: int) -> AsyncIterator[list[ServiceProcess]]:
    """So many further processes of ingest, ready."""
    others = [stack.another(ServiceName.INGEST) for _ in range(count)]
    try:
        for other in others:
            await asyncio.to_thread(other.start)
            await asyncio.to_thread(other.wait_until_ready)
        yield others
    finally:
        await asyncio.to_thread(stop_all, others)


# -- the nightly extract --------------------------------------------------------------------------------------------------


async def _extract(stack: Stack, rows: int) -> Copied:
    folder = stack.root / "bench"
    folder.mkdir()
    first, again = folder / "JUKI_JUMIN_20260401.csv", folder / "JUKI_JUMIN_20260402.csv"
    changed = max(1, rows // 100)
    _write(first, rows, changed=0)
    _write(again, rows, changed=changed)
    seconds = [await asyncio.to_thread(_taken, stack, file) for file in (first, again)]
    copied = await _copied(stack, first)
    return Copied(rows, first.stat().st_size, changed, seconds[0], seconds[1], copied)


def _write(file: Path, rows: int, *, changed: int) -> None:
    """Residents that do not exist; the first `changed` of them moved to another block."""
    draw = Random(f"{SEED} extract")
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(_COLUMNS)
        for number in range(rows):
            born, sex, ward = (
                f"{draw.randrange(1950, 2025)}{draw.randrange(1, 13):02}{draw.randrange(1, 29):02}",
                draw.choice("12"),
                draw.choice(_WARDS),
            )
            block, at = (2, "2026/03/31 10:00:00") if number < changed else (1, "2026/03/30 09:15:00")
            person = (f"{700_000_000 + number:015}", f"架空　{number % 977}番", "カクウ　ハナ", born, sex, f"{number // 3:07}", "世帯主")
            writer.writerow((*person, f"{ward}-{block:03}", ward, "20200401", "", "03", "20250401", at, "0"))


def _taken(stack: Stack, file: Path) -> float:
    """Seconds of the command that takes a file, its own start included. Raises CannotDo."""
    words = ["ingest", "extract", str(file), "--source", Source.RESIDENT_REGISTRY.value, "--root", str(stack.root)]
    began = time.perf_counter()
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-P", "-m", "infra", *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotDo(f"the extract was not taken:\n{(done.stdout + done.stderr)[-2000:]}")
    return time.perf_counter() - began


async def _copied(stack: Stack, file: Path) -> float:
    """Seconds in which the server takes the bytes of a file as rows of text, and nothing else is done with them."""
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        await operator.execute(f"create temporary table extract_copied ({', '.join(f'c{n} text' for n, _ in enumerate(_COLUMNS))})")
        began = time.perf_counter()
        await operator.copy_to_table("extract_copied", source=file, columns=None, format="csv", header=True, timeout=None)
        return time.perf_counter() - began
    finally:
        await operator.close()


# -- telling --------------------------------------------------------------------------------------------------------------


def _told(found: Copied) -> str:
    first, again, alone = (found.rows / seconds for seconds in (found.first_seconds, found.again_seconds, found.copy_seconds))
    size = f"extract of {found.rows:,} rows ({found.octets / _MEGABYTE:.0f} MB)"
    compared = f"{again:,.0f} rows/s compared with {found.changed:,} changed"
    return f"{size}: {first:,.0f} rows/s the first time, {compared}; COPY alone {alone:,.0f} rows/s, so {again / alone:.2f} of the limit"


def _part_json(part: Part) -> dict[str, object]:
    return {
        "way": part.way,
        "processes": part.processes,
        "ledger_rows": part.ledger,
        "events": part.run.events,
        "seconds": round(part.run.seconds, 2),
        "events_per_second": round(part.run.per_second, 1),
        "cpu_us_per_event": part.run.cpu_us,
        "wal_bytes_per_event": part.run.wal_per_event,
    }


def _extract_json(found: Copied) -> dict[str, float]:
    return {
        "rows": found.rows,
        "bytes": found.octets,
        "changed_rows": found.changed,
        "first_rows_per_second": round(found.rows / found.first_seconds, 1),
        "compared_rows_per_second": round(found.rows / found.again_seconds, 1),
        "copy_rows_per_second": round(found.rows / found.copy_seconds, 1),
        "compared_to_copy": round(found.copy_seconds / found.again_seconds, 3),
    }


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 3)
