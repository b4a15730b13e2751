"""A superuser tampers; the verification says so, and where (S24, SEC-T3)."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from infra.clock import FixedClock
from infra.local.postgres import PostgresServer
from infra.testing.fixtures import START, Database
from services.audit import commands, store
from services.audit.domain.leaf import event_of, leaf_of
from services.audit.domain.merkle import leaf_hash, tree_root
from services.audit.domain.note import Checkpoint, Note, checkpoint_text, note_text
from services.audit.domain.soundness import Finding, FindingKind, Outcome, Report
from services.audit.signer import Signer
from services.audit.verification import verify
from tests.integration.audit.log import ORIGIN, PRIVATE_KEY, SIGNER, hear, seal
from tests.unit.audit.builders import NOON, access, decision

ENTRIES = 600
"""Two whole tiles and a part of a third."""


@dataclass
class Attacked:
    """A log of ENTRIES entries sealed at 100, 300, 500 and 600, and a superuser with the guards off."""

    pool: asyncpg.Pool
    admin: asyncpg.Connection

    async def verified(self, *, anchors: Sequence[str] = ()) -> Report:
        """What the verification says now, as the service's own login sees it."""
        async with self.pool.acquire() as db:
            return await verify(db, SIGNER.public_key, origin=ORIGIN, anchors=anchors)

    async def renumber(self, first: int, by: int) -> None:
        """Move the entries from `first` on by `by` places."""
        await self.admin.execute("update audit.entry set idx = idx + 100000 where idx >= $1", first)
        await self.admin.execute("update audit.entry set idx = idx - 100000 + $1 where idx >= 100000", by)


@pytest_asyncio.fixture(scope="session")
async def sealed_log(postgres: PostgresServer, template: str) -> str:
    """A database with the log, from which each attack gets its own copy."""
    name = "audit_log_template"
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"create database {name} template {template}")
    await admin.close()
    pool = await Database(postgres, name).pool("audit")
    number = 0
    for size in (100, 300, 500, ENTRIES):
        await hear(pool, FixedClock(START), [access(sequence) for sequence in range(number + 1, size + 1)])
        await seal(pool, FixedClock(START))
        number = size
    await pool.close()
    return name


@pytest_asyncio.fixture
async def copy(postgres: PostgresServer, sealed_log: str) -> AsyncIterator[Database]:
    """A copy of the log."""
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"create database audit_log_copy template {sealed_log}")
    copied = Database(postgres, "audit_log_copy")
    yield copied
    for pool in copied.pools:
        await pool.close()
    await admin.execute("drop database audit_log_copy with (force)")
    await admin.close()


@pytest_asyncio.fixture
async def log(copy: Database) -> AsyncIterator[Attacked]:
    admin = await asyncpg.connect(copy.admin_url)
    for table in ("entry", "checkpoint", "subtree"):
        await admin.execute(f"alter table audit.{table} disable trigger no_change")
    yield Attacked(await copy.pool("audit"), admin)
    await admin.close()


def places(report: Report, kind: FindingKind) -> list[tuple[int | None, int | None]]:
    return [(finding.first, finding.last) for finding in report.findings if finding.kind is kind]


def kinds(report: Report) -> set[FindingKind]:
    return {finding.kind for finding in report.findings}


async def test_an_untouched_log_is_sound(log: Attacked) -> None:
    report = await log.verified()

    assert (report.findings, report.outcome, report.exit_code) == ((), Outcome.SOUND, 0)
    assert (report.size, report.sealed_size, report.checkpoints) == (ENTRIES, ENTRIES, 4)
    assert report.lanes["casework"][0].last == ENTRIES


async def test_entries_that_are_not_sealed_yet_are_no_finding(log: Attacked, clock: FixedClock) -> None:
    await hear(log.pool, clock, [decision(1)])

    report = await log.verified()

    assert (report.outcome, report.size, report.sealed_size) == (Outcome.SOUND, ENTRIES + 1, ENTRIES)


async def test_a_changed_leaf_is_named(log: Attacked) -> None:
    await log.admin.execute(
        "update audit.entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'permit', 'denyed'), 'UTF8') where idx = 42"
    )

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.HASH_DIFFERS) == [(42, 42)]
    assert places(report, FindingKind.COLUMN_DIFFERS) == [(42, 42)]
    assert places(report, FindingKind.HISTORY_CHANGED) == [(0, 99)]


async def test_a_leaf_changed_with_its_hash_and_columns_is_named_by_its_seal(log: Attacked) -> None:
    leaf = leaf_of(event_of(access(343, action="casework.list_opened")), NOON)
    await log.admin.execute(
        "update audit.entry set leaf = $1, hash = $2, action = 'casework.list_opened', received = $3 where idx = 342",
        leaf,
        leaf_hash(leaf),
        NOON,
    )

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.HISTORY_CHANGED) == [(300, 499)]
    assert places(report, FindingKind.SUBTREE_DIFFERS) == [(256, 511)]
    assert FindingKind.HASH_DIFFERS not in kinds(report)


COLUMN_CHANGES = (
    "action = 'casework.list_opened'",
    "actor = gen_random_uuid()",
    "actor = null",
    "ts = ts - interval '1 day'",
    "received = received + interval '1 microsecond'",
    "thing_id = 'somebody else'",
    "decision = 'deny'",
    "count = 7",
    "actor_ward = 'nishi'",
    "origin = '127.0.0.1'",
    "event_id = gen_random_uuid()",
)


async def test_a_changed_column_is_named_though_every_hash_and_signature_holds(log: Attacked) -> None:
    for index, change in enumerate(COLUMN_CHANGES, start=17):
        await log.admin.execute(f"update audit.entry set {change} where idx = {index}")

    report = await log.verified()

    expected = [(index, change.partition(" ")[0]) for index, change in enumerate(COLUMN_CHANGES, start=17)]
    assert report.findings == tuple(
        Finding(FindingKind.COLUMN_DIFFERS, f"entry {index}: {column} not as the leaf says", index, index) for index, column in expected
    )
    assert report.exit_code == 1


async def test_a_deleted_row_is_named(log: Attacked) -> None:
    await log.admin.execute("delete from audit.entry where idx = 250")

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.ENTRIES_MISSING) == [(250, 250)]
    assert [finding.text for finding in report.findings if finding.kind is FindingKind.SEQUENCE_GAP] == [
        "casework, lane 0: no entry has the number 251"
    ]


async def test_a_deleted_row_with_the_rest_renumbered_is_named(log: Attacked) -> None:
    await log.admin.execute("delete from audit.entry where idx = 250")
    await log.renumber(251, -1)

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.HISTORY_CHANGED) == [(100, 299)]
    assert places(report, FindingKind.ENTRIES_CUT_OFF) == [(599, 599)]
    assert "casework, lane 0: no entry has the number 251" in [finding.text for finding in report.findings]


async def test_a_deletion_with_everything_signed_anew_is_still_named_by_the_producers_number(log: Attacked, clock: FixedClock) -> None:
    await log.admin.execute("delete from audit.entry where idx = 250; delete from audit.checkpoint; delete from audit.subtree")
    await log.renumber(251, -1)
    await _keep_subtrees_anew(log)
    await seal(log.pool, clock)

    report = await log.verified()

    assert [finding.text for finding in report.findings] == ["casework, lane 0: no entry has the number 251"]
    assert report.exit_code == 2


async def test_two_swapped_rows_are_named_by_their_seal(log: Attacked) -> None:
    await log.admin.execute("update audit.entry set idx = -1 + 100000 where idx = 310")
    await log.admin.execute("update audit.entry set idx = 310 where idx = 320")
    await log.admin.execute("update audit.entry set idx = 320 where idx = 99999")

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.HISTORY_CHANGED) == [(300, 499)]
    assert places(report, FindingKind.SUBTREE_DIFFERS) == [(256, 511)]


@pytest.mark.parametrize("kept", [599, 500])
async def test_a_cut_tail_is_named(kept: int, log: Attacked) -> None:
    await log.admin.execute("delete from audit.entry where idx >= $1", kept)

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.ENTRIES_CUT_OFF) == [(kept, 599)]


async def test_a_tail_cut_with_its_checkpoints_is_named_by_a_checkpoint_kept_elsewhere(log: Attacked) -> None:
    kept_elsewhere = await log.pool.fetchval("select note from checkpoint where size = 600")
    await log.admin.execute("delete from audit.entry where idx >= 500; delete from audit.checkpoint where size > 500")
    await log.admin.execute("delete from audit.subtree where idx > 0")

    alone = await log.verified()
    anchored = await log.verified(anchors=[kept_elsewhere])

    assert alone.outcome is Outcome.SOUND
    assert anchored.exit_code == 1
    assert places(anchored, FindingKind.ENTRIES_CUT_OFF) == [(500, 599)]


async def test_a_log_rewritten_and_signed_with_its_own_key_is_named_by_a_checkpoint_kept_elsewhere(
    log: Attacked, clock: FixedClock
) -> None:
    kept_elsewhere = await log.pool.fetchval("select note from checkpoint where size = 500")
    leaf = leaf_of(event_of(access(343, action="casework.list_opened")), NOON)
    await log.admin.execute(
        "update audit.entry set leaf = $1, hash = $2, action = 'casework.list_opened', received = $3 where idx = 342",
        leaf,
        leaf_hash(leaf),
        NOON,
    )
    await log.admin.execute("delete from audit.checkpoint; delete from audit.subtree")
    await log.admin.execute("alter table audit.entry enable always trigger no_change")
    await _keep_subtrees_anew(log)
    await seal(log.pool, clock)

    alone = await log.verified()
    anchored = await log.verified(anchors=[kept_elsewhere])

    assert alone.outcome is Outcome.SOUND
    assert anchored.exit_code == 1
    assert places(anchored, FindingKind.HISTORY_CHANGED) == [(0, 499)]


async def test_a_checkpoint_signed_by_somebody_else_is_named(log: Attacked) -> None:
    forged = Signer(ORIGIN, bytes(32)).seal(400, bytes(32))
    await log.pool.execute("insert into checkpoint values (400, $1, $2, now())", bytes(32), forged)

    report = await log.verified()

    assert report.exit_code == 1
    assert [finding.text for finding in report.findings] == ["checkpoint of 400 entries: not signed by the log's key"]


async def test_a_checkpoint_whose_note_is_changed_or_none_or_another_logs_is_named(log: Attacked) -> None:
    other = Signer("elsewhere.example/log", PRIVATE_KEY).seal(450, bytes(32))
    unsigned = note_text(Note(checkpoint_text(Checkpoint(ORIGIN, 460, bytes(32))), ()))
    moved = await log.pool.fetchval("select note from checkpoint where size = 300")
    for size, note in ((450, other), (460, unsigned), (470, moved), (480, "nonsense")):
        await log.pool.execute("insert into checkpoint values ($1, $2, $3, now())", size, bytes(32), note)
    await log.admin.execute(
        "update audit.checkpoint set note = replace(note, $2 || E'\\n100', $2 || E'\\n101') where size = $1", 100, ORIGIN
    )

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.CHECKPOINT_FORGED) == [(None, size - 1) for size in (100, 450, 460, 470, 480)]


async def test_a_checkpoint_with_the_logs_key_over_another_root_is_named(log: Attacked) -> None:
    await log.pool.execute("insert into checkpoint values (400, $1, $2, now())", bytes(32), SIGNER.seal(400, bytes(32)))

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.HISTORY_CHANGED) == [(300, 399)]
    assert report.sealed_size == ENTRIES


async def test_a_log_without_any_checkpoint_is_incomplete(log: Attacked) -> None:
    await log.admin.execute("delete from audit.checkpoint")

    report = await log.verified()

    assert (kinds(report), report.exit_code) == ({FindingKind.NEVER_SEALED}, 2)


async def test_a_changed_or_removed_kept_root_is_named(log: Attacked) -> None:
    await log.admin.execute("update audit.subtree set hash = sha256(hash) where idx = 0; delete from audit.subtree where idx = 1")
    await log.pool.execute("insert into subtree values (8, 7, $1)", bytes(32))

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.SUBTREE_DIFFERS) == [(0, 255), (256, 511), (1792, 2047)]


async def test_a_leaf_that_is_not_an_entry_or_is_written_otherwise_is_named(log: Attacked) -> None:
    await log.admin.execute("update audit.entry set leaf = '{}' where idx = 3")
    await log.admin.execute("update audit.entry set leaf = leaf || ' '::bytea where idx = 5")

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.LEAF_UNREADABLE) == [(3, 3), (5, 5)]


async def test_a_number_used_twice_is_named_where_the_constraint_was_dropped(log: Attacked, clock: FixedClock) -> None:
    await log.admin.execute("alter table audit.entry drop constraint entry_producer_lane_sequence_key")
    columns = ", ".join((*store.COLUMN_NAMES, "leaf", "hash"))
    await log.admin.execute(f"insert into audit.entry (idx, {columns}) select 600, {columns} from audit.entry where idx = 5")
    await seal(log.pool, clock)

    report = await log.verified()

    assert report.exit_code == 1
    assert places(report, FindingKind.SEQUENCE_REPEATED) == [(600, 600)]


async def test_a_missing_number_is_incomplete_and_named(log: Attacked, clock: FixedClock) -> None:
    await hear(log.pool, clock, [access(604), access(605), decision(2, lane=4)])
    await seal(log.pool, clock)

    report = await log.verified()

    assert (report.outcome, report.exit_code) == (Outcome.INCOMPLETE, 2)
    assert [finding.text for finding in report.findings] == [
        "casework, lane 0: no entry has the numbers 601 to 603",
        "scorer, lane 4: no entry has the number 1",
    ]


async def test_an_equivocation_is_incomplete_and_named(log: Attacked, clock: FixedClock) -> None:
    await hear(log.pool, clock, [access(600, event_id=uuid4())])

    report = await log.verified()

    assert (kinds(report), report.exit_code) == ({FindingKind.EQUIVOCATION}, 2)


def test_the_command_names_what_was_altered_and_ends_with_1(log_in_folder: Path, tampered: None) -> None:
    answer = CliRunner().invoke(commands.app, ["verify", "--root", str(log_in_folder)])

    assert answer.exit_code == 1
    assert "column_differs: entry 17: action not as the leaf says" in answer.stdout
    assert answer.stdout.splitlines()[-1] == "TAMPERED: 1 findings"
    assert tampered is None


def test_the_command_finds_a_sound_log_sound_and_keeps_that_it_did(log_in_folder: Path) -> None:
    answer = CliRunner().invoke(commands.app, ["verify", "--json", "--root", str(log_in_folder)])

    report = json.loads(answer.stdout)
    assert (answer.exit_code, report["outcome"], report["size"], report["findings"]) == (0, "sound", ENTRIES, [])


def test_the_command_works_with_a_public_key_and_a_checkpoint_kept_elsewhere(log_in_folder: Path, copy: Database, tmp_path: Path) -> None:
    runner = CliRunner()
    key = runner.invoke(commands.app, ["key", "--root", str(log_in_folder)]).stdout.strip()
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(runner.invoke(commands.app, ["checkpoint", "--root", str(log_in_folder)]).stdout, encoding="utf-8")

    url = ["--database-url", copy.url("audit")]
    answer = runner.invoke(commands.app, ["verify", *url, "--key", key, "--anchor", str(kept)])

    assert key == SIGNER.verifier_key
    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (0, "SOUND: 0 findings")


@pytest.mark.parametrize(
    "options",
    [["--root", "nowhere"], ["--key", "not a key"], ["--key", SIGNER.verifier_key, "--database-url", "postgresql://127.0.0.1:1/x"]],
)
def test_the_command_ends_with_3_where_it_cannot_tell(options: list[str]) -> None:
    answer = CliRunner().invoke(commands.app, ["verify", *options])

    assert (answer.exit_code, answer.stdout) == (3, "")
    assert answer.stderr.startswith("tsunagu audit: ")


@pytest.fixture
def log_in_folder(log: Attacked, copy: Database, tmp_path: Path) -> Path:
    assert log.pool is not None
    folder = tmp_path / "secrets" / "audit"
    folder.mkdir(parents=True)
    (folder / "tsunagu_database_url").write_text(copy.url("audit"), encoding="utf-8")
    (folder / "tsunagu_signing_key").write_text(PRIVATE_KEY.hex(), encoding="utf-8")
    (folder / "tsunagu_log_origin").write_text(ORIGIN, encoding="utf-8")
    return tmp_path


@pytest_asyncio.fixture
async def tampered(log: Attacked) -> None:
    await log.admin.execute("update audit.entry set action = 'casework.list_opened' where idx = 17")


async def _keep_subtrees_anew(log: Attacked) -> None:
    for index in (0, 1):
        rows = await log.pool.fetch("select hash from entry where idx / 256 = $1 order by idx", index)
        await log.pool.execute("insert into subtree values (8, $1, $2)", index, tree_root([row["hash"] for row in rows]))
