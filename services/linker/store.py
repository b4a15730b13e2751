"""The linker's tables. Every function is one statement for a whole parcel; what locks what is said in `actions.py`."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from hashlib import blake2b
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from contracts.ids import HouseholdId, PersonId, PregnancyId
from contracts.kinds import EventKind
from contracts.values import DatePrecision, Relationship, Sex, Source, Ward
from infra.postgres import Database
from infra.rows import columns, day
from infra.sql import queries
from services.linker.domain.household import Membership
from services.linker.domain.kinship import UNKNOWN_BIRTH, Birth, DeliveryLink, Kin
from services.linker.domain.linking import NUMBER_REUSED, UNNOTIFIED
from services.linker.domain.person import Person
from services.linker.domain.pregnancy import Outcome, Pregnancy
from services.linker.domain.protection import Measure
from services.linker.domain.records import OF_REGISTER, Link, LinkState, Record, RecordKey
from services.linker.domain.residence import Stay
from services.linker.domain.revisions import Revision, Verdict
from services.linker.domain.statements import Born, birth_of, told_birth_dates

SQL = queries(__file__)
_WHOLE = int.from_bytes(b"linker")

Row: TypeAlias = asyncpg.Record
Links: TypeAlias = tuple[DeliveryLink, ...]
NOBODY = UUID(int=0)
"""Stands for "nobody in particular" where a column cannot be empty."""


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
    birth_precision: DatePrecision


@dataclass(frozen=True, slots=True)
class KnownMeasure:
    """A protection measure as stored."""

    measure_id: UUID
    version: int
    measure: Measure


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


class Round(IntEnum):
    """The rounds of locks, in the order in which every transaction takes them: each has numbers of its own."""

    RECORDS = 0
    PERSONS = 1
    BIRTH_DATES = 2
    HOUSEHOLDS = 3


_LOCKS_OF_ALL = 6_000
"""The server keeps about 12,800 holders of locks with its default settings, for everybody."""
_STRIPES_MOST = 1_024


def stripes(partitions: int) -> int:
    """Return into how many numbers what is locked is folded, so that all partitions at once never use the server's locks up."""
    return max(1, min(_STRIPES_MOST, _LOCKS_OF_ALL // (len(Round) * partitions)))


async def lock(db: Database, turn: Round, keys: Iterable[int], partitions: int) -> None:
    """
    Keep other partitions from what the keys name until the end of this transaction.

    Two things that share a number only wait for each other.
    """
    folds = stripes(partitions)
    await db.execute(SQL.lock, _WHOLE, sorted({turn * folds + key % folds for key in keys}))


async def enter(db: Database, partitions: int) -> None:
    """Keep people's decisions out until the end of this transaction, and everybody where this is the only partition."""
    await db.execute(SQL.lock_all if partitions == 1 else SQL.enter, _WHOLE)


async def lock_all(db: Database) -> None:
    """Keep everybody else from the linker's tables until the end of this transaction."""
    await db.execute(SQL.lock_all, _WHOLE)


def record_lock(key: RecordKey) -> int:
    """Return the number under which a record is locked. Two records that share one only wait for each other."""
    return _lock_of("\x1f".join(key))


def _lock_of(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def thing_lock(thing: UUID) -> int:
    """Return the number under which a person, household or pregnancy is locked."""
    return int.from_bytes(thing.bytes[:8], "big", signed=True)


async def records_named(db: Database, keys: Collection[RecordKey], pregnancies: Collection[PregnancyId]) -> dict[RecordKey, Record]:
    """Return those of the records that are here, and all that name one of the pregnancies, or one that these records name."""
    return _records(await db.fetch(SQL.records_named, *columns(sorted(keys), 3), list(pregnancies)))


async def statements_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, Record]:
    """Return the register's current statements about the persons."""
    return _records(await db.fetch(SQL.statements_about, list(persons), EventKind.RESIDENT_CHANGED)) if persons else {}


async def revisions(db: Database, keys: Collection[RecordKey]) -> dict[RecordKey, list[Revision]]:
    """Return what is kept of the further revisions of the register's records, oldest first."""
    return _revisions(await db.fetch(SQL.revisions, *columns(sorted(keys), 3)) if keys else ())


async def revisions_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, list[Revision]]:
    """Return what is kept of the revisions of every record of the register that is, or ever was, about one of the persons."""
    return _revisions(await db.fetch(SQL.revisions_about, list(persons), EventKind.RESIDENT_CHANGED) if persons else ())


def _revisions(rows: Iterable[Row]) -> dict[RecordKey, list[Revision]]:
    found: dict[RecordKey, list[Revision]] = {}
    for row in rows:
        revision = _revision(row)
        found.setdefault(revision.record.key, []).append(revision)
    return found


async def save_revisions(db: Database, kept: Sequence[tuple[Revision, bool]]) -> None:
    """Keep revisions of the register's records, each with whether it waits for a person's decision."""
    if kept:
        rows = sorted(((*_stated_columns(each.record), contested) for each, contested in kept), key=lambda row: row[:4])
        await db.execute(SQL.save_revisions, *columns(rows, 10))


async def judge(db: Database, key: RecordKey, revision: int, verdict: Verdict) -> bool:
    """Keep what a person decided of a contested revision, or of a record under the number of somebody else; return whether there was."""
    return await db.fetchval(SQL.judge, *key, revision, verdict.value, NUMBER_REUSED) is not None


async def facts_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, Record]:
    """Return all current records about the persons and their pregnancies, except what the register says."""
    return _records(await db.fetch(SQL.facts_about, list(persons), list(OF_REGISTER))) if persons else {}


async def facts_alike(db: Database, numbers: Collection[str], born: Collection[date]) -> dict[RecordKey, Record]:
    """Return the records linked to nobody that name such a number but for leading zeros, or one given up of somebody born on such a day."""
    days = [told for each in born for told in told_birth_dates(each)]
    rows = await db.fetch(SQL.facts_alike, [bare(each) for each in numbers], days, list(OF_REGISTER)) if numbers or born else ()
    return _records(rows)


async def numbers_alike(db: Database, numbers: Mapping[PersonId, str]) -> list[tuple[PersonId, PersonId]]:
    """Return who of the register has a number that is equal but for leading zeros to one that is not in it."""
    rows = await db.fetch(SQL.numbers_alike, list(numbers), list(numbers.values())) if numbers else ()
    return [(row["person_id"], row["alike"]) for row in rows]


async def numbers_given_up(db: Database, persons: Collection[PersonId]) -> list[GivenUp]:
    """Return what the register said once of persons who are not in it."""
    rows = await db.fetch(SQL.numbers_given_up, list(persons), EventKind.RESIDENT_CHANGED) if persons else ()
    return [
        GivenUp(
            RecordKey(Source(row["source"]), row["event_type"], row["record_id"]),
            row["person_id"],
            birth_of({"birth_date": row["birth_date"]}),
            row["name"],
            row["kana"],
            row["now"],
        )
        for row in rows
    ]


async def born_on(db: Database, days: Collection[date]) -> dict[PersonId, Namesake]:
    """Return who of the register was born on one of the days, or of whom it is the earliest possible one."""
    rows = await db.fetch(SQL.born_on, list(days)) if days else ()
    return {
        row["person_id"]: Namesake((row["birth_date"], DatePrecision(row["birth_precision"])), row["name"], row["kana"]) for row in rows
    }


def number_lock(number: str) -> int:
    """Return the number under which all numbers of persons, or pregnancies, are locked that are equal but for leading zeros."""
    return _lock_of(bare(number))


def birth_date_lock(born: date) -> int:
    """Return the number under which everybody is locked who was born on a day."""
    return _lock_of(born.isoformat())


def bare(number: str) -> str:
    """Return a number without leading zeros: what numbers are never linked by, but put before people by."""
    return number.lstrip("0")


async def numbers_decided(db: Database) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return what people decided that numbers mean, and which pairs of numbers they decided are two persons."""
    rows = await db.fetch(SQL.numbers_decided)
    same = {row["number"]: row["person_no"] for row in rows if row["verdict"] == Verdict.SAME}
    return same, [(row["number"], row["person_no"]) for row in rows if row["verdict"] == Verdict.OTHER]


async def save_number_decision(db: Database, number: str, person_nos: Sequence[str], verdict: Verdict) -> None:
    """Keep that a number means the only one of these persons, or none of them."""
    await db.execute(SQL.save_number_decisions, number, list(person_nos), verdict.value)


async def open_named(db: Database, event_type: str, record_id: str, revision: int) -> list[Record]:
    """Return the records of that name, of whatever source, that are linked to nobody."""
    return list(_records(await db.fetch(SQL.open_named, event_type, record_id, revision)).values())


async def naming_number(db: Database, number: str) -> dict[RecordKey, Record]:
    """Return the records that are linked to nobody and name a number."""
    return _records(await db.fetch(SQL.naming_number, number, list(OF_REGISTER)))


async def candidates(db: Database, key: RecordKey) -> list[str]:
    """Return the numbers of whom a record that is held may concern."""
    return [row["person_no"] for row in await db.fetch(SQL.candidates, *key)]


async def number_of_entry(db: Database, record_id: str) -> list[str]:
    """Return the number of the person whom an entry of the register is about, if there is one."""
    return [row["person_no"] for row in await db.fetch(SQL.number_of_entry, EventKind.RESIDENT_CHANGED, record_id)]


async def persons(db: Database, ids: Collection[PersonId]) -> tuple[dict[PersonId, KnownPerson], dict[PersonId, tuple[Membership, ...]]]:
    """Return those of the persons who are, or were, in the register, and their memberships in order."""
    known: dict[PersonId, KnownPerson] = {}
    places: dict[PersonId, tuple[Membership, ...]] = {}
    for row in await db.fetch(SQL.persons, list(ids)) if ids else ():
        person_id = row["person_id"]
        if person_id not in known:
            known[person_id] = _person(row)
        if row["member_of"] is not None:
            places[person_id] = (*places.get(person_id, ()), _membership(row))
    return known, places


async def kin(db: Database, households: Collection[HouseholdId]) -> dict[PersonId, Kin]:
    """Return everybody who was ever in one of the households, with all their memberships."""
    found: dict[PersonId, Kin] = {}
    for row in await db.fetch(SQL.kin, list(households)) if households else ():
        before = found.get(row["person_id"])
        held = before.memberships if before is not None else ()
        found[row["person_id"]] = Kin(
            row["person_id"], row["birth_date"], Sex(row["sex"]), (*held, _membership(row)), DatePrecision(row["birth_precision"])
        )
    return found


async def pregnancies_around(db: Database, people: Collection[PersonId], ids: Collection[PregnancyId]) -> dict[PregnancyId, Pregnancy]:
    """Return the pregnancies, and those of which one of the people is the mother or a child named by the health section."""
    if not people and not ids:
        return {}
    return {row["pregnancy_id"]: _pregnancy(row) for row in await db.fetch(SQL.pregnancies_around, list(people), list(ids))}


async def pregnancies_alike(db: Database, numbers: Collection[str]) -> dict[PregnancyId, Pregnancy]:
    """Return the pregnancies whose number is equal to one of these but for leading zeros."""
    rows = await db.fetch(SQL.pregnancies_alike, [bare(each) for each in numbers]) if numbers else ()
    return {row["pregnancy_id"]: _pregnancy(row) for row in rows}


async def births(db: Database, children: Collection[PersonId]) -> dict[PersonId, Birth]:
    """Return the certain mothers of the children and the pregnancies that they are linked to."""
    found: dict[PersonId, Birth] = {}
    for row in await db.fetch(SQL.deliveries, list(children)) if children else ():
        before = found.get(row["child_id"], Birth(row["certain_mother_id"]))
        links = (DeliveryLink(row["pregnancy_id"], row["mother_id"], row["rule"]),) if row["pregnancy_id"] is not None else ()
        found[row["child_id"]] = Birth(before.mother_id, (*before.links, *links))
    return found


async def measures(db: Database, keys: Collection[RecordKey]) -> dict[RecordKey, KnownMeasure]:
    """Return the protection measures that the records state."""
    rows = await db.fetch(SQL.measures, *columns(sorted(keys), 3)) if keys else ()
    return {(known := _measure(row)).measure.key: known for row in rows}


async def measures_against(db: Database, persons: Collection[PersonId]) -> dict[UUID, Measure]:
    """Return the measures that stand and of which one of the persons is an opponent."""
    rows = await db.fetch(SQL.measures_against, list(persons)) if persons else ()
    return {row["measure_id"]: _measure(row).measure for row in rows}


async def save_records(db: Database, at: datetime, records: Sequence[Record]) -> None:
    """Save new revisions, and what became anew of records that were here; every one is a decision."""
    if records:
        ordered = sorted(records, key=lambda record: record.key)
        await db.execute(
            SQL.save_records, *columns([_record_columns(record) for record in ordered], 16), at, [record.subject_no for record in ordered]
        )


async def save_persons(
    db: Database, people: Sequence[tuple[Person, int, int]], households: Mapping[HouseholdId, str]
) -> dict[HouseholdId, int]:
    """
    Save persons, each with its version and the version of its identity, and their names and memberships.

    `households` are those that changed by it, with their numbers; returns the version that each has now.
    """
    if not people and not households:
        return {}
    changed = sorted(households.items())
    rows = await db.fetch(
        SQL.save_persons,
        *columns([_person_columns(*each) for each in people], 12),
        *columns([row for person, _, _ in people for row in _name_rows(person)], 5),
        *columns([row for person, _, _ in people for row in _membership_rows(person)], 6),
        *columns(changed, 2),
        [person.birth_precision.value for person, _, _ in people],
    )
    return {row["household_id"]: row["version"] for row in rows}


async def save_pregnancies(db: Database, known: Sequence[Pregnancy], gone: Sequence[PregnancyId]) -> None:
    """Save pregnancies, and forget those of which no record stands any more."""
    if known or gone:
        rows = [(p.pregnancy_id, p.pregnancy_no, p.mother_id, p.due_on, p.issued_on, p.outcome, p.ended_on) for p in known]
        pairs = [(p.pregnancy_id, child) for p in known for child in sorted(p.children)]
        await db.execute(SQL.save_pregnancies, *columns(rows, 7), *columns(pairs, 2), list(gone), [p.fetus_count for p in known])


async def save_births(db: Database, at: datetime, now: Mapping[PersonId, Birth], before: Mapping[PersonId, Birth]) -> dict[PersonId, int]:
    """Replace the mothers of the children and the pregnancies that they are linked to; return the kinship version of each."""
    if not now:
        return {}
    children = sorted(now)
    rows = [(child, each.pregnancy_id, each.mother_id, each.rule) for child in children for each in now[child].links]
    decisions = [row for child in children for row in _delivery_decisions(child, before.get(child, UNKNOWN_BIRTH).links, now[child].links)]
    mothers = [now[child].mother_id for child in children]
    found = await db.fetch(SQL.save_deliveries, children, *columns(rows, 4), *columns(decisions, 4), at, mothers)
    return {row["person_id"]: row["kinship_version"] for row in found}


async def count_facts(db: Database, said: Mapping[PersonId, int], asked: Collection[PersonId]) -> dict[PersonId, int]:
    """Count facts that are said now; return how many were said so far of these persons and of those `asked` for."""
    if not said and not asked:
        return {}
    persons = sorted(said)
    rows = await db.fetch(SQL.count_facts, persons, [said[each] for each in persons], list(asked))
    return {row["person_id"]: row["facts"] for row in rows}


async def replace_concerns(db: Database, held: Mapping[RecordKey, Collection[PersonId | None]]) -> list[InHand]:
    """Save whom each of the held records may concern (None: anybody; empty: it is held no longer). Returns the numbers that changed."""
    rows = [(*key, person or NOBODY) for key in sorted(held) for person in sorted(held[key], key=str)]
    touched = await db.fetch(SQL.replace_concerns, *columns(sorted(held), 3), *columns(rows, 4)) if held else ()
    if not touched:
        return []
    whose = [row["source"] for row in touched], [row["person_id"] for row in touched]
    await db.execute(SQL.lock_in_hand, *whose)
    counted = await db.fetch(SQL.recount_concerns, *whose, UNNOTIFIED)
    return [
        InHand(Source(row["source"]), row["person_id"] if row["person_id"] != NOBODY else None, row["version"], row["records"])
        for row in counted
    ]


async def save_measures(db: Database, known: Sequence[KnownMeasure]) -> None:
    """Save protection measures."""
    if known:
        await db.executemany(SQL.save_measure, [_measure_columns(each) for each in known])


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
        subject_no=row["subject_no"],
    )


def _revision(row: Row) -> Revision:
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


def _stated_columns(record: Record) -> tuple[Any, ...]:
    return (
        *record.key,
        record.revision,
        record.effective_on,
        record.recorded_at,
        record.event_id,
        json.dumps(record.data, ensure_ascii=False) if record.data is not None else None,
        record.subject_id,
    )


def _record_columns(record: Record) -> tuple[Any, ...]:
    return (
        *_stated_columns(record),
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
        residence=tuple(Stay(day(start), day(end), Ward(ward) if ward else None) for start, end, ward in json.loads(row["residence"])),
        birth_precision=DatePrecision(row["birth_precision"]),
    )


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
    return [(person.person_id, position, each.since, each.name, each.kana) for position, each in enumerate(person.names)]


def _membership_rows(person: Person) -> list[tuple[Any, ...]]:
    return [
        (person.person_id, position, each.household_id, each.relationship, each.start, each.end)
        for position, each in enumerate(person.memberships)
    ]


def _membership(row: Row) -> Membership:
    return Membership(row["member_of"], row["household_no"], Relationship(row["relationship"]), row["valid_from"], row["valid_to"])


def _pregnancy(row: Row) -> Pregnancy:
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


def _delivery_decisions(child: PersonId, before: Links, now: Links) -> list[tuple[Any, ...]]:
    ended = [("ended", each.rule, child, each.pregnancy_id) for each in before if each not in now]
    return ended + [("linked", each.rule, child, each.pregnancy_id) for each in now if each not in before]
