"""
Takes a parcel of records in: lock, read, decide, save, say. A constant number of statements, however long the parcel is.

Nothing depends on the order in which records came: everything that a new revision can touch is decided again from all records
that stand. Four rounds of locks keep two partitions from deciding about the same things at once, always in one order: what the
parcel names, then the persons concerned, then their birth dates, then their households. Everything is locked before anything is
written. The only partition there is has nobody to wait for, and locks the whole at once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any
from uuid import UUID

import structlog

from contracts.ids import HouseholdId, PersonId, PregnancyId
from contracts.kinds import EventKind
from contracts.messages import RecordAccepted, RecordVoided
from contracts.values import Source
from infra.identifiers import caused
from infra.outcomes import Outcome
from infra.postgres import Database
from infra.work import UnitOfWork
from services.linker import announcements as say
from services.linker import holding, store, strangers
from services.linker.domain.household import Membership
from services.linker.domain.kinship import UNKNOWN_BIRTH, Birth, Kin, birth_of, by_household, childhood, mother_of
from services.linker.domain.linking import Known, concerned, decide
from services.linker.domain.person import Person, disputed, person_of
from services.linker.domain.pregnancy import Pregnancy, pregnancy_of
from services.linker.domain.protection import Measure, joined, measure_of, taken_back, unlisted
from services.linker.domain.records import OF_PREGNANCY, OF_REGISTER, Link, LinkState, Naming, Record, RecordKey
from services.linker.domain.revisions import Course, Revision, Verdict, course_of
from services.linker.domain.statements import Statement, statement_of
from services.linker.naming import Names, names_in
from services.linker.reading import read, subject_of
from services.linker.store import KnownMeasure, KnownPerson, Round, birth_date_lock, number_lock, record_lock, thing_lock

log = structlog.get_logger()


@dataclass(slots=True)
class Change:
    """Everything that a parcel changes, with what was there before."""

    naming: Names
    partitions: int
    fresh: dict[RecordKey, Record]
    """Revisions newer than what was held."""
    held: dict[RecordKey, Record]
    """The records concerned as they were stored."""
    records: dict[RecordKey, Record]
    """The records concerned as they are now."""
    courses: dict[RecordKey, Course]
    """What holds of the register's records of which there is more than one revision."""
    causes: dict[UUID, UUID]
    """By person or pregnancy: the last event of the parcel about it."""
    last_cause: UUID
    known: dict[PersonId, KnownPerson] = field(default_factory=dict)
    people: dict[PersonId, Person] = field(default_factory=dict)
    """The persons of whom the register says something in this parcel."""
    disputed: frozenset[RecordKey] = frozenset()
    memberships: dict[PersonId, tuple[Membership, ...]] = field(default_factory=dict)
    """As they were stored."""
    old_measures: dict[RecordKey, KnownMeasure] = field(default_factory=dict)
    measures: dict[RecordKey, KnownMeasure] = field(default_factory=dict)
    """Those that are new, changed or taken back."""
    households: dict[HouseholdId, tuple[str, UUID]] = field(default_factory=dict)
    """Those to tell of, with their numbers and the events that changed them."""
    unlisted: dict[HouseholdId, frozenset[PersonId]] = field(default_factory=dict)
    """Whom each of them must not list."""
    old_pregnancies: dict[PregnancyId, Pregnancy] = field(default_factory=dict)
    pregnancies: dict[PregnancyId, Pregnancy | None] = field(default_factory=dict)
    """Those of the parcel, decided again; None where every record was taken back."""
    links: dict[RecordKey, Link] = field(default_factory=dict)
    """What becomes of the records concerned."""
    kin: dict[PersonId, Kin] = field(default_factory=dict)
    births: dict[PersonId, Birth] = field(default_factory=dict)
    """The children whose mother or pregnancies changed."""
    old_births: dict[PersonId, Birth] = field(default_factory=dict)
    alike: dict[PregnancyId, Pregnancy] = field(default_factory=dict)
    """The pregnancies whose numbers are those of the parcel but for leading zeros, as they were stored."""
    link_basis: Known = field(default_factory=lambda: Known(frozenset()))
    """All that the links of the records rest on."""
    facts_said: dict[PersonId, int] = field(default_factory=dict)
    """How many facts were said so far of whom this parcel tells of."""

    def cause(self, *concerned: UUID) -> UUID:
        """Return the event that led to a change of one of the concerned."""
        return next((self.causes[each] for each in concerned if each in self.causes), self.last_cause)


async def take_in(work: UnitOfWork, events: Sequence[RecordAccepted | RecordVoided]) -> Mapping[UUID, Outcome]:
    """Link the records of a parcel, and whatever they make linkable."""
    naming = await names_in(work)
    arrived, parked = read(events, naming)

    change = await _fresh(work, arrived, naming)
    if change is not None:
        await _settle(work, change)
    return parked


async def judge(work: UnitOfWork, key: RecordKey, revision: int, verdict: Verdict) -> bool:
    """
    Carry out what a person decided about a contested revision, or about a record whose number belongs to somebody else.

    Returns whether there was one to decide about.
    """
    naming = await names_in(work)
    if not await store.judge(work.db, key, revision, verdict):
        return False
    change = await _fresh(work, {key: []}, naming)
    if change is not None:
        await _settle(work, change)
    return True


async def judge_number(work: UnitOfWork, record: Record, verdict: Verdict, entry: str | None) -> bool:
    """
    Carry out what a person decided about the number of a record that is linked to nobody: it is that of the register's `entry`, or is not.

    Without an entry, it is about whom the record may concern. It holds for every record that names the number. Returns whether there was
    somebody to decide about; for the same person, only one.
    """
    await store.lock_all(work.db)
    number = record.subject_no
    persons = await (store.candidates(work.db, record.key) if entry is None else store.number_of_entry(work.db, entry))
    if number is None or not persons or (verdict is Verdict.SAME and len(persons) > 1):
        return False
    await store.save_number_decision(work.db, number, persons, verdict)
    naming = await names_in(work)
    named = await store.naming_number(work.db, number)
    again = {key: replace(each, subject_id=subject_of(key.event_type, number, naming)) for key, each in named.items()}
    change = await _change(work, again, await store.records_named(work.db, again, ()), {}, naming)
    # What is said now has ids of its own: the events were the causes of something once.
    change.causes, change.last_cause = {}, caused(record.event_id, f"decided:{work.now.isoformat()}")
    await _settle(work, change)
    return True


async def _settle(work: UnitOfWork, change: Change) -> None:
    await _decide_measures(work, change)
    await _decide_persons(work.db, change)
    await _decide_links(work.db, change)
    await _decide_kinship(work.db, change)
    await _decide_households(work.db, change)

    await _protect(work, change)
    # Facts first: nothing may be concluded from the absence of what was here already (domain.md §2.8-2).
    said = await _save_links(work, change)
    change.facts_said = await store.count_facts(work.db, said, _people_told_of(change))
    await _save_persons(work, change)
    await _save_kinship(work, change)
    await holding.tell(work, {key: concerned(change.records[key], link, change.link_basis) for key, link in change.links.items()})


# --- what there is to decide about ------------------------------------------------------------------------------------


async def _fresh(work: UnitOfWork, arrived: dict[RecordKey, list[Record]], naming: Names) -> Change | None:
    named = {record.pregnancy_id for revisions in arrived.values() for record in revisions if record.pregnancy_id is not None}
    db, partitions = work.db, work.partitions
    if partitions > 1:
        # What is taken back names no pregnancy any more; the one that it named must be locked like all others, so it is looked for first.
        stored = (await store.records_named(db, arrived, ())).values()
        concerned_records = [*(each for each in stored if each.key in arrived), *chain.from_iterable(arrived.values())]
        named |= {each.pregnancy_id for each in concerned_records if each.pregnancy_id is not None}
        numbers = {str((each.data or {}).get("pregnancy_id", "")) for each in concerned_records if each.pregnancy_id is not None}
        await store.lock(db, Round.RECORDS, [*map(record_lock, arrived), *map(thing_lock, named), *map(number_lock, numbers)], partitions)
    held = await store.records_named(db, arrived, named) if arrived else {}
    courses = await _courses(db, arrived, held, naming)
    fresh = _newest(arrived, held) | {key: course.trusted[-1] for key, course in courses.items()}
    if not fresh:
        return None
    return await _change(work, fresh, held, courses, naming, named)


async def _change(
    work: UnitOfWork,
    fresh: dict[RecordKey, Record],
    held: dict[RecordKey, Record],
    courses: dict[RecordKey, Course],
    naming: Names,
    named: Iterable[PregnancyId] = (),
) -> Change:
    both = [*fresh.values(), *(held[key] for key in fresh if key in held)]
    named = {*named, *(each.pregnancy_id for each in both if each.pregnancy_id is not None)}
    # What came again only to be dropped is nothing to decide about: nobody has read what its link rests on.
    held = {key: record for key, record in held.items() if key in fresh or record.pregnancy_id in named}
    change = Change(
        naming=naming,
        partitions=work.partitions,
        fresh=fresh,
        held=held,
        courses=courses,
        records=held | fresh,
        causes=_causes(fresh.values()),
        last_cause=next(reversed(fresh.values())).event_id,
        old_pregnancies=await store.pregnancies_around(work.db, (), named),
    )
    change.pregnancies = _pregnancies(change.records.values(), named, naming)
    return change


def _newest(arrived: Mapping[RecordKey, Sequence[Record]], held: Mapping[RecordKey, Record]) -> dict[RecordKey, Record]:
    """Return the revisions of the parcel that are newer than what is held. Of the register's records see `_courses`."""
    last = {key: revisions[-1] for key, revisions in arrived.items() if revisions}
    return {
        key: record
        for key, record in last.items()
        if (key not in held and len(arrived[key]) == 1)
        or (key.event_type not in OF_REGISTER and (key not in held or held[key].revision < record.revision))
    }


async def _courses(
    db: Database, arrived: Mapping[RecordKey, Sequence[Record]], held: Mapping[RecordKey, Record], naming: Naming
) -> dict[RecordKey, Course]:
    """Decide which revisions of the register's records hold, where there is another one than before. Keeps all of them."""
    several = [key for key in arrived if key.event_type in OF_REGISTER and (key in held or len(arrived[key]) > 1)]
    kept = await store.revisions(db, several)
    decided: dict[RecordKey, Course] = {}
    saved: list[tuple[Revision, bool]] = []
    for key in several:
        known = {each.record.revision: each for each in kept.get(key, ())}
        if key in held:
            known.setdefault(held[key].revision, Revision(held[key]))
        before = set(known)
        for record in arrived[key]:
            known.setdefault(record.revision, Revision(record))
        if arrived[key] and before == set(known):
            continue
        course = course_of(known.values(), naming)
        saved += [(each, each.record is course.contested) for each in known.values()]
        reaches_back = _reaches_back(course, kept.get(key, ()))
        formerly = _formerly(course, known.values())
        if not arrived[key] or key not in held or course.trusted[-1].revision != held[key].revision or reaches_back or formerly:
            decided[key] = replace(course, formerly=formerly)
    await store.save_revisions(db, saved)
    return decided


def _formerly(course: Course, known: Iterable[Revision]) -> frozenset[PersonId]:
    """Return whom the record named in revisions that do not hold, and names no longer."""
    now = course.trusted[-1]
    named = {each.record.subject_id for each in known if each.record.stands and each.record.subject_id is not None}
    return frozenset(named - {now.subject_id} if now.stands else named)


def _named_formerly(change: Change) -> set[PersonId]:
    return {person for key in change.fresh if key in change.courses for person in change.courses[key].formerly}


def _reaches_back(course: Course, kept: Sequence[Revision]) -> bool:
    """Whether an older revision that came late says something of the time before."""
    known = {each.record.revision for each in kept}
    return any(each.revision not in known for each in course.trusted[:-1])


def _causes(records: Iterable[Record]) -> dict[UUID, UUID]:
    about = ((thing, record.event_id) for record in records for thing in (record.subject_id, record.pregnancy_id))
    return {thing: cause for thing, cause in about if thing is not None}


def _pregnancies(records: Iterable[Record], named: set[PregnancyId], naming: Naming) -> dict[PregnancyId, Pregnancy | None]:
    of: dict[PregnancyId, list[Record]] = {each: [] for each in named}
    for record in records:
        if record.pregnancy_id in of:
            of[record.pregnancy_id].append(record)
    return {each: pregnancy_of(records_of_it, naming) for each, records_of_it in of.items()}


def _concerned_by_pregnancies(change: Change) -> set[PersonId]:
    found: set[PersonId] = set()
    for pregnancy in (*change.old_pregnancies.values(), *change.pregnancies.values()):
        if pregnancy is not None:
            found |= pregnancy.children | ({pregnancy.mother_id} if pregnancy.mother_id is not None else set())
    return found


# --- protection measures ----------------------------------------------------------------------------------------------


async def _decide_measures(work: UnitOfWork, change: Change) -> None:
    records = {key: record for key, record in change.fresh.items() if key.event_type == EventKind.RESIDENT_PROTECTION_MEASURE}
    change.old_measures = await store.measures(work.db, records)
    for key, record in records.items():
        measure = _measure(work, record, change.old_measures.get(key), change)
        if measure is not None:
            change.measures[key] = measure


def _measure(work: UnitOfWork, record: Record, known: KnownMeasure | None, change: Change) -> KnownMeasure | None:
    aside = change.courses[record.key].aside if record.key in change.courses else ()
    stated = [each for each in (measure_of(one, change.naming) for one in (record, *aside)) if each is not None]
    measure = joined(stated) if stated else taken_back(known.measure) if known is not None else None
    if measure is None or (known is not None and measure == known.measure):
        return None
    measure_id = known.measure_id if known is not None else work.identifiers.derive("measure", *record.key)
    return KnownMeasure(measure_id, known.version + 1 if known is not None else 1, measure)


def _measures_before_and_now(change: Change) -> list[Measure]:
    return [known.measure for each in (change.old_measures, change.measures) for key, known in each.items() if key in change.measures]


# --- persons ----------------------------------------------------------------------------------------------------------


async def _decide_persons(db: Database, change: Change) -> None:
    by_pregnancies = _concerned_by_pregnancies(change)
    subjects = {each.subject_id for each in (*change.held.values(), *change.fresh.values()) if each.subject_id is not None}
    # Whoever a measure is about is locked with it, so that no household is told of before the measure is known that parts it.
    subjects |= {person for measure in _measures_before_and_now(change) for person in (*measure.protected, *measure.opponents)}
    # Whom a revision named that does not hold is locked too: what names them is decided again.
    subjects |= _named_formerly(change)
    if change.partitions > 1:
        numbers = {each.subject_no for each in change.fresh.values() if each.subject_no is not None}
        keys = [*map(thing_lock, subjects | by_pregnancies), *map(number_lock, numbers)]
        await store.lock(db, Round.PERSONS, keys, change.partitions)
        # Read again behind the locks: another partition may have linked them in between.
        change.held |= await store.records_named(db, change.held, ())

    registered = _registered_in(change)
    statements = await store.statements_about(db, registered)
    change.held |= statements
    change.records = change.held | change.fresh
    for key, revisions in (await store.revisions_about(db, registered)).items():
        if key not in change.courses:
            change.courses[key] = course_of(_with_record(revisions, statements.get(key)), change.naming)
    change.known, change.memberships = await store.persons(db, subjects | by_pregnancies)
    _decide_again(registered, change)


def _with_record(revisions: Sequence[Revision], record: Record | None) -> list[Revision]:
    kept = {each.record.revision for each in revisions}
    return [*revisions, *([Revision(record)] if record is not None and record.revision not in kept else [])]


def _registered_in(change: Change) -> set[PersonId]:
    both = ((change.held.get(key), record) for key, record in change.fresh.items() if key.event_type == EventKind.RESIDENT_CHANGED)
    return {record.subject_id for pair in both for record in pair if record is not None and record.subject_id is not None}


def _decide_again(registered: set[PersonId], change: Change) -> None:
    told: dict[PersonId, list[Statement]] = {each: [] for each in registered}
    for record in change.records.values():
        if record.key.event_type == EventKind.RESIDENT_CHANGED and record.stands and record.subject_id in told:
            course = change.courses.get(record.key)
            told[record.subject_id] += [statement_of(each, change.naming) for each in (course.trusted if course else (record,))]
    lapsed: dict[PersonId, list[Statement]] = {each: [] for each in registered}
    for course in change.courses.values():
        for each in course.lapsed:
            if each.subject_id in lapsed:
                lapsed[each.subject_id].append(statement_of(each, change.naming))
    confirmed = {key for key, course in change.courses.items() if course.confirmed}
    others: set[RecordKey] = set()
    for person_id, statements in told.items():
        somebody_else = disputed(statements, lapsed[person_id], confirmed)
        others |= somebody_else
        person = person_of(person_id, [each for each in statements if each.key not in somebody_else])
        if person is not None:
            change.people[person_id] = person
        elif person_id in change.known:
            change.people[person_id] = _gone(person_id, change.known[person_id])
    change.disputed = frozenset(others)


def _gone(person_id: PersonId, known: KnownPerson) -> Person:
    # Name and address go with the register's entry; birth date and sex stay, because the message has no room for their absence.
    return Person(
        person_id,
        known.person_no,
        known.birth_date,
        known.sex,
        None,
        None,
        None,
        names=(),
        residence=(),
        memberships=(),
        exists=False,
        birth_precision=known.birth_precision,
    )


def _in_register(person_id: PersonId, change: Change) -> bool:
    if person_id in change.people:
        return change.people[person_id].exists
    return person_id in change.known and change.known[person_id].registered


def _newly_registered_or_gone(change: Change) -> set[PersonId]:
    return {
        person_id
        for person_id, person in change.people.items()
        if person.exists != (person_id in change.known and change.known[person_id].registered)
    }


# --- links ------------------------------------------------------------------------------------------------------------


async def _decide_links(db: Database, change: Change) -> None:
    mothers = {each.mother_id for each in (*change.old_pregnancies.values(), *change.pregnancies.values()) if each is not None}
    again = _newly_registered_or_gone(change) | {mother for mother in mothers if mother is not None}
    again |= _named_formerly(change)
    facts = await store.facts_about(db, again)
    change.held |= facts
    change.held |= await _of_strangers(db, change)
    change.alike = await store.pregnancies_alike(db, _pregnancy_numbers(change))
    others = change.alike.keys() - change.pregnancies.keys()
    change.held |= await store.records_named(db, (), others) if others else {}
    change.records = change.held | change.fresh

    known = await _known(db, change)
    change.link_basis = known
    change.links = {key: decide(record, known) for key, record in change.records.items()}


def _pregnancy_numbers(change: Change) -> set[str]:
    return {each.pregnancy_no for each in (*change.old_pregnancies.values(), *change.pregnancies.values()) if each is not None}


def _mothers_alike(change: Change) -> dict[PregnancyId, frozenset[PersonId]]:
    """Return, of pregnancies that nobody notified, the mothers of those whose numbers are equal but for leading zeros."""
    now = _overlaid(change.alike, change.pregnancies)
    mothers: dict[str, set[PersonId]] = {}
    for each in now.values():
        if each.mother_id is not None:
            mothers.setdefault(store.bare(each.pregnancy_no), set()).add(each.mother_id)
    return {key: frozenset(mothers.get(store.bare(each.pregnancy_no), ())) for key, each in now.items() if each.mother_id is None}


async def _of_strangers(db: Database, change: Change) -> dict[RecordKey, Record]:
    """Return what is held of numbers that are not in the register and may be those of whom the parcel tells, or told."""
    born = {each.birth_date for each in change.people.values()}
    born |= {known.birth_date for person_id, known in change.known.items() if person_id in change.people}
    if change.partitions > 1:
        subjects = {each.subject_id for each in (*change.held.values(), *change.fresh.values()) if each.subject_id is not None}
        told = await store.numbers_given_up(db, [each for each in subjects if not _in_register(each, change)])
        keys = map(birth_date_lock, born | {each.born[0] for each in told})
        await store.lock(db, Round.BIRTH_DATES, keys, change.partitions)
    return await store.facts_alike(db, {person.person_no for person in change.people.values()}, born)


async def _known(db: Database, change: Change) -> Known:
    belonging = [record for record in change.records.values() if record.key.event_type in OF_PREGNANCY]
    around = await store.pregnancies_around(
        db,
        {each.subject_id for each in belonging if each.subject_id is not None},
        {each.pregnancy_id for each in belonging if each.pregnancy_id is not None},
    )
    named = {each.subject_id for each in change.records.values() if each.subject_id is not None} | _concerned_by_pregnancies(change)
    change.known |= (await store.persons(db, named - change.known.keys()))[0]
    registered = frozenset(each for each in named if _in_register(each, change))
    numbers = {each.subject_id: each.subject_no for each in change.records.values() if each.subject_id and each.subject_no}
    unknown = {person: number for person, number in numbers.items() if person in named - registered}
    told = await store.numbers_given_up(db, named - registered)
    return Known(
        registered=registered,
        disputed=change.disputed,
        pregnancies=_overlaid(around, change.pregnancies),
        alike=await strangers.alike(db, unknown, change.people, change.naming.apart),
        given_up=await strangers.given_up(db, strangers.still_told(told, change.fresh), change.people, change.naming.apart),
        mothers_alike=_mothers_alike(change),
        decided=frozenset(number for number in numbers.values() if change.naming.is_meant(number)),
    )


def _overlaid(stored: Mapping[PregnancyId, Pregnancy], decided: Mapping[PregnancyId, Pregnancy | None]) -> dict[PregnancyId, Pregnancy]:
    return {key: each for key, each in {**stored, **decided}.items() if each is not None}


# --- kinship ----------------------------------------------------------------------------------------------------------


async def _decide_kinship(db: Database, change: Change) -> None:
    core = {person_id for person_id in change.people if _changed_kin(person_id, change)}
    if change.old_pregnancies != {key: each for key, each in change.pregnancies.items() if each is not None}:
        core |= _concerned_by_pregnancies(change)
    households = {each.household_id for person_id in core for each in _all_memberships(person_id, change)}
    households |= {home.household_id for measure in _measures_before_and_now(change) for home in _homes_of_opponents(measure, change)}
    if not households and not core:
        return
    if change.partitions > 1:
        await store.lock(db, Round.HOUSEHOLDS, map(thing_lock, households), change.partitions)
    change.kin = await store.kin(db, households)
    _overlay_kin(core, change)

    children = _children(core, households, change)
    stored = await store.pregnancies_around(db, set(change.kin), ())
    change.old_births = await store.births(db, children)
    _decide_births(children, list(_overlaid(stored, change.pregnancies).values()), change)


def _homes_of_opponents(measure: Measure, change: Change) -> list[Membership]:
    """Return where the opponents of a measure live, or lived last."""
    places = (_memberships_now(opponent, change) for opponent in measure.opponents)
    return [each[-1] for each in places if each]


def _memberships_now(person_id: PersonId, change: Change) -> tuple[Membership, ...]:
    person = change.people.get(person_id)
    return person.memberships if person is not None else change.memberships.get(person_id, ())


def _all_memberships(person_id: PersonId, change: Change) -> tuple[Membership, ...]:
    person = change.people.get(person_id)
    return (*change.memberships.get(person_id, ()), *(person.memberships if person is not None else ()))


def _changed_kin(person_id: PersonId, change: Change) -> bool:
    person, known = change.people[person_id], change.known.get(person_id)
    if known is None or (known.birth_date, known.sex, known.registered) != (person.birth_date, person.sex, person.exists):
        return True
    return change.memberships.get(person_id, ()) != person.memberships


def _overlay_kin(core: set[PersonId], change: Change) -> None:
    for person_id, person in change.people.items():
        if person.exists:
            change.kin[person_id] = Kin(person_id, person.birth_date, person.sex, person.memberships, person.birth_precision)
        else:
            change.kin.pop(person_id, None)
    for person_id in core - set(change.kin) - set(change.people):
        known = change.known.get(person_id)
        if known is not None and known.registered:
            change.kin[person_id] = Kin(
                person_id, known.birth_date, known.sex, change.memberships.get(person_id, ()), known.birth_precision
            )


def _children(core: set[PersonId], households: set[HouseholdId], change: Change) -> set[PersonId]:
    """Return whose mother or pregnancy may have changed: the core, and who grew up in a household of theirs."""
    beside = {
        person_id for person_id, kin in change.kin.items() if (home := childhood(kin)) is not None and home.household_id in households
    }
    return core | beside


def _decide_births(children: set[PersonId], pregnancies: Sequence[Pregnancy], change: Change) -> None:
    homes, concerned_by = by_household(change.kin), _pregnancies_by_person(pregnancies)
    for child in sorted(children):
        kin = change.kin.get(child)
        now = _birth_of(kin, homes, concerned_by) if kin is not None else UNKNOWN_BIRTH
        if now != change.old_births.get(child, UNKNOWN_BIRTH):
            change.births[child] = now


def _pregnancies_by_person(pregnancies: Sequence[Pregnancy]) -> dict[PersonId, list[Pregnancy]]:
    found: dict[PersonId, list[Pregnancy]] = {}
    for each in pregnancies:
        for person_id in each.children | ({each.mother_id} if each.mother_id is not None else set()):
            found.setdefault(person_id, []).append(each)
    return found


def _birth_of(child: Kin, homes: Mapping[HouseholdId, Sequence[Kin]], concerned_by: Mapping[PersonId, Sequence[Pregnancy]]) -> Birth:
    home = childhood(child)
    people = homes[home.household_id] if home is not None else ()
    mother = mother_of(child, people)
    hers = concerned_by.get(mother, ()) if mother is not None else ()
    return birth_of(child, people, [*concerned_by.get(child.person_id, ()), *hers])


# --- households -------------------------------------------------------------------------------------------------------


async def _decide_households(db: Database, change: Change) -> None:
    """Decide which households are told of, and whom each must not list: nobody in the household of an opponent (`domain.md` §2.8-8)."""
    homes = by_household(change.kin)
    change.households = _parted_households(homes, change) | _changed_households(change)
    if not change.households:
        return
    people = {each.person_id for household_id in change.households for each in homes.get(household_id, ())}
    measures = await store.measures_against(db, people)
    measures |= {known.measure_id: known.measure for known in change.measures.values()}
    for household_id in change.households:
        change.unlisted[household_id] = unlisted(household_id, homes.get(household_id, ()), measures.values())


def _changed_households(change: Change) -> dict[HouseholdId, tuple[str, UUID]]:
    """Return the number of each household in which a membership changed, and the event that changed it."""
    changed: dict[HouseholdId, tuple[str, UUID]] = {}
    for person_id, person in change.people.items():
        for each in set(change.memberships.get(person_id, ())) ^ set(person.memberships):
            changed[each.household_id] = (each.household_no, change.cause(person_id))
    return changed


def _parted_households(homes: Mapping[HouseholdId, Sequence[Kin]], change: Change) -> dict[HouseholdId, tuple[str, UUID]]:
    """Return the households of opponents that a protected person belongs or belonged to, where a measure changed."""
    parted: dict[HouseholdId, tuple[str, UUID]] = {}
    for measure in _measures_before_and_now(change):
        for home in _homes_of_opponents(measure, change):
            if any(each.person_id in measure.protected for each in homes.get(home.household_id, ())):
                parted[home.household_id] = (home.household_no, change.fresh[measure.key].event_id)
    return parted


# --- saving and saying ------------------------------------------------------------------------------------------------


async def _protect(work: UnitOfWork, change: Change) -> None:
    """Save and say protection measures, before anything else: an address that moved must find them (S07)."""
    await store.save_measures(work.db, list(change.measures.values()))
    for key, each in change.measures.items():
        # On every partition: whoever is covered may be told of on another one than the applicant.
        work.announce_everywhere(say.protection_changed(each.measure_id, each.version, each.measure, change.fresh[key].event_id, work.now))


async def _save_persons(work: UnitOfWork, change: Change) -> None:
    rows: list[tuple[Person, int, int]] = []
    for person_id, person in change.people.items():
        known = change.known.get(person_id)
        version = _next_version(person_id, change)
        identity = _next(known.identity_version if known else 0, changed=known is None or _identity(person) != _identity_known(known))
        rows.append((person, version, identity))
    versions = await store.save_persons(work.db, rows, {key: number for key, (number, _) in change.households.items()})
    for person, version, _ in rows:
        if version != _version_of(change.known.get(person.person_id)):
            cause = change.cause(person.person_id)
            work.announce(
                say.person_changed(person, version, change.facts_said.get(person.person_id, 0), cause, work.now), key=str(person.person_id)
            )
    for person, _, identity in rows:
        known = change.known.get(person.person_id)
        if identity != (known.identity_version if known else 0):
            cause = change.cause(person.person_id)
            work.announce(say.person_identified(person, identity, cause, work.now), key=str(person.person_id))
    homes = by_household(change.kin) if change.households else {}
    for household_id, (number, cause) in sorted(change.households.items()):
        members = [each for each in homes.get(household_id, ()) if each.person_id not in change.unlisted[household_id]]
        message = say.household_changed(household_id, number, versions[household_id], members, cause, work.now)
        work.announce(message, key=str(household_id))


def _next_version(person_id: PersonId, change: Change) -> int:
    """Return the version of a person after this parcel; 0 of whom the parcel tells nothing."""
    person, known = change.people.get(person_id), change.known.get(person_id)
    if person is None:
        return 0
    return _next(_version_of(known), changed=known is None or _public(person) != _public_known(known))


def _version_of(known: KnownPerson | None) -> int:
    return known.version if known is not None else 0


def _next(version: int, *, changed: bool) -> int:
    return version + 1 if changed else version


def _public(person: Person) -> tuple[Any, ...]:
    return (person.exists, person.birth_date, person.sex, person.household_id, person.residence, person.birth_precision)


def _public_known(known: KnownPerson) -> tuple[Any, ...]:
    return (known.registered, known.birth_date, known.sex, known.household_id, known.residence, known.birth_precision)


def _identity(person: Person) -> tuple[Any, ...]:
    return (person.person_no, person.name, person.kana, person.address_code)


def _identity_known(known: KnownPerson) -> tuple[Any, ...]:
    return (known.person_no, known.name, known.kana, known.address_code)


async def _save_kinship(work: UnitOfWork, change: Change) -> None:
    known = [each for key, each in change.pregnancies.items() if each is not None and each != change.old_pregnancies.get(key)]
    gone = [key for key in change.old_pregnancies if change.pregnancies.get(key) is None]
    await store.save_pregnancies(work.db, known, gone)
    versions = await store.save_births(work.db, work.now, change.births, change.old_births)
    for child, birth in change.births.items():
        concerned_things = [thing for each in birth.links for thing in (each.pregnancy_id, each.mother_id) if thing is not None]
        cause = change.cause(child, *concerned_things)
        work.announce(say.kinship_changed(child, versions[child], birth, change.facts_said, cause, work.now), key=str(child))


def _people_told_of(change: Change) -> set[PersonId]:
    named = (mother for birth in change.births.values() for mother in (birth.mother_id, *(each.mother_id for each in birth.links)))
    return change.people.keys() | {mother for mother in named if mother is not None}


def _welfare_case(record: Record, naming: Naming) -> UUID | None:
    number = (record.data or {}).get("case_id") if record.key.source is Source.PUBLIC_ASSISTANCE else None
    return naming.welfare_case(str(number)) if number else None


async def _save_links(work: UnitOfWork, change: Change) -> Counter[PersonId]:
    """Save what became of the records and say their facts. Returns how many were said of whom."""
    saved: list[Record] = []
    said: Counter[PersonId] = Counter()
    for key, link in sorted(change.links.items()):
        record, before, fresh = change.records[key], change.held.get(key), key in change.fresh
        if not fresh and before is not None and before.link == link:
            continue
        was = before.link if before is not None else None
        facts = say.facts_of(record, was, link, work.now, case_id=_welfare_case(record, change.naming), fresh=fresh)
        for fact in facts:
            version = _next_version(PersonId(fact.person_id), change)
            work.announce(fact.model_copy(update={"person_version": version}), key=str(fact.person_id))
            said[PersonId(fact.person_id)] += 1
        saved.append(replace(record, link=link, said=record.said + len(facts)))
    await store.save_records(work.db, work.now, saved)
    _log(saved)
    return said


def _log(records: Iterable[Record]) -> None:
    for (event_type, reason), count in Counter(_why_in_review(records)).items():
        log.info("linker.records_in_review", event_type=event_type, reason=reason, records=count)


def _why_in_review(records: Iterable[Record]) -> Iterator[tuple[str, str | None]]:
    for record in records:
        if record.link is not None and record.link.state is LinkState.REVIEW:
            yield record.key.event_type, record.link.reason
