"""Lock and read what a parcel names: the records concerned as they were, as they are now, and the register's course of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from uuid import UUID

from contracts.ids import EventId, PersonId, PregnancyId
from contracts.kinds import EventKind
from infra.postgres import Database
from infra.work import UnitOfWork
from services.linker import locks, matched, saving, store
from services.linker.change import Change
from services.linker.domain.pregnancy import Pregnancy, pregnancy_of
from services.linker.domain.records import OF_REGISTER, Naming, Record, RecordKey, subject_number
from services.linker.domain.revisions import Course, Revision, course_of
from services.linker.locks import Round, number_lock, pupil_lock, record_lock, thing_lock
from services.linker.naming import Names


async def gather(work: UnitOfWork, arrived: dict[RecordKey, list[Record]], naming: Names) -> Change | None:
    """Lock and read what arrived, and all that it touches; None where none of it is newer than what was held."""
    concerned_records = list(chain.from_iterable(arrived.values()))
    named = {each.pregnancy_id for each in concerned_records if each.pregnancy_id is not None}
    pupils = {each.pupil for each in concerned_records if each.pupil is not None}
    db, partitions = work.db, work.partitions
    if partitions > 1:
        # What is taken back names no pregnancy or pupil any more; the one that it named must be locked like all others, so it is looked for
        # first.
        stored = (await store.records_named(db, arrived, ())).values()
        concerned_records += [each for each in stored if each.key in arrived]
        pupils |= {each.pupil for each in concerned_records if each.pupil is not None}
        named |= {each.pregnancy_id for each in concerned_records if each.pregnancy_id is not None}
        numbers = {str((each.data or {}).get("pregnancy_id", "")) for each in concerned_records if each.pregnancy_id is not None}
        things = [*map(thing_lock, named), *map(number_lock, numbers), *map(pupil_lock, pupils)]
        await locks.lock(db, Round.RECORDS, [*map(record_lock, arrived), *things], partitions)
    held = await store.records_named(db, arrived, named, pupils) if arrived else {}
    courses = await _courses(db, arrived, held, naming)
    late = await _keep_schools(db, arrived)
    # An older revision that came late names a school that a child has left: what holds stays, and what is compared of the child does not.
    known = {key: held[key] for key in arrived if key in held and key.id in late}
    newer = _newest(arrived, held) | {key: course.trusted[-1] for key, course in courses.items()}
    if not known | newer:
        return None
    change = await change_of(work, known | newer, held, courses, naming, named)
    change.late = frozenset(known.keys() - newer.keys())
    if partitions == 1:
        both = (each for key in change.fresh for each in (change.fresh[key], held.get(key)) if each is not None)
        change.pupils_read = frozenset(each.pupil for each in both if each.pupil is not None)
    return change


async def change_of(
    work: UnitOfWork,
    fresh: dict[RecordKey, Record],
    held: dict[RecordKey, Record],
    courses: dict[RecordKey, Course],
    naming: Names,
    named: Iterable[PregnancyId] = (),
) -> Change:
    """The change that records make, on everything that is known of them."""
    both = [*fresh.values(), *(held[key] for key in fresh if key in held)]
    named = {*named, *(each.pregnancy_id for each in both if each.pregnancy_id is not None)}
    # What came again only to be dropped is nothing to decide about: nobody has read what its link rests on.
    pupils = {each.pupil for each in both if each.pupil is not None}
    held = {key: record for key, record in held.items() if key in fresh or record.pregnancy_id in named or record.pupil in pupils}
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


async def _keep_schools(db: Database, arrived: Mapping[RecordKey, Sequence[Record]]) -> set[UUID]:
    """Keep the schools that all revisions name. Returns the records of which one is new."""
    told = (each for key, revisions in arrived.items() if key.event_type == EventKind.SCHOOL_REGISTER_CHANGED for each in revisions)
    rows = [
        (each.key.id, each.revision, each.effective_on, str(each.data["school_code"]), each.data.get("grade"))
        for each in told
        if each.data is not None and each.data.get("school_code")
    ]
    return await matched.keep_schools(db, rows)


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
            decided[key] = replace(course, formerly=formerly, formerly_nos=_numbers_of(formerly, known.values()))
    await saving.save_revisions(db, saved)
    return decided


def _formerly(course: Course, known: Iterable[Revision]) -> frozenset[PersonId]:
    """Return whom the record named in revisions that do not hold, and names no longer."""
    now = course.trusted[-1]
    named = {each.record.subject_id for each in known if each.record.stands and each.record.subject_id is not None}
    return frozenset(named - {now.subject_id} if now.stands else named)


def _numbers_of(persons: frozenset[PersonId], known: Iterable[Revision]) -> frozenset[str]:
    named = (each.record for each in known if each.record.subject_id in persons)
    numbers = (subject_number(each.key.event_type, each.data or {}, None) for each in named)
    return frozenset(number for number in numbers if number is not None)


def _reaches_back(course: Course, kept: Sequence[Revision]) -> bool:
    """Whether an older revision that came late says something of the time before."""
    known = {each.record.revision for each in kept}
    return any(each.revision not in known for each in course.trusted[:-1])


def _causes(records: Iterable[Record]) -> dict[PersonId | PregnancyId, EventId]:
    about = ((thing, record.event_id) for record in records for thing in (record.subject_id, record.pregnancy_id))
    return {thing: cause for thing, cause in about if thing is not None}


def _pregnancies(records: Iterable[Record], named: set[PregnancyId], naming: Naming) -> dict[PregnancyId, Pregnancy | None]:
    of: dict[PregnancyId, list[Record]] = {each: [] for each in named}
    for record in records:
        if record.pregnancy_id in of:
            of[record.pregnancy_id].append(record)
    return {each: pregnancy_of(records_of_it, naming) for each, records_of_it in of.items()}
