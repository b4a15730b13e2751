"""The child guidance centre is told of children, takes cases over or gives them back, sees nobody else (casework.md §2.3, §2.5)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Relationship, Ward
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import MORNING, Office
from tests.integration.casework.test_moves import CHILD, SECTIONS
from tests.integration.casework.test_walls import acting
from tests.integration.casework.test_way_of_a_case import Ward as People

CLERK, LEAD, CENTER, COORDINATOR = "hakata.clerk", "hakata.lead", "center.worker", "coordinator"
OTHER = b.person("b")
SEND = {"why": "家に戻せるか、判断が要る"}
PAGES = ("/center", f"/children/{CHILD}", f"/v1/children/{CHILD}")


@pytest_asyncio.fixture
async def people(office: Office) -> AsyncIterator[People]:
    """A child under investigation in 博多区, another of the same house with a case too, and somebody of the centre."""
    house = b.household("0042", ("a", Relationship.CHILD), ("b", Relationship.CHILD))
    await office.hear(
        b.lives("a"), b.lives("b"), house, b.is_called("a", "見本 あお"), b.is_called("b", "見本 みどり"), b.needed("a"), b.needed("b")
    )
    async with AsyncExitStack() as doors:
        logins = (CLERK, LEAD, "hakata.chief", CENTER, COORDINATOR)
        people = People(office, {login: await doors.enter_async_context(office.as_(login)) for login in logins})
        await people.does(CLERK, "start_investigation", sections=SECTIONS)
        yield people


async def sees(people: People) -> list[int]:
    return [(await people.people[CENTER].get(address)).status_code for address in PAGES]


async def opens_sensitive(people: People) -> int:
    """Somebody of the centre opens what is especially sensitive, for a reason."""
    token = (await people.people[CENTER].get("/session")).json()["form_token"]
    form = {"reason": "investigation", "form_token": token}
    return (await people.people[CENTER].post(f"/children/{CHILD}/sensitive", data=form)).status_code


async def presses(people: People, version: str) -> httpx.Response:
    """Somebody of the centre accepts the case, from a page of that version."""
    headers = {"idempotency-key": str(uuid4()), "if-match": f'"{version}"'}
    form = {"move": "receive_at_guidance_center", "receipt": "R-7"}
    return await people.people[CENTER].post(f"/v1/reviews/{CHILD}/moves", json=form, headers=headers)


async def case(people: People) -> tuple[Any, ...]:
    async with acting(people.office, "system") as db:
        [row] = await db.fetch("select owner, state, handover, ward from cases where person_id = $1", CHILD)
    return tuple(row)


async def test_the_centre_sees_whom_it_was_told_of_answers_and_is_shown_nobody_else(people: People) -> None:
    """From any state in one operation; what is answered is on the ward's page, and who looked is in the log."""
    center = people.people[CENTER]
    before, empty = await sees(people), (await center.get("/center")).text
    await people.does(CLERK, "report_urgently", reported_to="児童相談所", text="腕にあざがある")
    listed, page = (await center.get("/center")).text, (await center.get(f"/children/{CHILD}")).text
    told = await people.child(CENTER)
    others = [
        (await center.get(address)).status_code
        for address in (f"/children/{OTHER}", "/reviews", "/today", "/closed", "/statistics", "/v1/reviews", f"/children/{CHILD}/files")
    ]
    sensitive = await opens_sensitive(people)

    assert (before, "見本 あお" in empty) == ([200, 404, 404], False)
    assert ("見本 あお" in listed, "通告に回答する" in listed, "みどり" in listed + page, "0042" in page) == (True, True, False, False)
    assert ("腕にあざがある" in page, told["moves"]) == (True, ["answer_from_guidance_center"])
    assert (others, sensitive) == ([404, 403, 403, 403, 403, 403, 403], 403)
    assert (await center.get("/")).headers["location"] == "/center"
    refused = [await people.tries(CENTER, "add_note", text="x"), await people.tries(CENTER, "receive_at_guidance_center", receipt="1")]
    assert [answer.status_code for answer in refused] == [403, 403]

    empty_answer = await people.tries(CENTER, "answer_from_guidance_center")
    assert await people.does(CENTER, "answer_from_guidance_center", answer="safe", text="学校で会えた") == "investigation"
    ward = (await people.people[CLERK].get(f"/children/{CHILD}")).text
    people.office.clock.at = MORNING + timedelta(days=90)
    last_day = await sees(people)
    people.office.clock.at = MORNING + timedelta(days=91)
    over = await sees(people)

    assert empty_answer.status_code == 422
    assert ("学校で会えた" in ward, "こどもの安全を確かめた" in ward, "こども総合相談センター　見本 ひかり" in ward) == (True, True, True)
    assert (last_day, over) == ([200, 200, 200], [200, 404, 404])
    said = await people.office.said()
    looks = {each.action for each in said if isinstance(each, AccessRecorded) and each.actor.role == "guidance_worker"}
    assert {"casework.center_opened", "casework.child_at_center", "casework.child_opened"} <= looks


async def test_what_is_sent_is_the_wards_until_the_centre_accepts_it_once(people: People) -> None:
    """One owner at any time: two press together, the register moves the child meanwhile, and the ward opens the case again."""
    tried = await people.tries(CLERK, "send_to_guidance_center", **SEND)
    await people.does(LEAD, "send_to_guidance_center", **SEND, shares=["with_sensitive"])
    again = await people.tries(LEAD, "send_to_guidance_center", **SEND)
    await people.office.hear(b.lives("a", Ward.NISHI, version=2))
    offered, mine = await case(people), await people.child(CENTER)
    opened = await opens_sensitive(people)
    waits = (await people.people[COORDINATOR].get("/handovers")).text

    assert (tried.status_code, again.status_code) == (403, 409)
    assert offered == ("ward", "investigation", "offered", "hakata")
    assert (mine["moves"], opened) == (["receive_at_guidance_center", "return_handover", "answer_from_guidance_center"], 200)
    assert "児童相談所" in waits

    tries = await asyncio.gather(*(presses(people, mine["version"]) for _ in range(2)))
    assert sorted(answer.status_code for answer in tries) == [201, 412]
    assert await case(people) == ("guidance_center", "closed", "accepted", "hakata")
    page = (await people.people[LEAD].get(f"/children/{CHILD}")).text
    assert ("こども総合相談センターが受理しています" in page, "児童相談所へ送致した" in page, "R-7" in page) == (True, True, True)
    assert await people.does(CENTER, "answer_from_guidance_center", answer="ward_supports", text="落ち着いた") == "closed"
    assert await people.does(LEAD, "reopen", why="区で支える") == "closed"
    assert await people.does("hakata.chief", "approve") == "investigation"
    # What the register told meanwhile is followed now.
    assert await case(people) == ("ward", "investigation", "offered", "hakata")
    assert await sees(people) == [200, 200, 200]
    decided = [
        each.action for each in await people.office.said() if isinstance(each, DecisionRecorded) and "guidance_center" in each.action
    ]
    assert decided == [
        "casework.send_to_guidance_center", "casework.receive_at_guidance_center", "casework.answer_from_guidance_center",
    ]  # fmt: skip


async def test_what_the_centre_sends_back_is_the_wards_with_the_reason_and_hidden_from_it_at_once(people: People) -> None:
    await people.does(LEAD, "send_to_guidance_center", **SEND)
    assert await people.does(CENTER, "return_handover", why="まず区で会ってほしい") == "investigation"
    page = (await people.people[LEAD].get(f"/children/{CHILD}")).text

    assert (await case(people), await sees(people)) == (("ward", "investigation", "returned", "hakata"), [200, 404, 404])
    assert ("こども総合相談センターから、送致が差し戻されました" in page, "まず区で会ってほしい" in page) == (True, True)
    await people.does(LEAD, "send_to_guidance_center", **SEND)
    await people.does(CLERK, "revoke_handover", why="待つ")
    assert await sees(people) == [200, 404, 404]


async def test_of_a_protected_child_the_centre_is_told_and_reads_no_ward_and_no_place(people: People) -> None:
    """S07: danger waits for nothing; where the child is, it learns from holders. What it is written it reads."""
    async with people.office.as_("nishi.lead") as people.people["nishi.lead"]:
        await people.does(LEAD, "offer_handover", to_ward="nishi", why="引っ越すと聞いた")
        await people.does("nishi.lead", "return_handover", why="西区のおばの家にいる")
    await people.office.hear(b.lives("foe", Ward.MINAMI), b.measure(("a",), ("foe",)))
    await people.does(LEAD, "send_to_guidance_center", why="会えていない")
    await people.does(CLERK, "report_urgently", reported_to="児童相談所", text="電話で助けを求めた")
    listed, page = [(await people.people[CENTER].get(each)).text for each in PAGES[:2]]
    answer = (await people.people[CENTER].get(PAGES[2])).text

    assert ("会えていない" in page, "電話で助けを求めた" in page, "見本 あお" in listed) == (True, True, True)
    assert [word for word in ("博多", "hakata", "40132001", "おばの家") if word in listed + page + answer.replace("hakata.", "")] == []


async def test_another_review_of_the_child_is_the_wards_and_an_answer_goes_to_what_was_reported(people: People) -> None:
    """casework.md §2.3: what is shared. A case is opened by its ward (PUSH-10)."""
    await people.does(CLERK, "report_urgently", reported_to="児童相談所", text="あざ")
    await people.does(CLERK, "withdraw_as_error", error_kind="wrong_person", correction_asked_of="保健所", why="別の人の記録")
    assert await people.does("hakata.chief", "approve") == "closed"
    await people.office.hear(b.needed("a", version=2))
    ward, center = await people.child(CLERK), await people.child(CENTER)
    answered = await people.does(CENTER, "answer_from_guidance_center", answer="safe", text="会えた")
    waiting = (await people.people[CENTER].get("/center")).text

    assert (ward["case"], center["case"]["state"], answered) == (None, "closed", "closed")
    assert "通告に回答する" not in waiting
    async with acting(people.office, "system") as db:
        assert await db.fetchval("select count(*) from cases where person_id = $1", CHILD) == 1


async def test_what_was_reported_before_there_was_a_centre_is_shared_with_the_next_report(people: People) -> None:
    await people.does(CLERK, "report_urgently", reported_to="児童相談所", text="あざ")
    async with acting(people.office, "system") as db:
        for table in ("cases", "person", "review"):
            await db.execute(f"update {table} set center_until = null")
    before = await sees(people)
    await people.does(CLERK, "report_urgently", reported_to="児童相談所", text="また、あざ")

    assert (before, await sees(people)) == ([200, 404, 404], [200, 200, 200])


async def test_the_second_wall_lets_the_centre_read_nobody_else_and_write_its_own_moves_alone(people: People) -> None:
    await people.does(CLERK, "report_urgently", reported_to="児童相談所", text="あざ")
    async with people.office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'guidance_center', true)")
        unsaid = await db.fetchval("select count(*) from person")
        await db.execute("select set_config('tsunagu.now', $1::timestamptz::text, true)", MORNING)
        seen = [await db.fetchval(f"select count(*) from {table}") for table in ("person", "review", "cases", "household", "case_file")]
        assert (unsaid, seen) == (0, [1, 1, 1, 0, 0])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(
                "insert into case_move (case_id, version, move, from_state, to_state, moved_at, moved_by, details) "
                "select case_id, 99, 'add_note', state, state, $2, $1, '{}' from cases",
                UUID(int=1),
                MORNING,
            )
