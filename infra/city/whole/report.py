"""What the run of a city measured: computed from its readings, written as a page, a table, a chart and JSON."""

import csv
import io
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from infra.city.whole import chart
from infra.city.whole.journal import NIGHT, Stage
from infra.city.whole.loading import LOADING, Result
from infra.city.whole.meters import DRAWING, Reading, TableSize
from infra.printing import size

MARKS = (10_000, 100_000, 1_000_000, 8_000_000)
"""Rows held at which the cost of an event is told in the table."""

BOUNDS = (5_000, *(step * 10**power for power in range(4, 9) for step in (1, 2, 5)))
"""Between each two of these the cost of an event is told in the chart; the first few events tell only how a stack warms up."""

FEW = 0.25
"""A last range that ended before it held so much more than its beginning is told together with the one before it."""

NIGHT_SECONDS = 60.0
"""A night of 60,000 events is to be at rest within this."""

WARM_SECONDS = 120.0
"""From then on no process is to grow by more than a fifth."""

BIG_TABLES = 15
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What an event cost while the rows held grew from `since` to `until`: µs of CPU by part, and events per second."""

    since: int
    until: int
    events: float
    seconds: float
    cpu_us: Mapping[str, float]

    @property
    def per_second(self) -> float:
        """Events per second."""
        return self.events / self.seconds

    @property
    def total_us(self) -> float:
        """µs of CPU per event of the whole system, sources included; inventing the events is not part of it."""
        return sum(self.cpu_us.values())


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one part: at most in the first two minutes, at most from then on, and at the end."""

    part: str
    warm: int
    later: int
    end: int

    @property
    def growth(self) -> float:
        """How much more it held after the first two minutes than ever in them."""
        return self.later / self.warm - 1 if self.warm else 0.0


def costs(readings: Iterable[Reading]) -> list[Cost]:
    """What an event cost between each two of BOUNDS while the city was loaded, over all sessions."""
    cpu: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    events: dict[int, float] = defaultdict(float)
    seconds: dict[int, float] = defaultdict(float)
    reached: dict[int, int] = defaultdict(int)
    for before, after in _steps(readings, LOADING):
        for bound, share in _shares(before.answered, after.answered):
            events[bound] += share * (after.answered - before.answered)
            seconds[bound] += share * (after.at - before.at)
            reached[bound] = max(reached[bound], min(bound, after.answered))
            for part, used in _used(before, after).items():
                cpu[bound][part] += share * used
    found = [
        Cost(_below(bound), reached[bound], n, seconds[bound], {part: used * MICRO / n for part, used in cpu[bound].items()})
        for bound, n in sorted(events.items())
    ]
    if len(found) > 1 and found[-1].events < FEW * found[-1].since:
        return [*found[:-2], _together(found[-2], found[-1])]
    return found


def _together(first: Cost, second: Cost) -> Cost:
    events = first.events + second.events
    cpu = {
        part: (first.cpu_us.get(part, 0.0) * first.events + second.cpu_us.get(part, 0.0) * second.events) / events
        for part in {**first.cpu_us, **second.cpu_us}
    }
    return Cost(first.since, second.until, events, first.seconds + second.seconds, cpu)


def at_marks(found: Sequence[Cost]) -> list[Cost]:
    """Of the costs those at MARKS, as far as the city went, and the last one."""
    wanted = [cost for cost in found if any(cost.since < mark <= cost.until for mark in MARKS)]
    return wanted if not found or found[-1] in wanted else [*wanted, found[-1]]


def memory(readings: Sequence[Reading]) -> list[Memory]:
    """What each part holds. Where a run was broken off, of its longest session: processes that begin anew are small."""
    session = max(([*each] for _, each in groupby(readings, lambda reading: reading.session)), key=lambda each: each[-1].at - each[0].at)
    warm = [reading for reading in session if reading.at - session[0].at <= WARM_SECONDS]
    later = session[len(warm) :] or session[-1:]
    parts = dict.fromkeys(part for reading in session for part in reading.memory)
    return [Memory(part, _most(warm, part), _most(later, part), session[-1].memory.get(part, 0)) for part in parts]


def _most(readings: Iterable[Reading], part: str) -> int:
    return max(reading.memory.get(part, 0) for reading in readings)


def most_memory(readings: Iterable[Reading]) -> int:
    """The most that everything held at one time."""
    return max(sum(reading.memory.values()) for reading in readings)


def queues(readings: Iterable[Reading]) -> dict[str, int]:
    """The most messages that were seen waiting, by queue."""
    most: dict[str, int] = {}
    for reading in readings:
        for name, n in reading.queued.items():
            most[name] = max(n, most.get(name, 0))
    return dict(sorted(most.items(), key=lambda each: (-each[1], each[0])))


def stage_cost(readings: Iterable[Reading], stage: Stage) -> float | None:
    """µs of CPU per event of a stage; None where nothing was published in it, or it was not read twice."""
    steps = list(_steps(readings, stage.name))
    used = sum(sum(_used(before, after).values()) for before, after in steps)
    # A load that was broken off has steps missing: what was answered in those that were read counts.
    events = sum(after.answered - before.answered for before, after in steps) if stage.name == LOADING else stage.events
    return used * MICRO / events if steps and events > 0 else None


# --- as it is written ---


def as_json(result: Result) -> dict[str, Any]:
    """Everything that was measured, for machines."""
    journal, plan = result.journal, result.journal.plan
    found = costs(result.readings)
    return {
        "city": {**asdict(plan), "today": plan.today.isoformat(), "blocks": len(plan), "events": journal.events},
        "machine": {"cores": os.cpu_count()},
        "postgres_settings": dict(result.settings),
        "sessions": journal.sessions,
        "stages": [_stage(stage, result.readings) for stage in journal.stages],
        "nights_at_rest_in_time": {"within_seconds": NIGHT_SECONDS, "nights": journal.nights, "in_time": len(_in_time(journal.stages))},
        "cost": [_cost(cost) for cost in found],
        "cost_at_marks": [_cost(cost) for cost in at_marks(found)],
        "memory_bytes": [{**asdict(each), "growth": round(each.growth, 3)} for each in memory(result.readings)],
        "memory_bytes_in_all_at_most": most_memory(result.readings),
        "queued_messages_at_most": queues(result.readings),
        "disk_bytes": dict(result.disk),
        "tables": [asdict(each) for each in result.tables],
    }


def write(result: Result, folder: Path) -> list[Path]:
    """Write report.md, report.json, cost.csv and cost.svg into `folder`. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    found = costs(result.readings)
    texts = {
        "report.md": as_markdown(result),
        "report.json": json.dumps(as_json(result), indent=1, ensure_ascii=False) + "\n",
        "cost.csv": as_csv(found),
        "cost.svg": chart.drawn([(cost.until, cost.total_us, cost.per_second) for cost in found], MARKS),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def as_csv(found: Sequence[Cost]) -> str:
    """The costs as a table: a row for each range of rows held, a column for each part."""
    parts = list(dict.fromkeys(part for cost in found for part in cost.cpu_us))
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(["rows_since", "rows_until", "events_per_second", "cpu_us_per_event", *parts])
    for cost in found:
        figures = [f"{cost.cpu_us.get(part, 0):.1f}" for part in parts]
        table.writerow([cost.since, cost.until, f"{cost.per_second:.0f}", f"{cost.total_us:.1f}", *figures])
    return written.getvalue()


def as_markdown(result: Result) -> str:
    """The report as a page."""
    return "\n\n".join(_paragraphs(result)) + "\n"


def _paragraphs(result: Result) -> Iterator[str]:
    journal, readings = result.journal, result.readings
    plan = journal.plan
    yield "# A whole city"
    yield (
        f"{plan.children:,} children, {plan.residents:,} residents, seed {plan.seed}, {plan.today}; {journal.events:,} different events; "
        f"{os.cpu_count()} cores; {_sessions(journal.sessions)}."
    )
    yield f"PostgreSQL: {', '.join(f'{name} = {value}' for name, value in result.settings.items())}."
    yield "## Stages"
    yield _table(
        ("stage", "day", "events", "seconds", "events/s", "CPU µs per event"),
        (_stage_row(stage, readings) for stage in journal.stages),
    )
    if journal.nights:
        slowest = max((stage.seconds for stage in _nights(journal.stages)), default=0.0)
        in_time = len(_in_time(journal.stages))
        yield f"{in_time} of {journal.nights} nights were at rest within {NIGHT_SECONDS:.0f} s; the slowest took {slowest:.1f} s."
    yield "## Cost of an event against rows held"
    yield "![cost of an event against rows held](cost.svg)"
    found = at_marks(costs(readings))
    parts = list(dict.fromkeys(part for cost in found for part in cost.cpu_us))
    yield _table(
        ("rows held", "events/s", "CPU µs per event", *parts),
        (
            (f"{cost.until:,}", f"{cost.per_second:,.0f}", f"{cost.total_us:.0f}", *(f"{cost.cpu_us.get(part, 0):.0f}" for part in parts))
            for cost in found
        ),
    )
    yield "µs of CPU of all processes while the load came from the last step of 1, 2, 5, 10 … to here; inventing the events is left out."
    yield "## Memory"
    yield _table(
        ("part", "most in the first two minutes", "most later", "growth", "at the end"),
        ((each.part, size(each.warm), size(each.later), f"{each.growth:+.0%}", size(each.end)) for each in memory(readings)),
    )
    yield f"Everything together at most: {size(most_memory(readings))}."
    yield "## Queues"
    yield _table(("queue", "messages at most"), ((name, f"{n:,}") for name, n in queues(readings).items()))
    yield "## Disk"
    yield _table(("what", "bytes"), ((name, size(n)) for name, n in result.disk.items()))
    yield _table(
        ("table", "rows (estimate)", "table", "indexes", "bytes per row"),
        (
            (
                each.name,
                f"{each.rows:,}",
                size(each.table_bytes),
                size(each.index_bytes),
                _per_row(each),
            )
            for each in result.tables[:BIG_TABLES]
        ),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _sessions(n: int) -> str:
    return "in one go" if n == 1 else f"in {n} sessions, broken off in between"


def _per_row(table: TableSize) -> str:
    return f"{(table.table_bytes + table.index_bytes) / table.rows:,.0f}" if table.rows else ""


def _stage_row(stage: Stage, readings: Sequence[Reading]) -> tuple[str, ...]:
    cost = stage_cost(readings, stage)
    rate = f"{stage.events / stage.seconds:,.0f}" if stage.events and stage.seconds else ""
    # A night or a load has a cost per event; three watermarks that set off the evaluation of a city have none.
    shown = f"{cost:.0f}" if cost is not None and _has_many_events(stage) else ""
    return stage.name, str(stage.day), f"{stage.events:,}", f"{stage.seconds:,.1f}", rate if _has_many_events(stage) else "", shown


def _stage(stage: Stage, readings: Sequence[Reading]) -> dict[str, Any]:
    cost = stage_cost(readings, stage)
    return {
        **asdict(stage),
        "day": stage.day.isoformat(),
        "cpu_us_per_event": round(cost, 1) if cost is not None and _has_many_events(stage) else None,
    }


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "rows_since": cost.since,
        "rows_until": cost.until,
        "events_per_second": round(cost.per_second, 1),
        "cpu_us_per_event": round(cost.total_us, 1),
        "cpu_us_by_part": {part: round(used, 1) for part, used in cost.cpu_us.items()},
    }


def _has_many_events(stage: Stage) -> bool:
    return stage.name == LOADING or stage.name.startswith(NIGHT)


def _nights(stages: Iterable[Stage]) -> list[Stage]:
    return [stage for stage in stages if stage.name.startswith(NIGHT)]


def _in_time(stages: Iterable[Stage]) -> list[Stage]:
    return [stage for stage in _nights(stages) if stage.seconds <= NIGHT_SECONDS]


# --- arithmetic ---


def _steps(readings: Iterable[Reading], stage: str) -> Iterator[tuple[Reading, Reading]]:
    """Neighbouring readings of one stage in one session."""
    for before, after in pairwise(reading for reading in readings if reading.stage == stage):
        if before.session == after.session:
            yield before, after


def _used(before: Reading, after: Reading) -> dict[str, float]:
    """CPU seconds by part between two readings. A process that was started again in between began at nothing."""
    return {
        part: used - (before.cpu.get(part, 0.0) if used >= before.cpu.get(part, 0.0) else 0.0)
        for part, used in after.cpu.items()
        if part != DRAWING
    }


def _shares(before: int, after: int) -> Iterator[tuple[int, float]]:
    """Into which of BOUNDS the way from `before` to `after` rows falls, and with which share."""
    if after <= before:
        return
    for bound in BOUNDS:
        inside = min(after, bound) - max(before, _below(bound))
        if inside > 0:
            yield bound, inside / (after - before)


def _below(bound: int) -> int:
    place = BOUNDS.index(bound)
    return BOUNDS[place - 1] if place else 0
