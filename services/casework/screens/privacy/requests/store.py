"""Reads and writes requests for disclosure, correction and suspension."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.ids import PersonId, StaffId
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.disposing import wait_for_disposal
from services.casework.domain.privacy_decision import Shield
from services.casework.domain.privacy_request import SECONDS, Capacity, Does, Kind, Request, Word
from services.casework.store import Acting

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class Received:
    """What stands on a request that came in. `key` makes pressing twice one."""

    key: UUID
    kind: Kind
    received_on: date
    capacity: Capacity
    requester: str
    subject: str
    wanted: str
    disclosed_on: date | None


@dataclass(frozen=True, slots=True)
class Tied:
    """Who the child of a request is in this system, under all its ids, and what the register says of it and of whoever asks."""

    persons: tuple[PersonId, ...]
    shield: Shield


async def requests(db: Database, many: int) -> tuple[Request, ...]:
    """Return so many requests, those that are not over before the others."""
    return tuple(_request(row) for row in await db.fetch(SQL.requests, many))


async def request(db: Database, request_id: UUID) -> Request | None:
    """Return a request, if there is one."""
    row = await db.fetchrow(SQL.request, request_id)
    return _request(row) if row is not None else None


async def receive(work: UnitOfWork, received: Received) -> str | None:
    """Keep a request that came in. Returns its number; None where it was kept already."""
    number = f"R-{await work.db.fetchval(SQL.next_number):06d}"
    kept = await work.db.fetchval(SQL.receive, received.key, number, *_values(received))
    return None if kept is None else number


async def was_received(db: Database, received: Received) -> bool:
    """Return whether this is what was received by the key."""
    return bool(await db.fetchval(SQL.was_received, received.key, *_values(received)))


async def write(work: UnitOfWork, staff: Staff, about: Request, does: Does, details: Mapping[str, Any]) -> bool:
    """Write the next word of a request. Returns whether it still stood as it was read."""
    decides, proposal = does in SECONDS, about.proposal
    of = (proposal.version, proposal.by) if decides and proposal is not None else (None, None)
    told = json.dumps(details, ensure_ascii=False, default=str)
    made = (about.id, about.version + 1, does, told, *of, work.now, staff.id, staff.name)
    return await work.db.fetchval(SQL.write, *made) is not None


async def tie(work: UnitOfWork, staff: Staff, request_id: UUID, number: str, birth_date: date | None, requester_no: str) -> PersonId | None:
    """
    Look up whom a request is about and who asks, and keep it with the request. Returns the child, where there is one.

    Both are looked up as the system: whoever keeps requests sees no children of the wards, and learns no more than whether there is one. Of
    whom no number is said, what was found before stands: a request that was completed is checked again.
    """
    await wait_for_disposal(work.db)
    await store.act_as(work.db, Acting.SYSTEM)
    person_id = await work.db.fetchval(SQL.find_person, number, birth_date) if number and birth_date else None
    requester_id = await work.db.fetchval(SQL.find_person, requester_no, None) if requester_no else None
    await work.db.execute(SQL.tie, request_id, person_id, requester_id, bool(number and birth_date), bool(requester_no))
    await accesses.act_as(work, staff)
    return PersonId(person_id) if person_id else None


async def tied(work: UnitOfWork, staff: Staff, request_id: UUID) -> Tied:
    """Return what the register says now of whom a request is about. Read as the system."""
    await store.act_as(work.db, Acting.SYSTEM)
    row = await work.db.fetchrow(SQL.shield, request_id)
    await accesses.act_as(work, staff)
    assert row is not None  # noqa: S101 -- it says of nobody that nothing is held
    return Tied(tuple(map(PersonId, row["persons"])), Shield(row["held"], row["protected"], row["opponents_side"]))


def _values(received: Received) -> tuple[Any, ...]:
    return (
        received.kind,
        received.received_on,
        received.capacity,
        received.requester,
        received.subject,
        received.wanted,
        received.disclosed_on,
    )


def _request(row: asyncpg.Record) -> Request:
    return Request(
        id=row["request_id"],
        number=row["number"],
        kind=Kind(row["kind"]),
        received_on=row["received_on"],
        capacity=Capacity(row["capacity"]),
        requester=row["requester"],
        subject=row["subject"],
        wanted=row["wanted"],
        disclosed_on=row["disclosed_on"],
        words=tuple(map(_word, json.loads(row["words"] or "[]"))),
    )


def _word(raw: Mapping[str, Any]) -> Word:
    return Word(
        version=raw["version"],
        does=Does(raw["does"]),
        details=raw["details"],
        at=datetime.fromisoformat(raw["made_at"]),
        by=StaffId(UUID(raw["made_by"])),
        by_name=raw["made_by_name"],
    )
