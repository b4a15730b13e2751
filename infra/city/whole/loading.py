"""
`tsunagu bench city`: a whole city into an empty stack, then a month of nights.

The sources publish block after block, a piece at a time, and no piece while AHEAD_EVENTS are not answered, so that nothing piles up
here or at the broker. A block is done when ingest has answered as many different events as it and all before it have. That may come a
moment early, when events of a later block were answered before the last ones of it; but all of it was confirmed by the broker, in a
queue that outlives a crash, so that nothing is lost by not publishing it again. What is published a second time is known by its id.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Self, TypeVar

from rich.console import Console

from contracts.values import ServiceName, Source
from infra import clock
from infra.city import quiet
from infra.city.bench import inlets_of
from infra.city.books import Books, ask
from infra.city.events import distinct
from infra.city.publisher import Publisher
from infra.city.sources.pen import Event
from infra.city.whole import meters
from infra.city.whole.blocks import Block, Plan, draw, marks
from infra.city.whole.drawing import Drawing
from infra.city.whole.journal import NIGHT, Journal, Stage
from infra.city.whole.meters import Meter, Reading
from infra.city.whole.nights import night
from infra.city.whole.showing import Shown
from infra.local.root import CannotDo
from infra.local.stack import Stack, running

AHEAD_EVENTS = 30_000
"""Published and not answered yet, at most, before more is published: some seconds of work, so that no service waits for a source."""

PIECE_EVENTS = 10_000
"""Published in one go."""

LOOK_SECONDS = 0.5
LOOK_SHARE = 10
"""Looking takes a tenth of the time at most."""

STALLED_SECONDS = 300.0
REST_SECONDS = 3_600.0

LOADING = "first load"
SETTLING = "until at rest"
MARKING = "watermarks"
INVENTING = "drawing the night"

T = TypeVar("T")


class Stalled(CannotDo):
    """Ingest answered nothing for minutes."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to, over all its sessions."""

    journal: Journal
    readings: Sequence[Reading]
    tables: Sequence[meters.TableSize]
    disk: Mapping[str, int]
    settings: Mapping[str, str]
    """Of PostgreSQL, in the last session."""


def load(stack: Stack, plan: Plan, nights: int, console: Console) -> Result:
    """
    Load the city, or what is missing of it, and play the nights up to `nights`. Blocks; stops the stack whatever happens.

    Raises OtherCity, Stalled, InletClosed, NotAtRest, and KeyboardInterrupt where somebody broke it off; the data folder then tells how
    far it came.
    """
    journal = Journal.of(stack.root, plan)
    journal.sessions += 1
    _begin_day(journal, plan.today)
    console.print("Starting PostgreSQL, RabbitMQ and the five services …")
    with running(stack):
        return asyncio.run(_run(stack, journal, nights, console))


async def _run(stack: Stack, journal: Journal, nights: int, console: Console) -> Result:
    async with Load.of(stack, journal, console) as city:
        if not journal.is_over(LOADING):
            await city.blocks()
        if not journal.is_over(SETTLING):
            await city.settle()
        if not journal.is_over(MARKING):
            await city.watermarks()
        for number in range(journal.nights + 1, nights + 1):
            await city.night(number)
        await city.read("end")
        tables, settings = await meters.tables(city.books), await meters.settings(city.books)
        return Result(journal, meters.readings(stack.root), tables, meters.disk(stack.root), settings)


@dataclass(slots=True)
class Load:
    """The load of one city into a stack that runs, from wherever its journal stands. Use as a context manager."""

    stack: Stack
    journal: Journal
    shown: Shown
    books: Books
    resting: Books
    """Connections of their own for the question whether all is at rest: it is asked while others are looking."""
    drawing: Drawing
    meter: Meter
    publisher: Publisher
    published: int
    answered: int = 0
    _under_way: deque[tuple[Counter[Source], int]] = field(default_factory=deque)
    """Blocks that are not done: how many events, and how many with all that went before."""
    _done_at: float = field(default_factory=time.monotonic)
    _answered_at: float = field(default_factory=time.monotonic)
    _began_at: float = field(default_factory=time.monotonic)
    _read_at: float = 0.0
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    @classmethod
    def of(cls, stack: Stack, journal: Journal, console: Console) -> Self:
        """The load of the city of `journal`."""
        books, resting, drawing = Books(stack.root), Books(stack.root), Drawing()
        meter, publisher = Meter(stack, journal.sessions, drawing), Publisher(inlets_of(stack.access))
        return cls(stack, journal, Shown(console), books, resting, drawing, meter, publisher, journal.events)

    async def __aenter__(self) -> Self:
        for each in (self.books, self.resting):
            await self._open.enter_async_context(each)
        self._open.enter_context(self.drawing)
        self._open.enter_context(self.shown)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    # --- the stages ---

    async def blocks(self) -> None:
        """Publish every block that is not done, and wait until ingest has answered them all."""
        plan = self.journal.plan
        self._done_at = time.monotonic()
        for number in range(self.journal.blocks, len(plan)):
            await self._publish(await self._meanwhile(LOADING, self.drawing.do(draw, plan, number)))
        await self._until(LOADING, lambda: self.journal.blocks == len(plan))
        await self.read(LOADING)
        self.journal.stage_done(Stage(LOADING, plan.today, self.journal.events, round(self.journal.loading_seconds, 3)))

    async def settle(self) -> None:
        """Wait until all is at rest after the last block: what the services had not come to yet."""
        seconds = await self._at_rest(SETTLING)
        self.journal.stage_done(Stage(SETTLING, self.journal.plan.today, 0, seconds))

    async def watermarks(self) -> None:
        """Each source says that it is complete: only now what is missing can be concluded, of every child."""
        await self._delivery(MARKING, self.journal.plan.today, tuple(marks(self.journal.plan, self.journal.plan.today)))

    async def night(self, number: int) -> None:
        """Go on to the next day, deliver what its eve brings, and wait until all is at rest."""
        found = await self._meanwhile(INVENTING, self.drawing.do(night, self.journal.plan, number))
        _begin_day(self.journal, found.day)
        await self._delivery(f"{NIGHT}{number}", found.day, (*found.events, *found.marks))

    async def read(self, stage: str) -> None:
        """Read all meters now."""
        await self.meter.read(stage, published=self.published, answered=self.answered)
        self._read_at = time.monotonic()

    # --- how ---

    async def _publish(self, block: Block) -> None:
        """Publish a block's events in order, as ingest makes room for them."""
        self._under_way.append((block.distinct, self.published + block.distinct.total()))
        waiting, seen = iter(block.events), set[tuple[str, str]]()
        while piece := list(islice(waiting, PIECE_EVENTS)):
            await self._until(LOADING, lambda: self.published - self.answered <= AHEAD_EVENTS)
            await self._meanwhile(LOADING, self.publisher.play(piece))
            before = len(seen)
            seen.update((event["source"], event["id"]) for event in piece)
            self.published += len(seen) - before

    async def _delivery(self, name: str, day: date, events: Sequence[Event]) -> None:
        """Publish a night's events, and wait until all is at rest."""
        began = time.monotonic()
        await self.read(name)
        await self._meanwhile(name, self.publisher.play(events))
        counted = distinct(events)
        self.published += counted.total()
        await self._at_rest(name)
        self.journal.stage_done(Stage(name, day, len(events), round(time.monotonic() - began, 3)), counted)

    async def _at_rest(self, stage: str) -> float:
        """Wait until nothing moves. Returns seconds."""
        began = time.monotonic()
        await self._meanwhile(stage, quiet.until_quiet(self.resting, logged=self.published, seconds=REST_SECONDS))
        await self.read(stage)
        return round(time.monotonic() - began, 3)

    async def _until(self, stage: str, holds: Callable[[], bool]) -> None:
        """Look again and again until something holds. Raises Stalled."""
        while not holds():
            await asyncio.sleep(await self._look(stage))
            if time.monotonic() - self._answered_at > STALLED_SECONDS:
                raise Stalled(
                    f"ingest has answered {self.answered:,} of {self.published:,} events, and nothing for {STALLED_SECONDS:.0f} s"
                )

    async def _meanwhile(self, stage: str, work: Coroutine[Any, Any, T]) -> T:
        """Do `work`, and look around while it goes on."""
        task = asyncio.create_task(work)
        try:
            while not task.done():
                await asyncio.wait((task,), timeout=await self._look(stage))
        finally:
            task.cancel()
        return task.result()

    async def _look(self, stage: str) -> float:
        """See how far ingest is, write down what is done, show it. Returns the seconds until it is worth looking again."""
        began = time.monotonic()
        answered: int = await ask(self.books, ServiceName.INGEST, "answered")
        if answered > self.answered:
            self.answered, self._answered_at = answered, time.monotonic()
        self._count_blocks()
        if began - self._read_at >= self._pace():
            await self.read(stage)
        self.shown.go_on(stage, self.answered, self._total(stage))
        return max(LOOK_SECONDS, LOOK_SHARE * (time.monotonic() - began))

    def _count_blocks(self) -> None:
        while self._under_way and self.answered >= self._under_way[0][1]:
            now = time.monotonic()
            self.journal.block_done(self._under_way.popleft()[0], now - self._done_at)
            self._done_at = now

    def _pace(self) -> float:
        """Seconds between two readings: at first, while few rows are held, they are many."""
        return min(10.0, max(1.0, (time.monotonic() - self._began_at) / 20))

    def _total(self, stage: str) -> int:
        """About how many events there are in all, as far as the blocks until now let guess."""
        plan, known = self.journal.plan, self.journal.blocks + len(self._under_way)
        if stage != LOADING or not known:
            return self.published
        until_now = self._under_way[-1][1] if self._under_way else self.journal.events
        children = sum(plan.children_of(number) for number in range(known))
        return max(until_now, round(until_now * plan.children / children))


def _begin_day(journal: Journal, day: date) -> None:
    """Let the stack's clock run on `day`, or on a later one that it has seen before an interruption; the time of day stays."""
    journal.begin(day)
    clock.shift(journal.root / "clock.json", (journal.today - clock.SystemClock().today()).days * 86_400)
