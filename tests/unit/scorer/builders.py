"""Children and facts for the tests, each with a default that makes nothing TRUE."""

from datetime import date
from typing import Any
from uuid import UUID

from contracts.catalogue import EVENT_TYPES
from contracts.ids import EventId, WelfareCaseId
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Sex, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.evaluation import evaluate
from services.scorer.domain.facts import (
    NOTHING_IN_HAND,
    Checkup,
    Child,
    ChildFacts,
    Exam,
    InHand,
    Membership,
    Notification,
    Postpartum,
    Pregnancy,
)
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.reading import Record, child_facts
from services.scorer.domain.residence import Stay, merged

FOREVER = date(2099, 1, 1)
COMPLETE = dict.fromkeys(Source, FOREVER)
NOTHING_DELIVERED: dict[Source, date] = {}


def event(number: int) -> EventId:
    return EventId(UUID(int=number))


def child(birth: str, *stays: tuple[str | None, str | None]) -> Child:
    held = stays or ((birth, None),)
    return Child(date.fromisoformat(birth), Sex.FEMALE, merged(Stay(day(start), day(end)) for start, end in held))


def checkup(checkup_type: str, exam_date: str, number: int = 1) -> Checkup:
    return Checkup(checkup_type, date.fromisoformat(exam_date), event(number))


def notification(issued_on: str | None, **fields: Any) -> Notification:
    said = {"issue_kind": "new", "weeks": None, "first_weeks": None, "edd": None, "event_id": event(10)} | fields
    return Notification(issued_on=day(issued_on), **said)


def exam(exam_date: str, number: int = 20) -> Exam:
    return Exam(date.fromisoformat(exam_date), event(number))


def postpartum(exam_date: str, total: int | None, number: int = 30) -> Postpartum:
    return Postpartum(date.fromisoformat(exam_date), total, event(number))


def pregnancy(*parts: Notification | Exam | Postpartum, mother: tuple[Stay, ...] = (Stay(date(1990, 1, 1), None),)) -> Pregnancy:
    return Pregnancy(
        mother_stays=mother,
        notifications=tuple(p for p in parts if isinstance(p, Notification)),
        exams=tuple(p for p in parts if isinstance(p, Exam)),
        postpartum=tuple(p for p in parts if isinstance(p, Postpartum)),
    )


def membership(
    started_on: str, number: int = 40, *, case: WelfareCaseId | None = None, said_on: str | None = None, **days: str
) -> Membership:
    named = ("member_from", "member_to", "suspended_from", "suspended_to", "abolished_on")
    member_from, member_to, suspended_from, suspended_to, abolished_on = (day(days.get(name)) for name in named)
    started, row = date.fromisoformat(started_on), event(number)
    return Membership(member_from, member_to, started, suspended_from, suspended_to, abolished_on, row, case, day(said_on))


def told(*records: Record, birth: str = "2015-07-07", in_hand: InHand = NOTHING_IN_HAND) -> ChildFacts:
    """What reaches a child of records about itself."""
    return child_facts(date.fromisoformat(birth), records, in_hand=in_hand)


def record(kind: EventKind, number: int, said_on: str | None = None, source: Source | None = None, /, **data: Any) -> Record:
    """A record about the child itself; of several sources that say the same type, the first."""
    said_by = source or next(each.source for each in EVENT_TYPES if each.type == kind)
    return Record(said_by, kind, f"R-{number}", event(number), data, day(said_on))


def facts(*parts: Checkup | Pregnancy | Membership) -> ChildFacts:
    return ChildFacts(
        checkups=tuple(p for p in parts if isinstance(p, Checkup)),
        pregnancies=tuple(p for p in parts if isinstance(p, Pregnancy)),
        memberships=tuple(p for p in parts if isinstance(p, Membership)),
    )


def answer(
    item: Item,
    who: Child,
    known: ChildFacts,
    as_of: str,
    watermarks: dict[Source, date] | None = None,
    parameters: Parameters = FUKUOKA,
) -> Answer:
    answers = evaluate(who, known, COMPLETE if watermarks is None else watermarks, date.fromisoformat(as_of), parameters)
    return next(indicator for indicator in answers if indicator.item is item)


def value(
    item: Item, who: Child, known: ChildFacts, as_of: str, watermarks: dict[Source, date] | None = None
) -> tuple[IndicatorValue, str]:
    given = answer(item, who, known, as_of, watermarks)
    return given.value, given.reason_code


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
