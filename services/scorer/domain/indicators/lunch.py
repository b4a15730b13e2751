"""
City item: several monthly dues for the child's school lunch are long unpaid (`domain.md` §2.6). Only the child's own dues count (§2.8-21).

Who gets school aid has no dues, and where lunches cost nothing the feed falls silent: then nothing is known, and it is not FALSE.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from contracts.facts import LunchFeeArrearsChanged
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.answer import Answer, Common, Question
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay, merged, stay_on

SOURCE = Source.SCHOOL_LUNCH_FEE

Due = Told[LunchFeeArrearsChanged]


class LunchReason(StrEnum):
    """What is known of the dues."""

    UNPAID = "unpaid"
    FEW_UNPAID = "few_unpaid"
    NO_RECORD = "no_record"


def lunch_fee_arrears(question: Question) -> Answer:
    """TRUE while the dues of two months are unpaid 60 days after they were due."""
    dues = question.facts.told_as(LunchFeeArrearsChanged)
    unpaid = _unpaid(question, dues)
    many = stay_on(_many(question, unpaid.values()), question.as_of)
    if question.own_in_hand(SOURCE):
        # It may say that one was paid.
        return _answer(question, dues, unpaid, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND)
    if many is not None:
        return _answer(question, dues, unpaid, IndicatorValue.TRUE, LunchReason.UNPAID, many)
    birth = question.child.birth_date
    ends = [stay.end for stay in _many(question, unpaid.values()) if stay.end is not None and stay.end <= question.as_of]
    arrived = max(birth, question.stay.start or birth, question.parameters.complete_from.get(SOURCE, birth))
    since = max([arrived, *ends])
    gap = question.gap(SOURCE, question.as_of, since)
    if gap is not None:
        return _answer(question, dues, unpaid, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    reason = LunchReason.FEW_UNPAID if dues else LunchReason.NO_RECORD
    return _answer(question, dues, unpaid, IndicatorValue.FALSE, reason, Stay(since, None))


def _unpaid(question: Question, dues: Sequence[Due]) -> Mapping[tuple[int, int], tuple[Stay, ...]]:
    """By month, the days on which its due has been unpaid for long."""
    found: defaultdict[tuple[int, int], list[Stay]] = defaultdict(list)
    for due in dues:
        fact = due.fact
        settled = None if fact.status == "unpaid" else fact.settled_on or due.said_on or fact.due_on
        found[fact.fiscal_year, fact.month].append(Stay(fact.due_on + timedelta(days=question.parameters.lunch_overdue_days), settled))
    return {month: merged(stays) for month, stays in found.items()}


def _many(question: Question, unpaid: Iterable[tuple[Stay, ...]]) -> tuple[Stay, ...]:
    """The days on which so many months are."""
    months = list(unpaid)
    turns = sorted({day for stays in months for stay in stays for day in (stay.start, stay.end) if day is not None})
    held = [sum(stay_on(stays, day) is not None for stays in months) >= question.parameters.lunch_dues_from for day in turns]
    ends: list[date | None] = [*turns[1:], None] if turns else []
    return merged(Stay(day, end) for day, end, holds in zip(turns, ends, held, strict=True) if holds)


def _answer(
    question: Question,
    dues: Sequence[Due],
    unpaid: Mapping[tuple[int, int], tuple[Stay, ...]],
    value: IndicatorValue,
    reason: StrEnum,
    holds: Stay | None = None,
    *,
    needed_on: date | None = None,
) -> Answer:
    is_open = holds is not None and holds.end is None
    turns: Iterator[date | None] = (day for stays in unpaid.values() for stay in stays for day in (stay.start, stay.end))
    return Answer(
        item=Item.LUNCH_FEE_ARREARS,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=holds.start if holds is not None else None,
        valid_to=holds.end if holds is not None else None,
        evidence=tuple(due.event_id for due in dues) if value is IndicatorValue.TRUE else (),
        needed_on=needed_on,
        stale_since=question.stale_since(SOURCE) if is_open and value is IndicatorValue.TRUE else None,
        # A record of the child's that comes to be in hand is news of the child itself.
        rests_on_feed=is_open,
        silent_on=question.silent_on(SOURCE) if is_open else None,
        due=question.wake(question.parameters.complete_from.get(SOURCE), *turns),
    )


LUNCH_FEE_ARREARS = Indicator(
    Item.LUNCH_FEE_ARREARS,
    (Input(EventKind.LUNCH_FEE_ARREARS_CHANGED, Reach.CHILD),),
    LunchReason,
    lunch_fee_arrears,
)
