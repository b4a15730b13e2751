"""The coordinator names who knows where a protected child is, and ends it; nobody else reads it by any address (domain.md §4.4, S07)."""

import re
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from contracts.messages import DecisionRecorded
from contracts.values import Relationship, Ward
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import PEOPLE, Office
from tests.integration.casework.test_emergencies import token_of
from tests.integration.casework.test_races import MOST_STATEMENTS, interrupting
from tests.integration.casework.test_walls import acting
from tests.integration.identity.tries import OPEN

CHILD = b.person("a")
PLACE = re.compile("新町|M-777")


@pytest.fixture(autouse=True)
async def a_protected_child(office: Office) -> None:
    await office.hear(
        b.measure(("a",), ("f",)),
        b.lives("f", Ward.MINAMI, household="F"),
        b.is_called("f", "見本 まこと"),
        b.lives("a", Ward.NISHI),
        b.is_called("a", "架空 あお", address="新町"),
        b.household("M-777", ("a", Relationship.CHILD)),
        b.needed("a"),
    )


async def does(client: httpx.AsyncClient, what: str, **form: Any) -> httpx.Response:
    return await client.post(f"/children/{CHILD}/holders/{what}", data={"form_token": await token_of(client), **form})


async def names(client: httpx.AsyncClient, login: str, checked: str = "本人から聞き取り、戸籍でも確かめた") -> httpx.Response:
    return await does(client, "name", login=login, no_relative="yes", checked=checked)


async def holder_of(office: Office) -> str:
    async with acting(office, "system") as db:
        return str(await db.fetchval("select staff_id from whereabouts_holder"))


async def sees_where(client: httpx.AsyncClient) -> list[bool]:
    return [bool(PLACE.search((await client.get(f"{prefix}/children/{CHILD}")).text)) for prefix in ("", "/v1")]


async def test_who_is_named_sees_the_address_until_it_is_ended_and_both_are_in_the_log(office: Office) -> None:
    async with office.as_("coordinator") as coordinator, office.as_("nishi.clerk") as clerk:
        before = await sees_where(clerk)
        link = f"/children/{CHILD}/holders" in (await coordinator.get(f"/children/{CHILD}")).text
        twice = [await names(coordinator, "nishi.clerk") for _ in range(2)]
        page = (await coordinator.get(f"/children/{CHILD}/holders")).text
        during = await sees_where(clerk)
        ended = [await does(coordinator, "end", holder=holder) for holder in [await holder_of(office)] * 2]
        after = await sees_where(clerk)

    assert (before, link, [each.status_code for each in twice]) == ([False, False], True, [303, 303])
    assert ("西区 子育て支援課　見本 ひかり" in page, "1人" in page) == (True, True)
    assert (during, [each.status_code for each in ended], after) == ([True, True], [303, 303], [False, False])
    kept = [each for each in await office.said() if isinstance(each, DecisionRecorded) and each.action.startswith("casework.holder")]
    assert [(each.action, each.thing.id, each.thing.ward, each.actor.ward) for each in kept] == [
        ("casework.holder_named", str(CHILD), None, None),
        ("casework.holder_ended", str(CHILD), None, None),
    ]


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        ("hakata.clerk", "担当する区の職員ではない"),
        ("minami.clerk", "相手方が住む区の職員"),
        ("coordinator", "区の三課の職員ではない"),
        ("nobody", "登録されていません"),
        ("%00", "登録されていません"),
    ],
)
async def test_whoever_could_not_see_the_child_anyway_is_not_named(office: Office, login: str, sentence: str) -> None:
    async with office.as_("coordinator") as coordinator:
        answer = await names(coordinator, login)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert await holder_of(office) == "None"


async def test_of_who_is_called_as_the_opponent_it_is_written_down_how_it_was_checked(office: Office) -> None:
    async with office.as_("coordinator") as coordinator:
        asked = await names(coordinator, "nishi.clerk", checked="")
        unchecked = await does(coordinator, "name", login="nishi.clerk", checked="戸籍で確かめたので大丈夫")
        named = await names(coordinator, "nishi.clerk")

    assert ([each.status_code for each in (asked, unchecked, named)], "同じ名字の職員です" in asked.text) == ([422, 422, 303], True)


async def test_of_a_child_that_no_measure_protects_nobody_is_named(office: Office) -> None:
    await office.hear(b.measure(("a",), ("f",), version=2, voided=True))
    async with office.as_("coordinator") as coordinator, office.as_("nishi.lead") as lead:
        answers = [
            await names(coordinator, "nishi.clerk"),
            await coordinator.get(f"/children/{CHILD}/holders"),
            await names(lead, "nishi.clerk"),
        ]

    assert [each.status_code for each in answers] == [404, 404, 403]


async def test_by_no_address_does_anybody_read_where_the_child_is_but_coordinator_and_holder(office: Office) -> None:
    async with office.as_("coordinator") as coordinator:
        await names(coordinator, "nishi.lead")
    routes = {context.path_format or "" for context in iter_route_contexts(office.service.app.routes) if "GET" in (context.methods or ())}
    addresses = sorted(re.sub("{.*?}", str(CHILD), route) for route in routes - OPEN)
    found = set()
    for login in PEOPLE.keys() - {"coordinator", "nishi.lead"}:
        async with office.as_(login) as somebody:
            found |= {(login, address) for address in addresses if PLACE.search((await somebody.get(address)).text)}

    assert len(addresses) > 20
    assert found == set()


async def test_a_look_during_which_it_is_ended_shows_all_or_nothing_of_where_the_child_is(office: Office) -> None:
    async def ends() -> None:
        async with acting(office, "system") as db:
            await db.execute("delete from whereabouts_holder")

    shown = set()
    async with office.as_("coordinator") as coordinator, office.as_("nishi.clerk") as clerk:
        for at in range(MOST_STATEMENTS):
            await names(coordinator, "nishi.clerk")
            with interrupting(office, at, ends) as interruption:
                text = (await clerk.get(f"/children/{CHILD}")).text
            if interruption.statements <= at:
                break
            where = bool(PLACE.search(text))
            assert where is ("保護措置のため表示しません" not in text), f"interrupted before statement {at}"
            shown.add(where)

    assert shown == {True, False}
