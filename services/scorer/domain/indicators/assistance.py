"""
Item 18: the child belongs to a household on public assistance (ITEM-18, `domain.md` §2.5).

Membership of the welfare case decides, never the resident household. Half-open throughout: abolished on the 31st means TRUE on the 30th.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from enum import StrEnum

from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.answer import Answer, Common, Question, first_after
from services.scorer.domain.facts import Membership, Separation
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay, merged, stay_on


class AssistanceReason(StrEnum):
    """What is known of the child's place in a welfare case."""

    RECEIVING = "receiving"
    NOT_RECEIVING = "not_receiving"
    SUSPENDED = "suspended"
    NO_RECORD = "no_record"
    PROTECTED_SEPARATION = "protected_separation"


def household_public_assistance(question: Question) -> Answer:
    """TRUE on a day that lies in a membership, in its case's term, and in no suspension."""
    shared = {membership for membership in question.facts.memberships if is_shared(question, membership)}
    memberships = [membership for membership in question.facts.memberships if membership not in shared]
    spells = merged(spell for membership in memberships for spell in spells_of(membership))
    current = stay_on(spells, question.as_of)
    if current:
        return _receiving(question, memberships, current)
    if shared and not _is_answered(question, shared):
        return _answer(question, IndicatorValue.UNKNOWN, AssistanceReason.PROTECTED_SEPARATION, None)
    if question.is_in_hand(Source.PUBLIC_ASSISTANCE):
        return _answer(question, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND, None)
    return _not_receiving(question, memberships, spells)


def spells_of(membership: Membership) -> Iterator[Stay]:
    """The spells in which a membership entitles: its term without the suspension."""
    start = max(membership.member_from or membership.started_on, membership.started_on)
    end = _earlier(membership.member_to, membership.abolished_on)
    if membership.suspended_from is None:
        yield Stay(start, end)
        return
    yield Stay(start, _earlier(end, max(membership.suspended_from, start)))
    if membership.suspended_to is not None:
        yield Stay(max(start, membership.suspended_to, membership.suspended_from), end)


def is_shared(question: Question, membership: Membership) -> bool:
    """
    Whether the row would entitle a protected child in a case of which an opponent is a member (`domain.md` §2.8-8).

    What the owner said of a day since the measure began is the owner's answer, and counts.
    """
    return is_of_an_opponents_case(question, membership) and bool(stay_on(spells_of(membership), question.as_of))


def is_of_an_opponents_case(question: Question, membership: Membership) -> bool:
    """Whether a measure keeps the row from telling anything of the child today: also of days that are over."""
    return any(
        separation.case == membership.case and separation.holds(question.as_of) and not _says_since(membership, separation)
        for separation in question.facts.separations
    )


def _is_answered(question: Question, shared: AbstractSet[Membership]) -> bool:
    """Whether by that day the owner had said a new row of this child since every measure that separates it."""
    new = [membership for membership in question.facts.memberships if membership.said_on and membership.said_on <= question.as_of]
    return all(
        any(_says_since(membership, separation) for membership in new)
        for separation in question.facts.separations
        if separation.holds(question.as_of) and separation.case in {membership.case for membership in shared}
    )


def _says_since(membership: Membership, separation: Separation) -> bool:
    begun = separation.measure.start
    return membership.said_on is not None and begun is not None and membership.said_on >= begun


def _receiving(question: Question, memberships: Sequence[Membership], current: Stay) -> Answer:
    evidence = tuple(m.event_id for m in memberships if stay_on(spells_of(m), question.as_of))
    stale_since = question.stale_since(Source.PUBLIC_ASSISTANCE) if current.end is None else None
    return _answer(
        question,
        IndicatorValue.TRUE,
        AssistanceReason.RECEIVING,
        current.start,
        current.end,
        evidence,
        rests=current.end is None,
        stale_since=stale_since,
    )


def _not_receiving(question: Question, memberships: Sequence[Membership], spells: tuple[Stay, ...]) -> Answer:
    ended = max((spell.end for spell in spells if spell.end and spell.end <= question.as_of), default=None)
    ahead = first_after(question.as_of, *(spell.start for spell in spells))
    suspended = [start for m in memberships if (start := _suspended_since(m, question.as_of))]
    evidence = tuple(m.event_id for m in memberships)
    if ended is None and not suspended:
        return _without_record(question, ahead, evidence)
    stale_since = question.stale_since(Source.PUBLIC_ASSISTANCE)
    reason = AssistanceReason.SUSPENDED if suspended else AssistanceReason.NOT_RECEIVING
    since = ended or min(suspended)
    return _answer(question, IndicatorValue.FALSE, reason, since, ahead, evidence, rests=True, stale_since=stale_since)


def _without_record(question: Question, ahead: date | None, evidence: tuple[EventId, ...]) -> Answer:
    """No record up to now proves absence only once the feed is complete from the child's first day here on, and while it is fresh."""
    arrived = max(question.child.birth_date, question.stay.start or question.child.birth_date)
    since = max(arrived, question.parameters.complete_from.get(Source.PUBLIC_ASSISTANCE, arrived))
    gap = question.gap(Source.PUBLIC_ASSISTANCE, question.as_of, arrived)
    if gap:
        return _answer(question, IndicatorValue.UNKNOWN, gap.reason, arrived, needed_on=gap.needed_on)
    reason = AssistanceReason.NOT_RECEIVING if evidence else AssistanceReason.NO_RECORD
    return _answer(question, IndicatorValue.FALSE, reason, since, ahead, evidence, rests=True)


def _suspended_since(membership: Membership, day: date) -> date | None:
    """Since when only the suspension keeps the membership from entitling on `day`; None where it does not."""
    if membership.suspended_from is None or not Stay(membership.suspended_from, membership.suspended_to).holds(day):
        return None
    start = max(membership.member_from or membership.started_on, membership.started_on)
    held = Stay(start, _earlier(membership.member_to, membership.abolished_on)).holds(day)
    return max(start, membership.suspended_from) if held else None


def _answer(
    question: Question,
    value: IndicatorValue,
    reason: StrEnum,
    valid_from: date | None,
    valid_to: date | None = None,
    evidence: tuple[EventId, ...] = (),
    *,
    needed_on: date | None = None,
    rests: bool = False,
    stale_since: date | None = None,
) -> Answer:
    source = Source.PUBLIC_ASSISTANCE
    return Answer(
        item=Item.HOUSEHOLD_PUBLIC_ASSISTANCE,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=valid_from,
        valid_to=valid_to,
        evidence=evidence,
        needed_on=needed_on,
        stale_since=stale_since,
        rests_on_feed=rests,
        silent_on=question.silent_on(source) if rests else None,
        due=question.wake(
            question.parameters.complete_from.get(source),
            *(day for membership in question.facts.memberships for day in _turns(membership)),
            *(day for s in question.facts.separations for day in (s.measure.start, s.measure.end, s.opponent.start, s.opponent.end)),
            *(membership.said_on for membership in question.facts.memberships if question.facts.separations),
        ),
    )


def _turns(membership: Membership) -> tuple[date | None, ...]:
    """Every day on which a membership may begin or cease to entitle."""
    return (
        membership.member_from,
        membership.member_to,
        membership.started_on,
        membership.suspended_from,
        membership.suspended_to,
        membership.abolished_on,
    )


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


HOUSEHOLD_PUBLIC_ASSISTANCE = Indicator(
    Item.HOUSEHOLD_PUBLIC_ASSISTANCE,
    (Input(EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, Reach.CHILD),),
    AssistanceReason,
    household_public_assistance,
)
