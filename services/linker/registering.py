"""Decide again who the persons of a parcel are, and which measures protect them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from contracts.ids import MeasureId, PersonId
from contracts.kinds import EventKind
from infra.postgres import Database
from infra.work import UnitOfWork
from services.linker import locks, store
from services.linker.change import Change
from services.linker.domain.care import listed
from services.linker.domain.person import Person, disputed, person_of
from services.linker.domain.protection import Measure, joined, measure_of, taken_back
from services.linker.domain.records import Record, RecordKey
from services.linker.domain.revisions import Revision, course_of
from services.linker.domain.statements import Statement
from services.linker.locks import Round, number_lock, thing_lock
from services.linker.stored import KnownMeasure, KnownPerson


def named_formerly(change: Change) -> set[PersonId]:
    """Persons whom a record was about before its newest revision."""
    return {person for key in change.fresh if key in change.courses for person in change.courses[key].formerly}


def concerned_by_pregnancies(change: Change) -> set[PersonId]:
    """Mothers and children of the pregnancies that changed."""
    found: set[PersonId] = set()
    for pregnancy in (*change.old_pregnancies.values(), *change.pregnancies.values()):
        if pregnancy is not None:
            found |= pregnancy.children | ({pregnancy.mother_id} if pregnancy.mother_id is not None else set())
    return found


def children_listed(change: Change) -> set[PersonId]:
    """Whom the parcel's records, as they were and as they are, list as children in somebody's care."""
    return {change.naming.person(no) for each in (*change.held.values(), *change.fresh.values()) for no in listed(each)}


def numbers_told_of(change: Change) -> set[str]:
    """The numbers under which the register says something now, or said it before: who lists them as children in care is asked for."""
    entries = (each for key, each in change.records.items() if key.event_type == EventKind.RESIDENT_CHANGED)
    formerly = {number for key in change.fresh if key in change.courses for number in change.courses[key].formerly_nos}
    return {person.person_no for person in change.people.values()} | {each.subject_no for each in entries if each.subject_no} | formerly


async def decide_measures(work: UnitOfWork, change: Change) -> None:
    """Decide again which measures protect whom."""
    records = {key: record for key, record in change.fresh.items() if key.event_type == EventKind.RESIDENT_PROTECTION_MEASURE}
    change.old_measures = await store.measures(work.db, [_measure_id(work, key) for key in records])
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
    return KnownMeasure(_measure_id(work, record.key), known.version + 1 if known is not None else 1, measure)


def _measure_id(work: UnitOfWork, key: RecordKey) -> MeasureId:
    return MeasureId(work.identifiers.derive("measure", *key))


def measures_before_and_now(change: Change) -> list[Measure]:
    """The measures of the parcel as they were and as they are."""
    return [known.measure for each in (change.old_measures, change.measures) for key, known in each.items() if key in change.measures]


async def decide_persons(db: Database, change: Change) -> None:
    """Decide again who the persons concerned are, from all their records that stand."""
    by_pregnancies = concerned_by_pregnancies(change)
    subjects = {each.subject_id for each in (*change.held.values(), *change.fresh.values()) if each.subject_id is not None}
    # Whoever a measure is about is locked with it, so that no household is told of before the measure is known that parts it.
    subjects |= {person for measure in measures_before_and_now(change) for person in (*measure.protected, *measure.opponents)}
    subjects |= children_listed(change)
    # Whom a revision named that does not hold is locked too: what names them is decided again.
    subjects |= named_formerly(change)
    if change.partitions > 1:
        numbers = {no for each in change.fresh.values() for no in (each.subject_no, *listed(each)) if no is not None}
        keys = [*map(thing_lock, subjects | by_pregnancies), *map(number_lock, numbers)]
        await locks.lock(db, Round.PERSONS, keys, change.partitions)
        # Read again behind the locks: another partition may have linked them in between.
        change.held |= await store.records_named(db, change.held, ())

    registered = _registered_in(change)
    statements = await store.statements_about(db, registered)
    change.held |= statements
    change.records = change.held | change.fresh
    for key, revisions in (await store.revisions_about(db, registered)).items():
        if key not in change.courses:
            change.courses[key] = course_of(with_record(revisions, statements.get(key)), change.naming)
    change.known, change.memberships = await store.persons(db, subjects | by_pregnancies)
    _decide_again(registered, change)


def with_record(revisions: Sequence[Revision], record: Record | None) -> list[Revision]:
    """Return what is kept of the revisions of a record with the newest one, which stands in the record itself."""
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
            told[record.subject_id] += [change.naming.statement(each) for each in (course.trusted if course else (record,))]
    lapsed: dict[PersonId, list[Statement]] = {each: [] for each in registered}
    for course in change.courses.values():
        for each in course.lapsed:
            if each.subject_id in lapsed:
                lapsed[each.subject_id].append(change.naming.statement(each))
    confirmed = {key for key, course in change.courses.items() if course.confirmed}
    others: set[RecordKey] = set()
    for person_id, statements in told.items():
        somebody_else = _disputed(statements, lapsed[person_id], confirmed)
        others |= somebody_else
        person = person_of(person_id, [each for each in statements if each.key not in somebody_else])
        if person is not None:
            known = change.known.get(person_id)
            # Of somebody who has several entries, the number under which they were first seen stays theirs.
            change.people[person_id] = (
                person if known is None or known.person_no == person.person_no else replace(person, person_no=known.person_no)
            )
        elif person_id in change.known:
            change.people[person_id] = _gone(person_id, change.known[person_id])
    change.disputed = frozenset(others)


def _disputed(statements: Sequence[Statement], lapsed: Sequence[Statement], confirmed: Collection[RecordKey]) -> frozenset[RecordKey]:
    """Return the records about somebody else, each number for itself: of two numbers a person said that they are one person's."""
    numbers = {each.person_no for each in statements}
    if len(numbers) == 1:
        return disputed(statements, lapsed, confirmed)
    of_each = (([one for one in of if one.person_no == number] for of in (statements, lapsed)) for number in numbers)
    return frozenset().union(*(disputed(said, gone, confirmed) for said, gone in of_each))


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


def in_register(person_id: PersonId, change: Change) -> bool:
    """Whether somebody is in the register, as decided now."""
    if person_id in change.people:
        return change.people[person_id].exists
    return person_id in change.known and change.known[person_id].registered


def newly_registered_or_gone(change: Change) -> set[PersonId]:
    """Persons who entered the register with this parcel, or left it."""
    return {
        person_id
        for person_id, person in change.people.items()
        if person.exists != (person_id in change.known and change.known[person_id].registered)
    }
