"""Looking for one child: by name, birth date or household number, within the walls, and with nothing typed in any log."""

import asyncio
from collections import Counter
from datetime import date, timedelta

import httpx
import pytest

from contracts.values import Relationship, Ward
from services.casework.domain.searching import SEARCHES_MOST
from services.casework.screens.search import rows
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_accesses import entries
from tests.integration.casework.test_walls import acting

WHY = {"reason": "told_of"}


async def fill(office: Office) -> None:
    """Two siblings and a child of another house in 博多区, one in 西区, one who was never under review."""
    await office.hear(
        *(b.lives(who, ward) for who, ward in (("a", Ward.HAKATA), ("b", Ward.HAKATA), ("unasked", Ward.HAKATA))),
        b.lives("c", Ward.HAKATA, household="other", birth=date(2020, 5, 1)),
        b.lives("w", Ward.NISHI, household="west"),
        b.is_called("a", "斎藤　結衣", "サイトウ　ユイ"),
        b.is_called("b", "斎藤　湊", "サイトウ　ミナト"),
        b.is_called("c", "佐藤　結衣", "サトウ　ユイ"),
        b.is_called("w", "斎藤　結衣", "サイトウ　ユイ"),
        b.is_called("unasked", "斎藤　蓮", "サイトウ　レン"),
        b.household("0011873", ("a", Relationship.CHILD), ("b", Relationship.CHILD), ("unasked", Relationship.CHILD)),
        b.household("22", ("c", Relationship.CHILD), name="other"),
        *map(b.needed, "abcw"),
    )


async def asked(client: httpx.AsyncClient, **question: str) -> set[str]:
    """Whom a program is told of."""
    answer = await client.post("/v1/search/found", json=WHY | question)
    assert answer.status_code == 200, answer.text
    return {child["name"] for child in answer.json()["children"]}


async def typed(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    """What the page says."""
    token = (await client.get("/session")).json()["form_token"]
    return await client.post("/search/found", data={"form_token": token, **form})


async def test_a_child_under_review_is_found_by_name_reading_birth_date_or_household(office: Office) -> None:
    await fill(office)
    async with office.as_("hakata.clerk") as clerk:
        assert await asked(clerk, name="ゆい") == {"斎藤　結衣", "佐藤　結衣"}
        assert await asked(clerk, name="齋藤") == {"斎藤　結衣", "斎藤　湊"}
        assert await asked(clerk, birth_date="2020-05-01") == {"佐藤　結衣"}
        assert await asked(clerk, household_no="１１８７３") == {"斎藤　結衣", "斎藤　湊"}
        assert await asked(clerk, household_no="11873", name="みなと") == {"斎藤　湊"}
        assert await asked(clerk, name="れん") == set()
        assert await asked(clerk, household_no="0") == set()
    async with office.as_("nishi.clerk") as clerk:
        assert await asked(clerk, household_no="11873") == set()


async def test_who_was_found_and_why_is_in_the_log_and_nothing_that_was_typed(office: Office) -> None:
    await fill(office)
    async with office.as_("hakata.clerk") as clerk:
        page = await typed(clerk, name=" さいとう ", birth_date="2024-02-10", household_no="", reason="conference")
        own = (await clerk.get("/me/accesses")).text

    assert ("斎藤　結衣" in page.text, "斎藤　湊" in page.text, "佐藤" in page.text) == (True, True, False)
    assert f'href="/children/{b.person("a")}"' in page.text
    assert 'value="さいとう"' in page.text
    searched, *found = [entry for entry in await entries(office) if entry.action in {"casework.searched", "casework.child_found"}]
    assert (searched.reason_code, searched.count, searched.thing.id) == ("conference.by_name.by_birth_date", 2, None)
    assert {entry.thing.id for entry in found} == {str(b.person("a")), str(b.person("b"))}
    assert all(set(entry.fields) == {"name", "kana", "birth_date", "age", "state", "opened_on"} for entry in found)
    assert "こどもを検索した（ほかに2人を表示）" in own or "こどもを検索した（こども 2人を表示）" in own
    kept = await office.service.pool.fetchval("select string_agg(payload::text, ' ') from casework.outbox")
    assert all(text not in str(kept) for text in ("さいとう", "斎藤", "2024-02-10"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "さいとう"}, "さがす理由を選んでください。"),
        ({"reason": "told_of"}, "なまえ、生年月日、世帯番号のどれか一つは入れてください。"),
        ({"reason": "told_of", "birth_date": "令和6年", "name": "さいとう"}, "生年月日を読み取れませんでした。"),
        ({"reason": "told_of", "name": "さ" * 101}, "なまえは100文字までで入れてください。"),
        ({"reason": "because", "name": "さいとう"}, "さがす理由を選んでください。"),
    ],
)
async def test_a_search_that_says_too_little_names_the_field_and_keeps_what_was_typed(
    office: Office, form: dict[str, str], said: str
) -> None:
    await fill(office)
    async with office.as_("hakata.clerk") as clerk:
        page = await typed(clerk, **form)

    assert page.status_code == 422
    assert said in page.text
    assert f'value="{form["name"]}"' in page.text if "name" in form else 'id="name"' in page.text
    assert "斎藤" not in page.text


async def test_whoever_would_see_too_many_sees_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_FOUND", 2)
    await fill(office)
    async with office.as_("hakata.clerk") as clerk:
        answer = await clerk.post("/v1/search/found", json=WHY | {"name": "さ"})
        page = await typed(clerk, name="さ", reason="told_of")

    assert answer.json() == {"too_many": True, "children": []}
    assert "より多く見つかったため、表示しません。" in page.text
    assert {entry.action for entry in await entries(office)} == {"casework.searched"}


async def test_a_protected_child_is_found_by_its_own_ward_but_by_no_house_and_not_by_the_opponents_ward(office: Office) -> None:
    """S07: search hints and counts included."""
    await fill(office)
    await office.hear(b.lives("f", Ward.MINAMI, household="father", birth=date(1990, 1, 1)), b.measure(("a",), ("f",)))
    async with office.as_("hakata.clerk") as clerk, office.as_("coordinator") as coordinator:
        assert await asked(clerk, name="さいとう") == {"斎藤　結衣", "斎藤　湊"}
        # That a sibling is found by the number would tell that the protected child lives there.
        assert await asked(clerk, household_no="11873") == set()
        assert await asked(coordinator, name="さいとう") == {"斎藤　結衣"}

        await office.hear(b.lives("f", Ward.HAKATA, household="father", birth=date(1990, 1, 1), version=2))
        assert await asked(clerk, name="さいとう") == {"斎藤　湊"}


async def test_so_often_in_an_hour_somebody_may_search_and_nothing_that_was_typed_is_kept(office: Office) -> None:
    """Over all ways in and all processes: the count is a row."""
    await office.hear(b.lives("a"), b.is_called("a", "見本 あお"), b.needed("a"))
    asked = {"name": "みほん", "reason": "own_case"}
    async with office.as_("hakata.clerk") as clerk, office.as_("hakata.lead") as other:
        at_once = await asyncio.gather(*(clerk.post("/v1/search/found", json=asked) for _ in range(SEARCHES_MOST + 5)))
        token = (await clerk.get("/session")).json()["form_token"]
        page = await clerk.post("/search/found", data={**asked, "form_token": token})
        emergency = {"name": "x", "birth_date": "2024-02-10", "reason": "here_now", "words": "緊急", "form_token": token}
        by_emergency = await clerk.post("/emergency/start", data=emergency)
        others = await other.post("/v1/search/found", json=asked)
        refused = [each.reason_code for each in await entries(office) if each.action == "casework.searched" and each.decision == "deny"]
        office.clock.at += timedelta(hours=1)
        later = await clerk.post("/v1/search/found", json=asked)
        async with acting(office, "system") as db:
            kept = str(await db.fetch("select * from searched"))

    assert Counter(each.status_code for each in at_once) == {200: SEARCHES_MOST, 429: 5}
    assert (page.status_code, "1時間に60回まで" in page.text, "見本 あお" in page.text) == (429, True, False)
    assert (by_emergency.status_code, others.status_code, later.status_code) == (429, 200, 200)
    assert refused == ["too_often"] * 6
    assert "みほん" not in kept
