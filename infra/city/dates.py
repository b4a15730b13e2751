"""Days and chances of invented lives."""

from bisect import bisect
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

IN_EVERY_MONTH = 28
"""Days that each month has."""


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= IN_EVERY_MONTH:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_after(day: date, days: float) -> date:
    """`days` later, in whole days."""
    return day + timedelta(int(days))


def between(rng: Random, first: date, last: date) -> date:
    """Any day from `first` to `last`, both included; `first` where they are the wrong way round."""
    return first + timedelta(whole(rng, 0, max(0, (last - first).days)))


def whole(rng: Random, first: int, last: int) -> int:
    """Any whole number from `first` to `last`, both included: the draws of `Random.randint`, in a third of the time."""
    span = last - first + 1
    bits, draw = span.bit_length(), rng.getrandbits
    found = draw(bits)
    while found >= span:
        found = draw(bits)
    return first + found


class Shares(Generic[T]):
    """Values of which some are commoner: one of them is what `Random.choices` draws, which adds the shares up anew each time."""

    def __init__(self, values: Sequence[T], shares: Sequence[int]) -> None:
        self.values = values
        self._until = list(accumulate(shares))
        self._all = float(self._until[-1])

    def draw(self, rng: Random) -> T:
        """One of the values."""
        return self.values[bisect(self._until, rng.random() * self._all, 0, len(self._until) - 1)]


def happens(rng: Random, share: float) -> bool:
    """True in `share` (0 to 1) of all cases."""
    return rng.random() < share


def month_after(day: date) -> date:
    """The first day of the month after that of `day`: from it on allowances are paid."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, 1)
