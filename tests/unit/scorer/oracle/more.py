"""What schools, the disability section and the allowance section say of a child."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from contracts.kinds import EventKind, Source
from tests.unit.scorer.oracle.calendar import add_months, fiscal_year, month_span, school_entry

if TYPE_CHECKING:
    from tests.unit.scorer.oracle.history import Drawing
    from tests.unit.scorer.oracle.world import Span

MONTHS = (4, 5, 6, 7, 9, 10, 11, 12, 1, 2, 3)


def draw(drawing: Drawing, measures: tuple[Span, ...]) -> None:
    """Draw it all."""
    _certificates(drawing)
    _allowances(drawing, is_protected=bool(measures))
    _weights(drawing)
    _attendance(drawing)


def _certificates(drawing: Drawing) -> None:
    kinds = ("mental_health_handbook", "mental_health_handbook", "day_support_certificate", "physical_disability_handbook")
    for _ in range(drawing.random.choice((0, 0, 1, 2))):
        start = drawing.between(drawing.birth, drawing.last)
        end = start + timedelta(days=drawing.random.choice((30, 365, 730))) if drawing.chance(0.7) else None
        drawing.days |= {add_months(start, 24)}
        drawing.say(
            EventKind.DISABILITY_CERTIFICATE_CHANGED,
            Source.DISABILITY,
            start,
            kind=drawing.random.choice(kinds),
            decided_on=start - timedelta(days=drawing.random.choice((0, 0, 20))) if drawing.chance(0.7) else None,
            valid_from=start,
            valid_to=end,
            developmental_disorder_flag=drawing.random.choice((None, True, True, False)),
            status=drawing.random.choice(("issued", "issued", "issued", "returned")),
        )


def _allowances(drawing: Drawing, *, is_protected: bool) -> None:
    """Of whom a measure protects the child, some receive for it, too."""
    for _ in range(drawing.random.choice((0, 0, 1, 2))):
        start = drawing.between(drawing.birth, drawing.last)
        drawing.say(
            EventKind.ALLOWANCE_ENTITLEMENT_CHANGED,
            Source.CHILD_ALLOWANCES,
            start,
            "opponent_guardian" if is_protected and drawing.chance(0.5) else "guardian",
            kind=drawing.random.choice(("child_rearing", "child_rearing", "child")),
            entitled_from=start,
            entitled_to=start + timedelta(days=drawing.random.choice((1, 300, 1500))) if drawing.chance(0.5) else None,
            payment_status=drawing.random.choice(("full", "partial", "suspended_all", None)),
        )


def _weights(drawing: Drawing) -> None:
    first = school_entry(drawing.birth)
    drawing.days |= {date(first.year, 6, 30), date(first.year, 7, 1)}
    for grade in range(1, 10):
        if drawing.chance(0.8):
            continue
        day = date(first.year + grade - 1, 4, 10) + timedelta(days=drawing.random.randrange(80))
        height = round(110 + grade * 5.5 + drawing.random.random() * 8, 1)
        usual = 125 * (height / 100) ** 3 / 10
        drawing.days |= {day, add_months(day, 18)}
        drawing.say(
            EventKind.SCHOOL_HEALTH_EXAM_RECORDED,
            Source.SCHOOL_AFFAIRS,
            day,
            fiscal_year=fiscal_year(day),
            grade=grade,
            exam_date=day,
            height_cm=height,
            weight_kg=round(usual * drawing.random.choice((0.78, 0.79, 0.8, 0.81, 0.95, 1.0, 1.2, 1.3)), 1),
        )


def _attendance(drawing: Drawing) -> None:
    """A year or two of months, one of them left out now and then, in one school or in two."""
    first = school_entry(drawing.birth).year
    for year in {drawing.random.randint(first, first + 8) for _ in range(drawing.random.choice((0, 1, 1, 2)))}:
        absent = drawing.random.choice((0, 1, 3, 5))
        moved = drawing.random.choice((99, 99, 5))
        for place, month in enumerate(MONTHS):
            if drawing.chance(0.03):
                continue
            last = month_span(year, month)[1]
            days = drawing.random.choice((3, 15, 18, 20, 21))
            drawing.days |= {last, last + timedelta(days=45), last + timedelta(days=46)}
            # Now and then a school sends a month again under another number: the later recorded row counts.
            for _ in range(2 if drawing.chance(0.05) else 1):
                _month(drawing, year, month, days, absent, school="second" if place >= moved else "first")


def _month(drawing: Drawing, year: int, month: int, days: int, absent: int, *, school: str) -> None:
    drawing.say(
        EventKind.ATTENDANCE_MONTH_REPORTED,
        Source.SCHOOL_AFFAIRS,
        month_span(year, month)[1] + timedelta(days=drawing.random.choice((-3, 1, 10))),
        in_school=school,
        fiscal_year=year,
        month=month,
        school_days=days,
        absent_days=min(days, drawing.random.randint(0, absent * 2)),
        suspended_days=0,
        tardy_count=drawing.random.choice((0, 0, 2, 5, 9)),
        early_leave_count=0,
    )
