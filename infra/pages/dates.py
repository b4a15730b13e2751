"""Dates as Japanese offices write them: 令和8年4月11日."""

from datetime import date, datetime

from infra.clock import JST

ERAS: tuple[tuple[date, str], ...] = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1868, 10, 23), "明治"),
)
"""First day and name of each era (元号法 and the ordinances before it), newest first."""

MONTHS_IN_A_YEAR = 12


def era_year(day: date) -> str:
    """Write the year of `day`, e.g. 令和8年; an era's first year is 元年. Years before 明治 stay western."""
    for first, name in ERAS:
        if day >= first:
            number = day.year - first.year + 1
            return f"{name}{'元' if number == 1 else number}年"
    return f"{day.year}年"


def era_date(day: date) -> str:
    """Write `day` in full, e.g. 令和8年4月11日."""
    return f"{era_year(day)}{month_day(day)}"


def era_month(day: date) -> str:
    """Write the month of `day`, e.g. 令和8年4月."""
    return f"{era_year(day)}{day.month}月"


def month_day(day: date) -> str:
    """Write `day` without its year, e.g. 4月11日."""
    return f"{day.month}月{day.day}日"


def local_day(instant: datetime) -> date:
    """Return the day in Japan of an instant."""
    return instant.astimezone(JST).date()


def moment(instant: datetime) -> str:
    """Write an instant to the minute in Japanese time, e.g. 令和8年4月11日 9時05分."""
    local = instant.astimezone(JST)
    return f"{era_date(local.date())} {local.hour}時{local.minute:02d}分"


def short_moment(instant: datetime) -> str:
    """Write an instant to the minute without its year, e.g. 4月11日 9:05."""
    local = instant.astimezone(JST)
    return f"{month_day(local.date())} {local.hour}:{local.minute:02d}"


def clock_time(instant: datetime) -> str:
    """Write the time of day of an instant in Japan, e.g. 9時05分."""
    local = instant.astimezone(JST)
    return f"{local.hour}時{local.minute:02d}分"


def age(birth: date, on: date) -> str:
    """
    Write the age in words for a screen: 5か月, 4歳2か月.

    Counted by birthdays as people do, not by law (`domain.md` §2.1 has the age in law, which a rule must use).
    """
    months = (on.year - birth.year) * MONTHS_IN_A_YEAR + on.month - birth.month - (on.day < birth.day)
    years, rest = divmod(max(months, 0), MONTHS_IN_A_YEAR)
    return f"{years}歳{rest}か月" if years else f"{rest}か月"
