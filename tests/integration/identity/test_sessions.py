"""How sessions end, and what their people are told (casework and audit alike)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from contracts.values import ServiceName
from infra.identity.credentials import code_at
from infra.identity.lasting import TOLD_FOR
from infra.identity.registration import sign_out_everywhere
from tests.integration.identity.conftest import CLERK, Door, door_to

NEXT_CODE = timedelta(seconds=30)


async def idle(door: Door) -> None:
    door.clock.at += timedelta(minutes=15)


async def longest(door: Door) -> None:
    for _ in range(9 * 6):
        await door.client.get("/v1/me")
        door.clock.at += timedelta(minutes=10)


async def elsewhere(door: Door) -> None:
    door.clock.at += NEXT_CODE
    async with door.at("192.0.2.7") as other:
        assert (await other.log_in()).status_code == 303


async def rights(door: Door) -> None:
    await (await door.database.pool("identity")).execute("update staff set roles = '{ward_lead}'")


async def leaving(door: Door) -> None:
    await (await door.database.pool("identity")).execute("update staff set active = false")


async def administrator(door: Door) -> None:
    pool = await door.database.pool("identity")
    async with pool.acquire() as db:
        assert await sign_out_everywhere(db, CLERK.login, door.clock.now()) == ["casework"]


async def training(door: Door) -> None:
    pool = await door.database.pool("identity")
    door.clock.at += CLERK.training_valid_until + timedelta(days=1) - door.clock.today()
    await pool.execute("update session set seen_at = $1, opened_at = $1", door.clock.now())


async def deleted(door: Door) -> None:
    await (await door.database.pool("identity")).execute("delete from session")


ENDS = [
    (idle, "idle", "15分間操作がなかったため、自動でログアウトしました。"),
    (longest, "longest", "ログインから9時間たったため、自動でログアウトしました。"),
    (elsewhere, "second_login", "11月23日 13:00に、別の端末かブラウザーで、あなたのログイン名によるログインがあったため、"),
    (rights, "rights_changed", "あなたの登録（所属、役割、パスワードなど）が変更されたため、ログアウトしました。"),
    (leaving, "rights_changed", "あなたの登録（所属、役割、パスワードなど）が変更されたため、ログアウトしました。"),
    (administrator, "signed_out_by_administrator", "利用者管理の担当者の操作により、ログアウトしました。"),
    (training, "training_expired", "研修の有効期限が切れたため、ログアウトしました。"),
    (deleted, "unknown", "前のログインは終わっています。"),
]


@pytest.mark.parametrize(("end", "why", "words"), ENDS)
async def test_why_a_session_ended_is_told_on_a_page_after_an_act_and_to_programs(
    door: Door, end: Callable[[Door], Awaitable[None]], why: str, words: str
) -> None:
    await door.log_in()
    await end(door)

    page = await door.client.get("/me?tab=2")
    led = await door.client.get(page.headers["location"])
    act = await door.client.post("/me/act")
    not_done = await door.client.get(act.headers["location"])
    program = await door.client.get("/v1/me")
    script = await door.client.get("/session")

    assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Fme%3Ftab%3D2")
    assert words in led.text
    assert "操作は行われていません" not in led.text
    assert words in not_done.text
    assert "操作は行われていません" in not_done.text
    assert (program.status_code, program.json()["detail"].split(".")[0]) == (401, f"The session ended: {why}")
    assert (script.status_code, script.json()["ended"]) == (401, why)
    assert words in script.json()["words"]


async def test_a_login_that_ended_another_says_so_and_leads_on(door: Door) -> None:
    await door.log_in()
    door.clock.at += NEXT_CODE
    async with door.at("192.0.2.7") as other:
        second = await other.log_in(next_path="/me?tab=2")
        told = await other.client.get(second.headers["location"])

    assert (second.status_code, second.headers["location"]) == (303, "/login/elsewhere?next=%2Fme%3Ftab%3D2")
    assert "11月23日 13:00に別の端末かブラウザーで始めたログインが続いていたため、そちらをログアウトしました。" in told.text
    assert '<a class="btn" href="/me?tab=2">続ける</a>' in told.text


async def nothing(_door: Door) -> None:
    """Leave the first session as it is."""


@pytest.mark.parametrize(("end", "is_same_browser"), [(nothing, True), (idle, False), (rights, False)])
async def test_a_login_that_ended_nothing_elsewhere_leads_straight_on(
    door: Door, end: Callable[[Door], Awaitable[None]], is_same_browser: bool
) -> None:
    await door.log_in()
    await end(door)
    door.clock.at += NEXT_CODE
    async with door.at("192.0.2.7") as other:
        again = await (door if is_same_browser else other).log_in(next_path="/me")

    assert (again.status_code, again.headers["location"]) == (303, "/me")


async def test_the_address_cannot_say_that_a_login_ended_another(door: Door) -> None:
    await door.log_in()
    led = await door.client.get("/login/elsewhere?next=/me")
    abroad = await door.client.get("/login/elsewhere?next=//example.com")

    assert [(each.status_code, each.headers["location"]) for each in (led, abroad)] == [(303, "/me"), (303, "/")]


async def test_a_second_login_after_the_first_had_ended_by_itself_is_not_its_reason(door: Door) -> None:
    await door.log_in()
    await idle(door)
    await elsewhere(door)

    assert (await door.client.get("/session")).json()["ended"] == "idle"


async def test_why_is_told_until_one_logs_in_again_and_to_nobody_else(door: Door) -> None:
    await door.log_in()
    await idle(door)
    told = [("15分間" in (await door.client.get("/login")).text.replace("15分間操作がないと", "")) for _ in range(2)]
    async with door.at("192.0.2.7") as other:
        stranger = (await other.client.get("/login")).text.replace("15分間操作がないと", "")
    door.clock.at += NEXT_CODE
    await door.log_in()

    assert told == [True, True]
    assert "15分間" not in stranger
    assert 'role="status"' not in (await door.client.get("/login")).text


async def test_the_address_of_the_login_page_cannot_say_why(door: Door) -> None:
    for note in ("second_login", "idle", "<b>x</b>"):
        assert 'role="status"' not in (await door.client.get("/login", params={"note": note})).text


async def test_who_is_led_back_after_the_login_stays_on_this_host(door: Door) -> None:
    await door.log_in()
    await idle(door)

    answer = await door.client.get("/me?next=https://evil.example/&x=%0d%0aa")
    page = await door.client.get(answer.headers["location"])
    door.clock.at += NEXT_CODE
    back = await door.log_in(next_path="/me?next=https://evil.example/&x=%0d%0aa")

    assert 'name="next" value="/me?next=https://evil.example/&amp;x=%0d%0aa"' in page.text
    assert back.headers["location"] == "/me?next=https://evil.example/&x=%0d%0aa"


async def test_a_person_has_a_session_in_each_service_at_once(door: Door) -> None:
    async with door_to(ServiceName.AUDIT, door.database, door.clock) as audit:
        transport = httpx.ASGITransport(audit.service.app)
        await door.log_in()
        door.clock.at += NEXT_CODE
        # One browser: cookies know no ports, so both services see both.
        async with httpx.AsyncClient(transport=transport, base_url="http://casework.example", cookies=door.client.cookies) as client:
            await Door(audit.service, audit.identity, door.database, door.clock, client, door.totp_secret).log_in()
            door.client.cookies.update(client.cookies)
            there = await client.get("/v1/me")
            here = await door.client.get("/v1/me")

    assert (here.status_code, there.status_code) == (200, 200)


async def test_a_token_opens_only_the_service_that_gave_it(door: Door) -> None:
    await door.log_in()
    token = dict(door.client.cookies)["tsunagu-casework"]
    async with (
        door_to(ServiceName.AUDIT, door.database, door.clock) as audit,
        httpx.AsyncClient(transport=httpx.ASGITransport(audit.service.app), base_url="http://casework.example") as client,
    ):
        client.cookies.set("tsunagu-audit", token)

        assert (await client.get("/v1/me")).status_code == 401


async def test_of_two_logins_at_once_one_session_stays(door: Door) -> None:
    pool = await door.database.pool("identity")
    codes = [code_at(door.totp_secret, door.clock.now() + off) for off in (-NEXT_CODE, NEXT_CODE)]
    async with door.at("192.0.2.7") as one, door.at("192.0.2.8") as other:
        await asyncio.gather(one.log_in(code=codes[0]), other.log_in(code=codes[1]))
        answers = [(await each.client.get("/v1/me")).status_code for each in (one, other)]

    assert 200 in answers
    assert await pool.fetchval("select count(*) from session where ended_why is null") == 1


async def test_to_look_how_long_it_lasts_prolongs_nothing_and_to_ask_for_more_does(door: Door) -> None:
    await door.log_in()
    door.clock.at += timedelta(minutes=10)
    looked = (await door.client.get("/session")).json()
    door.clock.at += timedelta(minutes=4)
    asked = (await door.client.post("/session")).json()
    door.clock.at += timedelta(minutes=14)

    assert (looked["left"], asked["left"]) == (300, 900)
    assert asked["longest"] == 9 * 3600 - 14 * 60
    assert (await door.client.get("/v1/me")).status_code == 200


async def test_nothing_prolongs_a_session_beyond_nine_hours(door: Door) -> None:
    await door.log_in()
    for _ in range(9 * 6 - 1):
        door.clock.at += timedelta(minutes=10)
        told = (await door.client.post("/session")).json()

    assert (told["left"], told["longest"]) == (600, 600)


async def test_another_site_cannot_prolong_a_session(door: Door) -> None:
    await door.log_in()

    answer = await door.client.post("/session", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403


async def test_sessions_about_which_no_browser_asks_are_dropped(door: Door) -> None:
    await door.log_in()
    pool = await door.database.pool("identity")
    door.clock.at += TOLD_FOR - timedelta(seconds=1)
    await door.identity.purge()
    kept = await pool.fetchval("select count(*) from session")
    door.clock.at += timedelta(seconds=1)
    await door.identity.purge()

    assert (kept, await pool.fetchval("select count(*) from session")) == (1, 0)
