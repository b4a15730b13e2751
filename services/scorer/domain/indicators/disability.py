"""
Items 10 and 11: a handbook with a developmental disorder, and a certificate that was ever issued (ITEM-10, ITEM-11, `domain.md` §2.5).

Having a disability, or getting help for it, is no sign of risk by itself: alone, these never ask for a review.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

from contracts.facts import DisabilityCertificateChanged
from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import add_months, iso
from services.scorer.domain.answer import Answer, Common, Detail, Question
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay, merged, stay_on

SOURCE = Source.DISABILITY
HANDBOOK = "mental_health_handbook"
CERTIFICATES = ("day_support_certificate", "residential_support_certificate")

Paper = Told[DisabilityCertificateChanged]


class HandbookReason(StrEnum):
    """What is known of the handbook (item 10)."""

    HANDBOOK_VALID = "handbook_valid"
    NO_DEVELOPMENTAL_DISORDER = "no_developmental_disorder"
    FLAG_NOT_DELIVERED = "flag_not_delivered"
    VALIDITY_UNKNOWN = "validity_unknown"
    HANDBOOK_ENDED = "handbook_ended"
    NO_RECORD = "no_record"


class CertificateReason(StrEnum):
    """What is known of certificates (item 11)."""

    ISSUED = "issued"
    NO_RECORD = "no_record"


def developmental_disorder_with_handbook(question: Question) -> Answer:
    """TRUE while a handbook is valid whose record says that a developmental disorder is recorded; it is never inferred."""
    papers = [paper for paper in question.facts.told_as(DisabilityCertificateChanged) if paper.fact.kind == HANDBOOK]
    flagged = [paper for paper in papers if paper.fact.developmental_disorder_flag]
    current = stay_on(merged(_validity(question, paper) for paper in flagged), question.as_of)
    if current is not None:
        return _valid(question, papers, current)
    if question.own_in_hand(SOURCE):
        return _handbook(question, papers, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND)
    valid = [paper for paper in papers if _validity(question, paper).holds(question.as_of)]
    if any(paper.fact.developmental_disorder_flag is None for paper in valid):
        return _handbook(question, papers, IndicatorValue.UNKNOWN, HandbookReason.FLAG_NOT_DELIVERED, valid)
    overdue = [paper for paper in papers if _is_overdue(question, paper)]
    if overdue:
        return _handbook(question, papers, IndicatorValue.UNKNOWN, HandbookReason.VALIDITY_UNKNOWN, overdue)
    if valid:
        return _handbook(
            question, papers, IndicatorValue.FALSE, HandbookReason.NO_DEVELOPMENTAL_DISORDER, valid, _says_no_since(question, papers)
        )
    return _without_handbook(question, papers)


def _valid(question: Question, papers: Sequence[Paper], current: Stay) -> Answer:
    """Of two that contradict the one counts that errs towards looking at the child, with both as evidence (§2.8-14)."""
    valid = [paper for paper in papers if _validity(question, paper).holds(question.as_of)]
    contradictory = any(paper.fact.developmental_disorder_flag is False for paper in valid)
    return _handbook(
        question, papers, IndicatorValue.TRUE, HandbookReason.HANDBOOK_VALID, valid, current.start, current.end, contradictory=contradictory
    )


def _says_no_since(question: Question, papers: Sequence[Paper]) -> date | None:
    """Since when one without a developmental disorder decides: from its first day on, but not while one that says more held beside it."""
    says_no = stay_on(
        merged(_validity(question, paper) for paper in papers if paper.fact.developmental_disorder_flag is False), question.as_of
    )
    others = (_validity(question, paper).end for paper in papers if paper.fact.developmental_disorder_flag is not False)
    over = (end for end in others if end is not None and end <= question.as_of)
    return max((day for day in (says_no.start if says_no is not None else None, *over) if day is not None), default=None)


def _without_handbook(question: Question, papers: Sequence[Paper]) -> Answer:
    """None that is valid: by the absence of a record, which holds only while the feed is fresh (§2.8-1)."""
    ends = [end for paper in papers if (end := _validity(question, paper).end) is not None and end <= question.as_of]
    arrived = _arrived(question)
    since = max(ends, default=arrived)
    gap = question.gap(SOURCE, question.as_of, max(since, arrived))
    if gap is not None:
        return _handbook(question, papers, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    reason = HandbookReason.HANDBOOK_ENDED if ends else HandbookReason.NO_RECORD
    return _handbook(question, papers, IndicatorValue.FALSE, reason, papers if ends else (), since, rests=True)


def _validity(question: Question, paper: Paper) -> Stay:
    """The days on which a handbook is valid. One without an end holds two years; one that was returned until it was."""
    fact = paper.fact
    end = fact.valid_to or add_months(fact.valid_from, question.parameters.handbook_months)
    if fact.status != "issued":
        end = min(end, fact.valid_to or paper.said_on or fact.valid_from, paper.said_on or end)
    return Stay(fact.valid_from, max(end, fact.valid_from))


def validity_of_paper(question: Question, paper: Paper) -> Stay:
    """The days on which a handbook or a certificate of any kind is valid: only this one handbook is renewed every two years."""
    return _validity(question, paper) if paper.fact.kind == HANDBOOK else _validity_of_certificate(paper)


def is_open_ended_handbook(paper: Paper) -> bool:
    """Whether it is the handbook that is renewed every two years, and says no end."""
    return paper.fact.kind == HANDBOOK and paper.fact.status == "issued" and paper.fact.valid_to is None


def _is_overdue(question: Question, paper: Paper) -> bool:
    """Whether a handbook has no end and its two years are over: whether it was renewed is not known."""
    is_open_ended = paper.fact.status == "issued" and paper.fact.valid_to is None
    return is_open_ended and add_months(paper.fact.valid_from, question.parameters.handbook_months) <= question.as_of


def _handbook(
    question: Question,
    papers: Sequence[Paper],
    value: IndicatorValue,
    reason: StrEnum,
    evidence: Sequence[Paper] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
    *,
    needed_on: date | None = None,
    rests: bool = False,
    contradictory: bool = False,
) -> Answer:
    turns = [day for paper in papers for day in (_validity(question, paper).start, _validity(question, paper).end)]
    detail: Detail = {"valid_until": iso(valid_to)} if valid_to is not None else {}
    return Answer(
        item=Item.DEVELOPMENTAL_DISORDER_WITH_HANDBOOK,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=valid_from,
        valid_to=valid_to,
        evidence=_ids(evidence),
        detail={**detail, **({"contradictory": True} if contradictory else {})},
        needed_on=needed_on,
        rests_on_feed=rests,
        silent_on=question.silent_on(SOURCE) if rests else None,
        due=question.wake(question.parameters.complete_from.get(SOURCE), *turns),
    )


def disability_certificate_history(question: Question) -> Answer:
    """TRUE from the first issue on, for good; only a record that was an error, and is voided, takes it away."""
    papers = [paper for paper in question.facts.told_as(DisabilityCertificateChanged) if paper.fact.kind in CERTIFICATES]
    issued = sorted((day, paper.event_id) for paper in papers if (day := _issued_on(paper)) <= question.as_of)
    if issued:
        return _issued(question, papers, issued)
    arrived = _arrived(question)
    gap = question.gap(SOURCE, question.as_of, arrived)
    if gap is not None:
        return _certificate(question, papers, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    return _certificate(question, papers, IndicatorValue.FALSE, CertificateReason.NO_RECORD, valid_from=arrived, rests=True)


def _issued(question: Question, papers: Sequence[Paper], issued: Sequence[tuple[date, EventId]]) -> Answer:
    is_current = any(_validity_of_certificate(paper).holds(question.as_of) for paper in papers)
    return _certificate(
        question,
        papers,
        IndicatorValue.TRUE,
        CertificateReason.ISSUED,
        valid_from=issued[0][0],
        evidence=tuple(event_id for _, event_id in issued),
        detail={"issued_on": iso(issued[0][0]), "current": is_current},
    )


def _issued_on(paper: Paper) -> date:
    return paper.fact.decided_on or paper.fact.valid_from


def _validity_of_certificate(paper: Paper) -> Stay:
    fact = paper.fact
    ended = [day for day in (fact.valid_to, paper.said_on if fact.status != "issued" else None) if day is not None]
    return Stay(fact.valid_from, max(min(ended), fact.valid_from) if ended else None)


def _certificate(
    question: Question,
    papers: Sequence[Paper],
    value: IndicatorValue,
    reason: StrEnum,
    *,
    valid_from: date | None = None,
    evidence: tuple[EventId, ...] = (),
    detail: Detail | None = None,
    needed_on: date | None = None,
    rests: bool = False,
) -> Answer:
    validities = [_validity_of_certificate(paper) for paper in papers]
    turns = [day for stay in validities for day in (stay.start, stay.end)]
    return Answer(
        item=Item.DISABILITY_CERTIFICATE_HISTORY,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=valid_from,
        evidence=evidence,
        detail=detail or {},
        needed_on=needed_on,
        rests_on_feed=rests,
        silent_on=question.silent_on(SOURCE) if rests else None,
        due=question.wake(question.parameters.complete_from.get(SOURCE), *turns, *(_issued_on(paper) for paper in papers)),
    )


def _arrived(question: Question) -> date:
    """Since when records of the child would be here: its first day in the city, or that of the feed."""
    birth = question.child.birth_date
    arrived = max(birth, question.stay.start or birth)
    return max(arrived, question.parameters.complete_from.get(SOURCE, arrived))


def _ids(papers: Sequence[Paper]) -> tuple[EventId, ...]:
    return tuple(paper.event_id for paper in papers)


def _indicators() -> Iterator[Indicator[HandbookReason] | Indicator[CertificateReason]]:
    reads = (Input(EventKind.DISABILITY_CERTIFICATE_CHANGED, Reach.CHILD),)
    yield Indicator(Item.DEVELOPMENTAL_DISORDER_WITH_HANDBOOK, reads, HandbookReason, developmental_disorder_with_handbook)
    yield Indicator(Item.DISABILITY_CERTIFICATE_HISTORY, reads, CertificateReason, disability_certificate_history)


DEVELOPMENTAL_DISORDER_WITH_HANDBOOK, DISABILITY_CERTIFICATE_HISTORY = _indicators()
