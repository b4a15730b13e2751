"""Conditions of the list that somebody keeps under a name: the own ones, and those shared within the ward."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import StaffId
from contracts.messages import Thing as AuditThing
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.accesses import viewer_of
from services.casework.domain.filtering import FILTERS_OF_A_WARD, FILTERS_OF_ONE
from services.casework.domain.policy import tie_of
from services.casework.store import AccessNote, Acting

SQL = queries(__file__, "filters.sql")


class NotKept(StrEnum):
    """Why conditions are not kept."""

    TOO_MANY_OWN = "too_many_own"
    TOO_MANY_SHARED = "too_many_shared"
    NAME_TAKEN = "name_taken"
    KEY_REUSED = "key_reused"


@dataclass(frozen=True, slots=True)
class Saved:
    """Conditions under a name, as they were kept: whoever reads them looks whether they still say something."""

    id: UUID
    staff_id: StaffId
    by: str
    name: str
    shared: bool
    conditions: Mapping[str, Any]


async def save(
    work: UnitOfWork, staff: Staff, filter_id: UUID, name: str, conditions: Mapping[str, Any], *, shared: bool
) -> NotKept | None:
    """Keep conditions once; of one name nobody has two, and of all no more than so many."""
    await work.db.execute(SQL.hold_filters, str(staff.id), staff.ward or "")
    if (known := await find(work.db, filter_id)) is not None and known.staff_id == staff.id:
        # Pressed twice; or a page that was gone back to, with something else.
        return None if (known.name, known.shared, known.conditions) == (name, shared, conditions) else NotKept.KEY_REUSED
    there = await work.db.fetchrow(SQL.count_filters, staff.id, staff.ward)
    assert there is not None  # noqa: S101 -- it counts
    if there["own"] >= FILTERS_OF_ONE:
        return NotKept.TOO_MANY_OWN
    if shared and there["shared"] >= FILTERS_OF_A_WARD:
        return NotKept.TOO_MANY_SHARED
    row = (staff.id, staff.name, staff.ward, name, shared, json.dumps(conditions), work.now)
    if await work.db.fetchval(SQL.save_filter, filter_id, *row) is None:
        return NotKept.NAME_TAKEN
    await _keep(work, staff, deeds.FILTER_SAVED, filter_id)
    return None


async def forget(work: UnitOfWork, staff: Staff, filter_id: UUID) -> bool:
    """Forget one of the own ones. Returns whether there was one."""
    gone = await work.db.fetchval(SQL.forget_filter, filter_id, staff.id) is not None
    if gone:
        await _keep(work, staff, deeds.FILTER_FORGOTTEN, filter_id)
    return gone


async def forget_of_one_who_left(work: UnitOfWork, staff: Staff, filter_id: UUID, here: Collection[UUID]) -> bool:
    """
    Forget one that is shared in the ward by somebody who is not of it any more; `here` are those who are. Returns whether there was one.

    As the system: to the second wall it is its owner's, who cannot come in.
    """
    shared = await find(work.db, filter_id)
    if shared is None or not shared.shared or shared.staff_id in here:
        return False
    await store.act_as(work.db, Acting.SYSTEM)
    gone = await work.db.fetchval(SQL.forget_filter, filter_id, shared.staff_id) is not None
    await accesses.act_as(work, staff)
    await _keep(work, staff, deeds.FILTER_FORGOTTEN, filter_id)
    return gone


async def find(db: Database, filter_id: UUID) -> Saved | None:
    """Return conditions that one may use, or None."""
    row = await db.fetchrow(SQL.saved_filter, filter_id)
    return _saved(row) if row is not None else None


async def all_of(db: Database, staff: Staff) -> tuple[Saved, ...]:
    """Return the own ones, then those that colleagues share, by name."""
    return tuple(_saved(row) for row in await db.fetch(SQL.saved_filters, staff.id, staff.ward))


def _saved(row: asyncpg.Record) -> Saved:
    return Saved(row["filter_id"], StaffId(row["staff_id"]), row["staff_name"], row["name"], row["shared"], json.loads(row["conditions"]))


async def _keep(work: UnitOfWork, staff: Staff, deed: Deed, filter_id: UUID) -> None:
    thing = AuditThing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward)
    relation = tie_of(viewer_of(staff))
    entry = work.keep(deed, actor=staff.actor, thing=thing, relation=relation, correlation=str(filter_id))
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", None, is_decision=True)
    await store.note_access(work.db, note, work.now)
