"""
Disposal of cases that are over their years (`domain.md` §4.6): proposed, looked through, approved by another person, carried out.

What is carried out is decided anew for each case at that moment: what is held by then, or was opened again, stays.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from contracts.deeds import privacy as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId, StaffId
from contracts.messages import Thing
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, cases, store
from services.casework.disposed import dispose_of
from services.casework.domain.retention import ItemState, over_before
from services.casework.store import Acting

SQL = queries(__file__, "disposing.sql")
CASES_OF_A_LIST = 500
CASES_OF_A_SLICE = 50
"""So many go in one transaction: whoever works with other cases does not wait for a list."""
SHOWN = 50


@dataclass(frozen=True, slots=True)
class List:
    """A list of cases to be disposed of, and how it stands."""

    id: UUID
    number: str
    over_before: date
    made_at: datetime
    made_by_name: str
    looked_at: datetime | None
    looked_by: StaffId | None
    looked_by_name: str | None
    approved: bool | None
    decided_at: datetime | None
    decided_by_name: str | None
    decided_words: str | None
    counts: Mapping[ItemState, int]


@dataclass(frozen=True, slots=True)
class ListItem:
    """A case of a list: no more than its number and when it ended."""

    case_id: UUID
    closed_on: date
    state: ItemState
    why: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A case that is to stay, and why."""

    id: UUID
    case_id: UUID
    why: str
    words: str
    placed_at: datetime
    placed_by_name: str


async def propose(work: UnitOfWork, staff: Staff, list_id: UUID) -> int | None:
    """Make a list of what is over its years, is held by nothing and stands in no other. Returns how many cases; None where it was made."""
    before = over_before(work.today)
    await work.db.execute(SQL.hold_disposal)
    if await work.db.fetchrow(SQL.lock_list, list_id) is not None:
        return None
    await store.act_as(work.db, Acting.SYSTEM)
    rows = await work.db.fetch(SQL.candidates, before, CASES_OF_A_LIST, None)
    await accesses.act_as(work, staff)
    if not rows:
        return 0
    number = f"X-{await work.db.fetchval(SQL.next_number):06d}"
    if await work.db.fetchval(SQL.propose, list_id, number, before, work.now, staff.id, staff.name) is None:
        return None
    columns = [[row[name] for row in rows] for name in ("case_id", "review_id", "person_id", "closed_on")]
    await work.db.execute(SQL.add_items, list_id, *columns)
    return len(rows)


async def wait_for_disposal(db: Database) -> None:
    """Wait until nothing is disposed of, and keep it so to the commit: what somebody says is to stay does not go meanwhile."""
    await db.execute(SQL.hold_disposal)


async def lists(db: Database) -> tuple[List, ...]:
    """Return the lists, the newest first."""
    return tuple(map(_list, await db.fetch(SQL.lists, SHOWN)))


async def number_of(db: Database, list_id: UUID) -> str:
    """Return what a list is called."""
    return str(await db.fetchval(SQL.number_of, list_id))


async def items(db: Database, list_id: UUID) -> tuple[ListItem, ...]:
    """Return the cases of a list."""
    rows = await db.fetch(SQL.items, list_id, CASES_OF_A_LIST)
    return tuple(ListItem(row["case_id"], row["closed_on"], ItemState(row["state"]), row["why"]) for row in rows)


async def keep_case(work: UnitOfWork, list_id: UUID, case_id: UUID, why: str) -> bool:
    """Take a case out of a list that is not decided. Returns whether it was in it."""
    locked = await work.db.fetchrow(SQL.lock_list, list_id)
    if locked is None or locked["approved"] is not None:
        return False
    return await work.db.fetchval(SQL.keep_case, list_id, case_id, why) is not None


async def look_through(work: UnitOfWork, staff: Staff, list_id: UUID) -> bool:
    """Keep who looked a list through, once."""
    locked = await work.db.fetchrow(SQL.lock_list, list_id)
    if locked is None or locked["looked_at"] is not None:
        return False
    await work.db.execute(SQL.look_through, list_id, work.now, staff.id, staff.name)
    return True


async def decide(work: UnitOfWork, staff: Staff, list_id: UUID, *, approved: bool, words: str) -> bool:
    """Approve or decline a list that another person looked through, once."""
    locked = await work.db.fetchrow(SQL.lock_list, list_id)
    if locked is None or locked["looked_at"] is None or locked["looked_by"] == staff.id or locked["approved"] is not None:
        return False
    await work.db.execute(SQL.decide, list_id, approved, work.now, staff.id, staff.name, words)
    if not approved:
        await work.db.execute(SQL.give_back, list_id)
    return True


async def place_hold(work: UnitOfWork, staff: Staff, hold_id: UUID, case_id: UUID, why: str, words: str) -> bool | None:
    """Keep that a case is to stay. Returns whether it is held now by this; None where there is no such case."""
    await work.db.execute(SQL.hold_disposal)
    await store.act_as(work.db, Acting.SYSTEM)
    there_is = await work.db.fetchval(SQL.is_case, case_id)
    await accesses.act_as(work, staff)
    if not there_is:
        return None
    return await work.db.fetchval(SQL.place_hold, hold_id, case_id, why, words, work.now, staff.id, staff.name) is not None


async def release_hold(work: UnitOfWork, staff: Staff, hold_id: UUID, words: str) -> UUID | None:
    """Keep that a case need not stay any more. Returns which; None where it was not held."""
    case_id: UUID | None = await work.db.fetchval(SQL.release_hold, hold_id, work.now, staff.id, staff.name, words)
    return case_id


async def holds(db: Database) -> tuple[Hold, ...]:
    """Return what is held, the oldest first."""
    return tuple(Hold(*row.values()) for row in await db.fetch(SQL.holds, CASES_OF_A_LIST))


async def carry_out_slice(work: UnitOfWork) -> int:
    """
    Dispose of some cases of approved lists, for the service's clock. Returns how many rows of lists were settled.

    Killed anywhere, a slice is whole or was not: what went and that it went commit together. Nothing is heard meanwhile: a new word of a
    child would be kept beside what goes, or go with it.
    """
    await store.act_as(work.db, Acting.SYSTEM)
    await cases.hold_hearing(work.db)
    await work.db.execute(SQL.hold_disposal)
    rows = await work.db.fetch(SQL.slice, CASES_OF_A_SLICE)
    by_list: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        by_list.setdefault(row["list_id"], []).append(row)
    for list_id, of_list in by_list.items():
        await _carry_out(work, list_id, of_list)
    return len(rows)


async def _carry_out(work: UnitOfWork, list_id: UUID, rows: Sequence[asyncpg.Record]) -> None:
    wanted = [row["case_id"] for row in rows]
    thing = Thing(kind=ThingKind.DISPOSAL_LIST, id=rows[0]["number"])
    may_go = await work.db.fetch(SQL.candidates, rows[0]["over_before"], len(wanted), wanted)
    for each in may_go:
        went = await dispose_of(work.db, each["case_id"], PersonId(each["person_id"]))
        await work.db.execute(SQL.gone_items, list_id, each["case_id"], work.now, json.dumps(went))
        work.keep(deeds.CASES_DISPOSED, actor=work.service_actor(), thing=thing, cause=each["case_id"], correlation=str(each["case_id"]))
    gone = [each["case_id"] for each in may_go]
    await work.db.execute(SQL.forget_whose, gone)
    await work.db.execute(SQL.hold_items, list_id, sorted(set(wanted) - set(gone)))


def _list(row: asyncpg.Record) -> List:
    told = dict(row) | {"counts": {ItemState(state): n for state, n in json.loads(row["counts"] or "{}").items()}}
    return List(id=told.pop("list_id"), **told)
