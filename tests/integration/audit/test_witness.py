"""A witness over HTTP, and the real service behind its door: what was cosigned cannot be taken back unseen (C2SP tlog-witness)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from services.audit import publishing
from services.audit.domain.leaf import leaf_of
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.note import parse_note, signature_line
from services.audit.domain.published.asking import Asked, asked_text
from services.audit.domain.published.keys import parse_key
from services.audit.offline.command import main
from services.audit.offline.trusting import opened, signers_of
from services.audit.settings import AuditSettings
from services.audit.witness.app import create_app
from services.audit.witness.fetching import LogOverHttp
from services.audit.witness.keeping import Cosigner, Kept, WitnessUnusable, alone_in
from services.audit.witness.watching import Seen, Witness
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import SIGNER, hear
from tests.unit.audit import reference
from tests.unit.audit.builders import NOON, access, event_of

WORD = "a word for witnesses"
LOG_KEY = parse_key(SIGNER.verifier_key)


@dataclass
class Watched:
    """The service, and a witness that looks at it when it is told to."""

    desk: Desk
    folder: Path
    witness: Witness

    @property
    def forks(self) -> list[Path]:
        return sorted((self.folder / "forks").glob("*/offered"))

    async def grow(self, first: int, last: int) -> None:
        await hear(self.desk.pool, self.desk.clock, [access(number) for number in range(first, last + 1)])
        await self.desk.wired.keeper.seal()

    def again(self) -> Witness:
        """The same witness after a crash."""
        return Witness(Kept(self.folder, LOG_KEY, Cosigner("w.example", self.folder)), lambda: 1_700_000_000, self.witness.source)

    async def as_superuser(self, *statements: str) -> None:
        admin = await asyncpg.connect(self.desk.database.admin_url)
        for table in ("entry", "number", "checkpoint", "subtree", "cosignature"):
            await admin.execute(f"alter table audit.{table} disable trigger no_change")
        for statement in statements:
            await admin.execute(statement)
        await admin.close()


@pytest.fixture
def audit_settings(audit_settings: AuditSettings, tmp_path: Path) -> AuditSettings:
    keys = tmp_path / "witness/vkey"
    return audit_settings.model_copy(update={"witness_token": SecretStr(WORD), "witness_keys": keys})


@pytest_asyncio.fixture
async def watched(desk: Desk, tmp_path: Path) -> AsyncIterator[Watched]:
    folder = tmp_path / "witness"
    kept = Kept(folder, LOG_KEY, Cosigner("w.example", folder))
    transport, headers = httpx.ASGITransport(desk.service.app), {"authorization": f"Bearer {WORD}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://audit.example/witness/", headers=headers) as client:
        yield Watched(desk, folder, Witness(kept, lambda: 1_700_000_000, LogOverHttp(client)))


async def test_what_the_log_grew_by_is_hashed_and_cosigned_and_the_log_keeps_it(watched: Watched) -> None:
    await watched.grow(1, 300)

    assert [await watched.witness.look(), await watched.witness.look()] == [Seen.COSIGNED, Seen.NOTHING_NEW]
    await watched.grow(301, 600)
    assert await watched.witness.look() is Seen.COSIGNED

    rows = await watched.desk.pool.fetch("select size, witness, note from cosignature order by size")
    assert [(row["size"], row["witness"]) for row in rows] == [(300, "w.example"), (600, "w.example")]
    said, note = opened(rows[1]["note"], [LOG_KEY])
    key = parse_key((watched.folder / "vkey").read_text(encoding="utf-8"))
    assert (said.size, signers_of(note, [key])) == (600, {key: 1_700_000_000})
    kept = {str(file.relative_to(watched.folder)) for file in watched.folder.rglob("*") if file.is_file()}
    assert kept >= {"key", "vkey", "cosigned", "log/checkpoint", "log/tile/0/000", "log/tile/0/001", "log/tile/0/002.p/88"}
    assert not any("entries" in name for name in kept)
    assert (watched.folder / "key").stat().st_mode & 0o777 == 0o600


async def test_the_first_page_says_up_to_where_the_log_is_cosigned_and_that_it_is_late(watched: Watched) -> None:
    await watched.grow(1, 300)
    await watched.witness.look()
    await watched.grow(301, 303)
    await watched.desk.sit_down("security.officer")

    page = (await watched.desk.browser.get("/")).text
    assert "最後の連署（立会人）" in page
    assert "300 件まで" in page
    assert "遅れています" not in page

    watched.desk.clock.at += timedelta(seconds=61)
    assert "立会人の連署が1分より遅れています" in (await watched.desk.browser.get("/")).text
    await watched.witness.look()
    assert "遅れています" not in (await watched.desk.browser.get("/")).text


async def test_a_tail_cut_off_with_its_checkpoints_is_refused_and_both_notes_are_kept(watched: Watched) -> None:
    await watched.grow(1, 300)
    await watched.witness.look()
    await watched.as_superuser(
        "delete from audit.checkpoint",
        "delete from audit.cosignature",
        "delete from audit.entry where idx >= 290",
        "delete from audit.number where idx >= 290",
    )
    keeper = watched.desk.wired.keeper
    keeper._memory._last = None
    keeper._witnessed = None
    await keeper.seal()
    assert keeper.history_continues(), "the service alone knows nothing of it any more"

    assert await watched.again().look() is Seen.REFUSED
    await keeper.seal()

    assert not keeper.history_continues(), "told by the witness what was cosigned, it seals no more"
    [fork] = watched.forks
    assert parse_note(fork.read_text(encoding="utf-8")).text.split("\n")[1] == "290"
    assert parse_note((fork.parent / "kept").read_text(encoding="utf-8")).text.split("\n")[1] == "300"
    last = watched.again().kept.last
    assert last is not None
    assert last.size == 300


async def test_an_entry_that_was_changed_and_sealed_again_is_refused_and_named_by_its_index(
    watched: Watched, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await watched.grow(1, 200)
    await watched.witness.look()
    leaf = leaf_of(event_of(access(43, action="casework.list_opened")), NOON)
    await watched.as_superuser("delete from audit.checkpoint", "delete from audit.cosignature")
    admin = await asyncpg.connect(watched.desk.database.admin_url)
    await admin.execute("alter table audit.entry disable trigger no_change")
    await admin.execute("update audit.entry set leaf = $1, hash = $2 where idx = 42", leaf, leaf_hash(leaf))
    await admin.close()
    keeper = watched.desk.wired.keeper
    keeper._memory._last = keeper._witnessed = None
    await watched.grow(201, 210)

    assert await watched.witness.look() is Seen.REFUSED
    assert len(watched.forks) == 1

    async with watched.desk.pool.acquire() as db:
        await publishing.write_tiles(db, SIGNER.verifier, tmp_path / "tiles")
    assert main(["diff", str(tmp_path / "tiles"), str(watched.folder / "log")]) == 1
    assert "entry 42 is not the one that was kept" in capsys.readouterr().out


async def test_a_log_without_a_checkpoint_is_refused_and_nobody_is_said_to_have_signed_that(watched: Watched) -> None:
    await watched.grow(1, 3)
    await watched.witness.look()
    await watched.as_superuser("delete from audit.cosignature", "delete from audit.checkpoint")

    assert await watched.witness.look() is Seen.REFUSED
    assert (watched.forks, watched.again().kept.forked) == ([], False)


async def test_a_witness_whose_own_disk_fails_says_that_it_is_its_own(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    await watched.grow(1, 3)
    app = create_app(watched.witness, every_seconds=60)

    def full(*_: object) -> None:
        raise OSError(ENOSPC, "no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("services.audit.witness.keeping.write_note", full)
        with pytest.raises(OSError, match="no space"):
            await watched.witness.look()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://w.example") as client:
        red = (await client.get("/ready")).json()
        seen = await watched.witness.look()
        green = (await client.get("/ready")).json()

    assert red == {"ready": False, "log": True, "history": True, "keeping": False}
    assert (seen, green["ready"]) == (Seen.COSIGNED, True)


def test_one_process_alone_witnesses_in_a_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path / "w"), pytest.raises(WitnessUnusable, match="another process"), alone_in(tmp_path / "w"):
        pass
    with alone_in(tmp_path / "w"):
        pass


async def test_what_was_handed_out_before_is_handed_out_again_with_an_entry(watched: Watched) -> None:
    await watched.grow(1, 600)
    await watched.witness.look()
    assert await watched.desk.kept() == []

    source = watched.witness.source
    assert source is not None
    answer = await source.client.get("tile/entries/000")

    assert answer.status_code == 200
    [kept] = await watched.desk.kept()
    assert (kept.action, kept.count) == ("audit.handed_again", 256)


@pytest.mark.parametrize("word", ["", "Bearer wrong", f"bearer {WORD}", WORD])
async def test_without_its_word_nobody_comes_in(watched: Watched, word: str) -> None:
    await watched.grow(1, 3)
    for method, path in (("GET", "checkpoint"), ("GET", "tile/0/000.p/3"), ("GET", "tile/entries/000.p/3"), ("POST", "cosigned")):
        answer = await watched.desk.browser.request(method, f"/witness/{path}", headers={"authorization": word} if word else {})
        assert (answer.status_code, "entr" in answer.text) == (401, False)


async def test_only_what_is_sealed_is_handed_out(watched: Watched) -> None:
    await watched.grow(1, 3)
    await hear(watched.desk.pool, watched.desk.clock, [access(4)])
    source = watched.witness.source
    assert source is not None
    for path, status in (
        ("tile/0/000.p/3", 200),
        ("tile/0/000.p/4", 404),
        ("tile/0/000", 404),
        ("tile/0/zzz", 404),
        ("tile/1/000.p/1", 404),
    ):
        assert (await source.client.get(path)).status_code == status


async def test_a_note_that_no_witness_signed_is_not_kept(watched: Watched) -> None:
    await watched.grow(1, 3)
    source = watched.witness.source
    assert source is not None
    bare = await source.checkpoint()
    stranger = Cosigner("stranger", watched.folder / "stranger")
    note = parse_note(bare or "")
    cosigned = (bare or "") + signature_line(stranger.cosign(note.text, 5))

    statuses = [(await source.client.post("cosigned", content=text.encode())).status_code for text in (bare or "", cosigned, "junk", "\0")]

    assert statuses == [403, 403, 422, 422]
    assert await watched.desk.pool.fetchval("select count(*) from cosignature") == 0


# --- answers of tlog-witness, with a log of its own ----------------------------------------------------------------------


LEAVES = [bytes([number]) for number in range(20)]


@dataclass
class Asking:
    """A witness without an address of its log, and the log's side of the conversation."""

    client: httpx.AsyncClient
    witness: Witness

    async def add(
        self, old: int, size: int, *, leaves: list[bytes] | None = None, body: bytes | None = None, note: str | None = None
    ) -> httpx.Response:
        ours = (leaves or LEAVES)[:size]
        proof = tuple(reference.subproof(old, ours)) if 0 < old <= size else ()
        told = asked_text(Asked(old, proof, note or reference.note(reference.checkpoint(ours))))
        return await self.client.post("/add-checkpoint", content=body or told.encode())


@pytest_asyncio.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    log = parse_key(reference.vkey())
    witness = Witness(Kept(tmp_path / "w", log, Cosigner("w.example", tmp_path / "w")), lambda: 1_700_000_000)
    transport = httpx.ASGITransport(create_app(witness, every_seconds=60))
    async with httpx.AsyncClient(transport=transport, base_url="http://w.example") as client:
        yield Asking(client, witness)


async def test_the_answers_are_those_of_the_protocol(asking: Asking) -> None:
    other = [b"x", *LEAVES[1:]]
    for answer, status, text in (
        (await asking.add(0, 5), 200, None),
        (await asking.add(0, 5), 409, "5\n"),
        (await asking.add(5, 5), 200, None),
        (await asking.add(5, 12), 200, None),
        (await asking.add(5, 13), 409, "12\n"),
        (await asking.add(14, 13), 400, ""),
        (await asking.add(12, 12, leaves=other), 422, ""),
        (await asking.add(12, 15, leaves=other), 422, ""),
        (await asking.add(12, 15, note=reference.note(reference.checkpoint(LEAVES[:15], origin="unknown"))), 404, ""),
        (await asking.add(12, 15, note=reference.note(reference.checkpoint(LEAVES[:15])).replace("\n15\n", "\n16\n")), 403, ""),
        (await asking.add(12, 15, note=reference.checkpoint(LEAVES[:15]) + "\n\N{EM DASH} stranger AAAAAAAA\n"), 403, ""),
        (await asking.add(0, 0, body=b"junk"), 400, ""),
        (await asking.add(0, 0, body=b"old 012\n\nx"), 400, ""),
        (await asking.add(12, 20), 200, None),
    ):
        assert answer.status_code == status
        assert text is None or answer.text == text
    assert (await asking.add(0, 5)).headers["content-type"] == "text/x.tlog.size"


async def test_two_logs_under_one_key_leave_both_notes_and_the_witness_red(asking: Asking) -> None:
    await asking.add(0, 12)

    assert (await asking.add(12, 12, leaves=[b"x", *LEAVES[1:]])).status_code == 422

    [why] = asking.witness.kept.folder.glob("forks/*/why")
    assert why.read_text(encoding="utf-8") == "two roots of 12 entries\n"
    assert (await asking.client.get("/ready")).status_code == 503


async def test_a_wrong_proof_that_anybody_can_send_makes_no_fork(asking: Asking) -> None:
    await asking.add(0, 12)

    told = [asked_text(Asked(12, (b"x" * 32,), reference.note(reference.checkpoint(LEAVES[:size])))) for size in (12, 15)]
    refused = [await asking.add(12, 15, body=each.encode()) for each in told]

    assert [each.status_code for each in refused] == [422, 422]
    assert (asking.witness.kept.forked, list(asking.witness.kept.folder.glob("forks/*"))) == (False, [])
    assert (await asking.add(12, 15)).status_code == 200


async def test_a_cosigned_checkpoint_is_handed_out_and_verifies(asking: Asking, tmp_path: Path) -> None:
    address = f"/{sha256(reference.ORIGIN.encode()).hexdigest()}/checkpoint"
    assert (await asking.client.get(address)).status_code == 404
    line = (await asking.add(0, 20)).text

    answer = await asking.client.get(address)

    (tmp_path / "note").write_text(answer.text, encoding="utf-8")
    assert answer.text.endswith(line)
    witness = str(tmp_path / "w/vkey")
    assert main(["checkpoint", str(tmp_path / "note"), "--vkey", reference.vkey(), "--witness", witness]) == 0


async def test_of_many_at_once_one_is_cosigned(asking: Asking) -> None:
    await asking.add(0, 1)

    answers = await asyncio.gather(*(asking.add(1, size) for size in range(2, 20)))

    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 17]


async def test_a_witness_whose_state_was_exchanged_cosigns_nothing(asking: Asking, tmp_path: Path) -> None:
    await asking.add(0, 5)
    (tmp_path / "w/cosigned").write_text(reference.note(reference.checkpoint(LEAVES[:3])), encoding="utf-8")

    with pytest.raises(WitnessUnusable):
        Kept(tmp_path / "w", parse_key(reference.vkey()), Cosigner("w.example", tmp_path / "w"))
