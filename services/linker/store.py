"""What the linker asks its tables. Every function is one statement for a whole parcel."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from contracts.ids import HouseholdId, MeasureId, PersonId, PregnancyId
from contracts.kinds import EventKind
from contracts.values import DatePrecision, Sex, Source
from infra.postgres import Database
from infra.sql import queries
from services.linker.domain.household import Membership
from services.linker.domain.kinship import Birth, DeliveryLink, Kin
from services.linker.domain.pregnancy import Pregnancy
from services.linker.domain.protection import Measure
from services.linker.domain.pupils import Registered
from services.linker.domain.records import OF_REGISTER, PupilKey, Record, RecordKey, keys_named
from services.linker.domain.revisions import Revision
from services.linker.domain.statements import birth_of, told_birth_dates
from services.linker.domain.subjects import bare, entry_subject
from services.linker.stored import (
    PUT_ASIDE,
    GivenUp,
    KnownMeasure,
    KnownPerson,
    Namesake,
    Row,
    measure_in,
    membership_in,
    person_in,
    pregnancy_in,
    record_in,
    revision_in,
)

SQL = queries(__file__)


async def records_named(
    db: Database, keys: Collection[RecordKey], pregnancies: Collection[PregnancyId], pupils: Collection[PupilKey] = ()
) -> dict[RecordKey, Record]:
    """Return those of the records that are here, and all that name one of the pregnancies or pupils, or one that these records name."""
    return _records(await db.fetch(SQL.records_named, [key.id for key in keys], list(pregnancies), list(pupils)))


async def pupils_about(db: Database, persons: Collection[PersonId]) -> set[PupilKey]:
    """Return the pupils of whom a school's list says that they are one of the persons."""
    return {row["pupil"] for row in await db.fetch(SQL.pupils_about, list(persons))} if persons else set()


async def care_lists(db: Database, numbers: Collection[str], born: Collection[date] = ()) -> dict[RecordKey, Record]:
    """
    Return the records that list one of the numbers, or one that is equal but for leading zeros, as a child in their person's care.

    And those that are linked to nobody and list one given up of somebody `born` on such a day.
    """
    bare_ones = sorted({bare(each) for each in numbers})
    return _records(await db.fetch(SQL.care_lists, bare_ones, _days_told(born)) if numbers or born else ())


async def names_of(db: Database, persons: Collection[PersonId]) -> dict[PersonId, Registered]:
    """Return what the register says of those of the persons who are in it: every name that they had, and when they were born."""
    found: dict[PersonId, Registered] = {}
    for row in await db.fetch(SQL.names_of, list(persons)) if persons else ():
        before = found.get(row["person_id"])
        names = (before.names if before is not None else frozenset()) | {(row["name"], row["kana"])}
        found[row["person_id"]] = Registered(names, (row["birth_date"], DatePrecision(row["birth_precision"])))
    return found


async def statements_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, Record]:
    """Return the register's current statements about the persons."""
    return _records(await db.fetch(SQL.statements_about, list(persons), EventKind.RESIDENT_CHANGED)) if persons else {}


async def revisions(db: Database, keys: Collection[RecordKey]) -> dict[RecordKey, list[Revision]]:
    """Return what is kept of the further revisions of the register's records, oldest first."""
    return _revisions(await db.fetch(SQL.revisions, [key.id for key in keys]) if keys else ())


async def revisions_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, list[Revision]]:
    """Return what is kept of the revisions of every record of the register that is, or ever was, about one of the persons."""
    return _revisions(await db.fetch(SQL.revisions_about, list(persons), EventKind.RESIDENT_CHANGED) if persons else ())


def _revisions(rows: Iterable[Row]) -> dict[RecordKey, list[Revision]]:
    found: dict[RecordKey, list[Revision]] = {}
    for row in rows:
        revision = revision_in(row)
        found.setdefault(revision.record.key, []).append(revision)
    return found


async def facts_about(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, Record]:
    """Return all current records about the persons and their pregnancies, except what the register says."""
    return _records(await db.fetch(SQL.facts_about, list(persons), list(OF_REGISTER))) if persons else {}


async def facts_alike(db: Database, numbers: Collection[str], born: Collection[date]) -> dict[RecordKey, Record]:
    """Return the records linked to nobody that name such a number but for leading zeros, or one given up of somebody born on such a day."""
    asked = ([bare(each) for each in numbers], _days_told(born), list(OF_REGISTER))
    return _records(await db.fetch(SQL.facts_alike, *asked) if numbers or born else ())


def _days_told(born: Collection[date]) -> list[str]:
    return [told for each in born for told in told_birth_dates(each)]


async def numbers_alike(db: Database, numbers: Mapping[PersonId, str]) -> list[tuple[PersonId, PersonId, bool]]:
    """Return who has a number that is equal, but for leading zeros, to one that is not in the register; and whether by what people say."""
    rows = await db.fetch(SQL.numbers_alike, list(numbers), list(numbers.values()), entry_subject("")) if numbers else ()
    return [(row["person_id"], row["alike"], row["taken"]) for row in rows]


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


async def records_of(db: Database, persons: Collection[PersonId]) -> dict[RecordKey, Record]:
    """Return every record that is about one of the persons by what it names itself, those that were taken back included."""
    return _records(await db.fetch(SQL.records_of, list(persons)))


async def revisions_of(db: Database, persons: Collection[PersonId]) -> list[Record]:
    """Return the further revisions of the register's records that are about one of the persons."""
    return [revision_in(row).record for row in await db.fetch(SQL.revisions_of, list(persons))]


async def measures_naming(db: Database, persons: Collection[PersonId]) -> list[RecordKey]:
    """Return the records of the measures that protect one of the persons, or protect from one."""
    rows = await db.fetch(SQL.measures_naming, list(persons))
    return [RecordKey(Source(row["source"]), row["event_type"], row["record_id"]) for row in rows]


async def records_concerning(db: Database, persons: Collection[PersonId]) -> list[RecordKey]:
    """Return the records that are held, linked to nobody, and may concern one of the persons."""
    rows = await db.fetch(SQL.records_concerning, list(persons), PUT_ASIDE)
    return [RecordKey(Source(row["source"]), row["event_type"], row["record_id"]) for row in rows]


async def open_named(db: Database, event_type: str, record_id: str, revision: int) -> list[Record]:
    """Return the records of that name, of whatever source, that are linked to nobody."""
    return list(_records(await db.fetch(SQL.open_named, [key.id for key in keys_named(event_type, record_id)], revision)).values())


async def naming_number(db: Database, number: str) -> dict[RecordKey, Record]:
    """Return the records that are linked to nobody and name a number."""
    return _records(await db.fetch(SQL.naming_number, number, list(OF_REGISTER)))


async def candidates(db: Database, key: RecordKey) -> list[str]:
    """Return the numbers of whom a record that is held may concern."""
    return [row["person_no"] for row in await db.fetch(SQL.candidates, *key)]


async def number_of_entry(db: Database, record_id: str) -> list[str]:
    """Return the number of an entry of the register, if it is about somebody."""
    entry = RecordKey(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_CHANGED, record_id)
    return [row["person_no"] for row in await db.fetch(SQL.number_of_entry, entry.id)]


async def number_in_entry(db: Database, record_id: str) -> list[str]:
    """Return the number of an entry of the register, if there is or was one: also where the register took it back."""
    entry = RecordKey(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_CHANGED, record_id)
    return [row["person_no"] for row in await db.fetch(SQL.number_in_entry, entry.id, entry_subject(""))]


async def persons(db: Database, ids: Collection[PersonId]) -> tuple[dict[PersonId, KnownPerson], dict[PersonId, tuple[Membership, ...]]]:
    """Return those of the persons who are, or were, in the register, and their memberships in order."""
    known: dict[PersonId, KnownPerson] = {}
    places: dict[PersonId, tuple[Membership, ...]] = {}
    for row in await db.fetch(SQL.persons, list(ids)) if ids else ():
        person_id = row["person_id"]
        if person_id not in known:
            known[person_id] = person_in(row)
        if row["member_of"] is not None:
            places[person_id] = (*places.get(person_id, ()), membership_in(row))
    return known, places


async def kin(db: Database, households: Collection[HouseholdId]) -> dict[PersonId, Kin]:
    """Return everybody who was ever in one of the households, with all their memberships."""
    found: dict[PersonId, Kin] = {}
    for row in await db.fetch(SQL.kin, list(households)) if households else ():
        before = found.get(row["person_id"])
        held = before.memberships if before is not None else ()
        found[row["person_id"]] = Kin(
            row["person_id"], row["birth_date"], Sex(row["sex"]), (*held, membership_in(row)), DatePrecision(row["birth_precision"])
        )
    return found


async def pregnancies_around(db: Database, people: Collection[PersonId], ids: Collection[PregnancyId]) -> dict[PregnancyId, Pregnancy]:
    """Return the pregnancies, and those of which one of the people is the mother or a child named by the health section."""
    if not people and not ids:
        return {}
    return {row["pregnancy_id"]: pregnancy_in(row) for row in await db.fetch(SQL.pregnancies_around, list(people), list(ids))}


async def pregnancies_alike(db: Database, numbers: Collection[str]) -> dict[PregnancyId, Pregnancy]:
    """Return the pregnancies whose number is equal to one of these but for leading zeros."""
    rows = await db.fetch(SQL.pregnancies_alike, [bare(each) for each in numbers]) if numbers else ()
    return {row["pregnancy_id"]: pregnancy_in(row) for row in rows}


async def births(db: Database, children: Collection[PersonId]) -> dict[PersonId, Birth]:
    """Return the certain mothers of the children and the pregnancies that they are linked to."""
    found: dict[PersonId, Birth] = {}
    for row in await db.fetch(SQL.deliveries, list(children)) if children else ():
        before = found.get(row["child_id"], Birth(row["certain_mother_id"]))
        links = (DeliveryLink(row["pregnancy_id"], row["mother_id"], row["rule"]),) if row["pregnancy_id"] is not None else ()
        found[row["child_id"]] = Birth(before.mother_id, (*before.links, *links))
    return found


async def measures(db: Database, ids: Collection[MeasureId]) -> dict[RecordKey, KnownMeasure]:
    """Return those of the protection measures that are here, by the records that state them."""
    rows = await db.fetch(SQL.measures, list(ids)) if ids else ()
    return {(known := measure_in(row)).measure.key: known for row in rows}


async def measures_against(db: Database, persons: Collection[PersonId]) -> dict[MeasureId, Measure]:
    """Return the measures that stand and of which one of the persons is an opponent."""
    rows = await db.fetch(SQL.measures_against, list(persons)) if persons else ()
    return {row["measure_id"]: measure_in(row).measure for row in rows}


def _records(rows: Iterable[Row]) -> dict[RecordKey, Record]:
    return {(record := record_in(row)).key: record for row in rows}
