"""The data-quality report and the code tables, on a real database."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.messages import AccessRecorded, DecisionRecorded, LinkingHeldUp, RecordAccepted
from contracts.values import ServiceName, Source
from infra.testing.fixtures import START, Database, announced, unit_of_work
from services.ingest import commands, quality, store
from services.ingest.domain.gaiji import table_of
from services.ingest.gaiji import enter_table
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.office import Office
from tests.unit.ingest.events import body, checkup, resident

pytestmark = pytest.mark.servers

REGISTRY = Source.RESIDENT_REGISTRY


async def enter(ingest: Ingest, text: str, source: Source = REGISTRY) -> int:
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        return await enter_table(work, source, table_of(text), "T-1")


async def found_of(ingest: Ingest, *sources: Source, limit: int = 20) -> quality.Report:
    async with ingest.pool.acquire() as db:
        return await quality.report(db, sources or tuple(Source), limit)


def told(report: quality.Report) -> list[tuple[str, str, int]]:
    return [(each.kind.value, each.path, each.count) for each in report.findings]


async def names_said(ingest: Ingest) -> list[str]:
    return [record.data["name"] for record in await ingest.records() if isinstance(record, RecordAccepted)]


async def test_what_a_code_table_has_is_said_and_the_same_sent_again_is_still_known(ingest: Ingest) -> None:
    first = resident({"name": "\ue000\ue001 花", "kana": "ツジ ハナ"}, id="G-1")
    before = await ingest.takes(body({**first, "subject": "before", "id": "G-0"}), source=REGISTRY)

    assert await enter(ingest, "U+E000,U+8FBB U+E0101") == 1
    mapped = await ingest.takes(body(first), source=REGISTRY)
    assert await enter(ingest, "U+E000,U+8FBB U+E0101\nU+E001,川") == 2
    assert await enter(ingest, "U+E001,川\nU+E000,U+8FBB U+E0101") == 2
    again = await ingest.takes(body(first), body({**first, "id": "G-2"}), source=REGISTRY)
    newer = await ingest.takes(body({**first, "id": "G-3", "revision": 2}), source=REGISTRY)

    outcomes = [answer["outcome"] for answer in (*before, *mapped, *again, *newer)]
    assert outcomes == ["accepted", "accepted", "duplicate", "duplicate", "accepted"]
    assert await names_said(ingest) == ["\ue000\ue001 花", "辻\U000e0101\ue001 花", "辻\U000e0101川 花"]
    assert ["warnings" in answer for answer in (*before, *mapped, *newer)] == [True, True, False]
    versions = {row["record_id"]: row["gaiji"] for row in await ingest.pool.fetch("select record_id, gaiji from record")}
    assert versions == {"before": None, "K-1": 2}
    decided = [each for each in await ingest.decisions() if each.action == "ingest.gaiji_entered"]
    assert [(each.thing.id, each.count, each.reason_code) for each in decided] == [(REGISTRY.value, 1, "T-1"), (REGISTRY.value, 2, "T-1")]


async def test_a_code_table_is_its_sources_own(ingest: Ingest) -> None:
    await enter(ingest, "U+E000,辻", Source.CHILDCARE)

    await ingest.takes(body(resident({"name": "\ue000"})), source=REGISTRY)

    assert await names_said(ingest) == ["\ue000"]


async def test_the_report_names_places_and_counts_and_never_a_value(ingest: Ingest) -> None:
    born = {"birth_date": "1985-02-10", "person_no": "0000000777"}
    await ingest.takes(
        body(resident({"name": "\ue000\U0001f600〓"}, subject="odd")),
        body(resident({"birth_date": "昭和60年6月日不詳", "person_no": "0000000101"}, subject="in-part")),
        body(resident({"birth_date": "2024-02-31", "person_no": "0000000102"}, subject="no-day")),
        body(resident({"birth_date": "2024-02-00", "person_no": "0000000103"}, subject="child")),
        body(resident({"resident_from": "R8.13.1", "person_no": "0000000104"}, subject="no-month")),
        body(resident({**born, "name": "架空 太郎"}, subject="one")),
        body(resident({**born, "birth_date": "1986-02-10", "name": "架空　太郎"}, subject="other")),
        source=REGISTRY,
    )
    await ingest.takes(body(checkup({"exam_date": "2026-02-30"}, subject="X-1")))

    found = await found_of(ingest)

    assert told(found) == [
        ("private_use_character", "name", 1),
        ("geta_mark", "name", 1),
        ("character_outside_standard", "name", 1),
        ("birth_in_part", "birth_date", 1),
        ("not_a_date", "birth_date", 1),
        ("not_a_date", "resident_from", 1),
        ("birth_not_known", "birth_date", 1),
        ("number_with_two_births", "person_no", 1),
        ("not_a_date", "exam_date", 1),
    ]
    ids = {finding.kind.value + finding.path: found.places_of(finding) for finding in found.findings}
    assert ids["number_with_two_birthsperson_no"] == ["one", "other"]
    assert ids["birth_in_partbirth_date"] == ["in-part"]
    assert ids["not_a_dateexam_date"] == ["X-1"]
    written = quality.as_csv(found)
    assert not [hidden for hidden in ("0000000777", "太郎", "1985", "\ue000", "\U0001f600", "2026-02-30") if hidden in written]


async def test_two_names_of_one_number_are_told_and_two_spellings_of_one_name_are_not(ingest: Ingest) -> None:
    for number, (one, other) in {
        "0000000201": ("架空 花", "架空　花"),
        "0000000202": ("架空 花", "架空 雪"),
        "0000000203": ("邊", "邊\U000e0101"),
    }.items():
        await ingest.takes(
            body(resident({"person_no": number, "name": one}, subject=f"{number}-a")),
            body(resident({"person_no": number, "name": other}, subject=f"{number}-b")),
            source=REGISTRY,
        )

    assert told(await found_of(ingest, REGISTRY)) == [("number_with_two_names", "person_no", 1)]


async def test_a_record_taken_back_or_corrected_leaves_the_report(ingest: Ingest) -> None:
    born = {"person_no": "0000000777", "birth_date": "1985-02-10"}
    other = resident({**born, "birth_date": "1986-02-10"}, subject="other")
    await ingest.takes(body(resident(born, subject="one")), body(other), body(resident({"name": "〓"}, subject="odd")), source=REGISTRY)
    assert len((await found_of(ingest)).findings) == 2

    await ingest.takes(
        body({**other, "id": "V-1", "revision": 2, "op": "void", "data": {}}),
        body(resident({"name": "辻"}, subject="odd", revision=2)),
        source=REGISTRY,
    )

    assert (await found_of(ingest)).findings == ()


async def test_a_record_that_reaches_no_person_is_an_orphan_until_it_does(ingest: Ingest) -> None:
    held = LinkingHeldUp(
        event_id="00000000-0000-8000-8000-000000000001",  # type: ignore[arg-type]
        occurred_at=START,
        source=Source.MATERNAL_CHILD_HEALTH,
        event_type="infant_checkup.recorded",
        record_id="X-1",
        revision=1,
        version=1,
        state="waiting",
        reason="person not in the register",
    )
    async with ingest.pool.acquire() as db:
        await store.hear_held_up(db, [held])
    (finding,) = (found := await found_of(ingest)).findings
    assert (finding.kind.value, finding.count, found.places_of(finding)) == ("orphan", 1, ["X-1"])
    assert finding.mend.startswith("この宛名番号の人が、住民記録にまだありません。")

    async with ingest.pool.acquire() as db:
        await store.hear_held_up(db, [held.model_copy(update={"version": 2, "state": None, "reason": None})])

    assert (await found_of(ingest)).findings == ()


async def test_the_command_shows_and_writes_the_report_and_each_look_is_kept(
    ingest: Ingest, tmp_path: Path, commanded: dict[str, str]
) -> None:
    await ingest.takes(body(resident({"name": "〓"}, subject="=odd")), source=REGISTRY)

    shown = await run(commanded, "quality", "--source", REGISTRY.value, "--json")
    await run(commanded, "quality", "--csv", str(tmp_path / "report.csv"))
    words = await run(commanded, "quality", "--source", REGISTRY.value)

    (finding,) = json.loads(shown)
    assert (finding["kind"], finding["path"], finding["count"], finding["records"]) == ("geta_mark", "name", 1, ["=odd"])
    assert "〓（げた）" in words
    rows = list(csv.reader(io.StringIO((tmp_path / "report.csv").read_text("utf-8-sig"))))
    assert rows[0] == list(quality.HEADINGS)
    assert rows[1][:7] == ["resident_registry", "住民記録システム", "〓（げた）", "住民の異動", "氏名", "1", "'=odd"]
    looks = [each for each in await announced(ingest.pool) if isinstance(each, AccessRecorded)]
    assert len(looks) == 2 + len(Source)
    assert {each.action for each in looks} == {"ingest.quality_seen"}
    assert {each.count for each in looks if each.thing.id == REGISTRY.value} == {1}
    assert await ingest.pool.fetchval("select count(*) from outbox where payload like '%=odd%' and payload like '%quality_seen%'") == 0


async def test_the_command_takes_a_code_table_and_names_the_rows_of_what_is_none(
    ingest: Ingest, tmp_path: Path, commanded: dict[str, str]
) -> None:
    table, wrong = tmp_path / "table.csv", tmp_path / "wrong.csv"
    table.write_text("コード,文字\nU+E000,辻\n", "utf-8-sig")
    wrong.write_text("U+E000,辻\nU+4E00,辻\n", "utf-8")

    said = await run(commanded, "gaiji", REGISTRY.value, str(table), "--reason", "T-9")
    refused = await asyncio.to_thread(
        CliRunner().invoke, commands.app, ["gaiji", REGISTRY.value, str(wrong), "--reason", "T-9", "--root", "/nowhere"], env=commanded
    )

    assert "version 1 of its code table, 1 characters" in said
    assert "row 2" in str(refused.exception)
    decided = [each for each in await announced(ingest.pool) if isinstance(each, DecisionRecorded)]
    assert [(each.action, each.thing.id, each.reason_code) for each in decided] == [("ingest.gaiji_entered", REGISTRY.value, "T-9")]


@pytest.fixture
def commanded(database: Database) -> dict[str, str]:
    """The environment of a command in this test's database."""
    return {
        "TSUNAGU_DATABASE_URL": database.url(ServiceName.INGEST),
        "TSUNAGU_BROKER_URL": "amqp://nobody@127.0.0.1:1/",
        "TSUNAGU_IDENTIFIER_KEY": "74657374",
        "TSUNAGU_PARKING_KEY": "00" * 32,
    }


async def run(environment: dict[str, str], *words: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, commands.app, [*words, "--root", "/nowhere"], env=environment)
    assert result.exception is None, result.output
    return result.output


async def test_an_owner_sees_the_report_of_the_own_sources_and_takes_it_away_and_of_others_nothing(office: Office) -> None:
    at_the_door = Ingest(office.pool, office.clock)
    await at_the_door.takes(body(resident({"name": "〓"}, subject="R-1")), source=REGISTRY)
    await at_the_door.takes(body(checkup({"exam_date": "2026-02-30"}, subject="X-1")))

    async with office.at_work("health.owner") as browser:
        page = await browser.opens("/quality")
        own = await browser.opens("/quality/maternal_child_health/report.csv")
        other = await browser.opens("/quality/resident_registry/report.csv")
    async with office.at_work("coordinator") as browser:
        whole = await browser.opens("/quality")
    async with office.at_work("hakata.clerk") as browser:
        clerk = await browser.opens("/quality")

    assert "X-1" in page.text
    assert "R-1" not in page.text
    assert "X-1" in own.text
    assert (own.headers["content-type"], other.status_code, clerk.status_code) == ("text/csv; charset=utf-8", 404, 403)
    assert "R-1" in whole.text
    assert "X-1" in whole.text
    assert "2026-02-30" not in page.text + own.text + whole.text
    told = [(look.thing.id, look.decision, look.reason_code, look.fields, look.count) for look in await office.looks()]
    assert told == [
        (None, "permit", None, ("counts", "record_ids"), 1),
        ("maternal_child_health", "permit", None, ("counts", "record_ids"), 1),
        ("resident_registry", "deny", "not_owner", (), None),
        (None, "permit", None, ("counts", "record_ids"), 2),
        (None, "deny", "role", (), None),
    ]
