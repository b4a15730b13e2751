"""The log in a real PostgreSQL: what is heard becomes an entry once, in order, and stays."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from contracts.messages import Actor
from infra.clock import FixedClock
from infra.outcomes import Park
from infra.testing.fixtures import Database
from services.audit import inspection, store
from services.audit.actions import HistoryChanged
from services.audit.domain.merkle import Span, check_consistency, check_inclusion, consistency_spans, inclusion_spans, leaf_hash, tree_root
from services.audit.domain.note import parse_checkpoint, parse_note
from services.audit.domain.recorded import Recorded
from services.audit.signer import Signer, is_signed_by
from tests.integration.audit.log import ORIGIN, SIGNER, asked, hear, seal
from tests.unit.audit.builders import access, decision


async def rows(pool: asyncpg.Pool) -> list[asyncpg.Record]:
    return await pool.fetch("select * from entry order by idx")


async def test_a_parcel_becomes_entries_in_its_order_with_the_hashes_of_their_leaves(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")

    outcomes = await hear(pool, clock, [access(1), decision(1), access(2)])

    entries = await rows(pool)
    assert outcomes == {}
    assert [(row["idx"], row["producer"], row["sequence"]) for row in entries] == [(0, "casework", 1), (1, "scorer", 1), (2, "casework", 2)]
    assert [row["hash"] for row in entries] == [leaf_hash(row["leaf"]) for row in entries]
    assert {row["received"] for row in entries} == {clock.now()}


async def test_the_same_event_again_is_one_entry_even_within_a_parcel_and_later(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    await hear(pool, clock, [access(1), access(1)])

    clock.at = clock.at.replace(hour=5)
    await hear(pool, clock, [access(1), access(2)])

    assert [row["sequence"] for row in await rows(pool)] == [1, 2]
    assert await pool.fetchval("select count(*) from quarantine") == 0


async def test_another_word_under_a_used_number_is_quarantined_and_changes_nothing(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    await hear(pool, clock, [access(1)])
    before = await rows(pool)
    contradiction = access(1, event_id=uuid4(), actor=Actor(id=None, role="somebody"))

    await hear(pool, clock, [contradiction, access(2), access(2, event_id=uuid4())])

    assert (await rows(pool))[:1] == before
    kept = await pool.fetch("select event_id, producer, lane, sequence, reason from quarantine order by sequence")
    assert [tuple(row)[1:] for row in kept] == [("casework", 0, 1, "equivocation"), ("casework", 0, 2, "equivocation")]
    assert kept[0]["event_id"] == contradiction.event_id


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (access(1, origin="x" * 9000), "a leaf has at most 8192 bytes"),
        (access(1, reason_code="a\0b"), "a NUL character has no place in a leaf"),
        (access(0), "a producer's numbers begin at 1, got 0"),
        (access(1, count=2**60), "an integer beyond 2**53 - 1"),
    ],
)
async def test_what_can_never_be_an_entry_is_parked_alone(event: Recorded, reason: str, database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")

    outcomes = await hear(pool, clock, [event, access(2)])

    assert [type(outcome) for outcome in outcomes.values()] == [Park]
    assert outcomes[event.event_id].reason.startswith(reason)  # type: ignore[union-attr]
    assert [row["sequence"] for row in await rows(pool)] == [2]


async def test_writers_side_by_side_give_out_every_index_once(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")

    await asyncio.gather(*(hear(pool, clock, [access(number, lane=lane) for number in range(1, 41)]) for lane in range(6)))

    assert [row["idx"] for row in await rows(pool)] == list(range(240))
    assert await asked(pool, inspection.entries_per_producer) == {"casework": dict.fromkeys(range(6), (40, 40))}


async def test_a_grown_log_is_sealed_once_with_a_signature_that_verifies(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    assert await seal(pool, clock) is None
    await hear(pool, clock, [access(number) for number in range(1, 4)])

    first, second = await seal(pool, clock), await seal(pool, clock)

    checkpoint = await asked(pool, store.last_checkpoint)
    assert (first, second) == (3, None)
    assert checkpoint is not None
    note = parse_note(checkpoint.note)
    said = parse_checkpoint(note.text)
    assert (said.origin, said.size, said.root) == (ORIGIN, 3, tree_root([row["hash"] for row in await rows(pool)]))
    assert is_signed_by(note, ORIGIN, SIGNER.public_key)
    assert not is_signed_by(note, ORIGIN, Signer(ORIGIN, bytes(32)).public_key)


async def test_proofs_from_kept_subtrees_hold_over_several_tiles(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    for start in range(1, 801, 80):
        await hear(pool, clock, [access(number) for number in range(start, start + 80)])
    hashes = [row["hash"] for row in await rows(pool)]

    async with pool.acquire() as db:
        root = await store.span_root(db, Span(0, 800))
        paths = {index: await store.span_roots(db, inclusion_spans(index, 800)) for index in (0, 255, 256, 511, 512, 767, 768, 799)}
        links = {old: await store.span_roots(db, consistency_spans(old, 800)) for old in (1, 255, 256, 300, 512, 799, 800)}

    assert await pool.fetchval("select count(*) from subtree where level = 8") == 3
    assert root == tree_root(hashes)
    for index, path in paths.items():
        check_inclusion(hashes[index], index, 800, path, root)
    for old, link in links.items():
        check_consistency(old, 800, link, tree_root(hashes[:old]), root)


async def test_a_log_that_lost_or_changed_what_was_sealed_is_not_sealed_again(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    await hear(pool, clock, [access(number) for number in range(1, 6)])
    await seal(pool, clock)
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("alter table audit.entry disable trigger no_change")

    await admin.execute("update audit.entry set hash = sha256(hash) where idx = 2")
    await hear(pool, clock, [access(6)])
    with pytest.raises(HistoryChanged, match="no longer lead to the root"):
        await seal(pool, clock)

    await admin.execute("delete from audit.entry where idx > 2")
    with pytest.raises(HistoryChanged, match="sealed with 5 entries, the log has 3"):
        await seal(pool, clock)
    await admin.close()


async def test_nobody_can_change_or_remove_what_was_written(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    await _fill_every_table(pool, clock)
    admin = await asyncpg.connect(database.admin_url)

    for table in ("entry", "number", "checkpoint", "subtree", "quarantine", "verification"):
        column = await pool.fetchval("select attname from pg_attribute where attrelid = $1::regclass and attnum = 2", f"audit.{table}")
        for sql in (f"update audit.{table} set {column} = {column}", f"delete from audit.{table}", f"truncate audit.{table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute(sql)
            for way in ("", "set session_replication_role = replica; ", "set session_replication_role = default; set role audit_owner; "):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                    await admin.execute(f"{way}{sql}")
                await admin.execute("reset role; reset session_replication_role")
    await admin.close()


async def test_the_service_cannot_switch_its_own_guards_off(database: Database) -> None:
    pool = await database.pool("audit")

    for sql in ("alter table entry disable trigger all", "drop table entry", "set role audit_owner", "drop function refuse_change cascade"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(sql)


async def test_the_content_hash_forgets_order_time_and_numbers_and_nothing_else(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    empty = await asked(pool, inspection.content_hash)
    await hear(pool, clock, [access(1), decision(1)])
    one = await asked(pool, inspection.content_hash)
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("alter table audit.entry disable trigger all; delete from audit.entry")
    await admin.close()

    clock.at = clock.at.replace(hour=9)
    await hear(pool, clock, [decision(7, lane=3), access(9, lane=2, count=4)])

    assert empty != one
    assert await asked(pool, inspection.content_hash) == one
    await hear(pool, clock, [access(10, lane=2, decision="deny")])
    assert await asked(pool, inspection.content_hash) != one


async def test_the_figures_count_entries_by_producer_and_action(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")
    await hear(pool, clock, [access(1), access(2), decision(1), access(2, event_id=uuid4())])
    await seal(pool, clock)

    figures = await asked(pool, inspection.figures)

    assert figures == {
        "entries": 3,
        "entries_by_producer": {"casework": 2, "scorer": 1},
        "entries_by_action": {"casework.child_opened": 2, "scorer.review_needed": 1},
        "checkpoint_size": 3,
        "quarantined": 1,
    }


async def _fill_every_table(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, [access(number) for number in range(1, 257)])
    await hear(pool, clock, [access(1, event_id=uuid4())])
    await seal(pool, clock)
    async with pool.acquire() as db:
        await store.keep_verification(db, store.StoredVerification(clock.now(), 256, "sound", 0))
