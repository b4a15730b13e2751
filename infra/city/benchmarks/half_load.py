"""
Single events while a flood comes at half of the speed that the system reached: what a ward waits for in the middle of a busy night.

Newcomers are played at half of the measured speed, and beside them, one by one and evenly, events that were kept back, each of which
opens the review of a child whom the system knows.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import date
from random import Random

from contracts.values import ServiceName
from infra.city import latency, quiet
from infra.city.benchmarks.inlets import inlets_of
from infra.city.benchmarks.run import HalfLoad
from infra.city.books import Books, ask
from infra.city.events import distinct, pen_of, stamp, told
from infra.city.families import Numbers
from infra.city.populating import populate
from infra.city.publisher import Publisher
from infra.city.sources.pen import Event, Timed
from infra.local.access import Access

EVENTS_PER_CHILD = 10.0
FEWEST_CHILDREN = 40
WATCH_SECONDS = 0.01
"""How often is looked for reviews: seldom enough not to be a load of its own."""

FIRST_NUMBER = 150_000_000
"""Where newcomers' numbers begin: behind those of any city that is played first."""


def newcomers(seed: int, today: date, *, children: int, first: int = FIRST_NUMBER) -> list[Event]:
    """What the sources publish about families whom no city of the benchmark has; their numbers begin with `first`."""
    name = f"{seed} newcomers {first}"
    rng = Random(name)
    numbers = Numbers(first, first, first, first)
    families = list(populate(rng, today, max(children, FEWEST_CHILDREN), 0, numbers=numbers))
    events, _ = told(pen_of(rng, today, len(families), name), families, spoiled_before=first)
    stamp(events, today)
    return events


async def measure(
    books: Books, access: Access, kept_back: Sequence[Timed], per_second: float, *, seed: int, today: date, seconds: float
) -> HalfLoad:
    """Measure for about `seconds`. `per_second` is the speed at which the flood comes; `kept_back` are the single events."""
    flood = newcomers(seed, today, children=round(per_second * seconds / EVENTS_PER_CHILD))
    lasts = len(flood) / per_second
    answered = await ask(books, ServiceName.INGEST, "answered") + distinct(flood).total() + len(kept_back)
    began = time.perf_counter()
    async with Books(access.root) as aside:
        single = Publisher(inlets_of(access))
        waited, left_after = await asyncio.gather(
            latency.measure(aside, single, kept_back, per_second=len(kept_back) / lasts, watch_seconds=WATCH_SECONDS),
            _pace(Publisher(inlets_of(access)), flood, per_second, began),
        )
    await quiet.until_quiet(books, logged=answered)
    tail = time.perf_counter() - began - left_after
    return HalfLoad(len(flood), round(per_second, 1), round(len(flood) / left_after, 1), waited, round(tail, 2))


async def _pace(publisher: Publisher, events: Sequence[Event], per_second: float, began: float) -> float:
    await publisher.pace(events, per_second=per_second)
    return time.perf_counter() - began
