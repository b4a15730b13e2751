"""
`tsunagu city events`: the city's events as lines of JSON.

A city of some thousand children is drawn at once, as the demonstration plays it. A larger one is drawn block by block (`whole/blocks.py`),
several at a time, and written in the order of their numbers: memory does not depend on how many there are.
"""

import gc
import json
import os
import resource
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from rich.console import Console

from contracts.values import Source
from infra.city.events import build
from infra.city.sources.pen import Event
from infra.city.whole.blocks import RESIDENTS_PER_CHILD, Plan, draw, marks
from infra.printing import size

CHILDREN_PER_BLOCK = 250
"""Smaller blocks than a load has: what is drawn lies in memory once in each process."""

KILO = 1024


@dataclass(frozen=True, slots=True)
class Wish:
    """Which city, and how it is written. `residents` and `processes` count with `stream` only."""

    children: int
    seed: int
    today: date
    sources: tuple[Source, ...]
    residents: int | None = None
    processes: int | None = None
    stream: bool = False


def write(wish: Wish, to: Path | None, console: Console) -> None:
    """Write the events to a file, or to standard output, and say on `console` what it took."""
    began, events, octets = time.monotonic(), 0, 0
    with _opened(to) as out:
        for n, lines in _streamed(wish) if wish.stream else _at_once(wish):
            out.write(lines)
            events, octets = events + n, octets + len(lines)
    seconds = time.monotonic() - began
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    console.print(
        f"{events:,} events, {size(octets)}, in {seconds:.1f} s = {events / seconds:,.0f} events/s "
        f"({events / cpu:,.0f} for each second of one core); "
        f"memory at most {size(_peak())} in this process, {size(_peak_of_children())} in the largest of its own",
        highlight=False,
    )


def _at_once(wish: Wish) -> Iterator[tuple[int, bytes]]:
    city = build(wish.seed, wish.today, wish.children, sources=wish.sources)
    yield len(city.events), _lines(city.events)


def _streamed(wish: Wish) -> Iterator[tuple[int, bytes]]:
    """Block after block, some being drawn ahead, and at the end the watermarks."""
    residents = wish.residents or wish.children * RESIDENTS_PER_CHILD
    plan = Plan(wish.seed, wish.today, wish.children, residents, CHILDREN_PER_BLOCK, wish.sources)
    ahead = wish.processes or os.cpu_count() or 1
    with ProcessPoolExecutor(ahead, initializer=_begin) as pool:
        under_way: deque[Future[tuple[int, bytes]]] = deque()
        for number in range(len(plan)):
            under_way.append(pool.submit(_block, plan, number))
            if len(under_way) > ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    last = list(marks(plan, plan.today))
    yield len(last), _lines(last)


def _begin() -> None:
    """In each process: what the program itself is made of is never looked through for garbage."""
    gc.disable()
    gc.freeze()


def _block(plan: Plan, number: int) -> tuple[int, bytes]:
    """Return how many events a block has, and its lines. Runs in a process of its own, of which nothing but the block is garbage."""
    gc.collect()
    events = draw(plan, number).events
    return len(events), _lines(events)


def _lines(events: Iterable[Event]) -> bytes:
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
    return "".join([f"{encode(event)}\n" for event in events]).encode()


@contextmanager
def _opened(to: Path | None) -> Iterator[BinaryIO]:
    if to is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with to.open("wb") as file:
        yield file


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILO


def _peak_of_children() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KILO
