"""
Compares the children of the register anew, and decides again whom the rows of the schools' lists mean that name no number.

First the children are put in one spelling by the normaliser in use, then the rows are decided by the model in use: those that a page before
marked, and those whose decision rests on another version. What is left is what the tables say is left, so that a run that was stopped goes
on where it was. What people said outranks it, as ever (`matches.heeding`).
"""

from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import NamedTuple, TypeAlias
from uuid import UUID

from contracts.ids import EventId, PersonId
from contracts.kinds import EventKind
from contracts.values import Source
from infra.sql import queries
from infra.work import UnitOfWork
from services.linker import locks, matched, rostering, store
from services.linker.actions import settle
from services.linker.change import Change
from services.linker.domain import roster
from services.linker.domain.lists import BY_MACHINE
from services.linker.domain.matching.gate import VERSION as GATE
from services.linker.domain.matching.snapshots import IN_USE, SCALE
from services.linker.domain.normalising import VERSION
from services.linker.domain.records import Link, LinkState, PupilKey, RecordKey
from services.linker.gathering import change_of
from services.linker.naming import names_in

SQL = queries(__file__, "anew.sql")
CHILDREN_AT_ONCE, PUPILS_AT_ONCE = 500, 100
"""What one transaction takes, while which the service waits."""

Opened: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Opens a unit of work, each a transaction of its own."""
Moved: TypeAlias = dict[RecordKey, tuple[Link | None, Link]]
"""What became of records before, and becomes of them now."""


LINKED, PEOPLE, NOBODY, ANOTHER = "linked", "people", "nobody", "another one"
PLACES = {LinkState.LINKED: LINKED, LinkState.REVIEW: PEOPLE, LinkState.WAITING: NOBODY, LinkState.VOID: NOBODY}


class Step(NamedTuple):
    """How far it is: children put in one spelling anew, or pupils decided again, and what became another one by it."""

    children: int
    pupils: int
    moved: Moved


async def compare_anew(opened: Opened) -> AsyncGenerator[Step, None]:
    """Compare everything anew that is left, a step at a time. What would come of it is tried where `opened` never commits."""
    person: PersonId | None = PersonId(UUID(int=0))
    while person is not None:
        async with opened() as work:
            found = await _children(work, person)
        person = found[-1] if found else None
        yield Step(len(found), 0, {})
    pupil: PupilKey | None = PupilKey("")
    while pupil is not None:
        async with opened() as work:
            pupils, moved = await _pupils(work, pupil)
        pupil = pupils[-1] if pupils else None
        yield Step(0, len(pupils), moved)


async def left(work: UnitOfWork) -> tuple[int, int]:
    """Return how many children are to be put in one spelling anew, and of how many pupils it is looked whether they are decided again."""
    return await work.db.fetchval(SQL.count_children, _FIRST_BORN, VERSION), await work.db.fetchval(SQL.count_pupils)


_FIRST_BORN = date(roster.FIRST_BIRTH_YEAR, 1, 1)


async def _children(work: UnitOfWork, last: PersonId) -> Sequence[PersonId]:
    """Put the next children in one spelling, and mark the rows that meet them now, or did."""
    await locks.lock_all(work.db)
    persons = [row["person_id"] for row in await work.db.fetch(SQL.children_left, last, _FIRST_BORN, VERSION, CHILDREN_AT_ONCE)]
    if persons:
        stored = await matched.children(work.db, persons)
        schools = await matched.schools(work.db, {each for child in stored.values() for each in child.school_records})
        now = {who: rostering.comparable_of(child.told, child.school_records, schools) for who, child in stored.items()}
        both = (*now.values(), *(child.comparable for child in stored.values()))
        await work.db.execute(SQL.mark, [key for each in both for key in (*roster.keys_of(each), *roster.keys_formerly(each))])
        await matched.save_children(work.db, {who: (each, roster.keys_of(each)) for who, each in now.items()})
    return persons


async def _pupils(work: UnitOfWork, last: PupilKey) -> tuple[Sequence[PupilKey], Moved]:
    """Decide again whom the rows of the next pupils mean. What did not change is not said again."""
    await locks.lock_all(work.db)
    versions = (SCALE.model.version, IN_USE.version, VERSION)
    rules = sorted(BY_MACHINE)
    rows = await work.db.fetch(SQL.pupils_left, last, *versions, rules, EventKind.PUPIL_REGISTERED, PUPILS_AT_ONCE, GATE)
    pupils = [row["pupil"] for row in rows]
    told = {key: each for key, each in (await store.records_named(work.db, (), (), pupils)).items() if each.stands} if pupils else {}
    if not told:
        return pupils, {}
    change = await change_of(work, told, told, {}, await names_in(work))
    change.late = frozenset(told)
    change.decision = EventId(work.identifiers.random())
    await settle(work, change)
    return pupils, _moved(change)


def counted(moved: Moved) -> Mapping[Source, Mapping[tuple[str, str], int]]:
    """Return how many records of each source go from where to where. Says nothing of whom."""
    counts: defaultdict[Source, Counter[tuple[str, str]]] = defaultdict(Counter)
    for key, (before, now) in sorted(moved.items()):
        counts[key.source][_place(before), ANOTHER if _is_another(before, now) else _place(now)] += 1
    return counts


def _place(link: Link | None) -> str:
    return PLACES[link.state] if link is not None else NOBODY


def _is_another(before: Link | None, now: Link) -> bool:
    return before is not None and None not in (before.person_id, now.person_id) and before.person_id != now.person_id


def join(moved: Moved, then: Moved) -> None:
    """Add a step to what became of records: of one that is decided twice, from the first to the last."""
    for key, (before, now) in then.items():
        first = moved.pop(key, (before, now))[0]
        if first != now:
            moved[key] = (first, now)


def _moved(change: Change) -> Moved:
    before = {key: change.held[key].link for key in change.links if key in change.held}
    return {key: (before[key], link) for key, link in change.links.items() if key in before and before[key] != link}
