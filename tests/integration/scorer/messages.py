"""Messages that the scorer hears, for the tests: each with an id of its own."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from contracts.ids import EventId, HouseholdId, MeasureId, PersonId, PregnancyId, WelfareCaseId
from contracts.messages import (
    CareList,
    Delivery,
    FeedWatermark,
    HouseholdChanged,
    HouseholdMember,
    KinshipChanged,
    Message,
    PersonChanged,
    ProtectionChanged,
    RecordLinked,
    RecordsInHand,
    Residence,
)
from contracts.values import Operation, Relationship, Sex, Source, Ward

AT = datetime(2026, 4, 1, tzinfo=UTC)
CHILD, SIBLING, MOTHER, FATHER = (PersonId(UUID(int=number)) for number in (0xC, 0xD, 0xE, 0xFA))
PREGNANCY = PregnancyId(UUID(int=0xF))
HOME, ANOTHER_HOME = HouseholdId(UUID(int=0x40)), HouseholdId(UUID(int=0x41))
CASE, ANOTHER_CASE = WelfareCaseId(UUID(int=0xCA5E)), WelfareCaseId(UUID(int=0xCA5F))

_numbers = count(1)
_HEALTH = Source.MATERNAL_CHILD_HEALTH


def fresh_id() -> EventId:
    return EventId(UUID(int=0xABC << 64 | next(_numbers)))


def person(
    birth: str, *stays: tuple[str | None, str | None], who: PersonId = CHILD, version: int = 1, exists: bool = True, **more: Any
) -> PersonChanged:
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
        **more,
    )


def fact(event_type: str, record: str, who: PersonId = CHILD, **data: Any) -> RecordLinked:
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
        case_id=data.pop("case", None),
        person_version=data.pop("person_version", 0),
        effective_on=date.fromisoformat(data.pop("effective_on", "2026-04-01")),
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


def kinship(*children: PersonId, version: int = 1, linked: bool = True) -> list[Message]:
    deliveries = (Delivery(pregnancy_id=PREGNANCY, mother_id=MOTHER),) if linked else ()
    return [
        KinshipChanged(event_id=fresh_id(), occurred_at=AT, child_id=child, version=version, deliveries=deliveries)
        for child in children or (CHILD,)
    ]


def watermark(complete_through: str, *sources: Source, version: int = 0, complete_from: str | None = None) -> list[Message]:
    through, since = date.fromisoformat(complete_through), _day(complete_from)
    return [
        FeedWatermark(event_id=fresh_id(), occurred_at=AT, source=source, complete_through=through, complete_from=since, version=version)
        for source in sources or (_HEALTH, Source.PUBLIC_ASSISTANCE)
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def in_hand(records: int, who: PersonId | None = CHILD, version: int = 1, source: Source = _HEALTH) -> RecordsInHand:
    return RecordsInHand(event_id=fresh_id(), occurred_at=AT, source=source, person_id=who, version=version, records=records)


def certain_mother(*children: PersonId, facts_said: int = 0, version: int = 1) -> list[Message]:
    return [
        KinshipChanged(
            event_id=fresh_id(),
            occurred_at=AT,
            child_id=child,
            version=version,
            deliveries=(),
            mother_id=MOTHER,
            mother_facts_said=facts_said,
        )
        for child in children or (CHILD,)
    ]


def measure(valid_from: str, valid_to: str | None = None, version: int = 1, voided: bool = False) -> ProtectionChanged:
    """A measure that protects the child from its father."""
    return ProtectionChanged(
        event_id=fresh_id(),
        occurred_at=AT,
        measure_id=MeasureId(UUID(int=0xABCD)),
        version=version,
        valid_from=date.fromisoformat(valid_from),
        valid_to=_day(valid_to),
        protected=(CHILD,),
        opponents=(FATHER,),
        voided=voided,
    )


def household(*members: tuple[PersonId, str | None, str | None], home: HouseholdId = HOME, version: int = 1) -> HouseholdChanged:
    """Who lived there, from when to when."""
    return HouseholdChanged(
        event_id=fresh_id(),
        occurred_at=AT,
        household_id=home,
        version=version,
        household_no="H-1",
        members=tuple(
            HouseholdMember(person_id=who, relationship=Relationship.OTHER, start=_day(start), end=_day(end)) for who, start, end in members
        ),
    )


def allowance(record: str, who: PersonId, children: list[PersonId], start: str, end: str | None = None, **more: Any) -> RecordLinked:
    """A record that lists the children in somebody's care."""
    void = more.pop("void", False)
    return RecordLinked(
        event_id=fresh_id(),
        occurred_at=AT,
        source=Source.CHILD_ALLOWANCES,
        event_type="allowance.entitlement_changed",
        record_id=record,
        revision=more.pop("revision", 1),
        operation=Operation.VOID if void else Operation.UPSERT,
        person_id=who,
        effective_on=AT.date(),
        data={} if void else {"kind": "child", "entitled_from": start, **more},
        care=None if void else CareList(children=tuple(children), start=_day(start), end=_day(end)),
    )
