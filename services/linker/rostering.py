"""
Decide again whom the rows of the schools' lists mean that name no number.

A row's decision rests on itself and on who shares a key with it. So whenever a child's names, birth date, sex, household or schools become
others, the rows are found that ask by the keys that the child had or has, and are decided again; the same register and the same lists
give the same links, in whatever order they came.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from contracts.ids import PersonId
from contracts.kinds import EventKind
from infra.postgres import Database
from infra.work import UnitOfWork
from services.linker import matched
from services.linker.change import Change
from services.linker.domain import roster
from services.linker.domain.linking import BY_DECISION
from services.linker.domain.matches import Match, heeding
from services.linker.domain.matching.snapshots import IN_USE
from services.linker.domain.person import Person
from services.linker.domain.records import PupilKey, Record, RecordKey
from services.linker.domain.roster import Comparable, Revised
from services.linker.matched import Child, Made, Row, Told


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
    named = set().union(*(roster.schools_of(schools.get(key, ())) for key in standing))
    return roster.comparable(told.names, told.born, told.sex, told.household, named)


def _told(person: Person) -> Told:
    names = tuple((each.name, each.kana) for each in person.names)
    return Told(names, (person.birth_date, person.birth_precision), person.sex, str(person.household_id or ""))


def keys_touched(change: Change) -> frozenset[str]:
    """Return the keys under which the children are found, or were, of whom something else is compared now."""
    return frozenset[str]().union(*(roster.keys_of(each) for both in change.children.values() for each in both))


def keys_asked(change: Change) -> frozenset[str]:
    """Return the keys by which the rows of this parcel ask."""
    rows = (each for each in change.fresh.values() if _asks(each))
    return frozenset[str]().union(*(roster.keys_asked(roster.row_of(each.data or {})) for each in rows))


def _asks(record: Record) -> bool:
    """Whether a record is a row of a school's list, and names no number."""
    return record.key.event_type == EventKind.PUPIL_REGISTERED and record.stands and record.subject_id is None and record.pupil is not None


async def decide_rows(db: Database, change: Change, asking: Collection[PupilKey]) -> None:
    """Decide again whom the rows mean that came, and those of the pupils who ask for a child of whom something else is compared now."""
    rows = {key: record for key, record in change.records.items() if _asks(record)}
    stored = await matched.matches(db, [key.id for key in rows])
    change.rows.before = {key: stored[key.id] for key in rows if key.id in stored}
    new = {key for key, record in rows.items() if key in change.fresh or key.id not in stored or record.pupil in asking}
    again = {key: roster.row_of(rows[key].data or {}) for key in new}
    asked = {key: keys for key, row in again.items() if (keys := roster.keys_asked(row))}
    found = await matched.candidates(db, {key.id: keys for key, keys in asked.items()}, change.children)
    here = _by_key(change.children)
    for key, keys in asked.items():
        beside = {person: now for each in keys for person, now in here.get(each, {}).items()}
        change.rows.keys[key] = keys
        change.rows.now[key] = roster.decide(again[key], found[key.id] | beside)


def _by_key(children: Mapping[PersonId, tuple[Comparable | None, Comparable | None]]) -> dict[str, dict[PersonId, Comparable]]:
    found: dict[str, dict[PersonId, Comparable]] = {}
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
    await matched.add_decisions(work.db, [each for each in made if not isinstance(each, UUID)], work.now)
    ids = {key: each if isinstance(each, UUID) else each.decision_id for key, each in zip(sorted(change.rows.now), made, strict=True)}
    gone = [key.id for key in change.fresh if key not in change.rows.now and key in change.held and _asks(change.held[key])]
    await matched.save_rows(work.db, gone, [_row(key, ids[key], change) for key in ids])


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
