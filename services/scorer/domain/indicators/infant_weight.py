"""
Item 9a: a low weight at the checkup of 18 months or of 3 years (ITEM-09a, ITEM-20, `domain.md` §2.5, §3).

The class is the answer's point, not only whether it is the lowest one. A weight that cannot be is no answer: it is quarantined, and its
owner is asked (`tsunagu scorer tasks`).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby

from contracts.facts import SchoolHealthExamRecorded
from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import IndicatorValue, Item, Sex, Source
from services.scorer.domain.ages import add_months, iso, school_entry
from services.scorer.domain.answer import Answer, Common, Detail, Question, first_after
from services.scorer.domain.facts import Checkup
from services.scorer.domain.growth import (
    PERCENTILE_CLASSES,
    Age,
    age_at,
    obesity_degree,
    percentiles,
    standard_weight_of_infant,
)
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.reach import Input, Reach

LOW = PERCENTILE_CLASSES[0]


class InfantWeightReason(StrEnum):
    """What is known of a small child's weight."""

    WEIGHT_LOW = "weight_low"
    WEIGHT_NOT_LOW = "weight_not_low"
    NOT_MEASURED_YET = "not_measured_yet"
    NO_MEASUREMENT = "no_measurement"
    NO_REFERENCE = "no_reference"
    MEASUREMENT_QUARANTINED = "measurement_quarantined"
    SCHOOL_EXAM_HELD = "school_exam_held"


@quick(frozen=True, slots=True)
class _Measured:
    """A weight, and where it lies. `klass` is empty where the table has no row for it, or where it cannot be."""

    checkup: Checkup
    weight_kg: float
    age: Age
    reference: str
    klass: str | None
    plausible: bool


def infant_low_weight(question: Question) -> Answer:
    """TRUE by the class of the newest measurement, until the next one or the first school exam."""
    exams = sorted(exam.fact.exam_date for exam in question.facts.told_as(SchoolHealthExamRecorded))
    if exams and exams[0] <= question.as_of:
        reason = InfantWeightReason.SCHOOL_EXAM_HELD
        return Answer(Item.INFANT_LOW_WEIGHT, IndicatorValue.NOT_APPLICABLE, reason, valid_from=exams[0], due=question.wake())
    wake = first_after(question.as_of, *exams[:1], *(c.exam_date for c in question.facts.checkups))
    newest = _newest_day(_measured(question))
    begins = add_months(question.child.birth_date, question.parameters.low_weight_from_months)
    if not newest and question.as_of < begins:
        reason = InfantWeightReason.NOT_MEASURED_YET
        return Answer(Item.INFANT_LOW_WEIGHT, IndicatorValue.NOT_APPLICABLE, reason, due=question.wake(begins, wake))
    if question.own_in_hand(Source.MATERNAL_CHILD_HEALTH) or question.own_in_hand(Source.SCHOOL_AFFAIRS):
        return _answer(question, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND, newest, wake)
    if not newest:
        return _answer(question, IndicatorValue.UNKNOWN, InfantWeightReason.NO_MEASUREMENT, newest, wake)
    return _of_day(question, newest, wake)


def _of_day(question: Question, newest: Sequence[_Measured], wake: date | None) -> Answer:
    """Of two measurements of one day the one that errs towards looking at the child counts (§2.8-14)."""
    placed = sorted((each for each in newest if each.klass is not None), key=lambda each: each.weight_kg)
    if not placed:
        is_implausible = any(not each.plausible for each in newest)
        reason = InfantWeightReason.MEASUREMENT_QUARANTINED if is_implausible else InfantWeightReason.NO_REFERENCE
        return _answer(question, IndicatorValue.UNKNOWN, reason, newest, wake)
    if placed[0].klass == LOW:
        return _answer(question, IndicatorValue.TRUE, InfantWeightReason.WEIGHT_LOW, [placed[0], *newest], wake)
    return _answer(question, IndicatorValue.FALSE, InfantWeightReason.WEIGHT_NOT_LOW, [placed[0], *newest], wake)


def _measured(question: Question) -> Iterator[_Measured]:
    """
    The measurements of the item up to the day of the question, oldest first.

    A weight is also compared with the one of the day before it, of any checkup, as far as that one is possible itself.
    """
    before: float | None = None
    for exam_on, checkups in groupby(question.facts.checkups, key=lambda checkup: checkup.exam_date):
        if exam_on > question.as_of:
            return
        of_day = [_place(question, c, c.weight_kg, before) for c in checkups if c.weight_kg is not None]
        before = min((each.weight_kg for each in of_day if each.plausible), default=before)
        yield from (each for each in of_day if each.checkup.checkup_type in question.parameters.low_weight_checkups)


def _place(question: Question, checkup: Checkup, weight: float, before: float | None) -> _Measured:
    parameters, sex = question.parameters, question.child.sex
    age = age_at(question.child.birth_date, checkup.exam_date, checkup.gestational_weeks)
    reference = parameters.weight_reference(checkup.exam_date)
    row = percentiles(reference, sex, age.months)
    least, most = parameters.plausible_of_percentiles
    within = row is None or round(least * row.p3, 6) <= weight <= round(most * row.p97, 6)
    plausible = within and _is_possible(parameters, weight, before)
    return _Measured(checkup, weight, age, reference, row.class_of(weight) if row is not None and plausible else None, plausible)


def _is_possible(parameters: Parameters, weight: float, before: float | None) -> bool:
    least, most = parameters.plausible_weight_kg
    return least < weight <= most and (before is None or weight >= round(before * (1 - parameters.plausible_fall), 6))


def _newest_day(measured: Iterator[_Measured]) -> list[_Measured]:
    """All measurements of the last day that has any."""
    days = [list(of_day) for _, of_day in groupby(measured, key=lambda each: each.checkup.exam_date)]
    return days[-1] if days else []


def _answer(question: Question, value: IndicatorValue, reason: StrEnum, told: Sequence[_Measured], wake: date | None) -> Answer:
    """Answer by the first of `told`; the others are evidence too."""
    counted_to = date(school_entry(question.child.birth_date).year, *question.parameters.low_weight_counted_to)
    first = told[0] if told and reason is not Common.RECORD_IN_HAND else None
    known = value is not IndicatorValue.UNKNOWN
    return Answer(
        item=Item.INFANT_LOW_WEIGHT,
        value=value,
        reason_code=reason,
        klass=first.klass if first and known else None,
        counted=question.as_of < counted_to,
        valid_from=first.checkup.exam_date if first else None,
        evidence=tuple(sorted({each.checkup.event_id for each in told})),
        detail=_detail(question.child.sex, first, contradictory=known and len({each.klass for each in told}) > 1) if first else {},
        due=question.wake(counted_to, wake),
    )


def _detail(sex: Sex, measured: _Measured, *, contradictory: bool) -> Detail:
    checkup = measured.checkup
    figures: dict[str, str | int | bool] = {
        "exam_date": iso(checkup.exam_date),
        "weight_kg": f"{measured.weight_kg:g}",
        "age_months": measured.age.months,
        "reference": measured.reference,
    }
    if measured.klass is not None:
        figures["percentile"] = measured.klass
    if measured.age.corrected:
        figures["corrected_age"] = True
    if checkup.height_cm is not None:
        figures["height_cm"] = f"{checkup.height_cm:g}"
        standard = standard_weight_of_infant(sex, checkup.height_cm)
        if standard is not None:
            figures["obesity_degree"] = f"{obesity_degree(measured.weight_kg, standard):g}"
    if contradictory:
        figures["contradictory"] = True
    return figures


INFANT_LOW_WEIGHT = Indicator(
    Item.INFANT_LOW_WEIGHT,
    (Input(EventKind.INFANT_CHECKUP_RECORDED, Reach.CHILD), Input(EventKind.SCHOOL_HEALTH_EXAM_RECORDED, Reach.CHILD)),
    InfantWeightReason,
    infant_low_weight,
)
