"""Decide again to whom each record belongs, on everything that its link rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import asyncpg

from contracts.ids import PersonId, PregnancyId
from contracts.kinds import EventKind
from infra.postgres import Database
from services.linker import locks, rostering, store, strangers
from services.linker.change import Change
from services.linker.domain.care import OF_CARE, listed
from services.linker.domain.linking import Known, decide
from services.linker.domain.lists import Place, list_of, named_twice, pupils_of
from services.linker.domain.matches import Match
from services.linker.domain.person import Person
from services.linker.domain.pregnancy import Pregnancy
from services.linker.domain.pupils import Registered
from services.linker.domain.records import OF_PREGNANCY, PupilKey, Record, RecordKey
from services.linker.domain.subjects import bare
from services.linker.locks import Round, birth_date_lock, pupil_lock, record_lock
from services.linker.registering import (
    children_listed,
    concerned_by_pregnancies,
    in_register,
    named_formerly,
    newly_registered_or_gone,
    numbers_told_of,
)


async def decide_links(db: Database, change: Change) -> None:
    """Decide again what becomes of the records of everybody concerned."""
    await rostering.compare_anew(db, change)
    again = newly_registered_or_gone(change) | _mothers_concerned(change) | named_formerly(change)
    facts = await store.facts_about(db, again)
    change.held |= facts
    change.held |= await _of_strangers(db, change)
    asking = await rostering.pupils_asking(db, change)
    change.held |= await _of_care(db, change)
    change.alike = await store.pregnancies_alike(db, _pregnancy_numbers(change))
    others = change.alike.keys() - change.pregnancies.keys()
    change.held |= await store.records_named(db, (), others) if others else {}
    change.held |= await _of_pupils(db, change, asking)
    change.records = change.held | change.fresh
    await rostering.decide_rows(db, change, asking)
    await rostering.look_beside(db, change)

    known = await _known(db, change)
    change.link_basis = known
    change.links = {key: decide(record, known) for key, record in change.records.items()}


def _mothers_concerned(change: Change) -> set[PersonId]:
    """Return the mothers of pregnancies that are others now: one more exam of a pregnancy changes nothing about her other records."""
    before, now = change.old_pregnancies, change.pregnancies
    both = (each for key in before.keys() | now.keys() if before.get(key) != now.get(key) for each in (before.get(key), now.get(key)))
    return {each.mother_id for each in both if each is not None and each.mother_id is not None}


def _pregnancy_numbers(change: Change) -> set[str]:
    return {each.pregnancy_no for each in (*change.old_pregnancies.values(), *change.pregnancies.values()) if each is not None}


def _mothers_alike(change: Change) -> dict[PregnancyId, frozenset[PersonId]]:
    """Return, of pregnancies that nobody notified, the mothers of those whose numbers are equal but for leading zeros."""
    now = overlaid(change.alike, change.pregnancies)
    mothers: dict[str, set[PersonId]] = {}
    for each in now.values():
        if each.mother_id is not None:
            mothers.setdefault(bare(each.pregnancy_no), set()).add(each.mother_id)
    return {key: frozenset(mothers.get(bare(each.pregnancy_no), ())) for key, each in now.items() if each.mother_id is None}


async def _of_strangers(db: Database, change: Change) -> dict[RecordKey, Record]:
    """Return what is held of numbers that are not in the register and may be those of whom the parcel tells, or told."""
    born = _born(change)
    if change.partitions > 1:
        named = {each.subject_id for each in (*change.held.values(), *change.fresh.values()) if each.subject_id is not None}
        named |= children_listed(change)
        told = await store.numbers_given_up(db, [each for each in named if not in_register(each, change)])
        keys = [birth_date_lock(each) for each in born | {each.born[0] for each in told}]
        keys += map(record_lock, await _care_lists(db, change))
        await _lock_with_pupils(db, change, keys)
    return await store.facts_alike(db, {person.person_no for person in change.people.values()}, born)


async def _lock_with_pupils(db: Database, change: Change, born: list[int]) -> None:
    """
    Lock by birth dates, with the pupils concerned, their lists, and all keys under which a row and a child meet that are told of now.

    Raises `asyncpg.SerializationError` (not now) where another partition meanwhile told of one more pupil who asks: only who is locked may
    be decided again.
    """
    asking = await rostering.pupils_asking(db, change)
    pupils = await _pupils_concerned(db, change) | asking
    lists = {list_of(pupil) for pupil in pupils}
    keys = [*born, *map(pupil_lock, pupils), *map(locks.text_lock, lists), *rostering.keys_touched(change), *rostering.keys_asked(change)]
    await locks.lock(db, Round.BIRTH_DATES, keys, change.partitions)
    if not await rostering.pupils_asking(db, change) <= pupils:
        raise asyncpg.SerializationError("another partition told of a pupil between looking and locking")


def _born(change: Change) -> set[date]:
    """Return when those were born of whom the register says something now, as it says now and as it said."""
    before = (known.birth_date for person_id, known in change.known.items() if person_id in change.people)
    return {*(each.birth_date for each in change.people.values()), *before}


async def _of_care(db: Database, change: Change) -> dict[RecordKey, Record]:
    """Return the lists of children in care that are to be decided again, as they stand behind the locks."""
    lists = await store.care_lists(db, numbers_told_of(change), _born(change))
    others = [key for key in change.held if key.event_type in OF_CARE and key not in lists] if change.partitions > 1 else []
    return lists | (await store.records_named(db, others, ()) if others else {})


async def _care_lists(db: Database, change: Change) -> set[RecordKey]:
    """Return the lists of children in care that the parcel has or brings, and those that name somebody whom the register tells of."""
    named = {key for key in (*change.held, *change.fresh) if key.event_type in OF_CARE}
    return named | (await store.care_lists(db, numbers_told_of(change), _born(change))).keys()


async def _of_pupils(db: Database, change: Change, asking: set[PupilKey]) -> dict[RecordKey, Record]:
    """Return all that the schools tell of the pupils concerned: it goes where their lists go."""
    pupils = (await _pupils_concerned(db, change) | asking) - change.pupils_read
    return await store.records_named(db, (), (), pupils) if pupils else {}


async def _pupils_concerned(db: Database, change: Change) -> set[PupilKey]:
    """Return the pupils that records name, and those whom a list takes for somebody of whom the register says something now."""
    named = {each.pupil for each in (*change.held.values(), *change.fresh.values()) if each.pupil is not None}
    return named | change.naming.pupils_of(change.people) | await store.pupils_about(db, change.people)


async def _entries(db: Database, change: Change, registered: frozenset[PersonId]) -> dict[PersonId, Registered]:
    """Return what the register says of those whom the schools' lists name."""
    lists = (each for each in change.records.values() if each.key.event_type == EventKind.PUPIL_REGISTERED)
    named = {each.subject_id for each in lists if each.subject_id is not None} & registered
    now = {key: _registered(person) for key, person in change.people.items() if key in named}
    return now | await store.names_of(db, named - now.keys())


def _registered(person: Person) -> Registered:
    return Registered(frozenset((each.name, each.kana) for each in person.names), (person.birth_date, person.birth_precision))


async def _known(db: Database, change: Change) -> Known:
    belonging = [record for record in change.records.values() if record.key.event_type in OF_PREGNANCY]
    around = await store.pregnancies_around(
        db,
        {each.subject_id for each in belonging if each.subject_id is not None},
        {each.pregnancy_id for each in belonging if each.pregnancy_id is not None},
    )
    named = {each.subject_id for each in change.records.values() if each.subject_id is not None} | concerned_by_pregnancies(change)
    children = {change.naming.person(number): number for each in change.records.values() for number in listed(each)}
    named |= children.keys()
    said = {pupil: change.naming.said_of(pupil) for pupil in {each.pupil for each in change.records.values() if each.pupil is not None}}
    named |= {each.person_id for each in said.values() if each.person_id is not None}
    change.known |= (await store.persons(db, named - change.known.keys()))[0]
    registered = frozenset(each for each in named if in_register(each, change))
    numbers = children | {each.subject_id: each.subject_no for each in change.records.values() if each.subject_id and each.subject_no}
    unknown = {person: number for person, number in numbers.items() if person in named - registered}
    told = await store.numbers_given_up(db, named - registered)
    known = Known(
        registered=registered,
        disputed=change.disputed,
        pregnancies=overlaid(around, change.pregnancies),
        alike=await strangers.alike(db, unknown, change.people, change.naming.apart),
        given_up=await strangers.given_up(db, strangers.still_told(told, change.fresh), change.people, change.naming.apart),
        mothers_alike=_mothers_alike(change),
        care={key: frozenset(map(change.naming.person, of_it)) for key, each in change.records.items() if (of_it := listed(each))},
        decided=frozenset(filter(change.naming.is_meant, {each.subject_no for each in change.records.values() if each.subject_no})),
        entries=await _entries(db, change, registered),
        matches=rostering.matches_in(change),
        said=said,
    )
    lists = [each for each in change.records.values() if each.key.event_type == EventKind.PUPIL_REGISTERED]
    return _with_pupils(known, lists, change.rows.beside) if lists else known


def _with_pupils(known: Known, lists: Sequence[Record], beside: Mapping[Place, frozenset[PupilKey]]) -> Known:
    """Return what is known with whom the lists say that their pupils are: where two of one list are one child, people say."""
    twice = named_twice(((each, decide(each, known)) for each in lists), beside)
    unsure = {key: Match(may_be=frozenset({who}), named_twice=True) for key, who in twice.items()}
    known = replace(known, matches={**known.matches, **unsure})
    return replace(known, pupils=pupils_of(((each, decide(each, known)) for each in lists), known.matches))


def overlaid(stored: Mapping[PregnancyId, Pregnancy], decided: Mapping[PregnancyId, Pregnancy | None]) -> dict[PregnancyId, Pregnancy]:
    """What is stored, with what was decided over it."""
    return {key: each for key, each in {**stored, **decided}.items() if each is not None}
