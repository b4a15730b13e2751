"""
City item: a child of a kindergarten's age who uses no place that the city knows of (`domain.md` §2.6, PUSH-01, S13).

Context, and no reason by itself: many use a place of which no record comes, such as 企業主導型.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from contracts.facts import ChildcareUseChanged
from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Observation, Source
from services.scorer.domain.ages import fy, school_entry
from services.scorer.domain.answer import Answer, Detail, Question
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay, merged, stay_on
from services.scorer.domain.validity import validity

SOURCE = Source.CHILDCARE
_SCHOOL_AFTER_CLASS_AGE = 6
_YEAR_BEGINS = (4, 1)

Use = Told[ChildcareUseChanged]


class EnrolmentReason(StrEnum):
    """What is known of the child's place."""

    NO_USE = "no_use"
    IN_USE = "in_use"
    SEEN_ELSEWHERE = "seen_elsewhere"
    NOT_OF_AGE = "not_of_age"
    RESIDENT_TOO_SHORT = "resident_too_short"


def not_enrolled(question: Question) -> Answer:
    """TRUE from class age 3 to school, once resident for 90 days, while no record of a use holds."""
    uses = question.facts.told_as(ChildcareUseChanged)
    if not band(question).holds(question.as_of):
        return _answer(question, uses, IndicatorValue.NOT_APPLICABLE, EnrolmentReason.NOT_OF_AGE)
    spells = merged(use_of(use) for use in uses)
    current = stay_on(spells, question.as_of)
    if current is not None:
        return _answer(question, uses, IndicatorValue.FALSE, EnrolmentReason.IN_USE, current, by_record=True)
    seen = next(((stay, event_id) for stay, event_id in seen_elsewhere(question) if stay.holds(question.as_of)), None)
    if seen is not None:
        return _answer(question, uses, IndicatorValue.FALSE, EnrolmentReason.SEEN_ELSEWHERE, seen[0], evidence=(seen[1],))
    settled = settled_on(question)
    if settled is None or question.as_of < settled:
        detail = {"resident_days": question.parameters.not_enrolled_resident_days}
        return _answer(question, uses, IndicatorValue.UNKNOWN, EnrolmentReason.RESIDENT_TOO_SHORT, detail=detail)
    held = (*spells, *(stay for stay, _ in seen_elsewhere(question)))
    ends = [spell.end for spell in held if spell.end is not None and spell.end <= question.as_of]
    begun = question.parameters.complete_from.get(SOURCE)
    since = max(day for day in (band(question).start, settled, begun, *ends) if day is not None)
    gap = question.gap(SOURCE, question.as_of, since)
    if gap is not None:
        return _answer(question, uses, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    return _answer(question, uses, IndicatorValue.TRUE, EnrolmentReason.NO_USE, Stay(since, None))


def band(question: Question) -> Stay:
    """The days on which the child is of class age 3 to 5: from a 1 April to the day on which school begins."""
    school = school_entry(question.child.birth_date)
    years = _SCHOOL_AFTER_CLASS_AGE - question.parameters.not_enrolled_from_class_age
    return Stay(date(school.year - years, school.month, school.day), school)


def settled_on(question: Question) -> date | None:
    """From when on the child has lived here long enough; None where it is not known since when it does."""
    return question.stay.start + timedelta(days=question.parameters.not_enrolled_resident_days) if question.stay.start is not None else None


def use_of(use: Use) -> Stay:
    """The days of one use."""
    return validity(use.fact, use.said_on)


def seen_elsewhere(question: Question) -> Iterator[tuple[Stay, EventId]]:
    """When staff know that the child attends a place of which no feed tells: for the school year, or until it was seen otherwise (S13)."""
    seen = question.facts.observed
    for position, each in enumerate(seen):
        if each.observation is Observation.ENROLLED_ELSEWHERE:
            otherwise = (later.day for later in seen[position + 1 :] if later.observation is Observation.ENROLLED_NOWHERE)
            over = min(date(fy(each.day) + 1, *_YEAR_BEGINS), next(otherwise, date.max))
            if each.day < over:
                yield Stay(each.day, over), each.event_id


def _answer(
    question: Question,
    uses: Sequence[Use],
    value: IndicatorValue,
    reason: StrEnum,
    holds: Stay | None = None,
    *,
    evidence: tuple[EventId, ...] = (),
    detail: Detail | None = None,
    needed_on: date | None = None,
    by_record: bool = False,
) -> Answer:
    # What a record says that has no end stays, and says since when nothing came; what is concluded from none does not (§2.8-1).
    rests = holds is not None and holds.end is None
    return Answer(
        item=Item.NOT_ENROLLED,
        value=value,
        reason_code=reason,
        counted=value is not IndicatorValue.NOT_APPLICABLE,
        valid_from=holds.start if holds is not None else None,
        valid_to=holds.end if holds is not None else None,
        evidence=tuple(use.event_id for use in uses) if by_record else evidence,
        detail=detail or {},
        needed_on=needed_on,
        stale_since=question.stale_since(SOURCE) if rests and by_record else None,
        rests_on_feed=rests,
        silent_on=question.silent_on(SOURCE) if rests else None,
        due=question.wake(*_turns(question, uses)),
    )


def _turns(question: Question, uses: Sequence[Use]) -> Iterator[date | None]:
    days = band(question)
    yield from (days.start, days.end)
    # Before and after these years nothing else can change it.
    if days.holds(question.as_of):
        yield from (settled_on(question), question.parameters.complete_from.get(SOURCE))
        yield from (day for use in uses for day in (use_of(use).start, use_of(use).end))
        yield from (day for stay, _ in seen_elsewhere(question) for day in (stay.start, stay.end))


NOT_ENROLLED = Indicator(
    Item.NOT_ENROLLED,
    (Input(EventKind.CHILDCARE_USE_CHANGED, Reach.CHILD),),
    EnrolmentReason,
    not_enrolled,
)
