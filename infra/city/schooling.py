"""
Where the children go to school: the school by the part of the town, the year by the birth date, a transfer where the family moves.

A school year is named by the year in which its April lies (`domain.md` §2.1).
"""

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from random import Random
from zlib import crc32

from contracts.quick import quick
from infra.city.dates import happens
from infra.city.population import Family, Resident, Statement

APRIL, MAY = 4, 5
YEARS_OF_SCHOOL = 9
YEARS_OF_PRIMARY = 6

TOWNS_OF_PRIMARY, TOWNS_OF_JUNIOR = 9, 18
"""Parts of the town (of 180 a ward) that one school is for: 140 primary and 70 junior high schools, about as many as Fukuoka has."""

ABSENT_PRIMARY, ABSENT_JUNIOR = 0.021, 0.067
"""Pupils who do not go to school, 30 days a year or more (ministry's survey of R5, rounded)."""

OFTEN_LATE = 0.03
"""Assumed."""

HARDER = 3
"""How much likelier both are where a family is hard to reach: assumed."""

SPECIAL_CLASS = 0.05
"""In a class for special needs: national figure, rounded."""


@quick(frozen=True, slots=True)
class Term:
    """A pupil at one school in one school year. `end` is the first day not there, or the first day of the next year."""

    year: int
    grade: int
    school: str
    key: str
    start: date
    end: date

    @property
    def left_early(self) -> bool:
        """Whether the pupil left for another school or the city before the year was over."""
        return self.end < date(self.year + 1, APRIL, 1)


@quick(frozen=True, slots=True)
class Pupil:
    """A child of school age, and how it goes to school."""

    child: Resident
    terms: tuple[Term, ...]
    """Oldest first."""
    absent_share: float
    """Of its school days; 0 where it only misses one now and then."""
    often_late: bool
    special_class: bool


def pupils(rng: Random, family: Family, today: date) -> Iterator[Pupil]:
    """The children of a family who go to school in the school years that are told."""
    harder = HARDER if family.circumstances.hard_to_reach else 1
    for child in family.children:
        found = tuple(_terms(child, today))
        if not found:
            continue
        share = ABSENT_PRIMARY if found[-1].grade <= YEARS_OF_PRIMARY else ABSENT_JUNIOR
        yield Pupil(
            child,
            found,
            absent_share=rng.uniform(0.2, 1.0) if happens(rng, share * harder) else 0.0,
            often_late=happens(rng, OFTEN_LATE * harder),
            special_class=happens(rng, SPECIAL_CLASS),
        )


def school_year(day: date) -> int:
    """The school year in which a day lies."""
    return day.year if day.month >= APRIL else day.year - 1


def entry_year(birth: date) -> int:
    """The school year in which a child enters. Who is born on 1 April enters with those born before (`domain.md` §2.1)."""
    return birth.year + (6 if (birth.month, birth.day) <= (APRIL, 1) else 7)


def years_told(today: date) -> tuple[int, ...]:
    """The school years of which schools tell: until May also the one before (`domain.md` §2.5, item 12)."""
    now = school_year(today)
    return (now - 1, now) if APRIL <= today.month <= MAY else (now,)


def school_of(town: str, grade: int) -> str:
    """Return the code of the school for a part of the town, shaped as the ministry's: kind, prefecture, public, number."""
    number = int(town[5:]) - 1
    if grade <= YEARS_OF_PRIMARY:
        return f"B14021{town[3:5]}{number // TOWNS_OF_PRIMARY + 1:05d}"
    return f"C14021{town[3:5]}{number // TOWNS_OF_JUNIOR + 1:05d}"


def _terms(child: Resident, today: date) -> Iterator[Term]:
    for year in years_told(today):
        grade = year - entry_year(child.birth_date) + 1
        if 1 <= grade <= YEARS_OF_SCHOOL:
            yield from _in_year(child, year, grade, today)


def _in_year(child: Resident, year: int, grade: int, today: date) -> Iterator[Term]:
    """One term for each school in turn: a move within the part of the town that a school is for changes nothing."""
    at: tuple[str, date, date] | None = None
    for school, start, end in _stays(child, grade, date(year, APRIL, 1), date(year + 1, APRIL, 1)):
        if start >= today:
            continue
        if at is not None and at[0] == school and at[2] == start:
            at = (school, at[1], end)
            continue
        if at is not None:
            yield _term(child, year, grade, at)
        at = (school, start, end)
    if at is not None:
        yield _term(child, year, grade, at)


def _term(child: Resident, year: int, grade: int, at: tuple[str, date, date]) -> Term:
    school, start, end = at
    # The school's own key: another one at another school. No run of digits in it is as long as a My Number.
    key = f"P-{crc32(f'{child.person_no} {school}'.encode()):08x}"
    return Term(year, grade, school, key, start, end)


def _stays(child: Resident, grade: int, first: date, end: date) -> Iterator[tuple[str, date, date]]:
    """The school for each part of the town in which a child lived from `first` until `end`."""
    following: tuple[Statement, ...] = child.statements[1:]
    for statement, after in zip_longest(child.statements, following):
        start = max(first, statement.effective_on, statement.resident_from)
        until = min(end, after.effective_on if after is not None else end, statement.resident_to or end)
        if start < until:
            yield school_of(statement.town, grade), start, until
