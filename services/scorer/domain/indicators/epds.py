"""
Item 17: a high EPDS total at a postpartum checkup of the child's birth (ITEM-17, `domain.md` §2.5).

A screen and no diagnosis, with a high base rate; only the total is ever taken, never an answer.
"""

from enum import StrEnum

from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import add_months, iso
from services.scorer.domain.answer import Answer, Common, Detail, Question
from services.scorer.domain.facts import Postpartum
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach


class EpdsReason(StrEnum):
    """What is known of the screenings of this birth."""

    TOTAL_HIGH = "total_high"
    TOTAL_LOW = "total_low"
    NO_EXAM_RECORDED = "no_exam_recorded"
    NO_PREGNANCY_LINKED = "no_pregnancy_linked"


def epds_high(question: Question) -> Answer:
    """TRUE from the first total of 9 or more; a later low one does not cancel it, but is shown as the latest."""
    screened = [exam for exam in _screened(question) if exam.exam_date <= question.as_of]
    high = [exam for exam in screened if (exam.total or 0) >= question.parameters.epds_high_from]
    if not question.facts.followed:
        return _answer(question, IndicatorValue.UNKNOWN, EpdsReason.NO_PREGNANCY_LINKED)
    if not screened:
        return _answer(
            question, IndicatorValue.UNKNOWN, EpdsReason.NO_EXAM_RECORDED if question.facts.pregnancies else EpdsReason.NO_PREGNANCY_LINKED
        )
    if high:
        return _answer(question, IndicatorValue.TRUE, EpdsReason.TOTAL_HIGH, screened, high[0])
    if question.may_be_refuted(Source.MATERNAL_CHILD_HEALTH):
        return _answer(question, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND)
    return _answer(question, IndicatorValue.FALSE, EpdsReason.TOTAL_LOW, screened, screened[0])


def _screened(question: Question) -> list[Postpartum]:
    """Every screening of this birth, also those of days to come, by date."""
    return sorted(
        (exam for pregnancy in question.facts.followed for exam in pregnancy.postpartum if exam.total is not None),
        key=lambda exam: exam.exam_date,
    )


def _answer(
    question: Question,
    value: IndicatorValue,
    reason: EpdsReason | Common,
    screened: list[Postpartum] | None = None,
    since: Postpartum | None = None,
) -> Answer:
    counted_to = add_months(question.child.birth_date, question.parameters.epds_counted_months)
    return Answer(
        item=Item.EPDS_HIGH,
        value=value,
        reason_code=reason,
        counted=question.as_of < counted_to,
        valid_from=since.exam_date if since else question.child.birth_date,
        evidence=tuple(exam.event_id for exam in screened or ()),
        detail=_detail(screened) if screened else {},
        due=question.wake(counted_to, *(exam.exam_date for exam in _screened(question))),
    )


def _detail(screened: list[Postpartum]) -> Detail:
    latest = screened[-1]
    return {
        "highest": max(exam.total or 0 for exam in screened),
        "latest": latest.total or 0,
        "latest_on": iso(latest.exam_date),
    }


EPDS_HIGH = Indicator(
    Item.EPDS_HIGH,
    (
        Input(EventKind.POSTPARTUM_CHECKUP_RECORDED, Reach.DELIVERY),
        Input(EventKind.POSTPARTUM_CHECKUP_RECORDED, Reach.MOTHER),
    ),
    EpdsReason,
    epds_high,
)
