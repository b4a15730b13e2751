"""
The stop rule: where too few of those whom a rule listed were in need, for two cycles, it is to be suspended.

It tells people, and changes nothing: a ruleset ends by a proposal that somebody else approves.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.scorer.domain.ages import DAY, fy
from services.scorer.domain.effect.figures import Reviewed, Tally
from services.scorer.domain.simulating import SMALLEST

FLOOR = 0.2
"""One in five of those assessed is in need, at least ([PROP]; the review board agrees on another)."""

CYCLES = 2
"""So many cycles in a row."""

_APRIL, _OCTOBER = 4, 10
_NAME = re.compile("(2[0-9]{3})-H([12])")


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

    @classmethod
    def named(cls, name: str) -> "Cycle | None":
        """The cycle of a name; None where it is none."""
        found = _NAME.fullmatch(name)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def name(self) -> str:
        """Such as 2026-H1: from April to September."""
        return f"{self.year}-H{self.half}"

    @property
    def first_day(self) -> date:
        """1 April, or 1 October."""
        return date(self.year, _APRIL if self.half == 1 else _OCTOBER, 1)

    @property
    def last_day(self) -> date:
        """The day before the next one begins."""
        return self.next.first_day - DAY

    @property
    def next(self) -> "Cycle":
        """The one that follows."""
        return Cycle(self.year, 2) if self.half == 1 else Cycle(self.year + 1, 1)

    @property
    def before(self) -> "Cycle":
        """The one that it follows."""
        return Cycle(self.year - 1, 2) if self.half == 1 else Cycle(self.year, 1)


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
