"""Whether every producer's numbers are all there, each once, and by a clock that goes forward."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.audit.domain.explaining import Explanation
from services.audit.domain.leaf import Columns
from services.audit.domain.sequences import LaneWatch, Numbers, without
from services.audit.domain.soundness.findings import FindingKind, Findings

PRODUCER_TOLERANCE = timedelta(minutes=15)
"""A transaction takes its time when it begins and its number when it ends, so times overlap by as long as one can take."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One producer's lane: how many entries, and the highest number."""

    entries: int
    last: int


@dataclass(slots=True)
class _Line:
    """One producer's lane: its numbers, its clock, and what operators explained of it."""

    watch: LaneWatch = field(default_factory=LaneWatch)
    entries: int = 0
    at: datetime | None = None
    explained: list[Explanation] = field(default_factory=list)


@dataclass(slots=True)
class Lanes:
    """Follows all lanes."""

    _lines: dict[tuple[str, int], _Line] = field(default_factory=dict)

    def follow(self, columns: Columns, index: int, found: Findings) -> None:
        """Note the number and the time of entry `index`."""
        line = self._lines.setdefault((columns.producer, columns.lane), _Line())
        line.entries += 1
        is_next = columns.sequence > line.watch.highest
        if line.watch.see(columns.sequence):
            text = f"entry {index}: {columns.producer} used the number {columns.sequence} of lane {columns.lane} before"
            found.add(FindingKind.SEQUENCE_REPEATED, text, index)
        elif is_next:
            if line.at is not None:
                whose = f"entry {index}: the clock of {columns.producer}, lane {columns.lane},"
                found.check_clock(columns.ts, line.at - PRODUCER_TOLERANCE, whose, index)
            line.at = columns.ts

    def explain(self, explanation: Explanation) -> None:
        """Note why numbers are missing."""
        line = self._lines.get((explanation.producer, explanation.lane), _Line())
        # Only of numbers that were missing then. Said in advance, it would cover what is removed later.
        if line.watch.lacks(explanation.numbers) and explanation.numbers.last < line.watch.highest:
            line.explained.append(explanation)

    def check_gaps(self, found: Findings) -> tuple[Explanation, ...]:
        """Name the gaps that nobody explained; return the explanations of the others."""
        return tuple(gap for (producer, lane), line in sorted(self._lines.items()) for gap in _check_gaps(line, producer, lane, found))

    def table(self) -> dict[str, dict[int, Lane]]:
        """Every lane by producer and number."""
        table: dict[str, dict[int, Lane]] = {}
        for (producer, lane), line in sorted(self._lines.items()):
            table.setdefault(producer, {})[lane] = Lane(line.entries, line.watch.highest)
        return table


def _check_gaps(line: _Line, producer: str, lane: int, found: Findings) -> Iterable[Explanation]:
    told = [each.numbers for each in line.explained]
    gaps = list(line.watch.gaps())
    for gap in gaps:
        for first, last in without(gap, told):
            numbers = f"the number {first}" if first == last else f"the numbers {first} to {last}"
            found.add(FindingKind.SEQUENCE_GAP, f"{producer}, lane {lane}: no entry has {numbers}")
    return [each for each in line.explained if any(_overlap(each.numbers, gap) for gap in gaps)]


def _overlap(one: Numbers, other: Numbers) -> bool:
    return one.first <= other.last and other.first <= one.last
