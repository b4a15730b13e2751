"""
Ages and terms as Japanese law counts them (`domain.md` §2.1). All dates are Japanese local dates.

A person reaches an age on the day *before* the birthday (年齢計算ニ関する法律; 民法143条), which is why a child born on 1 April leaves
school a year before one born on 2 April.
"""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

DAYS_TO_TERM = 280
"""Days from 0w0d to the expected date of delivery (40w0d)."""

DAY = timedelta(days=1)

_FISCAL_YEAR_BEGINS = 4
_SCOPE_ENDS_AT_AGE = 15
_SCHOOL_BEGINS_AT_AGE = 6

_BIRTHS = 8_192
"""Of so many days of birth it is remembered when school begins and ends, which every item asks: all that are scored, 1 MB each."""


iso = lru_cache(maxsize=_BIRTHS)(date.isoformat)
"""A day as ISO text: the days of children and of what is told of them are some thousand, and each is written again and again."""


def add_months(day: date, months: int) -> date:
    """The same day `months` later, clamped to the month's end: 2023-08-31 + 6 is 2024-02-29."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= 28:  # noqa: PLR2004 - every month has 28 days, and the calendar is asked only beyond
        return date(year, month0 + 1, day.day)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def attains(birth: date, years: int) -> date:
    """The day on which a person born on `birth` is `years` old in law; born on 29 February, always 28 February."""
    if (birth.month, birth.day) == (2, 29):
        return date(birth.year + years, 2, 28)
    return birth.replace(year=birth.year + years) - DAY


def fy(day: date) -> int:
    """The fiscal and school year of `day`, named by the calendar year in which it begins on 1 April."""
    return day.year if day.month >= _FISCAL_YEAR_BEGINS else day.year - 1


@lru_cache(maxsize=_BIRTHS)
def scope_end(birth: date) -> date:
    """The last day of 中学校3年: the first 31 March on or after the day on which the child is 15 (学校教育法17条; REF-06)."""
    return _school_year_end(attains(birth, _SCOPE_ENDS_AT_AGE))


@lru_cache(maxsize=_BIRTHS)
def school_entry(birth: date) -> date:
    """The first day of primary school: the day after the first 31 March on or after the day on which the child is 6."""
    return _school_year_end(attains(birth, _SCHOOL_BEGINS_AT_AGE)) + DAY


def class_age(birth: date, fiscal_year: int) -> int:
    """Completed years on the 31 March before `fiscal_year` begins: 3 is a 3歳児クラス. Negative before birth."""
    eve = date(fiscal_year, 3, 31)
    years = eve.year - birth.year
    return years if attains(birth, years) <= eve else years - 1


def ga_days(edd: date, day: date) -> int:
    """Gestational age on `day` in days, from the expected date of delivery."""
    return DAYS_TO_TERM - (edd - day).days


def ga_weeks(edd: date, day: date) -> int:
    """Completed weeks of gestation on `day`."""
    return ga_days(edd, day) // 7


def _school_year_end(day: date) -> date:
    """The first 31 March on or after `day`."""
    return date(fy(day) + 1, 3, 31)
