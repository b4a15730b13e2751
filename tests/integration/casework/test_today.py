"""The first page of the day: what waits for whom, and that it counts as the list does (casework.md §6.1, §6.3-4)."""

import re
from datetime import timedelta

from contracts.messages import AccessRecorded
from contracts.values import Ward as CityWard
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_moves import CHILD, SECTIONS
from tests.integration.casework.test_way_of_a_case import CLERK, HEALTH, LEAD, SECOND_LEAD, WELFARE, Ward, ward

__all__ = ["ward"]

TITLES = {
    "my_approvals": "あなたの決裁待ち",
    "sent_back": "差し戻された",
    "receiving": "受領待ち",
    "returned": "差し戻された引継ぎ",
    "my_answers": "自課の回答待ち",
    "overdue": "期限を過ぎた",
    "due_today": "きょうが期限",
    "conferences": "5開庁日以内の協議",
    "due_soon": "5開庁日以内が期限",
    "my_requests": "あなたが頼んだ決裁",
    "changed": "ほかの職員が進めた",
    "fresh": "新しく把握した",
}


async def counts(ward: Ward, login: str) -> dict[str, int]:
    """What somebody's first page counts; each number must be the one that the list to which it leads shows."""
    page = (await ward.people[login].get("/today")).text
    listed = (await ward.people[login].get("/v1/reviews")).json()["counts"]
    found = {key: re.search(rf"<span>{title}</span><b class=\"num\">(\d+)件", page) for key, title in TITLES.items()}
    none = re.search("いま0件：(.*?)<", page)
    said = {key: int(number[1]) for key, number in found.items() if number}
    said |= {key: 0 for key, title in TITLES.items() if none and title in none[1].split("、")}
    assert said == {key: listed[key] for key in said}
    assert set(said) >= {"overdue", "due_today", "due_soon", "conferences"}
    for key, number in said.items():
        children = (await ward.people[login].get(f"/v1/reviews?tab={key}")).json()["households"]
        assert sum(map(len, children)) == number
    return {key: number for key, number in said.items() if number}


async def test_each_finds_what_waits_for_them_and_the_list_counts_alike(ward: Ward) -> None:
    await ward.does(CLERK, "start_investigation", sections=SECTIONS)
    await ward.does(CLERK, "answer_investigation", held="nothing")

    # Started on Saturday, due in five opening days: on Friday.
    assert await counts(ward, CLERK) == {"due_soon": 1}
    assert await counts(ward, HEALTH) == {"due_soon": 1, "my_answers": 1}
    assert f'href="/children/{CHILD}#answer_investigation"' in (await ward.people[HEALTH].get("/today")).text

    await ward.does(HEALTH, "answer_investigation", held="nothing")
    await ward.does(WELFARE, "answer_investigation", held="nothing")
    await ward.does(CLERK, "put_on_agenda", siblings_checked=["checked"], held_on="2026-04-14")

    assert await counts(ward, HEALTH) == {"conferences": 1}

    await ward.does(LEAD, "close_without_need", outcome="not_needed", why="心配ない")

    assert await counts(ward, LEAD) == {"conferences": 1, "my_requests": 1}
    assert await counts(ward, SECOND_LEAD) == {"conferences": 1, "my_approvals": 1}
    assert await counts(ward, CLERK) == {"conferences": 1}

    await ward.does(SECOND_LEAD, "send_back", why="祖母の話も聞いてください")

    assert await counts(ward, LEAD) == {"conferences": 1, "sent_back": 1}
    assert "見本 ひかりが差し戻した" in (await ward.people[LEAD].get("/today")).text
    assert await counts(ward, SECOND_LEAD) == {"conferences": 1}

    await ward.does(LEAD, "defer", resume_on="2026-05-01", why="様子を見る")

    assert await counts(ward, LEAD) == {}


async def test_what_is_due_today_is_overdue_tomorrow_and_what_others_did_is_new_on_the_next_day(ward: Ward) -> None:
    await ward.does(CLERK, "start_investigation", sections=SECTIONS)
    ward.office.clock.at += timedelta(hours=1)
    await ward.does(HEALTH, "answer_investigation", held="nothing")
    ward.office.clock.at += timedelta(days=6)

    assert await counts(ward, CLERK) == {"due_today": 1, "my_answers": 1, "changed": 1}
    assert await counts(ward, HEALTH) == {"due_today": 1}

    ward.office.clock.at += timedelta(days=1)

    assert await counts(ward, CLERK) == {"overdue": 1, "my_answers": 1}
    page = (await ward.people[CLERK].get("/today")).text
    assert "4月17日（1日超過）" in page
    assert "回答を待っています（子育て支援課、地域保健福祉課）" in page


async def test_what_a_colleague_did_last_is_said_also_where_the_register_has_changed_the_case_since(ward: Ward) -> None:
    await ward.does(CLERK, "start_investigation", sections=SECTIONS)
    ward.office.clock.at += timedelta(hours=1)
    await ward.does(HEALTH, "answer_investigation", held="nothing")
    ward.office.clock.at += timedelta(days=6)
    await ward.office.hear(b.lives("a", CityWard.NISHI, version=2))

    page = (await ward.people[CLERK].get("/today")).text
    assert "「調査に回答する」" in page
    assert "「」" not in page


async def test_the_first_page_is_where_one_comes_in_and_each_child_on_it_is_in_the_log(ward: Ward) -> None:
    await ward.office.hear(b.lives("b", CityWard.NISHI, household="H2"), b.needed("b"))
    await ward.does(CLERK, "start_investigation", sections=SECTIONS)
    first = await ward.people[CLERK].get("/")
    page = await ward.people[CLERK].get("/today")

    assert (first.status_code, first.headers["location"]) == (303, "/today")
    assert str(b.person("b")) not in page.text
    looks = [each for each in await ward.office.said() if isinstance(each, AccessRecorded) and "today" in each.action]
    assert [(look.action, look.thing.id) for look in looks] == [("casework.today_opened", None), ("casework.child_of_today", str(CHILD))]
    assert set(looks[1].fields) == {"age", "state", "due_on", "case"}


async def test_a_child_whose_opponent_lives_in_the_ward_is_on_no_first_page_of_it(ward: Ward, office: Office) -> None:
    """S07: neither a line nor a count."""
    await ward.does(CLERK, "start_investigation", sections=SECTIONS)
    await office.hear(b.lives("foe", household="F"), b.measure(("a",), ("foe",)))

    assert await counts(ward, CLERK) == {}
    async with office.as_("coordinator") as coordinator:
        assert str(CHILD) in (await coordinator.get("/today")).text
