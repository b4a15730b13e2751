"""
The stop rule: where too few of those whom a rule listed were in need, for two cycles, it is to be suspended.

It tells people, and changes nothing: a ruleset ends by a proposal that somebody else approves.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.scorer.domain.ages import fy
from services.scorer.domain.effect.figures import Reviewed, Tally
from services.scorer.domain.simulating import SMALLEST

FLOOR = 0.2
"""One in five of those assessed is in need, at least ([PROP]; the review board agrees on another)."""

CYCLES = 2
"""So many cycles in a row."""

_OCTOBER = 10


class Standing(StrEnum):
    """How a rule, or a part of one, stands."""

    HOLDS = "holds"
    BELOW = "below_the_floor_once"
    SUSPEND = "suspend"
    TOO_FEW = "too_few_to_tell"


@dataclass(frozen=True, slots=True, order=True)
class Cycle:
    """Half a fiscal year: what is identified is approached and compiled in stages (PUSH-09)."""

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> "Cycle":
        """The cycle in which a day lies."""
        return cls(fy(day), 1 if fy(day) == day.year and day.month < _OCTOBER else 2)

    def is_over(self, today: date) -> bool:
        """Whether it has ended."""
        return Cycle.of(today) > self

    @property
    def name(self) -> str:
        """Such as 2026-H1: from April to September."""
        return f"{self.year}-H{self.half}"


def by_cycle(reviews: Iterable[Reviewed], today: date) -> dict[Cycle, Tally]:
    """Count the reviews of each cycle that is over, the earliest first."""
    found: defaultdict[Cycle, list[Reviewed]] = defaultdict(list)
    for each in reviews:
        found[Cycle.of(each.closed_on)].append(each)
    return {cycle: Tally.of(some) for cycle, some in sorted(found.items()) if cycle.is_over(today)}


def standing(cycles: Sequence[Tally], floor: float) -> Standing:
    """Return how a rule stands by its cycles, the earliest first. One with fewer than ten assessed tells nothing, either way."""
    telling = [tally.ppv for tally in cycles if tally.assessed >= SMALLEST]
    if not telling:
        return Standing.TOO_FEW
    below = [ppv is not None and ppv < floor for ppv in telling[-CYCLES:]]
    if not below[-1]:
        return Standing.HOLDS
    return Standing.SUSPEND if len(below) == CYCLES and all(below) else Standing.BELOW
