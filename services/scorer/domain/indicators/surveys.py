"""
City items: what the yearly surveys of habits and of learning say (`domain.md` §2.6). Figures only; no answer ever comes (item 14).

Both are context: a child told of itself, or one day's test. Each round stands until the child's next one.
"""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

from contracts.facts import SurveyResultRecorded
from contracts.feeds import NOWHERE
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import DAY, iso, school_entry
from services.scorer.domain.answer import Answer, Common, Detail, Question
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach

SOURCE = Source.LIFESTYLE_LEARNING_SURVEY
_EXACT = 6
"""Figures have one decimal: a difference of them is no other than that of what was written."""

Result = Told[SurveyResultRecorded]


class LifestyleReason(StrEnum):
    """What the survey of habits says."""

    CONCERN = "concern"
    NO_CONCERN = "no_concern"
    FIGURE_MISSING = "figure_missing"
    NO_SURVEY = "no_survey"
    NOT_AT_SCHOOL = "not_at_school"


class LearningReason(StrEnum):
    """What the survey of learning says."""

    LOW = "low"
    FELL = "fell"
    NOT_LOW = "not_low"
    FIGURE_MISSING = "figure_missing"
    NO_SURVEY = "no_survey"
    NOT_AT_SCHOOL = "not_at_school"


Reason = LifestyleReason | LearningReason


def lifestyle_survey_concern(question: Question) -> Answer:
    """TRUE where so many of the configured answers are of concern, until the next round."""
    return _asked(question, Item.LIFESTYLE_SURVEY_CONCERN, "lifestyle", LifestyleReason, _lifestyle)


def learning_achievement_low(question: Question) -> Answer:
    """TRUE where the standard score is low, or fell much since the year before, until the next round."""
    return _asked(question, Item.LEARNING_ACHIEVEMENT_LOW, "learning", LearningReason, _learning)


def _lifestyle(question: Question, round_: Sequence[Result], _: Sequence[Result]) -> tuple[IndicatorValue, Reason]:
    counts = [each.fact.concern_count for each in round_ if each.fact.concern_count is not None]
    if not counts:
        return IndicatorValue.UNKNOWN, LifestyleReason.FIGURE_MISSING
    if max(counts) >= question.parameters.survey_concern_from:
        return IndicatorValue.TRUE, LifestyleReason.CONCERN
    return IndicatorValue.FALSE, LifestyleReason.NO_CONCERN


def _learning(question: Question, round_: Sequence[Result], earlier: Sequence[Result]) -> tuple[IndicatorValue, Reason]:
    scores = [each.fact.standard_score for each in round_ if each.fact.standard_score is not None]
    if not scores:
        return IndicatorValue.UNKNOWN, LearningReason.FIGURE_MISSING
    if min(scores) <= question.parameters.learning_low_to:
        return IndicatorValue.TRUE, LearningReason.LOW
    year = max(each.fact.fiscal_year for each in round_) - 1
    before = [each for each in earlier if each.fact.fiscal_year == year and each.fact.standard_score is not None]
    last = max((each.fact.surveyed_on for each in before), default=None)
    known = [each.fact.standard_score for each in before if each.fact.surveyed_on == last and each.fact.standard_score is not None]
    if known and round(max(known) - min(scores), _EXACT) >= question.parameters.learning_fall_from:
        return IndicatorValue.TRUE, LearningReason.FELL
    return IndicatorValue.FALSE, LearningReason.NOT_LOW


_Judge = Callable[[Question, Sequence[Result], Sequence[Result]], tuple[IndicatorValue, Reason]]


def _asked(question: Question, item: Item, survey: str, reasons: type[LifestyleReason] | type[LearningReason], judge: _Judge) -> Answer:
    told = [each for each in question.facts.told_as(SurveyResultRecorded) if each.fact.survey == survey]
    held = [each for each in told if each.fact.surveyed_on <= question.as_of]
    if not held:
        is_at_school = question.as_of >= school_entry(question.child.birth_date)
        value, reason = (
            (IndicatorValue.UNKNOWN, reasons.NO_SURVEY) if is_at_school else (IndicatorValue.NOT_APPLICABLE, reasons.NOT_AT_SCHOOL)
        )
        return _answer(question, item, told, value, reason)
    on = max(each.fact.surveyed_on for each in held)
    round_ = [each for each in held if each.fact.surveyed_on == on]
    value, found = judge(question, round_, [each for each in held if each.fact.surveyed_on < on])
    # A later round that is held may say otherwise: where it is told whose it is; of what is FALSE, that none came, whoever's it may be.
    if question.own_in_hand(SOURCE) or (value is IndicatorValue.FALSE and question.is_in_hand(SOURCE)):
        return _answer(question, item, told, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND)
    if value is IndicatorValue.FALSE and question.silent_on(SOURCE) is None:
        # That no later round says otherwise is absence (§2.8-1).
        delivered = question.watermarks.get(SOURCE)
        return _answer(
            question, item, told, IndicatorValue.UNKNOWN, Common.FEED_STALE, needed_on=delivered + DAY if delivered is not None else NOWHERE
        )
    return _answer(question, item, told, value, found, round_, on)


def _answer(
    question: Question,
    item: Item,
    told: Sequence[Result],
    value: IndicatorValue,
    reason: StrEnum,
    round_: Sequence[Result] = (),
    on: date | None = None,
    *,
    needed_on: date | None = None,
) -> Answer:
    rests = value in (IndicatorValue.TRUE, IndicatorValue.FALSE)
    detail: Detail = {"surveyed_on": iso(on)} if on is not None else {}
    return Answer(
        item=item,
        value=value,
        reason_code=reason,
        counted=value is not IndicatorValue.NOT_APPLICABLE,
        valid_from=on,
        evidence=tuple(each.event_id for each in round_),
        detail=detail,
        needed_on=needed_on,
        stale_since=question.stale_since(SOURCE) if value is IndicatorValue.TRUE else None,
        rests_on_feed=rests,
        silent_on=question.silent_on(SOURCE) if rests else None,
        due=question.wake(school_entry(question.child.birth_date), *(each.fact.surveyed_on for each in told)),
    )


_READS = (Input(EventKind.SURVEY_RESULT_RECORDED, Reach.CHILD),)
LIFESTYLE_SURVEY_CONCERN = Indicator(Item.LIFESTYLE_SURVEY_CONCERN, _READS, LifestyleReason, lifestyle_survey_concern)
LEARNING_ACHIEVEMENT_LOW = Indicator(Item.LEARNING_ACHIEVEMENT_LOW, _READS, LearningReason, learning_achievement_low)
