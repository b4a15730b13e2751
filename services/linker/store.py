"""The linker's tables. Every function is one statement for a whole parcel; what locks what is said in `actions.py`."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from contracts.ids import HouseholdId, PersonId, PregnancyId
from contracts.messages import FeedWatermark
from contracts.values import Relationship, Sex, Source, Ward
from infra.postgres import Database
from infra.sql import queries
from services.linker.domain.household import Membership
from services.linker.domain.kinship import DeliveryLink, Kin
from services.linker.domain.person import Person
from services.linker.domain.pregnancy import Outcome, Pregnancy
from services.linker.domain.protection import Measure
from services.linker.domain.records import PROTECTION, RESIDENT, Link, LinkState, Record, RecordKey
from services.linker.domain.residence import Stay

SQL = queries(__file__)

Row: TypeAlias = asyncpg.Record


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class KnownMeasure:
    """A protection measure as stored."""

    measure_id: UUID
    version: int
    measure: Measure


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the decisions' log: about a record, or about a child's delivery."""

    state: str
    rule: str | None
    reason: str | None
    person_id: PersonId | None
    pregnancy_id: PregnancyId | None
    key: RecordKey | None = None
    revision: int | None = None


async def lock(db: Database, things: Iterable[UUID]) -> None:
    """Keep other transactions from these things until the end of this one."""
    keys = sorted({int.from_bytes(thing.bytes[:8], "big", signed=True) for thing in things})
    if keys:
        await db.execute(SQL.lock, keys)


async def records_named(db: Database, keys: Collection[RecordKey]) -> dict[RecordKey, Record]:
    """Return those of the records that are here."""
    return _records(await db.fetch(SQL.records_named, *_columns(sorted(keys), 3)))


async def records_of_pregnancies(db: Database, pregnancies: Collection[PregnancyId]) -> dict[RecordKey, Record]:
    """Return every record that names one of the pregnancies."""
    return _records(await db.fetch(SQL.records_of_pregnancies, list(pregnancies))) if pregnancies else {}


async def statements_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, Record]:
    """Return the register's current statements about the persons."""
    return _records(await db.fetch(SQL.statements_about, list(persons), RESIDENT)) if persons else {}


async def facts_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, Record]:
    """Return all current records about the persons and their pregnancies, except what the register says."""
    return _records(await db.fetch(SQL.facts_about, list(persons), [RESIDENT, PROTECTION])) if persons else {}


async def persons(db: Database, ids: Collection[PersonId]) -> dict[PersonId, KnownPerson]:
    """Return those of the persons who are, or were, in the register."""
    return {PersonId(row["person_id"]): _person(row) for row in await db.fetch(SQL.persons, list(ids))} if ids else {}


async def memberships(db: Database, ids: Collection[PersonId]) -> dict[PersonId, tuple[Membership, ...]]:
    """Return the memberships of the persons, in order."""
    found: dict[PersonId, tuple[Membership, ...]] = {}
    for row in await db.fetch(SQL.memberships, list(ids)) if ids else ():
        found[row["person_id"]] = (*found.get(row["person_id"], ()), _membership(row))
    return found


async def kin(db: Database, households: Collection[HouseholdId]) -> dict[PersonId, Kin]:
    """Return everybody who was ever in one of the households, with all their memberships."""
    found: dict[PersonId, Kin] = {}
    for row in await db.fetch(SQL.kin, list(households)) if households else ():
        before = found.get(row["person_id"])
        held = before.memberships if before is not None else ()
        found[row["person_id"]] = Kin(row["person_id"], row["birth_date"], Sex(row["sex"]), (*held, _membership(row)))
    return found


async def pregnancies(db: Database, ids: Collection[PregnancyId]) -> dict[PregnancyId, Pregnancy]:
    """Return the pregnancies."""
    return _pregnancies(await db.fetch(SQL.pregnancies, list(ids))) if ids else {}


async def pregnancies_around(db: Database, people: Collection[PersonId]) -> dict[PregnancyId, Pregnancy]:
    """Return the pregnancies of which one of the people is the mother or a child named by the health section."""
    return _pregnancies(await db.fetch(SQL.pregnancies_around, list(people))) if people else {}


async def deliveries(db: Database, children: Collection[PersonId]) -> dict[PersonId, tuple[DeliveryLink, ...]]:
    """Return the pregnancies that the children are linked to."""
    found: dict[PersonId, tuple[DeliveryLink, ...]] = {}
    for row in await db.fetch(SQL.deliveries, list(children)) if children else ():
        link = DeliveryLink(row["pregnancy_id"], row["mother_id"], row["rule"])
        found[row["child_id"]] = (*found.get(row["child_id"], ()), link)
    return found


async def measures(db: Database, keys: Collection[RecordKey]) -> dict[RecordKey, KnownMeasure]:
    """Return the protection measures that the records state."""
    rows = await db.fetch(SQL.measures, *_columns(sorted(keys), 3)) if keys else ()
    return {(known := _measure(row)).measure.key: known for row in rows}


async def save_records(db: Database, records: Sequence[Record]) -> None:
    """Save new revisions with their links."""
    if records:
        ordered = sorted(records, key=lambda record: record.key)
        await db.execute(SQL.save_records, *_columns([_record_columns(record) for record in ordered], 16))


async def relink_records(db: Database, records: Sequence[Record]) -> None:
    """Save what became of records that were here already."""
    if records:
        ordered = sorted(records, key=lambda record: record.key)
        rows = [(*record.key, *_link_columns(record.link), record.said) for record in ordered]
        await db.execute(SQL.relink_records, *_columns(rows, 9))


async def save_persons(db: Database, people: Sequence[tuple[Person, int, int]]) -> None:
    """Save persons, each with its version and the version of its identity, and their names and memberships."""
    if not people:
        return
    await db.execute(SQL.save_persons, *_columns([_person_columns(*each) for each in people], 12))
    ids = [person.person_id for person, _, _ in people]
    await _replace(db, SQL.forget_names, SQL.save_names, ids, [row for person, _, _ in people for row in _name_rows(person)], 5)
    rows = [row for person, _, _ in people for row in _membership_rows(person)]
    await _replace(db, SQL.forget_memberships, SQL.save_memberships, ids, rows, 6)


async def count_up_households(db: Database, numbers: Mapping[HouseholdId, str]) -> dict[HouseholdId, int]:
    """Give each household its next version."""
    ids = sorted(numbers)
    rows = await db.fetch(SQL.count_up_households, ids, [numbers[each] for each in ids]) if ids else ()
    return {row["household_id"]: row["version"] for row in rows}


async def save_pregnancies(db: Database, known: Sequence[Pregnancy]) -> None:
    """Save pregnancies."""
    if known:
        rows = [(p.pregnancy_id, p.pregnancy_no, p.mother_id, p.due_on, p.issued_on, p.outcome, p.ended_on) for p in known]
        pairs = [(p.pregnancy_id, child) for p in known for child in sorted(p.children)]
        await db.execute(SQL.save_pregnancies, *_columns(rows, 7), *_columns(pairs, 2))


async def forget_pregnancies(db: Database, gone: Sequence[PregnancyId]) -> None:
    """Forget pregnancies of which no record stands any more."""
    if gone:
        await db.execute(SQL.forget_pregnancies, list(gone))


async def save_deliveries(db: Database, links: Mapping[PersonId, Sequence[DeliveryLink]]) -> dict[PersonId, int]:
    """Replace the pregnancies that the children are linked to; return the kinship version of each."""
    if not links:
        return {}
    children = sorted(links)
    rows = [(child, each.pregnancy_id, each.mother_id, each.rule) for child in children for each in links[child]]
    await _replace(db, SQL.forget_deliveries, SQL.save_deliveries, children, rows, 4)
    return {row["person_id"]: row["kinship_version"] for row in await db.fetch(SQL.count_up_kinship, children)}


async def save_measures(db: Database, known: Sequence[KnownMeasure]) -> None:
    """Save protection measures."""
    if known:
        await db.executemany(SQL.save_measure, [_measure_columns(each) for each in known])


async def note_decisions(db: Database, at: datetime, decisions: Sequence[Decision]) -> None:
    """Add to the log of decisions."""
    if decisions:
        await db.execute(SQL.note_decisions, at, *_columns([_decision_columns(each) for each in decisions], 10))


async def _replace(db: Database, forget: str, save: str, ids: Sequence[UUID], rows: Sequence[Sequence[Any]], width: int) -> None:
    await db.execute(forget, list(ids))
    if rows:
        await db.execute(save, *_columns(rows, width))


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _records(rows: Iterable[Row]) -> dict[RecordKey, Record]:
    return {(record := _record(row)).key: record for row in rows}


def _record(row: Row) -> Record:
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
    )


def _record_columns(record: Record) -> tuple[Any, ...]:
    return (
        *record.key,
        record.revision,
        record.effective_on,
        record.recorded_at,
        record.event_id,
        json.dumps(record.data, ensure_ascii=False) if record.data is not None else None,
        record.subject_id,
        record.pregnancy_id,
        *_link_columns(record.link),
        record.said,
    )


def _link_columns(link: Link | None) -> tuple[Any, ...]:
    if link is None:
        raise ValueError("a record is saved only after it was decided what becomes of it")
    return (link.state, link.rule, link.reason, link.person_id, link.pregnancy_id)


def _person(row: Row) -> KnownPerson:
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
        residence=tuple(Stay(_day(start), _day(end), Ward(ward) if ward else None) for start, end, ward in json.loads(row["residence"])),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _person_columns(person: Person, version: int, identity_version: int) -> tuple[Any, ...]:
    residence = [(_iso(stay.start), _iso(stay.end), stay.ward) for stay in person.residence]
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


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _name_rows(person: Person) -> list[tuple[Any, ...]]:
    return [(person.person_id, each.since, position, each.name, each.kana) for position, each in enumerate(person.names)]


def _membership_rows(person: Person) -> list[tuple[Any, ...]]:
    return [
        (person.person_id, position, each.household_id, each.relationship, each.start, each.end)
        for position, each in enumerate(person.memberships)
    ]


def _membership(row: Row) -> Membership:
    return Membership(row["household_id"], row["household_no"], Relationship(row["relationship"]), row["valid_from"], row["valid_to"])


def _pregnancies(rows: Iterable[Row]) -> dict[PregnancyId, Pregnancy]:
    return {row["pregnancy_id"]: _pregnancy(row) for row in rows}


def _pregnancy(row: Row) -> Pregnancy:
    return Pregnancy(
        pregnancy_id=row["pregnancy_id"],
        pregnancy_no=row["pregnancy_no"],
        mother_id=row["mother_id"],
        due_on=row["due_on"],
        issued_on=row["issued_on"],
        outcome=Outcome(row["outcome"]) if row["outcome"] is not None else None,
        ended_on=row["ended_on"],
        children=frozenset(row["children"]),
    )


def _measure(row: Row) -> KnownMeasure:
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


async def passed_everywhere(db: Database, marks: Sequence[FeedWatermark], partitions: int) -> list[tuple[Source, date]]:
    """Note that watermarks came by on a partition. Returns those that have come by on all of them by now."""
    await db.execute(SQL.lock_watermarks)
    named = [mark.source.value for mark in marks], [mark.complete_through for mark in marks]
    await db.execute(SQL.see_watermarks, *named, [mark.event_id for mark in marks])
    rows = await db.fetch(SQL.watermarks_seen_everywhere, *named, partitions)
    return [(Source(row["source"]), row["complete_through"]) for row in rows]


def _measure_columns(known: KnownMeasure) -> tuple[Any, ...]:
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


def _decision_columns(decision: Decision) -> tuple[Any, ...]:
    source, event_type, record_id = decision.key if decision.key is not None else (None, None, None)
    return (
        "record" if decision.key is not None else "delivery",
        source,
        event_type,
        record_id,
        decision.revision,
        decision.state,
        decision.rule,
        decision.reason,
        decision.person_id,
        decision.pregnancy_id,
    )
