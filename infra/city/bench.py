"""
The benchmark of the pipeline: how many source events per second go the whole way, and what that is beside two other runs.

A round is three runs on the same servers, one after the other. The real one plays a city at full speed into a fresh database and ends
when everything is at rest: broker in, review and audit out. The limit plays the same events through the same runtime with handlers that
only pass on as many messages per hop as the real services said (`limit.py`): what the runtime alone would carry. The yardstick plays
them through a bare pipeline that shares no code with this one and never changes (`tests/benchmarks/yardstick.py`): what this machine
carries at this hour.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import asyncpg
from rich.console import Console

from contracts.values import ServiceName, Source
from infra.city import latency, limit, quiet
from infra.city.benchmarks import half_load, preload, profiling, rivals
from infra.city.benchmarks.inlets import inlets_of
from infra.city.benchmarks.meters import measured
from infra.city.benchmarks.run import Filled, HalfLoad, Round, Run
from infra.city.books import Books, Tally, ask
from infra.city.dates import days_after
from infra.city.events import City, build, distinct, pen_of, stamp, watermarks
from infra.city.latency import Latency
from infra.city.publisher import Publisher
from infra.city.sources import FIRST_THREE
from infra.city.sources.pen import Event, Timed
from infra.clock import clock_of
from infra.local.service_process import ServiceProcess, stop_all
from infra.local.stack import Stack, running

EVENTS_PER_CHILD = 10.3
SMALLEST = 40
"""Children of the smallest city."""

TIMED_EVENTS = 100
"""Events that are timed one by one after the flood: enough for a 99th percentile."""

TIMED_AT_HALF_LOAD = 150
"""Further ones, timed while a flood comes at half speed."""

SEED = 7
PRELOADED_FROM = 300_000_000
"""Where the numbers of those begin who were there before: behind everybody's who is measured."""

PATIENCE_SECONDS = 3600.0
AUDIT_TYPES = ("AccessRecorded", "DecisionRecorded")
ANSWERED = ("RecordAccepted", "RecordVoided", "FeedWatermark")
"""What ingest says of a source's event once it is answered; of what is refused it says nothing, and that is little."""

__all__ = ["Wish", "city_of", "inlets_of", "pipeline"]


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What is to be measured: about so many events, in so many rounds.

    With `rivals`, limit and yardstick run, too. `half_load_seconds` is how long the flood at half speed lasts, 0 for none. With `eve`
    every source has said the day before that it is complete, as on every night but a city's first. `preload` is how many rows each big
    table holds before anything is measured, about; it comes with an eve. `partitions` above 1 are shared by two processes of each service
    but the audit's. `profile` is the folder into which it is written where the time of the real run went. `sources` publish, the first
    three among them; who was there before, and the flood at half speed, are those three's.
    """

    events: int = 20_000
    rounds: int = 1
    rivals: bool = True
    half_load_seconds: float = 15.0
    eve: bool = False
    preload: int = 0
    partitions: int = 1
    profile: Path | None = None
    sources: tuple[Source, ...] = FIRST_THREE


def pipeline(wish: Wish, console: Console) -> list[Round]:
    """Measure each round on a fresh stack that is removed afterwards."""
    return [_round(wish, console) for _ in range(wish.rounds)]


def city_of(events: int, today: date, timed: int = TIMED_EVENTS, sources: tuple[Source, ...] = FIRST_THREE) -> City:
    """A city whose night has about `events` events; nothing is cut off, because half a family is none."""
    guess = max(SMALLEST, round(events / EVENTS_PER_CHILD))
    sample = build(SEED, today, guess, expected=min(timed, guess // 8), sources=sources)
    children = max(SMALLEST, round(guess * events / len(sample.events)))
    return build(SEED, today, children, expected=min(timed, children // 8), sources=sources)


def _round(wish: Wish, console: Console) -> Round:
    console.print("Starting a fresh stack …")
    key = hashlib.sha256(f"bench {SEED}".encode()).digest()
    settings = profiling.POSTGRES_SETTINGS if wish.profile is not None else {}
    described = Stack.temporary(identifier_key=key, partitions=wish.partitions, postgres_settings=settings)
    with described as stack, running(stack), _second_group(stack, wish.partitions) as group:
        timed = TIMED_EVENTS + (TIMED_AT_HALF_LOAD if wish.half_load_seconds else 0)
        city = city_of(wish.events, clock_of(stack.access.clock_file).today(), timed, wish.sources)
        filled = asyncio.run(_preload(stack, wish.preload, city, wish.sources, console)) if wish.preload else []
        console.print(f"Playing {len(city.events):,} events through the real services …")
        real, waited, half, plan = asyncio.run(_real(stack, city, wish, group, console))
        console.print(f"{real.per_second:,.0f} events/s.")
        if not wish.rivals:
            return Round(real, waited, half, preloaded=filled)

        stop_all([*group, *stack.services.values()])
        console.print("The same through services that do nothing …")
        of_limit = rivals.play_limit(stack, city, plan)
        console.print("The same through the yardstick …")
        return Round(real, waited, half, of_limit, rivals.play_yardstick(stack, city), filled)


async def _preload(stack: Stack, rows: int, city: City, sources: tuple[Source, ...], console: Console) -> list[Filled]:
    """Play a few thousand events of other families and the marks of the day before, and copy what they left."""
    events = half_load.newcomers(SEED, city.today, children=round(preload.EVENTS / EVENTS_PER_CHILD), first=PRELOADED_FROM)
    async with Books(stack.root) as books:
        # The first marks of all change every child's answers: copied without them, a million children would be evaluated at the flood's.
        await _play(stack, books, [*events, *_marks(days_after(city.today, -1), sources)])
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        return await preload.fill(operator, rows, console.print)
    finally:
        await operator.close()


@contextlib.contextmanager
def _second_group(stack: Stack, partitions: int) -> Iterator[list[ServiceProcess]]:
    """A second process of each service that can share its partitions, where there are several."""
    group = [stack.another(name) for name in ServiceName if name is not ServiceName.AUDIT] if partitions > 1 else []
    for service in group:
        service.start()
    try:
        for service in group:
            service.wait_until_ready()
        yield group
    finally:
        stop_all(group)


async def _real(
    stack: Stack, city: City, wish: Wish, group: Sequence[ServiceProcess], console: Console
) -> tuple[Run, Latency, HalfLoad | None, dict[str, limit.Plan]]:
    async with Books(stack.root) as books, Books(stack.root) as aside:
        if wish.eve and not wish.preload:
            await _play(stack, books, _marks(days_after(city.today, -1), wish.sources))
        before = {service: await _tallies(books, service) for service in ServiceName}

        pids = _pids(stack, group)
        async with _profiled(stack, wish, pids, city, console):
            run = await _flood(stack, books, aside, city.events, pids)
        plan = {str(service): _plan(before[service], await _tallies(books, service), service, city) for service in ServiceName}

        idle = min(TIMED_EVENTS, len(city.afternoon) // 2) if wish.half_load_seconds else len(city.afternoon)
        if not await _housekeeping_over(stack):
            console.print("PostgreSQL still vacuums what the flood left; single events are timed all the same.")
        waited = await latency.measure(books, Publisher(inlets_of(stack.access)), city.afternoon[:idle])
        half = await _half_load(stack, books, run, wish, city.afternoon[idle:]) if wish.half_load_seconds else None
        return run, waited, half, plan


async def _housekeeping_over(stack: Stack) -> bool:
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        return await latency.housekeeping_over(operator)
    finally:
        await operator.close()


def _pids(stack: Stack, group: Sequence[ServiceProcess]) -> dict[str, int]:
    services = {str(name): part.pid for name, part in stack.services.items() if part.pid is not None}
    second = {f"{part.name} (second)": part.pid for part in group if part.pid is not None}
    return rivals.server_pids(stack) | services | second


@contextlib.asynccontextmanager
async def _profiled(stack: Stack, wish: Wish, pids: Mapping[str, int], city: City, console: Console) -> AsyncIterator[None]:
    if wish.profile is None:
        yield
        return
    wish.profile.mkdir(parents=True, exist_ok=True)
    services = {name: pid for name, pid in pids.items() if name not in rivals.server_pids(stack)}
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        async with profiling.profiled(wish.profile, services, operator, len(city.events), console):
            yield
    finally:
        await operator.close()


async def _flood(stack: Stack, books: Books, aside: Books, events: Sequence[Event], pids: Mapping[str, int]) -> Run:
    async def passed() -> Mapping[str, int]:
        said = await aside.tally(ServiceName.INGEST, "said")
        heard = await aside.tally(ServiceName.SCORER, "heard")
        return {"ingest": sum(said.get(kind, 0) for kind in ANSWERED), "scorer": heard.get("RecordLinked", 0)}

    async def said() -> int:
        return sum([sum((await books.tally(service, "said")).values()) for service in ServiceName])

    async def play() -> None:
        await _play(stack, books, events)

    return await measured(len(events), play, pids=pids, server=aside.of(ServiceName.LINKER), passed=passed, said=said)


async def _play(stack: Stack, books: Books, events: Sequence[Event]) -> None:
    """Play events at full speed and return when everything is at rest."""
    answered = await ask(books, ServiceName.INGEST, "answered") + distinct(events).total()
    await Publisher(inlets_of(stack.access)).play(events)
    await quiet.until_quiet(books, logged=answered, seconds=PATIENCE_SECONDS)


async def _half_load(stack: Stack, books: Books, run: Run, wish: Wish, kept_back: Sequence[Timed]) -> HalfLoad:
    access = stack.access
    day = clock_of(access.clock_file).today()
    return await half_load.measure(books, access, kept_back, run.per_second / 2, seed=SEED, today=day, seconds=wish.half_load_seconds)


def _marks(day: date, sources: tuple[Source, ...]) -> list[Event]:
    """Each source's word that it is complete up to a day."""
    name = f"{SEED} watermarks {day}"
    found = list(watermarks(pen_of(Random(name), day, 1, name), day, sources))
    stamp(found, day)
    return found


async def _tallies(books: Books, service: ServiceName) -> dict[str, Tally]:
    return {kind: await books.tally(service, kind) for kind in ("said", "heard")}


def _plan(before: Mapping[str, Tally], after: Mapping[str, Tally], service: ServiceName, city: City) -> limit.Plan:
    """What a service heard and said in the real run, for the limit to repeat."""
    said = {kind: n - before["said"].get(kind, 0) for kind, n in after["said"].items()}
    heard = sum(after["heard"].values()) - sum(before["heard"].values())
    audited = sum(said.pop(kind, 0) for kind in AUDIT_TYPES)
    return limit.Plan(
        distinct(city.events).total() if service is ServiceName.INGEST else heard,
        {kind: n for kind, n in said.items() if n and kind in limit.SAMPLES},
        audited,
    )
