"""Whether every producer's numbers are all there: 1, 2, 3 … without a gap, per lane."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LaneGap:
    """Numbers of one producer's lane that no entry has: `missing` of them, the first being `first`."""

    producer: str
    lane: int
    first: int
    missing: int


@dataclass(slots=True)
class LaneWatch:
    """
    Follows one lane in the log's order, holding only what came too early.

    Messages may overtake each other, so a gap is one only at the end.
    """

    through: int = 0
    early: dict[int, int] = field(default_factory=dict)

    def see(self, sequence: int, index: int) -> int | None:
        """Note the number of entry `index`. Returns the index that already had it (or -1 if it was long ago), else None."""
        if sequence <= self.through:
            return -1
        if sequence in self.early:
            return self.early[sequence]
        self.early[sequence] = index
        while self.through + 1 in self.early:
            self.through += 1
            del self.early[self.through]
        return None

    def gaps(self) -> Iterable[tuple[int, int]]:
        """(first missing number, how many) of every gap below the highest number seen."""
        expected = self.through + 1
        for sequence in sorted(self.early):
            if sequence > expected:
                yield expected, sequence - expected
            expected = sequence + 1
