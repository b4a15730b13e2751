"""
City item: somebody of the child's household needs care, and hardly anybody else is there who could give it (`domain.md` §2.6, §2.8-21).

Context for the conference: the child may be the one who cares (ヤングケアラー). Who lives there is as the register says; an opponent of a
measure is of no household of a protected child. Whoever is certified at any level, or severely disabled, does not count as able.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from contracts.facts import DisabilityCertificateChanged, LongTermCareCertificationChanged
from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import DAY, attains, school_entry, scope_end
from services.scorer.domain.answer import Answer, Detail, Gap, Question
from services.scorer.domain.facts import Housemate, Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.indicators.disability import validity_of_paper
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay
from services.scorer.domain.validity import validity

SOURCES = (Source.LONG_TERM_CARE, Source.DISABILITY)
_CARE = "care_"


class CareReason(StrEnum):
    """What is known of the household."""

    CARE_NEEDED = "care_needed"
    NOBODY_IN_NEED = "nobody_in_need"
    ADULTS_ENOUGH = "adults_enough"
    HOUSEHOLD_UNKNOWN = "household_unknown"
    NOT_OF_AGE = "not_of_age"


@quick(frozen=True, slots=True)
class Need:
    """A housemate's certification or severe disability, and the days of it. `is_heavy`: somebody has to care."""

    days: Stay
    is_heavy: bool
    source: Source
    event_id: EventId


@quick(frozen=True, slots=True)
class Other:
    """A housemate beside the child. `grown_on` is the day of full age; empty: an adult whose day of birth the register does not know."""

    mate: Housemate
    needs: tuple[Need, ...]
    grown_on: date | None

    def is_there(self, day: date) -> bool:
        """Whether they live with the child on a day."""
        return any(stay.holds(day) for stay in self.mate.during)

    def needed(self, day: date) -> list[Need]:
        """What they need on a day."""
        return [need for need in self.needs if need.days.holds(day)]

    def is_able(self, day: date, *, unknown: bool) -> bool:
        """Whether they are a grown-up who needs no care; of whom nothing is known yet, it is `unknown`."""
        if self.needed(day):
            return False
        return unknown if not self.mate.described else self.grown_on is None or self.grown_on <= day


def care_recipient_in_household(question: Question) -> Answer:
    """TRUE for a pupil on days on which somebody of the household needs care and no more than one other adult could give it."""
    if not _school_years(question).holds(question.as_of):
        return _answer(question, (), IndicatorValue.NOT_APPLICABLE, CareReason.NOT_OF_AGE)
    own = next((mate for mate in question.facts.housemates if mate.is_child), None)
    others = tuple(_others(question))
    if own is None or not any(stay.holds(question.as_of) for stay in own.during):
        return _answer(question, others, IndicatorValue.UNKNOWN, CareReason.HOUSEHOLD_UNKNOWN)
    if _is_so(question, others, question.as_of, unknown=True):
        return _needed(question, own, others)
    if _is_so(question, others, question.as_of, unknown=False):
        return _answer(question, others, IndicatorValue.UNKNOWN, CareReason.HOUSEHOLD_UNKNOWN)
    return _not_needed(question, own, others)


def _needed(question: Question, own: Housemate, others: Sequence[Other]) -> Answer:
    spell = _spell(question, own, others)
    needs = [need for other in others if other.is_there(question.as_of) for need in other.needed(question.as_of) if need.is_heavy]
    sources = sorted({need.source for need in needs}) if spell.end is None else []
    return _answer(
        question,
        others,
        IndicatorValue.TRUE,
        CareReason.CARE_NEEDED,
        spell,
        evidence=tuple(sorted({need.event_id for need in needs})),
        rests=sources,
        by_record=True,
    )


def _not_needed(question: Question, own: Housemate, others: Sequence[Other]) -> Answer:
    """By absence: nobody is certified, or of the adults nobody is. Both feeds must tell."""
    birth = question.child.birth_date
    arrived = max(birth, question.stay.start or birth)
    gap = _gap(question, arrived)
    if gap is not None:
        return _answer(question, others, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    heavy = any(need.is_heavy for other in others if other.is_there(question.as_of) for need in other.needed(question.as_of))
    reason = CareReason.ADULTS_ENOUGH if heavy else CareReason.NOBODY_IN_NEED
    over = [day for day in _turns(question, own, others) if day <= question.as_of]
    since = question.as_of
    for day in reversed(over):
        since = day
        eve = day - DAY
        if not _lives_there(own, eve) or _is_so(question, others, eve, unknown=True):
            break
    begun = (question.parameters.complete_from.get(source, arrived) for source in SOURCES)
    return _answer(question, others, IndicatorValue.FALSE, reason, Stay(max(since, arrived, *begun), None), rests=SOURCES)


def _gap(question: Question, arrived: date) -> Gap | None:
    gaps = (question.gap(source, question.as_of, arrived, by=Reach.HOUSEHOLD) for source in SOURCES)
    return next((gap for gap in gaps if gap is not None), None)


def _is_so(question: Question, others: Iterable[Other], day: date, *, unknown: bool) -> bool:
    """Whether somebody needs care that day and few could give it; `unknown`: whoever is not described yet counts as able."""
    there = [other for other in others if other.is_there(day)]
    if not any(need.is_heavy for other in there for need in other.needed(day)):
        return False
    return sum(other.is_able(day, unknown=unknown) for other in there) <= question.parameters.care_able_adults_most


def _spell(question: Question, own: Housemate, others: Sequence[Other]) -> Stay:
    """The days around today on which it is so."""
    turns = _turns(question, own, others)
    start = question.as_of
    for day in reversed([day for day in turns if day <= question.as_of]):
        start = day
        eve = day - DAY
        if not (_school_years(question).holds(eve) and _lives_there(own, eve) and _is_so(question, others, eve, unknown=True)):
            break
    ahead = (day for day in turns if day > question.as_of)
    return Stay(start, next((day for day in ahead if not (_lives_there(own, day) and _is_so(question, others, day, unknown=True))), None))


def _lives_there(own: Housemate, day: date) -> bool:
    return any(stay.holds(day) for stay in own.during)


def _school_years(question: Question) -> Stay:
    birth = question.child.birth_date
    return Stay(school_entry(birth), scope_end(birth) + DAY)


def _turns(question: Question, own: Housemate, others: Sequence[Other]) -> list[date]:
    """Every day on which it may begin or end, in order: where nobody is heavily in need ever, the days on which the household is known."""
    years = _school_years(question)
    if not any(need.is_heavy for other in others for need in other.needs):
        return sorted({day for stay in (years, *own.during) for day in (stay.start, stay.end) if day is not None})
    mates = (stay for other in others for stay in (*other.mate.during, *(need.days for need in other.needs)))
    days = (day for stay in (years, *own.during, *mates) for day in (stay.start, stay.end))
    grown = (other.grown_on for other in others)
    return sorted({day for day in (*days, *grown) if day is not None})


def _others(question: Question) -> Iterator[Other]:
    for mate in question.facts.housemates:
        if not mate.is_child:
            grown = attains(mate.birth_date, question.parameters.care_adult_years) if mate.birth_date is not None else None
            yield Other(mate, tuple(_needs(question, mate)), grown)


def _needs(question: Question, mate: Housemate) -> Iterator[Need]:
    for told in question.facts.told_as(LongTermCareCertificationChanged, Reach.HOUSEHOLD):
        if told.whose == mate.person_id:
            yield Need(validity(told.fact, told.said_on), _level(told) >= question.parameters.care_level_from, SOURCES[0], told.event_id)
    for paper in question.facts.told_as(DisabilityCertificateChanged, Reach.HOUSEHOLD):
        if paper.whose == mate.person_id and paper.fact.severe:
            yield Need(validity_of_paper(question, paper), is_heavy=True, source=SOURCES[1], event_id=paper.event_id)


def _level(told: Told[LongTermCareCertificationChanged]) -> int:
    """The level of care (要介護), 1 to 5; 0 of 要支援."""
    return int(told.fact.class_.removeprefix(_CARE)) if told.fact.class_.startswith(_CARE) else 0


def _answer(
    question: Question,
    others: Sequence[Other],
    value: IndicatorValue,
    reason: StrEnum,
    holds: Stay | None = None,
    *,
    evidence: tuple[EventId, ...] = (),
    needed_on: date | None = None,
    rests: Sequence[Source] = (),
    by_record: bool = False,
) -> Answer:
    own = next((mate for mate in question.facts.housemates if mate.is_child), None)
    turns = _turns(question, own, others) if own is not None else []
    silent = [day for source in rests if (day := question.silent_on(source)) is not None]
    stale = [day for source in rests if by_record and (day := question.stale_since(source)) is not None]
    able = sum(other.is_able(question.as_of, unknown=True) for other in others if other.is_there(question.as_of))
    # How many adults there are is of interest only where somebody needs them.
    of_adults = {"able_adults": able} if reason is not CareReason.NOBODY_IN_NEED else {}
    detail: Detail = {**of_adults, "care_level": question.parameters.care_level_from} if holds is not None else {}
    return Answer(
        item=Item.CARE_RECIPIENT_IN_HOUSEHOLD,
        value=value,
        reason_code=reason,
        counted=value is not IndicatorValue.NOT_APPLICABLE,
        valid_from=holds.start if holds is not None else None,
        valid_to=holds.end if holds is not None else None,
        evidence=evidence,
        detail=detail,
        needed_on=needed_on,
        stale_since=min(stale, default=None),
        rests_on_feed=bool(rests),
        silent_on=min(silent, default=None),
        due=question.wake(_school_years(question).start, *(question.parameters.complete_from.get(source) for source in SOURCES), *turns),
    )


CARE_RECIPIENT_IN_HOUSEHOLD = Indicator(
    Item.CARE_RECIPIENT_IN_HOUSEHOLD,
    (
        Input(EventKind.LONG_TERM_CARE_CERTIFICATION_CHANGED, Reach.HOUSEHOLD),
        Input(EventKind.DISABILITY_CERTIFICATE_CHANGED, Reach.HOUSEHOLD),
    ),
    CareReason,
    care_recipient_in_household,
)
