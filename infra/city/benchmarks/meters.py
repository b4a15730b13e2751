"""Reads the meters of a run: CPU and memory of each process, bytes of WAL, and how far events have come, looked at while it runs."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import asyncpg

from infra.city.benchmarks.run import SOURCES, Memory, Pace, Run, Seen, last_change, pace_of
from infra.city.cpu import cpu_seconds, own_cpu_seconds, used
from infra.city.memory import memory_bytes
from infra.sql import queries

SQL = queries(__file__, "wal.sql")

LOOK_SECONDS = 0.25
"""How often is looked how far events have come: two rows of one small table, so that looking is no work."""

MEMORY_SECONDS = 10.0
SETTLED_SECONDS = 120.0
"""From here on a service's memory is expected to stay as it is."""

Pids = Mapping[str, int]
Passed = Callable[[], Awaitable[Mapping[str, int]]]
"""Asks how many events have passed each of some places; the first named is where the sources are answered."""


@dataclass(slots=True)
class Watch:
    """What was looked at while a run ran."""

    began: float
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    memory: list[tuple[float, Mapping[str, int]]] = field(default_factory=list)

    def note(self, passed: Mapping[str, int]) -> None:
        """Keep a look."""
        at = time.perf_counter() - self.began
        for place, events in passed.items():
            self.seen.setdefault(place, []).append(Seen(at, events))

    def paces(self) -> dict[str, Pace]:
        """The pace of each place that has one."""
        found = {place: pace_of(seen) for place, seen in self.seen.items()}
        return {place: pace for place, pace in found.items() if pace is not None}

    def tail(self, seconds: float) -> float | None:
        """How long it took from the answer to the last event until rest, at `seconds`."""
        answered = next(iter(self.seen.values()), None)
        return max(0.0, round(seconds - last_change(answered), 2)) if answered else None

    def memory_of(self, name: str) -> Memory:
        """The memory of one part."""
        sizes = [(at, sizes[name]) for at, sizes in self.memory]
        settled = next((size for at, size in sizes if at >= SETTLED_SECONDS), None)
        return Memory(sizes[0][1], settled, max(size for _, size in sizes), sizes[-1][1])


async def measured(
    events: int,
    play: Callable[[], Awaitable[None]],
    *,
    pids: Pids,
    server: asyncpg.Connection,
    passed: Passed | None = None,
    said: Callable[[], Awaitable[int]] | None = None,
) -> Run:
    """
    Let `play` run to its end, which is the end of the run, and return what the meters say.

    `server` is a connection of nobody else's. `passed` is asked while it runs, `said` before and afterwards.
    """
    messages = await said() if said is not None else 0
    cpu, wal = _cpu(pids), await _wal(server)
    watch = Watch(time.perf_counter())
    async with _watching(watch, pids, passed):
        await play()
    seconds = time.perf_counter() - watch.began

    return Run(
        events,
        seconds,
        used(cpu, _cpu(pids)),
        await _wal(server) - wal,
        {name: watch.memory_of(name) for name in pids},
        await said() - messages if said is not None else None,
        watch.tail(seconds),
        watch.paces(),
    )


@contextlib.asynccontextmanager
async def _watching(watch: Watch, pids: Pids, passed: Passed | None) -> AsyncIterator[None]:
    over = asyncio.Event()

    async def look() -> None:
        if passed is not None:
            watch.note(await passed())

    async def look_again() -> None:
        # Ended by a word and not by cancelling, which would break a statement off.
        while not await _is_over(over, LOOK_SECONDS):
            await look()

    async def weigh_again() -> None:
        while not await _is_over(over, MEMORY_SECONDS):
            _weigh(watch, pids)

    _weigh(watch, pids)
    await look()
    tasks = [asyncio.create_task(look_again()), asyncio.create_task(weigh_again())]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*tasks)
    await look()
    _weigh(watch, pids)


async def _is_over(over: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
    return over.is_set()


def _weigh(watch: Watch, pids: Pids) -> None:
    watch.memory.append((time.perf_counter() - watch.began, {name: memory_bytes(pid) for name, pid in pids.items()}))


def _cpu(pids: Pids) -> dict[str, float]:
    return {SOURCES: own_cpu_seconds(), **{name: cpu_seconds(pid) for name, pid in pids.items()}}


async def _wal(server: asyncpg.Connection) -> int:
    return int(await server.fetchval(SQL.wal_position))
