"""
What the rows of the schools' lists say together: whom the pupils are, and that one list does not name one child twice.

A list is a school's of a school year. Where two of its pupils would be linked by machine to one child, one of them is somebody else (a
twin, a namesake, a row that was laid out wrong), and nothing in a row says which: people decide about both.
"""

from collections.abc import Iterable, Mapping
from typing import NewType

from contracts.ids import PersonId
from services.linker.domain.matches import BY_CLAIMS, BY_SCHOOL, Match
from services.linker.domain.pupils import Pupil
from services.linker.domain.records import Link, LinkState, PupilKey, Record, RecordKey

BY_MACHINE = frozenset({BY_SCHOOL, BY_CLAIMS})
"""The rules by which the matcher links a row. What a number or a person's word links is not undone by another row."""

PupilList = NewType("PupilList", str)
"""A school's list of a school year."""

Place = tuple[PupilList, PersonId]
"""A child on a list."""

NOBODY_BESIDE: Mapping[Place, frozenset[PupilKey]] = {}
NO_MATCHES: Mapping[RecordKey, Match] = {}


def list_of(pupil: PupilKey) -> PupilList:
    """Return the list on which a pupil is."""
    school, year, _ = pupil.split("|", 2)
    return PupilList(f"{school}|{year}")


def named_twice(
    rows: Iterable[tuple[Record, Link]], beside: Mapping[Place, frozenset[PupilKey]] = NOBODY_BESIDE
) -> dict[RecordKey, PersonId]:
    """
    Return the rows that the matcher linked to a child whom another pupil of the list is, too, with that child: they are people's.

    `rows` are rows of lists with what becomes of each by itself; `beside` are the pupils of other rows that are such a child. Two rows of
    one pupil are no contradiction. A row that a number or a person's word links stays, and so does each of two that people linked.
    """
    linked = [
        (record.key, (list_of(record.pupil), link.person_id), record.pupil, link.rule)
        for record, link in rows
        if record.pupil is not None and link.state is LinkState.LINKED and link.person_id is not None
    ]
    pupils: dict[Place, set[PupilKey]] = {}
    for _, place, pupil, _ in linked:
        pupils.setdefault(place, set(beside.get(place, ()))).add(pupil)
    return {key: place[1] for key, place, _, rule in linked if rule in BY_MACHINE and len(pupils[place]) > 1}


def pupils_of(rows: Iterable[tuple[Record, Link]], matches: Mapping[RecordKey, Match] = NO_MATCHES) -> dict[PupilKey, Pupil]:
    """Return whom the schools' lists say that their pupils are, by what became of their rows, and whom those that name no number mean."""
    said: dict[PupilKey, list[tuple[Record, Link]]] = {}
    for record, link in rows:
        if record.pupil is not None:
            said.setdefault(record.pupil, []).append((record, link))
    return {
        pupil: Pupil(
            frozenset(link.person_id for _, link in lists if link.person_id is not None),
            # Who waits for the register is nobody whom anything is concluded of.
            frozenset(who for record, link in lists if link.state is LinkState.REVIEW for who in meant(record, matches)),
        )
        for pupil, lists in said.items()
    }


def meant(record: Record, matches: Mapping[RecordKey, Match]) -> frozenset[PersonId]:
    """Return whom a row may mean that is linked to nobody."""
    if record.subject_id is not None:
        return frozenset({record.subject_id})
    return matches[record.key].may_be if record.key in matches else frozenset()
