"""
The benchmark of ingest alone: what each way in takes, with one process and with two, and whether a large ledger makes it slower.

The other services do not run. Events are those of families of the synthetic city, newcomers in every part, in batches of fifty; a part is
over when ingest has answered the last of them. A nightly extract is a file of residents as the city's example of an adapter reads it, taken
by the command that an operator would give; beside it the same bytes go through `COPY` alone, on the same server in the same run. A bundle
of removable media is packed by the school's command and taken by the operator's; two processes are two of them at the same time.
An extract is read by one process at a time, whoever reads it.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from zlib import crc32

import asyncpg
from rich.console import Console

from contracts.values import ServiceName
from infra.city.benchmarks import cores, files, preload, rivals
from infra.city.benchmarks.cores import Cores
from infra.city.benchmarks.files import Done, School, Words
from infra.city.benchmarks.half_load import newcomers
from infra.city.benchmarks.inlets import inlets_of
from infra.city.benchmarks.meters import Pids, measured
from infra.city.benchmarks.run import Filled, Run
from infra.city.books import Books, ask
from infra.city.events import distinct
from infra.city.publisher import HTTP_PARTS, Publisher
from infra.city.sources.pen import Event
from infra.clock import clock_of
from infra.local.root import CannotDo
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
BESIDE = (*WAYS, "media")
"""What two processes take beside each other."""

MOST_IN_A_BUNDLE = 250_000
"""Rows; ingest takes 300,000."""

FULL = 0.9
"""From this share of its time on a processor, or a process that can use one, counts as full."""

SEEN = 0.01
"""A share of a short part that is smaller is none: the system tells of hundredths of a second."""

COMMAND = "command"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What is to be measured: about so many `events` in each part, files of so many `rows`, and a ledger of so many rows (0: none).

    It is compared with one of about SMALL_LEDGER rows. So many processors are ingest's alone (0: it shares all of them).
    """

    events: int = 20_000
    rows: int = 200_000
    ledger: int = 10_000_000
    ingest_cores: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """
    What one way in took, with so many processes, while the ledger held so many rows.

    `busy` is which share of the processors' time was used meanwhile, by whomever.
    """

    way: str
    processes: int
    ledger: int
    run: Run
    busy: Mapping[str, float] = field(default_factory=dict)
    megabytes: float | None = None
    """The most memory of a command, where it was one that took it."""
    processors: int = 1

    @property
    def own(self) -> float:
        """Which share of all processors' time the parts of this run used: where it is far below `busy`, others had the machine."""
        return sum(self.run.cpu.values()) / (self.processors * self.run.seconds)

    @property
    def ingest_us(self) -> float:
        """Microseconds of CPU per event of ingest's own processes."""
        return sum(us for name, us in self.run.cpu_us.items() if _is_ingest(name))

    @property
    def full(self) -> tuple[str, ...]:
        """What could give no more: processors, or processes of ingest, each of which runs on one. Nothing: it waited for disk or locks."""
        processors = [name for name, share in self.busy.items() if share >= FULL]
        processes = [name for name, seconds in self.run.cpu.items() if _is_ingest(name) and seconds >= FULL * self.run.seconds]
        return (*processors, *processes)


def _is_ingest(name: str) -> bool:
    return name.startswith((ServiceName.INGEST, COMMAND))


@dataclass(frozen=True, slots=True)
class Compared:
    """
    Two processes beside one.

    `wall` is how many times as much they took, `room` for how many times as much the processors had room while one worked (1: they were
    full, and no second process could take more), and `by_cpu` how many times as much two would take with processors enough: twice, but
    for what working beside each other costs either.
    """

    wall: float
    room: float
    by_cpu: float


@dataclass(frozen=True, slots=True)
class Copied:
    """A file of so many rows and bytes: taken the first time, again with some rows changed, and through `COPY` alone."""

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
    cores: int = 1

    def compared(self, way: str) -> Compared | None:
        """What two processes took beside one."""
        of = {part.processes: part for part in self.parts if part.way == way}
        if not {1, 2} <= of.keys():
            return None
        one, two = of[1], of[2]
        wall = two.run.per_second / one.run.per_second
        return Compared(wall, 1 / max(SEEN, *one.busy.values()), 2 * one.ingest_us / two.ingest_us)

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
                "processors": self.cores,
                "parts": [_part_json(part) for part in self.parts],
                "two_to_one": {way: _compared_json(self.compared(way)) for way in BESIDE},
                "extract": None if self.extract is None else _extract_json(self.extract),
                "ledger_ratio": _rounded(self.ledger_ratio),
                "filled": {each.table: each.rows for each in self.filled},
            },
            indent=1,
        )

    def show(self, console: Console) -> None:
        """Print it."""
        shown = table("way in", "processes", "ledger", "events", "events/s", "CPU µs per event, by process", "WAL bytes per event", "full")
        for part in self.parts:
            cpu = ", ".join(f"{name} {us:,.0f}" for name, us in part.run.cpu_us.items())
            figures = (f"{part.ledger:,}", f"{part.run.events:,}", f"{part.run.per_second:,.0f}", cpu, f"{part.run.wal_per_event:,.0f}")
            shown.add_row(part.way, str(part.processes), *figures, _told_full(part))
        console.print(shown)
        for way in BESIDE:
            if (told := self.compared(way)) is not None:
                room = f"while it worked, {self.cores} processors had room for {told.room:.2f} times that"
                by_cpu = f"by the CPU of an event two would take {told.by_cpu:.2f} times"
                console.print(f"{way}: two processes take {told.wall:.2f} times what one does; {room}; {by_cpu}")
        if self.extract is not None:
            console.print(_told(self.extract))
        if memory := [part.megabytes for part in self.parts if part.megabytes is not None]:
            console.print(f"the most memory of a command: {max(memory):,.0f} MB")
        if self.ledger_ratio is not None:
            console.print(f"ledger of {self.parts[-1].ledger:,} rows: {self.ledger_ratio:.2f} of the speed at {self.parts[-2].ledger:,}")
        console.print(f"load of the machine before: {self.load:.1f} on {os.cpu_count()} processors")


def bench(wish: Wish, console: Console) -> Found:
    """Measure on a fresh stack that is removed afterwards. Raises CannotDo."""
    shared = cores.parted(wish.ingest_cores)
    found = Found(os.getloadavg()[0], cores=shared.count)
    # Senders are this process; what it starts does as it does until it is told otherwise.
    cores.pin(os.getpid(), shared.others)
    try:
        console.print("Starting a fresh stack with ingest alone …")
        with Stack.temporary(services=(ServiceName.INGEST,)) as stack, running(stack):
            asyncio.run(_ways_in(_Parts(stack, shared), wish, found, console))
        if wish.ledger:
            # On a stack of its own: what an extract left would be made larger too.
            with Stack.temporary(services=(ServiceName.INGEST,)) as stack, running(stack):
                asyncio.run(_ledger(_Parts(stack, shared), wish, found, console))
    finally:
        cores.pin(os.getpid(), (*shared.ingest, *shared.others))
    return found


async def _ways_in(parts: "_Parts", wish: Wish, found: Found, console: Console) -> None:
    async with Books(parts.stack.root) as books:
        await parts.play(books, parts.newcomers(WARM_UP_EVENTS), 0, ())
        for processes in PROCESSES:
            async with _others(parts, processes - 1) as others:
                for way, http_parts in WAYS.items():
                    console.print(f"{wish.events:,} events over {way}, {processes} of ingest …")
                    found.parts.append(await parts.part(books, way, wish.events, http_parts, others))
        if wish.rows:
            console.print(f"Bundles of {min(wish.rows, MOST_IN_A_BUNDLE):,} rows in all, by one command and by two …")
            found.parts += await _media(parts, books, min(wish.rows, MOST_IN_A_BUNDLE))
            console.print(f"An extract of {wish.rows:,} rows, and the same bytes through COPY …")
            found.extract = await _extract(parts, books, wish.rows, found.parts)


async def _ledger(parts: "_Parts", wish: Wish, found: Found, console: Console) -> None:
    operator = await asyncpg.connect(parts.stack.access.admin_url())
    try:
        async with Books(parts.stack.root) as books:
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


async def _media(parts: "_Parts", books: Books, rows: int) -> list[Part]:
    """One bundle by one command, and two bundles of as many rows together by two at the same time."""
    folder = parts.stack.root / "bench-media"
    folder.mkdir()
    schools = [await asyncio.to_thread(School, parts.stack, folder, number, parts.cores) for number in range(max(PROCESSES))]
    found = []
    for processes in PROCESSES:
        each = rows // processes
        bundles = [await asyncio.to_thread(school.packed, each, f"part-{processes}") for school in schools[:processes]]
        commands = [school.import_command(bundle) for school, bundle in zip(schools, bundles, strict=False)]
        part, _ = await parts.commanded(books, "media", each * processes, commands)
        found.append(part)
    return found


async def _extract(parts: "_Parts", books: Books, rows: int, into: list[Part]) -> Copied:
    folder = parts.stack.root / "bench"
    folder.mkdir()
    first, again = folder / "JUKI_JUMIN_20260401.csv", folder / "JUKI_JUMIN_20260402.csv"
    changed = max(1, rows // files.CHANGED)
    files.write_residents(first, rows, changed=0)
    files.write_residents(again, rows, changed=changed)
    seconds = []
    for way, file in (("extract, the first", first), ("extract, the next", again)):
        part, done = await parts.commanded(books, way, rows, [files.extract_command(parts.stack, file)])
        into.append(part)
        seconds.append(done[0].seconds)
    return Copied(rows, first.stat().st_size, changed, seconds[0], seconds[1], await files.copied(parts.stack, first))


class _Parts:
    """Plays one part after the other, each with families of its own."""

    def __init__(self, stack: Stack, shared: Cores) -> None:
        self.stack = stack
        self.cores = shared
        self._first = FIRST_NUMBER
        self._today = clock_of(stack.access.clock_file).today()

    def newcomers(self, events: int) -> list[Event]:
        """So many events, about, of families that were in no part before."""
        self._first += NUMBERS_APART
        return newcomers(SEED, self._today, children=round(events / EVENTS_PER_CHILD), first=self._first)

    async def part(self, books: Books, way: str, events: int, http_parts: int, others: Sequence[ServiceProcess]) -> Part:
        """Measure one."""
        flood = self.newcomers(events)
        play = partial(self.play, books, flood, http_parts, others)
        return await self._measured(books, way, 1 + len(others), distinct(flood).total(), play, others)

    async def commanded(self, books: Books, way: str, events: int, commands: Sequence[Words]) -> tuple[Part, list[Done]]:
        """Measure commands that bring so many events in all, side by side."""
        done: list[Done] = []

        async def play() -> None:
            done[:] = await asyncio.to_thread(files.given, commands, self.cores)

        part = await self._measured(books, way, len(commands), events, play, ())
        own = {COMMAND if number == 1 else f"{COMMAND} {number}": each.cpu for number, each in enumerate(done, start=1)}
        run = replace(part.run, cpu={**part.run.cpu, **own})
        return replace(part, run=run, megabytes=max(each.megabytes for each in done)), done

    async def _measured(
        self, books: Books, way: str, processes: int, events: int, play: Callable[[], Awaitable[None]], others: Sequence[ServiceProcess]
    ) -> Part:
        held = await books.of(ServiceName.INGEST).fetchval(SQL.rows_of_the_ledger, timeout=None)
        self._pin(others)
        began, busy = time.perf_counter(), cores.busy_seconds()
        run = await measured(events, play, pids=self._pids(others), server=books.of(ServiceName.LINKER))
        used = cores.shares(self.cores, busy, cores.busy_seconds(), time.perf_counter() - began)
        return Part(way, processes, held, run, used, processors=self.cores.count)

    def _pin(self, others: Sequence[ServiceProcess]) -> None:
        """Before each part: whatever was started since (a service, a connection of PostgreSQL) gets its processors."""
        for pid in rivals.server_pids(self.stack).values():
            cores.pin(pid, self.cores.others)
        for number, part in enumerate((self.stack.services[ServiceName.INGEST], *others)):
            if part.pid is not None:
                cores.pin(part.pid, self.cores.of_process(number))

    async def play(self, books: Books, events: Sequence[Event], http_parts: int, others: Sequence[ServiceProcess]) -> None:
        """Publish and return when all are answered. By HTTP each process gets the records that fall to it. Raises CannotDo."""
        wanted = await ask(books, ServiceName.INGEST, "answered") + distinct(events).total()
        own = inlets_of(self.stack.access)
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
        ingest = [self.stack.services[ServiceName.INGEST], *others]
        named = {"ingest" if number == 1 else f"ingest {number}": part.pid for number, part in enumerate(ingest, start=1)}
        return {**rivals.server_pids(self.stack), **{name: pid for name, pid in named.items() if pid is not None}}


@asynccontextmanager
async def _others(parts: _Parts, count: int) -> AsyncIterator[list[ServiceProcess]]:
    """So many further processes of ingest, ready."""
    others = [parts.stack.another(ServiceName.INGEST) for _ in range(count)]
    try:
        for other in others:
            await asyncio.to_thread(other.start)
            await asyncio.to_thread(other.wait_until_ready)
        yield others
    finally:
        await asyncio.to_thread(stop_all, others)


# -- telling --------------------------------------------------------------------------------------------------------------


def _told_full(part: Part) -> str:
    busy = ", ".join(f"{name} {share:.0%}" for name, share in part.busy.items())
    return f"{', '.join(part.full) or 'nothing'} ({busy}; by this run {part.own:.0%})"


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
        "ingest_cpu_us_per_event": round(part.ingest_us, 1),
        "busy": {name: round(share, 3) for name, share in part.busy.items()},
        "own": round(part.own, 3),
        "full": part.full,
        "wal_bytes_per_event": part.run.wal_per_event,
        "memory_megabytes": _rounded(part.megabytes),
    }


def _compared_json(told: Compared | None) -> dict[str, float] | None:
    return None if told is None else {"wall": round(told.wall, 3), "room": round(told.room, 3), "by_cpu": round(told.by_cpu, 3)}


def _extract_json(found: Copied) -> dict[str, float]:
    return {
        "rows": found.rows,
        "bytes": found.octets,
        "changed_rows": found.changed,
        "first_rows_per_second": round(found.rows / found.first_seconds, 1),
        "compared_rows_per_second": round(found.rows / found.again_seconds, 1),
        "copy_rows_per_second": round(found.rows / found.copy_seconds, 1),
        "compared_to_copy": round(found.copy_seconds / found.again_seconds, 6),
    }


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 3)
