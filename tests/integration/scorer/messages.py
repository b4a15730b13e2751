"""Messages that the scorer hears, for the tests: each with an id of its own."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from contracts.messages import Delivery, FeedWatermark, KinshipChanged, Message, PersonChanged, RecordLinked, Residence
from contracts.values import Operation, Sex, Source, Ward

AT = datetime(2026, 4, 1, tzinfo=UTC)
CHILD, SIBLING, MOTHER = UUID(int=0xC), UUID(int=0xD), UUID(int=0xE)
PREGNANCY = UUID(int=0xF)

_numbers = count(1)
_HEALTH = Source.MATERNAL_CHILD_HEALTH


def fresh_id() -> UUID:
    return UUID(int=0xABC << 64 | next(_numbers))


def person(birth: str, *stays: tuple[str | None, str | None], who: UUID = CHILD, version: int = 1, exists: bool = True) -> PersonChanged:
    held = stays or ((birth, None),)
    return PersonChanged(
        event_id=fresh_id(),
        occurred_at=AT,
        person_id=who,
        version=version,
        birth_date=date.fromisoformat(birth),
        sex=Sex.FEMALE,
        residence=tuple(Residence(start=_day(start), end=_day(end), ward=Ward.HAKATA) for start, end in held),
        household_id=None,
        exists=exists,
    )


def fact(event_type: str, record: str, who: UUID = CHILD, **data: Any) -> RecordLinked:
    """`revision`, `said`, `void` and `pregnancy` are taken out of `data`."""
    void = data.pop("void", False)
    return RecordLinked(
        event_id=fresh_id(),
        occurred_at=AT,
        source=Source.PUBLIC_ASSISTANCE if event_type.startswith("public") else _HEALTH,
        event_type=event_type,
        record_id=record,
        revision=data.pop("revision", 1),
        said=data.pop("said", 0),
        operation=Operation.VOID if void else Operation.UPSERT,
        person_id=who,
        pregnancy_id=data.pop("pregnancy", None),
        effective_on=date(2026, 4, 1),
        data={} if void else data,
    )


def checkup(kind: str, exam_date: str, record: str = "K-1", **more: Any) -> RecordLinked:
    return fact("infant_checkup.recorded", record, checkup_type=kind, exam_date=exam_date, **more)


def assistance(started_on: str, record: str = "W-1", **more: Any) -> RecordLinked:
    return fact("public_assistance.member_changed", record, started_on=started_on, **more)


def notified(issued_on: str, weeks: int, record: str = "N-1", **more: Any) -> RecordLinked:
    return of_mother("pregnancy.notified", record, handbook_issued_on=issued_on, gestational_weeks=weeks, issue_kind="new", **more)


def prenatal(exam_date: str, record: str = "P-1", **more: Any) -> RecordLinked:
    return of_mother("prenatal_exam.recorded", record, exam_date=exam_date, **more)


def postpartum(exam_date: str, epds_total: int, record: str = "E-1", **more: Any) -> RecordLinked:
    return of_mother("postpartum_checkup.recorded", record, exam_date=exam_date, epds_total=epds_total, **more)


def of_mother(event_type: str, record: str, **more: Any) -> RecordLinked:
    return fact(event_type, record, MOTHER, **({"pregnancy": PREGNANCY} | more))


def kinship(*children: UUID, version: int = 1, linked: bool = True) -> list[Message]:
    deliveries = (Delivery(pregnancy_id=PREGNANCY, mother_id=MOTHER),) if linked else ()
    return [
        KinshipChanged(event_id=fresh_id(), occurred_at=AT, child_id=child, version=version, deliveries=deliveries)
        for child in children or (CHILD,)
    ]


def watermark(complete_through: str, *sources: Source) -> list[Message]:
    through = date.fromisoformat(complete_through)
    return [
        FeedWatermark(event_id=fresh_id(), occurred_at=AT, source=source, complete_through=through)
        for source in sources or (_HEALTH, Source.PUBLIC_ASSISTANCE)
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
