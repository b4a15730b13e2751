"""The figures of some reviews: how many were found to be in need, how sure that is, and what must not be shown because it is of a few."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date
from math import sqrt
from typing import Any

from contracts.values import Item, Need
from services.scorer.domain.simulating import is_few, without_small

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

    def __sub__(self, other: "Tally") -> "Tally":
        """What follows where two are told."""
        return Tally(*(mine - its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @property
    def others(self) -> int:
        """Of those of whom people could tell, how many needed no support."""
        return self.assessed - self.needed

    @property
    def known(self) -> int:
        """Of those of whom every section said so, how many one had known."""
        return self.answered - self.unknown

    @property
    def ppv(self) -> float | None:
        """Of those of whom people could tell, the share that needed support."""
        return self.needed / self.assessed if self.assessed else None


NOTHING = Tally(0, 0, 0, 0, 0)


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


def line(name: str, tally: Tally, overall: Tally, parts: Sequence[Tally] = ()) -> Line:
    """
    Return what is shown of some of the reviews, which may overlap with others: nothing where they, or all others, are few.

    `parts` of them are told as well, and may overlap: nor where what one of them leaves, or what they share, is of a few.
    """
    rests = [overall - tally, *(tally - part for part in parts)]
    if parts:
        rests.append(Tally(*map(sum, zip(*map(astuple, parts), strict=True))) - tally)
    if any(is_few(each.reviews) for each in (tally, *rests)):
        return _nothing(name)
    needs = any(is_few(each.needed) or is_few(each.others) for each in (tally, *rests))
    answers = any(is_few(each.unknown) or is_few(each.known) for each in (tally, *rests))
    return _line(name, tally, overall, needs_told=not needs, answers_told=not answers)


def lines(names: Sequence[str], tallies: Sequence[Tally], overall: Tally, untold: Tally = NOTHING) -> tuple[Line, ...]:
    """
    Return what is shown of parts that make up the whole: where one alone would be left out, the next smallest is, too.

    Of a part that is `untold` there is no line.
    """
    columns = [(each.reviews, each.needed, each.others, each.unknown, each.known) for each in (untold, *tallies)]
    shown = zip(*(without_small(cells, beside) for beside, *cells in zip(*columns, strict=True)), strict=True)
    found = []
    for name, tally, (reviews, needed, others, unknown, known) in zip(names, tallies, shown, strict=True):
        told = _line(name, tally, overall, needs_told=None not in (needed, others), answers_told=None not in (unknown, known))
        found.append(told if reviews is not None else _nothing(name))
    return tuple(found)


def _line(name: str, tally: Tally, overall: Tally, *, needs_told: bool, answers_told: bool) -> Line:
    assessed = None if is_few(tally.assessed) else tally.assessed
    told = bool(assessed) and needs_told
    low, high = wilson(tally.needed, tally.assessed) if told else (None, None)
    ppv = tally.ppv if told else None
    # By how many times the share is that of all it would be told what all is.
    is_all_told = not is_few(overall.needed) and not is_few(overall.others)
    return Line(
        name,
        tally.reviews,
        # With the assessed, who is in need would be told by who is not.
        assessed if told or assessed == 0 else None,
        tally.needed if told else None,
        _round(ppv),
        _round(low),
        _round(high),
        _round(ppv / overall.ppv if ppv is not None and overall.ppv and is_all_told else None),
        _round(tally.unknown / tally.answered) if tally.answered and answers_told else None,
        _round(1 / ppv if ppv else None),
    )


def _nothing(name: str) -> Line:
    return Line(name, None, None, None, None, None, None, None, None, None)


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
