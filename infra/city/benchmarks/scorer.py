"""
How fast the scorer evaluates a whole city, simulates another threshold, and follows what is told, each beside its limit.

Its own programme does it, started by itself: infra imports no service (`tests/benchmarks/scoring.py`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from infra.local.root import REPOSITORY, CannotDo
from infra.printing import size, table

AIM_SECONDS, AIM_BYTES = 60, 2 * 1024**3
"""A full evaluation of 200,000 children with five years of facts, on two processors."""
AIM_CHILDREN = 200_000
AIM_SIMULATION_SECONDS = 5
AIM_EVENTS = 5_000
"""Events a second."""


@dataclass(frozen=True, slots=True)
class Wish:
    """So many children, events that are heard, and processes."""

    children: int
    events: int = 20_000
    processes: int = 2


@dataclass(frozen=True, slots=True)
class Found:
    """All that was measured."""

    told: Mapping[str, Any]

    def as_json(self) -> str:
        """Return it for a program."""
        return json.dumps({"processors": os.cpu_count(), **self.told}, indent=1)

    def show(self, console: Console) -> None:
        """Print it."""
        shown = table("part", "of", "seconds", "a second", "aim", "CPU µs each, Python", "PostgreSQL", "memory", "beside the limit")
        again, simulated = self.told["again"], self.told["simulated"]["threshold"]
        whole = self.told["children"] == AIM_CHILDREN
        shown.add_row("everybody, the first time", *_speed(self.told["first"]), "", *_cost(self.told["first"]), "")
        aim = f"{AIM_SECONDS} s, {size(AIM_BYTES)}" if whole else ""
        shown.add_row("everybody again", *_speed(again["real"]), aim, *_cost(again["real"]), f"{again['ratio']:.2f} times as long")
        shown.add_row("  its limit", *_speed(again["limit"]), "", *_cost(again["limit"]), "")
        times = f"{simulated['seconds'] / simulated['limit_seconds']:.2f} times as long"
        of = f"{simulated['asked_again']:,} asked anew"
        aim = f"{AIM_SIMULATION_SECONDS} s" if whole else ""
        shown.add_row("another threshold simulated", of, f"{simulated['seconds']:.1f}", "", aim, "", "", "", times)
        for name, each in self.told["followed"].items():
            shown.add_row(f"events, {name}", *_speed(each), f"{AIM_EVENTS:,}", *_cost(each), "")
        console.print(shown)
        load = f"load {self.told['load_before']:.1f} on {os.cpu_count()} processors"
        console.print(f"{again['rows_written']:,} answers were others; {load} before it began", highlight=False)


def bench(wish: Wish) -> Found:
    """Make a city in a PostgreSQL that is removed afterwards, and measure. Raises CannotDo."""
    if not (REPOSITORY / "tests/benchmarks/scoring.py").exists():
        raise CannotDo("the scorer is measured by a file of the repository's tests, and they are not here")
    figures = ("--children", str(wish.children), "--events", str(wish.events), "--processes", str(wish.processes))
    command = [sys.executable, "-m", "tests.benchmarks.scoring", *figures, "--json"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotDo(f"the scorer could not be measured:\n{done.stderr[-2000:]}")
    return Found(json.loads(done.stdout.splitlines()[-1]))


def _speed(told: Mapping[str, float]) -> tuple[str, str, str]:
    return f"{told['count']:,.0f}", f"{told['seconds']:.1f}", f"{told['count'] / told['seconds']:,.0f}"


def _cost(told: Mapping[str, float]) -> tuple[str, str, str]:
    return f"{told['cpu_us_python']:,.0f}", f"{told['cpu_us_postgres']:,.0f}", size(int(told["bytes_python"]))
