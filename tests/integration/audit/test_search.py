"""The search of the security team: what people did first, how much there is, and what is wrong beside its field."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from contracts.messages import Actor
from contracts.values import Ward
from services.audit import pages, views
from services.audit.domain.filters import parse_filters
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import hear, seal
from tests.unit.audit.builders import CHILD, NOON, access, decision

MACHINE = Actor(id=None, role="service:scorer")


def entries(page: str) -> list[int]:
    """The numbers of the entries that a page lists."""
    return [int(part.split('"', 1)[0]) for part in page.split('href="/entries/')[1:]]


async def test_what_services_did_by_themselves_is_shown_on_request_alone(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), decision(1, actor=MACHINE), access(2)])
    await desk.sit_down("security.officer")

    people, everything, by_child = [
        (await desk.browser.get(f"/entries{asked}")).text for asked in ("", "?who=all", f"?thing={CHILD}&who=all")
    ]

    assert (entries(people), entries(everything), entries(by_child)) == ([2, 0], [2, 1, 0], [2, 1, 0])
    assert "2 件" in people
    assert "3 件" in everything


async def test_a_search_says_how_much_there_is_and_counts_no_further_than_it_must(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 8)])
    await desk.sit_down("security.officer")
    monkeypatch.setattr(views, "COUNTED_MOST", 5)

    some, many, further = [
        (await desk.browser.get(f"/entries?limit=2{asked}")).text for asked in ("&to=2026-04-11&to_time=11:59", "", "&cursor=3")
    ]

    assert "あてはまる記録はありません" in some
    assert "5 件より多い" in many
    assert "件より多い" not in further


@pytest.mark.parametrize("asked", ["actor=hakata.clerk", "actor=見本 ひかり", "actor=見本ひかり"])
async def test_a_member_of_staff_is_found_by_name_and_by_login(desk: Desk, asked: str) -> None:
    clerk = await desk.register("hakata.clerk")
    await hear(desk.pool, desk.clock, [access(1, actor=Actor(id=clerk, role="ward_clerk", ward=Ward.HAKATA)), access(2)])
    await desk.sit_down("security.officer")

    page = await desk.browser.get(f"/entries?{asked}")

    assert entries(page.text) == [0]
    assert '<option value="hakata.clerk">見本 ひかり（hakata.clerk、博多区 子育て支援課）</option>' in page.text


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ("thing=山田 花子", "thing", "名前では探せません"),
        ("actor=だれでもない", "actor", "登録されていません"),
        ("from=2026-04-12&to=2026-04-11", "to", "期間の終わりが、初めより前"),
        ("from=2026-04-11&from_time=10:00&to=2026-04-11&to_time=09:59", "to", "期間の終わりが、初めより前"),
        ("from=yesterday", "from", "書き方が違います"),
        ("from_time=10:00", "from_time", "日も入れてください"),
        ("from=2026-04-11&from_time=25:00", "from_time", "書き方が違います"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(desk: Desk, asked: str, field: str, words: str) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await desk.sit_down("security.officer")

    page = await desk.browser.get(f"/entries?{asked}&decision=deny")

    assert page.status_code == 422
    assert words in page.text.split(f'id="{field}-wrong"')[1].split("</p>")[0]
    assert f'aria-describedby="{field}-wrong"' in page.text
    assert '<option value="deny" selected>' in page.text
    typed = asked.partition("=")[2].partition("&")[0]
    assert f'value="{typed}"' in page.text
    assert entries(page.text) == []


async def test_two_of_one_name_are_told_apart_by_their_logins(desk: Desk) -> None:
    await desk.register("hakata.clerk")
    await desk.sit_down("security.officer")
    identity = await desk.database.pool("identity")
    await identity.execute("update staff set name = '見本 まもる' where login = 'hakata.clerk'")

    page = await desk.browser.get("/entries?actor=見本 まもる")

    assert (page.status_code, "同じ名前の職員が何人かいます" in page.text) == (422, True)


@pytest.mark.parametrize(("first", "last", "found"), [("12:00", "12:00", [0, 1]), ("12:01", "12:02", [2, 3]), ("12:03", "23:59", [])])
def test_a_time_of_day_bounds_the_period_to_the_minute_both_included(first: str, last: str, found: list[int]) -> None:
    asked = parse_filters({"from": "2026-04-11", "from_time": first, "to": "2026-04-11", "to_time": last})
    told = [NOON + timedelta(seconds=seconds) for seconds in (0, 59, 60, 179)]

    assert asked.since is not None
    assert asked.until is not None
    assert [number for number, at in enumerate(told) if asked.since <= at < asked.until] == found


@pytest.mark.parametrize("address", ["/extract", "/extract.csv"])
async def test_an_extract_is_kept_with_its_conditions_and_its_count_before_it_leaves(desk: Desk, address: str) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2), decision(1, actor=MACHINE)])
    await desk.sit_down("security.officer")

    answer = await desk.browser.get(f"{address}?thing={CHILD}&from=2026-04-01")

    assert answer.status_code == 200
    first = (await desk.kept())[0]
    assert (first.action, first.decision, first.count) == ("audit.extracted", "permit", 2)
    assert (first.thing.kind, first.thing.id, first.fields) == ("audited_thing", CHILD, ("thing", "since", "people"))


@pytest.mark.parametrize("address", ["/extract", "/extract.csv"])
async def test_whoever_may_not_read_the_log_takes_nothing_away_and_is_kept(desk: Desk, address: str) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await desk.sit_down("hakata.clerk")

    answer = await desk.browser.get(f"{address}?thing={CHILD}")

    assert (answer.status_code, str(access(1).actor.id) in answer.text) == (403, False)
    [kept] = await desk.kept()
    assert (kept.action, kept.decision, kept.thing.id) == ("audit.extracted", "deny", CHILD)


async def test_an_extract_on_paper_says_who_took_it_what_was_asked_and_under_which_seal_it_stands(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2)])
    await seal(desk.pool, desk.clock)
    await desk.sit_down("security.officer")

    page = (await desk.browser.get("/extract?action=casework.child_opened&to=2026-04-30")).text

    for words in ("取扱注意", "見本 まもる", "こどもの画面：こどもの情報を開いた", "初めから", "2 件（新しい順、これで全部）", "根 "):
        assert words in page
    assert entries(page) == [1, 0]


async def test_more_than_can_be_taken_away_at_once_is_refused_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "EXTRACT_ROWS", 2)
    await hear(desk.pool, desk.clock, [access(1), access(2), access(3)])
    await desk.sit_down("security.officer")

    answer = await desk.browser.get("/extract.csv")

    assert (answer.status_code, CHILD in answer.text) == (422, False)


async def test_a_table_to_take_away_opens_in_a_spreadsheet_and_runs_nothing_there(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1, fields=("=cmd|' /C calc'!A0",)), access(2, decision="deny", reason_code="other_ward")])
    await desk.sit_down("security.officer")

    answer = await desk.browser.get("/extract.csv")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"].startswith('attachment; filename="audit-')
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["番号"] for row in rows] == ["1", "0"]
    assert rows[0]["なにを"] == "こどもの情報を開こうとした"
    assert rows[1]["見せた・変えた項目"].startswith("'=")
    assert rows[1]["対象のID"] == CHILD
    assert len(rows[1]["記録のハッシュ"]) == 64
