"""The days that every service can count with: one bound, so that no service accepts what the next one cannot read; and the eras."""

from collections.abc import Mapping
from datetime import date

EARLIEST_DAY = date(1868, 1, 25)
"""The first day of Meiji: registers hold nobody who was born earlier."""

LATEST_DAY = date(2199, 12, 31)
"""Far enough from the end of the calendar to add an age or a term."""

ERAS: Mapping[str, date] = {
    "明治": EARLIEST_DAY,
    "大正": date(1912, 7, 30),
    "昭和": date(1926, 12, 25),
    "平成": date(1989, 1, 8),
    "令和": date(2019, 5, 1),
}
"""First days of the eras since Meiji."""

ERA_LETTERS: Mapping[str, str] = {"m": "明治", "t": "大正", "s": "昭和", "h": "平成", "r": "令和"}

ERA_DIGITS: Mapping[str, str] = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}
"""The first digit of seven (5070401 is 令和7年4月1日), as municipal systems write it unless their adapter says otherwise."""


def is_countable(day: date) -> bool:
    """Whether ages and terms can be counted from `day`."""
    return EARLIEST_DAY <= day <= LATEST_DAY
