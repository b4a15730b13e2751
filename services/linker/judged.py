"""What was judged of subjects, as the tables hold it: the log, and whose each subject is by it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from contracts.ids import PersonId
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from services.linker.domain.judgements import By, Judgement, Word
from services.linker.domain.subjects import SubjectId

SQL = queries(__file__, "judged.sql")


class Judged(NamedTuple):
    """What follows from all that was judged of subjects."""

    persons: Mapping[SubjectId, PersonId] = {}
    """Whose each is that was judged of."""
    given: Mapping[SubjectId, PersonId] = {}
    """The id that each of them was given when it was first seen."""
    meant: frozenset[SubjectId] = frozenset()
    """Those that are somebody else's than whom they were taken for when they were first seen."""
    apart: Sequence[tuple[SubjectId, SubjectId]] = ()


_READ: dict[UUID, Judged] = {}
"""The state that was read last, by what it is called: names are drawn, so two states never share one, in whatever database."""


async def judged(db: Database, version: UUID | None) -> Judged:
    """Return what follows from all that was judged of subjects, in the state that holds (`locks.enter`): it is read once for each."""
    if version is None or version not in _READ:
        found = await _judged(db)
        _READ.clear()
        if version is None:
            return found
        _READ[version] = found
    return _READ[version]


async def _judged(db: Database) -> Judged:
    rows = await db.fetch(SQL.judged)
    persons = {SubjectId(row["subject"]): PersonId(row["person_id"]) for row in rows if row["other"] is None}
    meant = frozenset(SubjectId(row["subject"]) for row in rows if row["other"] is None and row["person_id"] != row["given_id"])
    first = {SubjectId(row["subject"]): PersonId(row["given_id"] or row["person_id"]) for row in rows if row["other"] is None}
    return Judged(
        persons, first, meant, tuple((SubjectId(row["subject"]), SubjectId(row["other"])) for row in rows if row["other"] is not None)
    )


async def judgements(db: Database) -> list[Judgement]:
    """Return all that was ever judged."""
    return [_judgement_in(row) for row in await db.fetch(SQL.judgements)]


async def given(db: Database, subjects: Collection[SubjectId]) -> dict[SubjectId, PersonId]:
    """Return the ids that those of the subjects were given that were judged of before."""
    return {row["subject"]: row["given_id"] for row in await db.fetch(SQL.given, list(subjects))}


async def save_judgements(db: Database, said: Sequence[Judgement], at: datetime) -> None:
    """Add what was judged to the log."""
    await db.execute(SQL.save_judgements, *columns([_columns(each) for each in said], 7), at)


async def save_subjects(db: Database, now: Mapping[SubjectId, tuple[PersonId, PersonId | None]], state: UUID) -> dict[SubjectId, int]:
    """
    Save the id that each subject was given, and whose it is now; `state` is a drawn id for what holds from now on.

    Returns how often each changed hands by now.
    """
    rows = [(subject, *now[subject]) for subject in sorted(now)]
    return {row["subject"]: row["version"] for row in await db.fetch(SQL.save_subjects, *columns(rows, 3), state)}


def _judgement_in(row: asyncpg.Record) -> Judgement:
    """The judgement of a row."""
    said = Word(row["word"]), By(row["judged_by"]), row["basis"], row["supersedes"]
    return Judgement(row["judgement_id"], row["one"], row["other"], *said)


def _columns(each: Judgement) -> tuple[Any, ...]:
    """The columns of a judgement."""
    return (each.judgement_id, each.one, each.other, each.word.value, each.by.value, each.basis, each.supersedes)
