"""Whether every producer's numbers are all there: 1, 2, 3 … without a gap, per lane."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import maxsize
from typing import NamedTuple


class Numbers(NamedTuple):
    """The numbers `first` to `last`, both included."""

    first: int
    last: int


@dataclass(slots=True)
class LaneWatch:
    """
    Follows one lane in the log's order. `through` is the last number up to which all came; `early` are those beyond, as ranges.

    Messages may overtake each other, so a gap is one only at the end.
    """

    through: int = 0
    early: list[Numbers] = field(default_factory=list)

    @property
    def highest(self) -> int:
        """The highest number seen."""
        return self.early[-1].last if self.early else self.through

    def see(self, number: int) -> bool:
        """Note a number. Returns whether it was used before."""
        if not self.lacks(Numbers(number, number)):
            return True
        at = bisect_right(self.early, (number, maxsize))
        joins_left = at > 0 and self.early[at - 1].last == number - 1
        joins_right = at < len(self.early) and self.early[at].first == number + 1
        first = self.early[at - 1].first if joins_left else number
        last = self.early[at].last if joins_right else number
        self.early[at - joins_left : at + joins_right] = [Numbers(first, last)]
        if self.early[0].first == self.through + 1:
            self.through = self.early.pop(0).last
        return False

    def lacks(self, numbers: Numbers) -> bool:
        """Whether none of `numbers` was seen."""
        at = bisect_right(self.early, (numbers.last, maxsize))
        return numbers.first > self.through and (at == 0 or self.early[at - 1].last < numbers.first)

    def gaps(self) -> Iterator[Numbers]:
        """Every range of numbers below the highest that was not seen."""
        expected = self.through + 1
        for seen in self.early:
            yield Numbers(expected, seen.first - 1)
            expected = seen.last + 1


def without(numbers: Numbers, taken: list[Numbers]) -> Iterator[Numbers]:
    """What remains of `numbers` without the ranges `taken`, which may overlap."""
    expected = numbers.first
    for each in sorted(taken):
        if each.first > numbers.last:
            break
        if each.first > expected:
            yield Numbers(expected, each.first - 1)
        expected = max(expected, each.last + 1)
    if expected <= numbers.last:
        yield Numbers(expected, numbers.last)
