"""
A list leaves the system only for a purpose, with a second person's approval (SEC-P3, REP-02), and whoever writes it is kept.

What is exported is fixed when it is asked for: the ruleset, the day, as known when, and the ward.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import asyncpg

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import Ward
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.scorer import lists
from services.scorer.deciders import Decider
from services.scorer.domain.lists import Asked, text
from services.scorer.domain.standing import NotAllowed, Step, may

SQL = queries(__file__, "exporting.sql")


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was asked for: of which list, for what, by whom, and who approved it."""

    export_id: UUID
    asked: Asked
    purpose: str
    requested_by: UUID
    requested_label: str
    requested_at: datetime
    approved_by: UUID | None
    approved_label: str | None
    written_at: datetime | None
    sha256: str | None


async def request(work: UnitOfWork, by: Decider, asked: Asked, purpose: str) -> UUID | NotAllowed:
    """Ask for an export. Returns its id, or why not."""
    export_id = work.identifiers.random()
    why = None if may(Step.PROPOSED, by.roles) else NotAllowed.ROLE
    if why is None:
        spec = (asked.ruleset, asked.document, asked.as_of, asked.known_on, asked.ward)
        await work.db.execute(SQL.request_export, export_id, *spec, purpose, by.staff_id, by.label, work.now)
    return _kept(work, deeds.LIST_EXPORT_REQUESTED, by, export_id, why) or export_id


async def approve(work: UnitOfWork, by: Decider, export_id: UUID) -> NotAllowed | None:
    """Approve what another person asked for. Returns why not."""
    found = await _locked(work.db, export_id)
    why = _why_not_approve(by, found)
    if why is None:
        await work.db.execute(SQL.approve_export, export_id, by.staff_id, by.label, work.now)
    return _kept(work, deeds.LIST_EXPORT_APPROVED, by, export_id, why)


async def write(work: UnitOfWork, by: Decider, export_id: UUID) -> str | NotAllowed:
    """Return the text of an approved export, once. Raises NotKept."""
    found = await _locked(work.db, export_id)
    why = _why_not_write(by, found)
    if why is not None or found is None:
        return _kept(work, deeds.LIST_EXPORTED, by, export_id, why) or NotAllowed.NO_SUCH_EXPORT
    candidates = await lists.list_of(work.db, found.asked, work.today)
    written = text(found.asked, candidates)
    await work.db.execute(SQL.keep_export, export_id, sha256(written.encode()).hexdigest(), len(candidates), by.staff_id, work.now)
    _kept(work, deeds.LIST_EXPORTED, by, export_id, None, count=len(candidates), fields=("ward", "groups", "counted_items"))
    return written


async def exports(db: Database) -> list[Export]:
    """Return every export that was asked for, the newest first."""
    return [_export(row) for row in await db.fetch(SQL.exports)]


async def _locked(db: Database, export_id: UUID) -> Export | None:
    row = await db.fetchrow(SQL.lock_export, export_id)
    return _export(row) if row is not None else None


def _why_not_approve(by: Decider, found: Export | None) -> NotAllowed | None:
    if not may(Step.APPROVED, by.roles):
        return NotAllowed.ROLE
    if found is None:
        return NotAllowed.NO_SUCH_EXPORT
    if found.requested_by == by.staff_id:
        return NotAllowed.OWN_PROPOSAL
    return NotAllowed.DECIDED_ALREADY if found.approved_by is not None else None


def _why_not_write(by: Decider, found: Export | None) -> NotAllowed | None:
    if not may(Step.PROPOSED, by.roles):
        return NotAllowed.ROLE
    if found is None:
        return NotAllowed.NO_SUCH_EXPORT
    if found.approved_by is None:
        return NotAllowed.NOT_APPROVED
    return NotAllowed.WRITTEN_ALREADY if found.written_at is not None else None


def _kept(
    work: UnitOfWork, deed: Deed, by: Decider, export_id: UUID, why: NotAllowed | None, count: int | None = None, fields: Sequence[str] = ()
) -> NotAllowed | None:
    work.keep(
        deed,
        actor=by.actor,
        thing=Thing(kind=ThingKind.LIST_EXPORT, id=str(export_id)),
        fields=fields,
        refused=why is not None,
        reason_code=why,
        count=count,
        origin=by.origin,
    )
    return why


def _export(row: asyncpg.Record) -> Export:
    ward = Ward(row["ward"]) if row["ward"] is not None else None
    asked = Asked(row["ruleset"], row["document"], row["as_of"], row["known_on"], ward)
    return Export(
        row["export_id"],
        asked,
        row["purpose"],
        row["requested_by"],
        row["requested_label"],
        row["requested_at"],
        row["approved_by"],
        row["approved_label"],
        row["written_at"],
        row["sha256"],
    )
