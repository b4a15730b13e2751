"""Break-glass (S24): a reason, two hours, one child, told to others, looked into by another person; never against a measure."""

import re
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Relationship, Ward
from services.casework import emergencies
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_accesses import entries
from tests.integration.casework.test_walls import acting

CHILD = b.person("a")
WHY = {"reason": "life_or_safety", "words": "来所した家族から、いま危険があると聞いた"}


@pytest.fixture(autouse=True)
async def a_child_of_another_ward(office: Office) -> None:
    await office.hear(
        b.lives("a", Ward.HIGASHI),
        b.lives("mate", Ward.HIGASHI),
        b.is_called("a", "見本 あお", "ミホン アオ"),
        b.is_called("mate", "見本 べに"),
        b.household("M-777", ("a", Relationship.CHILD), ("mate", Relationship.HEAD)),
        b.needed("a"),
    )


async def token_of(client: httpx.AsyncClient) -> str:
    token: str = (await client.get("/session")).json()["form_token"]
    return token


async def starts(client: httpx.AsyncClient, **whom: Any) -> httpx.Response:
    return await client.post("/emergency/start", data={"form_token": await token_of(client), **WHY, **(whom or {"child": str(CHILD)})})


async def decisions(office: Office) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (each.action, each.decision, each.reason_code, each.thing.id)
        for each in await office.said()
        if isinstance(each, DecisionRecorded) and each.action.startswith("casework.emergency")
    ]


async def test_somebody_of_another_ward_reads_the_child_for_two_hours_and_every_look_says_so(office: Office) -> None:
    async with office.as_("nishi.clerk") as clerk:
        refused = await clerk.get(f"/children/{CHILD}")
        began = await starts(clerk)
        page = await clerk.get(f"/children/{CHILD}")
        sensitive = await clerk.post(f"/children/{CHILD}/sensitive", data={"form_token": await token_of(clerk), "reason": "investigation"})
        listed = (await clerk.get("/reviews?tab=all")).text
        office.clock.at += timedelta(hours=2)
        later = await clerk.get(f"/children/{CHILD}")

    assert (refused.status_code, "緊急の閲覧へ" in refused.text) == (404, True)
    assert (began.status_code, began.headers["location"]) == (303, f"/children/{CHILD}")
    assert (page.status_code, "見本 あお" in page.text, ">11時00分<" in page.text) == (200, True, True)
    assert not re.search("見本 べに|M-777|調査を始める</button>", page.text)
    assert (sensitive.status_code, "見本 あお" in listed, later.status_code) == (404, False, 404)
    looks = [
        (each.decision, each.reason_code)
        for each in await entries(office)
        if isinstance(each, AccessRecorded) and each.action == "casework.child_opened"
    ]
    assert looks == [("deny", "other_ward"), ("permit", "emergency.same_surname"), ("deny", "other_ward")]
    assert await decisions(office) == [("casework.emergency_started", "done", "life_or_safety", str(CHILD))]


async def test_name_and_birth_date_find_one_child_and_less_finds_nobody(office: Office) -> None:
    async with office.as_("nishi.clerk") as clerk:
        by_name = await starts(clerk, name="みほん あお", birth_date=b.BIRTH.isoformat())
        wrong = [
            await starts(clerk, name="みほん", birth_date="2020-01-01"),
            await starts(clerk, name="たなか", birth_date=b.BIRTH.isoformat()),
            await starts(clerk, name="みほん あお"),
            await starts(clerk, birth_date=b.BIRTH.isoformat()),
            await starts(clerk, child="zzz"),
            await starts(clerk, child=str(CHILD), words=""),
            await starts(clerk, child=str(CHILD), reason="curiosity"),
        ]

    assert by_name.headers["location"] == f"/children/{CHILD}"
    assert [each.status_code for each in wrong] == [404, 404, 422, 422, 422, 422, 422]
    assert all("見本 あお" not in each.text for each in wrong)


@pytest.mark.parametrize("who", ["nishi.clerk", "minami.clerk", "coordinator"])
async def test_a_measure_is_stronger_than_any_reason_and_ends_what_goes_on(office: Office, who: str) -> None:
    """S07: nobody learns by it that there is such a child, and nothing is told of where it is."""
    async with office.as_(who) as somebody:
        await starts(somebody)
        before = await somebody.get(f"/children/{CHILD}")
        await office.hear(b.lives("f", Ward.MINAMI), b.measure(("a",), ("f",)))
        during = await somebody.get(f"/children/{CHILD}")
        again = await starts(somebody, child=str(CHILD))
        nobody = await starts(somebody, child=str(b.person("nobody")))
        async with office.service.work() as work:
            await emergencies.end_what_is_over(work)
    async with office.as_("nishi.lead") as chief, office.as_("privacy.officer") as officer:
        told_of_the_measure = ["支援措置の対象になり" in (await each.get("/emergencies")).text for each in (chief, officer)]

    assert told_of_the_measure == [False, True], "the chief may be of the opponent's ward"
    assert before.status_code == 200
    if who == "coordinator":
        # A protected child is theirs to see: by right, and not in an emergency.
        assert (during.status_code, "緊急の閲覧中" in during.text, again.status_code) == (200, False, 303)
        assert nobody.status_code == 404
    else:
        assert (during.status_code, again.status_code) == (404, 404)
        assert re.sub('value="[^"]*"', "", again.text) == re.sub('value="[^"]*"', "", nobody.text)
    assert ("casework.emergency_ended", "done", "now_protected", str(CHILD)) in await decisions(office)


@pytest.mark.parametrize("who", ["security.officer", "privacy.officer"])
async def test_those_who_watch_never_read_by_it(office: Office, who: str) -> None:
    async with office.as_(who) as somebody:
        answers = [await starts(somebody), await somebody.get("/emergency"), await somebody.get(f"/children/{CHILD}")]

    assert [each.status_code for each in answers] == [403, 403, 403]
    assert await decisions(office) == []


async def test_pressing_twice_starts_one_and_it_ends_by_hand_once(office: Office) -> None:
    async with office.as_("nishi.clerk") as clerk, office.as_("minami.clerk") as other:
        await starts(clerk)
        await starts(clerk)
        page = (await clerk.get(f"/children/{CHILD}")).text
        [emergency] = set(re.findall('name="emergency" value="([^"]+)"', page))
        await other.post("/emergency/end", data={"form_token": await token_of(other), "emergency": emergency})
        still = await clerk.get(f"/children/{CHILD}")
        ended = [await clerk.post("/emergency/end", data={"form_token": await token_of(clerk), "emergency": emergency}) for _ in range(2)]
        after = await clerk.get(f"/children/{CHILD}")

    assert (still.status_code, [each.status_code for each in ended], after.status_code) == (200, [303, 303], 404)
    assert [each[0] for each in await decisions(office)] == ["casework.emergency_started", "casework.emergency_ended"]


async def test_it_is_told_to_chiefs_coordinator_and_privacy_officer_until_another_person_has_looked_into_it(office: Office) -> None:
    async with office.as_("nishi.clerk") as clerk:
        await starts(clerk)
        own = (await clerk.get("/today")).text
    async with office.as_("nishi.lead") as chief, office.as_("hakata.lead") as stranger, office.as_("coordinator") as coordinator:
        told = ["緊急の閲覧が、1件" in (await each.get("/today")).text for each in (chief, coordinator)]
        of_no_concern = (await stranger.get("/emergencies")).text
        [emergency] = set(re.findall('name="emergency" value="([^"]+)"', (await coordinator.get("/emergencies")).text))
        found = {"emergency": emergency, "verdict": "justified", "words": "来所記録と合っている"}
        by_chief = await chief.post("/emergencies/review", data={"form_token": await token_of(chief), **found})
        async with office.as_("privacy.officer") as officer:
            home = await officer.get("/")
            page = (await officer.get("/emergencies")).text
            empty = await officer.post("/emergencies/review", data={"form_token": await token_of(officer), "emergency": emergency})
            done = await officer.post("/emergencies/review", data={"form_token": await token_of(officer), **found})
            again = await coordinator.post("/emergencies/review", data={"form_token": await token_of(coordinator), **found})
            after = (await officer.get("/emergencies")).text

    assert "緊急の閲覧中です（11時00分まで）" in own
    assert told == [True, True]
    assert WHY["words"] not in of_no_concern
    assert home.headers["location"] == "/emergencies"
    assert (WHY["words"] in page, "4月13日" in page, "見本 あお" in page) == (True, True, False)
    assert [each.status_code for each in (by_chief, empty, done, again)] == [403, 422, 303, 409]
    assert "必要な閲覧だった" in after


async def test_nobody_looks_into_what_they_did_themselves(office: Office) -> None:
    async with office.as_("coordinator") as coordinator:
        await starts(coordinator)
        emergency = await emergency_of(office)
        found = {"form_token": await token_of(coordinator), "emergency": emergency, "verdict": "justified", "words": "問題ない"}
        answer = await coordinator.post("/emergencies/review", data=found)

    assert answer.status_code == 403
    with pytest.raises(asyncpg.CheckViolationError):
        async with acting(office, "system") as db:
            await db.execute("update emergency set reviewed_at = now(), reviewed_by = staff_id, verdict = 'justified'")


async def emergency_of(office: Office) -> str:
    async with acting(office, "system") as db:
        return str(await db.fetchval("select emergency_id from emergency"))


async def test_the_second_wall_shows_that_child_alone_for_that_long_and_lets_nothing_be_changed(office: Office) -> None:
    await office.hear(b.lives("b", Ward.HIGASHI), b.needed("b"))
    async with office.as_("nishi.clerk") as clerk:
        await starts(clerk)
    async with acting(office, "system") as db:
        row = await db.fetchrow("select staff_id, ends_at from emergency")
    assert row is not None

    async def sees(staff_id: Any, now: Any) -> set[Any]:
        async with office.service.pool.acquire() as db, db.transaction():
            for name, value in (("actor", "emergency"), ("staff", str(staff_id)), ("now", str(now))):
                await db.execute("select set_config('tsunagu.' || $1, $2, true)", name, value)
            assert await db.execute("update review set groups = '{}'") == "UPDATE 0"
            assert await db.execute("delete from emergency") == "DELETE 0"
            assert await db.fetchval("select count(*) from household") == 0
            return {each["person_id"] for each in await db.fetch("select person_id from review union select person_id from person_name")}

    assert await sees(row["staff_id"], row["ends_at"] - timedelta(minutes=1)) == {CHILD}
    assert await sees(row["staff_id"], row["ends_at"]) == set()
    assert await sees(b.person("somebody"), row["ends_at"] - timedelta(minutes=1)) == set()


async def test_its_end_is_in_the_log_however_often_the_clock_looks(office: Office) -> None:
    async with office.as_("nishi.clerk") as clerk:
        await starts(clerk)
    for _ in range(2):
        office.clock.at += timedelta(hours=1)
        for _ in range(2):
            async with office.service.work() as work:
                await emergencies.end_what_is_over(work)

    assert [each[:3] for each in await decisions(office)] == [
        ("casework.emergency_started", "done", "life_or_safety"),
        ("casework.emergency_ended", "done", "time"),
    ]
