"""The days that every service can count with: one bound, so that no service accepts what the next one cannot read."""

from datetime import date

EARLIEST_DAY = date(1868, 1, 25)
"""The first day of Meiji: registers hold nobody who was born earlier."""

LATEST_DAY = date(2199, 12, 31)
"""Far enough from the end of the calendar to add an age or a term."""


def is_countable(day: date) -> bool:
    """Whether ages and terms can be counted from `day`."""
    return EARLIEST_DAY <= day <= LATEST_DAY
