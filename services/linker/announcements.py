"""What the linker says. Pure: the same change gives the same messages with the same ids."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from contracts import catalogue
from contracts.ids import EventId, HouseholdId, MeasureId, PersonId, SchoolId, WelfareCaseId
from contracts.messages import (
    Delivery,
    HouseholdChanged,
    HouseholdMember,
    KinshipChanged,
    LinkingHeldUp,
    PersonChanged,
    PersonIdentified,
    PersonsMerged,
    PersonSplit,
    ProtectionChanged,
    Residence,
)
from contracts.unchecked import unchecked
from contracts.values import Operation, Source
from infra.identifiers import caused
from services.linker.domain.care import Care
from services.linker.domain.kinship import Birth, Kin
from services.linker.domain.person import Person
from services.linker.domain.protection import Measure
from services.linker.domain.records import Link, LinkState, Record

_person_changed = unchecked(PersonChanged)
_person_identified = unchecked(PersonIdentified)
_household_changed = unchecked(HouseholdChanged)
_kinship_changed = unchecked(KinshipChanged)
_residence = unchecked(Residence)
_member = unchecked(HouseholdMember)
_delivery = unchecked(Delivery)


class Fact(NamedTuple):
    """A RecordLinked, written as it travels, whom it is about, and the children whom it lists in that person's care."""

    person_id: PersonId
    text: str
    children: tuple[PersonId, ...] = ()

    @property
    def reaches(self) -> frozenset[PersonId]:
        """Of whom it is counted that it was said."""
        return frozenset((self.person_id, *self.children))


def person_changed(person: Person, version: int, facts_said: int, cause: EventId, at: datetime) -> PersonChanged:
    """Say what rules may use of a person."""
    return _person_changed(
        event_id=caused(cause, f"PersonChanged:{person.person_id}"),
        occurred_at=at,
        person_id=person.person_id,
        version=version,
        birth_date=person.birth_date,
        sex=person.sex,
        residence=tuple(_residence(start=stay.start, end=stay.end, ward=stay.ward) for stay in person.residence),
        household_id=person.household_id,
        exists=person.exists,
        birth_date_precision=person.birth_precision,
        facts_said=facts_said,
        moves=person.moves,
    )


def person_identified(person: Person, version: int, cause: EventId, at: datetime) -> PersonIdentified:
    """Say name and address of a person, for the ward's screens."""
    return _person_identified(
        event_id=caused(cause, f"PersonIdentified:{person.person_id}"),
        occurred_at=at,
        person_id=person.person_id,
        version=version,
        person_no=person.person_no,
        name=person.name,
        kana=person.kana,
        address_code=person.address_code,
    )


def household_changed(
    household_id: HouseholdId, number: str, version: int, people: Iterable[Kin], cause: EventId, at: datetime
) -> HouseholdChanged:
    """Say who is and was in a household."""
    return _household_changed(
        event_id=caused(cause, f"HouseholdChanged:{household_id}"),
        occurred_at=at,
        household_id=household_id,
        version=version,
        household_no=number,
        members=tuple(_members(household_id, people)),
    )


def kinship_changed(
    child: PersonId, version: int, birth: Birth, facts_said: Mapping[PersonId, int], cause: EventId, at: datetime
) -> KinshipChanged:
    """Say who a child's mother is and which pregnancies it was born of, with how much was said of each mother so far."""

    def said_of(mother: PersonId | None) -> int:
        return facts_said.get(mother, 0) if mother is not None else 0

    return _kinship_changed(
        event_id=caused(cause, f"KinshipChanged:{child}"),
        occurred_at=at,
        child_id=child,
        version=version,
        deliveries=tuple(
            _delivery(pregnancy_id=each.pregnancy_id, mother_id=each.mother_id, facts_said=said_of(each.mother_id)) for each in birth.links
        ),
        mother_id=birth.mother_id,
        mother_facts_said=said_of(birth.mother_id),
    )


def persons_merged(survivor: PersonId, absorbed: PersonId, version: int, records_moved: int, cause: UUID, at: datetime) -> PersonsMerged:
    """Say that two are one person."""
    return PersonsMerged(
        event_id=caused(cause, f"PersonsMerged:{absorbed}"),
        occurred_at=at,
        survivor_id=survivor,
        absorbed_id=absorbed,
        version=version,
        records_moved=records_moved,
    )


def person_split(former: PersonId, person: PersonId, version: int, records_moved: int, cause: UUID, at: datetime) -> PersonSplit:
    """Say that somebody is a person of their own again."""
    return PersonSplit(
        event_id=caused(cause, f"PersonSplit:{person}"),
        occurred_at=at,
        from_id=former,
        person_id=person,
        version=version,
        records_moved=records_moved,
    )


def protection_changed(measure_id: MeasureId, version: int, measure: Measure, cause: EventId, at: datetime) -> ProtectionChanged:
    """Say whom a measure protects from whom."""
    return ProtectionChanged(
        event_id=caused(cause, f"ProtectionChanged:{measure_id}"),
        occurred_at=at,
        measure_id=measure_id,
        version=version,
        valid_from=measure.valid_from,
        valid_to=measure.valid_to,
        protected=measure.protected,
        opponents=measure.opponents,
        voided=measure.voided,
    )


def facts_of(
    record: Record,
    before: Link | None,
    link: Link,
    at: datetime,
    *,
    case_id: WelfareCaseId | None,
    fresh: bool,
    version_of: Callable[[PersonId], int],
    care: Care | None = None,
    school_id: SchoolId | None = None,
    trace: str | None = None,
) -> list[Fact]:
    """
    Say the facts of a record about its person, or take them back, as its link changed from `before` to `link`.

    What the register says is told by PersonChanged, HouseholdChanged and ProtectionChanged instead. `record.said` counts what
    was said of this revision, so that saying something again after taking it back has an id of its own. `case_id` names the welfare case
    that the record is of: which records are of one is a fact (an opponent may share it, `domain.md` §2.8-8); the case's number stays here.
    `care` are the children whom it lists in its person's care, `school_id` names the school whose row for a month it is.
    `version_of` gives the version of a person after this parcel.
    """
    if record.key.source is Source.RESIDENT_REGISTRY:
        return []
    was, now = _person(before), _person(link)
    said: list[Fact] = []
    if was is not None and was != now:
        said.append(Fact(was, _linked(record, was, before, record.said, at, trace, version_of(was))))
    if now is not None and (fresh or _place(before) != _place(link)):
        number = record.said + len(said)
        text = _linked(record, now, link, number, at, trace, version_of(now), holds=True, case_id=case_id, care=care, school_id=school_id)
        said.append(Fact(now, text, care.children if care is not None else ()))
    return said


def linking_held_up(record: Record, version: int, at: datetime) -> LinkingHeldUp:
    """Say that a record is held up, and why, or that it is not any more."""
    link = record.link
    held_up = link if link is not None and link.is_held_up else None
    return LinkingHeldUp(
        event_id=caused(record.event_id, f"LinkingHeldUp:{version}"),
        occurred_at=at,
        source=record.key.source,
        event_type=record.key.event_type,
        record_id=record.key.record_id,
        revision=record.revision,
        version=version,
        state=_STATES[held_up.state] if held_up is not None else None,
        reason=held_up.reason if held_up is not None else None,
    )


_STATES: Mapping[LinkState, Literal["waiting", "review"]] = {LinkState.WAITING: "waiting", LinkState.REVIEW: "review"}


def _linked(
    record: Record,
    person_id: PersonId,
    link: Link | None,
    number: int,
    at: datetime,
    trace: str | None,
    person_version: int,
    *,
    holds: bool = False,
    case_id: WelfareCaseId | None = None,
    care: Care | None = None,
    school_id: SchoolId | None = None,
) -> str:
    """RecordLinked as JSON: the facts, or (unless it `holds`) that they are taken back. By hand: it is said of nearly every event."""
    key, operation = record.key, Operation.UPSERT if holds else Operation.VOID
    pregnancy_id = link.pregnancy_id if link is not None else None
    return (
        f'{{"event_id":"{caused(record.event_id, f"RecordLinked:{number}")}","occurred_at":"{at.isoformat()}",'
        f'"traceparent":{_quoted(trace)},"type":"RecordLinked","source":"{key.source}","event_type":{encode_basestring(key.event_type)},'
        f'"record_id":{encode_basestring(key.record_id)},"revision":{record.revision},"operation":"{operation}","person_id":"{person_id}",'
        f'"pregnancy_id":{_quoted(pregnancy_id)},"effective_on":"{record.effective_on.isoformat()}",'
        f'"data":{to_json(_without_names(record)).decode() if holds else "{}"},"case_id":{_quoted(case_id)},"said":{number},'
        f'"person_version":{person_version},"care":{_listed(care) if care is not None else "null"},'
        f'"school":{_school_row(school_id, record.recorded_at) if school_id is not None else "null"}}}'
    )


def _school_row(school_id: SchoolId, recorded_at: datetime) -> str:
    return f'{{"school_id":{_quoted(school_id)},"recorded_at":"{recorded_at.isoformat()}"}}'


def _listed(care: Care) -> str:
    children = ",".join(map(_quoted, care.children))
    return f'{{"children":[{children}],"start":{_quoted(care.start)},"end":{_quoted(care.end)}}}'


def _quoted(value: object) -> str:
    """An id, a day, or the trace of an event, as JSON: neither holds what would have to be escaped."""
    return "null" if value is None else f'"{value}"'


def _person(link: Link | None) -> PersonId | None:
    return link.person_id if link is not None and link.state is LinkState.LINKED else None


def _place(link: Link | None) -> tuple[Any, ...] | None:
    return (link.person_id, link.pregnancy_id) if link is not None and link.state is LinkState.LINKED else None


def _without_names(record: Record) -> dict[str, Any]:
    told = _telling_fields(record.key.source, record.key.event_type)
    return {name: value for name, value in (record.data or {}).items() if name in told}


@cache
def _telling_fields(source: Source, event_type: str) -> frozenset[str]:
    # A list of what may pass, not of what may not: a field that the catalogue does not know goes nowhere.
    return frozenset(field.name for field in catalogue.event_type(source, event_type).fields if not field.names_person)


def _members(household_id: HouseholdId, people: Iterable[Kin]) -> list[HouseholdMember]:
    places = [(place, person.person_id) for person in people for place in person.memberships if place.household_id == household_id]
    places.sort(key=lambda each: (each[0].start or date.min, each[1]))
    return [_member(person_id=who, relationship=at.relationship, start=at.start, end=at.end) for at, who in places]
