"""
Items 15 and 16: how the pregnancy that the child was born of was followed (ITEM-15, ITEM-16, `domain.md` §2.5).

Both reach the child only by its own delivery: older siblings never inherit them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import DAYS_TO_TERM, add_months, ga_weeks, iso
from services.scorer.domain.answer import Answer, Common, Detail, Gap, Question
from services.scorer.domain.facts import Notification, Pregnancy
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import covered

_AFTER_BIRTH = "after_birth"
_WEEK_CLASSES = ((28, "28-"), (20, "20-27"), (12, "12-19"), (0, "-11"))
"""Classes of the ministry's yearly statistics (地域保健・健康増進事業報告): first week and name."""


class NotificationReason(StrEnum):
    """What is known of the notification (item 15)."""

    NOTIFIED_LATE = "notified_late"
    NOTIFIED_IN_TIME = "notified_in_time"
    NOTIFIED_AFTER_BIRTH = "notified_after_birth"
    NO_NOTIFICATION = "no_notification"
    NO_PREGNANCY_LINKED = "no_pregnancy_linked"
    FIRST_NOTIFICATION_UNKNOWN = "first_notification_unknown"
    WEEKS_UNKNOWN = "weeks_unknown"


class ExamReason(StrEnum):
    """What is known of the exams before the birth (item 16)."""

    EXAM_RECORDED = "exam_recorded"
    NO_EXAM_ON_RECORD = "no_exam_on_record"
    NO_NOTIFICATION_NO_EXAM = "no_notification_no_exam"
    CLAIMS_OUTSTANDING = "claims_outstanding"
    NO_PREGNANCY_LINKED = "no_pregnancy_linked"
    MOTHER_NOT_CERTAIN = "mother_not_certain"
    MOTHER_RESIDENCE_INCOMPLETE = "mother_residence_incomplete"


@dataclass(frozen=True, slots=True)
class _Stage:
    """How far the pregnancy was at the handbook's first issue; both empty where it is not known, for `reason`."""

    reason: NotificationReason
    weeks: int | None = None
    after_birth: bool = False


def late_pregnancy_notification(question: Question) -> Answer:
    """Item 15: the handbook was issued at 12 completed weeks or later."""
    notifications = [n for pregnancy in question.facts.pregnancies for n in pregnancy.notifications]
    if not question.facts.pregnancies:
        return _lateness(question, IndicatorValue.UNKNOWN, NotificationReason.NO_PREGNANCY_LINKED)
    if not notifications:
        return _lateness(question, IndicatorValue.UNKNOWN, NotificationReason.NO_NOTIFICATION)
    staged = [(_stage(n, question.child.birth_date), n) for n in sorted(notifications, key=_new_issue_first)]
    stage, notification = next(((s, n) for s, n in staged if s.after_birth or s.weeks is not None), staged[0])
    return _lateness_of(question, stage, notification)


def no_prenatal_checkups(question: Question) -> Answer:
    """Item 16: not one exam on or before the birth, concluded 120 days after it."""
    birth = question.child.birth_date
    concluded_on = birth + timedelta(days=question.parameters.claims_grace_days)
    held = sorted(
        (exam.exam_date, exam.event_id) for pregnancy in question.facts.followed for exam in pregnancy.exams if exam.exam_date <= birth
    )
    if not question.facts.followed:
        return _no_exam(question, IndicatorValue.UNKNOWN, ExamReason.NO_PREGNANCY_LINKED)
    if held:
        first_on, event_id = held[0]
        return _no_exam(question, IndicatorValue.FALSE, ExamReason.EXAM_RECORDED, (event_id,), {"first_exam": iso(first_on)})
    if question.as_of < concluded_on:
        reason = ExamReason.CLAIMS_OUTSTANDING if question.facts.pregnancies else ExamReason.NO_PREGNANCY_LINKED
        return _no_exam(question, IndicatorValue.UNKNOWN, reason, wake_on=concluded_on)
    unheard_of = not any(pregnancy.notifications or pregnancy.exams for pregnancy in question.facts.followed)
    gap = _why_not_concluded(question, concluded_on, unheard_of=unheard_of)
    if gap:
        return _no_exam(question, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    reason = ExamReason.NO_NOTIFICATION_NO_EXAM if unheard_of else ExamReason.NO_EXAM_ON_RECORD
    return _no_exam(question, IndicatorValue.TRUE, reason, valid_from=concluded_on)


def _why_not_concluded(question: Question, concluded_on: date, *, unheard_of: bool) -> Gap | None:
    """What keeps the absence of exams (`unheard_of`: and of a notification) from being concluded: the mother, her residence, the feed."""
    birth, followed = question.child.birth_date, question.facts.followed
    if any(pregnancy.ambiguous for pregnancy in followed):
        return Gap(ExamReason.NO_PREGNANCY_LINKED)
    if not all(pregnancy.mother_known for pregnancy in followed):
        return Gap(ExamReason.MOTHER_NOT_CERTAIN)
    if not all(covered(pregnancy.mother_stays, _halfway(question, pregnancy), birth) for pregnancy in followed):
        return Gap(ExamReason.MOTHER_RESIDENCE_INCOMPLETE)
    since = min(_halfway(question, pregnancy) for pregnancy in followed)
    if unheard_of and since < question.parameters.notifications_from:
        return Gap(Common.BEFORE_FEED)
    if unheard_of and question.facts.in_hand.unnotified:
        return Gap(Common.RECORD_IN_HAND)
    return question.gap(Source.MATERNAL_CHILD_HEALTH, since, concluded_on, by=Reach.MOTHER)


def _halfway(question: Question, pregnancy: Pregnancy) -> date:
    """20w0d: from here to the birth the mother must provably live here. Without a due date the birth counts as term."""
    birth = question.child.birth_date
    term = expected_delivery(pregnancy.notifications) or birth
    return min(term - timedelta(days=DAYS_TO_TERM - 7 * question.parameters.mother_resident_from_weeks), birth)


def expected_delivery(notifications: tuple[Notification, ...]) -> date | None:
    """The due date that was told last."""
    return next((n.edd for n in reversed(notifications) if n.edd), None)


def _new_issue_first(notification: Notification) -> tuple[bool, date]:
    """A new issue says more than a reissue or the notice of another city; of two, the earlier one is the notification."""
    return notification.issue_kind != "new", notification.issued_on or date.max


def _stage(notification: Notification, birth: date) -> _Stage:
    if notification.issue_kind != "new":
        return _Stage(NotificationReason.FIRST_NOTIFICATION_UNKNOWN, notification.first_weeks)
    if notification.issued_on and notification.issued_on >= birth:
        return _Stage(NotificationReason.NOTIFIED_AFTER_BIRTH, after_birth=True)
    if notification.weeks is None and notification.edd and notification.issued_on:
        return _Stage(NotificationReason.WEEKS_UNKNOWN, ga_weeks(notification.edd, notification.issued_on))
    return _Stage(NotificationReason.WEEKS_UNKNOWN, notification.weeks)


def _lateness_of(question: Question, stage: _Stage, notification: Notification) -> Answer:
    evidence = (notification.event_id,)
    late = stage.after_birth or (stage.weeks is not None and stage.weeks >= question.parameters.late_from_weeks)
    if late and question.may_be_refuted(Source.MATERNAL_CHILD_HEALTH):
        # An earlier notification may be among the records that are held.
        return _lateness(question, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND)
    if stage.after_birth:
        reason = NotificationReason.NOTIFIED_AFTER_BIRTH
        return _lateness(question, IndicatorValue.TRUE, reason, evidence, _AFTER_BIRTH, _detail(stage, notification))
    if stage.weeks is None:
        return _lateness(question, IndicatorValue.UNKNOWN, stage.reason, evidence)
    value, reason = (
        (IndicatorValue.TRUE, NotificationReason.NOTIFIED_LATE) if late else (IndicatorValue.FALSE, NotificationReason.NOTIFIED_IN_TIME)
    )
    return _lateness(question, value, reason, evidence, _week_class(stage.weeks), _detail(stage, notification))


def _detail(stage: _Stage, notification: Notification) -> Detail:
    detail: dict[str, str | int | bool] = {}
    if stage.weeks is not None:
        detail["weeks"] = stage.weeks
    if notification.issued_on:
        detail["issued_on"] = iso(notification.issued_on)
    return detail


def _week_class(weeks: int) -> str:
    return next((name for first, name in _WEEK_CLASSES if weeks >= first), _WEEK_CLASSES[-1][1])


def _lateness(
    question: Question,
    value: IndicatorValue,
    reason: NotificationReason | Common,
    evidence: tuple[EventId, ...] = (),
    klass: str | None = None,
    detail: Detail | None = None,
) -> Answer:
    counted_to = _counted_to(question)
    return Answer(
        item=Item.LATE_PREGNANCY_NOTIFICATION,
        value=value,
        reason_code=reason,
        klass=klass,
        counted=question.as_of < counted_to,
        valid_from=question.child.birth_date,
        evidence=evidence,
        detail=detail or {},
        due=question.wake(counted_to),
    )


def _no_exam(
    question: Question,
    value: IndicatorValue,
    reason: StrEnum,
    evidence: tuple[EventId, ...] = (),
    detail: Detail | None = None,
    *,
    valid_from: date | None = None,
    needed_on: date | None = None,
    wake_on: date | None = None,
) -> Answer:
    counted_to = _counted_to(question)
    return Answer(
        item=Item.NO_PRENATAL_CHECKUPS,
        value=value,
        reason_code=reason,
        counted=question.as_of < counted_to,
        valid_from=valid_from or question.child.birth_date,
        evidence=evidence,
        detail=detail or {},
        needed_on=needed_on,
        rests_on_feed=value is IndicatorValue.TRUE,
        silent_on=question.silent_on(Source.MATERNAL_CHILD_HEALTH) if value is IndicatorValue.TRUE else None,
        due=question.wake(counted_to, wake_on),
    )


def _counted_to(question: Question) -> date:
    return add_months(question.child.birth_date, question.parameters.pregnancy_counted_months)


LATE_PREGNANCY_NOTIFICATION = Indicator(
    Item.LATE_PREGNANCY_NOTIFICATION,
    (Input(EventKind.PREGNANCY_NOTIFIED, Reach.DELIVERY),),
    NotificationReason,
    late_pregnancy_notification,
)
NO_PRENATAL_CHECKUPS = Indicator(
    Item.NO_PRENATAL_CHECKUPS,
    (
        Input(EventKind.PREGNANCY_NOTIFIED, Reach.DELIVERY),
        Input(EventKind.PRENATAL_EXAM_RECORDED, Reach.DELIVERY),
        Input(EventKind.PRENATAL_EXAM_RECORDED, Reach.MOTHER),
    ),
    ExamReason,
    no_prenatal_checkups,
)
