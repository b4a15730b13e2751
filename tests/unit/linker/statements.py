"""Builders of statements and records for the domain's tests."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from contracts.ids import EventId, HouseholdId, PersonId, PregnancyId, SchoolId, WelfareCaseId
from contracts.values import Relationship, Source
from services.linker.domain.household import Membership
from services.linker.domain.records import Record, RecordKey
from services.linker.domain.statements import Statement, statement_of


def identifier(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, name)


class PlainNames:
    """Names without a key: enough for pure tests."""

    def person(self, number: str) -> PersonId:
        return PersonId(identifier(f"person {number}"))

    def entry(self, number: str) -> PersonId:
        return self.person(number)

    def household(self, number: str) -> HouseholdId:
        return HouseholdId(identifier(f"household {number}"))

    def pregnancy(self, number: str) -> PregnancyId:
        return PregnancyId(identifier(f"pregnancy {number}"))

    def school(self, code: str) -> SchoolId:
        return SchoolId(identifier(f"school {code}"))

    def welfare_case(self, number: str) -> WelfareCaseId:
        return WelfareCaseId(identifier(f"welfare case {number}"))


NAMES = PlainNames()


def day(text: str) -> date:
    return date.fromisoformat(text)


def record(
    event_type: str,
    data: dict[str, Any] | None,
    *,
    name: str = "1",
    on: str = "2026-04-01",
    at: datetime | None = None,
    revision: int = 1,
    source: Source = Source.RESIDENT_REGISTRY,
) -> Record:
    given = data or {}
    number = given.get("mother_person_no") or given.get("recipient_no") or given.get("person_no")
    return Record(
        key=RecordKey(source, event_type, name),
        revision=revision,
        effective_on=day(on),
        recorded_at=at or datetime.combine(day(on), datetime.min.time(), UTC),
        event_id=EventId(identifier(f"event {event_type} {name} {revision}")),
        data=data,
        subject_id=NAMES.person(number) if number else None,
        pregnancy_id=NAMES.pregnancy(given["pregnancy_id"]) if given.get("pregnancy_id") else None,
    )


def statement(
    on: str, *, name: str | None = None, number: str = "1", born: str = "2020-03-01", at: datetime | None = None, **facts: Any
) -> Statement:
    told = record("resident.changed", {"person_no": number, "birth_date": born, **facts}, name=name or on, on=on, at=at)
    return statement_of(told, NAMES)


def membership(household: str, relationship: Relationship, start: str | None, end: str | None = None) -> Membership:
    return Membership(NAMES.household(household), household, relationship, day(start) if start else None, day(end) if end else None)
