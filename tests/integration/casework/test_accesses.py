"""What the log keeps of looks, and what people see of their own (SEC-T3, S24, domain.md §4.4)."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Group, IndicatorValue, Item, Relationship, Ward
from services.casework.screens.child.answer import ChildAnswer
from services.casework.sheets import Says
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import PASSWORD, Office
from tests.integration.casework.test_moves import start
from tests.integration.casework.test_pages import hidden_fields

CHILD = b.person("a")


async def entries(office: Office, who: str | None = None) -> list[AccessRecorded]:
    """Return what the log has, of everything or of one child, as the audit's search by id finds it."""
    said = [each for each in await office.said() if isinstance(each, AccessRecorded)]
    return [each for each in said if who is None or each.thing.id == str(b.person(who))]


async def a_family(office: Office) -> None:
    await office.hear(
        *(b.lives(who) for who in "abc"),
        *(b.is_called(who, f"見本 {who}") for who in "abc"),
        b.household("100", *((who, Relationship.CHILD) for who in "abc")),
        b.needed("a"),
        b.needed("c"),
    )


async def test_a_look_at_a_childs_page_is_found_by_the_id_of_every_sibling_on_it(office: Office) -> None:
    await a_family(office)
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get(f"/children/{CHILD}")

    [page] = await entries(office, "a")
    for who in "bc":
        [entry] = await entries(office, who)
        assert (entry.action, entry.decision, entry.actor.id) == ("casework.sibling_shown", "permit", page.actor.id)
        assert entry.fields == ("name", "age", "sex", "state")
        assert entry.correlation == str(page.event_id)


async def test_a_look_at_a_childs_page_is_found_by_the_id_of_every_adult_on_it(office: Office) -> None:
    await a_family(office)
    await office.hear(
        *(b.lives(who, birth=date(1990, 6, 3)) for who in "mf"),
        b.is_called("m", "見本 母"),
        b.household("100", ("f", Relationship.HEAD), ("m", Relationship.SPOUSE), ("a", Relationship.CHILD), version=2),
    )
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get(f"/children/{CHILD}")).text

    [mother], [father], [look] = [await entries(office, who) for who in "mfa"]
    assert '<li>見本 母<span class="sub">世帯主の配偶者</span></li>' in page
    assert (mother.action, mother.thing.kind, mother.fields) == ("casework.adult_shown", "adult", ("name", "relationship"))
    assert (father.fields, father.correlation) == (("relationship",), str(look.event_id))
    assert "adults" in look.fields


@pytest.mark.parametrize("login", ["hakata.clerk", "coordinator"])
async def test_a_protected_childs_page_names_who_is_covered_with_it_and_never_the_opponent(office: Office, login: str) -> None:
    """Two parents of one household with a measure each against the other: the child stands under the mother's."""
    await office.hear(
        b.measure(("m", "a"), ("f",)),
        b.measure(("f",), ("m",), name="his"),
        b.lives("a"),
        b.lives("m", birth=date(1990, 6, 3)),
        b.lives("f", Ward.MINAMI, birth=date(1988, 6, 3)),
        b.is_called("m", "見本 母"),
        b.is_called("f", "見本 父"),
        b.household("100", ("f", Relationship.HEAD), ("m", Relationship.SPOUSE), ("a", Relationship.CHILD)),
        b.needed("a"),
    )
    async with office.as_(login) as somebody:
        page = (await somebody.get(f"/children/{CHILD}")).text

    assert ("見本 父" in page, "世帯主の配偶者" in page) == (False, True)
    assert [len(await entries(office, who)) for who in "fm"] == [0, 1]
    assert (await entries(office, "m"))[0].reason_code == "protected_person"


@pytest.mark.parametrize("path", ["/reviews", "/v1/reviews"])
async def test_a_look_at_the_list_is_found_by_the_id_of_every_child_in_it(office: Office, path: str) -> None:
    await a_family(office)
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get(path)

    [listed] = [each for each in await entries(office) if each.thing.kind == "review_list"]
    assert listed.count == 2
    assert [len(await entries(office, who)) for who in "abc"] == [1, 0, 1]
    assert {each.action for who in "ac" for each in await entries(office, who)} == {"casework.child_listed"}


async def test_ones_own_list_is_found_by_the_id_of_whom_it_names(office: Office) -> None:
    await a_family(office)
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get(f"/children/{CHILD}")
        await clerk.get("/me/accesses")

    assert [(each.action, each.fields) for each in await entries(office, "a")][1:] == [("casework.child_named", ("name",))]


async def test_everything_that_was_shown_of_a_child_is_found_by_its_id(office: Office) -> None:
    """S24: on whatever page a child's name stood, the log has an entry of that child."""
    await a_family(office)
    shown = 0
    async with office.as_("hakata.clerk") as clerk, office.as_("hakata.lead") as lead:
        for person in (clerk, lead):
            for path in ("/reviews", "/reviews?tab=all", f"/children/{CHILD}", f"/children/{b.person('c')}", "/me/accesses", "/v1/reviews"):
                shown += "見本 c" in (await person.get(path)).text

    assert shown == len(await entries(office, "c")) == 12


async def test_what_is_shown_beside_of_a_protected_child_is_marked_and_tells_no_ward(office: Office) -> None:
    """S07."""
    await a_family(office)
    await office.hear(b.measure(("a", "b", "c"), ("f",)))
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get("/reviews")
        await clerk.get(f"/children/{CHILD}")

    found = [each for who in "abc" for each in await entries(office, who)]
    assert {each.action for each in found} == {"casework.child_listed", "casework.child_opened", "casework.sibling_shown"}
    assert {(each.action, each.reason_code, each.thing.ward, each.actor.ward, each.correlation) for each in found} == {
        ("casework.child_listed", "protected_person", None, None, None),
        # Who looks has the child's family name: the log is told that, and not which (audit.md §5, `hints`).
        ("casework.child_opened", "protected_person.same_surname", None, None, None),
        ("casework.sibling_shown", "protected_person", None, None, None),
    }


async def test_whom_a_refused_look_would_have_shown_nothing_is_said_of(office: Office) -> None:
    await a_family(office)
    async with office.as_("nishi.clerk") as stranger:
        await stranger.get(f"/children/{CHILD}")

    assert [(each.decision, each.fields) for each in await entries(office, "a")] == [("deny", ())]
    assert await entries(office, "b") == []


async def test_what_the_log_keeps_of_a_look_goes_on_with_the_trace_of_the_request(office: Office) -> None:
    await a_family(office)
    trace = "0af7651916cd43dd8448eb211c80319c"
    async with office.as_("hakata.clerk") as clerk:
        for sampled in ("00", "01"):
            await clerk.get(f"/children/{CHILD}", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-{sampled}"})

    [unsampled, kept] = [each.traceparent for each in await entries(office, "a")]
    assert (unsampled, (kept or "").split("-")[:2]) == (None, ["00", trace])


# --- Item by item -----------------------------------------------------------------------------------------------------

WORDS: dict[str, str] = {
    "name": "見本 あお",
    "kana": "みほん あお",
    "birth_date": "令和6年2月10日生",
    "sex": "<span>女</span>",
    "ward": "住所　博多区",
    "address_code": "町字 40132001",
    "household_no": '世帯 <span class="num">100</span>',
    "protected": "支援措置あり",
    "voided": "住民記録が取り消されています",
    "opened_on": "4月11日",
    "case": "始めた日時",
    "needed": "調査は始めません|きっかけは残っています|当たらなくなりました",
    "basis_changed": "もとになった記録が変わりました",
    "overdue_since": "古い日のものです",
    "hidden_items": "の項目 1件|の項目に変化があった",
    "household": '<a href="/children/',
    "adults": "世帯主の配偶者",
    "accesses": '<li><span class="num">[^<]*</span>　博多区',
    Item.CHECKUP_4M_NOT_RECEIVED: "4か月児健診",
    Item.CHECKUP_18M_NOT_RECEIVED: "1歳6か月児健診",
    Item.CHECKUP_3Y_NOT_RECEIVED: "3歳児健診",
    Item.LATE_PREGNANCY_NOTIFICATION: "母子健康手帳|妊娠の届出",
    Item.NO_PRENATAL_CHECKUPS: "妊婦健診",
    Item.EPDS_HIGH: "EPDS",
    Item.HOUSEHOLD_PUBLIC_ASSISTANCE: "生活保護",
    Item.CONSULTATION_ACTIVE: "児童相談システムで支援中",
    "support_unknown": "すでに児童相談で支援を受けているかどうか、分かりません",
}
"""Each field of the log, and the words by which it stands on a child's page."""

NO_WELFARE = b.indicator(Item.HOUSEHOLD_PUBLIC_ASSISTANCE, IndicatorValue.FALSE, "no_record", valid_from=None)
SUPPORTED = b.indicator(Item.CONSULTATION_ACTIVE, reason="support_open", valid_from=date(2026, 3, 1))
SUPPORT_UNKNOWN = b.indicator(Item.CONSULTATION_ACTIVE, IndicatorValue.UNKNOWN, "support_unknown", valid_from=None)
NO_EPDS = b.indicator(Item.EPDS_HIGH, IndicatorValue.NOT_APPLICABLE, "out_of_scope", counted=False, valid_from=None)
CASES: dict[str, tuple[Any, ...]] = {
    "plain": (b.needed("a"),),
    "with everything": (
        b.is_called("a", "見本 あお", "みほん あお"),
        b.household("100", ("a", Relationship.CHILD), ("s", Relationship.CHILD), ("m", Relationship.SPOUSE)),
        b.lives("m", birth=date(1990, 6, 3)),
        b.lives("s"),
        b.needed("s"),
        b.needed("a", indicators=(*b.S08, b.EPDS, b.WELFARE), groups=(Group.PERI, Group.CHK)),
        b.overdue("a", date(2026, 4, 9)),
    ),
    "sensitive items that are not on the page": (b.needed("a", indicators=(b.NO_18M, b.LATE_NOTIFICATION, NO_WELFARE, NO_EPDS)),),
    "reasons gone, a sensitive one among them": (b.needed("a", indicators=(*b.S08, b.WELFARE)), b.basis_changed("a")),
    "supported already, which is no reason to look": (
        b.needed("a"),
        b.basis_changed("a", indicators=(*b.S08, SUPPORTED), still_needed=True),
    ),
    "whether somebody supports it is not known": (b.needed("a", indicators=(*b.S08, SUPPORT_UNKNOWN)),),
    "changed, and needed still": (b.needed("a"), b.basis_changed("a", still_needed=True)),
    "protected": (b.is_called("a", "見本 あお"), b.household("100", ("a", Relationship.CHILD)), b.measure(("a",), ("f",)), b.needed("a")),
    "voided": (b.lives("a", version=3, exists=False), b.needed("a")),
}


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("events", CASES.values(), ids=CASES.keys())
async def test_the_log_says_item_by_item_what_the_page_showed(office: Office, events: tuple[Any, ...], opened: bool) -> None:
    """`epds_high` was in the log where EPDS was not on the page."""
    await office.hear(b.lives("a"), *events)
    async with office.as_("hakata.lead") as lead, office.as_("hakata.clerk") as clerk:
        await lead.get(f"/children/{CHILD}")
        page = (await clerk.get(f"/children/{CHILD}")).text
        if opened:
            form = {"form_token": hidden_fields(page)["form_token"], "reason": "investigation"}
            page = (await clerk.post(f"/children/{CHILD}/sensitive", data=form)).text

    [*_, entry] = [each for each in await entries(office, "a") if each.action in {"casework.child_opened", "casework.sensitive_opened"}]
    assert entry.action == ("casework.sensitive_opened" if opened else "casework.child_opened")
    assert set(entry.fields) == {name for name, words in WORDS.items() if re.search(words, page)}


LISTED: dict[str, str] = {
    "name": "見本 あお",
    "age": "2歳2か月",
    "household_no": 'class="num">100<',
    "protected": "支援措置",
    "reasons": "健診を受けた記録がない|母子健康手帳",
    "hidden_items": "ほかに福祉の項目",
    "opened_on": "4月11日",
    "needed": "当たりません|記録に変化あり|きっかけが変わった",
    "basis_changed": "記録に変化あり|▲ きっかけが変わった",
    "overdue_since": "見直しがまだ",
    "state": "未着手</td>|きっかけなし",
    "due_on": "（あと",
}


@pytest.mark.parametrize("events", CASES.values(), ids=CASES.keys())
async def test_the_log_says_item_by_item_what_the_list_showed(office: Office, events: tuple[Any, ...]) -> None:
    await office.hear(b.lives("a"), *(each for each in events if getattr(each, "person_id", None) != b.person("s")))
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get("/reviews")).text
        tab = "not_started" if str(CHILD) in page else "reasons_gone"
        page = (await clerk.get(f"/reviews?tab={tab}")).text.split("<table", 1)[1]

    entry = (await entries(office, "a"))[-1]
    assert set(entry.fields) == {name for name, words in LISTED.items() if re.search(words, page)}


@pytest.mark.parametrize("events", CASES.values(), ids=CASES.keys())
async def test_the_log_says_item_by_item_what_the_api_told(office: Office, events: tuple[Any, ...]) -> None:
    await office.hear(b.lives("a"), *events)
    async with office.as_("hakata.clerk") as clerk:
        told = (await clerk.get(f"/v1/children/{CHILD}")).json()

    [entry] = await entries(office, "a")
    items = {each["item"] for each in told["indicators"]}
    marked = {part for part, marks in ChildAnswer.marks.items() if any(isinstance(mark, Says) for mark in marks)}
    facts = {key for key, value in told.items() if key in marked and value not in (None, "保護措置のため表示しません")}
    assert set(entry.fields) == items | facts
    assert not {Item.EPDS_HIGH, Item.HOUSEHOLD_PUBLIC_ASSISTANCE} & set(entry.fields)


# --- One's own ----------------------------------------------------------------------------------------------------------


def rows(page: str) -> list[str]:
    """Return what each line of the own list says was done, and how it ended."""
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)]
    return [f"{cell[1]}：{re.sub('<[^>]+>', '', cell[3])}" for cell in cells if cell]


async def test_ones_own_list_has_what_was_done_and_says_of_what_was_refused_that_it_was_tried(office: Office) -> None:
    await a_family(office)
    await office.hear(b.lives("z", Ward.NISHI), b.is_called("z", "他区 の子"), b.needed("z"))
    headers = {"idempotency-key": str(b.person("key")), "if-match": '"1.0"'}
    body = {"move": "start_investigation", "sections": ["health_section"]}
    async with office.as_("hakata.clerk") as clerk:
        steps: tuple[Callable[[], Awaitable[httpx.Response]], ...] = (
            lambda: clerk.get("/reviews"),
            lambda: clerk.get(f"/children/{CHILD}"),
            lambda: start(clerk),
            lambda: clerk.get(f"/children/{b.person('z')}"),
            lambda: clerk.post(f"/v1/reviews/{b.person('z')}/moves", json=body, headers=headers),
        )
        for step in steps:
            office.clock.at += timedelta(minutes=1)
            await step()
        page = (await clerk.get("/me/accesses")).text

    assert rows(page) == [
        "ケースの段階を進めようとした：断られた",
        "こどもの画面を開こうとした：断られた",
        "調査を始めた：実施",
        "こどもの画面を開いた（ほかに2人を表示）：表示",
        "要確認の一覧を開いた（こども 2人を表示）：表示",
        "ログインした：実施",
    ]
    assert "他区 の子" not in page


async def test_ones_own_list_tells_of_attempts_at_ones_own_login_and_of_logouts(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get("/me/accesses")).text
        token = page.split('name="form_token" value="')[1].split('"')[0]
        await clerk.post("/logout", data={"form_token": token})
    await try_to_log_in(office, "hakata.clerk")
    await try_to_log_in(office, "nobody.at.all")
    async with office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'system', true)")
        noted = [row["action"] for row in await db.fetch("select action from access_note order by at, action")]
        own = await db.fetchval("select staff_id from access_note where action = 'identity.logged_in'")
        refused = await db.fetchval("select staff_id from access_note where action = 'identity.login_refused'")

    assert sorted(noted) == ["casework.own_accesses_opened", "identity.logged_in", "identity.logged_out", "identity.login_refused"]
    assert own == refused


async def try_to_log_in(office: Office, login: str) -> None:
    transport = httpx.ASGITransport(office.service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://casework.example") as somebody:
        answer = await somebody.post("/login", data={"login": login, "password": PASSWORD + "x", "code": "000000"})
    assert answer.status_code == 401


async def test_a_deed_is_one_decision_and_no_access(office: Office) -> None:
    """The audit counts accesses against the notes: a decision must not be among them."""
    await a_family(office)
    async with office.as_("hakata.clerk") as clerk:
        await start(clerk)

    decided = [each.action for each in await office.said() if isinstance(each, DecisionRecorded) and each.actor.id is not None]
    assert decided == ["identity.logged_in", "casework.investigation_started"]
    assert await entries(office) == []


@pytest.mark.parametrize("actor", ["staff", "coordinator", "nobody"])
async def test_who_looked_at_a_child_is_behind_the_childs_wall(office: Office, actor: str) -> None:
    """S07: the section of whoever looked tells where the child is."""
    await a_family(office)
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get(f"/children/{CHILD}")
    async with office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', $1, true), set_config('tsunagu.ward', 'nishi', true)", actor)
        assert await db.fetchval("select count(*) from access_note") == 0


async def test_who_looked_tells_nobody_of_the_ward_that_keeps_the_case_where_a_protected_child_lives(office: Office) -> None:
    """The child moved to 西区; while its opponent lived in 博多区, 西区 had its page."""
    await office.hear(b.lives("a"), b.lives("f", Ward.MINAMI), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk, office.as_("nishi.clerk") as other, office.as_("coordinator") as coordinator:
        await start(clerk)
        await office.hear(b.lives("a", Ward.NISHI, version=2), b.measure(("a",), ("f",)), b.lives("f", version=2))
        theirs = (await other.get(f"/children/{CHILD}")).status_code
        await office.hear(b.lives("f", Ward.MINAMI, version=3))

        page = (await clerk.get(f"/children/{CHILD}")).text
        again = (await clerk.get(f"/children/{CHILD}")).text
        told_to_the_coordinator = (await coordinator.get(f"/children/{CHILD}")).text

    assert theirs == 200
    assert "西区" not in page + again
    assert "支援措置のため、住所を知る権限のある職員にだけ表示します" in page
    assert "博多区 子育て支援課　見本 ひかり" in again
    assert "西区 子育て支援課　見本 ひかり" in told_to_the_coordinator
