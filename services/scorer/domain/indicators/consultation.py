"""
City item: the child is being supported already (`domain.md` §2.6, §2.8-16 and 22, S21).

It is never a reason to look: while it holds, no review is opened. What is not certain suppresses nothing. Where the feed is silent, the
review opens and says that it is not known whether the child is supported.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from contracts.facts import ConsultationStatusChanged
from contracts.feeds import NOWHERE
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import DAY
from services.scorer.domain.answer import Answer, Common, Question
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay, merged, stay_on

SOURCE = Source.CHILD_CONSULTATION

Support = Told[ConsultationStatusChanged]


class ConsultationReason(StrEnum):
    """What is known of the support."""

    SUPPORT_OPEN = "support_open"
    SUPPORT_CLOSED = "support_closed"
    SUPPORT_UNKNOWN = "support_unknown"
    NO_RECORD = "no_record"


def consultation_active(question: Question) -> Answer:
    """TRUE while support is open, by a feed that is not silent. `closed_on` is the first day without it."""
    told = question.facts.told_as(ConsultationStatusChanged)
    current = stay_on(merged(map(support_of, told)), question.as_of)
    if current is not None:
        return _open(question, told, current)
    if question.own_in_hand(SOURCE):
        return _answer(question, told, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND)
    ends = [end for each in told if (end := support_of(each).end) is not None and end <= question.as_of]
    birth = question.child.birth_date
    arrived = max(birth, question.stay.start or birth, question.parameters.complete_from.get(SOURCE, birth))
    since = max(ends, default=arrived)
    gap = question.gap(SOURCE, question.as_of, max(since, arrived))
    if gap is not None:
        return _answer(question, told, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    reason = ConsultationReason.SUPPORT_CLOSED if ends else ConsultationReason.NO_RECORD
    return _answer(question, told, IndicatorValue.FALSE, reason, Stay(since, None), rests=True)


def _open(question: Question, told: Sequence[Support], current: Stay) -> Answer:
    silent = question.silent_on(SOURCE) is None
    if current.end is None and silent:
        delivered = question.watermarks.get(SOURCE)
        needed_on = delivered + DAY if delivered is not None else NOWHERE
        return _answer(question, told, IndicatorValue.UNKNOWN, ConsultationReason.SUPPORT_UNKNOWN, needed_on=needed_on)
    return _answer(question, told, IndicatorValue.TRUE, ConsultationReason.SUPPORT_OPEN, current, rests=current.end is None)


def support_of(support: Support) -> Stay:
    """The days of one support. A closed one without its day ended when its owner said so."""
    fact = support.fact
    closed = fact.closed_on or (None if fact.status == "open" else support.said_on or fact.opened_on)
    return Stay(fact.opened_on, max(closed, fact.opened_on) if closed is not None else None)


def _answer(
    question: Question,
    told: Sequence[Support],
    value: IndicatorValue,
    reason: StrEnum,
    holds: Stay | None = None,
    *,
    needed_on: date | None = None,
    rests: bool = False,
) -> Answer:
    turns = [day for each in told for day in (support_of(each).start, support_of(each).end)]
    return Answer(
        item=Item.CONSULTATION_ACTIVE,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=holds.start if holds is not None else None,
        valid_to=holds.end if holds is not None else None,
        evidence=tuple(each.event_id for each in told),
        needed_on=needed_on,
        rests_on_feed=rests,
        silent_on=question.silent_on(SOURCE) if rests else None,
        due=question.wake(question.parameters.complete_from.get(SOURCE), *turns),
    )


CONSULTATION_ACTIVE = Indicator(
    Item.CONSULTATION_ACTIVE,
    (Input(EventKind.CONSULTATION_STATUS_CHANGED, Reach.CHILD),),
    ConsultationReason,
    consultation_active,
)
