"""What people see, what they do not, and what is kept of it (S07, S12, S24)."""

import re
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi.routing import iter_route_contexts

from contracts.messages import AccessRecorded
from contracts.values import Group, IndicatorValue, Item, Relationship, Ward
from services.casework import inspection
from services.casework.domain.policy import WARD_SECTIONS
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

CHILD = b.person("a")


async def accesses(office: Office) -> list[tuple[str, str, str | None]]:
    return [(each.action, each.decision, each.reason_code) for each in await office.said() if isinstance(each, AccessRecorded)]


def hidden_fields(page: str, form: str = "start_investigation") -> dict[str, str]:
    return dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)">',
            page.rsplit(f'id="{form}"', maxsplit=1)[-1].split("</form>", maxsplit=1)[0],
        )
    )


async def test_the_list_tells_why_in_words(office: Office) -> None:
    await office.hear(
        b.lives("a"), b.is_called("a", "見本 あお", "みほん あお"), b.household("100", ("a", Relationship.CHILD)), b.needed("a")
    )
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get("/reviews")).text

    assert "要確認　博多区" in page
    assert "見本 あお" in page
    assert "1歳6か月児健診を受けた記録がない" in page
    assert "職員が確かめるための手がかりです。支援の要否は判定しません。" in page
    assert await accesses(office) == [("casework.list_opened", "permit", None), ("casework.child_listed", "permit", None)]


async def test_the_list_holds_no_sensitive_item(office: Office) -> None:
    """casework.md §6.3: absent from HTML and JSON, not only out of sight."""
    await office.hear(b.lives("a"), b.needed("a", indicators=(b.NO_18M, b.EPDS, b.WELFARE), groups=(Group.PERI, Group.CHK, Group.ECON)))
    async with office.as_("hakata.clerk") as clerk:
        pages = [(await clerk.get(path)).text for path in ("/reviews", "/v1/reviews", f"/children/{CHILD}", f"/v1/children/{CHILD}")]

    assert "ほかに福祉の項目 1件" in pages[0]
    assert "ほかに保護者の健康の項目 1件" in pages[0]
    for page in pages:
        assert not re.search("生活保護|EPDS|質問票|11点|public_assistance|epds", page)


async def test_sensitive_items_open_for_a_reason_that_is_kept(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a", indicators=(b.NO_18M, b.EPDS, b.WELFARE)))
    async with office.as_("hakata.clerk") as clerk:
        token = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)["form_token"]
        opened = await clerk.post(f"/children/{CHILD}/sensitive", data={"form_token": token, "reason": "investigation"})
        without = await clerk.post(f"/children/{CHILD}/sensitive", data={"form_token": token, "reason": ""})

    assert "世帯が生活保護を受けている" in opened.text
    assert "最も高い合計点 11点" in opened.text
    assert (without.status_code, "生活保護" in without.text) == (422, False)
    assert ("casework.sensitive_opened", "permit", "investigation") in await accesses(office)


async def test_a_childs_page_explains_and_admits_what_it_does_not_know(office: Office) -> None:
    await office.hear(b.lives("a"), b.is_called("a", "見本 あお", "みほん あお"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get(f"/children/{CHILD}")).text

    assert "<rt>みほん あお</rt>" in page
    assert "2歳2か月（令和6年2月10日生）" in page
    assert "交付は妊娠21週（令和5年10月2日）" in page
    assert "4か月児健診を受けている：令和6年6月20日に受診" in page
    assert "妊婦健診を受けたかどうか：妊娠20週から出産まで、母がずっと市内に住んでいたか確かめられない" in page
    assert "区 健康課（母子保健）" in page
    assert "この画面を開いたのは、あなたが初めてです。" in page


async def test_a_changed_basis_stands_in_a_banner(office: Office) -> None:
    """S08."""
    await office.hear(b.lives("a"), b.needed("a"), b.basis_changed("a"))
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get(f"/children/{CHILD}")).text
        listed = (await clerk.get("/reviews")).text

    assert "要確認になったあとで、もとになった記録が変わりました" in page
    assert "自動では閉じません" in page
    assert "「1歳6か月児健診を受けた記録がない」ではなくなった：令和8年5月8日に受診（対象の時期を過ぎてからの受診）" in page
    assert "きっかけが変わった" in listed


async def test_a_review_whose_reasons_are_gone_says_so_and_stands_and_counts_apart(office: Office) -> None:
    await office.hear(
        b.lives("a"), b.is_called("a", "見本 あお"), b.needed("a"), b.basis_changed("a"),
        b.lives("b", household="G"), b.is_called("b", "例題 べに"), b.needed("b"),
    )  # fmt: skip
    async with office.as_("hakata.clerk") as clerk:
        waiting = (await clerk.get("/reviews")).text
        gone = (await clerk.get("/reviews?tab=reasons_gone")).text
        everything = (await clerk.get("/reviews?tab=all")).text
        page = (await clerk.get(f"/children/{CHILD}")).text
        form = {"form_token": hidden_fields(page)["form_token"], "move": "start_investigation", "version": "2.0", "key": str(uuid4())}
        refused = await clerk.post(f"/children/{CHILD}/moves", data={**form, "sections": "health_section"})

    assert ("例題 べに" in waiting, "見本 あお" in waiting) == (True, False)
    assert "きっかけが変わったため要確認に当たらなくなったものが 1件" in waiting
    assert '未着手 <span class="num">1</span>' in waiting
    assert '要確認 <span class="num">1</span>' in page
    assert ("例題 べに" in gone, "見本 あお" in gone) == (False, True)
    assert "いまの記録では、要確認のきっかけに当たりません。" in gone
    assert everything.index("例題 べに") < everything.index("見本 あお")
    assert "調査は始めません" in page
    assert "この内容で調査を始める" not in page
    assert refused.status_code == 409
    assert "いまの記録では、要確認のきっかけに当たらなくなったため、調査を始められません。" in refused.text


async def test_answers_of_an_older_day_say_since_when_on_the_page_and_in_the_list(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"), b.overdue("a", date(2026, 4, 9)))
    async with office.as_("hakata.clerk") as clerk:
        late = [(await clerk.get(path)).text for path in ("/reviews", f"/children/{CHILD}", "/v1/reviews", f"/v1/children/{CHILD}")]
        await office.hear(b.overdue("a", None, version=2))
        await office.hear(b.overdue("a", date(2026, 4, 9)))
        done = [(await clerk.get(path)).text for path in ("/reviews", f"/children/{CHILD}", "/v1/reviews", f"/v1/children/{CHILD}")]

    assert "4月9日からの見直しがまだ" in late[0]
    assert "令和8年4月9日に行うはずだった見直しが、まだできていません。" in late[1]
    assert all('"overdue_since":"2026-04-09"' in answer for answer in late[2:])
    assert not any("見直し" in page for page in done[:2])
    assert all('"overdue_since":null' in answer for answer in done[2:])


async def test_a_value_that_rests_on_a_silent_feed_says_so_wherever_it_is_shown(office: Office) -> None:
    """domain.md §2.8-1."""
    stale = b.WELFARE.model_copy(update={"stale_since": date(2026, 4, 1)})
    await office.hear(b.lives("a"), b.needed("a", indicators=(b.NO_18M, stale)))
    async with office.as_("hakata.clerk") as clerk:
        listed, page = (await clerk.get("/reviews")).text, (await clerk.get(f"/children/{CHILD}")).text
        form = {"form_token": hidden_fields(page)["form_token"], "reason": "investigation"}
        opened = (await clerk.post(f"/children/{CHILD}/sensitive", data=form)).text

    assert "ほかに福祉の項目 1件（4月1日からデータが届いていないため、いまも同じかは確かめられない）" in listed
    assert "福祉の項目 1件（令和8年4月1日からデータが届いていないため" in page
    assert "令和8年2月1日から受給（令和8年4月1日からデータが届いていないため、いまも同じかは確かめられない）" in opened


async def test_a_record_set_aside_because_of_an_opponent_is_unknown_without_a_hint(office: Office) -> None:
    """domain.md §2.8-8: neither on a page nor in the API nor for whoever asks the database."""
    welfare = Item.HOUSEHOLD_PUBLIC_ASSISTANCE
    separated = b.indicator(welfare, IndicatorValue.UNKNOWN, "protected_separation", detail={"case_of": "opponent"})
    await office.hear(b.measure(("a",), ("f",)), b.lives("a"), b.needed("a", indicators=(b.NO_18M, b.LATE_NOTIFICATION, separated)))
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get(f"/children/{CHILD}")).text
        form = {"form_token": hidden_fields(page)["form_token"], "reason": "investigation"}
        opened = (await clerk.post(f"/children/{CHILD}/sensitive", data=form)).text
        told = (await clerk.get(f"/v1/children/{CHILD}")).text
    async with office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'system', true)")
        kept = str(await db.fetch("select * from review_word"))

    assert "世帯が生活保護を受けているかどうか：届いた記録の中に、まだ確認の済んでいないものがあるため、いまは判断しない" in opened
    assert not re.search("separation|相手方|opponent", page + opened + told + kept)


async def test_who_looked_is_shown_to_the_next(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.lead") as lead, office.as_("hakata.clerk") as clerk:
        await lead.get(f"/children/{CHILD}")
        page = (await clerk.get(f"/children/{CHILD}")).text

    assert "博多区 健康課　見本 ひかり" in page


async def test_siblings_stand_under_one_household_and_one_without_review_shows_no_indicator(office: Office) -> None:
    """S12."""
    await office.hear(
        *(b.lives(who) for who in "abc"),
        b.is_called("a", "見本 あお"),
        b.is_called("b", "見本 べに"),
        b.is_called("c", "見本 くろ"),
        b.household("100", *((who, Relationship.CHILD) for who in "abc")),
        b.needed("a"),
        b.needed("c", groups=(Group.CHK,), indicators=(b.NO_18M,)),
    )
    async with office.as_("hakata.clerk") as clerk:
        listed = (await clerk.get("/reviews")).text
        page = (await clerk.get(f"/children/{CHILD}")).text
        sibling = await clerk.get(f"/children/{b.person('b')}")

    assert "きょうだい 2人を一緒に表示" in listed
    assert "見本 べに" not in listed
    assert f'<a href="/children/{b.person("c")}">見本 くろ</a>' in page
    assert "要確認なし" in page
    assert f"/children/{b.person('b')}" not in page
    assert sibling.status_code == 404


@pytest.mark.parametrize("path", ["/children/{}", "/v1/children/{}"])
async def test_another_wards_child_and_no_child_get_the_same_answer(office: Office, path: str) -> None:
    """S24: denied and recorded, and the answer does not tell that the child exists."""
    await office.hear(b.lives("a", Ward.HIGASHI), b.is_called("a", "見本 あお"), b.needed("a"))
    async with office.as_("nishi.clerk") as clerk:
        theirs = await clerk.get(path.format(CHILD))
        nobodys = await clerk.get(path.format(uuid4()))

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    # But for the form's own words, and the minute, which may have passed between the two.
    own = 'value="[^"]*"|[0-9]+時[0-9]+分に開いた画面'
    assert re.sub(own, "", theirs.text) == re.sub(own, "", nobodys.text)
    assert await accesses(office) == [("casework.child_opened", "deny", "other_ward"), ("casework.child_opened", "deny", "no_review")]


async def test_a_protected_child_shows_no_whereabouts_and_every_look_is_marked(office: Office) -> None:
    """S07."""
    await office.hear(
        b.measure(("a",), ("f",)),
        b.lives("f", Ward.MINAMI, household="F"),
        b.lives("a", Ward.NISHI),
        b.is_called("a", "見本 あお"),
        b.household("M-777", ("a", Relationship.CHILD)),
        b.needed("a"),
    )
    async with office.as_("nishi.clerk") as clerk, office.as_("minami.clerk") as opponents, office.as_("coordinator") as coordinator:
        page = (await clerk.get(f"/children/{CHILD}")).text
        listed = (await clerk.get("/reviews")).text
        api = (await clerk.get(f"/v1/children/{CHILD}")).json()
        theirs = [await opponents.get(f"/children/{CHILD}"), await opponents.get("/reviews?tab=all")]
        city = (await coordinator.get(f"/children/{CHILD}")).text

    assert "保護措置のため表示しません" in page
    assert not re.search("40132001|M-777|住所　西区", page + listed)
    assert "支援措置" in listed
    assert api["ward"] == api["address_code"] == "保護措置のため表示しません"
    assert theirs[0].status_code == 404
    assert "見本 あお" not in theirs[1].text
    assert 'すべて <span class="num">0</span>' in theirs[1].text
    assert "住所　西区" in city
    entries = [
        each
        for each in await office.said()
        if isinstance(each, AccessRecorded) and each.thing.kind == "child" and each.decision == "permit"
    ]
    assert {(each.action, each.reason_code) for each in entries} == {
        ("casework.child_listed", "protected_person"),
        ("casework.child_opened", "protected_person.same_surname"),
    }
    assert {(each.thing.ward, each.actor.ward) for each in entries} == {(None, None)}


async def test_a_refused_look_at_a_protected_child_tells_the_log_no_ward(office: Office) -> None:
    """S07: that somebody of 南区 is kept out as the opponent's ward would tell where the opponent lives."""
    await office.hear(b.measure(("a",), ("f",)), b.lives("f", Ward.MINAMI), b.lives("a", Ward.NISHI), b.needed("a"))
    async with office.as_("minami.clerk") as opponents:
        await opponents.get(f"/children/{CHILD}")

    [entry] = [each for each in await office.said() if isinstance(each, AccessRecorded)]
    assert (entry.reason_code, entry.actor.ward, entry.thing.ward) == ("opponents_ward", None, None)


async def test_a_protected_child_without_a_ward_can_be_opened(office: Office) -> None:
    await office.hear(b.measure(("a",), ("f",)), b.lives("a", None), b.needed("a"))
    async with office.as_("coordinator") as coordinator:
        page = await coordinator.get(f"/children/{CHILD}")
        api = await coordinator.get(f"/v1/children/{CHILD}")
        listed = await coordinator.get("/reviews?tab=all")

    assert (page.status_code, api.status_code, listed.status_code) == (200, 200, 200)
    assert "住所　不明" in page.text
    assert api.json()["ward"] is None


async def test_a_child_past_the_scope_is_in_no_list_and_its_page_stays(office: Office) -> None:
    """REF-06, S16: born on 1 April 2011 is out on 1 April 2026, born a day later stays another year."""
    await office.hear(
        b.lives("a", birth=date(2011, 4, 1)),
        b.is_called("a", "見本 あお"),
        b.needed("a"),
        b.lives("b", birth=date(2011, 4, 2)),
        b.needed("b"),
    )
    async with office.as_("hakata.clerk") as clerk:
        lists = [(await clerk.get(f"/v1/reviews?tab={tab}")).json() for tab in ("not_started", "all")]
        page = await clerk.get(f"/children/{CHILD}")

    for listed in lists:
        assert [row["person_id"] for household in listed["households"] for row in household] == [str(b.person("b"))]
        assert {tab: n for tab, n in listed["counts"].items() if n} == {"not_started": 1, "all": 1}
    assert (page.status_code, "見本 あお" in page.text) == (200, True)


async def test_the_coordinator_sees_protected_children_only(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"), b.is_called("a", "見本 あお"))
    async with office.as_("coordinator") as coordinator:
        listed = await coordinator.get("/reviews?tab=all")
        page = await coordinator.get(f"/children/{CHILD}")

    assert (listed.status_code, page.status_code) == (200, 404)
    assert "見本 あお" not in listed.text


@pytest.mark.parametrize("path", ["/reviews", f"/children/{CHILD}"])
async def test_those_who_watch_have_no_pages_here(office: Office, path: str) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("security.officer") as officer:
        answer = await officer.get(path)

    assert answer.status_code == 403


async def test_the_form_opens_the_case_and_leads_back(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        fields = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)
        form = {**fields, "sections": ["health_section", "childcare_support_section"], "due_on": "2026-04-20"}
        first = await clerk.post(f"/children/{CHILD}/moves", data=form)
        second = await clerk.post(f"/children/{CHILD}/moves", data=form)
        elsewhere = (await clerk.get("/reviews")).text
        page = (await clerk.get(first.headers["location"])).text
        reloaded = (await clerk.get(first.headers["location"])).text
        listed = (await clerk.get("/reviews?tab=investigation")).text

    assert (first.status_code, second.status_code) == (303, 303)
    assert ["調査を始めました。" in each for each in (elsewhere, page, reloaded)] == [False, True, False]
    assert "子育て支援課、健康課" in page
    assert "4月20日（あと6開庁日）" in listed


async def test_a_form_from_an_old_page_shows_what_is_new(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        fields = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)
        await office.hear(b.basis_changed("a"))
        answer = await clerk.post(f"/children/{CHILD}/moves", data={**fields, "sections": "health_section", "due_on": "2026-04-20"})

    assert answer.status_code == 412
    assert "新しい情報が届きました" in answer.text
    assert "もとになった記録が変わりました" in answer.text


@pytest.mark.parametrize(
    ("first", "said"), [("hakata.clerk", "あなたがすでに操作しています"), ("hakata.lead", "ほかの職員が先に操作しました")]
)
async def test_a_form_from_a_page_before_a_move_says_whose_move_it_was(office: Office, first: str, said: str) -> None:
    """One's own earlier act is not blamed on a colleague."""
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk, office.as_("hakata.lead") as lead:
        forms = {name: hidden_fields((await who.get(f"/children/{CHILD}")).text) for name, who in (("clerk", clerk), ("lead", lead))}
        old = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)
        sender, fields = (clerk, forms["clerk"]) if first == "hakata.clerk" else (lead, forms["lead"])
        await sender.post(f"/children/{CHILD}/moves", data={**fields, "sections": "health_section", "due_on": "2026-04-20"})
        answer = await clerk.post(f"/children/{CHILD}/moves", data={**old, "sections": "health_section", "due_on": "2026-04-20"})

    assert answer.status_code == 412
    assert f"画面を開いたあとに、{said}。" in answer.text


async def test_a_form_that_cannot_be_read_or_is_of_an_old_session_keeps_what_was_filled_in(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        fields = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)
        unread = await clerk.post(f"/children/{CHILD}/moves", data={**fields, "due_on": "soon", "sections": "health_section"})
        filled = {**fields, "form_token": "old", "due_on": "2026-04-20", "sections": "health_section"}
        old = await clerk.post(f"/children/{CHILD}/moves", data=filled)
        listed = (await clerk.get("/v1/reviews")).json()

    for answer in (unread, old):
        assert re.findall(r'value="(\w+_section)"[^>]* checked', answer.text) == ["health_section"]
    assert (unread.status_code, old.status_code) == (422, 403)
    assert (
        '<p class="wrong" id="start_investigation-due_on-error">入力された内容を読み取れませんでした。入れ直してください。</p>'
        in unread.text
    )
    assert 'value="2026-04-20" aria-describedby="start_investigation-due_on-hint">' in old.text
    assert "まだ送られていません" in old.text
    assert f'name="form_token" value="{fields["form_token"]}"' in old.text
    assert listed["counts"]["investigation"] == 0


async def test_a_form_without_its_token_does_nothing(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        fields = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)
        answers = [
            await clerk.post(f"/children/{CHILD}/moves", data={**fields, "form_token": "guess", "sections": "health_section"}),
            await clerk.post(f"/children/{CHILD}/moves", data={**fields, "key": "x"}),
            await clerk.post(f"/children/{CHILD}/moves", data={**fields, "due_on": "soon", "sections": "health_section"}),
            await clerk.post(f"/children/{CHILD}/moves", data={**fields, "due_on": "2026-04-20"}),
        ]

    assert [answer.status_code for answer in answers] == [403, 422, 422, 422]


async def test_a_refused_form_keeps_what_was_filled_in_and_says_what_is_wrong_beside_it(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        fields = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)
        early = await clerk.post(f"/children/{CHILD}/moves", data={**fields, "sections": "health_section", "due_on": "2026-04-11"})
        nobody = await clerk.post(f"/children/{CHILD}/moves", data={**fields, "due_on": "2026-04-20"})

    assert (early.status_code, nobody.status_code) == (422, 422)
    assert re.findall(r'value="(\w+_section)"[^>]* checked', early.text) == ["health_section"]
    assert (
        'value="2026-04-11" aria-invalid="true" aria-describedby="start_investigation-due_on-hint start_investigation-due_on-error"'
        in early.text
    )
    assert '<p class="wrong" id="start_investigation-due_on-error">調査の期限は、あした以降の日にしてください。</p>' in early.text
    assert not re.search(r'value="\w+_section"[^>]* checked', nobody.text)
    assert nobody.text.count('aria-invalid="true" aria-describedby="start_investigation-sections-error"') == len(WARD_SECTIONS)
    assert 'value="2026-04-20" aria-describedby="start_investigation-due_on-hint">' in nobody.text


async def test_a_form_sent_after_the_session_says_that_nothing_was_done_and_leads_back_to_the_child(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        fields = hidden_fields((await clerk.get(f"/children/{CHILD}")).text)
        clerk.cookies.clear()
        answer = await clerk.post(f"/children/{CHILD}/moves", data={**fields, "sections": "health_section"})
        login = await clerk.get(answer.headers["location"])

    assert answer.status_code == 303
    assert f'<input type="hidden" name="next" value="/children/{CHILD}">' in login.text
    assert "ログインの時間が切れたか、別の端末でログインしたため、操作は行われていません。もう一度ログインしてください。" in login.text


@pytest.mark.parametrize(("path", "status"), [("/children/foo", 422), ("/reviews?tab=foo", 422), ("/nothing", 404), ("/logout", 405)])
async def test_a_person_at_a_wrong_address_reads_japanese_and_a_program_json(office: Office, path: str, status: int) -> None:
    async with office.as_("hakata.clerk") as clerk:
        page = await clerk.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        told = await clerk.get(path)
        clerk.cookies.clear()
        stranger = await clerk.get(path, headers={"accept": "text/html"})

    assert (page.status_code, told.status_code) == (status, status)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers.get("allow") == told.headers.get("allow")
    assert "はじめの画面へ" in page.text
    assert ('<a href="/reviews">要確認</a>' in page.text, '<nav class="nav"' in stranger.text) == (True, False)
    assert told.headers["content-type"] == "application/problem+json"


async def test_the_api_answers_json_to_a_browser_too(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk:
        answer = await clerk.get("/v1/children/foo", headers={"accept": "text/html"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_what_somebody_may_not_do_is_not_offered_and_who_may_know_who_looked_is_told_that_nobody_did(office: Office) -> None:
    """The coordinator sees where a protected child is and who looked at it, and opens no sensitive item."""
    await office.hear(b.measure(("a",), ("f",)), b.lives("a"), b.needed("a", indicators=(*b.S08, b.WELFARE)))
    async with office.as_("coordinator") as coordinator, office.as_("hakata.clerk") as clerk:
        city = (await coordinator.get(f"/children/{CHILD}")).text
        ward = (await clerk.get(f"/children/{CHILD}")).text

    offered = "理由を選んで開く", "理由を記録して開く"
    assert [words in city for words in (*offered, "この画面では表示しません。", "あなたが初めてです")] == [False, False, True, True]
    assert [words in ward for words in (*offered, "住所を知る権限のある職員にだけ表示します")] == [True, True, True]


@pytest.mark.parametrize("form", ["sensitive", "moves"])
async def test_the_address_of_a_form_leads_to_the_child(office: Office, form: str) -> None:
    async with office.as_("hakata.clerk") as clerk:
        answer = await clerk.get(f"/children/{CHILD}/{form}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/children/{CHILD}")


async def test_the_first_time_is_told_and_nothing_is_called_a_judgement(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"), b.lives("b"), b.needed("b"))
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get(f"/children/{CHILD}")).text

    assert "はじめての要確認です。" in page
    assert "時点の記録による（把握基準 " in page
    assert "の判定（" not in page
    assert '要確認 <span class="num">2</span>' in page


async def test_getting_no_help_is_no_reassurance_and_what_has_nothing_behind_it_is_not_offered(office: Office) -> None:
    no_welfare = b.indicator(Item.HOUSEHOLD_PUBLIC_ASSISTANCE, IndicatorValue.FALSE, "no_record", valid_from=None)
    await office.hear(b.lives("a"), b.needed("a", indicators=(b.NO_18M, b.LATE_NOTIFICATION, no_welfare)))
    async with office.as_("hakata.clerk") as clerk:
        closed = (await clerk.get(f"/children/{CHILD}")).text
        token = hidden_fields(closed)["form_token"]
        opened = (await clerk.post(f"/children/{CHILD}/sensitive", data={"form_token": token, "reason": "investigation"})).text

    assert "理由を記録して開く" not in closed
    assert "ほかに表示する項目はありません" not in closed
    assert "ほかに表示する項目はありません。" in opened
    assert "生活保護" not in opened


async def test_of_each_reason_the_day_of_the_fact_stands_first_and_what_is_alike_is_said_once(office: Office) -> None:
    """The notification was on a day; that there was no checkup holds since one. Both were known, and are complete, as of one day."""
    later = b.indicator(Item.NO_PRENATAL_CHECKUPS, reason="no_exam_on_record", known_at=b.SAID + timedelta(days=2))
    await office.hear(b.lives("a"), b.needed("a"), b.lives("q"), b.needed("q", indicators=(b.NO_18M, later)))
    async with office.as_("hakata.clerk") as clerk:
        alike = (await clerk.get(f"/children/{CHILD}")).text
        apart = (await clerk.get(f"/children/{b.person('q')}")).text

    assert "<span>令和8年4月11日から</span>" in alike
    assert "<span>令和5年10月2日</span>" in alike
    assert "どの理由も、令和8年4月11日に判明。令和8年4月11日までの記録がそろっている。" in alike
    assert "どの理由も、令和8年4月11日までの記録がそろっている。" in apart
    assert [apart.count(f">令和8年4月{day}日に判明<") for day in (11, 13)] == [1, 1]


async def test_whoever_looks_often_stands_in_one_line(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.lead") as lead, office.as_("hakata.clerk") as clerk:
        for _ in range(9):
            await lead.get(f"/children/{CHILD}")
            await clerk.get(f"/children/{CHILD}")
        page = (await clerk.get(f"/children/{CHILD}")).text

    looks = page.split("最近このこどもを見た職員")[1]
    assert looks.count("博多区 健康課") == 1
    assert looks.count("<li>") == 2


async def test_ones_own_accesses_are_listed_refusals_too(office: Office) -> None:
    await office.hear(
        b.lives("a"), b.is_called("a", "見本 あお"), b.needed("a"), b.lives("z", Ward.NISHI), b.is_called("z", "他区 の子"), b.needed("z")
    )
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get(f"/children/{CHILD}")
        await clerk.get(f"/children/{b.person('z')}")
        page = (await clerk.get("/me/accesses")).text

    assert "見本 あお" in page
    assert "他区 の子" not in page
    assert "断られた" in page


async def test_every_access_is_counted_once(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        for path in ("/reviews", f"/children/{CHILD}", f"/children/{uuid4()}", "/me/accesses", "/v1/reviews"):
            await clerk.get(path)

    async with office.service.pool.acquire() as db:
        assert await inspection.accesses(db) == len(await accesses(office)) == 5 + 2, "with the child as a line of two lists"


async def test_no_record_no_answer(office: Office) -> None:
    """architecture.md §6: the record commits before the answer, or there is none."""
    await office.hear(b.lives("a"), b.is_called("a", "見本 あお"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get("/reviews")
        admin = await asyncpg.connect(office.database.admin_url)
        await admin.execute("revoke insert on casework.outbox from casework")
        try:
            answers = [await clerk.get(path) for path in ("/reviews", f"/children/{CHILD}", f"/v1/children/{CHILD}", "/me/accesses")]
        finally:
            await admin.execute("grant insert on casework.outbox to casework")
            await admin.close()

    assert [answer.status_code for answer in answers] == [503] * 4
    assert not any("見本 あお" in answer.text for answer in answers)


async def test_nobody_comes_in_without_a_login(office: Office) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(office.service.app), base_url="http://casework.example") as stranger:
        answers = [
            await stranger.get(path) for path in ("/reviews", f"/children/{CHILD}", "/me/accesses", "/v1/reviews", f"/v1/children/{CHILD}")
        ]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 401, 401]


async def test_every_route_is_behind_the_login_or_known_to_be_open(office: Office) -> None:
    """casework.md §4.3: a door that is not on the list fails here."""
    open_doors = {"/health", "/ready", "/metrics", "/openapi.json", "/login", "/static/{name}", "/"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(office.service.app), base_url="http://casework.example") as stranger:
        answers = {
            (method, route.path): (await stranger.request(method, re.sub(r"{\w+}", str(CHILD), route.path))).status_code
            for route in iter_route_contexts(office.service.app.routes)
            if route.path and route.path not in open_doors
            for method in (route.methods or set()) - {"HEAD"}
        }

    assert {door: status for door, status in answers.items() if status not in {303, 401}} == {}
    assert len(answers) > 20


async def test_pages_say_that_nothing_may_be_kept(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        answer = await clerk.get(f"/children/{CHILD}")

    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r'<script(?! src="/static/session.js)|<style|style=| on[a-z]+=', answer.text)


async def test_what_an_indicator_that_is_not_known_looks_like_never_counts_as_a_reason(office: Office) -> None:
    unknown = b.indicator(Item.CHECKUP_3Y_NOT_RECEIVED, IndicatorValue.UNKNOWN, "feed_stale")
    await office.hear(b.lives("a"), b.needed("a", indicators=(b.NO_18M, b.LATE_NOTIFICATION, unknown)))
    async with office.as_("hakata.clerk") as clerk:
        listed = (await clerk.get("/reviews")).text
        page = (await clerk.get(f"/children/{CHILD}")).text

    assert "3歳児健診" not in listed
    assert "3歳児健診を受けたかどうか：もとの課からのデータが、まだ必要な日まで届いていない" in page
