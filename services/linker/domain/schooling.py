"""Schools as the register of children of school age and the lists of pupils name them, and how the two agree."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from services.linker.domain.matching.levels import Level

_APRIL = 4

School = tuple[str, int]
"""The code of a school, and the school year of the child's first grade (0: nobody says), so that a grade means the same each year."""


def school(code: object, grade: object, on: date | int | None) -> School:
    """Return a school with when the child entered the first grade, by its grade in a school year or on a day of one."""
    year = on if isinstance(on, int) else _school_year(on) if on is not None else 0
    return str(code or ""), year - grade + 1 if isinstance(grade, int) and year else 0


class Revised(NamedTuple):
    """What one revision of an entry in the register of children of school age says."""

    revision: int
    effective_on: date
    school_code: str
    grade: int | None


def schools_of(revisions: Iterable[Revised]) -> set[School]:
    """Return the schools that an entry has named: a revision that begins later is a change, one that does not corrects those before it."""
    held: list[Revised] = []
    for each in sorted(revisions):
        held = [before for before in held if before.effective_on < each.effective_on] + [each]
    return {school(each.school_code, each.grade, each.effective_on) for each in held}


def _school_year(on: date) -> int:
    return on.year - (on.month < _APRIL)


def school_level(school: School, schools: Iterable[School]) -> Level:
    """
    Return how a row's school agrees with those of a child. One that the child has left counts like one it is at, as a former name does.

    The grades may be one year apart: a child is entered for April before it comes.
    """
    code, entered = school
    known = [(each, year) for each, year in schools if each]
    if not code or not known:
        return Level.UNKNOWN
    one = any(each == code and (not year or not entered or abs(year - entered) <= 1) for each, year in known)
    return Level.EQUAL if one else Level.OTHER
