"""A case changes its owner by hand-over alone: two wards, the register, and walls on both sides (casework.md §2.5; S02)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from contracts.messages import CaseMoved, DecisionRecorded, PersonChanged
from contracts.values import Ward
from services.casework import inspection
from services.casework.screens.reviews.screen import OF_TODAY
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_moves import CHILD, SECTIONS
from tests.integration.casework.test_pages import hidden_fields
from tests.integration.casework.test_walls import acting
from tests.integration.casework.test_way_of_a_case import Ward as People

CLERK, LEAD, NEW_CLERK, NEW_LEAD = "hakata.clerk", "hakata.lead", "nishi.clerk", "nishi.lead"
EVERYBODY = (CLERK, LEAD, "hakata.health", "hakata.welfare", NEW_CLERK, NEW_LEAD)


@pytest_asyncio.fixture
async def people(office: Office) -> AsyncIterator[People]:
    """Two wards, and a child whose case is at the approach in 博多区."""
    await office.hear(b.lives("a"), b.is_called("a", "見本 あお"), b.needed("a"))
    async with AsyncExitStack() as doors:
        everybody = {login: await doors.enter_async_context(office.as_(login)) for login in EVERYBODY}
        yield People(office, everybody)


async def sees(people: People, *logins: str) -> list[int]:
    return [(await people.people[login].get(f"/v1/children/{CHILD}")).status_code for login in logins]


async def tabs(people: People, login: str) -> dict[str, int]:
    """The tabs of somebody's list that hold anything, without the views of the first page: those count the same children by day."""
    counts: dict[str, int] = (await people.people[login].get("/v1/reviews")).json()["counts"]
    return {tab: count for tab, count in counts.items() if count and tab not in OF_TODAY}


async def owner(people: People) -> tuple[str, str]:
    async with people.office.service.pool.acquire() as db:
        case = await inspection.case_of(db, CHILD)
    assert case is not None
    return case["ward"], case["state"]


async def handovers(people: People) -> list[tuple[str, str, str]]:
    """From which ward to which, and how it stands, in order."""
    async with acting(people.office, "system") as db:
        rows = await db.fetch("select from_ward, to_ward, status from handover order by offered_at, settled_at nulls last")
    return [tuple(row) for row in rows]


def moves_to(ward: Ward, version: int) -> Any:
    return b.lives("a", ward, version=version)


async def test_a_move_offers_the_case_and_nothing_is_anybody_elses_until_somebody_accepts(people: People) -> None:
    """S02 to the letter: no new review, one transfer however often it is told, write access until acceptance, then none."""
    await people.until_approach()
    await people.office.hear(moves_to(Ward.NISHI, 2))
    await people.office.hear(moves_to(Ward.NISHI, 2), moves_to(Ward.NISHI, 3))
    old, new = await people.child(CLERK), await people.child(NEW_LEAD)

    assert await handovers(people) == [("hakata", "nishi", "offered")]
    assert old["handover"] | {"due_on": ""} == {
        "destination": "ward", "from_ward": "hakata", "to_ward": "nishi", "status": "offered", "due_on": "", "offered_by": None,
    }  # fmt: skip
    assert ("add_note" in old["moves"], "revoke_handover" in old["moves"], new["moves"]) == (
        True,
        True,
        ["accept_handover", "return_handover"],
    )
    assert (await people.child(NEW_CLERK))["moves"] == []
    assert (await tabs(people, CLERK), await tabs(people, NEW_CLERK)) == ({"going_on": 1, "all": 1, "offered": 1}, {"receiving": 1})
    assert await people.does(CLERK, "add_note", text="書ける") == "approach"
    refused = [await people.tries(NEW_LEAD, "add_note", text="まだ"), await people.tries(NEW_CLERK, "accept_handover")]
    assert [answer.status_code for answer in refused] == [403, 403]

    assert await people.does(NEW_LEAD, "accept_handover") == "conference"

    assert (await owner(people), await sees(people, CLERK, LEAD, NEW_CLERK)) == (("nishi", "conference"), [404, 404, 200])
    assert (await tabs(people, CLERK), await tabs(people, NEW_CLERK)) == ({}, {"conference": 1, "all": 1})
    accepted = await people.child(NEW_LEAD)
    assert (accepted["case"]["ward"], accepted["case"]["lead_section"], accepted["case"]["due_on"]) == ("nishi", None, "2026-04-24")
    assert "decide_approach" in accepted["moves"]
    said = await people.office.said()
    moved = [(each.from_state, each.to_state) for each in said if isinstance(each, CaseMoved)]
    assert moved[-1] == ("approach", "conference")
    decided = [each.action for each in said if isinstance(each, DecisionRecorded) and "handover" in each.action]
    assert decided == ["casework.handover_offered", "casework.accept_handover"]


async def test_what_is_sent_back_is_the_old_wards_with_the_reason_and_is_not_offered_again_by_itself(people: People) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    await people.office.hear(moves_to(Ward.NISHI, 2))
    page = (await people.people[NEW_LEAD].get(f"/children/{CHILD}")).text
    form = hidden_fields(page, "return_handover")
    empty = await people.people[NEW_LEAD].post(f"/children/{CHILD}/moves", data=form)
    full = form | {"why": "まだ荷物が残っている", "key": str(uuid4())}
    twice = await asyncio.gather(*(people.people[NEW_LEAD].post(f"/children/{CHILD}/moves", data=full) for _ in range(2)))
    later = await people.people[NEW_LEAD].post(f"/children/{CHILD}/moves", data=full)
    await people.office.hear(moves_to(Ward.NISHI, 3))
    shown = (await people.people[CLERK].get(f"/children/{CHILD}")).text

    assert (empty.status_code, "「理由」を入れてください。" in empty.text) == (422, True)
    # Whoever came through the door together with the first press is told the same; afterwards the child is another ward's.
    assert twice[0].headers["location"] == "/reviews?tab=receiving"
    assert ({answer.status_code for answer in twice} <= {303, 404}, later.status_code) == (True, 404)
    assert await handovers(people) == [("hakata", "nishi", "returned")]
    assert (await sees(people, NEW_LEAD), await tabs(people, CLERK)) == ([404], {"investigation": 1, "all": 1, "returned": 1})
    assert ("西区から、引継ぎが差し戻されました" in shown, "まだ荷物が残っている" in shown) == (True, True)

    assert await people.does(LEAD, "offer_handover", to_ward="nishi", why="引っ越しが済んだ") == "investigation"
    assert await people.does(NEW_LEAD, "accept_handover") == "investigation"
    page = (await people.people[NEW_LEAD].get(f"/children/{CHILD}")).text
    assert ("博多区 子育て支援課　見本 ひかり" in page, "西区 健康課　見本 ひかり" in page) == (True, True)


async def test_somebody_without_a_residence_of_their_own_is_handed_over_and_who_looked_is_shown_as_with_everybody(office: Office) -> None:
    """Taken for one with a person who is registered: the ward is that one's, and no residence was ever told of the other."""
    await office.hear(b.lives("s"), b.is_called("s", "見本 あお"), b.is_one_person("s", "a"), b.needed("a"))
    async with AsyncExitStack() as doors:
        people = People(office, {login: await doors.enter_async_context(office.as_(login)) for login in (CLERK, LEAD, NEW_LEAD)})
        await people.does(CLERK, "start_investigation", sections=SECTIONS)
        offered = await people.does(LEAD, "offer_handover", to_ward="nishi", why="引っ越しが決まった")
        shown = (await people.people[NEW_LEAD].get(f"/children/{CHILD}")).text
        accepted = await people.does(NEW_LEAD, "accept_handover")

    assert (offered, accepted) == ("investigation", "investigation")
    assert ("博多区" in shown, await handovers(people)) == (True, [("hakata", "nishi", "accepted")])


async def test_whoever_moves_on_or_back_takes_the_offer_along(people: People) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    for version, ward in enumerate((Ward.NISHI, Ward.MINAMI, Ward.HAKATA, Ward.MINAMI), start=2):
        people.office.clock.at += timedelta(days=1)
        await people.office.hear(moves_to(ward, version))

    assert await handovers(people) == [
        ("hakata", "nishi", "revoked"),
        ("hakata", "minami", "revoked"),
        ("hakata", "minami", "offered"),
    ]
    assert await sees(people, CLERK, NEW_LEAD) == [200, 404]


async def test_an_old_page_and_another_wards_ward_are_told_so(people: People) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    page = (await people.people[CLERK].get(f"/children/{CHILD}")).text
    form = hidden_fields(page, "offer_handover") | {"to_ward": "minami", "why": "転居"}
    await people.office.hear(moves_to(Ward.NISHI, 2))
    old = await people.people[CLERK].post(f"/children/{CHILD}/moves", data=form)
    here = await people.tries(CLERK, "offer_handover", to_ward="hakata", why="同じ区")

    assert (old.status_code, "新しい情報が届きました" in old.text) == (412, True)
    assert here.status_code == 409
    await people.does(CLERK, "revoke_handover", why="まだ早い")
    assert (await people.tries(CLERK, "offer_handover", to_ward="hakata", why="同じ区")).status_code == 422
    assert (await sees(people, NEW_LEAD), await handovers(people)) == ([404], [("hakata", "nishi", "revoked")])


async def test_of_two_who_accept_and_revoke_at_once_one_wins_and_there_is_one_owner(people: People) -> None:
    """Again and again, in whichever order the database lets them in; two tabs of the new ward's lead at the same time."""
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    wards, leads = ["hakata", "nishi"], {"hakata": LEAD, "nishi": NEW_LEAD}
    for round_ in range(6):
        here, _ = await owner(people)
        there = next(ward for ward in wards if ward != here)
        await people.does(leads[here], "offer_handover", to_ward=there, why=f"{round_}")
        version = (await people.child(leads[here]))["version"]

        async def press(login: str, move: str, version: str = version, **form: Any) -> httpx.Response:
            headers = {"idempotency-key": str(uuid4()), "if-match": f'"{version}"'}
            return await people.people[login].post(f"/v1/reviews/{CHILD}/moves", json={"move": move, **form}, headers=headers)

        answers = await asyncio.gather(
            press(leads[here], "revoke_handover", why="やめる"),
            press(leads[there], "accept_handover"),
            press(leads[there], "accept_handover"),
            people.office.hear(b.lives("a", household=f"H{round_}", version=10 + round_)),
        )

        codes = [answer.status_code for answer in answers[:3] if answer is not None]
        now, _ = await owner(people)
        assert codes.count(201) == 1
        assert set(codes) <= {201, 404, 412}
        assert now == (here if codes[0] == 201 else there)
        expected = [200 if leads[ward] == leads[now] else 404 for ward in wards]
        assert await sees(people, LEAD, NEW_LEAD) == expected
        open_ones = [each for each in await handovers(people) if each[2] == "offered"]
        assert open_ones == []


async def test_the_database_keeps_one_open_offer_and_never_one_to_oneself(people: People) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    await people.office.hear(moves_to(Ward.NISHI, 2))
    another = (
        "insert into handover select gen_random_uuid(), case_id, person_id, destination, from_ward, $1, status, offered_at from handover"
    )
    another = another.replace("offered_at from", "offered_at, null, null, due_on, why from")

    for to_ward, refused in (("minami", asyncpg.UniqueViolationError), ("hakata", asyncpg.CheckViolationError)):
        with pytest.raises(refused):
            async with acting(people.office, "system") as db:
                await db.execute(another, to_ward)


@pytest.mark.parametrize("opponent_in", [Ward.HAKATA, Ward.NISHI, Ward.MINAMI])
async def test_protection_wins_over_a_hand_over(people: People, opponent_in: Ward) -> None:
    """S07, domain.md §2.8-10: the opponent's ward loses access at once; what was offered is taken back, and nothing is offered."""
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    await people.office.hear(moves_to(Ward.NISHI, 2), b.lives("f", opponent_in))
    await people.office.hear(b.measure(("a",), ("f",)))
    await people.office.hear(moves_to(Ward.NISHI, 3))

    assert await handovers(people) == [("hakata", "nishi", "revoked")]
    kept = {Ward.HAKATA: [404, 200], Ward.NISHI: [200, 404], Ward.MINAMI: [200, 404]}
    assert await sees(people, LEAD, NEW_LEAD) == kept[opponent_in]
    stays = LEAD if opponent_in is not Ward.HAKATA else NEW_LEAD
    assert (await people.tries(stays, "offer_handover", to_ward="minami", why="行った先")).status_code == 403
    shown = (await people.people[stays].get(f"/children/{CHILD}")).text
    told = any(words in shown for words in ('id="handover"', 'id="offer_handover"', "引継ぎの申出", "引継ぎを申し出"))
    assert (told, "西区" in shown.replace("要確認　西区", "")) == (False, opponent_in is Ward.HAKATA)

    await people.office.hear(b.measure(("a",), ("f",), version=2, voided=True))
    assert (await handovers(people))[-1] == ("hakata", "nishi", "offered")


@pytest.mark.parametrize("actor_ward", [None, *Ward])
async def test_the_second_wall_lets_both_wards_read_and_nobody_else(people: People, actor_ward: Ward | None) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    await people.office.hear(moves_to(Ward.NISHI, 2))
    tables = ("person", "person_name", "whereabouts", "review", "review_word", "cases", "case_move", "handover")

    async def seen() -> set[str]:
        async with acting(people.office, "staff", actor_ward or "") as db:
            return {table for table in tables if await db.fetchval(f"select count(*) from {table}")}

    offered = await seen()
    await people.does(NEW_LEAD, "accept_handover")

    assert offered == (set(tables) if actor_ward in {Ward.HAKATA, Ward.NISHI} else set())
    assert await seen() == (set(tables) if actor_ward is Ward.NISHI else set())


async def test_a_closed_case_stays_with_its_owner_and_a_new_review_is_where_the_child_lives(people: People) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    await people.office.hear(moves_to(Ward.NISHI, 2))
    gone = {"received_on": "2026-04-11", "receipt": "受付 12", "why": "一緒に動く"}
    await people.does(LEAD, "sent_to_guidance_center", **gone)

    assert (await handovers(people), await sees(people, LEAD, NEW_LEAD)) == ([("hakata", "nishi", "revoked")], [200, 404])
    await people.office.hear(moves_to(Ward.NISHI, 3))
    assert await sees(people, LEAD, NEW_LEAD) == [200, 404]
    await people.office.hear(b.needed("a", version=2))
    assert (await sees(people, LEAD, NEW_LEAD), await tabs(people, NEW_CLERK)) == ([404, 200], {"not_started": 1, "all": 1})


async def test_a_case_that_is_opened_again_is_offered_to_where_the_child_lives_now(people: People) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    await people.does(LEAD, "sent_to_guidance_center", received_on="2026-04-11", receipt="受付 12", why="一緒に動く")
    await people.office.hear(moves_to(Ward.NISHI, 2))
    nothing = await handovers(people)
    await people.does(LEAD, "reopen", why="戻ってきた")
    async with people.office.as_("hakata.chief") as chief:
        people.people["hakata.chief"] = chief
        assert await people.does("hakata.chief", "approve") == "investigation"

    assert (nothing, await handovers(people)) == ([], [("hakata", "nishi", "offered")])


async def test_what_waits_too_long_says_so(people: People) -> None:
    await people.does(CLERK, "start_investigation", sections=SECTIONS)
    await people.office.hear(moves_to(Ward.NISHI, 2))
    people.office.clock.at += timedelta(days=10)
    listed = (await people.people[NEW_LEAD].get("/reviews?tab=receiving")).text
    shown = (await people.people[NEW_LEAD].get(f"/children/{CHILD}")).text

    async with people.office.as_("coordinator") as coordinator:
        told = (await coordinator.get("/v1/handovers")).json()
        page = (await coordinator.get("/handovers")).text
        child = (await coordinator.get(f"/v1/children/{CHILD}")).status_code

    assert told == {"wards": [{"from_ward": "hakata", "to_ward": "nishi", "waiting": 1, "late": 1, "due_on": "2026-04-17"}]}
    assert ("4月17日（4日超過）" in page, "見本 あお" in page, child) == (True, False, 404)
    assert (await people.people[NEW_LEAD].get("/v1/handovers")).status_code == 403
    assert ("調査・受領待ち" in listed, "4月17日（4日超過）" in listed) == (True, True)
    assert ("▲ 博多区から、引継ぎの申出が来ています" in shown, "これまでの経過1件、まだ回答のない調査" in shown) == (True, True)


def leaves(version: int, on: date | None) -> PersonChanged:
    stays = b.lives("a", version=version)
    return stays.model_copy(update={"residence": (stays.residence[0].model_copy(update={"end": on}),)})


async def test_who_left_the_city_is_handed_over_before_the_case_ends_and_a_cancelled_departure_asks_for_nothing(people: People) -> None:
    """S03: contents, legal basis, recipient, by whom; from its day on; the case goes on where the register takes the departure back."""
    await people.until_approach()
    await people.office.hear(leaves(2, date(2026, 4, 20)))
    early = await tabs(people, CLERK)
    people.office.clock.at += timedelta(days=9)
    there = await tabs(people, CLERK)
    page = (await people.people[CLERK].get(f"/children/{CHILD}")).text
    closing = {"moved_out_on": "2026-04-20", "information_to_new_city": "given", "why": "児童福祉法21条の10の5"}
    too_soon = await people.tries(LEAD, "moved_out", **closing)
    handed = {"recipient": "春日市 こども課", "contents": "経過の写し", "legal_basis": "個人情報保護法69条2項", "handed_on": "2026-04-20"}
    half = await people.tries(CLERK, "hand_over_outside", **handed | {"legal_basis": ""})

    assert ("moved_out" in early, there["moved_out"]) == (False, 1)
    assert "令和8年4月20日に市外へ転出しています。転出先の自治体へ引き継ぐかどうかを判断し" in page
    assert (too_soon.status_code, half.status_code) == (422, 422)
    assert "先に「市外の自治体への引継ぎを記録する」" in too_soon.json()["errors"][0]["message"]
    assert await people.does(CLERK, "hand_over_outside", **handed) == "approach"
    shown = (await people.people[LEAD].get(f"/children/{CHILD}")).text
    assert ("春日市 こども課" in shown, "引継ぎは記録されています" in shown) == (True, True)
    assert await people.does(LEAD, "moved_out", **closing) == "approach"

    await people.office.hear(leaves(3, None))
    cancelled = (await people.people[LEAD].get(f"/children/{CHILD}")).text
    assert ("市外へ転出しています" in cancelled, "転出が取り消されたか、戻ってきたかを確かめてください" in cancelled) == (False, True)
    assert await people.does(LEAD, "take_back") == "approach"
    assert await tabs(people, CLERK) == {"going_on": 1, "all": 1}
