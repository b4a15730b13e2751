"""Guessing is hopeless, and shuts out nobody but who guesses (infra/decisions/0016)."""

import statistics
import time
from datetime import timedelta

import httpx
import pytest

from infra.identity.limits import LIMITS, Counted
from tests.integration.identity.conftest import CLERK, PASSWORD, Door

STRANGER = "192.0.2.66"
DESK = "192.0.2.7"
TOO_MANY = 429
NEXT_CODE = timedelta(seconds=30)


async def guess_until_told_to_wait(door: Door, login: str = CLERK.login) -> httpx.Response:
    while True:
        answer = await door.log_in(login, password="wrong")
        if answer.status_code == TOO_MANY:
            return answer


async def rows(door: Door) -> int:
    pool = await door.database.pool("identity")
    counted: int = await pool.fetchval("select count(*) from failed_login")
    return counted


async def test_who_guesses_at_a_colleagues_login_shuts_out_nobody_but_themselves(door: Door) -> None:
    async with door.at(STRANGER) as stranger, door.at(DESK) as desk:
        for _ in range(12):
            await guess_until_told_to_wait(stranger)
            door.clock.at += timedelta(minutes=15)
        kept_out = await guess_until_told_to_wait(stranger)

        let_in = await desk.log_in()

    assert kept_out.status_code == TOO_MANY
    assert let_in.status_code == 303


async def test_in_a_browser_where_one_came_in_nobody_else_counts_though_the_address_is_shared(door: Door) -> None:
    async with door.at(DESK) as own_browser, door.at(DESK) as neighbour:
        await own_browser.log_in()
        while int((await guess_until_told_to_wait(neighbour)).headers["retry-after"]) <= NEXT_CODE.total_seconds():
            door.clock.at += NEXT_CODE
        door.clock.at += NEXT_CODE

        shut_out = await neighbour.log_in()
        let_in = await own_browser.log_in()

    assert (shut_out.status_code, let_in.status_code) == (TOO_MANY, 303)


async def test_a_login_that_fails_from_everywhere_is_slowed_but_not_where_its_person_sits(door: Door) -> None:
    async with door.at(DESK) as desk:
        await desk.log_in()
    for number in range(LIMITS[Counted.LOGIN].free + 1):
        async with door.at(f"198.51.100.{number}") as stranger:
            await stranger.log_in(password="wrong")
    async with door.at("203.0.113.9") as elsewhere, door.at(DESK) as new_browser:
        slowed = await elsewhere.log_in()
        door.clock.at += NEXT_CODE
        for number in range(9):
            async with door.at(f"198.51.101.{number}") as stranger:
                await stranger.log_in(password="wrong")
        let_in = await new_browser.log_in()

    assert (slowed.status_code, let_in.status_code) == (TOO_MANY, 303)
    assert int(slowed.headers["retry-after"]) <= 300


async def test_one_password_tried_on_all_logins_waits(door: Door) -> None:
    async with door.at(STRANGER) as stranger:
        answers = [await stranger.log_in(f"ward{number}.clerk", password="Fukuoka2026") for number in range(17)]

    assert [answer.status_code for answer in answers] == [401] * 11 + [429] * 6


async def test_an_own_login_between_does_not_give_a_guesser_more(door: Door) -> None:
    async with door.at(STRANGER) as stranger:
        for number in range(10):
            await stranger.log_in(f"ward{number}.clerk", password="Fukuoka2026")
        own = await stranger.log_in()
        one_more = await stranger.log_in("ward10.clerk", password="Fukuoka2026")
        last = await stranger.log_in("ward11.clerk", password="Fukuoka2026")

    assert [own.status_code, one_more.status_code, last.status_code] == [303, 401, 429]


async def test_of_two_at_one_address_who_asked_first_and_is_counted_second_does_not_wait(door: Door) -> None:
    async with door.at(DESK) as neighbour, door.at(DESK) as desk:
        asked_at = door.clock.at
        door.clock.at += timedelta(milliseconds=5)
        await neighbour.log_in("ward1.clerk", password="wrong")
        door.clock.at = asked_at

        let_in = await desk.log_in()

    assert let_in.status_code == 303


@pytest.mark.parametrize("address", ["2001:db8:1:2::{:x}", "::ffff:192.0.2.9"])
async def test_the_addresses_of_one_network_are_one(door: Door, address: str) -> None:
    answers = []
    for number in range(1, 6):
        async with door.at(address.format(number)) as stranger:
            answers.append((await stranger.log_in(password="wrong")).status_code)

    assert answers == [401, 401, 401, 401, 429]


async def test_wrong_codes_count_like_wrong_passwords(door: Door) -> None:
    async with door.at(STRANGER) as stranger:
        answers = [await stranger.log_in(code="000000") for _ in range(5)]
        right = await stranger.log_in()

    assert [answer.status_code for answer in (*answers, right)] == [401, 401, 401, 401, 429, 429]


async def test_a_login_of_nobody_is_answered_as_one_of_somebody(door: Door) -> None:
    async with door.at(STRANGER) as one, door.at(DESK) as other:
        somebody = [await one.log_in(password="wrong") for _ in range(6)]
        nobody = [await other.log_in("hakata.nobody", password="wrong") for _ in range(6)]

    assert [answer.status_code for answer in somebody] == [answer.status_code for answer in nobody] == [401] * 4 + [429] * 2
    texts = [[answer.text.replace(name, "") for answer in answers] for name, answers in (("clerk", somebody), ("nobody", nobody))]
    assert texts[0] == texts[1]


async def test_a_login_of_nobody_takes_as_long_as_one_of_somebody(door: Door) -> None:
    async def seconds(login: str) -> float:
        taken = []
        for number in range(8):
            async with door.at(f"203.0.113.{number}") as stranger:
                began = time.perf_counter()
                await stranger.log_in(login, password="wrong")
                taken.append(time.perf_counter() - began)
        return statistics.median(taken)

    await seconds("warm.up")
    somebody, nobody = await seconds(CLERK.login), await seconds("hakata.nobody")

    # Other work on the machine makes single answers slower, and hashing (tens of milliseconds) is most of it: without it, one is a tenth.
    assert 0.5 < somebody / nobody < 2


async def test_a_failure_tells_how_long_the_next_try_must_wait(door: Door) -> None:
    async with door.at(STRANGER) as stranger:
        first = await stranger.log_in(password="wrong")
        for _ in range(3):
            fourth = await stranger.log_in(password="wrong")
        fifth = await stranger.log_in(password="wrong")

    assert "たってから" not in first.text
    assert "確かめてください。あと2秒たってから、もう一度お試しください。" in fourth.text
    assert "失敗が続いたので、いまは受け付けていません。あと2秒たってから、もう一度お試しください。" in fifth.text
    assert fifth.headers["retry-after"] == "2"


async def test_what_is_forgiven_leaves_no_row_and_what_is_refused_unread_never_made_one(door: Door) -> None:
    async with door.at(STRANGER) as stranger:
        for number in range(40):
            await stranger.log_in(f"nobody{number}", password="wrong")
    before = await rows(door)
    door.clock.at += timedelta(days=1)

    await door.identity.purge()

    # A row for the address, two for each of the eleven logins that were read.
    assert (before, await rows(door)) == (23, 0)


async def test_the_purge_is_a_task_of_the_service(door: Door) -> None:
    assert door.identity.purge in [task for _, task in door.service._by_the_clock]


async def test_counts_beyond_the_most_are_dropped_oldest_first(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.identity.guesses.MOST_ROWS", 3)
    for number in range(4):
        door.clock.at += timedelta(seconds=1)
        async with door.at(f"203.0.113.{number}") as stranger:
            await stranger.log_in(f"nobody{number}", password="wrong")

    await door.identity.purge()

    assert await rows(door) == 3


async def test_a_browser_is_known_no_more_after_the_password_was_changed(door: Door) -> None:
    await door.log_in()
    pool = await door.database.pool("identity")
    before = await pool.fetchval("select count(*) from known_place")

    await pool.execute("update staff set password_hash = 'another'")

    assert (before, await pool.fetchval("select count(*) from known_place")) == (2, 0)


async def test_what_the_browser_kept_is_replaced_at_each_login(door: Door) -> None:
    await door.log_in()
    planted = dict(door.client.cookies)["tsunagu-casework-browser"]
    door.clock.at += NEXT_CODE
    await door.log_in()

    async with door.at(STRANGER) as stranger:
        stranger.client.cookies.set("tsunagu-casework-browser", planted)
        await guess_until_told_to_wait(stranger)
    door.clock.at += NEXT_CODE

    assert dict(door.client.cookies)["tsunagu-casework-browser"] != planted
    assert (await door.log_in()).status_code == 303


async def test_neither_addresses_nor_logins_nor_browsers_are_written_down(door: Door) -> None:
    async with door.at(STRANGER) as stranger:
        await stranger.log_in("hakata.nobody", password=PASSWORD)
        await stranger.log_in()
        browser = dict(stranger.client.cookies)["tsunagu-casework-browser"]
    pool = await door.database.pool("identity")

    kept = repr([await pool.fetch("select * from failed_login"), await pool.fetch("select * from known_place")])

    assert [each for each in (STRANGER, "hakata", browser) if each in kept] == []


async def test_the_address_is_the_gateways_word_only_where_the_gateway_is_trusted(door: Door) -> None:
    """As the service is served: uvicorn reads the header from the peers of `forwarded_allow_ips`, and from nobody else."""
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    trusting = ProxyHeadersMiddleware(door.service.app, trusted_hosts=door.service.settings.forwarded_allow_ips)  # type: ignore[arg-type]

    async def tries(peer: str) -> list[int]:
        transport = httpx.ASGITransport(trusting, client=(peer, 50_000))  # type: ignore[arg-type]
        answers = []
        for number in range(6):
            async with httpx.AsyncClient(transport=transport, base_url="http://casework.example") as client:
                form = {"login": CLERK.login, "password": "wrong", "code": "0"}
                answers.append((await client.post("/login", data=form, headers={"x-forwarded-for": f"198.51.100.{number}"})).status_code)
        return answers

    assert await tries("127.0.0.1") == [401] * 6
    assert await tries("192.0.2.1") == [401] * 4 + [429] * 2
