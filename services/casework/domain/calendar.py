"""
Days on which the ward office is open (開庁日), and the age scope.

National holidays are computed by 国民の祝日に関する法律 as it stands since 2022; the equinoxes by the National Astronomical
Observatory's approximation, which holds from 1980 to 2099.
"""

from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
_MONDAY, _SATURDAY, _SUNDAY = 0, 5, 6
_FIXED = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
_MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))
"""Month, and which Monday of it: 成人の日, 海の日, 敬老の日, スポーツの日."""

_YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)})
"""福岡市の休日を定める条例: closed from 29 December to 3 January."""

INVESTIGATION_OPENING_DAYS = 5
"""Default time limit of an investigation [PROP] (`casework.md` §2.2)."""

_SCOPE_AGE = 15
_SCHOOL_YEAR_ENDS = (3, 31)


def is_open(day: date) -> bool:
    """Whether the office is open on `day`."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _YEAR_END and day not in holidays(day.year)


def after_opening_days(day: date, count: int) -> date:
    """Return the `count`-th opening day after `day`; the day itself does not count (民法140条)."""
    while count:
        day += DAY
        count -= is_open(day)
    return day


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Return the national holidays of `year`, substitutes and days between two holidays included."""
    named = {date(year, month, day) for month, day in _FIXED}
    named |= {_nth_monday(year, month, nth) for month, nth in _MONDAYS}
    named |= {_equinox(year, 3, 20.8431), _equinox(year, 9, 23.2488)}
    return frozenset(named | _substitutes(named) | _between(named))


def scope_end(birth: date) -> date:
    """
    Return the last day on which a child is in scope: the 31 March that ends 中学校 (REF-06).

    An age is reached on the day before the birthday (年齢計算ニ関する法律): born on 1 April leaves a year before 2 April.
    """
    attained = _anniversary(birth, _SCOPE_AGE) - DAY
    march = date(attained.year, *_SCHOOL_YEAR_ENDS)
    return march if attained <= march else date(attained.year + 1, *_SCHOOL_YEAR_ENDS)


def in_scope(birth: date | None, today: date) -> bool:
    """Whether a child is of the age that is looked at (REF-06). Whose birth date is not known yet may be."""
    return birth is None or today <= scope_end(birth)


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7 + 7 * (nth - 1))


def _equinox(year: int, month: int, constant: float) -> date:
    since = year - 1980
    return date(year, month, int(constant + 0.242194 * since) - since // 4)


def _substitutes(named: set[date]) -> set[date]:
    # Art. 3(2): where a holiday falls on a Sunday, the next day that is not a holiday is one.
    found = set()
    for sunday in (day for day in named if day.weekday() == _SUNDAY):
        day = sunday + DAY
        while day in named:
            day += DAY
        found.add(day)
    return found


def _between(named: set[date]) -> set[date]:
    # Art. 3(3): a day between two holidays is one.
    return {day + DAY for day in named if day + 2 * DAY in named and day + DAY not in named and (day + DAY).weekday() != _SUNDAY}


def _anniversary(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        # Born on 29 February: the day after 28 February, so that the day before is the 28th (`domain.md` §2.1).
        return date(birth.year + years, 3, 1)
