"""An operator explains a gap, or accepts a restored log: in the log itself, for ever, and never over anything that contradicts it."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from contracts.messages import Actor, DecisionRecorded, Thing
from infra.clock import FixedClock
from infra.local.root import CannotDo
from infra.testing.fixtures import START, announced
from services.audit import commands, inspection
from services.audit.domain.recorded import Recorded
from services.audit.domain.soundness.examiner import Report
from services.audit.domain.soundness.findings import FindingKind, Outcome
from services.audit.memory import Memory
from tests.integration.audit.attacked import ENTRIES, Attacked, kinds
from tests.integration.audit.log import SIGNER, hear, seal
from tests.unit.audit.builders import access, decision

OPERATOR = Actor(id=None, role="operator")


def explanation(number: int, numbers: str, **changes: object) -> Recorded:
    """What the command says, as the log hears it."""
    told = {
        "event_id": uuid4(),
        "producer": "audit",
        "actor": OPERATOR,
        "action": "audit.gap_explained",
        "thing": Thing(kind="audit_numbers", id=numbers),
        "reason_code": "INC-7",
        "lane": 3,
    }
    return decision(number, **(told | changes))


async def heard(log: Attacked, *events: Recorded) -> Report:
    await hear(log.pool, FixedClock(START), events)
    await seal(log.pool, FixedClock(START))
    return await log.verified()


def gaps(report: Report) -> list[str]:
    return [finding.text for finding in report.findings if finding.kind is FindingKind.SEQUENCE_GAP]


async def test_an_explained_gap_is_sound_and_told(log: Attacked) -> None:
    before = await heard(log, access(604))

    report = await heard(log, explanation(1, "casework/0/601-603"))

    assert (before.outcome, gaps(before)) == (Outcome.INCOMPLETE, ["casework, lane 0: no entry has the numbers 601 to 603"])
    assert (report.outcome, report.findings) == (Outcome.SOUND, ())
    [told] = report.explained
    assert (told.index, told.producer, told.lane, told.numbers, told.reason_code) == (601, "casework", 0, (601, 603), "INC-7")


async def test_the_part_of_a_gap_that_nobody_explained_stays_a_finding(log: Attacked) -> None:
    report = await heard(log, access(610), decision(3, lane=2), explanation(1, "casework/0/602-603"), explanation(2, "casework/0/603-605"))

    assert gaps(report) == [
        "casework, lane 0: no entry has the number 601",
        "casework, lane 0: no entry has the numbers 606 to 609",
        "scorer, lane 2: no entry has the numbers 1 to 2",
    ]
    assert [told.numbers for told in report.explained] == [(602, 603), (603, 605)]


async def test_an_entry_that_comes_after_its_absence_was_explained_is_no_contradiction(log: Attacked) -> None:
    await heard(log, access(604), explanation(1, "casework/0/601-603"))

    partly = await heard(log, access(602))
    wholly = await heard(log, access(601), access(603))

    assert (partly.outcome, [told.numbers for told in partly.explained]) == (Outcome.SOUND, [(601, 603)])
    assert (wholly.outcome, wholly.explained) == (Outcome.SOUND, ())


@pytest.mark.parametrize(
    ("numbers", "changes"),
    [
        ("casework/0/601-604", {}),  # of numbers not given out yet: it would cover what is removed later
        ("casework/0/600-603", {}),  # of one that is there
        ("casework/0/1-999999", {}),
        ("casework/1/601-603", {}),
        ("scorer/0/601-603", {}),
        ("casework/0/603-601", {}),
        ("casework/0/0-603", {}),
        ("casework/0/601", {}),
        ("anything", {}),
        ("casework/0/601-603", {"actor": Actor(id=None, role="service:audit")}),
        ("casework/0/601-603", {"producer": "casework", "lane": 5}),
        ("casework/0/601-603", {"decision": "deny"}),
        ("casework/0/601-603", {"action": "audit.searched"}),
    ],
)
async def test_what_is_no_explanation_of_the_gap_explains_nothing(numbers: str, changes: dict[str, object], log: Attacked) -> None:
    report = await heard(log, access(604), explanation(1, numbers, **changes))

    assert gaps(report) == ["casework, lane 0: no entry has the numbers 601 to 603"]
    assert report.explained == ()


async def test_an_explanation_said_before_the_gap_explains_nothing(log: Attacked) -> None:
    report = await heard(log, explanation(1, "casework/0/601-603"), access(604))

    assert gaps(report) == ["casework, lane 0: no entry has the numbers 601 to 603"]


async def test_an_explanation_hides_no_tampering(log: Attacked) -> None:
    await heard(log, access(604), explanation(1, "casework/0/601-603"))
    await log.admin.execute("update audit.entry set action = 'casework.list_opened' where idx = 17")
    await log.admin.execute("delete from audit.entry where idx = 250")
    await hear(log.pool, FixedClock(START), [access(600, event_id=uuid4())])

    report = await log.verified()

    assert report.outcome is Outcome.TAMPERED
    assert {FindingKind.COLUMN_DIFFERS, FindingKind.ENTRIES_MISSING, FindingKind.SEQUENCE_GAP, FindingKind.EQUIVOCATION} <= kinds(report)
    assert gaps(report) == ["casework, lane 0: no entry has the number 251"]


async def test_the_numbers_explained_are_counted_once_and_only_where_they_are_missing(log: Attacked) -> None:
    explanations = [
        explanation(number, numbers)
        for number, numbers in enumerate(("casework/0/601-605", "casework/0/604-608", "casework/0/1-609", "casework/0/610-700"), start=1)
    ]
    await heard(log, access(610), *explanations, access(602))

    async with log.pool.acquire() as db:
        explained = await inspection.explained_per_producer(db)

    assert explained == {"casework": {0: 7}}


# -- the commands -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(log_in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    secrets = log_in_folder / "secrets/audit"
    for field, value in {"broker_url": "amqp://nobody@127.0.0.1:1/", "identifier_key": "00" * 32, "parking_key": "00" * 32}.items():
        (secrets / f"tsunagu_{field}").write_text(value, encoding="utf-8")
    monkeypatch.setenv("TSUNAGU_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("TSUNAGU_SIGNER_STATE", str(log_in_folder / "signer/signed.json"))
    return log_in_folder


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(commands.app, [*words, "--root", str(folder)])


@pytest_asyncio.fixture
async def gap(log: Attacked) -> None:
    await heard(log, access(604))


@pytest.mark.usefixtures("gap")
async def test_the_command_keeps_who_explained_which_numbers_when_and_why(folder: Path, log: Attacked) -> None:
    answer = await asyncio.to_thread(run, folder, "explain-gap", "casework", "0", "601", "603", "--reason", "INC-7")

    [said] = [each for each in await announced(log.pool) if isinstance(each, DecisionRecorded)]
    assert (answer.exit_code, answer.stdout) == (0, "casework/0/601-603 explained by INC-7\n")
    assert (said.action, said.actor, said.thing.id, said.reason_code, said.origin) == (
        "audit.gap_explained",
        OPERATOR,
        "casework/0/601-603",
        "INC-7",
        "command line",
    )
    await heard(log, said)
    verified = await asyncio.to_thread(run, folder, "verify")
    assert verified.exit_code == 0
    assert f"explained: casework/0/601-603 will not come: INC-7, {said.occurred_at:%Y-%m-%d}, entry 601" in verified.stdout
    assert verified.stdout.splitlines()[-1] == "SOUND: 0 findings, 1 gaps explained"


@pytest.mark.usefixtures("gap")
@pytest.mark.parametrize(
    "words",
    [
        ("casework", "0", "600", "603"),
        ("casework", "0", "601", "604"),
        ("casework", "0", "601", "900"),
        ("casework", "0", "603", "601"),
        ("casework", "7", "1", "2"),
        ("scorer", "0", "1", "1"),
    ],
)
async def test_the_command_explains_only_numbers_that_are_missing(words: tuple[str, ...], folder: Path, log: Attacked) -> None:
    answer = await asyncio.to_thread(run, folder, "explain-gap", *words, "--reason", "INC-7")

    assert isinstance(answer.exception, CannotDo)
    assert await announced(log.pool) == []


@pytest.mark.usefixtures("gap")
async def test_the_command_takes_a_code_and_no_sentence_as_the_reason(folder: Path, log: Attacked) -> None:
    answer = await asyncio.to_thread(run, folder, "explain-gap", "casework", "0", "601", "603", "--reason", "山田さんの件")

    assert answer.exit_code == 2
    assert await announced(log.pool) == []


# -- a restored backup ------------------------------------------------------------------------------------------------------


@pytest.fixture
def memory(folder: Path) -> Memory:
    return Memory(SIGNER.verifier, folder / "signer/signed.json")


async def restored(log: Attacked, memory: Memory) -> None:
    """The log is sealed on, and then the backup of before is put back."""
    memory.keep(await log.pool.fetchval("select note from checkpoint where size = 600"))
    await log.admin.execute("delete from audit.entry where idx >= 500; delete from audit.checkpoint where size > 500")
    await log.admin.execute("delete from audit.subtree where idx > 0")


async def test_a_restored_log_goes_on_once_an_operator_accepted_it_and_both_sides_keep_that(
    folder: Path, log: Attacked, memory: Memory
) -> None:
    await restored(log, memory)
    before = await asyncio.to_thread(run, folder, "verify")

    answer = await asyncio.to_thread(run, folder, "accept-history", "--reason", "RESTORE-3")

    given_up, goes_on = answer.stdout.splitlines()
    [said] = [each for each in await announced(log.pool) if isinstance(each, DecisionRecorded)]
    assert before.exit_code == 1
    assert answer.exit_code == 0, answer.exception
    assert given_up.startswith("given up: 600:")
    assert goes_on == "the log goes on from 500 entries; checkpoints of their own vouch for the first 500 of them"
    assert (said.action, said.actor, said.reason_code) == ("audit.history_accepted", OPERATOR, "RESTORE-3")
    assert ([head.size for head in memory.heads()], len(memory.given_up())) == ([500], 1)
    await hear(log.pool, FixedClock(START), [said])
    await seal(log.pool, FixedClock(START), memory=memory)
    after = await asyncio.to_thread(run, folder, "verify")
    assert after.exit_code == 0, after.stdout
    assert f"restored: the history up to {said.thing.id} was given up: RESTORE-3, {said.occurred_at:%Y-%m-%d}, entry 500" in after.stdout


async def test_what_was_given_up_is_still_named_to_whoever_kept_its_checkpoint(folder: Path, log: Attacked, memory: Memory) -> None:
    kept_elsewhere = await log.pool.fetchval("select note from checkpoint where size = 600")
    await restored(log, memory)
    await asyncio.to_thread(run, folder, "accept-history", "--reason", "RESTORE-3")

    report = await log.verified(anchors=[kept_elsewhere])

    assert (report.outcome, kinds(report)) == (Outcome.TAMPERED, {FindingKind.ENTRIES_CUT_OFF})


async def test_a_running_service_goes_on_after_the_acceptance_without_a_restart(folder: Path, log: Attacked, memory: Memory) -> None:
    await restored(log, memory)
    await hear(log.pool, FixedClock(START), [access(501, lane=2), access(502, lane=2)])
    running = Memory(SIGNER.verifier, folder / "signer/signed.json")
    running.keep(memory.notes()[0])

    await asyncio.to_thread(run, folder, "accept-history", "--reason", "RESTORE-3")

    assert [head.size for head in running.heads()] == [502]
    assert await seal(log.pool, FixedClock(START), memory=running) is None


async def test_an_altered_log_is_not_accepted_as_a_restored_one(folder: Path, log: Attacked, memory: Memory) -> None:
    memory.keep(await log.pool.fetchval("select note from checkpoint where size = 600"))
    await log.change_leaf(342)
    await log.keep_subtrees_anew()

    answer = await asyncio.to_thread(run, folder, "accept-history", "--reason", "RESTORE-3")

    assert isinstance(answer.exception, CannotDo)
    assert "does not hold together" in str(answer.exception)
    assert ([head.size for head in memory.heads()], await announced(log.pool)) == ([ENTRIES], [])


async def test_an_altered_log_without_any_checkpoint_is_not_accepted_either(folder: Path, log: Attacked, memory: Memory) -> None:
    memory.keep(await log.pool.fetchval("select note from checkpoint where size = 600"))
    await log.change_leaf(342)
    await log.keep_subtrees_anew()
    await log.admin.execute("delete from audit.checkpoint")

    answer = await asyncio.to_thread(run, folder, "accept-history", "--reason", "RESTORE-3")

    assert isinstance(answer.exception, CannotDo)
    assert "no checkpoint of its own" in str(answer.exception)
    assert await announced(log.pool) == []


async def test_nothing_is_accepted_where_nothing_went_back(folder: Path, log: Attacked, memory: Memory) -> None:
    memory.keep(await log.pool.fetchval("select note from checkpoint where size = 600"))

    answer = await asyncio.to_thread(run, folder, "accept-history", "--reason", "RESTORE-3")

    assert isinstance(answer.exception, CannotDo)
    assert "nothing to accept" in str(answer.exception)
    assert await announced(log.pool) == []
