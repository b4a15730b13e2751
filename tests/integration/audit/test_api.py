"""The JSON interface: a stranger can verify with what it hands out."""

from base64 import b64decode
from pathlib import Path

import asyncpg
import pytest

from contracts.messages import AccessRecorded
from services.audit.domain.leaf import columns_of
from services.audit.domain.merkle import check_consistency, check_inclusion, leaf_hash
from services.audit.domain.note import parse_checkpoint, parse_note
from services.audit.domain.published.layout import grown
from services.audit.offline.command import main
from services.audit.signer import is_signed_by
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import ORIGIN, SIGNER, hear, seal
from tests.unit.audit.builders import CHILD, CLERK, access, decision

PATHS = (
    *("/v1/entries", "/v1/entries/0", "/v1/entries/0/proof", "/v1/checkpoint", "/v1/consistency?m=1&n=2"),
    *("/v1/entries/0/tlog-proof", "/v1/entries/0/leaf", "/v1/tile/0/000.p/1", "/v1/tile/entries/000.p/1"),
)


async def test_an_entry_its_proof_and_the_checkpoint_verify_with_the_public_key_alone(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 301)])
    await seal(desk.pool, desk.clock)
    await desk.sit_down("security.officer")

    entry = (await desk.browser.get("/v1/entries/256")).json()
    proof = (await desk.browser.get("/v1/entries/256/proof")).json()

    leaf = b64decode(entry["leaf"])
    note = parse_note(proof["checkpoint"])
    checkpoint = parse_checkpoint(note.text)
    assert is_signed_by(note, ORIGIN, SIGNER.public_key)
    assert (await desk.browser.get("/v1/checkpoint")).text == proof["checkpoint"]
    assert columns_of(leaf).sequence == 257
    assert AccessRecorded.model_validate(entry["event"]) == access(257)
    check_inclusion(leaf_hash(leaf), 256, checkpoint.size, [bytes.fromhex(digest) for digest in proof["path"]], checkpoint.root)


async def test_a_proof_and_its_entry_in_files_verify_without_any_of_the_system(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 301)])
    await seal(desk.pool, desk.clock)
    await desk.sit_down("security.officer")

    page = (await desk.browser.get("/entries/256")).text
    for name in ("tlog-proof", "leaf"):
        assert f'href="/v1/entries/256/{name}"' in page
        answer = await desk.browser.get(f"/v1/entries/256/{name}")
        assert answer.headers["content-disposition"] == f'attachment; filename="256.{name}"'
        (tmp_path / name).write_bytes(answer.content)

    order = ["proof", str(tmp_path / "tlog-proof"), "--leaf", str(tmp_path / "leaf"), "--vkey", SIGNER.verifier_key]
    assert main(order) == 0
    (tmp_path / "leaf").write_bytes((tmp_path / "leaf").read_bytes().replace(b"permit", b"denied"))
    assert main(order) == 1
    assert "entry 256 is not this leaf" in capsys.readouterr().out


async def test_the_whole_log_in_files_is_handed_to_an_officer_and_every_bundle_is_a_look(desk: Desk, tmp_path: Path) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 301)])
    await seal(desk.pool, desk.clock)
    await desk.sit_down("security.officer")
    before = len(await desk.kept())

    for path in ("checkpoint", *(part.path for part in grown(0, 300))):
        answer = await desk.browser.get(f"/v1/{path}")
        assert answer.status_code == 200
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(answer.content)

    assert main(["log", str(tmp_path), "--vkey", SIGNER.verifier_key]) == 0
    looks = [(each.action, each.count) for each in (await desk.kept())[before:]]
    assert [count for action, count in looks if action == "audit.extracted"] == [256, 44]
    assert len(looks) == 6
    statuses = [(await desk.browser.get(f"/v1/tile/{path}")).status_code for path in ("0/001", "0/001.p/45", "9/000", "0/1", "entries/x")]
    assert statuses == [404] * 5


async def test_a_consistency_proof_links_two_checkpoints(desk: Desk) -> None:
    notes = []
    await desk.sit_down("security.officer")
    for start in (1, 101):
        await hear(desk.pool, desk.clock, [access(number) for number in range(start, start + 100)])
        await seal(desk.pool, desk.clock)
        notes.append(parse_checkpoint(parse_note((await desk.browser.get("/v1/checkpoint")).text).text))

    proof = (await desk.browser.get("/v1/consistency?m=100&n=200")).json()

    path = [bytes.fromhex(digest) for digest in proof["path"]]
    check_consistency(100, 200, path, notes[0].root, notes[1].root)


async def test_entries_are_paged_by_key_without_loss_or_repetition(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 26)] + [decision(1)])
    await desk.sit_down("security.officer")

    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = (await desk.browser.get(f"/v1/entries?actor={CLERK}&limit=10&cursor={cursor}")).json()
        seen += [entry["event"]["sequence"] for entry in answer["entries"]]
        cursor = answer["cursor"]

    assert seen == list(range(25, 0, -1))


MATCHES = {
    "": 4,
    f"thing={CHILD}": 3,
    f"actor={CLERK}": 3,
    "action=casework.child_opened": 2,
    f"thing={CHILD}&actor={CLERK}&action=casework.child_opened&decision=deny": 1,
    "decision=deny": 1,
    "from=2026-04-11&to=2026-04-11": 4,
    "from=2026-04-12": 0,
    "action=nothing.known": 0,
}


async def test_filters_narrow_the_entries(desk: Desk) -> None:
    other = access(3, action="casework.list_opened", thing={"kind": "review_list", "id": None})
    await hear(desk.pool, desk.clock, [access(1), access(2, decision="deny"), other, decision(1)])
    await desk.sit_down("security.officer")

    found = {query: len((await desk.browser.get(f"/v1/entries?{query}")).json()["entries"]) for query in MATCHES}

    assert found == MATCHES


async def test_strangers_and_case_workers_get_a_problem_and_the_refusal_is_kept(desk: Desk) -> None:
    strangers = [await desk.browser.get(path) for path in PATHS]
    await desk.sit_down("hakata.clerk")

    answers = [await desk.browser.get(path) for path in PATHS]

    assert [answer.status_code for answer in (*strangers, *answers)] == [401] * len(PATHS) + [403] * len(PATHS)
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert [(each.decision, each.reason_code) for each in await desk.kept()] == [("deny", "role")] * len(PATHS)


async def test_without_a_durable_record_there_is_no_answer(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2)])
    await seal(desk.pool, desk.clock)
    await desk.sit_down("security.officer")
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("revoke insert on audit.outbox from audit")
    await admin.close()

    answers = [await desk.browser.get(path) for path in PATHS]

    assert [(answer.status_code, answer.json()["title"]) for answer in answers] == [(503, "Nothing is shown")] * len(PATHS)


UNANSWERABLE = {
    "/v1/entries?limit=0": 422,
    "/v1/entries?limit=501": 422,
    "/v1/entries?cursor=x": 422,
    "/v1/entries/5": 404,
    "/v1/entries/-5": 404,
    "/v1/entries/99999999999999999999": 404,
    "/v1/entries/x": 422,
    "/v1/entries/2/proof": 409,
    "/v1/consistency?m=0&n=2": 422,
    "/v1/consistency?m=3&n=2": 422,
    "/v1/consistency?m=1&n=2000": 404,
    "/v1/consistency?m=1": 422,
}


async def test_what_cannot_be_answered_says_why(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2)])
    await seal(desk.pool, desk.clock)
    await hear(desk.pool, desk.clock, [access(3)])
    await desk.sit_down("security.officer")

    answers = {path: await desk.browser.get(path) for path in UNANSWERABLE}

    assert {path: answer.status_code for path, answer in answers.items()} == UNANSWERABLE
    assert {answer.headers["content-type"] for answer in answers.values()} == {"application/problem+json"}


async def test_a_log_without_checkpoint_says_so(desk: Desk) -> None:
    await desk.sit_down("security.officer")

    answer = await desk.browser.get("/v1/checkpoint")

    assert answer.status_code == 404
