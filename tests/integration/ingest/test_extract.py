"""Nightly extracts: created, changed and taken back; twice, broken off, half written, shrunk, in the wrong encoding."""

import asyncio
import json
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from contracts.messages import DecisionRecorded, FeedWatermark, RecordAccepted, RecordVoided
from contracts.values import Source
from infra.clock import JST, FixedClock, freeze
from infra.local.root import CannotDo
from infra.testing.fixtures import Database, announced
from services.ingest import commands
from services.ingest.actions import admit
from services.ingest.app import assembled
from services.ingest.inlets.extract import abreast, adapters, store, telling
from services.ingest.inlets.extract.folder import Folders
from services.ingest.inlets.extract.taking import AnotherReads
from tests.integration.ingest.extracts import Night, member, night, settings, table
from tests.integration.ingest.test_inlets import until

pytestmark = pytest.mark.servers


@pytest_asyncio.fixture
async def extracts(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Night]:
    async with night(database, tmp_path, clock) as here:
        yield here


async def records(extracts: Night) -> list[RecordAccepted | RecordVoided]:
    return [each for each in await announced(extracts.service.pool) if isinstance(each, RecordAccepted | RecordVoided)]


async def watermarks(extracts: Night) -> list[date]:
    return [each.complete_through for each in await announced(extracts.service.pool) if isinstance(each, FeedWatermark)]


async def test_every_row_of_the_first_extract_becomes_a_record_and_the_source_is_complete(extracts: Night) -> None:
    came = await extracts.comes([member(n) for n in range(5)])

    assert (came.state, came.rows, came.created, came.refused, came.watermark) == ("taken", 5, 5, 0, date(2026, 3, 31))
    first, *others = await records(extracts)
    assert len(others) == 4
    assert isinstance(first, RecordAccepted)
    assert (first.record_id, first.revision) == ("W-000000-000000000000000", 1)
    assert first.data == {
        "case_id": "W-000000",
        "person_no": "000000000000000",
        "member_from": "2019-04-01",
        "started_on": "2019-05-01",
    }
    assert first.recorded_at.isoformat() == "2026-03-30T03:34:56+00:00"
    assert await watermarks(extracts) == [date(2026, 3, 31)]


async def test_a_page_is_judged_while_another_is_written(extracts: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PAGE", 5)
    together = asyncio.Barrier(abreast.CLERKS)

    async def meeting(*arguments: Any, **options: Any) -> Any:
        if sum(len(each.events) for each in arguments[1]) == telling.PAGE:
            await together.wait()
        return await admit(*arguments, **options)

    monkeypatch.setattr("services.ingest.desk.admit", meeting)
    async with asyncio.timeout(30):
        came = await extracts.comes([member(n) for n in range(5 * 2 * abreast.CLERKS)])

    assert (came.created, came.refused, came.parked) == (5 * 2 * abreast.CLERKS, 0, 0)
    assert came.watermark is not None


async def test_the_same_file_twice_changes_nothing(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(5)])
    before = await announced(extracts.service.pool)

    came = await extracts.comes([member(n) for n in range(5)])

    assert (came.state, came.rows, came.created + came.changed + came.voided, came.same) == ("taken", 5, 0, 5)
    assert await announced(extracts.service.pool) == before
    [row] = await extracts.extracts()
    assert (row["times"], row["created"]) == (2, 5)


async def test_the_next_night_only_what_is_new_changed_or_gone_is_told(extracts: Night) -> None:
    rows = [member(n) for n in range(40)]
    await extracts.comes(rows)
    before = len(await records(extracts))
    tonight = [*rows[:3], member(3, 保護開始年月日="R2.1.1"), *rows[4:39], member(40)]

    came = await extracts.comes(tonight, "20260401")

    assert (came.created, came.changed, came.voided, came.same, came.refused) == (1, 1, 1, 38, 0)
    told = {each.record_id: each for each in (await records(extracts))[before:]}
    assert {(type(each).__name__, each.revision) for each in told.values()} == {
        ("RecordAccepted", 1),
        ("RecordAccepted", 2),
        ("RecordVoided", 2),
    }
    changed = told["W-000001-000000000000003"]
    assert isinstance(changed, RecordAccepted)
    assert changed.data["started_on"] == "2020-01-01"
    assert await watermarks(extracts) == [date(2026, 3, 31), date(2026, 4, 1)]


async def test_a_record_that_is_marked_as_taken_back_is_and_comes_back_when_it_is_not(extracts: Night) -> None:
    rows = [member(n) for n in range(4)]
    await extracts.comes(rows)

    gone = await extracts.comes([*rows[:3], member(3, 削除フラグ="1")], "20260401")
    again = await extracts.comes([*rows[:3], member(3, 削除フラグ="1")], "20260401")
    back = await extracts.comes(rows, "20260401")

    assert (gone.voided, again.voided, back.created, back.voided) == (1, 0, 1, 0)
    assert [type(each).__name__ for each in await records(extracts)][4:] == ["RecordVoided", "RecordAccepted"]


async def test_columns_that_say_nothing_of_a_record_change_nothing(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(4)])

    came = await extracts.comes([member(n, 処理日時="20260401020000", 最終更新日時="2026/03/31 01:02:03") for n in range(4)], "20260401")

    assert (came.changed, came.same) == (0, 4)


async def test_a_row_that_only_looks_otherwise_is_not_told_again(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(4)])

    came = await extracts.comes([member(n, 保護開始年月日="令和元年５月１日") for n in range(4)], "20260401")

    assert (came.changed, len(await records(extracts))) == (0, 4)
    assert (await extracts.comes([member(n, 保護開始年月日="令和元年５月１日") for n in range(4)], "20260401")).same == 4


async def test_a_refused_row_is_named_by_column_and_tried_again_and_keeps_the_source_incomplete(extracts: Night) -> None:
    rows = [member(0), member(1, 保護開始年月日="R7.2.30"), member(2, 保護開始年月日=""), member(3, ケース番号="一二"), "a,b", member(4)]

    came = await extracts.comes(rows)

    assert [tuple(fault) for fault in came.faults] == [
        (3, "保護開始年月日", "not_a_date"),
        (4, "保護開始年月日", "missing"),
        (5, "ケース番号", "id_form"),
        (6, "", "wrong_width"),
    ]
    assert (came.created, came.refused, came.watermark) == (2, 4, None)
    assert await watermarks(extracts) == []

    mended = await extracts.comes([member(n) for n in range(5)])

    assert (mended.created, mended.refused, mended.watermark) == (3, 0, date(2026, 3, 31))


async def test_a_row_that_was_recorded_in_the_future_is_refused_as_by_every_inlet(extracts: Night) -> None:
    """Clocks may run ahead by five minutes (`clocks_ahead_seconds`); a row of tomorrow is taken tomorrow."""
    soon, later = (extracts.clock.now().astimezone(JST) + timedelta(minutes=minutes) for minutes in (4, 6))
    rows = [member(0), member(1, 最終更新日時=f"{soon:%Y/%m/%d %H:%M:%S}"), member(2, 最終更新日時=f"{later:%Y/%m/%d %H:%M:%S}")]

    came = await extracts.comes(rows)

    assert [tuple(fault) for fault in came.faults] == [(4, "最終更新日時", "recordedat_ahead")]
    assert (came.created, came.refused, came.watermark) == (2, 1, None)
    assert {each.record_id for each in await records(extracts)} == {f"W-000000-{n:015}" for n in (0, 1)}
    extracts.clock.at += timedelta(minutes=2)
    assert (await extracts.comes(rows)).created == 1


async def test_nothing_counts_as_gone_while_a_row_cannot_be_told_whose_it_is(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(4)])

    came = await extracts.comes([member(0), member(1), member(2), member(3, 宛名番号="")], "20260401")

    assert (came.voided, came.refused, came.watermark) == (0, 1, None or date(2026, 3, 31))
    assert await watermarks(extracts) == [date(2026, 3, 31)]


async def test_a_record_in_two_rows_is_told_by_neither_and_not_gone(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(4)])

    came = await extracts.comes([*(member(n) for n in range(4)), member(3, 保護開始年月日="R3.1.1")], "20260401")

    assert (came.changed, came.voided, came.refused) == (0, 0, 2)
    assert [(fault.row, fault.code) for fault in came.faults] == [(5, "twice"), (6, "twice")]


async def test_a_file_that_lost_too_much_waits_for_a_person_whose_decision_is_kept(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(100)])
    fewer = [member(n) for n in range(80)]

    waits = await extracts.comes(fewer, "20260401")
    accepted = await extracts.comes(fewer, "20260401", accept_shrink="T-7")

    assert (waits.state, waits.code) == ("waiting", "shrunk")
    assert (accepted.state, accepted.voided, accepted.watermark) == ("taken", 20, date(2026, 4, 1))
    [decision] = [each for each in await announced(extracts.service.pool) if isinstance(each, DecisionRecorded)]
    assert (decision.action, decision.thing.id, decision.reason_code, decision.count) == (
        "ingest.extract_shrink_accepted",
        "public_assistance",
        "T-7",
        20,
    )


async def test_an_older_extract_or_one_of_tomorrow_is_refused(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(4)], "20260331")

    older = await extracts.comes([member(n) for n in range(5)], "20260330")
    ahead = await extracts.comes([member(n) for n in range(5)], "20260402")

    assert [(each.state, each.code) for each in (older, ahead)] == [("refused", "older"), ("refused", "date_ahead")]
    assert len(await records(extracts)) == 4


@pytest.mark.parametrize("rows", [3, 60_000], ids=["in the first piece", "in a later piece"])
async def test_a_row_in_another_encoding_refuses_the_file_by_row_and_byte(extracts: Night, rows: int) -> None:
    good = table([member(n) for n in range(rows)])
    bad = member(rows, 世帯員氏名カナ="架空の名前").encode()

    came = await extracts.comes(good + bad + b"\r\n")

    assert (came.state, came.code, came.row) == ("refused", "wrong_encoding", rows + 2)
    assert came.octet is not None
    assert len(good) <= came.octet < len(good) + len(bad)
    assert await records(extracts) == []
    assert await extracts.fetch("select * from extract_row") == []


async def test_a_file_of_utf_8_for_cp932_is_refused_at_its_headings(extracts: Night) -> None:
    plain = await extracts.comes(table([member(0)], "utf-8"))
    marked = await extracts.comes(table([member(0)], "utf-8-sig"))

    assert (plain.code, plain.row, plain.octet) == ("wrong_encoding", 1, 0)
    assert (marked.code, marked.row, marked.octet) == ("wrong_encoding", 1, 0)


async def test_a_column_of_what_must_not_be_collected_refuses_the_file_unread(extracts: Night) -> None:
    content = table([member(0)]).replace("処理日時".encode("cp932"), "個人番号".encode("cp932"))

    came = await extracts.comes(content)

    assert (came.state, came.code, came.column) == ("refused", "column_denied", "個人番号")


async def test_a_file_is_read_only_when_it_is_whole_and_erased_when_it_was(extracts: Night) -> None:
    path = extracts.path()
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(table([member(0)]))
    await extracts.folders.look()
    assert await extracts.extracts() == []

    draft.rename(path)
    await extracts.folders.look()

    assert not path.exists()
    [row] = await extracts.extracts()
    assert (row["state"], row["rows"], row["file_name"]) == ("taken", 1, path.name)
    assert len(await records(extracts)) == 1


async def test_a_file_that_its_manifest_does_not_describe_yet_waits(extracts: Night) -> None:
    path = extracts.path()
    whole = table([member(0), member(1)])
    told = {"sha256": sha256(whole).hexdigest(), "rows": 2}
    path.with_name(path.name + ".manifest.json").write_text(json.dumps(told))
    path.write_bytes(whole[:-40])
    await extracts.folders.look()
    [waiting] = await extracts.extracts()

    path.write_bytes(whole)
    await extracts.folders.look()

    assert (waiting["state"], waiting["code"]) == ("waiting", "half_written")
    assert [row["state"] for row in await extracts.extracts()] == ["taken"]
    assert list(path.parent.iterdir()) == []


async def test_a_manifest_that_counts_otherwise_refuses_the_file(extracts: Night) -> None:
    path = extracts.lies([member(0), member(1)])
    told = {"sha256": sha256(path.read_bytes()).hexdigest(), "rows": 3}
    path.with_name(path.name + ".manifest.json").write_text(json.dumps(told))

    await extracts.folders.look()

    assert [(row["state"], row["code"]) for row in await extracts.extracts()] == [("refused", "rows_differ")]
    assert list(path.parent.iterdir()) == []


async def test_a_file_that_waits_stays_and_is_not_read_at_every_look(extracts: Night) -> None:
    await extracts.comes([member(n) for n in range(100)])
    path = extracts.lies([member(0)], "20260401")

    await extracts.folders.look()
    [_, first] = await extracts.extracts()
    await extracts.folders.look()

    [_, second] = await extracts.extracts()
    assert path.exists()
    assert first == second
    assert (second["state"], second["code"]) == ("waiting", "shrunk")


async def test_a_file_that_nobody_can_read_is_said_and_stays(extracts: Night) -> None:
    path = extracts.path().with_name("something.csv")
    path.write_bytes(b"x")

    await extracts.folders.look()

    assert path.exists()
    assert [(row["state"], row["code"], row["file_name"]) for row in await extracts.extracts()] == [("waiting", "no_adapter", path.name)]


async def test_a_folder_or_a_file_that_may_not_be_read_or_emptied_keeps_no_other_source_waiting(
    extracts: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, opened_ = extracts.root / Source.RESIDENT_REGISTRY, Path.iterdir
    closed.mkdir()
    path = extracts.lies([member(0)])

    def iterdir(folder: Path) -> Iterator[Path]:
        if folder == closed:
            raise PermissionError(13, "closed")
        return opened_(folder)

    def unlink(_: Path) -> None:
        raise PermissionError(13, "not ours")

    monkeypatch.setattr(Path, "iterdir", iterdir)
    monkeypatch.setattr(Path, "unlink", unlink)

    await extracts.folders.look()
    await extracts.folders.look()

    [row] = await extracts.extracts()
    assert (row["state"], row["created"], row["times"]) == ("taken", 1, 1), "read once, though it could not be erased"
    assert path.exists()


async def test_a_file_that_may_not_be_read_waits(extracts: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "closed")

    path, opens = extracts.lies([member(0)]), Path.open
    monkeypatch.setattr(Path, "open", closed)

    await extracts.folders.look()
    [row] = await extracts.extracts()
    monkeypatch.setattr(Path, "open", opens)
    path.chmod(0o640)
    await extracts.folders.look()

    assert (row["state"], row["code"]) == ("waiting", "cannot_read")
    assert not path.exists()


async def test_only_one_process_reads_at_a_time(extracts: Night) -> None:
    async with store.reading(extracts.service.pool) as first:
        assert first is not None
        with pytest.raises(AnotherReads):
            await extracts.comes([member(0)])

    assert (await extracts.comes([member(0)])).state == "taken"


async def test_a_source_of_several_kinds_is_complete_when_all_of_them_came(extracts: Night) -> None:
    known = [each for each in adapters.load_all(adapters.EXAMPLES) if each.source is Source.RESIDENT_REGISTRY]
    folder = extracts.root / Source.RESIDENT_REGISTRY
    folder.mkdir()
    seen = []

    for adapter in known:
        name = adapter.file.replace("{date}", "20260401")
        came = await extracts.taker.take(Path(shutil.copy(adapters.EXAMPLES / name, folder)), adapter)
        seen.append(came.watermark)

    # The list of protection measures is complete to the day before.
    assert len(seen) == 3
    assert seen == [None, None, date(2026, 3, 31)]
    assert await watermarks(extracts) == [date(2026, 3, 31)]


async def test_no_cell_of_a_file_is_in_any_table_but_what_an_accepted_record_says_on_its_way(extracts: Night) -> None:
    secret = "秘密のカナ"
    await extracts.comes([member(0, 世帯員氏名カナ=secret), member(1, 保護開始年月日=secret), member(2, ケース番号=secret)])

    tables = await extracts.fetch("select table_name from information_schema.tables where table_schema = 'ingest'")
    kept = repr([await extracts.fetch(f"select * from {row['table_name']}") for row in tables])

    assert secret not in kept
    assert secret.encode("cp932").hex() not in kept


async def nobody_reads(extracts: Night) -> bool:
    here = "(select oid from pg_database where datname = current_database())"
    return not await extracts.fetch(f"select from pg_locks where locktype = 'advisory' and database = {here}")


POINTS = ("stage", "twice", "plan", "next_of_plan", "settle", "count_told", "keep_faults", "end_taking", "complete_through")


@pytest.mark.parametrize("point", POINTS)
async def test_an_extract_that_was_killed_in_the_middle_is_taken_as_if_it_had_not(extracts: Night, database: Database, point: str) -> None:
    rows = [member(n) for n in range(30)]
    await extracts.comes(rows)
    tonight = [*(member(n, 保護開始年月日="R2.1.1") for n in range(12)), *rows[12:29], *(member(n) for n in range(30, 38))]
    path = extracts.lies(tonight, "20260401")

    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.ingest.killed", database.url("ingest"), path, point
    )
    assert await killed.wait() == -signal.SIGKILL
    # The server needs a moment to see that who was reading is gone: until then another one reads.
    await until(lambda: nobody_reads(extracts))
    came = await extracts.taker.take(path, extracts.welfare)

    assert came.state == "taken"
    told = Counter((each.record_id, each.revision, type(each).__name__) for each in await records(extracts))
    expected = {(f"W-{n // 3:06}-{n:015}", 1, "RecordAccepted") for n in range(38)}
    expected |= {(f"W-{n // 3:06}-{n:015}", 2, "RecordAccepted") for n in range(12)} | {("W-000009-000000000000029", 2, "RecordVoided")}
    assert told == Counter(expected)
    assert Counter(await watermarks(extracts)) == {date(2026, 3, 31): 1, date(2026, 4, 1): 1}
    assert await extracts.fetch("select count(*) as n from extract_row") == [{"n": 37}]


async def test_a_source_that_may_send_nothing_is_told_so_once_and_nothing_of_its_file_is_read(extracts: Night) -> None:
    extracts.lies([member(0), member(1)])
    extracts.clock.at = datetime(2040, 1, 1, tzinfo=UTC)

    await extracts.folders.look()

    assert [(row["state"], row["code"], row["rows"]) for row in await extracts.extracts()] == [("refused", "purpose_overdue", 0)]
    assert not extracts.path().exists()
    assert await extracts.fetch("select * from event_log") == []


async def test_the_file_of_a_feed_that_was_stopped_waits_until_the_feed_goes_on(extracts: Night) -> None:
    await extracts.fetch(
        "insert into numbering (source, field, numbers, valid, weight, marks, stopped_at) values ($1, 'person_no', 1, 1, 1, '', now())",
        Source.PUBLIC_ASSISTANCE,
    )
    path = extracts.lies([member(0)])
    await extracts.folders.look()
    [waits] = await extracts.extracts()

    await extracts.fetch("delete from numbering")
    await extracts.folders.look()

    assert (waits["state"], waits["code"]) == ("waiting", "feed_stopped")
    assert [row["state"] for row in await extracts.extracts()] == ["taken"]
    assert not path.exists()


async def test_the_running_service_looks_into_the_folder_of_its_settings(database: Database, tmp_path: Path) -> None:
    with_folder, without = (assembled(settings(database, extract_folder=folder)) for folder in (tmp_path, None))

    assert [seconds for seconds, task in with_folder._by_the_clock if isinstance(getattr(task, "__self__", None), Folders)] == [10.0]
    assert not [task for _, task in without._by_the_clock if isinstance(getattr(task, "__self__", None), Folders)]


@pytest.fixture
def command_line(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[Result]]:
    """`tsunagu ingest …` on the database of a test, on 1 April 2026."""
    freeze(tmp_path / "clock.json", datetime(2026, 4, 1, 1, tzinfo=UTC))
    monkeypatch.setenv("TSUNAGU_DATABASE_URL", database.url("ingest"))
    monkeypatch.setenv("TSUNAGU_BROKER_URL", "amqp://nobody@127.0.0.1:1/")
    monkeypatch.setenv("TSUNAGU_IDENTIFIER_KEY", "00" * 32)
    monkeypatch.setenv("TSUNAGU_PARKING_KEY", "00" * 32)
    monkeypatch.setenv("TSUNAGU_CLOCK_FILE", str(tmp_path / "clock.json"))

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, commands.app, list(words))

    return run


async def test_an_operator_takes_an_extract_by_hand_and_sees_what_became_of_it(
    extracts: Night, command_line: Callable[..., Awaitable[Result]]
) -> None:
    rows = [member(n) for n in range(40)]
    whole = extracts.lies(rows)
    first = await command_line("extract", str(whole), "--source", "public_assistance")
    fewer = extracts.lies([*rows[:20], member(41, 保護開始年月日="秘密")], "20260401")

    waits = await command_line("extract", str(fewer), "--source", "public_assistance")
    no_reason = await command_line("extract", str(fewer), "--source", "public_assistance", "--accept-shrink")
    accepted = await command_line("extract", str(fewer), "--source", "public_assistance", "--accept-shrink", "--reason", "T-7")
    shown = await command_line("extracts", "--source", "public_assistance")

    assert first.exit_code == 0, first.output
    assert "40 rows: 40 created" in first.stdout
    assert "complete through 2026-03-31" in first.stdout
    assert whole.exists()
    assert (waits.exit_code, "waiting: shrunk" in waits.stdout) == (1, True)
    assert no_reason.exit_code == 2
    assert accepted.exit_code == 1
    assert "20 taken back, 20 as before, 1 refused" in accepted.stdout
    assert "row 22  保護開始年月日  not_a_date" in accepted.stdout
    assert "rows 21, created 0, changed 0, voided 20, same 20, refused 1, parked 0" in shown.stdout
    assert "保護開始年月日  not_a_date  from row 22" in shown.stdout
    assert "秘密" not in accepted.output + shown.output


async def test_a_file_that_no_adapter_takes_needs_one_to_be_named(extracts: Night, command_line: Callable[..., Awaitable[Result]]) -> None:
    path = extracts.lies([member(0)]).rename(extracts.root / "別名.csv")

    answer = await command_line("extract", str(path), "--source", "public_assistance")

    assert isinstance(answer.exception, CannotDo)
    assert "--adapter" in str(answer.exception)
