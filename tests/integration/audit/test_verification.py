"""A superuser tampers; the verification says so, and where (S24, SEC-T3)."""

import asyncio
import json
import pickle
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from contracts.messages import DecisionRecorded
from infra.clock import FixedClock
from infra.local.access import SIGNER_STATE
from infra.testing.fixtures import PASSWORD, START, Database, announced
from services.audit import commands, store, verification
from services.audit.domain.leaf import leaf_of
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.note import Checkpoint, Note, checkpoint_text, note_text
from services.audit.domain.soundness.findings import Finding, FindingKind, Outcome
from services.audit.memory import Memory
from services.audit.offline.attesting import Register
from services.audit.signer import Signer
from services.audit.verification import BaseChanged, examine, new_examiner
from tests.integration.audit.attacked import ENTRIES, Attacked, kinds, places
from tests.integration.audit.log import ORIGIN, PRIVATE_KEY, SIGNER, hear, seal
from tests.unit.audit.builders import NOON, access, decision, event_of


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
    await log.keep_subtrees_anew()
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
    await log.change_leaf(342)
    await log.admin.execute("delete from audit.checkpoint; delete from audit.subtree")
    await log.admin.execute("alter table audit.entry enable always trigger no_change")
    await log.keep_subtrees_anew()
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


async def test_a_number_used_twice_is_named_where_it_went_past_the_table_of_numbers(log: Attacked, clock: FixedClock) -> None:
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


@pytest_asyncio.fixture
async def tampered(log: Attacked) -> None:
    await log.admin.execute("update audit.entry set action = 'casework.list_opened' where idx = 17")


# -- what no checkpoint in the database can tell ------------------------------------------------------------------------


async def test_a_log_whose_checkpoints_end_far_below_it_is_not_sound(log: Attacked) -> None:
    await log.change_leaf(342)
    await log.keep_subtrees_anew()
    await log.admin.execute("delete from audit.checkpoint where size > 300")

    report = await log.verified()

    assert (report.outcome, places(report, FindingKind.SEAL_MISSING)) == (Outcome.INCOMPLETE, [(300, 599)])


async def test_a_seal_that_is_overdue_is_named_where_the_time_is_known(log: Attacked, clock: FixedClock) -> None:
    await hear(log.pool, clock, [decision(1)])

    soon = await log.verified(at=START + timedelta(seconds=59))
    late = await log.verified(at=START + timedelta(seconds=61))
    from_the_future = await log.verified(at=START - timedelta(days=56))

    assert soon.outcome is Outcome.SOUND
    assert places(late, FindingKind.SEAL_MISSING) == [(ENTRIES, ENTRIES)]
    assert places(from_the_future, FindingKind.SEAL_MISSING) == [(ENTRIES, ENTRIES)]


async def test_a_seal_that_comes_while_the_log_is_verified_is_waited_for(log: Attacked, clock: FixedClock) -> None:
    await hear(log.pool, clock, [decision(number) for number in range(1, 101)])

    async def seal_soon() -> None:
        await asyncio.sleep(0.3)
        await hear(log.pool, clock, [decision(101)])
        await seal(log.pool, clock)

    report, _ = await asyncio.gather(log.verified(), seal_soon())

    assert (report.outcome, report.sealed_size) == (Outcome.SOUND, ENTRIES + 101)


async def test_a_log_that_lost_everything_is_never_sound(log: Attacked) -> None:
    kept_elsewhere = await log.pool.fetchval("select note from checkpoint where size = 600")
    await log.admin.execute("delete from audit.entry; delete from audit.checkpoint; delete from audit.subtree")

    alone = await log.verified()
    anchored = await log.verified(anchors=[kept_elsewhere])

    assert (alone.outcome, kinds(alone)) == (Outcome.INCOMPLETE, {FindingKind.NEVER_SEALED})
    assert (anchored.outcome, places(anchored, FindingKind.ENTRIES_CUT_OFF)) == (Outcome.TAMPERED, [(0, 599)])


async def test_entries_gone_under_checkpoints_that_stayed_are_named(log: Attacked) -> None:
    await log.admin.execute("delete from audit.entry; delete from audit.subtree")

    report = await log.verified()

    assert report.outcome is Outcome.TAMPERED
    assert (0, 599) in places(report, FindingKind.ENTRIES_CUT_OFF)


@pytest.mark.parametrize("size", [1, 300, 599, 601, 10**15])
async def test_a_forged_checkpoint_of_any_size_is_named_and_hides_nothing(size: int, log: Attacked) -> None:
    forged = Signer(ORIGIN, bytes(32)).seal(size, bytes(32))
    await log.pool.execute("insert into checkpoint values ($1, $2, $3, now())", size, bytes(32), forged)

    report = await log.verified()

    assert kinds(report) == {FindingKind.CHECKPOINT_FORGED}
    assert (report.checkpoints, report.sealed_size) == (4, ENTRIES)


async def test_an_entry_inserted_in_the_middle_with_everything_above_rebuilt_is_named_by_the_seal_signed_before(
    log: Attacked, clock: FixedClock
) -> None:
    kept_elsewhere = await log.pool.fetchval("select note from checkpoint where size = 600")
    await log.renumber(400, 1)
    leaf = leaf_of(event_of(access(1, lane=5)), clock.now())
    columns = ", ".join((*store.COLUMN_NAMES, "leaf", "hash"))
    await log.admin.execute(f"insert into audit.entry (idx, {columns}) select 400, {columns} from audit.entry where idx = 0")
    await log.admin.execute(
        "update audit.entry set leaf = $1, hash = $2, event_id = $3, lane = 5 where idx = 400",
        leaf,
        leaf_hash(leaf),
        access(1, lane=5).event_id,
    )
    await log.keep_subtrees_anew()
    await log.admin.execute("delete from audit.checkpoint where size > 300")
    await seal(log.pool, clock)

    alone = await log.verified()
    anchored = await log.verified(anchors=[kept_elsewhere])

    assert alone.outcome is Outcome.SOUND
    assert places(anchored, FindingKind.HISTORY_CHANGED) == [(300, 599)]


async def test_entries_in_no_place_and_far_away_are_named_without_a_long_search(log: Attacked) -> None:
    await log.admin.execute("alter table audit.entry drop constraint entry_idx_check")
    await log.admin.execute("create table audit.entry_far_away partition of audit.entry default")
    await log.admin.execute("alter table audit.entry_far_away disable trigger no_change")
    await log.admin.execute("update audit.entry set idx = -(10::numeric ^ 15)::bigint where idx = 3")
    await log.admin.execute("update audit.entry set idx = (10::numeric ^ 15)::bigint where idx = 500")

    report = await log.verified()

    assert places(report, FindingKind.ENTRIES_MISSING)[:2] == [(3, 3), (500, 500)]
    assert FindingKind.INDEX_REPEATED in kinds(report)


@pytest.mark.parametrize("span", [1, 7, 64, 256, 599])
async def test_the_findings_are_the_same_in_spans_of_any_length(span: int, log: Attacked, monkeypatch: pytest.MonkeyPatch) -> None:
    await log.change_leaf(17)
    await log.admin.execute("delete from audit.entry where idx between 290 and 310")
    await log.admin.execute("update audit.subtree set hash = sha256(hash) where idx = 0")
    whole = await log.verified()

    monkeypatch.setattr(verification, "SPAN", span)
    in_spans = await log.verified()

    assert in_spans == whole
    assert {FindingKind.SUBTREE_DIFFERS, FindingKind.ENTRIES_MISSING, FindingKind.HISTORY_CHANGED} <= kinds(whole)


# -- clocks -------------------------------------------------------------------------------------------------------------


async def test_a_receipt_that_goes_back_is_named(log: Attacked) -> None:
    await hear(log.pool, FixedClock(START - timedelta(days=56)), [access(ENTRIES + 1), access(ENTRIES + 2)])
    await seal(log.pool, FixedClock(START))

    report = await log.verified()

    assert (report.outcome, places(report, FindingKind.CLOCK_WENT_BACK)) == (Outcome.INCOMPLETE, [(ENTRIES, ENTRIES)])
    assert report.findings[0].text == "entry 600: the log's own clock went back, to 2026-02-04 00:00:00Z"


async def test_a_signers_clock_that_goes_back_is_named(log: Attacked) -> None:
    await hear(log.pool, FixedClock(START), [access(ENTRIES + 1)])
    await seal(log.pool, FixedClock(START - timedelta(days=56)))

    report = await log.verified()

    assert places(report, FindingKind.CLOCK_WENT_BACK) == [(ENTRIES, ENTRIES)]


async def test_a_producers_clock_that_goes_back_is_named(log: Attacked, clock: FixedClock) -> None:
    back = NOON - timedelta(days=56)
    await hear(log.pool, clock, [access(ENTRIES + 1, occurred_at=back), access(ENTRIES + 2, occurred_at=back)])
    await seal(log.pool, clock)

    report = await log.verified()

    assert places(report, FindingKind.CLOCK_WENT_BACK) == [(ENTRIES, ENTRIES)]
    assert "the clock of casework, lane 0, went back" in report.findings[0].text


async def test_entries_that_overtake_each_other_or_overlap_by_a_transaction_are_no_finding(log: Attacked) -> None:
    late = [access(ENTRIES + number, occurred_at=NOON + timedelta(hours=number)) for number in (3, 1, 4, 2)]
    await hear(log.pool, FixedClock(START + timedelta(minutes=1)), late)
    overlapping = access(ENTRIES + 5, occurred_at=NOON + timedelta(hours=4) - timedelta(minutes=10))
    await hear(log.pool, FixedClock(START), [overlapping])
    await seal(log.pool, FixedClock(START))

    assert (await log.verified()).findings == ()


# -- quarantine ---------------------------------------------------------------------------------------------------------


async def contradicted(log: Attacked, clock: FixedClock) -> None:
    """An event contradicts an entry, and the log heard what its own service said of that."""
    await hear(log.pool, clock, [access(600, event_id=uuid4())])
    await hear(log.pool, clock, [each for each in await announced(log.pool) if isinstance(each, DecisionRecorded)])
    await seal(log.pool, clock)


async def test_what_was_put_into_quarantine_is_said_in_the_log_once(log: Attacked, clock: FixedClock) -> None:
    await contradicted(log, clock)
    [again] = await log.pool.fetch("select event_id, leaf from quarantine")
    await hear(log.pool, clock, [access(600, event_id=again["event_id"])])

    report = await log.verified()

    [row] = await log.pool.fetch("select action, thing_id, correlation from entry where producer = 'audit'")
    assert tuple(row) == ("audit.contradiction_kept", str(again["event_id"]), leaf_hash(again["leaf"]).hex())
    assert [each.action for each in await announced(log.pool) if isinstance(each, DecisionRecorded)] == ["audit.contradiction_kept"]
    assert (report.outcome, kinds(report)) == (Outcome.INCOMPLETE, {FindingKind.EQUIVOCATION})


@pytest.mark.parametrize(
    "attack",
    [
        "delete from audit.quarantine",
        "update audit.quarantine set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'permit', 'denyed'), 'UTF8')",
        "update audit.quarantine set leaf = '{}'",
        "update audit.quarantine set sequence = 599",
        "update audit.quarantine set event_id = gen_random_uuid()",
    ],
)
async def test_a_quarantine_that_was_altered_is_named(attack: str, log: Attacked, clock: FixedClock) -> None:
    await contradicted(log, clock)
    await log.admin.execute(attack)

    report = await log.verified()

    assert report.outcome is Outcome.TAMPERED
    assert FindingKind.QUARANTINE_DIFFERS in kinds(report)


# -- what a log grew by ---------------------------------------------------------------------------------------------------


async def test_what_a_log_grew_by_is_verified_from_where_the_last_verification_ended(log: Attacked, clock: FixedClock) -> None:
    examiner = new_examiner(SIGNER.verifier, Register())
    async with log.pool.acquire() as db:
        before = await examine(db, examiner, SIGNER.verifier)
        await hear(log.pool, clock, [access(number) for number in range(ENTRIES + 1, ENTRIES + 301)])
        await seal(log.pool, clock)
        kept = pickle.loads(pickle.dumps(examiner))  # noqa: S301 -- our own, as another process gets it

        grown = await examine(db, kept, SIGNER.verifier)

    assert (before.outcome, before.size) == (Outcome.SOUND, ENTRIES)
    assert grown == await log.verified()
    assert (grown.outcome, grown.size, grown.checkpoints) == (Outcome.SOUND, ENTRIES + 300, 5)


@pytest.mark.parametrize("attack", ["edited", "cut", "emptied"])
async def test_a_verified_part_that_is_not_there_any_more_is_noticed_before_the_new_one_is_verified(attack: str, log: Attacked) -> None:
    examiner = new_examiner(SIGNER.verifier, Register())
    async with log.pool.acquire() as db:
        await examine(db, examiner, SIGNER.verifier)
        match attack:
            case "edited":
                await log.change_leaf(599)
            case "cut":
                await log.admin.execute("delete from audit.entry where idx > 580")
            case _:
                await log.admin.execute("delete from audit.entry; delete from audit.subtree")

        with pytest.raises(BaseChanged):
            await examine(db, examiner, SIGNER.verifier)


async def test_what_was_found_before_is_still_found_when_only_the_growth_is_verified(log: Attacked, clock: FixedClock) -> None:
    await log.admin.execute("update audit.entry set action = 'casework.list_opened' where idx = 17")
    examiner = new_examiner(SIGNER.verifier, Register())
    async with log.pool.acquire() as db:
        await examine(db, examiner, SIGNER.verifier)
        await hear(log.pool, clock, [access(ENTRIES + 1)])
        await seal(log.pool, clock)

        grown = await examine(db, examiner, SIGNER.verifier)

    assert (grown.outcome, places(grown, FindingKind.COLUMN_DIFFERS)) == (Outcome.TAMPERED, [(17, 17)])


# -- any login, and the signer's memory -----------------------------------------------------------------------------------


@pytest.fixture
def reader(copy: Database) -> str:
    """The address with which a login that may only read the log's tables logs in."""
    return copy.url("log_reader")


@pytest_asyncio.fixture
async def _reading_login(log: Attacked) -> AsyncIterator[None]:
    await log.admin.execute(f"create role log_reader login password '{PASSWORD}'")
    await log.admin.execute("grant usage on schema audit to log_reader")
    await log.admin.execute("grant select on audit.entry, audit.checkpoint, audit.subtree, audit.quarantine, audit.roll to log_reader")
    yield
    await log.admin.execute("drop owned by log_reader; drop role log_reader")


@pytest.mark.usefixtures("_reading_login")
def test_the_command_verifies_with_a_login_that_may_only_read(reader: str) -> None:
    answer = CliRunner().invoke(commands.app, ["verify", "--database-url", reader, "--key", SIGNER.verifier_key])

    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (0, "SOUND: 0 findings"), answer.stderr


@pytest_asyncio.fixture
async def cut_with_its_seals(log: Attacked) -> None:
    await log.admin.execute("delete from audit.entry where idx >= 500; delete from audit.checkpoint where size > 500")
    await log.admin.execute("delete from audit.subtree where idx > 0")


@pytest.mark.usefixtures("cut_with_its_seals")
def test_the_command_holds_its_own_log_to_what_the_signer_remembers(log_in_folder: Path) -> None:
    forgotten = CliRunner().invoke(commands.app, ["verify", "--root", str(log_in_folder)])
    Memory(SIGNER.verifier, log_in_folder / SIGNER_STATE).keep(SIGNER.seal(600, bytes(32)))

    answer = CliRunner().invoke(commands.app, ["verify", "--root", str(log_in_folder)])

    assert forgotten.exit_code == 0
    assert answer.exit_code == 1
    assert "entries_cut_off: anchor of 600 entries: entries 500 to 599 are gone" in answer.stdout
