"""
Item 18: the child belongs to a household on public assistance (ITEM-18, `domain.md` §2.5).

Membership of the welfare case decides, never the resident household. Half-open throughout: abolished on the 31st means TRUE on the 30th.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.facts import Membership
from services.scorer.domain.indicator import Indicator, Question, first_after
from services.scorer.domain.residence import Stay, merged, stay_on


def household_public_assistance(question: Question) -> Indicator:
    """TRUE on a day that lies in a membership, in its case's term, and in no suspension."""
    memberships = question.facts.memberships
    if not memberships:
        return _without_record(question)
    spells = merged(spell for membership in memberships for spell in spells_of(membership))
    current = stay_on(spells, question.as_of)
    return _receiving(question, current) if current else _not_receiving(question, spells)


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


def _without_record(question: Question) -> Indicator:
    """No record proves absence only once the feed is complete from the child's first day here on."""
    since = max(question.child.birth_date, question.stay.start or question.child.birth_date)
    if question.stale(Source.PUBLIC_ASSISTANCE, since):
        return _answer(question, IndicatorValue.UNKNOWN, "feed_stale", since, needed_on=since)
    return _answer(question, IndicatorValue.FALSE, "no_record", since)


def _receiving(question: Question, current: Stay) -> Indicator:
    evidence = tuple(m.event_id for m in question.facts.memberships if stay_on(spells_of(m), question.as_of))
    return _answer(question, IndicatorValue.TRUE, "receiving", current.start, current.end, evidence)


def _not_receiving(question: Question, spells: tuple[Stay, ...]) -> Indicator:
    ended = max((spell.end for spell in spells if spell.end and spell.end <= question.as_of), default=None)
    evidence = tuple(m.event_id for m in question.facts.memberships)
    reason = "suspended" if any(_suspended(m, question.as_of) for m in question.facts.memberships) else "not_receiving"
    ahead = first_after(question.as_of, *(spell.start for spell in spells))
    return _answer(question, IndicatorValue.FALSE, reason, ended, ahead, evidence)


def _suspended(membership: Membership, day: date) -> bool:
    """Whether only the suspension keeps the membership from entitling on `day`."""
    if membership.suspended_from is None or not Stay(membership.suspended_from, membership.suspended_to).holds(day):
        return False
    start = max(membership.member_from or membership.started_on, membership.started_on)
    return Stay(start, _earlier(membership.member_to, membership.abolished_on)).holds(day)


def _answer(
    question: Question,
    value: IndicatorValue,
    reason: str,
    valid_from: date | None,
    valid_to: date | None = None,
    evidence: tuple[UUID, ...] = (),
    *,
    needed_on: date | None = None,
) -> Indicator:
    return Indicator(
        item=Item.HOUSEHOLD_PUBLIC_ASSISTANCE,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=valid_from,
        valid_to=valid_to,
        evidence=evidence,
        needed_on=needed_on,
        due=question.wake(*(day for membership in question.facts.memberships for day in _turns(membership))),
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
