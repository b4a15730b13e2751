"""What is told of a child that only the city's own items read (`domain.md` §2.6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from contracts.kinds import EventKind, Source
from tests.unit.scorer.oracle.calendar import add_months, school_entry

if TYPE_CHECKING:
    from tests.unit.scorer.oracle.history import Drawing


def draw(drawing: Drawing) -> None:
    """Draw it all."""
    _childcare(drawing)
    _consultations(drawing)
    _special_allowances(drawing)
    _years_before_school(drawing)


def _childcare(drawing: Drawing) -> None:
    school = school_entry(drawing.birth)
    for _ in range(drawing.random.choice((0, 0, 0, 1, 1, 2))):
        start = drawing.random.choice((drawing.between(drawing.birth, school), date(school.year - drawing.random.randint(1, 4), 4, 1)))
        ended = drawing.chance(0.6)
        drawing.say(
            EventKind.CHILDCARE_USE_CHANGED,
            Source.CHILDCARE,
            start,
            kind=drawing.random.choice(("licensed_childcare", "unlicensed_childcare", "kindergarten", "facility_use_benefit")),
            valid_from=start,
            valid_to=start + timedelta(days=drawing.random.choice((0, 1, 60, 365, 700))) if ended and drawing.chance(0.8) else None,
            status="ended" if ended else "active",
        )


def _consultations(drawing: Drawing) -> None:
    for _ in range(drawing.random.choice((0, 0, 0, 0, 1))):
        start = drawing.between(drawing.birth, drawing.last)
        closed = drawing.chance(0.6)
        drawing.say(
            EventKind.CONSULTATION_STATUS_CHANGED,
            Source.CHILD_CONSULTATION,
            start,
            status="closed" if closed else "open",
            opened_on=start,
            closed_on=start + timedelta(days=drawing.random.choice((0, 30, 400))) if closed and drawing.chance(0.8) else None,
        )


def _special_allowances(drawing: Drawing) -> None:
    for _ in range(drawing.random.choice((0, 0, 0, 1))):
        start = drawing.between(drawing.birth, drawing.last)
        drawing.say(
            EventKind.ALLOWANCE_ENTITLEMENT_CHANGED,
            Source.SPECIAL_CHILD_ALLOWANCE,
            start,
            "guardian",
            kind="special_child",
            entitled_from=start,
            entitled_to=start + timedelta(days=drawing.random.choice((1, 300, 1500))) if drawing.chance(0.5) else None,
            payment_status=drawing.random.choice(("full", "suspended_all", None)),
        )


def _years_before_school(drawing: Drawing) -> None:
    """Days on which it may be a year since something was heard, or 90 days since the child came."""
    school = school_entry(drawing.birth)
    first = date(school.year - 3, 4, 1)
    heard = {add_months(each.said_on, 12) for each in drawing.statements}
    drawing.days |= {first, *(day for day in heard if first <= day < school)}
    drawing.days |= {drawing.between(first, school) for _ in range(3)}
