"""Lists of children that leave the system: every step is decided on the locked row, and is an entry of the log (`casework.md` §2.3)."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import PersonId, StaffId
from contracts.messages import Thing as AuditThing
from contracts.values import CaseState, Section, Ward
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import store
from services.casework.disputing import dispute_from
from services.casework.domain import exporting
from services.casework.domain.calendar import after_opening_days, born_from
from services.casework.domain.dispute import Dispute
from services.casework.domain.exporting import Export, Format, Purpose
from services.casework.domain.flow import is_gone
from services.casework.domain.review import Word
from services.casework.store import AccessNote, word_from

SQL = queries(__file__, "exporting.sql")
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. `key` makes pressing twice one."""

    key: UUID
    purpose: Purpose
    words: str
    stage: CaseState | None
    format: Format
    most: int


@dataclass(frozen=True, slots=True)
class ListedOut:
    """A child in a list that leaves."""

    person_id: PersonId
    name: str | None
    kana: str | None
    birth_date: date | None
    opened_on: date
    state: CaseState
    due_on: date | None
    lead_section: Section | None
    word: Word
    gone: bool
    """Whether its reasons are all gone before anybody began."""
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many children a list of each stage would have, and one of all."""

    by_stage: Mapping[CaseState, int]
    of_all: int


async def ask(work: UnitOfWork, staff: Staff, ward: Ward, wanted: Wanted) -> None:
    """Ask for a list, once."""
    number = f"L-{await work.db.fetchval(SQL.next_number):06d}"
    row = (wanted.purpose, wanted.words, wanted.stage, wanted.format, wanted.most, work.now, staff.id, staff.name, staff.place)
    if await work.db.fetchval(SQL.ask, wanted.key, number, ward, *row) is not None:
        await _keep(work, staff, deeds.LIST_EXPORT_ASKED, wanted.key, number, wanted.purpose)


async def exports(db: Database, ward: Ward, today: date) -> tuple[Export, ...]:
    """Return the lists of a ward: those first that wait for somebody, however old they are."""
    return tuple(_export(row) for row in await db.fetch(SQL.exports, ward, SHOWN, today))


async def locked(db: Database, export_id: UUID) -> Export | None:
    """Return a list that nobody else can change until the transaction ends; None where there is none that may be seen."""
    row = await db.fetchrow(SQL.lock_export, export_id)
    return _export(row) if row is not None else None


async def decide(work: UnitOfWork, staff: Staff, export: Export, *, approved: bool) -> None:
    """Approve or decline a list that is locked."""
    until = after_opening_days(work.today, exporting.TAKE_OPENING_DAYS) if approved else None
    await work.db.execute(SQL.decide, export.id, work.now, staff.id, staff.name, approved, until)
    await _keep(work, staff, deeds.LIST_EXPORT_APPROVED if approved else deeds.LIST_EXPORT_DECLINED, export.id, export.number)


async def take(work: UnitOfWork, export: Export, children: int) -> None:
    """Keep that a list that is locked was taken. The look itself is kept with each child in it."""
    await work.db.execute(SQL.take, export.id, work.now, children, exporting.delete_by(work.today))


async def delete(work: UnitOfWork, staff: Staff, export: Export, how: str) -> None:
    """Keep that whoever took a list has deleted it."""
    await work.db.execute(SQL.delete_export, export.id, work.now, how)
    await _keep(work, staff, deeds.LIST_EXPORT_DELETED, export.id, export.number)


async def children_of(db: Database, ward: Ward, export: Export, today: date) -> tuple[ListedOut, ...]:
    """Return who is in a list today: never who is under a measure. One more than may be in it, where there are more."""
    rows = await db.fetch(SQL.listed_children, ward, export.stage, born_from(today), export.most + 1)
    return tuple(_listed(row) for row in rows)


async def counts(db: Database, ward: Ward, today: date) -> Counts:
    """Return how many children a list would have today."""
    rows = await db.fetch(SQL.count_children, ward, born_from(today))
    return Counts({CaseState(row["state"]): row["n"] for row in rows}, sum(row["of_all"] for row in rows))


async def waiting(db: Database, ward: Ward, staff_id: StaffId, today: date, here: Collection[UUID]) -> tuple[int, int]:
    """
    Return how many lists wait for somebody's decision, and how many were not deleted in time that they took.

    Those of people who are not of the ward any more (`here` are those who are) count for every lead.
    """
    row = await db.fetchrow(SQL.waiting, ward, staff_id, today, list(here))
    assert row is not None  # noqa: S101 -- it counts
    return row["to_decide"], row["overdue"]


async def _keep(work: UnitOfWork, staff: Staff, deed: Deed, export_id: UUID, number: str, reason: str | None = None) -> None:
    entry = work.keep(
        deed,
        actor=staff.actor,
        thing=AuditThing(kind=ThingKind.LIST_EXPORT, id=number, ward=staff.ward),
        relation="team",
        reason_code=reason,
        correlation=str(export_id),
    )
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", None, is_decision=True)
    await store.note_access(work.db, note, work.now)


def _export(row: asyncpg.Record) -> Export:
    return Export(
        id=row["export_id"],
        number=row["number"],
        purpose=Purpose(row["purpose"]),
        words=row["words"],
        stage=CaseState(row["stage"]) if row["stage"] else None,
        format=Format(row["format"]),
        most=row["most"],
        asked_at=row["asked_at"],
        asked_by=StaffId(row["asked_by"]),
        asked_by_name=row["asked_by_name"],
        decided_by_name=row["decided_by_name"],
        approved=row["approved"],
        take_until=row["take_until"],
        taken_at=row["taken_at"],
        children=row["children"],
        delete_by=row["delete_by"],
        deleted_at=row["deleted_at"],
        deleted_how=row["deleted_how"],
    )


def _listed(row: asyncpg.Record) -> ListedOut:
    word: dict[str, Any] = json.loads(row["word"])
    state = CaseState(row["state"] or CaseState.NOTICED)
    return ListedOut(
        person_id=PersonId(row["person_id"]),
        name=row["name"],
        kana=row["kana"],
        birth_date=row["birth_date"],
        opened_on=row["opened_on"],
        state=state,
        due_on=row["due_on"],
        lead_section=Section(row["lead_section"]) if row["lead_section"] else None,
        word=word_from(word),
        gone=is_gone(state, needed=row["needed"]),
        disputes=tuple(dispute_from(each["dispute"], each["answers"] or []) for each in json.loads(row["disputes"] or "[]")),
    )
