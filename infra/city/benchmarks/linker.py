"""
How fast records without a number are linked: a city that is difficult to link, drawn for the run, and one line for each way to link it.

In bulk the linker's own programme does it (`services/linker/evaluation/bulk.py`), started by itself: infra imports no service.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from infra.city.linkage.writing import Wish as City
from infra.city.linkage.writing import write
from infra.local.root import REPOSITORY, CannotDo
from infra.printing import size, table

SEED = 7
IN_BULK = "in bulk"
AIMS = {(IN_BULK, 2): 8_000}
"""Records/s by way and processes, on as many processors."""
AIM_BY_EVENTS = 2_500
"""Records/s of one process, from the event to the committed decision."""
AIM_MS_A_RECORD, SMALL_PARCEL = 5.0, 20
"""The 99th of 100 parcels of so many records and fewer takes less for each record."""


@dataclass(frozen=True, slots=True)
class Wish:
    """People in the register, at most so many records of all that are drawn, and by how many processes beside one."""

    people: int
    records: int | None = None
    processes: int = 2
    splink: bool = False
    by_events: bool = False
    """Also rows of schools' lists by the linker's own handler, in a PostgreSQL of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One way to link the records. Milliseconds are a record's, from its raw values to its decision."""

    way: str
    processes: int
    records: int
    seconds: float
    cpu_seconds: float
    ms_p50: float
    ms_p99: float
    linked: int
    false_links: int

    @property
    def per_second(self) -> float:
        """Records per second."""
        return self.records / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU for each record, of all processes."""
        return self.cpu_seconds * 1e6 / self.records

    @property
    def aim(self) -> int | None:
        """What it is to reach, or None."""
        return AIMS.get((self.way, self.processes))

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        figures = {"records_per_second": self.per_second, "cpu_us_per_record": self.cpu_us}
        return {**asdict(self), **figures, "aim_records_per_second": self.aim}


@dataclass(frozen=True, slots=True)
class Found:
    """All that was measured. `load` is the machine's before it began: how much else it did."""

    load: float
    register: Mapping[str, Any]
    lines: Sequence[Line]
    alike: bool
    """Whether one process and several decided alike."""
    splink: Mapping[str, Any] | None = None
    events: Mapping[str, Any] | None = None

    def as_json(self) -> str:
        """Return it for a program."""
        return json.dumps(
            {
                "load_before": self.load,
                "processors": os.cpu_count(),
                "register": self.register,
                "lines": [line.as_json() for line in self.lines],
                "decided_alike": self.alike,
                "splink": self.splink,
                "by_events": self.events,
            },
            indent=1,
        )

    def show(self, console: Console) -> None:
        """Print it."""
        shown = table("way", "processes", "records", "records/s", "aim", "CPU µs per record", "ms p50", "ms p99", "linked", "false")
        for line in self.lines:
            aim = "" if line.aim is None else f"{line.aim:,}"
            speed = (f"{line.records:,}", f"{line.per_second:,.0f}", aim, f"{line.cpu_us:,.0f}")
            times = (f"{line.ms_p50:.3f}", f"{line.ms_p99:.3f}")
            shown.add_row(line.way, str(line.processes), *speed, *times, f"{line.linked:,}", f"{line.false_links:,}")
        console.print(shown)
        for told in _told(self):
            console.print(told, highlight=False)


def bench(wish: Wish, console: Console) -> Found:
    """Draw a city into a folder that is removed afterwards, and link it. Raises CannotDo."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="tsunagu-linker-") as folder:
        city = Path(folder)
        write(City(wish.people, SEED), city, console)
        told = _in_bulk(city, wish)
    alike = len({run["decisions"] for run in told["runs"]}) == 1
    events = _by_events(wish) if wish.by_events else None
    return Found(load, told["register"], [_line(run) for run in told["runs"]], alike, told["splink"], events)


def _by_events(wish: Wish) -> dict[str, Any]:
    script = REPOSITORY / "tests/benchmarks/linking.py"
    if not script.exists():
        raise CannotDo("rows by events are measured by a file of the repository's tests, and they are not here")
    command = [sys.executable, "-m", "tests.benchmarks.linking", "--people", str(wish.people), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotDo(f"linking by events failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _in_bulk(city: Path, wish: Wish) -> dict[str, Any]:
    files = [word for name in ("register", "records", "truth") for word in (f"--{name}", str(city / f"{name}.csv"))]
    words = ["--processes", str(wish.processes), *(["--most", str(wish.records)] if wish.records else [])]
    command = [sys.executable, "-P", "-m", "services.linker.evaluation.bulk", *files, *words, *(["--splink"] if wish.splink else [])]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotDo(f"linking in bulk failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _line(run: Mapping[str, Any]) -> Line:
    return Line(IN_BULK, **{name: run[name] for name in Line.__slots__ if name != "way"})


def _told(found: Found) -> Sequence[str]:
    register = found.register
    built = f"{register['people']:,} people in {register['seconds']:.1f} s ({register['cpu_seconds']:.1f} s of CPU)"
    lines = [f"register: {built}, {size(register['bytes'])} of memory; at most {size(register['most_bytes'])} with all that was linked"]
    lines += [_reached_in_bulk(line) for line in found.lines if line.aim is not None]
    lines.append("one process and several decided alike" if found.alike else "ONE PROCESS AND SEVERAL DID NOT DECIDE ALIKE")
    if found.splink is not None:
        lines += _splink(found.splink)
    if found.events is not None:
        lines += _events(found.events)
    return [*lines, f"load of the machine before: {found.load:.1f} on {os.cpu_count()} processors"]


def _reached_in_bulk(line: Line) -> str:
    most = line.processes * 1e6 / line.cpu_us
    clock, cpu = (_reached(each >= (line.aim or 0)) for each in (line.per_second, most))
    return (
        f"aim of {line.aim:,} records/s in bulk by {line.processes}: {clock} by the clock ({line.per_second:,.0f}); {cpu} by CPU "
        f"({line.cpu_us:,.0f} µs a record, which is {most:,.0f} on {line.processes} processors with nothing else to do)"
    )


def _reached(is_reached: bool) -> str:
    return "reached" if is_reached else "NOT reached"


def _reached_by_events(parts: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    whole = max(parts, key=lambda each: each["parcel"])
    both = whole["cpu_us_per_record"] + whole["postgres_us_per_record"]
    speeds = whole["records_per_second"], 1e6 / both
    clock, cpu = (
        f"{_reached(each >= AIM_BY_EVENTS)} by {what} ({each:,.0f})" for each, what in zip(speeds, ("the clock", "CPU"), strict=True)
    )
    said = f"aim of {AIM_BY_EVENTS:,} records/s by events: {clock}; {cpu}"
    small = [(each["parcel"], each["ms_p99"] / each["parcel"]) for each in parts if each["parcel"] <= SMALL_PARCEL]
    told = ", ".join(f"{ms:.1f} ms in parcels of {parcel} {_reached(ms < AIM_MS_A_RECORD)}" for parcel, ms in small)
    return [said, f"aim of p99 below {AIM_MS_A_RECORD:g} ms a record in small parcels, by the clock: {told}"]


def _events(told: Mapping[str, Any]) -> Sequence[str]:
    lines = [f"by events: {told['children']:,} children in PostgreSQL, {told['pupils']:,} pupils; load {told['load_after']:.1f} afterwards"]
    for each in told["parts"]:
        cpu = f"{each['cpu_us_per_record']:,.0f} and {each['postgres_us_per_record']:,.0f} µs of CPU a record (Python, PostgreSQL)"
        speed = f"{each['records_per_second']:,.0f} records/s, {cpu}, {each['statements_per_parcel']:.1f} statements a parcel"
        times = f"a parcel p50 {each['ms_p50']:.2f} ms, p99 {each['ms_p99']:.2f}"
        limit = f"its statements alone {each['limit_per_second']:,.0f} records/s"
        lines.append(f"  parcels of {each['parcel']}: {speed}; {times}; {limit}")
    return [*lines, *_reached_by_events(told["parts"])]


def _splink(told: Mapping[str, Any]) -> Sequence[str]:
    whole, alone = (told["records"] / told[name] for name in ("seconds", "linking_seconds"))
    cpu = told["cpu_seconds"] * 1e6 / told["records"]
    speed = (
        f"Splink, same records, levels and weights: {whole:,.0f} records/s with its tables of register and records, {alone:,.0f} without"
    )
    memory = f"at most {size(told['most_bytes'])} with the register beside it"
    return [f"{speed}; {cpu:,.0f} µs of CPU per record; {memory}", *map(_mark, told["thresholds"])]


def _mark(told: Mapping[str, Any]) -> str:
    from_here_on = f"at a recall of {told['recall']:.4f} ({told['bits']:.1f} bits)"
    return f"  {from_here_on} precision {told['precision']:.5f}, {told['false_links']:,} false links"
