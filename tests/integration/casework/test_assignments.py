"""Who of a ward works with which children, many at once; conditions of the list under names (issue 12 point 6)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from contracts.messages import DecisionRecorded
from contracts.values import Ward
from services.casework.domain.filtering import FILTERS_OF_ONE
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_walls import acting

HOLDS = "insert into casework.whereabouts_holder (person_id, staff_id, named_by, named_at) values ($1, $2, $2, now())"


@pytest.fixture(autouse=True)
async def some_children(office: Office) -> None:
    await office.hear(
        b.measure(("p",), ("f",)),
        *(b.lives(who, birth=b.BIRTH, household=None) for who in ("a", "c", "p")),
        b.lives("n", Ward.NISHI, household=None),
        *(b.is_called(who, f"見本 {who}", "みほん") for who in ("a", "c", "p", "n")),
        *(b.needed(who, indicators=(b.NO_18M,)) for who in ("a", "c", "p", "n")),
    )


@asynccontextmanager
async def operator(office: Office) -> AsyncIterator[Any]:
    admin = await asyncpg.connect(office.database.admin_url)
    yield admin
    await admin.close()


async def staff_id(office: Office, login: str) -> str:
    async with operator(office) as db:
        return str(await db.fetchval("select id from identity.staff where login = $1", login))


async def marks(client: httpx.AsyncClient, question: str = "tab=all") -> dict[str, dict[str, Any]]:
    told = (await client.get(f"/v1/reviews?{question}")).json()
    return {line["person_id"]: line for house in told["households"] for line in house}


def ones(lines: dict[str, dict[str, Any]], *who: str) -> list[dict[str, str]]:
    return [{"person_id": str(b.person(each)), "version": lines[str(b.person(each))]["version"]} for each in who]


async def gives(client: httpx.AsyncClient, to: str, children: list[dict[str, str]], key: UUID | None = None) -> httpx.Response:
    headers = {"idempotency-key": str(key or uuid4())}
    return await client.post("/v1/assignments/carry_out", json={"to": to, "children": children}, headers=headers)


async def deeds(office: Office, action: str) -> list[str | None]:
    return [each.thing.id for each in await office.said() if isinstance(each, DecisionRecorded) and each.action == action]


async def test_many_are_given_to_a_colleague_after_it_was_shown_once_however_often_it_is_pressed(office: Office) -> None:
    clerk = await staff_id(office, "hakata.clerk")
    async with office.as_("hakata.lead") as lead:
        token = (await lead.get("/session")).json()["form_token"]
        lines = await marks(lead)
        chosen = [f"{each['person_id']}:{each['version']}" for each in ones(lines, "a", "c", "p")] + [f"{b.person('n')}:1.0.0"]
        shown = (await lead.post("/assignments/preview", data={"form_token": token, "children": chosen, "to": clerk})).text
        before = await marks(lead)
        key = str(uuid4())
        form = {"form_token": token, "children": chosen, "to": clerk, "key": key}
        first, second = [await lead.post("/assignments/carry_out", data=form) for _ in range(2)]
        other_tab = await gives(lead, clerk, ones(lines, "a", "c"))
        reused = await lead.post("/assignments/carry_out", data={**form, "children": chosen[:1]})
        result = (await lead.get(first.headers["location"])).text
        after = await marks(lead)
        child = (await lead.get(f"/children/{b.person('a')}")).text

    assert "にする：2人" in shown
    assert "居どころを知る職員が自分の受け持ちにするときだけ" in shown
    assert "ほかに、終わったか、ほかの区に移ったこどもが 1人います" in shown
    assert "見本 n" not in shown
    assert [each["owner"] for each in before.values()] == [None] * 3
    assert (first.status_code, second.status_code, first.headers["location"]) == (303, 303, second.headers["location"])
    assert (other_tab.json()["given"], other_tab.json()["left_out"], reused.status_code) == (0, {"already": 2}, 409)
    assert "<b>2人</b>の受け持ち" in result
    assert {who: after[str(b.person(who))]["owner"] for who in "acp"} == {"a": "見本 ひかり", "c": "見本 ひかり", "p": None}
    assert "<b>受け持ち：</b>見本 ひかり" in child
    assert sorted(each or "" for each in await deeds(office, "casework.child_assigned")) == sorted([str(b.person("a")), str(b.person("c"))])


async def test_what_changed_since_it_was_seen_is_left_out_and_so_is_what_only_holders_may_give(office: Office) -> None:
    clerk, lead_id, of_nishi = [await staff_id(office, each) for each in ("hakata.clerk", "hakata.lead", "nishi.clerk")]
    async with office.as_("hakata.lead") as lead, office.as_("hakata.clerk") as other, office.as_("coordinator") as coordinator:
        old = await marks(lead)
        await office.hear(b.needed("c", version=2, indicators=(b.NO_18M, b.EPDS)))
        stale = (await gives(lead, clerk, ones(old, "a", "c"))).json()
        foreign = await gives(lead, of_nishi, ones(old, "a"))
        keyless = await lead.post("/v1/assignments/carry_out", json={"to": clerk, "children": ones(old, "a")})
        preview = (await lead.post("/v1/assignments/preview", json={"children": ones(old, "a", "c", "p"), "to": clerk})).json()
        refused = [(await each.post("/v1/assignments/carry_out", json={})).status_code for each in (other, coordinator)]
        async with operator(office) as db:
            await db.executemany(HOLDS, [(b.person("p"), UUID(holder)) for holder in (clerk, lead_id)])
        to_another = (await gives(lead, clerk, ones(await marks(lead), "p"))).json()
        held = (await gives(lead, lead_id, ones(await marks(lead), "p"))).json()
        seen = [set(await marks(each, f"tab=all&owner={lead_id}")) for each in (lead, other)]
        async with office.as_("hakata.chief") as chief:
            runs = [(await each.get(f"/assignments?run={held['run']}")).text for each in (lead, chief)]
        async with operator(office) as db:
            await db.execute("delete from casework.whereabouts_holder where staff_id = $1", UUID(lead_id))
        ended = (await marks(lead))[str(b.person("p"))]["owner"]
        back = (await gives(lead, "nobody", ones(await marks(lead), "a"))).json()
        nobodys = await marks(lead, "tab=all&owner=nobody")
        await gives(lead, clerk, ones(nobodys, "c"))
        async with operator(office) as db:
            await db.execute("update casework.review set offered_to = 'nishi' where person_id = $1", b.person("c"))
        async with office.as_("nishi.lead") as receiver:
            to_accept = await marks(receiver, "tab=receiving&owner=nobody")

    assert (stale["given"], stale["left_out"]) == (1, {"changed": 1})
    assert (foreign.status_code, keyless.status_code, refused) == (422, 428, [403, 403])
    assert preview["left_out"] == {"protected": 1, "changed": 1, "already": 1}
    assert (to_another["left_out"], held["given"]) == ({"protected": 1}, 1)
    assert (seen, ended) == ([{str(b.person("p"))}, set()], None)
    assert [("見本 p" in page, f"/assignments?run={held['run']}" in page) for page in runs] == [(True, True), (False, False)], (
        "who is a holder"
    )
    assert (back["given"], len(nobodys)) == (1, 3)
    assert to_accept.keys() == {str(b.person("c"))}, "who has it in the other ward is nothing here"


async def test_conditions_are_kept_under_a_name_shared_in_the_ward_counted_and_looked_at_again_when_they_are_used(office: Office) -> None:
    kept = {"tab": "all", "owner": "nobody", "group": "CHK", "age": "preschool"}
    async with office.as_("hakata.lead") as lead, office.as_("hakata.clerk") as clerk, office.as_("nishi.lead") as other:

        async def save(name: str, **more: Any) -> httpx.Response:
            key = {"idempotency-key": str(uuid4())}
            return await lead.post("/v1/filters/save", json={"name": name, **kept, **more}, headers=key)

        saved = (await save("健診と受け持ちなし", shared=True)).json()["id"]
        twice, sensitive = await save("健診と受け持ちなし"), await save("福祉", group="ECON")
        went_back = [
            await lead.post("/v1/filters/save", json={"name": name, **kept, "shared": True}, headers={"idempotency-key": saved})
            for name in ("健診と受け持ちなし", "ほかの名前")
        ]
        used = await marks(clerk, f"saved={saved}")
        strangers = (await other.get("/v1/filters")).json()["filters"], (await other.get(f"/v1/reviews?saved={saved}")).json()["unusable"]
        forbidden = [(await clerk.post("/v1/filters/forget", json={"filter": saved})).status_code]
        many = [(await save(f"条件{n}")).status_code for n in range(FILTERS_OF_ONE)]
        async with acting(office, "system") as db:
            await db.execute('update saved_filter set conditions = \'{"tab": "a tab of long ago"}\' where filter_id = $1', UUID(saved))
        page, filters = (await clerk.get(f"/reviews?saved={saved}")).text, (await clerk.get("/filters")).text
        colleagues = str(uuid4())
        await clerk.post("/v1/filters/save", json={"name": "係の条件", **kept, "shared": True}, headers={"idempotency-key": colleagues})
        theirs = [(await lead.post("/v1/filters/forget", json={"filter": colleagues})).status_code]
        async with acting(office, "system") as db:
            # As of somebody who left: nobody of the ward has that id.
            await db.execute("update saved_filter set staff_id = $1 where filter_id = $2", uuid4(), UUID(colleagues))
        offered = f'value="{colleagues}"><button' in (await lead.get("/filters")).text
        theirs += [(await each.post("/v1/filters/forget", json={"filter": colleagues})).status_code for each in (clerk, other, lead)]
        gone = [(await lead.post("/v1/filters/forget", json={"filter": saved})).status_code for _ in range(2)]
        narrowed = (await lead.get("/v1/reviews?group=ECON")).status_code

    assert (twice.status_code, sensitive.status_code) == (409, 422)
    assert [each.status_code for each in went_back] == [200, 409], "what is not kept is not called kept"
    assert used.keys() == {str(b.person(who)) for who in "acp"}
    assert strangers == ([], True)
    assert (forbidden, gone, narrowed) == ([409], [200, 409], 422)
    assert (theirs, offered) == ([409, 409, 409, 200], True), "what somebody shared who left, a lead takes away"
    assert many == [200] * (FILTERS_OF_ONE - 1) + [409]
    assert "いまの画面では使えないため" in page
    assert "▲ 使えません" in filters
