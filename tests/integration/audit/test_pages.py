"""The security team's pages: who saw this child, and who asked that (S24, SEC-T3)."""

import re
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from contracts.ids import StaffId
from contracts.messages import Actor, DecisionRecorded, Thing
from contracts.values import Ward
from infra.http import CONTENT_SECURITY_POLICY
from infra.testing.fixtures import announced
from services.audit import store
from services.audit.verification import verify_and_record
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import ORIGIN, SIGNER, hear, seal
from tests.unit.audit.builders import CHILD, CLERK, access, decision

PATHS = ("/", "/entries", "/entries/0", f"/things/{CHILD}", f"/staff/{CLERK}")
OTHER = "0f0e0d0c-0000-4000-8000-000000000001"


async def test_whoever_is_not_logged_in_is_sent_to_the_login(desk: Desk) -> None:
    answers = [await desk.browser.get(path) for path in PATHS]

    assert {(answer.status_code, answer.headers["location"].split("?")[0]) for answer in answers} == {(303, "/login")}
    assert await desk.kept() == []


@pytest.mark.parametrize("login", ["hakata.clerk", "coordinator"])
async def test_whoever_handles_cases_is_refused_and_the_refusal_is_kept(login: str, desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await desk.sit_down(login)

    answers = [await desk.browser.get(path) for path in PATHS]

    assert [answer.status_code for answer in answers] == [403] * len(PATHS)
    assert not any(CHILD in answer.text or str(CLERK) in answer.text for answer in answers)
    kept = await desk.kept()
    assert [(each.action, each.decision, each.reason_code) for each in kept] == [
        ("audit.overview_opened", "deny", "role"),
        ("audit.searched", "deny", "role"),
        ("audit.entry_opened", "deny", "role"),
        ("audit.searched", "deny", "role"),
        ("audit.searched", "deny", "role"),
    ]


@pytest.mark.parametrize(("login", "has_menu"), [("security.officer", True), ("hakata.clerk", False)])
async def test_a_page_of_an_error_has_the_menu_of_whoever_may_use_it(login: str, has_menu: bool, desk: Desk) -> None:
    await desk.sit_down(login)
    headers = {"accept": "text/html"}

    answers = [await desk.browser.get(path, headers=headers) for path in ("/nothing", "/entries/999999", f"/staff/{CLERK}?from=x")]

    assert [answer.status_code for answer in answers] == ([404, 404, 422] if has_menu else [403] * 3)
    assert ["記録をさがす" in answer.text for answer in answers] == [has_menu] * 3


@pytest.mark.parametrize("login", ["security.officer", "privacy.officer"])
async def test_every_look_at_the_log_is_kept_before_it_is_answered(login: str, desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2), decision(1)])
    await desk.sit_down(login)

    answers = [await desk.browser.get(path) for path in (*PATHS, "/entries?decision=deny&from=2026-04-01")]

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    kept = await desk.kept()
    assert [(each.action, each.thing, each.fields, each.count) for each in kept] == [
        ("audit.overview_opened", Thing(kind="audit_log", id=None), (), None),
        ("audit.searched", Thing(kind="audit_log", id=None), ("people",), 3),
        ("audit.entry_opened", Thing(kind="audit_entry", id="0"), (), None),
        ("audit.searched", Thing(kind="audited_thing", id=CHILD), ("thing",), 3),
        ("audit.searched", Thing(kind="staff", id=str(CLERK)), ("actor",), 2),
        ("audit.searched", Thing(kind="audit_log", id=None), ("decision", "since", "people"), 0),
    ]
    assert {(each.purpose, each.origin, each.decision) for each in kept} == {("AUDIT", "192.0.2.7", "permit")}
    assert len({each.actor.id for each in kept}) == 1


async def test_nothing_is_shown_where_the_look_cannot_be_kept(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await desk.sit_down("security.officer")
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("revoke insert on audit.outbox from audit")
    await admin.close()

    answers = [await desk.browser.get(path) for path in PATHS]

    assert [answer.status_code for answer in answers] == [503] * len(PATHS)
    assert all("何も表示できません" in answer.text and CHILD not in answer.text for answer in answers)


async def test_a_look_at_the_log_is_found_in_the_log(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await desk.sit_down("security.officer")
    await desk.browser.get(f"/things/{CHILD}")
    await hear(desk.pool, desk.clock, await desk.kept())

    page = await desk.browser.get(f"/things/{CHILD}")

    assert "全部で 2 件" in page.text
    assert "監査記録を検索した" in page.text


async def test_who_saw_a_child_is_answered_completely_and_in_order(desk: Desk) -> None:
    # Arrives out of order, mixed with another child's, over more than one page.
    numbers = [*range(150, 0, -1), *range(151, 251)]
    parcel = [access(number) for number in numbers] + [
        access(number, lane=1, thing=Thing(kind="person", id=OTHER)) for number in range(1, 20)
    ]
    await hear(desk.pool, desk.clock, parcel)
    await desk.sit_down("security.officer")

    texts, path = [], f"/things/{CHILD}"
    while path:
        page = (await desk.browser.get(path)).text
        texts.append(page)
        path = page.split('<a class="btn" href="')[1].split('"')[0].replace("&amp;", "&") if "続きを見る" in page else ""

    shown = [int(part.split('"')[0]) for text in texts for part in text.split('<a href="/entries/')[1:] if part[0].isdigit()]
    sequences = [row["sequence"] for row in await desk.pool.fetch("select sequence from entry where lane = 0 order by idx")]
    assert len(texts) == 3
    assert [sequences[index] for index in shown] == list(range(1, 251))
    assert all("全部で 250 件" in text for text in texts)
    assert not any(OTHER in text for text in texts)


async def test_a_period_is_of_japanese_days_and_includes_both(desk: Desk) -> None:
    # 3:00 UTC is noon in Japan; NOON of the builders is 2026-04-11.
    await hear(
        desk.pool, desk.clock, [access(1), access(2, occurred_at="2026-04-11T15:00:00Z"), access(3, occurred_at="2026-04-11T14:59:59Z")]
    )
    await desk.sit_down("security.officer")

    page = await desk.browser.get(f"/things/{CHILD}?from=2026-04-11&to=2026-04-11")
    after = await desk.browser.get(f"/things/{CHILD}?from=2026-04-12&to=")

    assert "全部で 2 件" in page.text
    assert "全部で 1 件" in after.text


async def test_an_entry_reads_as_who_when_where_and_what_with_a_proof_checked_on_the_spot(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), decision(1)])
    await desk.sit_down("security.officer")
    unsealed = await desk.browser.get("/entries/0")
    await seal(desk.pool, desk.clock)

    page = (await desk.browser.get("/entries/0")).text

    assert "まだ封印されていません" in unsealed.text
    for words in (
        "博多区 担当職員",
        "令和8年4月11日 12時00分01秒",
        "こどもの画面",
        "こどもの情報を開いた",
        "✓ 証明できました",
        "氏名（name）、住所（町）（address_code）",
        str(CLERK),
        CHILD,
    ):
        assert words in page
    assert "改ざんの疑い" not in page


async def test_a_changed_entry_is_shown_as_changed(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), decision(1)])
    await seal(desk.pool, desk.clock)
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("alter table audit.entry disable trigger no_change")
    await admin.execute(
        "update audit.entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'permit', 'denied'), 'UTF8') where idx = 0"
    )
    await admin.execute("update audit.entry set leaf = '{}' where idx = 1")
    await admin.close()
    await desk.sit_down("security.officer")

    pages = [(await desk.browser.get(path)).text for path in ("/entries/0", "/entries/1", "/entries")]

    assert all("改ざんの疑い" in page for page in pages)
    assert all("証明できません" in page for page in pages[:2])


async def verified(desk: Desk) -> None:
    """The log as it is, verified and recorded."""
    async with desk.pool.acquire() as db:
        await verify_and_record(db, SIGNER.public_key, at=desk.clock.now(), origin=ORIGIN)


async def test_the_first_page_says_how_the_log_stands(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2), decision(1)])
    await seal(desk.pool, desk.clock)
    await verified(desk)
    await desk.sit_down("security.officer")
    sound = (await desk.browser.get("/")).text
    await hear(desk.pool, desk.clock, [access(5)])

    gaps = (await desk.browser.get("/")).text

    assert "✓ 記録簿は正常です" in sound
    assert "3 件のうち 3 件を検証しました（1分以内）。改ざんは見つかっていません。欠けた番号はありません。" in sound
    assert "令和8年4月1日 9時00分　3 件まで" in sound
    assert "研修環境・架空データ" in sound
    assert "まだ届いていない番号が 2 件あります" in gaps
    assert '封印待ち</dt><dd class="num">1 件' in gaps


@pytest.mark.parametrize("seen", [None, 0, 1, 10, 73])
async def test_the_first_page_is_never_green_on_less_than_the_log(seen: int | None, desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 148)])
    await seal(desk.pool, desk.clock)
    if seen is not None:
        async with desk.pool.acquire() as db:
            await store.keep_verification(db, store.StoredVerification(desk.clock.now(), seen, "sound", 0))
    await desk.sit_down("security.officer")

    page = (await desk.browser.get("/")).text

    assert "正常です" not in page
    assert f"147 件のうち {seen or 0} 件を検証しました" in page
    assert f"{147 - (seen or 0)} 件" in page.split("検証待ち</dt>")[1].split("</dd>")[0]


async def test_what_has_just_come_is_told_and_what_waits_for_longer_is_not_green(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 10)])
    await seal(desk.pool, desk.clock)
    await verified(desk)
    await hear(desk.pool, desk.clock, [access(10)])
    await seal(desk.pool, desk.clock)
    await desk.sit_down("security.officer")

    just_come = (await desk.browser.get("/")).text
    desk.clock.at += timedelta(minutes=6)
    waits = (await desk.browser.get("/")).text
    await verified(desk)
    desk.clock.at += timedelta(days=2)
    old = (await desk.browser.get("/")).text

    assert "正常です" in just_come
    assert "10 件のうち 9 件を検証しました（1分以内）。" in just_come
    assert "そのあとに届いた 1 件は、次の検証で確かめます。" in just_come
    assert "正常です" not in waits
    assert "10 件のうち 9 件を検証しました（6分前）。" in waits
    assert "正常です" not in old
    assert "最後に全件を検証したのは 2日前です。" in old


async def test_a_verification_from_before_the_clock_went_back_is_not_called_recent(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2)])
    await seal(desk.pool, desk.clock)
    await verified(desk)
    await desk.sit_down("security.officer")
    desk.clock.at -= timedelta(days=56)

    page = (await desk.browser.get("/")).text

    assert "正常です" not in page
    assert "2 件のうち 2 件を検証しました（いまの時計では、まだ来ていない時刻）。" in page


async def test_tampering_that_a_full_verification_found_stays_red_when_the_growth_after_it_is_sound(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2)])
    await seal(desk.pool, desk.clock)
    async with desk.pool.acquire() as db:
        await store.keep_verification(db, store.StoredVerification(desk.clock.now(), 2, "tampered", 1))
        await store.keep_verification(db, store.StoredVerification(desk.clock.now(), 2, "sound", 0, is_full=False))
    await desk.sit_down("security.officer")

    assert "改ざんの疑いがあります" in (await desk.browser.get("/")).text


async def test_what_the_service_found_itself_counts_though_somebody_wrote_another_finding(desk: Desk) -> None:
    keeper = desk.wired.keeper
    await hear(desk.pool, desk.clock, [access(1)])
    await keeper.seal()
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("alter table audit.entry disable trigger no_change; update audit.entry set action = 'casework.list_opened'")
    await keeper.verify_all()
    await admin.execute("insert into audit.verification (at, size, outcome, findings) values ($1, 1, 'sound', 0)", desk.clock.now())
    await admin.close()
    await desk.sit_down("security.officer")

    assert "改ざんの疑いがあります" in (await desk.browser.get("/")).text


async def test_a_log_that_was_never_sealed_is_not_green(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    desk.clock.at += timedelta(minutes=2)
    await desk.sit_down("security.officer")

    assert "封印が止まっています" in (await desk.browser.get("/")).text


async def decided(desk: Desk) -> list[DecisionRecorded]:
    """The decisions about the log that the service kept of itself."""
    return [each for each in await announced(desk.pool) if isinstance(each, DecisionRecorded) and each.action.startswith("audit.")]


def form_token(page: str) -> str:
    return page.split('action="/verifications"><input type="hidden" name="form_token" value="')[1].split('"', maxsplit=1)[0]


async def test_the_button_has_the_whole_log_verified_and_the_log_has_who_pressed_it(desk: Desk) -> None:
    keeper = desk.wired.keeper
    await hear(desk.pool, desk.clock, [access(1), access(2)])
    await keeper.seal()
    await desk.sit_down("security.officer")
    token = form_token((await desk.browser.get("/")).text)

    pressed = [await desk.browser.post("/verifications", data={"form_token": token}) for _ in range(2)]

    meanwhile = (await desk.browser.get("/")).text
    await keeper.verify_if_asked()
    after = (await desk.browser.get("/")).text
    said = await decided(desk)
    assert [(answer.status_code, answer.headers["location"]) for answer in pressed] == [(303, "/")] * 2
    assert "いま全件を検証しています" in meanwhile
    assert "今すぐ検証する" not in meanwhile
    assert "✓ 記録簿は正常です" in after
    assert [(each.action, each.decision, each.thing.kind, each.purpose) for each in said] == [
        ("audit.verification_asked", "done", "audit_log", "AUDIT")
    ] * 2
    assert await desk.pool.fetchval("select count(*) from verification") == 1


async def test_the_button_works_from_our_own_page_only(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await desk.sit_down("security.officer")
    token = form_token((await desk.browser.get("/")).text)

    without_token = await desk.browser.post("/verifications")
    wrong_token = await desk.browser.post("/verifications", data={"form_token": token[::-1]})
    foreign = await desk.browser.post("/verifications", data={"form_token": token}, headers={"sec-fetch-site": "cross-site"})
    typed = await desk.browser.get("/verifications")

    assert [answer.status_code for answer in (without_token, wrong_token, foreign)] == [403, 403, 403]
    assert (typed.status_code, typed.headers["location"]) == (303, "/")
    assert not desk.wired.keeper.is_verifying


async def test_whoever_may_not_read_the_log_has_nothing_verified_and_the_attempt_is_kept(desk: Desk) -> None:
    await desk.sit_down("hakata.clerk")

    answer = await desk.browser.post("/verifications")

    said = await decided(desk)
    assert answer.status_code == 403
    assert not desk.wired.keeper.is_verifying
    assert [(each.action, each.decision, each.reason_code) for each in said] == [("audit.verification_asked", "deny", "role")]


async def test_an_explained_gap_and_an_accepted_history_are_told_for_ever(desk: Desk) -> None:
    operator = Actor(id=None, role="operator")
    explained = decision(
        1,
        producer="audit",
        actor=operator,
        action="audit.gap_explained",
        thing=Thing(kind="audit_numbers", id="casework/0/2-4"),
        reason_code="INC-7",
    )
    accepted = decision(
        2,
        producer="audit",
        actor=operator,
        action="audit.history_accepted",
        thing=Thing(kind="audit_checkpoint", id="600:abcd"),
        reason_code="RESTORE-3",
    )
    await hear(desk.pool, desk.clock, [access(1), access(5), explained, accepted, access(3)])
    await seal(desk.pool, desk.clock)
    await verified(desk)
    await desk.sit_down("security.officer")

    page = (await desk.browser.get("/")).text

    assert "✓ 記録簿は正常です" in page
    assert "説明の付いた欠番のほかに、欠けた番号はありません。" in page
    assert '系列 0 の 2～4 番</td><td class="num">2</td><td>INC-7</td>' in page
    assert "600:abcd</td><td>RESTORE-3</td>" in page
    assert '<a href="/entries/2">2 番</a>' in page


async def test_an_attack_is_announced_on_the_first_page_after_the_next_verification(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await seal(desk.pool, desk.clock)
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("alter table audit.entry disable trigger no_change")
    await admin.execute("update audit.entry set action = 'casework.list_opened'")
    await admin.close()
    await verified(desk)
    await desk.sit_down("security.officer")

    page = (await desk.browser.get("/")).text

    assert "改ざんの疑いがあります" in page
    assert "1 件の不一致" in page


async def test_a_history_changed_behind_its_back_turns_the_first_page_and_the_readiness_red(desk: Desk) -> None:
    keeper = desk.wired.keeper
    await hear(desk.pool, desk.clock, [access(1), access(2)])
    await keeper.seal()
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("alter table audit.entry disable trigger no_change")
    await admin.execute("alter table audit.checkpoint disable trigger no_change")
    await admin.execute("delete from audit.entry where idx = 1; delete from audit.checkpoint")
    await admin.close()
    await desk.sit_down("security.officer")

    await keeper.seal()

    ready = (await desk.browser.get("/ready")).json()
    figures = (await desk.browser.get("/metrics")).text
    page = (await desk.browser.get("/")).text
    assert (ready["ready"], ready["history"]) == (False, False)
    assert re.search(r"^tsunagu_audit_seals_refused_total\{.*\} 1\.0$", figures, re.MULTILINE)
    assert "記録簿の過去が書き換えられています" in page
    assert await desk.pool.fetchval("select count(*) from checkpoint") == 0


UNANSWERABLE = {
    "/entries?actor=somebody": 422,
    "/entries?from=11.4.2026": 422,
    "/entries?from=2026-04-02&to=2026-04-01": 422,
    "/entries?to=9999-12-31": 422,
    "/entries?decision=maybe": 422,
    "/entries?cursor=-1": 422,
    "/entries?limit=501": 422,
    "/entries?thing=%00": 422,
    "/things/%00": 422,
    "/things/" + "x" * 201: 422,
    "/things/%20": 404,
    "/staff/somebody": 422,
    "/staff/%20": 404,
    "/entries/7": 404,
    "/entries/x": 404,
    "/entries/-1": 404,
    "/entries/9223372036854775808": 404,
    "/nothing": 404,
}


async def test_what_cannot_be_asked_gets_an_answer_that_says_so(desk: Desk) -> None:
    await desk.sit_down("security.officer")

    statuses = {path: (await desk.browser.get(path)).status_code for path in UNANSWERABLE}

    assert statuses == UNANSWERABLE


async def test_pages_hold_no_inline_script_or_style_and_are_kept_nowhere(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1, origin='"><script>alert(1)</script>', action="casework.<b>")])
    await seal(desk.pool, desk.clock)
    await desk.sit_down("security.officer")

    for path in PATHS:
        answer = await desk.browser.get(path)

        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["cache-control"] == "no-store"
        text = answer.text.replace('<script src="/static/session.js', "")
        assert all(bad not in text for bad in ("<script", "<style", " style=", " onclick=", "casework.<b>"))


async def test_who_it_was_is_named_from_the_register_in_list_entry_and_timeline(desk: Desk) -> None:
    clerk = await desk.register("hakata.clerk")
    acting = Actor(id=clerk, role="ward_clerk", ward=Ward.HAKATA, session="a1b2c3")
    refusal = decision(
        1,
        action="identity.login_refused",
        actor=Actor(id=None, role="nobody"),
        thing=Thing(kind="staff", id=str(clerk)),
        decision="deny",
        reason_code="wrong_code",
    )
    await hear(desk.pool, desk.clock, [access(1, actor=acting), access(2), refusal])
    await desk.sit_down("security.officer")

    pages = {path: (await desk.browser.get(path)).text for path in ("/entries", "/entries/0", "/entries/2", f"/staff/{clerk}")}
    unknown = (await desk.browser.get("/entries/1")).text

    assert all("見本 ひかり（hakata.clerk、博多区 子育て支援課）" in page for page in pages.values())
    assert "確認コードの誤り（wrong_code）" in pages["/entries/2"]
    assert "ログインしようとした" in pages["/entries/2"]
    assert str(CLERK) in pages["/entries"]
    assert "見本" not in unknown.split("<main")[1]
    kept = [str(each["leaf"]) for each in await desk.pool.fetch("select convert_from(leaf, 'UTF8') as leaf from entry")]
    assert not any("見本" in leaf or "hakata.clerk" in leaf for leaf in kept)


async def test_where_the_log_keeps_the_ward_of_a_protected_child_back_the_page_does_too(desk: Desk) -> None:
    clerk = await desk.register("hakata.clerk")
    acting = Actor(id=clerk, role="ward_clerk", ward=None, session="a1b2c3")
    await hear(desk.pool, desk.clock, [access(1, actor=acting, thing=Thing(kind="child", id=CHILD), reason_code="protected_person")])
    await desk.sit_down("security.officer")

    page = (await desk.browser.get("/entries/0")).text

    assert "見本 ひかり（hakata.clerk、子育て支援課）" in page
    assert "博多区" not in page


async def test_a_refusal_reads_as_an_attempt(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1, decision="deny", reason_code="other_ward", fields=())])
    await desk.sit_down("security.officer")

    pages = [(await desk.browser.get(path)).text.split("<main")[1] for path in ("/entries/0", f"/things/{CHILD}")]

    assert all("こどもの情報を開こうとした" in page and "こどもの情報を開いた" not in page for page in pages)
    assert "ほかの区のこども（other_ward）" in pages[0]


async def test_a_login_searches_as_well_as_an_id_does(desk: Desk) -> None:
    clerk = await desk.register("hakata.clerk")
    await hear(desk.pool, desk.clock, [access(1, actor=Actor(id=clerk, role="ward_clerk", ward=Ward.HAKATA)), access(2)])
    await desk.sit_down("security.officer")

    found = await desk.browser.get("/entries?actor=hakata.clerk")
    unknown = await desk.browser.get("/entries?actor=hakata.clark")

    assert found.text.count('href="/entries/0"') == 1
    assert 'href="/entries/1"' not in found.text
    assert (unknown.status_code, "この名前やログイン名の職員は登録されていません" in unknown.text) == (422, True)


async def test_whoever_may_not_read_the_log_does_not_learn_whose_login_exists(desk: Desk) -> None:
    await desk.sit_down("hakata.clerk")

    answers = [await desk.browser.get(f"/entries?actor={login}") for login in ("hakata.clerk", "nobody.here")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert [(each.action, each.decision) for each in await desk.kept()] == [("audit.searched", "deny")] * 2


async def test_a_pasted_address_of_a_child_searches_for_the_child(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1)])
    await desk.sit_down("security.officer")

    page = await desk.browser.get("/entries", params={"thing": f"http://127.0.0.1:8080/children/{CHILD.upper()}"})

    assert 'href="/entries/0"' in page.text


async def test_an_address_that_does_not_exist_is_answered_with_a_page_to_whoever_reads_pages(desk: Desk) -> None:
    await desk.sit_down("security.officer")

    page = await desk.browser.get("/nothing", headers={"accept": "text/html"})

    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "見つかりません" in page.text


async def test_by_what_each_person_was_entitled_to_look_at_a_child_is_said_on_its_page(desk: Desk) -> None:
    clerk, officer = await desk.register("hakata.clerk"), Actor(id=StaffId(UUID(int=9)), role="security_officer")
    told = [
        access(1, actor=Actor(id=clerk, role="ward_clerk", ward=Ward.HAKATA), relation="assigned"),
        access(2, relation="none"),
        access(3, relation="none", reason_code="emergency"),
        access(4, relation="none", decision="deny", reason_code="other_ward"),
        access(5, actor=Actor(id=None, role="service:casework")),
        # Who looks into the log about the child does not look at the child.
        access(6, actor=officer, thing=Thing(kind="audited_thing", id=CHILD), relation="none"),
    ]
    await hear(desk.pool, desk.clock, told)
    await desk.sit_down("security.officer")

    page = (await desk.browser.get(f"/things/{CHILD}?from=2026-04-11&from_time=00:00")).text
    night = (await desk.browser.get(f"/staff/{CLERK}?from=2026-04-11&from_time=20:00&to=2026-04-12&to_time=07:00")).text

    table = page.partition("だれが、どういう立場で見たか　")[2].partition("</table>")[0]
    assert ["4行、確かめるもの 2行" in table, "見本 ひかり（hakata.clerk）" in table, table.count("tag late")] == [True, True, 2]
    assert all(words in table for words in ("担当者として", "緊急の閲覧（理由を確かめる）", "担当関係なし", "断られた（見ていない）"))
    assert ["全部で 0 件" in night, 'value="20:00"' in night] == [True, True]
