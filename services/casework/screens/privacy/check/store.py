"""Gathers evidence for the check of a year, and reads and writes what people say of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg

from contracts.ids import StaffId
from contracts.values import Role
from infra.clock import JST
from infra.identity.staff import Account, Register, Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.domain import objection
from services.casework.domain.calendar import fiscal_year
from services.casework.domain.policy import WARD_ROLES
from services.casework.domain.privacy_check import (
    ANSWER_DAYS,
    UNUSED_DAYS,
    Finding,
    FindingState,
    Found,
    Item,
    Run,
    Seat,
    Signature,
)
from services.casework.domain.privacy_request import Does, Request
from services.casework.domain.retention import over_before
from services.casework.screens.privacy.requests import store as requests
from services.casework.store import Acting

SQL = queries(__file__)
REQUESTS_LOOKED_AT = 5000
SEES_CHILDREN = frozenset({*WARD_ROLES, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Year:
    """All that is kept of the check of a year."""

    year: int
    run: Run | None
    findings: tuple[Finding, ...]
    signatures: tuple[Signature, ...]


async def year_of(db: Database, year: int) -> Year:
    """Return what is kept of a year."""
    rows = await db.fetch(SQL.evidence, year)
    findings = tuple(map(_finding, await db.fetch(SQL.findings, year)))
    return Year(year, _run(rows), findings, tuple(map(_signature, await db.fetch(SQL.signatures, year))))


async def years(db: Database) -> tuple[int, ...]:
    """Return the years of which there is evidence, the newest first."""
    return tuple(row["year"] for row in await db.fetch(SQL.years))


async def alone(db: Database) -> None:
    """Wait for whoever gathers, looks up or signs, and let nobody else to the commit."""
    await db.execute(SQL.alone)


async def gather(work: UnitOfWork, staff: Staff, register: Register, year: int) -> bool:
    """Count all that can be counted here, and keep it as it is found at this moment. Returns whether it was."""
    accounts = await register.accounts()
    await store.act_as(work.db, Acting.SYSTEM)
    found = (*await _by_tables(work, year), *await _by_register(work, accounts), await _by_requests(work))
    await accesses.act_as(work, staff)
    items, looked_at, amiss = zip(*((each.item.value, each.looked_at, each.amiss) for each in found), strict=True)
    made = (year, list(items), list(looked_at), list(amiss), work.now, staff.id, staff.name)
    return await work.db.fetchval(SQL.gather, *made) is not None


async def _by_tables(work: UnitOfWork, year: int) -> tuple[Found, ...]:
    first, _ = fiscal_year(year)
    asked = (work.today, first, objection.DAYS_TO_DECIDE, ANSWER_DAYS, over_before(work.today))
    return tuple(Found(Item(row["item"]), row["looked_at"], row["amiss"]) for row in await work.db.fetch(SQL.by_tables, *asked))


async def _by_register(work: UnitOfWork, accounts: Iterable[Account]) -> tuple[Found, ...]:
    active = tuple(accounts)
    trained = [each for each in active if each.training_valid_until >= work.today]
    see = [each.id for each in active if each.roles & SEES_CHILDREN]
    unused = await work.db.fetchval(SQL.unused, see, work.now - timedelta(days=UNUSED_DAYS))
    left = await work.db.fetchrow(SQL.holders_left, [each.id for each in trained])
    assert left is not None  # noqa: S101 -- it counts
    return (
        Found(Item.TRAINING, len(active), len(active) - len(trained)),
        Found(Item.UNUSED_ACCOUNTS, len(see), unused),
        Found(Item.HOLDERS_LEFT, left["looked_at"], left["amiss"]),
    )


async def _by_requests(work: UnitOfWork) -> Found:
    found = await requests.requests(work.db, REQUESTS_LOOKED_AT)
    return Found(Item.REQUESTS, len(found), sum(_was_late(each, work.today) for each in found))


def _was_late(request: Request, today: date) -> bool:
    decided = request.newest(Does.DECIDE)
    return request.is_late(today) if decided is None else decided.at.astimezone(JST).date() > request.due_on(today)


async def look_up(work: UnitOfWork, staff: Staff, year: int, run: int, found: Found) -> bool:
    """Keep what somebody looked up elsewhere. Returns whether it was kept: once a run, and in the newest."""
    made = (year, run, found.item, found.looked_at, found.amiss, found.words, work.now, staff.id, staff.name)
    return await work.db.fetchval(SQL.look_up, *made) is not None


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody says of a finding."""

    id: UUID
    version: int
    year: int
    item: Item
    title: str
    owner: str
    due_on: date
    state: FindingState = FindingState.OPEN
    words: str = ""


async def write(work: UnitOfWork, staff: Staff, written: Written) -> bool:
    """Write the next word of a finding. Returns whether it still stood as it was read."""
    what = (written.item, written.title, written.owner, written.due_on, written.state, written.words)
    made = (written.id, written.version, written.year, *what, work.now, staff.id, staff.name)
    return await work.db.fetchval(SQL.find, *made) is not None


async def was_written(db: Database, written: Written) -> bool:
    """Return whether this is what was first written of a finding."""
    return bool(await db.fetchval(SQL.was_found, written.id, written.year, written.item, written.title, written.owner, written.due_on))


async def sign(work: UnitOfWork, staff: Staff, year: int, run: int, seat: Seat, words: str) -> bool:
    """Keep somebody's signature. Returns whether it is the first of the seat, and of the person."""
    return await work.db.fetchval(SQL.sign, year, seat, run, words, work.now, staff.id, staff.name) is not None


def _run(rows: list[asyncpg.Record]) -> Run | None:
    if not rows:
        return None
    newest = max(rows, key=_made_at)
    return Run(rows[0]["run"], newest["made_at"], newest["made_by_name"], _found(rows))


def _made_at(row: asyncpg.Record) -> datetime:
    at: datetime = row["made_at"]
    return at


def _found(rows: list[asyncpg.Record]) -> Mapping[Item, Found]:
    # A release may give up an item, and what was found of it stays kept.
    known = (row for row in rows if row["item"] in set(Item))
    return {Item(row["item"]): Found(Item(row["item"]), row["looked_at"], row["amiss"], row["words"]) for row in known}


def _finding(row: asyncpg.Record) -> Finding:
    return Finding(
        id=row["finding_id"],
        version=row["version"],
        item=Item(row["item"]),
        title=row["title"],
        owner=row["owner"],
        due_on=row["due_on"],
        state=FindingState(row["state"]),
        words=row["words"],
        at=row["changed_at"],
        by_name=row["changed_by_name"],
    )


def _signature(row: asyncpg.Record) -> Signature:
    return Signature(Seat(row["seat"]), row["run"], row["words"], row["signed_at"], StaffId(row["signed_by"]), row["signed_by_name"])
