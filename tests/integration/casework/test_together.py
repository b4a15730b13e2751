"""One visit and one conference of siblings: a result in each child's case, all or none, nobody whom a measure hides (S12)."""

import asyncio
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import httpx
import pytest

from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Relationship, Ward
from infra.clock import JST
from services.casework.screens.programme.weekly import making as weekly
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_moves import SECTIONS
from tests.integration.casework.test_walls import acting

WEEK = date(2026, 4, 6), date(2026, 4, 13)
OLD, YOUNG, FAR = b.person("old"), b.person("young"), b.person("far")
NAMES = {"old": "見本 うえ", "young": "見本 した", "hidden": "見本 かくれ"}
CONFERRED = {"present": SECTIONS[:2], "agreed_in_writing": SECTIONS[2:], "why": "三課で話し合った"}
APPROACH = {"approach_method": "home_visit", "lead_section": "health_section", "person_in_charge": "見本", "due_on": "2026-04-24"}


@pytest.fixture(autouse=True)
async def siblings(office: Office) -> None:
    """Two siblings whose cases are at the conference, a third whom a measure protects, and a child of another ward."""
    await office.hear(
        b.measure(("hidden",), ("foe",)),
        *(b.lives(who) for who in NAMES),
        b.lives("far", Ward.NISHI, household="F"),
        *(b.is_called(who, name) for who, name in NAMES.items()),
        b.household("M-1", *((who, Relationship.CHILD) for who in NAMES)),
        *(b.needed(who) for who in (*NAMES, "far")),
    )
    await cases(office, "conference", *NAMES, "far")


async def cases(office: Office, state: str, *who: str) -> None:
    """Let the cases of these children stand at `state`, the health section in charge."""
    async with acting(office, "system") as db:
        for each in who:
            await db.execute(
                "insert into cases (case_id, person_id, ward, noticed_in, state, version, opened_at, opened_by, opened_by_name, due_on)"
                " values ($1, $2, $3, $3, $4, 1, now(), $1, 'x', '2026-04-17')",
                b.person(f"case of {each}"),
                b.person(each),
                "nishi" if each == "far" else "hakata",
                state,
            )
        await db.execute("update review set case_id = cases.case_id from cases where cases.person_id = review.person_id")
        await db.execute(
            "update review set (case_state, case_due_on, case_asks, case_unanswered) = (cases.state, cases.due_on, false, cases.unanswered)"
            " from cases where cases.case_id = review.case_id"
        )


def sent(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page[page.index("<main") :]))


async def sends(client: httpx.AsyncClient, page: str, act: str, **form: Any) -> httpx.Response:
    fields = {name.replace("__", "."): value for name, value in form.items()}
    return await client.post(f"/children/{OLD}/{act}", data={**sent(page), **fields})


async def stands(office: Office) -> dict[Any, tuple[str, int]]:
    async with acting(office, "system") as db:
        return {row["person_id"]: (row["state"], row["version"]) for row in await db.fetch("select person_id, state, version from cases")}


async def rows_of(office: Office, move: str) -> Sequence[Any]:
    async with acting(office, "system") as db:
        return await db.fetch(
            "select person_id, details::jsonb ->> 'result' as result, together from case_move join cases using (case_id) where move = $1",
            move,
        )


async def test_a_conference_of_siblings_is_one_and_each_child_has_its_own_result_and_a_case_that_ends_leaves_the_other_open(
    office: Office,
) -> None:
    async with office.as_("hakata.lead") as lead, office.as_("hakata.clerk") as clerk, office.as_("nishi.lead") as stranger:
        child = (await lead.get(f"/children/{OLD}")).text
        page = (await lead.get(f"/children/{OLD}/conference")).text
        both = {f"decision.{OLD}": "decide_approach", f"decision.{YOUNG}": "close_without_need", f"outcome.{YOUNG}": "not_needed"}
        one = {**CONFERRED, **APPROACH, **both}
        missing = await sends(lead, page, "conference/conferred", **one | {"present": SECTIONS[:1]})
        half = await sends(lead, page, "conference/conferred", **one | {f"outcome.{YOUNG}": ""})
        by_clerk = await sends(clerk, (await clerk.get(f"/children/{OLD}/conference")).text, "conference/conferred", **one)
        of_young = {**CONFERRED, f"decision.{YOUNG}": "close_without_need", f"outcome.{YOUNG}": "not_needed"}
        refused = await sends(clerk, (await clerk.get(f"/children/{OLD}/conference")).text, "conference/conferred", **of_young)
        turned_away = [each.thing.id for each in await office.said() if isinstance(each, AccessRecorded) and each.decision == "deny"]
        foreign = await sends(lead, page, "conference/conferred", **one, **{f"decision.{FAR}": "defer", f"until.{FAR}": "2026-07-01"})
        untouched = await stands(office)
        done = await asyncio.gather(*(sends(lead, page, "conference/conferred", **one) for _ in range(2)))
        after = (await lead.get(f"/children/{YOUNG}")).text
        outside = (await stranger.get(f"/children/{OLD}/conference")).status_code

    assert "一緒に協議の結果を記録する" in child
    assert "None" not in page[page.index("<main") :], "nothing is filled in that nobody wrote"
    assert ("見本 した" in page, "見本 かくれ" in page) == (True, False), "a protected sibling is not named"
    assert [each.status_code for each in (missing, half, by_clerk, foreign)] == [422, 422, 403, 404]
    assert "三課の協議が必要です" in missing.text
    assert (refused.status_code, turned_away[-1]) == (403, str(YOUNG)), "under the child whom it is about, not under the page's"
    assert f'name="until.{OLD}" value=""' in missing.text, "a day that somebody took out is not filled in again"
    assert "見本 した：「結果」を選んでください。" in half.text
    assert set(untouched.values()) == {("conference", 1)}, "all or none"
    assert [each.status_code for each in done] == [303, 303]
    now = await stands(office)
    assert (now[OLD], now[YOUNG]) == (("approach", 2), ("conference", 2))
    assert "（きょうだいと一緒に）" in after
    [approach], [closing] = await rows_of(office, "decide_approach"), await rows_of(office, "close_without_need")
    assert approach["together"] == closing["together"] is not None
    assert outside == 404
    kept = [
        each.thing.id for each in await office.said() if isinstance(each, DecisionRecorded) and each.action != "casework.review_received"
    ]
    assert sorted(each for each in kept if each in {str(OLD), str(YOUNG)}) == sorted([str(OLD), str(YOUNG)])


async def test_a_visit_to_the_home_is_one_contact_of_each_child_met_or_not_seen_or_not(office: Office) -> None:
    async with acting(office, "system") as db:
        await db.execute("update cases set state = 'approach', lead_section = 'health_section'")
        await db.execute("update review set case_state = 'approach' where case_id is not null")
    form = {"contacted_on": "2026-04-10", "method": "home_visit", "met_whom": "母", "findings": "玄関で話を聞いた"}
    form |= {f"result.{OLD}": "met", f"sighted.{OLD}": "yes", f"result.{YOUNG}": "absent", f"sighted.{YOUNG}": "no"}
    async with office.as_("hakata.health") as health:
        page = (await health.get(f"/children/{OLD}/visit")).text
        ahead = await sends(health, page, "visit/visited", **form | {"contacted_on": "2026-04-12"})
        too_long = await sends(health, page, "visit/visited", **form | {"findings": "長" * 2000, f"own.{OLD}": "長"})
        nobody = await sends(health, page, "visit/visited", **form | {f"result.{OLD}": "", f"result.{YOUNG}": ""})
        # A measure that comes meanwhile takes the younger out of what is one.
        done, again = [await sends(health, page, "visit/visited", **form) for _ in range(2)]
        said = (await health.get(f"/children/{OLD}")).text
        async with acting(office, "system") as db:
            week = await db.fetch(weekly.SQL.by_movement, *WEEK, *(datetime.combine(day, time(), JST) for day in WEEK))
        stale = await sends(health, page, "visit/visited", **form, key=str(b.person("key")))
        await office.hear(b.measure(("young",), ("foe",), name="later"))
        apart = (await health.get(f"/children/{OLD}/visit")).text
        pulled = await sends(health, apart, "visit/visited", **{f"result.{OLD}": "", f"versions.{YOUNG}": "1.2"} | form)

    assert [each.status_code for each in (ahead, too_long, nobody, done, again, stale, pulled)] == [422, 422, 422, 303, 303, 412, 404]
    assert "玄関で話を聞いた" in ahead.text
    assert ("2000文字まで" in too_long.text, "一人分以上" in nobody.text, "見本 した" in apart) == (True, True, False)
    now = await stands(office)
    assert (now[OLD], now[YOUNG]) == (("assessment", 2), ("approach", 2))
    assert [each["n"] for each in week if each["kind"] == "contact"] == [1], "somebody went there once"
    [met], [absent] = await rows_of(office, "met"), await rows_of(office, "record_contact")
    assert (absent["result"], absent["person_id"], met["person_id"]) == ("absent", YOUNG, OLD)
    assert met["together"] == absent["together"] is not None
    assert "玄関で話を聞いた" in said
