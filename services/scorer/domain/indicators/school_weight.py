"""
Item 9b: a low weight for the height at the yearly exam at school (ITEM-09b, ITEM-20, `domain.md` §2.5, §3.3).

The class is that of ローレル指数. It suits the low grades badly, so 肥満度 by 村田's standard weights stands beside it, to be read
and not as another answer.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby

from contracts.facts import SchoolHealthExamRecorded
from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import add_months, class_age, fy, iso, school_entry
from services.scorer.domain.answer import Answer, Common, Detail, Question, first_after
from services.scorer.domain.facts import Told
from services.scorer.domain.growth import obesity_degree, rohrer, standard_weight_at_school
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach

_CLASSES = ((160.0, "≥160"), (145.0, "[145,160)"), (115.0, "[115,145)"), (100.0, "[100,115)"))
_LOWEST_CLASS = "<100"


class SchoolWeightReason(StrEnum):
    """What is known of a pupil's weight."""

    ROHRER_LOW = "rohrer_low"
    ROHRER_NOT_LOW = "rohrer_not_low"
    EXAM_NOT_DUE = "exam_not_due"
    NO_EXAM = "no_exam"
    EXAM_TOO_OLD = "exam_too_old"
    MEASUREMENT_QUARANTINED = "measurement_quarantined"


@quick(frozen=True, slots=True)
class _Measured:
    """An exam. `rohrer` is empty where the measurement cannot be, `standard_kg` where the table has no row."""

    fact: SchoolHealthExamRecorded
    event_id: EventId
    rohrer: float | None
    standard_kg: float | None


def school_low_weight(question: Question) -> Answer:
    """TRUE by the newest exam, until the next one, and for 18 months at most."""
    told = sorted(question.facts.told_as(SchoolHealthExamRecorded), key=lambda exam: exam.fact.exam_date)
    ahead = first_after(question.as_of, *(exam.fact.exam_date for exam in told))
    measured = _measured(question, told)
    due_from = date(school_entry(question.child.birth_date).year, *question.parameters.school_exam_by)
    if not measured and question.as_of < due_from:
        reason = SchoolWeightReason.EXAM_NOT_DUE
        return Answer(Item.SCHOOL_LOW_WEIGHT, IndicatorValue.NOT_APPLICABLE, reason, due=question.wake(due_from, ahead))
    if question.own_in_hand(Source.SCHOOL_AFFAIRS):
        return _answer(question, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND, measured, ahead)
    if not measured:
        return _answer(question, IndicatorValue.UNKNOWN, SchoolWeightReason.NO_EXAM, measured, ahead)
    if question.as_of >= _ends(question, measured[0]):
        return _answer(question, IndicatorValue.UNKNOWN, SchoolWeightReason.EXAM_TOO_OLD, measured, ahead)
    return _of_day(question, measured, ahead)


def _of_day(question: Question, measured: Sequence[_Measured], ahead: date | None) -> Answer:
    """Of two exams of one day the one that errs towards looking at the child counts (§2.8-14)."""
    placed = sorted((each for each in measured if each.rohrer is not None), key=_thinness)
    if not placed:
        return _answer(question, IndicatorValue.UNKNOWN, SchoolWeightReason.MEASUREMENT_QUARANTINED, measured, ahead)
    told = [placed[0], *measured]
    if _thinness(placed[0]) < question.parameters.rohrer_low_below:
        return _answer(question, IndicatorValue.TRUE, SchoolWeightReason.ROHRER_LOW, told, ahead)
    return _answer(question, IndicatorValue.FALSE, SchoolWeightReason.ROHRER_NOT_LOW, told, ahead)


def _measured(question: Question, told: Sequence[Told[SchoolHealthExamRecorded]]) -> list[_Measured]:
    """The exams of the newest day, each compared with the last possible weight of a day before it."""
    before: float | None = None
    found: list[_Measured] = []
    for exam_on, exams in groupby(told, key=lambda exam: exam.fact.exam_date):
        if exam_on > question.as_of:
            break
        before = min((each.fact.weight_kg for each in found if each.rohrer is not None), default=before)
        found = [_place(question, exam, before) for exam in exams]
    return found


def _place(question: Question, exam: Told[SchoolHealthExamRecorded], before: float | None) -> _Measured:
    parameters, fact = question.parameters, exam.fact
    lightest, heaviest = parameters.plausible_school_weight_kg
    smallest, tallest = parameters.plausible_school_height_cm
    if not (lightest < fact.weight_kg <= heaviest and smallest <= fact.height_cm <= tallest):
        return _Measured(fact, exam.event_id, None, None)
    age = class_age(question.child.birth_date, fy(fact.exam_date))
    standard = standard_weight_at_school(question.child.sex, age, fact.height_cm)
    least, most = parameters.plausible_of_standard
    usual = standard is None or standard <= 0 or least * standard <= fact.weight_kg <= most * standard
    fallen = before is not None and fact.weight_kg < round(before * (1 - parameters.plausible_fall), 6)
    is_possible = usual and not fallen
    return _Measured(fact, exam.event_id, rohrer(fact.weight_kg, fact.height_cm) if is_possible else None, standard)


def _thinness(measured: _Measured) -> float:
    return measured.rohrer if measured.rohrer is not None else float("inf")


def _ends(question: Question, measured: _Measured) -> date:
    return add_months(measured.fact.exam_date, question.parameters.school_exam_holds_months)


def _answer(question: Question, value: IndicatorValue, reason: StrEnum, told: Sequence[_Measured], ahead: date | None) -> Answer:
    """Answer by the first of `told`; the others are evidence too."""
    first = told[0] if told and reason is not Common.RECORD_IN_HAND else None
    known = value is not IndicatorValue.UNKNOWN
    ends = _ends(question, told[0]) if told else None
    return Answer(
        item=Item.SCHOOL_LOW_WEIGHT,
        value=value,
        reason_code=reason,
        klass=_class(first) if first and known else None,
        counted=True,
        valid_from=first.fact.exam_date if first else None,
        valid_to=ends if value is IndicatorValue.TRUE else None,
        evidence=tuple(sorted({each.event_id for each in told})),
        detail=_detail(first, contradictory=known and len({_class(each) for each in told}) > 1) if first else {},
        due=question.wake(ahead, ends),
    )


def _class(measured: _Measured) -> str | None:
    if measured.rohrer is None:
        return None
    return next((name for least, name in _CLASSES if measured.rohrer >= least), _LOWEST_CLASS)


def _detail(measured: _Measured, *, contradictory: bool) -> Detail:
    fact = measured.fact
    figures: dict[str, str | int | bool] = {
        "exam_date": iso(fact.exam_date),
        "height_cm": f"{fact.height_cm:g}",
        "weight_kg": f"{fact.weight_kg:g}",
    }
    if measured.rohrer is not None:
        figures["rohrer"] = f"{measured.rohrer:.1f}"
    if measured.rohrer is not None and measured.standard_kg is not None and measured.standard_kg > 0:
        figures["obesity_degree"] = f"{obesity_degree(fact.weight_kg, measured.standard_kg):g}"
    if contradictory:
        figures["contradictory"] = True
    return figures


SCHOOL_LOW_WEIGHT = Indicator(
    Item.SCHOOL_LOW_WEIGHT,
    (Input(EventKind.SCHOOL_HEALTH_EXAM_RECORDED, Reach.CHILD),),
    SchoolWeightReason,
    school_low_weight,
)
