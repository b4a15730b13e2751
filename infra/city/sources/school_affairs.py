"""What schools know (校務支援): attendance month by month, and height and weight once a year. It comes on removable media (ACQ-03)."""

from collections.abc import Iterator
from datetime import date
from math import exp
from typing import Any

from contracts.kinds import EventKind, Source
from contracts.values import Sex
from infra.city.dates import days_after, happens, months_after
from infra.city.lives import Life
from infra.city.schooling import APRIL, Pupil, Term
from infra.city.sources.pen import Pen, Placed

ATTENDANCE = (Source.SCHOOL_AFFAIRS, EventKind.ATTENDANCE_MONTH_REPORTED)
EXAM = (Source.SCHOOL_AFFAIRS, EventKind.SCHOOL_HEALTH_EXAM_RECORDED)

SCHOOL_DAYS = {4: 17, 5: 20, 6: 21, 7: 14, 9: 20, 10: 21, 11: 19, 12: 17, 1: 15, 2: 19, 3: 17}
"""Of each month; none in August. 200 a year (`domain.md` §2.5, item 12)."""

ABSENT_A_DAY = 0.022
"""Of its school days an ordinary pupil misses so many (some four a year): assumed."""

SUSPENDED = 0.02
"""Months with days of suspension or bereavement (influenza above all): assumed."""

LATE_A_DAY, OFTEN_LATE_A_DAY, LEAVES_EARLY_A_DAY = 0.006, 0.22, 0.005
"""Assumed."""

NOT_EXAMINED = 0.015
"""Pupils who were away on the day, and later: assumed. Of those who do not go to school, half."""

TOLD_AFTER_DAYS = 5
"""A month is told when it is over."""

HEIGHTS = {
    Sex.MALE: (116.9, 122.8, 128.5, 133.8, 139.6, 146.0, 153.9, 161.1, 166.0),
    Sex.FEMALE: (116.0, 121.9, 128.0, 134.3, 141.0, 147.6, 152.3, 154.9, 156.4),
}
WEIGHTS = {
    Sex.MALE: (21.7, 24.5, 27.7, 31.3, 35.2, 39.5, 45.5, 50.6, 55.2),
    Sex.FEMALE: (21.3, 24.0, 27.1, 30.6, 34.9, 40.0, 44.6, 47.9, 50.2),
}
"""Means in cm and kg, by grade from 1 to 9 (national school health statistics, from memory, rounded)."""

HEIGHT_SPREAD, WEIGHT_SPREAD = 0.042, 0.13
"""Relative spread of height, and of weight at one height: assumed."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """Every month and every exam of the pupils of family `number`."""
    for pupil in life.pupils:
        place = pen.later(number)
        for term in pupil.terms:
            yield from _months(pen, place, pupil, term)
            yield from _exam(pen, place, pupil, term)


def _months(pen: Pen, place: float, pupil: Pupil, term: Term) -> Iterator[Placed]:
    for position in range(12):
        first = months_after(date(term.year, APRIL, 1), position)
        end = months_after(first, 1)
        told_on = days_after(end, TOLD_AFTER_DAYS)
        school_days = SCHOOL_DAYS.get(first.month, 0)
        begin, until = max(first, term.start), min(end, term.end)
        if told_on > pen.today or begin >= until or not school_days:
            continue
        there = round(school_days * (until - begin).days / (end - first).days)
        row = _row(pen, pupil, term, first.month, there)
        about = (*ATTENDANCE, f"SK-{term.key}-{first.year}{first.month:02d}")
        mended = {"absent_days": max(0, row["absent_days"] - 1)}
        last = days_after(end, -1)
        late = happens(pen.rng, 0.01)
        on = min(pen.today, days_after(told_on, 40)) if late else told_on
        yield from pen.told(about, place + position, last, row, mended, told_on=on)


def _row(pen: Pen, pupil: Pupil, term: Term, month: int, school_days: int) -> dict[str, Any]:
    rng = pen.rng
    suspended = min(school_days, int(rng.random() * 5) + 1) if happens(rng, SUSPENDED) else 0
    open_days = school_days - suspended
    absent = _of(pen, open_days, pupil.absent_share or ABSENT_A_DAY)
    present = open_days - absent
    return {
        "school_code": term.school,
        "pupil_key": term.key,
        "fiscal_year": term.year,
        "month": month,
        "school_days": school_days,
        "absent_days": absent,
        "suspended_days": suspended,
        "tardy_count": _of(pen, present, OFTEN_LATE_A_DAY if pupil.often_late else LATE_A_DAY),
        "early_leave_count": _of(pen, present, LEAVES_EARLY_A_DAY),
    }


def _of(pen: Pen, days: int, share: float) -> int:
    """How many of `days`, each by itself: by the first of a few draws where it is rare, as it nearly always is."""
    mean = days * share
    if share > 0.1:  # noqa: PLR2004 (a share)
        return min(days, max(0, round(pen.rng.gauss(mean, (mean * (1 - share)) ** 0.5)))) if mean else 0
    left, count = pen.rng.random(), 0
    chance = exp(-mean)
    while left > chance and count < days:
        left -= chance
        count += 1
        chance *= mean / count
    return count


def _exam(pen: Pen, place: float, pupil: Pupil, term: Term) -> Iterator[Placed]:
    exam_on = days_after(date(term.year, APRIL, 10), pen.rng.random() * 78)
    away = 0.5 if pupil.absent_share else NOT_EXAMINED
    if not term.start <= exam_on < min(term.end, pen.today) or happens(pen.rng, away):
        return
    sex = pupil.child.sex if pupil.child.sex in HEIGHTS else Sex.FEMALE
    usual = HEIGHTS[sex][term.grade - 1]
    height = usual * (1 + pen.rng.gauss(0, HEIGHT_SPREAD))
    weight = WEIGHTS[sex][term.grade - 1] * (height / usual) ** 2.2 * exp(pen.rng.gauss(0, WEIGHT_SPREAD))
    data = {
        "school_code": term.school,
        "pupil_key": term.key,
        "fiscal_year": term.year,
        "grade": term.grade,
        "exam_date": exam_on.isoformat(),
        "height_cm": round(height, 1),
        "weight_kg": round(weight, 1),
    }
    yield from pen.told((*EXAM, f"GK-{term.key}-{term.year}"), place, exam_on, data, {"weight_kg": round(weight + 0.6, 1)})
