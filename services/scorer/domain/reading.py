"""From stored records to the facts of one child: which records reach it (`domain.md` §2.3), and what they say."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.scorer.domain.ages import DAYS_TO_TERM
from services.scorer.domain.facts import Checkup, ChildFacts, Exam, Membership, Notification, Postpartum, Pregnancy
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.pregnancy import expected_delivery
from services.scorer.domain.residence import Stay

CHECKUP = "infant_checkup.recorded"
NOTIFIED = "pregnancy.notified"
PRENATAL = "prenatal_exam.recorded"
POSTPARTUM = "postpartum_checkup.recorded"
ASSISTANCE = "public_assistance.member_changed"

READ = frozenset({CHECKUP, NOTIFIED, PRENATAL, POSTPARTUM, ASSISTANCE})
"""The event types that an indicator reads. Facts of others are not kept: hold only what is needed (個人情報保護法61条)."""

_NOT_RECEIVED = frozenset({"not_attended", "未受診"})
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_WEEKS = re.compile(r"\s*(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source as the linker told it, not voided."""

    event_type: str
    record_id: str
    event_id: UUID
    data: dict[str, Any]

    @property
    def is_own(self) -> bool:
        """Whether the record is about the child itself, and not about its mother."""
        return self.event_type in (CHECKUP, ASSISTANCE)


@dataclass(frozen=True, slots=True)
class DeliveryRecords:
    """What is held of a delivery: the pregnancy's records, and those that name only the mother (`loose`)."""

    mother_stays: tuple[Stay, ...]
    linked: Sequence[Record]
    loose: Sequence[Record] = ()


class Unreadable(Exception):
    """A record does not say what every record of its type says. It can never be evaluated; `path` is the field, where one is to blame."""

    def __init__(self, path: str | None) -> None:
        super().__init__("unreadable fact")
        self.path = path


def check(record: Record) -> None:
    """
    Read a record once, before it is kept: one that cannot be read would stop every later evaluation of its child.

    Raises Unreadable.
    """
    try:
        _READERS[record.event_type](record)
    except KeyError as error:
        raise Unreadable(str(error.args[0])) from None
    except (TypeError, ValueError, AttributeError):
        raise Unreadable(None) from None


def is_plausible(day: date) -> bool:
    """Whether ages and terms can be counted from `day`: far enough from both ends of the calendar."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def child_facts(
    birth: date,
    own: Sequence[Record],
    deliveries: Iterable[DeliveryRecords] = (),
    parameters: Parameters = FUKUOKA,
) -> ChildFacts:
    """Everything that reaches a child born on `birth`. The order of the records does not matter."""
    return ChildFacts(
        checkups=_checkups(own),
        pregnancies=tuple(_pregnancy(birth, delivery, parameters) for delivery in deliveries),
        memberships=tuple(_membership(record) for record in _ordered(own, ASSISTANCE, "started_on")),
    )


def completed_weeks(value: object) -> int | None:
    """Completed weeks from 14, "14" or "14w2d"."""
    found = _WEEKS.match(str(value)) if value is not None else None
    return int(found.group(1)) if found else None


def _checkups(own: Iterable[Record]) -> tuple[Checkup, ...]:
    return tuple(
        _checkup(record) for record in _ordered(own, CHECKUP, "exam_date") if record.data.get("result_status") not in _NOT_RECEIVED
    )


def _pregnancy(birth: date, delivery: DeliveryRecords, parameters: Parameters) -> Pregnancy:
    notifications = tuple(_notification(record) for record in _ordered(delivery.linked, NOTIFIED, "handbook_issued_on"))
    return Pregnancy(
        mother_stays=delivery.mother_stays,
        notifications=notifications,
        exams=tuple(_exam(r) for r in _of_delivery(delivery, PRENATAL, _carried(birth, notifications, parameters))),
        postpartum=tuple(_postpartum(r) for r in _of_delivery(delivery, POSTPARTUM, _after(birth, parameters))),
    )


def _of_delivery(delivery: DeliveryRecords, event_type: str, belongs: Callable[[date], bool]) -> list[Record]:
    """The delivery's own records, and of those that name only the mother the ones whose date belongs to it."""
    if not delivery.loose:
        return _ordered(delivery.linked, event_type, "exam_date")
    loose = (r for r in delivery.loose if r.event_type == event_type and belongs(date.fromisoformat(r.data["exam_date"])))
    return _ordered((*delivery.linked, *loose), event_type, "exam_date")


def _carried(birth: date, notifications: tuple[Notification, ...], parameters: Parameters) -> Callable[[date], bool]:
    edd = expected_delivery(notifications)
    begun = edd - timedelta(days=DAYS_TO_TERM) if edd else birth - timedelta(days=parameters.unlinked_prenatal_days)
    return lambda day: begun <= day <= birth


def _after(birth: date, parameters: Parameters) -> Callable[[date], bool]:
    return lambda day: birth <= day < birth + timedelta(days=parameters.unlinked_postpartum_days)


def _checkup(record: Record) -> Checkup:
    return Checkup(record.data["checkup_type"], date.fromisoformat(record.data["exam_date"]), record.event_id)


def _notification(record: Record) -> Notification:
    data = record.data
    return Notification(
        issued_on=_day(data.get("handbook_issued_on") or data.get("notified_on")),
        issue_kind=data.get("issue_kind") or "new",
        weeks=completed_weeks(data.get("gestational_weeks")),
        first_weeks=completed_weeks(data.get("first_notification_weeks")),
        edd=_plausible(_day(data.get("edd"))),
        event_id=record.event_id,
    )


def _exam(record: Record) -> Exam:
    return Exam(date.fromisoformat(record.data["exam_date"]), record.event_id)


def _postpartum(record: Record) -> Postpartum:
    total = record.data.get("epds_total")
    return Postpartum(date.fromisoformat(record.data["exam_date"]), None if total is None else int(total), record.event_id)


def _membership(record: Record) -> Membership:
    data = record.data
    return Membership(
        member_from=_day(data.get("member_from")),
        member_to=_day(data.get("member_to")),
        started_on=date.fromisoformat(data["started_on"]),
        suspended_from=_day(data.get("suspended_from")),
        suspended_to=_day(data.get("suspended_to")),
        abolished_on=_day(data.get("abolished_on")),
        event_id=record.event_id,
    )


def _ordered(records: Iterable[Record], event_type: str, by: str) -> list[Record]:
    """Records of one type by date, then by record: ISO text sorts as its dates do, and ids of messages never decide."""
    chosen = [record for record in records if record.event_type == event_type]
    return sorted(chosen, key=lambda record: (record.data.get(by) or "", record.record_id)) if len(chosen) > 1 else chosen


def _plausible(day: date | None) -> date | None:
    if day is not None and not is_plausible(day):
        raise ValueError("no term can be counted from this day")
    return day


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_READERS: dict[str, Callable[[Record], object]] = {
    CHECKUP: _checkup,
    NOTIFIED: _notification,
    PRENATAL: _exam,
    POSTPARTUM: _postpartum,
    ASSISTANCE: _membership,
}
