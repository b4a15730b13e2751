"""
Items 3a, 3b, 3c: a checkup of which there is no record (ITEM-03a … ITEM-03c, `domain.md` §2.5).

Absence becomes TRUE only if the window is closed and its grace passed, the child lived here through the whole window, and the feed is
complete up to that day (§2.2): otherwise every newcomer, and every outage of a feed, would be a false alarm.
"""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache, partial

from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import add_months, iso, school_entry
from services.scorer.domain.answer import Answer, Detail, Gap, Question
from services.scorer.domain.facts import Checkup
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.parameters import CheckupWindow, Parameters
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import covered


class CheckupReason(StrEnum):
    """What is known of one checkup."""

    NOT_RECEIVED = "not_received"
    RECEIVED = "received"
    WINDOW_OPEN = "window_open"
    RESIDENCE_INCOMPLETE = "residence_incomplete"


@quick(frozen=True, slots=True)
class Window:
    """The dates of one child's checkup window."""

    start: date
    end: date
    due_on: date
    """Window end plus grace: the first day on which absence can be concluded."""
    accepted_from: date
    counted_to: date
    soft_overdue_on: date

    @property
    def detail(self) -> Detail:
        """Figures for the explanation."""
        return {"window_start": iso(self.start), "window_end": iso(self.end), "due_on": iso(self.due_on)}

    @property
    def overdue_detail(self) -> Detail:
        """The same where no checkup is known of."""
        return {**self.detail, "soft_overdue_on": iso(self.soft_overdue_on)}


@lru_cache(maxsize=1_024)  # Days and events of one child ask again. Those of all children of 18 years took 18 MB, and saved 3 µs each.
def window_of(birth: date, rule: CheckupWindow, parameters: Parameters) -> Window:
    """The window of a child born on `birth`."""
    start, end = add_months(birth, rule.start_months), add_months(birth, rule.end_months)
    return Window(
        start=start,
        end=end,
        due_on=end + timedelta(days=parameters.checkup_grace_days),
        accepted_from=start - timedelta(days=parameters.checkup_early_days),
        counted_to=school_entry(birth),
        soft_overdue_on=add_months(start, rule.soft_overdue_months),
    )


def checkup_not_received(question: Question, rule: CheckupWindow) -> Answer:
    """The answer for one of the three checkups."""
    window = window_of(question.child.birth_date, rule, question.parameters)
    received = _received(question.facts.checkups, rule.checkup_type, window)
    if received and received.exam_date <= question.as_of:
        return _received_answer(question, rule, window, received)
    ahead = received.exam_date if received else None
    if question.as_of < window.due_on:
        return _before_due(question, rule, window, ahead)
    return _absence(question, rule, window, ahead)


def _indicator(item: Item) -> Indicator[CheckupReason]:
    reads = (Input(EventKind.INFANT_CHECKUP_RECORDED, Reach.CHILD),)
    return Indicator(item, reads, CheckupReason, partial(_ask, item))


def _ask(item: Item, question: Question) -> Answer:
    return checkup_not_received(question, next(rule for rule in question.parameters.windows if rule.item is item))


def _received(checkups: tuple[Checkup, ...], checkup_type: str, window: Window) -> Checkup | None:
    """The earliest checkup of the type that counts, however late it was held or arrived."""
    held = (c for c in checkups if c.checkup_type == checkup_type and c.exam_date >= window.accepted_from)
    return next(held, None)


def _received_answer(question: Question, rule: CheckupWindow, window: Window, received: Checkup) -> Answer:
    return Answer(
        item=rule.item,
        value=IndicatorValue.FALSE,
        reason_code=CheckupReason.RECEIVED,
        counted=question.as_of < window.counted_to,
        valid_from=received.exam_date,
        evidence=(received.event_id,),
        detail={**window.detail, "exam_date": iso(received.exam_date), "late": received.exam_date >= window.end},
        due=question.wake(window.counted_to),
    )


def _before_due(question: Question, rule: CheckupWindow, window: Window, ahead: date | None) -> Answer:
    """Until the due date nothing is overdue; but a window that began elsewhere can never prove absence (S22)."""
    begun = question.as_of >= window.start
    if begun and not covered(question.child.stays, window.start, min(question.as_of, window.end)):
        return _unknown(question, rule, window, ahead, Gap(CheckupReason.RESIDENCE_INCOMPLETE))
    return Answer(
        item=rule.item,
        value=IndicatorValue.NOT_APPLICABLE,
        reason_code=CheckupReason.WINDOW_OPEN,
        detail=window.overdue_detail,
        due=question.wake(window.due_on, ahead, window.start if question.stay.start is None else None),
    )


def _absence(question: Question, rule: CheckupWindow, window: Window, ahead: date | None) -> Answer:
    if not covered(question.child.stays, window.start, window.end):
        return _unknown(question, rule, window, ahead, Gap(CheckupReason.RESIDENCE_INCOMPLETE))
    gap = question.gap(Source.MATERNAL_CHILD_HEALTH, window.start, window.due_on)
    if gap:
        return _unknown(question, rule, window, ahead, gap)
    return Answer(
        item=rule.item,
        value=IndicatorValue.TRUE,
        reason_code=CheckupReason.NOT_RECEIVED,
        counted=question.as_of < window.counted_to,
        valid_from=window.due_on,
        detail=window.overdue_detail,
        rests_on_feed=True,
        silent_on=question.silent_on(Source.MATERNAL_CHILD_HEALTH),
        due=question.wake(window.counted_to, ahead),
    )


def _unknown(question: Question, rule: CheckupWindow, window: Window, ahead: date | None, gap: Gap) -> Answer:
    return Answer(
        item=rule.item,
        value=IndicatorValue.UNKNOWN,
        reason_code=gap.reason,
        counted=question.as_of < window.counted_to,
        detail=window.overdue_detail,
        needed_on=gap.needed_on,
        due=question.wake(window.due_on, window.counted_to, ahead),
    )


CHECKUP_4M_NOT_RECEIVED = _indicator(Item.CHECKUP_4M_NOT_RECEIVED)
CHECKUP_18M_NOT_RECEIVED = _indicator(Item.CHECKUP_18M_NOT_RECEIVED)
CHECKUP_3Y_NOT_RECEIVED = _indicator(Item.CHECKUP_3Y_NOT_RECEIVED)
