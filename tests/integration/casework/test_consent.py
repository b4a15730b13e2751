"""Consent withdrawn and use objected to, as it happens in a ward (S17)."""

import asyncio
import re

import httpx

from contracts.messages import DecisionRecorded
from tests.integration.casework import test_way_of_a_case
from tests.integration.casework.test_moves import CHILD
from tests.integration.casework.test_way_of_a_case import CLERK, HEALTH, LEAD, Ward

ward = test_way_of_a_case.ward
KINDERGARTEN = "架空幼稚園 園長"
PLAN = {
    "kinds": ["referral"],
    "plan": "園と一緒に見守る",
    "wish_of_guardian": "望む",
    "wish_of_child": "まだ話せない",
    "look_again_on": "2026-07-01",
}
OBJECTION = {"objected_by": "母", "objected_on": "2026-04-11", "text": "記録を使わないでほしい"}


async def until_plan(ward: Ward) -> None:
    """Meet the family, and find that support is needed."""
    await ward.until_approach()
    met = {"contacted_on": "2026-04-10", "method": "home_visit", "met_whom": "母", "sighted": "yes", "findings": "眠れていない"}
    await ward.does(HEALTH, "met", **met)
    await ward.does(HEALTH, "need_found", assessment="休息が要る")
    assert await ward.does(LEAD, "approve") == "planning"


async def page(ward: Ward, login: str = HEALTH) -> str:
    return (await ward.people[login].get(f"/children/{CHILD}")).text


async def asked_of(officer: httpx.AsyncClient) -> dict[str, str]:
    """Return what the form of the one request sends along."""
    listed = (await officer.get("/objections")).text
    return {name: re.findall(f'name="{name}" value="([^"]*)"', listed)[-1] for name in ("form_token", "case", "version")}


async def says(officer: httpx.AsyncClient, asked: dict[str, str], verdict: str) -> httpx.Response:
    return await officer.post("/objections/decide", data=asked | {"verdict": verdict, "words": "事情を聞いて決めた"})


async def decides(officer: httpx.AsyncClient, verdict: str) -> httpx.Response:
    """Decide on the one request that there is."""
    return await says(officer, await asked_of(officer), verdict)


async def test_sharing_stops_on_the_day_on_which_consent_is_withdrawn_and_reasons_go_on(ward: Ward) -> None:
    await until_plan(ward)
    asked = {"recipient": KINDERGARTEN, "contents": "登園のようす", "consented_by": "母", "consented_on": "2026-04-10"}
    assert "同意の撤回を記録する</summary>" not in await page(ward)
    await ward.does(HEALTH, "record_consent", **asked)
    twice = await ward.tries(HEALTH, "record_consent", **asked)
    shared = await page(ward)
    early = await ward.tries(HEALTH, "withdraw_consent", recipient=KINDERGARTEN, withdrawn_by="母", withdrawn_on="2026-04-09")
    nobody = await ward.tries(HEALTH, "withdraw_consent", recipient="別の園", withdrawn_by="母", withdrawn_on="2026-04-11")
    reasons = (await ward.child())["indicators"]
    await ward.does(HEALTH, "withdraw_consent", recipient=KINDERGARTEN, withdrawn_by="母", withdrawn_on="2026-04-11")
    stopped = await page(ward)

    assert (twice.status_code, early.status_code, nobody.status_code) == (422, 422, 422)
    assert f'<option value="{KINDERGARTEN}" selected>' in shared
    assert "令和8年4月11日に撤回。この日から共有しません" in stopped
    assert "登園のようす" in stopped, "what was written stays"
    assert (await ward.child())["indicators"] == reasons, "linkage rests on the law, not on consent"
    assert "decide_plan" in (await ward.child(HEALTH))["moves"]


async def test_until_the_privacy_officer_decides_nobody_approaches_the_family_anew(ward: Ward) -> None:
    await until_plan(ward)
    await ward.does(HEALTH, "decide_plan", **PLAN)
    await ward.does(CLERK, "record_objection", **OBJECTION)
    second = await ward.tries(CLERK, "record_objection", **OBJECTION)
    approved = await ward.tries(LEAD, "approve")
    reported = await ward.does(HEALTH, "report_urgently", reported_to="児童相談所", text="けががある")
    of_clerk = await ward.people[CLERK].get("/objections")
    seen = await page(ward)
    async with ward.office.as_("privacy.officer") as officer:
        listed, asked = (await officer.get("/objections")).text, await asked_of(officer)
        permitted = await decides(officer, "approach_permitted")
        meanwhile = await page(ward)
        went_on = await ward.does(LEAD, "approve")
        decided, again = await decides(officer, "refused"), await officer.get("/objections")
        late = await says(officer, asked, "granted")

    assert (second.status_code, approved.status_code, reported, of_clerk.status_code) == (422, 409, "planning", 403)
    assert "利用停止の求めがあります" in seen
    assert "5月11日" in seen, "30 days to decide"
    assert "記録を使わないでほしい" in listed
    assert not [told for told in ("博多区", str(CHILD)) if told in listed]
    assert (permitted.status_code, decided.status_code, late.status_code, went_on) == (303, 303, 409, "support")
    assert "新しい働きかけは認められています" in meanwhile
    assert "決定を待っているものはありません" in again.text
    assert "利用停止の求めがあります" not in await page(ward)
    kept = [(each.action, each.reason_code) for each in await ward.office.said() if isinstance(each, DecisionRecorded)]
    assert [reason for action, reason in kept if action == "casework.objection_decided"] == ["approach_permitted", "refused"]


async def test_where_the_use_is_suspended_no_approach_is_decided_and_the_case_can_be_ended(ward: Ward) -> None:
    await ward.until_conference()
    await ward.does(CLERK, "record_objection", **OBJECTION)
    async with ward.office.as_("privacy.officer") as officer:
        assert (await decides(officer, "granted")).status_code == 303
    moves = set((await ward.child(LEAD))["moves"])

    assert "decide_approach" not in moves
    assert {"close_without_need", "defer"} <= moves
    assert "利用を停止すると決まりました" in await page(ward, LEAD)


async def test_of_two_decisions_at_once_one_is_kept(ward: Ward) -> None:
    await ward.until_conference()
    await ward.does(CLERK, "record_objection", **OBJECTION)
    async with ward.office.as_("privacy.officer") as officer:
        asked = await asked_of(officer)
        answers = await asyncio.gather(*(says(officer, asked, verdict) for verdict in ("refused", "granted")))
        listed = (await officer.get("/objections")).text

    assert sorted(each.status_code for each in answers) == [303, 409]
    assert listed.count("<dt>決定</dt>") == 1
