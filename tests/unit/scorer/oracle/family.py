"""With whom a child lives, who has it in care, what they need, and how often it moved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from contracts.kinds import EventKind, Source
from tests.unit.scorer.oracle.calendar import add_months, attains, school_entry
from tests.unit.scorer.oracle.world import Mate

if TYPE_CHECKING:
    from tests.unit.scorer.oracle.history import Drawing
    from tests.unit.scorer.oracle.world import Span

CARER, CARER_OPPONENT, MATE = "carer", "carer_opponent", "mate"


def draw(drawing: Drawing, stays: tuple[Span, ...], measures: tuple[Span, ...]) -> tuple[tuple[date, ...] | None, Span, tuple[Mate, ...]]:
    """Draw moves, the days of a carer, and housemates; their records stand with the others."""
    return _moves(drawing, stays), _carer(drawing, has_measure=bool(measures)), _mates(drawing, has_measure=bool(measures))


def seen(drawing: Drawing) -> tuple[tuple[str, date, date], ...]:
    """What staff saw."""
    found = []
    school = school_entry(drawing.birth)
    for _ in range(drawing.random.choice((0, 0, 0, 1, 1, 2))):
        day = drawing.between(school - timedelta(days=1200), school)
        heard = day + timedelta(days=drawing.random.choice((0, 1, 40)))
        drawing.days |= {day, heard, add_months(day, 12)}
        found.append(
            (drawing.random.choice(("met", "supported", "enrolled_elsewhere", "enrolled_elsewhere", "enrolled_nowhere")), day, heard)
        )
    return tuple(sorted(found, key=lambda each: (each[1], each[2])))


def _moves(drawing: Drawing, stays: tuple[Span, ...]) -> tuple[date, ...] | None:
    if drawing.chance(0.1):
        return None
    moved = {day for span in stays for day in span if day is not None and day != drawing.birth}
    if drawing.chance(0.4):
        day = drawing.between(drawing.birth, drawing.last)
        for _ in range(drawing.random.choice((1, 2, 3, 4))):
            moved.add(day)
            day += timedelta(days=drawing.random.choice((1, 90, 300, 365, 730)))
    drawing.days |= {*moved, *(add_months(day, 24) for day in moved)}
    return tuple(sorted(moved))


def _carer(drawing: Drawing, *, has_measure: bool) -> Span:
    start = drawing.between(drawing.birth - timedelta(days=300), drawing.last)
    days = (start, start + timedelta(days=drawing.random.choice((100, 1000))) if drawing.chance(0.4) else None)
    if drawing.chance(0.3):
        _paper(drawing, CARER_OPPONENT if has_measure and drawing.chance(0.5) else CARER, None, severe=None)
    drawing.days |= {day for day in days if day is not None}
    return days


def _mates(drawing: Drawing, *, has_measure: bool) -> tuple[Mate, ...]:
    """The child first; in some histories no household of it is known."""
    if drawing.chance(0.1):
        return ()
    mates = [Mate(0, drawing.birth, _spans(drawing))]
    for number in range(1, drawing.random.choice((1, 2, 3, 3, 4))):
        born = date(drawing.random.choice((1940, 1960, 1985, 1990, 2005)), drawing.random.randint(1, 12), drawing.random.randint(1, 28))
        is_opponent = has_measure and drawing.chance(0.2)
        described, has_day = drawing.chance(0.95), drawing.chance(0.9)
        mates.append(Mate(number, born if has_day and described else None, _spans(drawing), described, is_opponent))
        drawing.days.add(attains(born, 18))
        for _ in range(drawing.random.choice((0, 0, 1, 2))):
            if drawing.chance(0.6):
                _certified(drawing, number)
            else:
                _paper(drawing, MATE, number, severe=drawing.random.choice((True, True, False, None)))
    return tuple(mates)


def _spans(drawing: Drawing) -> tuple[Span, ...]:
    if drawing.chance(0.6):
        return ((date(1940, 1, 1), None),)
    start = drawing.between(drawing.birth - timedelta(days=500), drawing.last)
    span = (start, start + timedelta(days=drawing.random.choice((30, 400, 2000))) if drawing.chance(0.6) else None)
    drawing.days |= {day for day in span if day is not None}
    return (span,)


def _begin(drawing: Drawing) -> date:
    return drawing.between(school_entry(drawing.birth) - timedelta(days=900), drawing.last)


def _certified(drawing: Drawing, whose: int) -> None:
    start, ended = _begin(drawing), drawing.chance(0.2)
    drawing.say(
        EventKind.LONG_TERM_CARE_CERTIFICATION_CHANGED,
        Source.LONG_TERM_CARE,
        start,
        MATE,
        of_mate=whose,
        **{"class": drawing.random.choice(("support_1", "care_1", "care_2", "care_3", "care_5"))},
        valid_from=start,
        valid_to=start + timedelta(days=drawing.random.choice((0, 1, 365, 730))) if drawing.chance(0.6) else None,
        status="ended" if ended else "active",
    )


def _paper(drawing: Drawing, reach: str, whose: int | None, *, severe: bool | None) -> None:
    start = _begin(drawing)
    drawing.days |= {add_months(start, 24)}
    drawing.say(
        EventKind.DISABILITY_CERTIFICATE_CHANGED,
        Source.DISABILITY,
        start,
        reach,
        of_mate=whose,
        kind=drawing.random.choice(("mental_health_handbook", "physical_disability_handbook")),
        valid_from=start,
        valid_to=start + timedelta(days=drawing.random.choice((30, 365, 730))) if drawing.chance(0.5) else None,
        severe=severe,
        status=drawing.random.choice(("issued", "issued", "issued", "returned")),
    )
