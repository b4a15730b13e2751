"""The signer under a superuser who switches every guard off: it never signs a history that it did not sign before (S24, SEC-T3)."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import START, Database, unit_of_work
from services.audit import actions, store
from services.audit.actions import HistoryChanged
from services.audit.domain.leaf import leaf_of
from services.audit.domain.merkle import leaf_hash, tree_root
from services.audit.memory import Memory, MemoryUnusable
from services.audit.signer import Signer
from tests.integration.audit.log import ORIGIN, SIGNER, hear
from tests.unit.audit.builders import access, event_of

ENTRIES = 600
FOREIGN = Signer(ORIGIN, bytes(32))


@dataclass
class Sealed:
    """A log of ENTRIES entries, sealed at 300 and 600 by a service with a memory, and a superuser with the guards off."""

    database: Database
    pool: asyncpg.Pool
    admin: asyncpg.Connection
    file: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))

    def __post_init__(self) -> None:
        self.memory = Memory(SIGNER.verifier, self.file)

    def restart(self) -> None:
        """A new process: it knows what the file tells."""
        self.memory = Memory(SIGNER.verifier, self.file)

    async def seal(self) -> int | None:
        async with unit_of_work(self.pool, ServiceName.AUDIT, self.clock) as work:
            return await actions.seal(work.db, SIGNER, self.clock.now(), self.memory)

    async def hear(self, first: int, last: int) -> None:
        await hear(self.pool, self.clock, [access(number) for number in range(first, last + 1)])

    async def checkpoints(self) -> list[int]:
        return [row["size"] for row in await self.pool.fetch("select size from checkpoint order by size")]

    async def notes(self) -> list[str]:
        return [row["note"] for row in await self.pool.fetch("select note from checkpoint order by size")]

    async def change_leaf(self, index: int) -> None:
        """Write another deed into an entry: leaf, columns and hash agree."""
        leaf = leaf_of(event_of(access(index + 1, action="casework.list_opened")), START)
        await self.admin.execute(
            "update audit.entry set leaf = $1, hash = $2, action = 'casework.list_opened' where idx = $3", leaf, leaf_hash(leaf), index
        )

    async def rebuild(self, above: int) -> None:
        """Make everything above agree with the entries as they now are: kept subtrees anew, no checkpoints."""
        await self.admin.execute("delete from audit.subtree")
        for index in range(await self.admin.fetchval("select count(*) from audit.entry") // 256):
            rows = await self.admin.fetch("select hash from audit.entry where idx / 256 = $1 order by idx", index)
            await self.admin.execute("insert into audit.subtree values (8, $1, $2)", index, tree_root([row["hash"] for row in rows]))
        await self.admin.execute("delete from audit.checkpoint where size > $1", above)


@pytest_asyncio.fixture
async def log(database: Database, tmp_path: Path) -> AsyncIterator[Sealed]:
    admin = await asyncpg.connect(database.admin_url)
    for table in ("entry", "number", "checkpoint", "subtree", "quarantine"):
        await admin.execute(f"alter table audit.{table} disable trigger no_change")
    sealed = Sealed(database, await database.pool("audit"), admin, tmp_path / "signer/signed.json")
    await sealed.hear(1, 300)
    await sealed.seal()
    await sealed.hear(301, ENTRIES)
    await sealed.seal()
    yield sealed
    await admin.close()


async def edit_and_rebuild(log: Sealed) -> None:
    await log.change_leaf(42)
    await log.rebuild(above=0)


async def edit_above_an_older_checkpoint(log: Sealed) -> None:
    await log.change_leaf(342)
    await log.rebuild(above=300)


async def edit_the_last_entry(log: Sealed) -> None:
    await log.change_leaf(ENTRIES - 1)
    await log.rebuild(above=300)


async def cut_the_tail(log: Sealed) -> None:
    await log.admin.execute("delete from audit.entry where idx >= 500")
    await log.rebuild(above=300)


async def cut_the_tail_at_a_checkpoint(log: Sealed) -> None:
    await log.admin.execute("delete from audit.entry where idx >= 300")
    await log.rebuild(above=300)


async def cut_everything(log: Sealed) -> None:
    await log.admin.execute("delete from audit.entry; delete from audit.number; delete from audit.subtree; delete from audit.checkpoint")


async def replace_the_whole_log(log: Sealed) -> None:
    await cut_everything(log)
    await hear(log.pool, log.clock, [access(number, action="casework.list_opened") for number in range(1, ENTRIES + 1)])


async def swap_two_entries(log: Sealed) -> None:
    await log.admin.execute("update audit.entry set idx = -1 + 100000 where idx = 310")
    await log.admin.execute("update audit.entry set idx = 310 where idx = 320")
    await log.admin.execute("update audit.entry set idx = 320 where idx = 99999")
    await log.rebuild(above=300)


async def insert_in_the_middle(log: Sealed) -> None:
    await log.admin.execute("update audit.entry set idx = idx + 100001 where idx >= 400")
    await log.admin.execute("update audit.entry set idx = idx - 100000 where idx >= 100000")
    columns = ", ".join((*store.COLUMN_NAMES, "leaf", "hash"))
    leaf = leaf_of(event_of(access(1, lane=5)), START)
    await log.admin.execute(
        f"insert into audit.entry (idx, {columns}) select 400, {columns} from audit.entry where idx = 399".replace(
            "select 400, event_id, type, ts, received, producer, lane, sequence",
            "select 400, event_id, type, ts, received, producer, 5, 1",
        )
    )
    await log.admin.execute("update audit.entry set leaf = $1, hash = $2 where idx = 400", leaf, leaf_hash(leaf))
    await log.rebuild(above=300)


async def delete_and_renumber(log: Sealed) -> None:
    await log.admin.execute("delete from audit.entry where idx = 42")
    await log.admin.execute("update audit.entry set idx = idx + 100000 where idx > 42")
    await log.admin.execute("update audit.entry set idx = idx - 100001 where idx > 100000")
    await log.rebuild(above=0)


ATTACKS = (
    edit_and_rebuild,
    edit_above_an_older_checkpoint,
    edit_the_last_entry,
    cut_the_tail,
    cut_the_tail_at_a_checkpoint,
    cut_everything,
    replace_the_whole_log,
    swap_two_entries,
    insert_in_the_middle,
    delete_and_renumber,
)


@pytest.mark.parametrize("grows", [False, True], ids=["idle", "grown"])
@pytest.mark.parametrize("restarts", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_a_history_that_was_changed_behind_its_back_is_never_signed(
    attack: Callable[[Sealed], Awaitable[None]], restarts: bool, grows: bool, log: Sealed
) -> None:
    await attack(log)
    known = await log.checkpoints()
    if restarts:
        log.restart()
    if grows:
        await log.hear(ENTRIES + 1, ENTRIES + 250)

    with pytest.raises(HistoryChanged):
        await log.seal()

    assert await log.checkpoints() == known


@pytest.mark.parametrize("restarts", [False, True], ids=["running", "restarted"])
async def test_a_database_put_back_to_an_older_state_is_not_signed_though_it_grew_again(restarts: bool, log: Sealed) -> None:
    await log.admin.execute("delete from audit.entry where idx >= 300")
    await log.rebuild(above=300)
    await hear(log.pool, log.clock, [access(number, lane=1) for number in range(1, 1001)])
    if restarts:
        log.restart()

    with pytest.raises(HistoryChanged, match="first 600 entries no longer lead to the root"):
        await log.seal()


async def test_a_log_that_only_grew_is_sealed_on_after_a_restart(log: Sealed) -> None:
    log.restart()
    await log.hear(ENTRIES + 1, ENTRIES + 5)

    assert await log.seal() == ENTRIES + 5
    assert [head.size for head in Memory(SIGNER.verifier, log.file).heads()] == [ENTRIES + 5]


async def test_what_was_signed_lies_in_a_file_that_only_its_owner_can_read(log: Sealed) -> None:
    assert log.file.stat().st_mode & 0o777 == 0o600
    assert log.file.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in log.file.parent.iterdir()] == ["signed.json"]


@pytest.mark.parametrize("size", [400, ENTRIES, ENTRIES + 1, 10**9])
async def test_a_checkpoint_forged_with_another_key_neither_stops_nor_replaces_a_seal(size: int, log: Sealed) -> None:
    forged = FOREIGN.seal(size, bytes(32))
    await log.pool.execute("insert into checkpoint values ($1, $2, $3, now())", size, bytes(32), forged)
    log.restart()
    await log.hear(ENTRIES + 1, ENTRIES + 1)

    sealed = await log.seal()

    async with log.pool.acquire() as db:
        newest = await store.last_checkpoint(db, SIGNER.verifier)
    assert sealed == ENTRIES + 1
    assert newest is not None
    assert newest.size == ENTRIES + 1


@pytest.mark.parametrize("text", ["", "nothing\n", "x\n" + "9" * 5000 + "\nAAAA\n\n— x AAAA\n", "a\n\n" + "— x AAAAAAAA\n" * 5000])
async def test_a_checkpoint_that_is_none_stops_nothing(text: str, log: Sealed) -> None:
    await log.pool.execute("insert into checkpoint values (700, $1, $2, now())", bytes(32), text[:2000])
    log.restart()
    await log.hear(ENTRIES + 1, ENTRIES + 1)

    assert await log.seal() == ENTRIES + 1


async def test_a_genuine_checkpoint_under_another_size_or_root_counts_for_nothing(log: Sealed) -> None:
    note = SIGNER.seal(250, bytes(32))
    await log.pool.execute("insert into checkpoint values (900, $1, $2, now())", bytes(32), note)
    await log.hear(ENTRIES + 1, ENTRIES + 1)

    assert await log.seal() == ENTRIES + 1


async def test_checkpoints_removed_from_an_unchanged_log_come_back_with_the_last_one(log: Sealed) -> None:
    await log.admin.execute("delete from audit.checkpoint")

    assert await log.seal() is None
    assert await log.checkpoints() == [ENTRIES]


async def test_a_crash_between_file_and_commit_loses_no_signature(log: Sealed) -> None:
    await log.hear(ENTRIES + 1, ENTRIES + 1)
    async with log.pool.acquire() as db:
        transaction = db.transaction()
        await transaction.start()
        await actions.seal(db, SIGNER, log.clock.now(), log.memory)
        await transaction.rollback()
    log.restart()

    assert await log.seal() is None
    assert await log.checkpoints() == [300, ENTRIES, ENTRIES + 1]


async def test_a_memory_that_begins_anew_takes_over_what_the_database_has(log: Sealed) -> None:
    log.file.unlink()
    log.restart()

    assert await log.seal() is None
    assert [head.size for head in Memory(SIGNER.verifier, log.file).heads()] == [ENTRIES]


@pytest.mark.parametrize("text", ["", "{}", '{"signed": "something", "given_up": []}', '{"signed": 7, "given_up": []}', "[]"])
async def test_nothing_is_signed_while_the_memory_cannot_be_read(text: str, log: Sealed) -> None:
    log.file.write_text(text)
    log.restart()
    await log.hear(ENTRIES + 1, ENTRIES + 1)

    with pytest.raises(MemoryUnusable):
        await log.seal()


@pytest.mark.parametrize("attack", [edit_above_an_older_checkpoint, replace_the_whole_log], ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("holds", [False, True], ids=["holds nothing", "holds an older note"])
@pytest.mark.parametrize("form", ["the note itself", "in the form of one given up, without the key"])
async def test_a_file_that_says_that_all_was_given_up_makes_no_running_signer_forget(
    attack: Callable[[Sealed], Awaitable[None]], holds: bool, form: str, log: Sealed
) -> None:
    """Whoever can write the database and the file has no key."""
    older, newest = await log.notes()
    gone = [older, newest] if form == "the note itself" else [each.replace(ORIGIN, f"{ORIGIN}/given-up", 1) for each in (older, newest)]
    log.file.write_text(json.dumps({"signed": older if holds else None, "given_up": gone[holds:]}), encoding="utf-8")
    await attack(log)
    await log.hear(ENTRIES + 1, ENTRIES + 5)

    with pytest.raises((HistoryChanged, MemoryUnusable)):
        await log.seal()


async def test_a_history_that_was_given_up_and_came_back_is_held_to_again(log: Sealed) -> None:
    older, newest = await log.notes()
    log.memory.give_up(SIGNER, older)
    log.memory.give_up(SIGNER, newest)
    log.restart()
    await log.change_leaf(342)
    await log.rebuild(above=0)

    with pytest.raises(HistoryChanged):
        await log.seal()
    assert [head.size for head in log.memory.heads()] == [ENTRIES]


async def test_an_older_file_put_back_under_a_running_service_changes_nothing(log: Sealed) -> None:
    older = log.file.read_text()
    await log.hear(ENTRIES + 1, ENTRIES + 10)
    await log.seal()
    log.file.write_text(older)
    await log.admin.execute("delete from audit.entry where idx >= 600")
    await log.rebuild(above=ENTRIES)

    with pytest.raises(HistoryChanged, match="sealed with 610 entries, the log has 600"):
        await log.seal()


async def test_a_note_signed_by_another_key_in_the_memory_is_refused(log: Sealed) -> None:
    Memory(FOREIGN.verifier, log.file).keep(FOREIGN.seal(5, bytes(32)))
    log.restart()

    with pytest.raises(MemoryUnusable, match="not signed by the log's key"):
        await log.seal()


async def test_two_services_on_one_log_seal_in_turn(log: Sealed, tmp_path: Path) -> None:
    other = Sealed(log.database, log.pool, log.admin, tmp_path / "other/signed.json")
    for number in range(ENTRIES + 1, ENTRIES + 21):
        await log.hear(number, number)
        await asyncio.gather(log.seal(), other.seal())

    assert (await log.checkpoints())[-1] == ENTRIES + 20
    assert [head.size for head in Memory(SIGNER.verifier, other.file).heads()] == [ENTRIES + 20]


async def test_no_other_login_can_hold_up_the_log(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("audit")

    for role in ("casework", "scorer", "identity"):
        other = await asyncpg.connect(database.url(role))
        await other.execute("select pg_advisory_lock(hashtextextended('audit.log', 0))")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await other.execute("select from audit.turn for update")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await other.execute("begin; lock table audit.entry in access share mode")
        await other.execute("rollback")
        await asyncio.wait_for(hear(pool, clock, [access(1), access(2)]), 10)
        await other.close()

    assert await pool.fetchval("select count(*) from entry") == 2
