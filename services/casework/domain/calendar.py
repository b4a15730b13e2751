"""
Days on which the ward office is open (開庁日), and the age scope.

National holidays (国民の祝日に関する法律, substitutes and days between two holidays included) are those of the library `holidays`.
It knows them from 1949 to 2099: outside, only week-ends and the city's own days are closed.
"""

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

DAY = timedelta(days=1)
_SATURDAY = 5
_YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)})
"""福岡市の休日を定める条例: closed from 29 December to 3 January."""

INVESTIGATION_OPENING_DAYS = 5
"""Default time limit of an investigation [PROP] (`casework.md` §2.2)."""

NEAR_OPENING_DAYS = 5
"""What is due within so many opening days is near: a week of work, also across a week-end."""

_SCOPE_AGE = 15
_ADULT_AGE = 18
_SCHOOL_YEAR_ENDS = (3, 31)
_SCHOOL_YEAR_BORN_FROM = (4, 2)


def is_open(day: date) -> bool:
    """Whether the office is open on `day`."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _YEAR_END and day not in holidays(day.year)


def after_opening_days(day: date, count: int) -> date:
    """Return the `count`-th opening day after `day`; the day itself does not count (民法140条)."""
    while count:
        day += DAY
        count -= is_open(day)
    return day


def opening_days_until(day: date, today: date) -> int:
    """Return how many opening days there are after `today` up to `day`."""
    return sum(is_open(today + number * DAY) for number in range(1, (day - today).days + 1))


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month (`domain.md` §2.1)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Return the national holidays of `year`, substitutes and days between two holidays included."""
    return frozenset(country_holidays("JP", years=year, expand=False))


def scope_end(birth: date) -> date:
    """
    Return the last day on which a child is in scope: the 31 March that ends 中学校 (REF-06).

    An age is reached on the day before the birthday (年齢計算ニ関する法律): born on 1 April leaves a year before 2 April.
    """
    attained = _anniversary(birth, _SCOPE_AGE) - DAY
    march = date(attained.year, *_SCHOOL_YEAR_ENDS)
    return march if attained <= march else date(attained.year + 1, *_SCHOOL_YEAR_ENDS)


def born_from(today: date) -> date:
    """Return the first day of birth that is in scope on `today`: whoever was born earlier has left 中学校."""
    school_year = today.year - ((today.month, today.day) <= _SCHOOL_YEAR_ENDS)
    return date(school_year - _SCOPE_AGE, *_SCHOOL_YEAR_BORN_FROM)


def fiscal_year_of(day: date) -> int:
    """Return the year (年度) in which `day` lies: it begins on 1 April (地方自治法208条)."""
    return day.year - ((day.month, day.day) <= _SCHOOL_YEAR_ENDS)


def fiscal_year(year: int) -> tuple[date, date]:
    """Return the first day of a year (年度), and the first day of the next."""
    return date(year, 4, 1), date(year + 1, 4, 1)


def in_scope(birth: date | None, today: date) -> bool:
    """Whether a child is of the age that is looked at (REF-06). Whose birth date is not known yet may be."""
    return birth is None or today <= scope_end(birth)


def is_adult(birth: date, today: date) -> bool:
    """Whether somebody is of full age (民法4条), attained on the day before the birthday."""
    return _anniversary(birth, _ADULT_AGE) - DAY <= today


def _anniversary(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        # Born on 29 February: the day after 28 February, so that the day before is the 28th (`domain.md` §2.1).
        return date(birth.year + years, 3, 1)
