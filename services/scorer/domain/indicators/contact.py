"""
City item: a child who is enrolled nowhere and of whom nothing was heard for a year (行政とのつながり, PUSH-01; §2.6, §2.8-18, S13).

A contact is a checkup, a procedure for an allowance, a place in use, support, 生活保護, or a certificate that is valid; and that staff
met the family or supported it, as casework tells (§2.8-22). That somebody is entitled, subsidised or has a loan is none. It is concluded
from absence in seven feeds at once: one that is silent leaves it open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from contracts.facts import (
    AllowanceEntitlementChanged,
    ChildcareUseChanged,
    ConsultationStatusChanged,
    DisabilityCertificateChanged,
    SpecialAllowanceEntitlementChanged,
)
from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import DAY, add_months, iso
from services.scorer.domain.answer import Answer, Common, Detail, Gap, Question
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.indicators.assistance import is_of_an_opponents_case, spells_of
from services.scorer.domain.indicators.consultation import support_of
from services.scorer.domain.indicators.disability import validity_of_paper
from services.scorer.domain.indicators.enrolment import EnrolmentReason, band, not_enrolled, use_of
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay

_REACHES: Mapping[Source, Reach] = {
    Source.CHILDCARE: Reach.CHILD,
    Source.PUBLIC_ASSISTANCE: Reach.CHILD,
    Source.MATERNAL_CHILD_HEALTH: Reach.CHILD,
    Source.CHILD_ALLOWANCES: Reach.GUARDIAN,
    Source.SPECIAL_CHILD_ALLOWANCE: Reach.GUARDIAN,
    Source.DISABILITY: Reach.CHILD,
    Source.CHILD_CONSULTATION: Reach.CHILD,
}
"""Whose records a contact may be, and by which way they reach the child."""

_List: TypeAlias = Told[AllowanceEntitlementChanged] | Told[SpecialAllowanceEntitlementChanged]


class ContactReason(StrEnum):
    """What is known of contacts."""

    NO_CONTACT = "no_contact"
    CONTACT = "contact"
    IN_USE = "in_use"
    NOT_OF_AGE = "not_of_age"
    RESIDENCE_INCOMPLETE = "residence_incomplete"
    PROTECTED_SEPARATION = "protected_separation"


@quick(frozen=True, slots=True)
class Contact:
    """From its first to its last day, which is not known while it goes on; `until` is the first day on which it is too long ago."""

    start: date
    last: date | None
    until: date | None
    event_id: EventId


def no_municipal_contact(question: Question) -> Answer:
    """TRUE while the child is enrolled nowhere and the last contact of all is a year ago."""
    if not band(question).holds(question.as_of):
        return _answer(question, (), IndicatorValue.NOT_APPLICABLE, ContactReason.NOT_OF_AGE, None)
    found, hidden = _that_were(_contacts(question)), _that_were(_opponents(question))
    current = _holding(found, question.as_of)
    days = (*_days(question), *(day for each in (*found, *hidden) for day in (each.start, each.until)))
    if current:
        evidence = tuple(sorted(each.event_id for each in current))
        since = min(each.start for each in current)
        return _answer(question, days, IndicatorValue.FALSE, ContactReason.CONTACT, since, evidence=evidence)
    enrolment = not_enrolled(question)
    if enrolment.value is IndicatorValue.FALSE:
        return _answer(question, days, IndicatorValue.FALSE, ContactReason.IN_USE, enrolment.valid_from, evidence=enrolment.evidence)
    if _holding(hidden, question.as_of):
        return _answer(question, days, IndicatorValue.UNKNOWN, ContactReason.PROTECTED_SEPARATION, None)
    if enrolment.value is not IndicatorValue.TRUE:
        return _open(question, days, enrolment)
    return _without(question, days, enrolment, found)


def _open(question: Question, days: Iterable[date | None], enrolment: Answer) -> Answer:
    """Whether the child is enrolled is not known."""
    is_gap = enrolment.reason_code is not EnrolmentReason.RESIDENT_TOO_SHORT
    reason = enrolment.reason_code if is_gap else ContactReason.RESIDENCE_INCOMPLETE
    return _answer(question, days, IndicatorValue.UNKNOWN, reason, None, needed_on=enrolment.needed_on)


def _without(question: Question, days: Iterable[date | None], enrolment: Answer, found: Sequence[Contact]) -> Answer:
    """Nothing was heard: by absence, in every feed and through the whole time (§2.2)."""
    months, stay = question.parameters.contact_months, question.stay
    settled = add_months(stay.start, months) if stay.start is not None else None
    if settled is None or question.as_of < settled:
        return _answer(question, days, IndicatorValue.UNKNOWN, ContactReason.RESIDENCE_INCOMPLETE, None)
    over = [each for each in found if each.until is not None and each.until <= question.as_of]
    begun = [day for source in _REACHES if (day := _complete_on(question, source)) is not None]
    since = max(day for day in (enrolment.valid_from, settled, *begun, *(each.until for each in over)) if day is not None)
    gap = _gap(question, since)
    if gap is not None:
        return _answer(question, days, IndicatorValue.UNKNOWN, gap.reason, None, needed_on=gap.needed_on)
    last = max((each.last for each in over if each.last is not None), default=None)
    detail: Detail = {"last_contact": iso(last)} if last is not None else {}
    return _answer(question, days, IndicatorValue.TRUE, ContactReason.NO_CONTACT, since, detail=detail, rests=True)


def _gap(question: Question, since: date) -> Gap | None:
    """What keeps the absence of any contact from being concluded."""
    for source, reach in _REACHES.items():
        complete = _complete_on(question, source)
        if complete is not None and question.as_of < complete:
            return Gap(Common.BEFORE_FEED)
        gap = question.gap(source, question.as_of, since, by=reach)
        if gap is not None:
            return gap
    return None


def _complete_on(question: Question, source: Source) -> date | None:
    """From when on a source has been complete for the whole time, where it has a beginning."""
    begun = question.parameters.complete_from.get(source)
    return add_months(begun, question.parameters.contact_months) if begun is not None else None


def _contacts(question: Question) -> Iterator[Contact]:
    facts = question.facts
    for checkup in facts.checkups:
        yield _contact(question, Stay(checkup.exam_date, checkup.exam_date + DAY), checkup.event_id)
    for use in facts.told_as(ChildcareUseChanged):
        yield _contact(question, use_of(use), use.event_id)
    for support in facts.told_as(ConsultationStatusChanged):
        yield _contact(question, support_of(support), support.event_id)
    for paper in facts.told_as(DisabilityCertificateChanged):
        yield _contact(question, validity_of_paper(question, paper), paper.event_id)
    for membership in facts.memberships:
        if not is_of_an_opponents_case(question, membership):
            for spell in spells_of(membership):
                yield _contact(question, spell, membership.event_id)
    for seen in facts.observed:
        yield _contact(question, Stay(seen.day, seen.day + DAY), seen.event_id)
    yield from _procedures(question, facts.told_as(AllowanceEntitlementChanged, Reach.GUARDIAN))
    yield from _procedures(question, facts.told_as(SpecialAllowanceEntitlementChanged, Reach.GUARDIAN))


def _opponents(question: Question) -> Iterator[Contact]:
    """What an opponent told, or a row of a welfare case of theirs: whether it tells of the child is not known (§2.8-8 and 21)."""
    for membership in question.facts.memberships:
        if is_of_an_opponents_case(question, membership):
            for spell in spells_of(membership):
                yield _contact(question, spell, membership.event_id)
    yield from _procedures(question, question.facts.parted_as(AllowanceEntitlementChanged))
    yield from _procedures(question, question.facts.parted_as(SpecialAllowanceEntitlementChanged))


def _procedures(question: Question, lists: Sequence[_List]) -> Iterator[Contact]:
    """Somebody applied, or had something changed, while the child was in that person's care. That an entitlement goes on is no contact."""
    for each in lists:
        for day in {each.fact.entitled_from, each.said_on} - {None}:
            if day is not None and any(stay.holds(day) for stay in each.during):
                yield _contact(question, Stay(day, day + DAY), each.event_id)


def _contact(question: Question, spell: Stay, event_id: EventId) -> Contact:
    """A contact, which is none any more so many months after its last day."""
    last = spell.end - DAY if spell.end is not None else None
    return Contact(
        spell.start or date.min, last, add_months(last, question.parameters.contact_months) if last is not None else None, event_id
    )


def _that_were(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Those that had a day: half-open, what ends on its first day never was."""
    return tuple(each for each in contacts if each.last is None or each.start <= each.last)


def _holding(contacts: Iterable[Contact], day: date) -> list[Contact]:
    return [each for each in contacts if each.start <= day and (each.until is None or day < each.until)]


def _days(question: Question) -> Iterator[date | None]:
    """Every day on which something may turn, beside the contacts' own."""
    yield not_enrolled(question).due
    if question.stay.start is not None:
        yield add_months(question.stay.start, question.parameters.contact_months)
    yield from (_complete_on(question, source) for source in _REACHES)
    yield from (question.parameters.complete_from.get(source) for source in _REACHES)
    for each in question.facts.separations:
        yield from (each.measure.start, each.measure.end, each.opponent.start, each.opponent.end)
    if question.facts.separations:
        yield from (spell_day for each in question.facts.memberships for spell in spells_of(each) for spell_day in (spell.start, spell.end))


def _answer(
    question: Question,
    days: Iterable[date | None],
    value: IndicatorValue,
    reason: StrEnum,
    since: date | None,
    *,
    evidence: tuple[EventId, ...] = (),
    detail: Detail | None = None,
    needed_on: date | None = None,
    rests: bool = False,
) -> Answer:
    silent = [day for source in _REACHES if (day := question.silent_on(source)) is not None] if rests else []
    is_of_age = value is not IndicatorValue.NOT_APPLICABLE
    return Answer(
        item=Item.NO_MUNICIPAL_CONTACT,
        value=value,
        reason_code=reason,
        counted=is_of_age,
        valid_from=since,
        evidence=evidence,
        detail={**(detail or {}), "months": question.parameters.contact_months} if is_of_age else {},
        needed_on=needed_on,
        rests_on_feed=rests,
        silent_on=min(silent, default=None),
        due=question.wake(band(question).start, band(question).end, *days),
    )


NO_MUNICIPAL_CONTACT = Indicator(
    Item.NO_MUNICIPAL_CONTACT,
    (
        Input(EventKind.CHILDCARE_USE_CHANGED, Reach.CHILD),
        Input(EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, Reach.CHILD),
        Input(EventKind.INFANT_CHECKUP_RECORDED, Reach.CHILD),
        Input(EventKind.ALLOWANCE_ENTITLEMENT_CHANGED, Reach.GUARDIAN),
        Input(EventKind.DISABILITY_CERTIFICATE_CHANGED, Reach.CHILD),
        Input(EventKind.CONSULTATION_STATUS_CHANGED, Reach.CHILD),
    ),
    ContactReason,
    no_municipal_contact,
)
