"""Days and chances of invented lives."""

from calendar import monthrange
from datetime import date, timedelta
from random import Random


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_after(day: date, days: float) -> date:
    """`days` later, in whole days."""
    return day + timedelta(days=int(days))


def between(rng: Random, first: date, last: date) -> date:
    """Any day from `first` to `last`, both included; `first` where they are the wrong way round."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def happens(rng: Random, share: float) -> bool:
    """True in `share` (0 to 1) of all cases."""
    return rng.random() < share


def month_after(day: date) -> date:
    """The first day of the month after that of `day`: from it on allowances are paid."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, 1)
