"""
Decide again whom the rows of the schools' lists mean that name no number.

A row's decision rests on itself and on who shares a key with it. So whenever a child's names, birth date, sex, household or schools become
others, the rows are found that ask by the keys that the child had or has, and are decided again; the same register and the same lists
give the same links, in whatever order they came.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from contracts.ids import PersonId
from contracts.kinds import EventKind
from infra.postgres import Database
from infra.work import UnitOfWork
from services.linker import matched, store
from services.linker.change import Change
from services.linker.domain import roster
from services.linker.domain.linking import BY_DECISION
from services.linker.domain.lists import Place, list_of
from services.linker.domain.matches import Match, heeding
from services.linker.domain.matching.snapshots import IN_USE
from services.linker.domain.person import Person
from services.linker.domain.records import PupilKey, Record, RecordKey
from services.linker.domain.roster import Comparable
from services.linker.domain.schooling import Revised, schools_of
from services.linker.matched import Child, Claimant, Decided, Made, Row, Told


async def compare_anew(db: Database, change: Change) -> None:
    """Decide again what rows are compared with, of whom this parcel says something; keep those where it is another than before."""
    concerned = _children_concerned(change)
    stored = await matched.children(db, concerned) if concerned else {}
    records = {each for child in stored.values() for each in child.school_records} | {key.id for key in change.fresh if _is_school(key)}
    schools = await matched.schools(db, records)
    now = {person: _comparable(person, child, schools, change) for person, child in stored.items()}
    change.children = {person: (stored[person].comparable, each) for person, each in now.items() if each != stored[person].comparable}


def _children_concerned(change: Change) -> set[PersonId]:
    """Who may be a pupil and is told of by the register, and whose school the register of children of school age tells."""
    told = {
        person_id
        for person_id, person in change.people.items()
        if _may_be_pupil(person.birth_date.year, change.known[person_id].birth_date.year if person_id in change.known else 0)
    }
    entries = (each for key, record in change.fresh.items() if _is_school(key) for each in (record, change.held.get(key)))
    return told | {each.subject_id for each in entries if each is not None and each.subject_id is not None}


def _may_be_pupil(*years: int) -> bool:
    return max(years) >= roster.FIRST_BIRTH_YEAR


def _is_school(key: RecordKey) -> bool:
    return key.event_type == EventKind.SCHOOL_REGISTER_CHANGED


def _comparable(person_id: PersonId, child: Child, schools: Mapping[UUID, Sequence[Revised]], change: Change) -> Comparable | None:
    person = change.people.get(person_id)
    told = child.told if person is None else _told(person) if person.exists else None
    if told is None:
        return None
    fresh = {key.id: record for key, record in change.fresh.items() if _is_school(key)}
    standing = {key for key, record in fresh.items() if record.subject_id == person_id and record.stands} | (
        child.school_records - fresh.keys()
    )
    return comparable_of(told, standing, schools)


def comparable_of(told: Told | None, standing: Collection[UUID], schools: Mapping[UUID, Sequence[Revised]]) -> Comparable | None:
    """Return what is compared of a person of whom that is told; `standing` are the records that name their schools."""
    if told is None:
        return None
    named = set().union(*(schools_of(schools.get(key, ())) for key in standing))
    return roster.comparable(told.names, told.born, told.sex, told.household, named)


def _told(person: Person) -> Told:
    names = tuple((each.name, each.kana) for each in person.names)
    return Told(names, (person.birth_date, person.birth_precision), person.sex, str(person.household_id or ""))


def keys_touched(change: Change) -> frozenset[int]:
    """Return the keys under which the children are found, or were, of whom something else is compared now."""
    return frozenset[int]().union(*(roster.keys_of(each) for both in change.children.values() for each in both))


async def pupils_asking(db: Database, change: Change) -> set[PupilKey]:
    """Return the pupils of whom a row asks, or asked, for a child of whom something else is compared now."""
    formerly = (roster.keys_formerly(each) for both in change.children.values() for each in both)
    return await matched.pupils_asking(db, keys_touched(change).union(*formerly))


def keys_asked(change: Change) -> frozenset[int]:
    """Return the keys by which the rows of this parcel ask."""
    rows = (each for each in change.fresh.values() if _asks(each))
    return frozenset[int]().union(*(roster.keys_asked(roster.row_of(each.data or {})) for each in rows))


def _asks(record: Record) -> bool:
    """Whether a record is a row of a school's list, and names no number."""
    return record.key.event_type == EventKind.PUPIL_REGISTERED and record.stands and record.subject_id is None and record.pupil is not None


async def decide_rows(db: Database, change: Change, asking: Collection[PupilKey]) -> None:
    """Decide again whom the rows mean that came, and those of the pupils who ask for a child of whom something else is compared now."""
    rows = {key: record for key, record in change.records.items() if _asks(record)}
    # Also of those that ask no longer: whom they meant may be another pupil's of the list by now.
    asked_once = rows.keys() | {key for key in change.fresh if key in change.held and _asks(change.held[key])}
    # Of what was never here nothing was decided.
    change.rows.before = await _decided(db, asked_once & change.held.keys())
    new = {key for key, record in rows.items() if key in change.fresh or key not in change.rows.before or record.pupil in asking}
    again = {key: roster.row_of(rows[key].data or {}) for key in new}
    asked = {key: keys for key, row in again.items() if (keys := roster.keys_asked(row))}
    found = await matched.candidates(db, {key.id: keys for key, keys in asked.items()}, change.children)
    here = _by_key(change.children)
    for key, keys in asked.items():
        beside = {person: now for each in keys for person, now in here.get(each, {}).items()}
        change.rows.keys[key] = keys
        change.rows.now[key] = roster.decide(again[key], found[key.id] | beside)


async def _decided(db: Database, rows: Collection[RecordKey]) -> dict[RecordKey, Decided]:
    stored = await matched.matches(db, [key.id for key in rows])
    return {key: stored[key.id] for key in rows if key.id in stored} if stored else {}


async def look_beside(db: Database, change: Change) -> None:
    """
    Read the other pupils of the lists who are the same children as those of this parcel, or were: what becomes of one is for all of them.

    The lists are locked (`connecting.py`), so nobody else decides about one of their pupils meanwhile.
    """
    mates = {each.pupil for each in await _claimants(db, change)}
    if mates:
        change.held |= await store.records_named(db, (), (), mates)
        change.records = change.held | change.fresh
        change.rows.before |= await _decided(db, [key for key, record in change.records.items() if record.pupil in mates and _asks(record)])
        # Of whom else those are nothing changes here, and so of nobody beside them.
        beside: defaultdict[Place, set[PupilKey]] = defaultdict(set)
        for each in await _claimants(db, change):
            if _holds(each, change):
                beside[list_of(each.pupil), each.person_id].add(each.pupil)
        change.rows.beside = {place: frozenset(pupils) for place, pupils in beside.items()}


async def _claimants(db: Database, change: Change) -> list[Claimant]:
    """Return who else is a child on a list whom the rows of this parcel mean or meant."""
    lists = {key for key in (*change.held, *change.records) if key.event_type == EventKind.PUPIL_REGISTERED}
    both = (each for key in lists for each in (change.held.get(key), change.records.get(key)) if each is not None)
    pupils = {each.pupil for each in both if each.pupil is not None}
    places = {(list_of(pupil), who) for key in lists for pupil, who in _meant(key, change)}
    return await matched.claimants(db, places, pupils, change.naming.pupils_of({who for _, who in places}))


def _meant(key: RecordKey, change: Change) -> Iterator[tuple[PupilKey, PersonId]]:
    """Whom a row may be linked to now, and whom it was: by its number, by the matcher, by what people say."""
    before, now = change.rows.before.get(key), change.rows.now.get(key)
    matches = [each.match.person_id for each in (before, now) if each is not None]
    for record in (change.held.get(key), change.records.get(key)):
        if record is not None and record.pupil is not None:
            linked = record.link.person_id if record.link is not None else None
            said = change.naming.said_of(record.pupil).person_id
            named = {record.subject_id, linked, said, *matches}
            yield from ((record.pupil, who) for who in named if who is not None)


def _holds(each: Claimant, change: Change) -> bool:
    """Whether a row still means whom the matcher says, by what people said of its pupil."""
    said = change.naming.said_of(each.pupil)
    return not each.by_machine or (each.person_id not in said.apart and said.person_id in (None, each.person_id))


def _by_key(children: Mapping[PersonId, tuple[Comparable | None, Comparable | None]]) -> dict[int, dict[PersonId, Comparable]]:
    found: dict[int, dict[PersonId, Comparable]] = {}
    for person, (_, now) in children.items():
        if now is not None:
            for key in roster.keys_of(now):
                found.setdefault(key, {})[person] = now
    return found


def matches_in(change: Change) -> dict[RecordKey, Match]:
    """Return whom the rows of this parcel, and those concerned by it, mean."""
    before = {key: each.match for key, each in change.rows.before.items() if key not in change.fresh}
    return {key: _heeding(key, each, change) for key, each in (before | {key: e.match for key, e in change.rows.now.items()}).items()}


def _heeding(key: RecordKey, match: Match, change: Change) -> Match:
    pupil = change.records[key].pupil
    return heeding(match, change.naming.said_of(pupil), BY_DECISION) if pupil is not None else match


async def save(work: UnitOfWork, change: Change) -> None:
    """Save what rows are compared with, the rows, and the decisions that are others than before."""
    await matched.save_children(work.db, {person: (now, roster.keys_of(now)) for person, (_, now) in change.children.items()})
    made = [_made(work, key, change) for key in sorted(change.rows.now)]
    ids = {key: each if isinstance(each, UUID) else each.decision_id for key, each in zip(sorted(change.rows.now), made, strict=True)}
    gone = [key.id for key in change.fresh if key not in change.rows.now and key in change.held and _asks(change.held[key])]
    new = [each for each in made if not isinstance(each, UUID)]
    known = [key.id for key in ids if key in change.held]
    await matched.save_rows(work.db, gone, [_row(key, ids[key], change) for key in ids], known, new, work.now)


def _made(work: UnitOfWork, key: RecordKey, change: Change) -> Made | UUID:
    """The decision that is made of a row, or the id of the one that says the same already."""
    now, before = change.rows.now[key], change.rows.before.get(key)
    if before is not None and (before.matched, before.frequencies) == (now, IN_USE.version):
        return before.decision_id
    supersedes = before.decision_id if before is not None else None
    return Made(work.identifiers.random(), key, change.records[key].revision, now, IN_USE.version, supersedes)


def _row(key: RecordKey, decision_id: UUID, change: Change) -> Row:
    pupil = change.records[key].pupil
    if pupil is None:
        raise ValueError("only rows of pupils are decided")
    return Row(key.id, pupil, decision_id, change.rows.now[key].match, change.rows.keys[key])
