"""What a benchmark found: tables for people, everything for machines."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from infra.city.benchmarks.run import HalfLoad, Round, Run, middle
from infra.city.latency import Latency
from infra.printing import table

RUNS = ("real", "limit", "yardstick")
_MEGABYTE = 1_000_000


def show(rounds: Sequence[Round], console: Console) -> None:
    """Print every round, the median of them, and of the last one where CPU and memory went."""
    shown = table("", "events/s", "limit", "yardstick", "real / limit", "real / yardstick", "CPU µs per event (real / limit / yardstick)")
    for number, each in enumerate(rounds, start=1):
        speeds = [_figure(each.runs[name].per_second if name in each.runs else None) for name in RUNS]
        cpu = " / ".join(_figure(each.runs[name].cpu_us_of_all) for name in RUNS if name in each.runs)
        shown.add_row(str(number), *speeds, _figure(each.ratio_to("limit"), 2), _figure(each.ratio_to("yardstick"), 2), cpu)
    console.print(shown)
    found = medians(rounds)
    ratios = [f", real / {name} {ratio:.2f}" for name in RUNS[1:] if (ratio := found[f"real_to_{name}"]) is not None]
    console.print(f"median: {_figure(found['events_per_second'])} events/s{''.join(ratios)}")
    if filled := rounds[-1].preloaded:
        console.print("preloaded: " + ", ".join(f"{each.rows:,} {each.table}" for each in filled))
    _show_parts(rounds[-1], console)
    _show_memory(rounds[-1].real, console)
    _show_rest(rounds[-1], console)


def as_json(rounds: Sequence[Round]) -> str:
    """Everything that was measured, for machines. What is not known is null."""
    found = {"median": medians(rounds), "rounds": [_round_json(each) for each in rounds]}
    return json.dumps(_known(found), indent=1)


def medians(rounds: Sequence[Round]) -> dict[str, float | None]:
    """The figures by which benchmarks are compared, each the median of the rounds."""

    def of(name: str, figure: str) -> float | None:
        return middle([getattr(each.runs[name], figure) if name in each.runs else None for each in rounds])

    return {
        "events_per_second": of("real", "per_second"),
        "limit_events_per_second": of("limit", "per_second"),
        "yardstick_events_per_second": of("yardstick", "per_second"),
        "real_to_limit": middle([each.ratio_to("limit") for each in rounds]),
        "real_to_yardstick": middle([each.ratio_to("yardstick") for each in rounds]),
        "cpu_us_per_event": of("real", "cpu_us_of_all"),
        "limit_cpu_us_per_event": of("limit", "cpu_us_of_all"),
        "yardstick_cpu_us_per_event": of("yardstick", "cpu_us_of_all"),
        "wal_bytes_per_event": of("real", "wal_per_event"),
        "tail_seconds": of("real", "tail_seconds"),
        "latency_p99_ms": middle([each.latency.p99 for each in rounds]),
        "half_load_latency_p99_ms": middle([each.half.latency.p99 if each.half else None for each in rounds]),
    }


def _show_parts(last: Round, console: Console) -> None:
    names = [name for name in RUNS if name in last.runs]
    shown = table("CPU µs per source event", *names)
    for part in last.real.cpu_us:
        shown.add_row(part, *(_figure(last.runs[name].cpu_us.get(part, 0)) for name in names))
    shown.add_row("all", *(_figure(last.runs[name].cpu_us_of_all) for name in names))
    shown.add_row("WAL bytes per source event", *(_figure(last.runs[name].wal_per_event) for name in names))
    console.print(shown)


def _show_memory(run: Run, console: Console) -> None:
    shown = table("memory of the real run, MB", "before", "after 2 minutes", "most", "at the end")
    for part, memory in run.memory.items():
        sizes = (memory.start, memory.settled, memory.peak, memory.end)
        shown.add_row(part, *(_figure(None if size is None else size / _MEGABYTE) for size in sizes))
    console.print(shown)


def _show_rest(last: Round, console: Console) -> None:
    for place, pace in last.real.pace.items():
        tenths = f"{pace.first_tenth:,.0f} events/s in the first tenth, {pace.last_tenth:,.0f} in the last"
        console.print(f"{place}: {tenths} ({pace.ratio:.2f})")
    console.print(f"tail after the last event was answered: {_figure(last.real.tail_seconds, 1)} s")
    console.print(f"single events on the idle system: {_latency(last.latency)}")
    if last.half is not None:
        speed = f"{last.half.per_second:,.0f} events/s of {last.half.wanted_per_second:,.0f} wanted, tail {last.half.tail_seconds:.1f} s"
        console.print(f"single events at half load: {_latency(last.half.latency)}; {speed}")


def _latency(found: Latency) -> str:
    missing = f", {found.missing} never seen" if found.missing else ""
    before = f", {found.before} reviewed before" if found.before else ""
    return f"p50 {found.p50} ms, p99 {found.p99} ms, longest {found.longest} ms (n={found.n}{missing}{before})"


def _round_json(each: Round) -> dict[str, Any]:
    return {
        "real_to_limit": each.ratio_to("limit"),
        "real_to_yardstick": each.ratio_to("yardstick"),
        "preloaded": {filled.table: filled.rows for filled in each.preloaded},
        "latency_ms": asdict(each.latency),
        "half_load": _half_json(each.half) if each.half is not None else None,
        **{name: _run_json(run) for name, run in each.runs.items()},
    }


def _half_json(half: HalfLoad) -> dict[str, Any]:
    told = asdict(half)
    waited = told.pop("latency")
    return {**told, "latency_ms": waited}


def _run_json(run: Run) -> dict[str, Any]:
    return {
        "events": run.events,
        "seconds": run.seconds,
        "events_per_second": run.per_second,
        "messages_per_event": None if run.messages is None else run.messages / run.events,
        "cpu_us_per_event": {**run.cpu_us, "all": run.cpu_us_of_all},
        "wal_bytes_per_event": run.wal_per_event,
        "tail_seconds": run.tail_seconds,
        "pace": {place: {**asdict(pace), "ratio": pace.ratio} for place, pace in run.pace.items()},
        "memory_bytes": {part: asdict(memory) for part, memory in run.memory.items()},
    }


def _known(value: Any) -> Any:
    """JSON has no number for what is not known; and nobody reads the eighth digit."""
    match value:
        case dict():
            return {key: _known(each) for key, each in value.items()}
        case list():
            return [_known(each) for each in value]
        case float():
            return round(value, 3) if math.isfinite(value) else None
        case _:
            return value


def _figure(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:,.{digits}f}"
