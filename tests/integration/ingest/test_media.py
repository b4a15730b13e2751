"""Story S19 whole (`domain.md` §8), on a real database: what schools bring on removable media."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.messages import DecisionRecorded, FeedWatermark, RecordAccepted
from contracts.values import Source
from infra.clock import JST, FixedClock
from infra.testing.fixtures import Database, announced
from services.ingest.desk import Desk
from services.ingest.inlets.media.at import brought
from services.ingest.inlets.media.importing import Importer
from services.ingest.inlets.media.order import Turn
from services.ingest.inlets.media.overdue import MediaWatch
from services.ingest.inlets.media.rows import revision_of
from services.ingest.inlets.media.school.faults import NotTaken
from services.ingest.inlets.media.school.tables import entry_of
from services.ingest.inlets.media.store import People
from tests.integration.ingest.media import ATTENDANCE, EXAM, MEDIUM, City, School, attendance, city_of, exams, month_of
from tests.integration.ingest.office import opened

pytestmark = pytest.mark.servers

SEPTEMBER, OCTOBER = month_of(2026, 9), month_of(2026, 10)


@pytest_asyncio.fixture
async def city(database: Database, clock: FixedClock) -> AsyncIterator[City]:
    async with city_of(database, clock) as known:
        yield known


async def refusal(city: City, bundle: bytes, people: People | None = None, **said: Any) -> NotTaken:
    """Why it was not taken; nothing of it may be anywhere, but that it was refused."""
    before = await city.stored()
    with pytest.raises(NotTaken) as refused:
        await (city.takes(bundle, people, **said) if people else city.takes(bundle, **said))
    after = await city.stored()
    assert {**after, "outbox": 0} == {**before, "outbox": 0}
    return refused.value


async def accepted(city: City) -> list[RecordAccepted]:
    return [message for message in await announced(city.pool) if isinstance(message, RecordAccepted)]


def said_in(record: RecordAccepted) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(record.model_dump_json())["data"]
    return said


async def test_a_bundle_of_a_school_becomes_records(city: City) -> None:
    files = {f"{ATTENDANCE}.csv": attendance(10, 3, 0), f"{EXAM}.csv": exams("21.4")}

    came = await city.takes(city.school.packs(city.school.batch(OCTOBER), files))

    assert came.outcomes == {"accepted": 3}
    records = await accepted(city)
    assert [said_in(each)["absent_days"] for each in records if each.event_type == ATTENDANCE] == [3, 0]
    [exam] = [said_in(each) for each in records if each.event_type == EXAM]
    assert (exam["exam_date"], exam["weight_kg"]) == ("2026-04-20", 21.4)


async def test_a_day_that_is_written_otherwise_or_was_wrong_is_the_same_record(city: City) -> None:
    said = exams("21.4")
    mended = said.replace("令和8年4月20日".encode(), b"2026-04-21")

    for days, body in enumerate((said, mended)):
        await city.takes(city.school.packs(city.school.batch(OCTOBER + timedelta(days=days)), {f"{EXAM}.csv": body}))

    assert list(await city.records()) == ["B140213400001/k-0/2026/2026-04"]


async def test_one_wrong_hash_and_nothing_is_imported_and_the_mended_batch_is(city: City) -> None:
    files = {f"{ATTENDANCE}.2026-{m:02}.csv": attendance(m, 1, 2) for m in (8, 9)} | {f"{EXAM}.csv": exams("20")}
    batch = city.school.batch(SEPTEMBER)
    entries = [replace_hash(entry, wrong=number == 2) for number, entry in enumerate(entries_of(batch, files))]
    wrong = city.school.packs_anyway(batch, files, manifest={"files": tuple(entries)})

    refused = await refusal(city, wrong)
    came = await city.takes(city.school.packs(replace(batch, batch_id=uuid4()), files))

    assert (refused.code, refused.faults[0].file) == ("wrong_hash", f"{EXAM}.csv")
    assert came.outcomes == {"accepted": 5}


def entries_of(batch: Any, files: dict[str, bytes]) -> list[Any]:
    return [entry_of(name, body, batch.encoding) for name, body in files.items()]


def replace_hash(entry: Any, *, wrong: bool) -> Any:
    return entry.model_copy(update={"sha256": "0" * 64}) if wrong else entry


async def test_the_same_bundle_again_changes_nothing(city: City) -> None:
    bundle = city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": attendance(10, 1, 2)})
    await city.takes(bundle)
    before = await city.stored()

    again = await city.takes(bundle)

    assert (again.turn, await city.stored()) == (Turn.DONE, before)


async def test_the_same_file_in_a_later_batch_changes_nothing(city: City) -> None:
    files = {f"{ATTENDANCE}.csv": attendance(10, 1, 2)}
    await city.takes(city.school.packs(city.school.batch(OCTOBER), files))
    before = await city.stored()

    again = await city.takes(city.school.packs(city.school.batch(OCTOBER + timedelta(days=1)), files))

    assert (again.ignored, again.rows) == ((f"{ATTENDANCE}.csv",), 0)
    kept = {"event_log", "record", "parked"}
    assert {name: n for name, n in (await city.stored()).items() if name in kept} == {name: before[name] for name in kept}


async def test_what_was_corrected_and_is_said_as_first_again_is_the_newest(city: City) -> None:
    first, other = {f"{ATTENDANCE}.csv": attendance(10, 1)}, {f"{ATTENDANCE}.csv": attendance(10, 2)}
    for days, files in enumerate((first, other)):
        await city.takes(city.school.packs(city.school.batch(OCTOBER + timedelta(days=days)), files))

    came = await city.takes(city.school.packs(city.school.batch(OCTOBER + timedelta(days=3)), first))

    assert came.outcomes == {"accepted": 1}
    assert [said_in(each)["absent_days"] for each in await accepted(city)] == [1, 2, 1]


async def test_october_before_september_gives_the_right_sums(city: City) -> None:
    september = city.school.packs(city.school.batch(SEPTEMBER), {f"{ATTENDANCE}.csv": attendance(9, 4)})
    both = attendance(9, 2).rstrip() + b"\r\n" + attendance(10, 5).split(b"\r\n", 1)[1]
    october = city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": both})

    gap = await refusal(city, october)
    await city.takes(october, gap="T-12")
    late = await city.takes(september)

    newest: dict[str, tuple[int, int]] = {}
    for each in await accepted(city):
        newest[each.record_id] = max(newest.get(each.record_id, (0, 0)), (each.revision, said_in(each)["absent_days"]))
    assert (gap.code, gap.faults[0].detail) == ("sequence_gap", "1-1")
    assert late.outcomes == {"superseded": 1}
    assert sum(days for _, days in newest.values()) == 7
    assert set((await city.records()).values()) == {revision_of(OCTOBER)}


async def test_a_number_that_was_used_is_not_taken_for_something_else(city: City) -> None:
    batch = city.school.batch(OCTOBER)
    await city.takes(city.school.packs(batch, {f"{ATTENDANCE}.csv": attendance(10, 1)}))

    another = await refusal(city, city.school.packs(replace(batch, batch_id=uuid4()), {f"{ATTENDANCE}.csv": attendance(10, 2)}))
    renumbered = await refusal(city, city.school.packs(replace(batch, sequence=2), {f"{ATTENDANCE}.csv": attendance(10, 2)}))

    assert (another.code, renumbered.code) == ("replayed", "replayed")


@pytest.mark.parametrize("verifier", ["ito", "Ito ", "ｉｔｏ", ""])
async def test_the_operator_does_not_verify(city: City, verifier: str) -> None:
    bundle = city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": attendance(10, 1)})

    assert (await refusal(city, bundle, People("ito", verifier))).code == "same_person"


async def test_an_erase_that_is_not_recorded_within_a_day_raises_an_alarm(city: City) -> None:
    watch = MediaWatch(city.service, erase_within=timedelta(hours=24))
    await city.takes(city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": attendance(10, 1)}))
    city.clock.at += timedelta(hours=24)
    await watch.look()
    in_time = watch.none

    city.clock.at += timedelta(seconds=1)
    await watch.look()
    late, metric = watch.none, city.service.telemetry.exposition()
    batches = await city.erases()
    await watch.look()

    assert (in_time, late, watch.none, batches) == (True, False, True, 1)
    assert b"tsunagu_media_overdue_total" in metric.replace(b"_medium", b"")
    assert await city.erases() == 0


async def test_a_refused_bundle_must_be_erased_too(city: City) -> None:
    batch = city.school.batch(OCTOBER)
    await refusal(city, city.school.packs_anyway(batch, {f"{ATTENDANCE}.csv": attendance(10, 99)}))

    assert await city.erases() == 1


async def test_cp932_that_is_declared_utf_8_is_refused_with_its_row(city: City) -> None:
    columns = "school_code,pupil_key,fiscal_year,name,kana"
    rows = ["S1,k1,2026,abc,", "S1,k2,2026,架空　はな,カクウ　ハナ"]
    body = "\r\n".join([columns, *rows, ""]).encode("cp932")
    batch = city.school.batch(OCTOBER, source="pupil_registry")

    refused = await refusal(city, city.school.packs_anyway(batch, {"pupil.registered.csv": body}))
    declared = replace(batch, batch_id=uuid4(), encoding="cp932")
    came = await city.takes(city.school.packs(declared, {"pupil.registered.csv": body}))

    assert (refused.code, refused.faults[0].row) == ("wrong_encoding", 3)
    assert came.outcomes == {"accepted": 2}


async def test_one_row_that_the_catalogue_refuses_and_nothing_is_taken(city: City) -> None:
    body = attendance(10, 1, 99, 2)

    refused = await refusal(city, city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": body}))

    [fault] = refused.faults
    assert (fault.code, fault.row, fault.column, fault.detail) == ("not_taken", 3, 6, "absent_days (out_of_range)")


async def test_who_and_what_is_not_registered_is_refused(city: City) -> None:
    stranger, files = School(), {f"{ATTENDANCE}.csv": attendance(10, 1)}
    school = city.school

    codes = [
        (await refusal(city, stranger.packs(stranger.batch(OCTOBER), files))).code,
        (await refusal(city, school.packs(school.batch(OCTOBER, media_id="usb-99"), files))).code,
        (await refusal(city, school.packs(school.batch(OCTOBER, source="lifestyle_learning_survey"), files))).code,
        (await refusal(city, school.packs(school.batch(OCTOBER, source="public_assistance"), files))).code,
        (await refusal(city, school.packs(school.batch(city.clock.at + timedelta(hours=1)), files))).code,
    ]

    assert codes == ["unknown_signer", "unknown_medium", "not_their_source", "not_by_media", "made_ahead"]


async def test_what_was_made_or_is_complete_in_the_future_is_refused_as_by_every_inlet(city: City) -> None:
    """Its `recordedat` is when it was made. Clocks may run ahead by five minutes (`clocks_ahead_seconds`), over midnight too."""
    city.clock.at = datetime(2026, 11, 20, 23, 58, tzinfo=JST)
    now, today, files = city.clock.at, city.clock.today(), {f"{ATTENDANCE}.csv": attendance(10, 1)}
    tomorrow = today + timedelta(days=1)
    later = city.school.packs(city.school.batch(now + timedelta(minutes=6)), files)
    of_tomorrow = city.school.packs(city.school.batch(now + timedelta(minutes=4), complete_through=tomorrow), files)
    soon = city.school.packs(city.school.batch(now + timedelta(minutes=4), complete_through=today), files)
    anyway = city.school.packs_anyway(city.school.batch(now), files, manifest={"complete_through": tomorrow})

    codes = [(await refusal(city, bundle)).code for bundle in (later, of_tomorrow, anyway)]
    came = await city.takes(soon)

    assert codes == ["made_ahead", "complete_ahead", "manifest"]
    assert came.outcomes == {"accepted": 1}
    assert [each.complete_through for each in await announced(city.pool) if isinstance(each, FeedWatermark)] == [today]


async def test_what_was_broken_off_goes_on_to_the_same_end(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.inlets.media.importing.TOGETHER", 2)
    bundle = city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": attendance(10, *range(5))})
    submit, asked = Desk.submit, iter(range(10))

    async def killed(desk: Desk, submission: Any) -> Any:
        if next(asked) == 1:
            raise KeyboardInterrupt
        return await submit(desk, submission)

    monkeypatch.setattr(Desk, "submit", killed)
    with pytest.raises(KeyboardInterrupt):
        await city.takes(bundle)
    came = await city.takes(bundle)

    assert (came.turn, came.outcomes) == (Turn.GO_ON, {"accepted": 3, "duplicate": 2})
    assert len(await accepted(city)) == len(await city.records()) == 5
    assert (await city.takes(bundle)).turn is Turn.DONE


async def test_whoever_was_ended_before_the_last_word_says_it_when_the_bundle_is_brought_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = city.school.packs(city.school.batch(OCTOBER, complete_through=date(2026, 10, 31)), {f"{ATTENDANCE}.csv": attendance(10, 1)})

    async def killed(_: Importer, __: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Importer, "_mark", killed)
        with pytest.raises(KeyboardInterrupt):
            await city.takes(bundle)
    turns = [(await city.takes(bundle)).turn for _ in range(2)]

    assert turns == [Turn.DONE, Turn.DONE]
    assert [each.complete_through for each in await announced(city.pool) if isinstance(each, FeedWatermark)] == [date(2026, 10, 31)]


async def test_a_batch_of_too_many_rows_is_refused_by_its_manifest_before_a_file_is_read(city: City) -> None:
    batch, files = city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": attendance(10, 1)}
    entries = tuple(replace_hash(entry, wrong=True).model_copy(update={"rows": 300_001}) for entry in entries_of(batch, files))

    assert (await refusal(city, city.school.packs_anyway(batch, files, manifest={"files": entries}))).code == "too_large"


async def test_a_source_is_complete_once_every_school_has_said_so(city: City) -> None:
    other = School()
    await city.registers(other, Source.SCHOOL_AFFAIRS)
    through = date(2026, 10, 31)

    async def brings(school: School, day: date, key: str) -> list[date]:
        files = {f"{ATTENDANCE}.csv": attendance(10, 1, key=key)}
        await city.takes(school.packs(school.batch(OCTOBER, complete_through=day), files))
        return [message.complete_through for message in await announced(city.pool) if isinstance(message, FeedWatermark)]

    one = await brings(city.school, through, "a")
    both = await brings(other, through - timedelta(days=1), "b")

    assert (one, set(both)) == ([], {through - timedelta(days=1)})


async def test_every_decision_is_in_the_audit_log(city: City) -> None:
    await refusal(city, b"nothing")
    await city.takes(city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": attendance(10, 1)}))
    await city.erases()

    kept = [message for message in await announced(city.pool) if isinstance(message, DecisionRecorded)]

    assert [(each.action, each.decision, each.reason_code) for each in kept] == [
        ("media.signer_registered", "done", None),
        ("media.medium_registered", "done", None),
        ("media.imported", "deny", "media_cannot_open"),
        ("media.imported", "done", None),
        ("media.medium_erased", "done", None),
    ]


async def test_a_school_that_is_played_brings_events_as_rows(city: City, tmp_path: Path) -> None:
    kind = {"type": ATTENDANCE, "source": "school_affairs"}
    data = {"school_code": "B1", "pupil_key": "k/1", "fiscal_year": 2026, "month": 9, "school_days": 20, "absent_days": 1}
    first = [{**kind, "data": {**data, "month": month}} for month in (8, 9)]
    later = [{**kind, "data": {**data, "absent_days": 4}}, {**kind, "op": "void", "data": {**data, "month": 8}}]

    outcomes = [
        (await brought(city.settings, tmp_path, Source.SCHOOL_AFFAIRS, events, made_at=SEPTEMBER + timedelta(days=days))).outcomes
        for days, events in enumerate((first, later))
    ]

    assert outcomes == [{"accepted": 2}, {"accepted": 2}]
    assert set(await city.records()) == {"B1/k%2F1/2026/8", "B1/k%2F1/2026/9"}
    assert await city.erases("usb-demo") == 0


async def test_what_was_brought_is_on_a_page_and_its_erase_is_recorded_there(database: Database, clock: FixedClock) -> None:
    async with city_of(database, clock) as city, opened(database, clock) as office:
        await city.takes(city.school.packs(city.school.batch(OCTOBER), {f"{ATTENDANCE}.csv": attendance(10, 1)}))
        city.clock.at += timedelta(hours=25)
        async with office.at_work("coordinator") as coordinator:
            before = await coordinator.opens("/media")
            done = await coordinator.sends("/media/erased", medium=MEDIUM)
            after = await coordinator.opens("/media")
            again = await coordinator.sends("/media/erased", medium=MEDIUM)
        async with office.at_work("health.owner") as another:
            foreign = await another.opens("/media")
            refused = await another.sends("/media/erased", medium=MEDIUM)

    assert (before.status_code, "24時間を過ぎています" in before.text, MEDIUM in before.text) == (200, True, True)
    assert (done.status_code, again.status_code, refused.status_code) == (303, 409, 403)
    assert "消去を記録しました" in after.text
    assert "24時間を過ぎています" not in after.text
    assert MEDIUM not in foreign.text
