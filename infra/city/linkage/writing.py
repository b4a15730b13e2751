"""
`tsunagu city linkage`: part by part, in several processes, written in the order of their numbers.

A part is drawn from the seed and its number alone, so that the files are the same for every number of processes, and memory does not grow
with the city.
"""

import csv
import io
import os
import resource
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from infra.city.linkage.first.population import First
from infra.city.linkage.fourth.population import Fourth
from infra.city.linkage.second.population import Second
from infra.city.linkage.tables import RECORD_HEAD, Part, Person, Population, Truth, Which
from infra.city.linkage.third.population import Third
from infra.printing import size

PERSONS_PER_PART = 4_000
CASES_PER_PART = 250
"""Hazards are drawn so many at a time, too."""

HEADS = {"register.csv": Person._fields, "records.csv": RECORD_HEAD, "truth.csv": Truth._fields}

KILO = 1024


POPULATIONS: dict[Which, Population] = {Which.FIRST: First(), Which.SECOND: Second(), Which.THIRD: Third(), Which.FOURTH: Fourth()}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which city. `corruption` is the share of records with at least one field that is wrong (0 to 1)."""

    persons: int
    seed: int
    corruption: float = 0.1
    population: Which = Which.FIRST
    hazards: int = 0
    """Cases of each kind."""
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    count: int
    kind: str = ""
    """Of a hazard; empty for ordinary people."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A part as the lines of the three files."""

    people: int
    records: int
    lines: tuple[str, str, str]


def write(wish: Wish, out: Path, console: Console) -> None:
    """Write the three files into the folder `out`, and say on `console` what it took."""
    began, people, records = time.monotonic(), 0, 0
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_files:
        files = [open_files.enter_context((out / name).open("w", encoding="utf-8", newline="")) for name in HEADS]
        for file, head in zip(files, HEADS.values(), strict=True):
            file.write(",".join(head) + "\n")
        for text in _drawn(wish):
            for file, lines in zip(files, text.lines, strict=True):
                file.write(lines)
            people, records = people + text.people, records + text.records
    seconds = time.monotonic() - began
    console.print(
        f"{people:,} people in the register, {records:,} records, in {seconds:.1f} s = {people / seconds:,.0f} people/s; memory at most "
        f"{size(_peak(resource.RUSAGE_SELF))} in this process, {size(_peak(resource.RUSAGE_CHILDREN))} in the largest of its own",
        highlight=False,
    )


def _drawn(wish: Wish) -> Iterator[_Text]:
    """Part after part, some being drawn ahead."""
    ahead = wish.processes or os.cpu_count() or 1
    if ahead == 1:
        yield from (_text(wish, task) for task in _tasks(wish))
        return
    with ProcessPoolExecutor(ahead) as pool:
        under_way: deque[Future[_Text]] = deque()
        for task in _tasks(wish):
            under_way.append(pool.submit(_text, wish, task))
            if len(under_way) > 2 * ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _tasks(wish: Wish) -> Iterator[_Task]:
    number = 0
    for first in range(0, wish.persons, PERSONS_PER_PART):
        yield _Task(number, min(PERSONS_PER_PART, wish.persons - first))
        number += 1
    for kind in POPULATIONS[wish.population].hazards:
        for first in range(0, wish.hazards, CASES_PER_PART):
            yield _Task(number, min(CASES_PER_PART, wish.hazards - first), kind)
            number += 1


def _text(wish: Wish, task: _Task) -> _Text:
    population = POPULATIONS[wish.population]
    if task.kind:
        part = population.hazard(wish.seed, task.kind, task.number, task.count)
    else:
        part = population.part(wish.seed, task.number, task.count, wish.corruption)
    return _Text(len(part.register), len(part.records), _lines(part))


def _lines(part: Part) -> tuple[str, str, str]:
    register, records, truth = (io.StringIO() for _ in HEADS)
    csv.writer(register, lineterminator="\n").writerows(part.register)
    csv.writer(records, lineterminator="\n").writerows(record for record, _ in part.records)
    csv.writer(truth, lineterminator="\n").writerows(answer for _, answer in part.records)
    return register.getvalue(), records.getvalue(), truth.getvalue()


def _peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss * KILO
