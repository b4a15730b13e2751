"""Whether every producer's numbers are all there, each once, and by a clock that goes forward."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.audit.domain.explaining import Explanation
from services.audit.domain.leaf import Columns
from services.audit.domain.producers import Attest
from services.audit.domain.sequences import LaneWatch, Numbers, without
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.domain.soundness.rolls import Roll, settled

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

    def check_rolls(self, rolls: Sequence[Roll], at: datetime | None, attest: Attest, found: Findings) -> None:
        """Hold each lane to what its producer told of its last number, by `at` long enough ago that all of it must have come."""
        for producer, roll in sorted(settled(rolls, at).items()):
            last_numbers = roll.lanes()
            if last_numbers is None or attest(roll, roll.leaf) is not None:
                found.add(FindingKind.UNATTESTED, f"what is kept as {producer}'s word on its last numbers is not known to be its word")
                continue
            for lane, last in sorted(last_numbers.items()):
                line = self._lines.get((producer, lane), _Line())
                if last > line.watch.highest:
                    numbers = _numbers(line.watch.highest + 1, last)
                    text = f"{producer}, lane {lane}: no entry has {numbers}, which it gave by {roll.heard:%Y-%m-%d %H:%M:%S}Z"
                    found.add(FindingKind.SEQUENCE_GAP, text)

    def has(self, producer: str, lane: int, number: int) -> bool:
        """Whether an entry has this number."""
        line = self._lines.get((producer, lane))
        return line is not None and not line.watch.lacks(Numbers(number, number))

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
            found.add(FindingKind.SEQUENCE_GAP, f"{producer}, lane {lane}: no entry has {_numbers(first, last)}")
    return [each for each in line.explained if any(_overlap(each.numbers, gap) for gap in gaps)]


def _numbers(first: int, last: int) -> str:
    return f"the number {first}" if first == last else f"the numbers {first} to {last}"


def _overlap(one: Numbers, other: Numbers) -> bool:
    return one.first <= other.last and other.first <= one.last
