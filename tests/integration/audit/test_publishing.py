"""The log as files (C2SP tlog-tiles): whole, grown, and never changed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.clock import FixedClock
from infra.postgres import Database
from infra.testing.fixtures import START
from services.audit import commands, publishing, store
from services.audit.offline.command import main
from services.audit.offline.growing import HistoryDiffers
from services.audit.publishing import Written
from tests.integration.audit.attacked import ENTRIES, Attacked
from tests.integration.audit.log import SIGNER, asked, hear, seal
from tests.unit.audit.builders import access

KEY = ("--vkey", SIGNER.verifier_key)


async def write(log: Attacked, folder: Path) -> Written:
    async def question(db: Database) -> Written:
        return await publishing.write_tiles(db, SIGNER.verifier, folder)

    return await asked(log.pool, question)


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def grow(log: Attacked, first: int, last: int) -> None:
    await hear(log.pool, FixedClock(START), [access(sequence) for sequence in range(first, last + 1)])
    await seal(log.pool, FixedClock(START))


def test_the_log_in_files_is_verified_without_the_database(log_in_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = CliRunner().invoke(commands.app, ["tiles", str(tmp_path / "tiles"), "--root", str(log_in_folder)])
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'tiles'}: 600 entries, 600 of them new\n")

    assert CliRunner().invoke(commands.app, ["verify", "log", str(tmp_path / "tiles"), *KEY]).exit_code == 0
    assert main(["producers", str(tmp_path / "tiles"), *KEY, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["lanes"] == {"casework/0": {"entries": ENTRIES, "last": ENTRIES}}
    assert sorted(files(tmp_path / "tiles")) == [
        *("checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"),
        *("tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"),
    ]


async def test_what_was_written_is_never_changed_and_only_what_is_new_is_written(log: Attacked, tmp_path: Path) -> None:
    await write(log, tmp_path)
    before = files(tmp_path)
    assert await write(log, tmp_path) == Written(ENTRIES, ENTRIES)
    assert files(tmp_path) == before

    await grow(log, ENTRIES + 1, 700)
    assert await write(log, tmp_path) == Written(ENTRIES, 700)
    grown = files(tmp_path)
    await grow(log, 701, 800)
    assert await write(log, tmp_path) == Written(700, 800)

    assert {name for name, content in before.items() if grown[name] != content} == {"checkpoint"}
    gone = grown.keys() - files(tmp_path).keys()
    assert gone == {f"tile/{kind}/002.p/{width}" for kind in ("0", "entries") for width in (88, 188)}, "the whole one is there"
    assert main(["log", str(tmp_path), *KEY]) == 0


async def test_a_growth_that_was_broken_off_is_done_again(log: Attacked, tmp_path: Path) -> None:
    await write(log, tmp_path)
    await grow(log, ENTRIES + 1, 800)
    (tmp_path / ".growing/tile/0").mkdir(parents=True)
    (tmp_path / ".growing/tile/0/002").write_bytes(b"half")

    assert await write(log, tmp_path) == Written(ENTRIES, 800)
    assert main(["log", str(tmp_path), *KEY]) == 0


async def test_a_log_that_was_rewritten_and_sealed_again_is_not_written(log: Attacked, tmp_path: Path) -> None:
    await write(log, tmp_path)
    before = files(tmp_path)
    await log.change_leaf(342)
    await log.keep_subtrees_anew()
    await log.admin.execute("delete from audit.checkpoint")
    await grow(log, ENTRIES + 1, 700)

    with pytest.raises(HistoryDiffers, match="do not lead to the root"):
        await write(log, tmp_path)
    await log.change_leaf(550)
    with pytest.raises(HistoryDiffers, match="entry 550 is not what was kept"):
        await write(log, tmp_path)
    assert {name: content for name, content in files(tmp_path).items() if not name.startswith(".growing")} == before


async def test_a_log_that_is_shorter_than_what_was_written_is_not_written(log: Attacked, tmp_path: Path) -> None:
    await write(log, tmp_path)
    await log.admin.execute("delete from audit.checkpoint where size > 500")

    with pytest.raises(HistoryDiffers, match="entries 500 to 599 are gone"):
        await write(log, tmp_path)


async def test_entries_that_are_gone_are_not_passed_over(log: Attacked, tmp_path: Path) -> None:
    await log.admin.execute("delete from audit.entry where idx = 250")

    with pytest.raises(store.HashesMissing, match="255 of the entries 0 to 255"):
        await write(log, tmp_path)


async def test_tiles_without_a_checkpoint_are_not_built_upon(log: Attacked, tmp_path: Path) -> None:
    await write(log, tmp_path)
    (tmp_path / "checkpoint").unlink()

    with pytest.raises(HistoryDiffers, match="no checkpoint that they belong to"):
        await write(log, tmp_path)
