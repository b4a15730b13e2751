"""Dates of `domain.md` §2.1."""

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Same day, months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def attains(birth: date, years: int) -> date:
    """The day on which somebody is so many years old in law: the day before the birthday."""
    if (birth.month, birth.day) == (2, 29):
        return date(birth.year + years, 2, 28)
    return date(birth.year + years, birth.month, birth.day) - timedelta(days=1)


def _school_year_end(day: date) -> date:
    """The first 31 March on or after a day."""
    end = date(day.year, 3, 31)
    return end if day <= end else date(day.year + 1, 3, 31)


def scope_end(birth: date) -> date:
    """Last day of 中学校3年."""
    return _school_year_end(attains(birth, 15))


def school_entry(birth: date) -> date:
    """First day of 小学校1年."""
    return _school_year_end(attains(birth, 6)) + timedelta(days=1)


def fiscal_year(day: date) -> int:
    """The year in which the April of a day's school year lies."""
    return day.year if day.month >= 4 else day.year - 1


def month_span(school_year: int, month: int) -> tuple[date, date]:
    """First and last day of a month of a school year."""
    year = school_year if month >= 4 else school_year + 1
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def completed_months(birth: date, day: date) -> int:
    """So many whole months old."""
    months = 0
    while add_months(birth, months + 1) <= day:
        months += 1
    return months


def completed_weeks(edd: date, day: date) -> int:
    """How far a pregnancy is, by its due date."""
    return (280 - (edd - day).days) // 7
