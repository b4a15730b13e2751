"""The log lies in segments: each is as closed as the whole, a number is used once in all of them, and there is always one to come."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from infra.clock import FixedClock
from infra.migrating import ROOT
from infra.testing.fixtures import START, Database
from services.audit import store
from services.audit.domain.soundness.findings import Outcome
from services.audit.verification import verify
from tests.integration.audit.log import ORIGIN, SIGNER, hear, seal
from tests.unit.audit.builders import access

pytestmark = pytest.mark.servers

SEGMENT = 2**22
MIGRATIONS = ROOT / "services/audit/migrations"
_LIKE = "event_id, type, ts, received, actor, role, action, thing_kind, purpose, decision, relation, leaf, hash"


@pytest_asyncio.fixture
async def admin(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A superuser, who stands for what years bring."""
    db = await asyncpg.connect(database.admin_url)
    yield db
    await db.close()


async def put(admin: asyncpg.Connection, index: int, sequence: int) -> str:
    """Put an entry like the first one at `index`; return the segment in which it lies."""
    segment: str = await admin.fetchval(
        f"with numbered as (insert into audit.number values ('casework', 0, $2, $1))"
        f" insert into audit.entry (idx, producer, lane, sequence, {_LIKE})"
        f" select $1, producer, lane, $2, {_LIKE} from audit.entry where idx = 0 returning tableoid::regclass::text",
        index,
        sequence,
    )
    return segment


async def test_a_segment_ends_where_a_kept_subtree_does_and_two_lie_ahead(
    database: Database, admin: asyncpg.Connection, clock: FixedClock
) -> None:
    pool = await database.pool("audit")
    await hear(pool, clock, [access(1)])
    before = await pool.fetchval("select add_segments()")

    lies = [await put(admin, index, 2 + number) for number, index in enumerate((SEGMENT - 1, SEGMENT, 2 * SEGMENT))]
    async with pool.acquire() as db:
        added = [await store.add_segments(db), await store.add_segments(db)]

    assert SEGMENT % 2**16 == 0
    assert before == 0
    assert lies == ["audit.entry_0", f"audit.entry_{SEGMENT}", f"audit.entry_{2 * SEGMENT}"]
    assert added == [2, 0]
    assert await pool.fetchval("select max(idx) from entry") == 2 * SEGMENT
    assert await put(admin, 5 * SEGMENT - 1, 9) == f"audit.entry_{4 * SEGMENT}"


async def test_a_number_is_used_once_whatever_segment_its_entry_lies_in(
    database: Database, admin: asyncpg.Connection, clock: FixedClock
) -> None:
    pool = await database.pool("audit")
    await hear(pool, clock, [access(1)])
    await put(admin, SEGMENT, 2)

    with pytest.raises(asyncpg.UniqueViolationError):
        await put(admin, SEGMENT + 1, 1)
    async with pool.acquire() as db:
        known = await store.known_leaves(db, [("casework", 0, 1), ("casework", 0, 2), ("casework", 0, 3)])

    assert set(known) == {("casework", 0, 1), ("casework", 0, 2)}


@pytest.mark.parametrize("segment", ["entry_0", f"entry_{SEGMENT}", f"entry_{2 * SEGMENT}"])
async def test_a_segment_is_closed_to_the_service_and_its_guards_hold_for_everybody(
    segment: str, database: Database, admin: asyncpg.Connection, clock: FixedClock
) -> None:
    pool = await database.pool("audit")
    await hear(pool, clock, [access(1)])
    await put(admin, int(segment.partition("_")[2]) + 1, 2)

    for sql in (
        f"select from {segment}",
        f"insert into {segment} select * from entry limit 0",
        f"drop table {segment}",
        f"alter table entry detach partition {segment}",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(sql)
    for sql in (f"delete from audit.{segment}", f"update audit.{segment} set lane = lane", f"truncate audit.{segment}"):
        for way in ("", "set session_replication_role = replica; ", "set session_replication_role = default; set role audit_owner; "):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                await admin.execute(f"{way}{sql}")
            await admin.execute("reset role; reset session_replication_role")


async def test_a_log_that_was_there_before_becomes_the_first_segment_and_is_verified(
    database: Database, admin: asyncpg.Connection, clock: FixedClock
) -> None:
    """The tables go back to how the release before made them, with a log in them, and are moved on again."""
    pool = await database.pool("audit")
    await hear(pool, clock, [access(number) for number in range(1, 301)])
    await seal(pool, clock)
    kept = await admin.fetch("select * from audit.entry order by idx")
    await _as_before(admin)
    await admin.execute("set session_replication_role = replica")
    await admin.copy_records_to_table("entry", schema_name="audit", records=[tuple(row) for row in kept])
    await admin.execute("reset session_replication_role")

    async with admin.transaction():
        await admin.execute("set local role audit_owner; set local search_path = audit")
        await admin.execute((MIGRATIONS / "0005_segments.sql").read_text("utf-8"))

    await pool.expire_connections()
    await hear(pool, clock, [access(number) for number in range(299, 303)])
    await hear(pool, clock, [access(7, event_id=uuid4())])
    await seal(pool, clock)
    async with pool.acquire() as db:
        report = await verify(db, SIGNER.public_key, origin=ORIGIN, at=START)
    assert await pool.fetchval("select count(*) from entry") == 302
    assert (report.size, report.outcome) == (302, Outcome.INCOMPLETE)  # the contradiction of number 7
    assert {row["tableoid"] for row in await pool.fetch("select tableoid::regclass::text from entry")} == {"entry_0"}


async def _as_before(admin: asyncpg.Connection) -> None:
    """Put the log's table as the migrations before segments made it, empty."""
    await admin.execute("drop table audit.entry, audit.number; drop function audit.add_segments")
    first = (MIGRATIONS / "0001_log.sql").read_text("utf-8")
    table = first[first.index("create table entry (") : first.index("-- Roots of complete subtrees")]
    async with admin.transaction():
        await admin.execute("set local role audit_owner; set local search_path = audit")
        await admin.execute(table)
        for guard, event in (
            ("no_change", "update or delete on entry for each row"),
            ("no_truncate", "truncate on entry for each statement"),
        ):
            await admin.execute(f"create trigger {guard} before {event} execute function refuse_change()")
            await admin.execute(f"alter table entry enable always trigger {guard}")
        await admin.execute("revoke update, delete, truncate on entry from audit")
        await admin.execute((MIGRATIONS / "0004_what_people_did.sql").read_text("utf-8"))
