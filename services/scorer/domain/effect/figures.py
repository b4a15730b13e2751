"""The figures of some reviews: how many were found to be in need, how sure that is, and what must not be shown because it is of a few."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import sqrt
from typing import Any

from contracts.values import Item, Need
from services.scorer.domain.simulating import SMALLEST, without_small

Z_95 = 1.959963984540054
"""Half the width, in standard deviations, of what holds in 95 of 100 cases."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review that ended: what people found, and what counted when it was asked for. `need` is None where nobody could tell."""

    need: Need | None
    previously_unknown: bool | None
    items: frozenset[Item]
    closed_on: date
    ward: str
    age: str
    sex: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of some reviews: of the `assessed` people could tell, of the `answered` every section said whether it had known the child."""

    reviews: int
    assessed: int
    needed: int
    answered: int
    unknown: int

    @classmethod
    def of(cls, reviews: Iterable[Reviewed]) -> "Tally":
        """Count."""
        some = list(reviews)
        return cls(
            reviews=len(some),
            assessed=sum(each.need is not None for each in some),
            needed=sum(each.need is Need.SUPPORT for each in some),
            answered=sum(each.previously_unknown is not None for each in some),
            unknown=sum(each.previously_unknown is True for each in some),
        )

    @property
    def ppv(self) -> float | None:
        """Of those of whom people could tell, the share that needed support."""
        return self.needed / self.assessed if self.assessed else None


@dataclass(frozen=True, slots=True)
class Line:
    """
    What is shown of some reviews; None where it is of fewer than ten, or would tell a number that is.

    `visits` is how many have to be visited to find one in need; `lift` how many times the share of all reviews theirs is.
    """

    name: str
    reviews: int | None
    assessed: int | None
    needed: int | None
    ppv: float | None
    low: float | None
    high: float | None
    lift: float | None
    unknown_share: float | None
    visits: float | None

    def as_numbers(self) -> dict[str, Any]:
        """The line as JSON."""
        return asdict(self)


def wilson(hits: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """Between which shares the true one lies in 95 of 100 cases (Wilson 1927), also where it is of few. Raises ValueError for no share."""
    if of <= 0 or not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    share, width = hits / of, z * z / of
    middle = (share + width / 2) / (1 + width)
    half = z * sqrt(share * (1 - share) / of + width / (4 * of)) / (1 + width)
    # The ends are exact: of none, the least is none.
    return (0.0 if hits == 0 else max(0.0, middle - half)), (1.0 if hits == of else min(1.0, middle + half))


def line(name: str, tally: Tally, overall: Tally) -> Line:
    """Return what is shown of some of the reviews, which may overlap with others: nothing where they, or all others, are few."""
    rest = overall.reviews - tally.reviews
    if _shown(tally.reviews) is None or _shown(rest) is None:
        return _nothing(name)
    needed, others = tally.needed, tally.assessed - tally.needed
    rest_needed, rest_others = overall.needed - needed, overall.assessed - overall.needed - others
    told = None not in (_shown(rest_needed), _shown(rest_others))
    return _line(name, tally, overall, _shown(needed) if told else None, _shown(others) if told else None)


def lines(names: Sequence[str], tallies: Sequence[Tally], overall: Tally) -> tuple[Line, ...]:
    """Return what is shown of parts that make up the whole: where one alone would be left out, the next smallest is, too."""
    reviews = without_small([tally.reviews for tally in tallies])
    needed = without_small([tally.needed for tally in tallies])
    others = without_small([tally.assessed - tally.needed for tally in tallies])
    made = [_line(name, tally, overall, *two) for name, tally, *two in zip(names, tallies, needed, others, strict=True)]
    return tuple(each if shown is not None else _nothing(each.name) for each, shown in zip(made, reviews, strict=True))


def _line(name: str, tally: Tally, overall: Tally, needed: int | None, others: int | None) -> Line:
    reviews, assessed = _shown(tally.reviews), _shown(tally.assessed)
    told = assessed and needed is not None and others is not None and reviews is not None
    low, high = wilson(tally.needed, tally.assessed) if told else (None, None)
    ppv = tally.ppv if told else None
    answers_told = _shown(tally.unknown) is not None and _shown(tally.answered - tally.unknown) is not None and reviews is not None
    return Line(
        name,
        reviews,
        # With the assessed, who is in need would be told by who is not.
        assessed if told or assessed == 0 else None,
        needed if told else None,
        _round(ppv),
        _round(low),
        _round(high),
        _round(ppv / overall.ppv if ppv is not None and overall.ppv else None),
        _round(tally.unknown / tally.answered) if tally.answered and answers_told else None,
        _round(1 / ppv if ppv else None),
    )


def _nothing(name: str) -> Line:
    return Line(name, None, None, None, None, None, None, None, None, None)


def _shown(number: int) -> int | None:
    return None if 0 < number < SMALLEST else number


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
