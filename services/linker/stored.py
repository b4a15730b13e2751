"""How persons, records, pregnancies and measures stand in the tables: from rows to values, and from values to columns."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from contracts.ids import HouseholdId, MeasureId, PersonId
from contracts.quick import quick
from contracts.values import DatePrecision, Relationship, Sex, Source, Ward
from infra.rows import day
from services.linker.domain.care import bare_numbers
from services.linker.domain.household import Membership
from services.linker.domain.kinship import DeliveryLink
from services.linker.domain.person import Person
from services.linker.domain.pregnancy import Outcome, Pregnancy
from services.linker.domain.protection import Measure
from services.linker.domain.records import Link, LinkState, Record, RecordKey
from services.linker.domain.residence import Stay
from services.linker.domain.revisions import Revision, Verdict
from services.linker.domain.statements import Born

Row: TypeAlias = asyncpg.Record

Links: TypeAlias = tuple[DeliveryLink, ...]


NOBODY = UUID(int=0)
"""Stands for "nobody in particular" where a column cannot be empty."""

PUT_ASIDE = "-"
"""Stands for the event type of what was put aside before anybody knew what it is."""


@quick(frozen=True, slots=True)
class KnownPerson:
    """A person as stored, with the versions that were announced."""

    version: int
    identity_version: int
    person_no: str
    registered: bool
    birth_date: date
    sex: Sex
    name: str | None
    kana: str | None
    address_code: str | None
    household_id: HouseholdId | None
    residence: tuple[Stay, ...]
    birth_precision: DatePrecision
    moves: tuple[date, ...] = ()


@quick(frozen=True, slots=True)
class KnownMeasure:
    """A protection measure as stored."""

    measure_id: MeasureId
    version: int
    measure: Measure


@quick(frozen=True, slots=True)
class Decided:
    """A record with what became of it, as it was `before` (None: it is new), and when that was decided."""

    record: Record
    before: Record | None
    at: datetime

    @property
    def first_at(self) -> datetime | None:
        """When the first decision was made, while it is the only one; after that the log of decisions says it."""
        if self.before is None:
            return self.at
        return self.before.decided_at if self.before.link == self.record.link else None


class InHand(NamedTuple):
    """How many records of a source are held that may concern a person, or anybody."""

    source: Source
    person_id: PersonId | None
    version: int
    records: int


class GivenUp(NamedTuple):
    """What the register said once of somebody whose number it gave up, and whom the same record is about now."""

    key: RecordKey
    person_id: PersonId
    born: Born
    name: str | None
    kana: str | None
    now: PersonId | None


class Namesake(NamedTuple):
    """What a person of the register is compared by."""

    born: Born
    name: str | None
    kana: str | None


def record_in(row: Row) -> Record:
    """The record of a row."""
    return Record(
        key=RecordKey(Source(row["source"]), row["event_type"], row["record_id"]),
        revision=row["revision"],
        effective_on=row["effective_on"],
        recorded_at=row["recorded_at"],
        event_id=row["event_id"],
        data=json.loads(row["data"]) if row["data"] is not None else None,
        subject_id=row["subject_id"],
        pregnancy_id=row["stated_pregnancy_id"],
        link=Link(LinkState(row["state"]), row["rule"], row["reason"], row["person_id"], row["pregnancy_id"]),
        said=row["said"],
        subject_no=row["subject_no"],
        decided_at=row["decided_at"],
    )


def revision_in(row: Row) -> Revision:
    """The revision of a row."""
    record = Record(
        key=RecordKey(Source(row["source"]), row["event_type"], row["record_id"]),
        revision=row["revision"],
        effective_on=row["effective_on"],
        recorded_at=row["recorded_at"],
        event_id=row["event_id"],
        data=json.loads(row["data"]) if row["data"] is not None else None,
        subject_id=row["subject_id"],
        pregnancy_id=None,
    )
    return Revision(record, Verdict(row["verdict"]) if row["verdict"] is not None else None)


def stated_columns(record: Record) -> tuple[Any, ...]:
    """The columns that hold what a record states."""
    return (
        record.key.id,
        *record.key,
        record.revision,
        record.effective_on,
        record.recorded_at,
        record.event_id,
        to_json(record.data).decode() if record.data is not None else None,
        record.subject_id,
    )


def record_columns(decided: Decided) -> tuple[Any, ...]:
    """A record with what became of it, as a `saved_record`."""
    record = decided.record
    return (
        *stated_columns(record),
        record.pregnancy_id,
        *_link_columns(record.link),
        record.said,
        record.subject_no,
        decided.first_at,
        record.pupil,
        bare_numbers(record),
    )


def decision_rows(decided: Decided) -> list[tuple[Any, ...]]:
    """The rows that tell of a decision that changed: the first one, where the record alone told of it so far, and the new one."""
    record, before = decided.record, decided.before
    if before is None or before.link == record.link:
        return []
    first = [(before.decided_at, *_decision(before))] if before.decided_at is not None else []
    return [*first, (decided.at, *_decision(record))]


def _decision(record: Record) -> tuple[Any, ...]:
    return (*record.key, record.revision, *_link_columns(record.link))


def _link_columns(link: Link | None) -> tuple[Any, ...]:
    if link is None:
        raise ValueError("a record is saved only after it was decided what becomes of it")
    return (link.state, link.rule, link.reason, link.person_id, link.pregnancy_id)


def person_in(row: Row) -> KnownPerson:
    """The person of a row, as stored."""
    return KnownPerson(
        version=row["version"],
        identity_version=row["identity_version"],
        person_no=row["person_no"],
        registered=row["registered"],
        birth_date=row["birth_date"],
        sex=Sex(row["sex"]),
        name=row["name"],
        kana=row["kana"],
        address_code=row["address_code"],
        household_id=row["household_id"],
        residence=tuple(Stay(day(start), day(end), Ward(ward) if ward else None) for start, end, ward in json.loads(row["residence"])),
        birth_precision=DatePrecision(row["birth_precision"]),
        moves=tuple(row["moves"]),
    )


def person_columns(person: Person, version: int, identity_version: int) -> tuple[Any, ...]:
    """The columns of a person, with the versions that are announced."""
    residence = [(str(stay.start) if stay.start else None, str(stay.end) if stay.end else None, stay.ward) for stay in person.residence]
    return (
        person.person_id,
        person.person_no,
        person.exists,
        version,
        identity_version,
        person.birth_date,
        person.sex,
        person.name,
        person.kana,
        person.address_code,
        person.household_id,
        json.dumps(residence),
    )


def name_rows(person: Person) -> list[tuple[Any, ...]]:
    """The rows of the names that a person has had."""
    return [(person.person_id, position, each.since, each.name, each.kana) for position, each in enumerate(person.names)]


def membership_rows(person: Person) -> list[tuple[Any, ...]]:
    """The rows of the households that a person has belonged to."""
    return [
        (person.person_id, position, each.household_id, each.relationship, each.start, each.end)
        for position, each in enumerate(person.memberships)
    ]


def membership_in(row: Row) -> Membership:
    """The membership of a row."""
    return Membership(row["member_of"], row["household_no"], Relationship(row["relationship"]), row["valid_from"], row["valid_to"])


def pregnancy_in(row: Row) -> Pregnancy:
    """The pregnancy of a row."""
    return Pregnancy(
        pregnancy_id=row["pregnancy_id"],
        pregnancy_no=row["pregnancy_no"],
        mother_id=row["mother_id"],
        due_on=row["due_on"],
        issued_on=row["issued_on"],
        outcome=Outcome(row["outcome"]) if row["outcome"] is not None else None,
        ended_on=row["ended_on"],
        fetus_count=row["fetus_count"],
        children=frozenset(row["children"]),
    )


def measure_in(row: Row) -> KnownMeasure:
    """The measure of a row, as stored."""
    return KnownMeasure(
        row["measure_id"],
        row["version"],
        Measure(
            key=RecordKey(Source(row["source"]), row["event_type"], row["record_id"]),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            applicant=row["applicant_id"],
            protected=tuple(row["protected"]),
            opponents=tuple(row["opponents"]),
            voided=row["voided"],
        ),
    )


def measure_columns(known: KnownMeasure) -> tuple[Any, ...]:
    """The columns of a measure."""
    each = known.measure
    return (
        known.measure_id,
        *each.key,
        known.version,
        each.valid_from,
        each.valid_to,
        each.applicant,
        list(each.protected),
        list(each.opponents),
        each.voided,
    )


def delivery_decisions(child: PersonId, before: Links, now: Links) -> list[tuple[Any, ...]]:
    """The rows that tell which links of a child to a pregnancy ended, and which are new."""
    ended = [("ended", each.rule, child, each.pregnancy_id) for each in before if each not in now]
    return ended + [("linked", each.rule, child, each.pregnancy_id) for each in now if each not in before]
