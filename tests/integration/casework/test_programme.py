"""The programme's own work: cycle, meetings, issues, as the coordinator runs them and the wards see them (PUSH-09, ROLE-08, ROLE-09)."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from contracts.messages import DecisionRecorded
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_walls import acting


async def sends(client: httpx.AsyncClient, address: str, **form: Any) -> httpx.Response:
    token = (await client.get("/session")).json()["form_token"]
    return await client.post(address, data={**form, "form_token": token})


async def decided(office: Office) -> list[str | None]:
    """Why the log was told of decisions, in their order; logins apart."""
    ours = ("casework.", "programme.")
    kept = [each for each in await office.said() if isinstance(each, DecisionRecorded) and each.action.startswith(ours)]
    return [each.reason_code for each in kept]


def step_called(page: str, title: str) -> dict[str, str]:
    """The hidden fields of a step's forms."""
    [card] = [each for each in page.split("<section") if f">{title}</h2>" in each]
    return dict(re.findall(r'name="(year|step|version)" value="([^"]+)"', card))


async def test_a_years_cycle_is_begun_once_moved_with_a_reason_and_done_with_all_that_was_said_of_it(office: Office) -> None:
    async with office.as_("coordinator") as coordinator, office.as_("hakata.clerk") as clerk:
        empty = (await clerk.get("/programme")).text
        first, second = [await sends(coordinator, "/programme/begin", year=2026) for _ in range(2)]
        page = (await coordinator.get("/programme")).text
        step = step_called(page, "個別アプローチを始める")
        late = await sends(coordinator, "/programme/change", **step, due_on="2028-01-01", owner="各区", words="理由")
        moved = await sends(coordinator, "/programme/change", **step, due_on="2026-09-14", owner="各区", words="研修を先にする")
        stale = await sends(coordinator, "/programme/change", **step, due_on="2026-10-01", owner="各区", words="おそい")
        again = step_called((await coordinator.get("/programme")).text, "個別アプローチを始める")
        ahead = await sends(coordinator, "/programme/finish", **again, done_on="2026-04-12")
        done = await sends(coordinator, "/programme/finish", **again, done_on="2026-04-11", words="7区で始めた")
        read = (await clerk.get("/programme?year=2026")).text
        tried = await sends(clerk, "/programme/finish", **again, done_on="2026-04-11")

    assert "まだ作られていません" in empty
    assert [each.status_code for each in (first, second, late, moved, stale, ahead, done, tried)] == [
        303,
        409,
        422,
        303,
        409,
        422,
        303,
        403,
    ]
    assert "2028-01-01" in late.text, "nothing of a form is lost"
    assert "おそい</textarea>" in stale.text
    assert "✓ 終わった" in read
    assert ["研修を先にする" in read, "7区で始めた" in read] == [True, True]
    assert 'action="/programme/finish"' not in read, "a ward reads"
    assert await decided(office) == ["cycle_begun", "step_changed", "step_done"]


async def test_what_is_late_is_told_to_the_coordinator_and_what_is_near_to_the_wards_too(office: Office) -> None:
    async with office.as_("coordinator") as coordinator, office.as_("hakata.clerk") as clerk:
        await sends(coordinator, "/programme/begin", year=2026)
        added = {"year": 2026, "key": uuid4(), "owner": "各区"}
        for _ in range(2):
            await sends(coordinator, "/programme/add", **added, title="説明会をする", due_on="2026-04-20")
        before = [(await somebody.get("/today")).text for somebody in (coordinator, clerk)]
        office.clock.at += timedelta(days=10)
        after = [(await somebody.get("/today")).text for somebody in (coordinator, clerk)]
        page = (await clerk.get("/programme")).text

    assert [text.count("近い事業の予定：説明会をする（4月20日）") for text in before] == [1, 1]
    assert ["期限を過ぎています：説明会をする（4月20日）" in text for text in after] == [True, False]
    assert page.count("説明会をする</h2>") == 1
    assert "期限を過ぎた予定が1件" in page


async def test_nothing_of_a_child_stands_in_the_programme_and_unreadable_forms_say_which_field(office: Office) -> None:
    async with office.as_("coordinator") as coordinator:
        await sends(coordinator, "/programme/begin", year=2026)
        step = step_called((await coordinator.get("/programme")).text, "結果をまとめて報告する")
        telling = await sends(coordinator, "/programme/finish", **step, done_on="2026-04-11", words="世帯 1234567 を訪問")
        other_page = await sends(coordinator, "/programme/finish", **{**step, "year": "2025"}, done_on="2026-04-11")
        place = await sends(coordinator, "/meetings/add", meeting=uuid4(), **MEETING, place="世帯 1234567 の家")
        nothing = await sends(coordinator, "/programme/finish", **{**step, "step": "x", "version": "0"})
        other_year = await sends(coordinator, "/programme/begin", year=99999)
        zero = await sends(coordinator, "/programme/add", year=2026, key=uuid4(), title="a\x00b", owner="各区", due_on="2026-05-01")

    assert [each.status_code for each in (telling, nothing, other_year, zero)] == [422, 422, 422, 422]
    assert (other_page.status_code, place.status_code) == (409, 422), "the log names the year of the step"
    assert "終わった日を入れてください" in nothing.text
    assert "どの予定かを読み取れませんでした" in nothing.text
    assert "入っているようです" in telling.text


MEETING = {"version": 0, "held_on": "2026-04-10", "title": "第1回 検討会", "agenda": "手順の見直し"}


async def test_a_meeting_is_planned_held_and_written_and_every_version_stays(office: Office) -> None:
    """ROLE-09, EVAL-05: members, agenda, decisions."""
    key = uuid4()
    async with office.as_("coordinator") as coordinator, office.as_("nishi.clerk") as clerk:
        first, twice = [await sends(coordinator, "/meetings/add", meeting=key, **MEETING) for _ in range(2)]
        before = (await clerk.get("/meetings")).text
        written = {**MEETING, "meeting": key, "version": 1, "minutes": "期限を1日延ばす"}
        nobody = await sends(coordinator, "/meetings/change", **written)
        ahead = await sends(coordinator, "/meetings/change", **{**written, "held_on": "2026-04-12"}, health="見本 はじめ")
        done = await sends(coordinator, "/meetings/change", **written, health="見本 はじめ")
        stale = await sends(coordinator, "/meetings/change", **written, health="見本 つぎ")
        after = (await clerk.get("/meetings")).text
        tried = await sends(clerk, "/meetings/add", meeting=uuid4(), **MEETING)

    assert [each.status_code for each in (first, twice, nobody, ahead, done, stale, tried)] == [303, 303, 422, 422, 303, 409, 403]
    assert before.count("第1回 検討会</h2>") == after.count("第1回 検討会</h2>") == 1
    assert ("議事録がまだです" in before, "議事録がまだです" in after) == (True, False)
    assert "期限を1日延ばす</textarea>" in nobody.text
    assert "<dd>見本 はじめ</dd>" in after
    async with acting(office, "system") as db:
        assert await db.fetchval("select array_agg(minutes order by version) from review_meeting") == ["", "期限を1日延ばす"]
        assert await db.execute("delete from review_meeting") == "DELETE 0"
    assert await decided(office) == ["meeting_added", "meeting_written"]


async def test_an_issue_that_a_clerk_raised_gets_an_owner_and_a_day_is_late_and_ends_with_its_history(office: Office) -> None:
    """EVAL-01: issues are extracted from opinions, and improved."""
    raised = {"key": uuid4(), "title": "調査票の欄が足りない", "text": "学校の欄がほしい"}
    async with office.as_("coordinator") as coordinator, office.as_("hakata.clerk") as clerk:
        first, twice = [await sends(clerk, "/issues/raise", **raised) for _ in range(2)]
        waits = (await coordinator.get("/today")).text
        page = (await coordinator.get("/issues")).text
        [issue] = re.findall(r'name="issue" value="([^"]+)"', page)
        change = {"issue": issue, "version": 1, "state": "doing"}
        without = await sends(coordinator, "/issues/change", **change)
        never = await sends(coordinator, "/issues/change", **change, owner="健康課", due_on="9999-12-31")
        taken = await sends(coordinator, "/issues/change", **change, owner="健康課", due_on="2026-04-14")
        second = await sends(coordinator, "/issues/change", **change, owner="だれか", due_on="2026-04-15")
        office.clock.at += timedelta(days=4)
        late = [(await coordinator.get(address)).text for address in ("/today", "/issues")]
        ended = await sends(coordinator, "/issues/change", issue=issue, version=2, state="settled", words="欄を加えた")
        backwards = await sends(coordinator, "/issues/change", issue=issue, version=3, state="raised")
        history = (await clerk.get("/issues?show=ended")).text
        tried = await sends(clerk, "/issues/change", **change)

    assert [each.status_code for each in (first, twice, without, never, taken, second, ended, backwards, tried)] == [
        *(303, 303, 422, 422, 303, 409, 303, 422, 403)
    ]
    assert "12か月以内" in never.text, "every page counts the opening days until then, one by one"
    assert "事業の課題1件の担当が、まだ決まっていません" in waits
    assert ["担当を書いてください" in without.text, "期限の日を入れてください" in without.text] == [True, True]
    assert "期限を過ぎています" in late[0]
    assert "期限超過" in late[1]
    assert all(text in history for text in ("対応中（健康課、4月14日まで）", "解決した：欄を加えた", "見本 ひかり"))
    assert await decided(office) == ["issue_raised", "issue_doing", "issue_settled"]


async def test_an_issue_names_nobody_and_belongs_to_a_meeting_that_there_is(office: Office) -> None:
    await office.hear(b.lives("a"), b.is_called("a", "見本 あおい", "みほん あおい"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get(f"/children/{b.person('a')}")
        named = await sends(clerk, "/issues/raise", key=uuid4(), title="見本あおいさんの件")
        nowhere = await sends(clerk, "/issues/raise", key=uuid4(), title="手順の件", meeting=uuid4())
        empty = await sends(clerk, "/issues/raise", key=uuid4(), title=" ")
        unknown = await sends(clerk, "/issues/raise", key="x", title="手順の件")

    assert [each.status_code for each in (named, nowhere, empty, unknown)] == [422] * 4
    assert 'value="見本あおいさんの件"' in named.text
    assert "会議を選び直してください" in nowhere.text


async def test_the_database_lets_a_ward_raise_an_issue_and_nothing_else(office: Office) -> None:
    """The second wall: what the first forgot, this one refuses."""
    values = "gen_random_uuid(), 1, 'x', 'x', '', null, $1, 'x', '2026-04-11', 'x', now(), gen_random_uuid(), 'x', 'x'"
    row = f"insert into programme_issue values ({values})"
    for actor, ward, state in (("staff", "hakata", "doing"), ("staff", "", "raised"), ("privacy_officer", "", "raised")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with acting(office, actor, ward) as db:
                await db.execute(row, state)
    async with acting(office, "staff", "hakata") as db:
        assert await db.execute(row, "raised") == "INSERT 0 1"


async def test_a_form_sent_again_with_other_words_is_not_called_kept_and_goes_with_a_key_of_its_own(office: Office) -> None:
    """Back to the page, another text, sent: the first stays, and what was typed is there to be sent once more."""
    step = {"year": 2026, "owner": "各区", "due_on": "2026-04-20"}
    forms: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("/programme/add", "key", step),
        ("/issues/raise", "key", {"text": "くわしく"}),
        ("/meetings/add", "meeting", MEETING),
    )
    async with office.as_("coordinator") as coordinator:
        await sends(coordinator, "/programme/begin", year=2026)
        for address, key, form in forms:
            used = uuid4()
            first = await sends(coordinator, address, **{**form, key: used, "title": "説明会の準備"})
            other = await sends(coordinator, address, **{**form, key: used, "title": "研修の準備"})
            keys = re.findall(rf'name="{key}" value="([^"]+)"', other.text.split(f'action="{address}"')[1])
            once_more = await sends(coordinator, address, **{**form, key: keys[0], "title": "研修の準備"})
            page = (await coordinator.get(address.rsplit("/", 1)[0])).text

            assert [each.status_code for each in (first, other, once_more)] == [303, 409, 303], address
            assert "別の内容をもう記録しています" in other.text
            assert 'value="研修の準備"' in other.text
            assert keys[0] != str(used)
            assert ["説明会の準備" in page, "研修の準備" in page] == [True, True]


async def test_a_questionnaire_is_answered_once_by_each_and_nobodys_name_stands_beside_an_answer(office: Office) -> None:
    """EVAL-04: create, answer (one per user per round, anonymised in results), tabulate."""
    key = uuid4()
    asked = {"key": key, "title": "使いごこち", "questions": "探す時間が減った\n判断の助けになった", "closes_on": "2026-04-20"}
    async with office.as_("coordinator") as coordinator, office.as_("hakata.clerk") as clerk, office.as_("center.worker") as worker:
        nothing = await sends(coordinator, "/surveys/ask", **{**asked, "questions": " ", "closes_on": "2026-04-11"})
        many = await sends(coordinator, "/surveys/ask", **{**asked, "questions": "問い\n" * 11})
        made, twice = [await sends(coordinator, "/surveys/ask", **asked) for _ in range(2)]
        answer = {"survey": key, "choice.1": "yes", "choice.2": "rather", "words": "地図がほしい"}
        half = await sends(clerk, "/surveys/answer", **{**answer, "choice.2": ""})
        odd = await sends(clerk, "/surveys/answer", **{**answer, "choice.3": "yes"})
        telling = await sends(clerk, "/surveys/answer", **{**answer, "words": "世帯 1234567 のこと"})
        both = await asyncio.gather(*(sends(clerk, "/surveys/answer", **answer) for _ in range(2)))
        other = await sends(worker, "/surveys/answer", **answer)
        tried = [await sends(coordinator, "/surveys/answer", **answer), await sends(clerk, "/surveys/ask", **{**asked, "key": uuid4()})]
        pages = [(await somebody.get("/surveys")).text for somebody in (coordinator, clerk)]
        office.clock.at += timedelta(days=10)
        closed = await sends(worker, "/surveys/answer", **answer)
        few = (await coordinator.get("/surveys")).text
        await say(office, key, 12)
        result, theirs = [(await somebody.get("/surveys")).text for somebody in (coordinator, clerk)]
        kept = await decided(office)

    assert [each.status_code for each in (nothing, many, made, twice, half, odd, telling, other, closed)] == [
        422, 422, 303, 303, 422, 422, 422, 303, 409,
    ]  # fmt: skip
    assert (sorted(each.status_code for each in both), [each.status_code for each in tried]) == ([303, 409], [403, 403])
    assert "地図がほしい</textarea>" in half.text, "nothing of a form is lost"
    assert ["集計は、締切のあとに出ます" in pages[0], "回答済み" in pages[1], "地図" in "".join(pages)] == [True, True, False]
    assert ("10件に満たない" in few, "地図" in few, "地図" in theirs) == (True, False, False)
    assert ("14件" in result, "地図がほしい" in result, "＊" in result) == (True, True, True)
    assert kept == ["survey_made", "survey_answered", "survey_answered"]
    async with acting(office, "staff", "hakata") as db:
        assert await db.fetchval("select count(*) from survey_answer") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("insert into survey_answer values ($1, $2, '{yes,yes}', '')", uuid4(), key)


async def say(office: Office, survey: Any, many: int) -> None:
    """Let so many others answer."""
    admin = await asyncpg.connect(office.database.admin_url)
    await admin.execute(
        "insert into casework.survey_answer select gen_random_uuid(), $1, '{no,yes}', '' from generate_series(1, $2)", survey, many
    )
    await admin.close()
