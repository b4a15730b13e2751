"""What is told of a child that only the city's own items read (`domain.md` §2.6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from contracts.kinds import EventKind, Source
from tests.unit.scorer.oracle.calendar import add_months, month_span, school_entry

if TYPE_CHECKING:
    from tests.unit.scorer.oracle.history import Drawing


def draw(drawing: Drawing) -> None:
    """Draw it all."""
    _childcare(drawing)
    _consultations(drawing)
    _special_allowances(drawing)
    _years_before_school(drawing)
    _loans_and_subsidies(drawing)
    _aid(drawing)
    _dues(drawing)
    _surveys(drawing)


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


def _loans_and_subsidies(drawing: Drawing) -> None:
    subsidy, loan = (EventKind.MEDICAL_SUBSIDY_CHANGED, Source.MEDICAL_SUBSIDY), (EventKind.LOAN_CHANGED, Source.SINGLE_PARENT_LOAN)
    for kind, source in (subsidy, subsidy, loan):
        if drawing.chance(0.6):
            continue
        start, ended = drawing.between(drawing.birth, drawing.last), drawing.chance(0.4)
        drawing.say(
            kind,
            source,
            start,
            "guardian" if source is Source.SINGLE_PARENT_LOAN else "child",
            kind="school" if source is Source.SINGLE_PARENT_LOAN else drawing.random.choice(("child", "single_parent", "disability")),
            valid_from=start,
            valid_to=start + timedelta(days=drawing.random.choice((0, 1, 300, 1500))) if drawing.chance(0.5) else None,
            status="ended" if ended else "active",
        )


def _aid(drawing: Drawing) -> None:
    first = school_entry(drawing.birth).year
    for year in {drawing.random.randint(first, first + 8) for _ in range(drawing.random.choice((0, 0, 1, 2)))}:
        start = date(year, drawing.random.choice((4, 4, 6, 10)), 1)
        drawing.days |= {date(year, 4, 1), date(year + 1, 3, 31), date(year + 1, 4, 1)}
        drawing.say(
            EventKind.SCHOOL_AID_DECIDED,
            Source.SCHOOL_AID,
            start,
            fiscal_year=year,
            decision=drawing.random.choice(("approved", "approved", "rejected", "cancelled")),
            valid_from=start,
            valid_to=drawing.random.choice((None, date(year + 1, 4, 1), date(year + 1, 1, 15))),
        )


def _dues(drawing: Drawing) -> None:
    if drawing.chance(0.7):
        return
    year = school_entry(drawing.birth).year + drawing.random.randrange(9)
    for month in drawing.random.sample((4, 5, 6, 7, 9), drawing.random.randint(1, 4)):
        due_on = month_span(year, month)[1]
        status = drawing.random.choice(("unpaid", "unpaid", "paid", "waived"))
        settled = due_on + timedelta(days=drawing.random.choice((5, 59, 60, 61, 100)))
        drawing.days |= {due_on + timedelta(days=60), due_on + timedelta(days=61)}
        drawing.say(
            EventKind.LUNCH_FEE_ARREARS_CHANGED,
            Source.SCHOOL_LUNCH_FEE,
            due_on,
            fiscal_year=year,
            month=month,
            due_on=due_on,
            status=status,
            settled_on=settled if status != "unpaid" and drawing.chance(0.8) else None,
        )


def _surveys(drawing: Drawing) -> None:
    first = school_entry(drawing.birth).year
    for year in range(first, first + 9):
        for survey in ("lifestyle", "learning"):
            if drawing.chance(0.75):
                continue
            day = date(year, 5, 12) + timedelta(days=drawing.random.randrange(30))
            drawing.say(
                EventKind.SURVEY_RESULT_RECORDED,
                Source.LIFESTYLE_LEARNING_SURVEY,
                day,
                fiscal_year=year,
                survey=survey,
                surveyed_on=day,
                concern_count=drawing.random.choice((None, 0, 2, 3, 4)) if survey == "lifestyle" else None,
                standard_score=drawing.random.choice((None, 34.9, 35.0, 35.1, 45.0, 45.1, 50.3, 60.3)) if survey == "learning" else None,
            )
