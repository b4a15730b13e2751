"""
Items 12 and 13: days absent from, and times late at, primary and junior high school (ITEM-12, ITEM-13, `domain.md` §2.5).

A school year is added up month by month over all schools of the child, and begins anew on 1 April. Which months count: `schoolyear.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from contracts.facts import AttendanceMonthReported, PupilRegistered
from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import IndicatorValue, Item
from services.scorer.domain.ages import DAY, fy, iso, school_entry
from services.scorer.domain.answer import Answer, Common, Question
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.parameters import Parameters, SchoolCount
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.schoolyear import NOTHING, SOURCE, Figure, Month, Sums, YearSoFar, year_so_far


class AttendanceReason(StrEnum):
    """What is known of one school year."""

    DAYS_HIGH = "days_high"
    SHARE_HIGH = "share_high"
    BELOW = "below"
    YEAR_BEGUN = "year_begun"
    MONTH_MISSING = "month_missing"
    MONTH_QUARANTINED = "month_quarantined"
    NO_PUPIL_LINK = "no_pupil_link"
    NOT_AT_SCHOOL = "not_at_school"


@dataclass(frozen=True, slots=True)
class _Rule:
    item: Item
    shown_as: str
    """What the count is called among the figures of the answer."""
    figure: Figure

    def thresholds(self, parameters: Parameters) -> SchoolCount:
        return parameters.absence if self.item is Item.SCHOOL_ABSENCE_HIGH else parameters.tardiness


@quick(frozen=True, slots=True)
class _Course:
    """How the count of a year stands, and since the end of which month it is as it is."""

    total: Sums
    reached: bool
    """Whether the count of a whole year is reached, which nothing later undoes."""
    many: bool
    since: date


def _absent(fact: AttendanceMonthReported) -> int | None:
    return fact.absent_days


def _tardy(fact: AttendanceMonthReported) -> int | None:
    return fact.tardy_count


ABSENCE = _Rule(Item.SCHOOL_ABSENCE_HIGH, "absent_days", _absent)
TARDINESS = _Rule(Item.SCHOOL_TARDINESS_HIGH, "tardy_count", _tardy)


def _ask(rule: _Rule, question: Question) -> Answer:
    """TRUE from the end of the month whose row made it so, to 31 March."""
    entry = school_entry(question.child.birth_date)
    if question.as_of < entry:
        return Answer(rule.item, IndicatorValue.NOT_APPLICABLE, AttendanceReason.NOT_AT_SCHOOL, due=question.wake(entry))
    so_far = year_so_far(question, fy(question.as_of), rule.figure)
    course = _course(question, rule, so_far)
    if course.reached:
        return _answer(question, rule, so_far, course, IndicatorValue.TRUE, AttendanceReason.DAYS_HIGH)
    reason = _why_unknown(question, so_far)
    if reason is not None:
        return _unknown(question, rule, so_far, reason)
    if course.many:
        return _answer(question, rule, so_far, course, IndicatorValue.TRUE, AttendanceReason.SHARE_HIGH)
    reason = AttendanceReason.BELOW if so_far.told_through else AttendanceReason.YEAR_BEGUN
    return _answer(question, rule, so_far, course, IndicatorValue.FALSE, reason)


def _course(question: Question, rule: _Rule, so_far: YearSoFar) -> _Course:
    """Add the months up in their order. What is proportional can fall back when later months dilute it; what is reached never does."""
    begin = date(so_far.year, 4, 1)
    judged_from = _judged_from(question, so_far.year)
    limits, has_may = rule.thresholds(question.parameters), so_far.has_may
    total, reached, many, since = NOTHING, False, False, begin
    for month, sums in so_far.months:
        total = total + sums if sums is not NOTHING else total
        reached = total.count >= limits.high_from
        is_many = reached or (has_may and month.last >= judged_from and total.count >= _needed(question, rule, so_far.year, total))
        if is_many is not many:
            many, since = is_many, month.last
    return _Course(total, reached, many, since)


def _needed(question: Question, rule: _Rule, year: int, total: Sums) -> int:
    """As many in the school days so far as the share of a year would be, rounded up."""
    limits = rule.thresholds(question.parameters)
    if total.count < limits.share_least:
        return limits.share_least
    whole_year = question.parameters.school_days_of_year.get(year, question.parameters.school_days_a_year)
    return max(limits.share_least, -(-limits.share_of_year * total.school_days // whole_year))


def _why_unknown(question: Question, so_far: YearSoFar) -> StrEnum | None:
    if not question.facts.told_as(PupilRegistered) and not question.facts.told_as(AttendanceMonthReported):
        return AttendanceReason.NO_PUPIL_LINK
    if question.own_in_hand(SOURCE):
        return Common.RECORD_IN_HAND
    if so_far.quarantined:
        return AttendanceReason.MONTH_QUARANTINED
    if not so_far.missing:
        return None
    begun = question.parameters.complete_from.get(SOURCE)
    before = begun is not None and all(month.first < begun for month in so_far.missing)
    return Common.BEFORE_FEED if before else AttendanceReason.MONTH_MISSING


def _answer(question: Question, rule: _Rule, so_far: YearSoFar, course: _Course, value: IndicatorValue, reason: AttendanceReason) -> Answer:
    waits = so_far.open_months[0].last if so_far.open_months and reason is not AttendanceReason.DAYS_HIGH else None
    through = so_far.told_through
    figures: dict[str, str | int | bool] = {rule.shown_as: course.total.count, "school_days": course.total.school_days}
    return Answer(
        item=rule.item,
        value=value,
        reason_code=reason,
        klass=_class(question, course.total) if rule is ABSENCE and course.reached else None,
        counted=True,
        valid_from=max(course.since, school_entry(question.child.birth_date)),
        valid_to=date(so_far.year + 1, 4, 1) if value is IndicatorValue.TRUE else None,
        evidence=so_far.evidence,
        detail={
            "year": so_far.year,
            **(figures | {"through": iso(through.last)} if through else {}),
            **_year_before(question, rule, so_far.year),
        },
        needed_on=waits,
        due=_due(question, so_far),
    )


def _unknown(question: Question, rule: _Rule, so_far: YearSoFar, reason: StrEnum) -> Answer:
    named = _named(so_far, reason)
    return Answer(
        item=rule.item,
        value=IndicatorValue.UNKNOWN,
        reason_code=reason,
        counted=True,
        evidence=so_far.evidence,
        detail={"year": so_far.year, **({"month": named.number} if named else {}), **_year_before(question, rule, so_far.year)},
        due=_due(question, so_far),
    )


def _named(so_far: YearSoFar, reason: StrEnum) -> Month | None:
    if reason is AttendanceReason.MONTH_QUARANTINED:
        return so_far.quarantined[0]
    return so_far.missing[0] if so_far.missing else None


def _class(question: Question, total: Sums) -> str:
    """The ministry's severity bands; those of attendance only from 90 days absent on (§2.8-17)."""
    parameters = question.parameters
    if total.absent_days < parameters.absence_severe_from:
        return "30–89"
    if total.attended_days == 0:
        return "attended=0"
    return "attended≤10" if total.attended_days <= parameters.absence_hardly_attended else "≥90"


def _year_before(question: Question, rule: _Rule, year: int) -> dict[str, int | bool]:
    """Until 31 May: that the year before ended with many, by what was told of it."""
    if question.as_of > _judged_from(question, year):
        return {}
    course = _course(question, rule, year_so_far(question, year - 1, rule.figure))
    return {"previous_year": True, "year_before": year - 1} if course.many else {}


def _judged_from(question: Question, year: int) -> date:
    return date(year, *question.parameters.share_from)


def _due(question: Question, so_far: YearSoFar) -> date | None:
    judged_from = _judged_from(question, so_far.year)
    return question.wake(date(so_far.year + 1, 4, 1), judged_from, judged_from + DAY, *so_far.wake)


def _indicators() -> Iterator[Indicator[AttendanceReason]]:
    for rule in (ABSENCE, TARDINESS):
        reads = (Input(EventKind.ATTENDANCE_MONTH_REPORTED, Reach.CHILD), Input(EventKind.PUPIL_REGISTERED, Reach.CHILD))
        yield Indicator(rule.item, reads, AttendanceReason, partial(_ask, rule))


SCHOOL_ABSENCE_HIGH, SCHOOL_TARDINESS_HIGH = _indicators()
