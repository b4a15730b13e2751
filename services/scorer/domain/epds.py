"""
Item 17: a high EPDS total at a postpartum checkup of the child's birth (ITEM-17, `domain.md` §2.5).

A screen and no diagnosis, with a high base rate; only the total is ever taken, never an answer.
"""

from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import add_months
from services.scorer.domain.facts import Postpartum
from services.scorer.domain.indicator import Detail, Indicator, Question


def epds_high(question: Question) -> Indicator:
    """TRUE from the first total of 9 or more; a later low one does not cancel it, but is shown as the latest."""
    screened = [exam for exam in _screened(question) if exam.exam_date <= question.as_of]
    high = [exam for exam in screened if (exam.total or 0) >= question.parameters.epds_high_from]
    if not question.facts.followed:
        return _answer(question, IndicatorValue.UNKNOWN, "no_pregnancy_linked")
    if not screened:
        return _answer(question, IndicatorValue.UNKNOWN, "no_exam_recorded" if question.facts.pregnancies else "no_pregnancy_linked")
    if high:
        return _answer(question, IndicatorValue.TRUE, "total_high", screened, high[0])
    if question.may_be_refuted(Source.MATERNAL_CHILD_HEALTH):
        return _answer(question, IndicatorValue.UNKNOWN, "record_in_hand")
    return _answer(question, IndicatorValue.FALSE, "total_low", screened, screened[0])


def _screened(question: Question) -> list[Postpartum]:
    """Every screening of this birth, also those of days to come, by date."""
    return sorted(
        (exam for pregnancy in question.facts.followed for exam in pregnancy.postpartum if exam.total is not None),
        key=lambda exam: exam.exam_date,
    )


def _answer(
    question: Question,
    value: IndicatorValue,
    reason: str,
    screened: list[Postpartum] | None = None,
    since: Postpartum | None = None,
) -> Indicator:
    counted_to = add_months(question.child.birth_date, question.parameters.epds_counted_months)
    return Indicator(
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
        "latest_on": latest.exam_date.isoformat(),
    }
