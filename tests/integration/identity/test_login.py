import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from contracts.messages import DecisionRecorded
from infra.clock import FixedClock
from infra.identity import credentials
from infra.identity.limits import LIMITS, Counted
from infra.identity.registration import register_staff
from infra.testing.fixtures import announced
from tests.integration.identity.conftest import CLERK, KEYS, PASSWORD, Door


async def acts(door: Door) -> list[tuple[str, str, str | None]]:
    entries = await announced(await door.database.pool("casework"))
    return [(each.action, each.decision, each.reason_code) for each in entries if isinstance(each, DecisionRecorded)]


async def test_password_and_code_open_a_session(door: Door) -> None:
    answer = await door.log_in(next_path="/reviews")

    assert (answer.status_code, answer.headers["location"]) == (303, "/reviews")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (await door.client.get("/v1/me")).json()["login"] == "hakata.clerk"
    assert await acts(door) == [("identity.logged_in", "done", None)]


@pytest.mark.parametrize(
    ("login", "password", "code", "reason"),
    [
        ("hakata.clerk", "wrong", None, "wrong_password"),
        ("hakata.clerk", PASSWORD, "000000", "wrong_code"),
        ("hakata.nobody", PASSWORD, None, "unknown_login"),
        ("", "", "", "unknown_login"),
        ("hakata\x00clerk", "\x00", "\x00", "unknown_login"),
        ("見本", "\ufffe", "１２３４５６", "unknown_login"),
        ("hakata.clerk", PASSWORD, "１２３４５６", "wrong_code"),
    ],
)
async def test_what_was_wrong_is_told_to_the_log_only(door: Door, login: str, password: str, code: str | None, reason: str) -> None:
    answer = await door.log_in(login, password, code)

    assert answer.status_code == 401
    assert "ログイン名、パスワード、確認コードを確かめてください" in answer.text
    assert "set-cookie" not in answer.headers
    assert await acts(door) == [("identity.login_refused", "deny", reason)]


async def test_a_code_works_once(door: Door) -> None:
    code = credentials.code_at(door.totp_secret, door.clock.now())
    await door.log_in(code=code)

    answer = await door.log_in(code=code)

    assert answer.status_code == 401
    assert (await acts(door))[-1] == ("identity.login_refused", "deny", "code_used_before")


async def test_after_three_failures_even_the_right_password_waits(door: Door) -> None:
    for _ in range(4):
        await door.log_in(password="wrong")

    refused = await door.log_in()
    door.clock.at += timedelta(seconds=3)
    accepted = await door.log_in()

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert accepted.status_code == 303


async def test_a_session_ends_after_fifteen_idle_minutes(door: Door) -> None:
    await door.log_in()
    door.clock.at += timedelta(minutes=14)
    still = await door.client.get("/v1/me")

    door.clock.at += timedelta(minutes=15)
    ended = await door.client.get("/v1/me")

    assert (still.status_code, ended.status_code) == (200, 401)


async def test_a_session_ends_after_nine_hours_however_busy(door: Door) -> None:
    await door.log_in()
    for _ in range(9 * 6):
        assert (await door.client.get("/v1/me")).status_code == 200
        door.clock.at += timedelta(minutes=10)

    assert (await door.client.get("/v1/me")).status_code == 401


async def test_the_second_login_of_a_person_ends_the_first(door: Door) -> None:
    await door.log_in()
    first = dict(door.client.cookies)
    door.client.cookies.clear()
    door.clock.at += timedelta(seconds=30)
    await door.log_in()
    door.client.cookies.clear()
    door.client.cookies.update(first)

    answer = await door.client.get("/v1/me")

    assert answer.status_code == 401


async def test_a_change_of_rights_ends_the_session(door: Door) -> None:
    await door.log_in()
    identity = await door.database.pool("identity")

    await identity.execute("update staff set roles = '{ward_lead}' where login = 'hakata.clerk'")

    assert (await door.client.get("/v1/me")).status_code == 401


async def test_an_administrator_of_the_database_ends_the_session_too(door: Door) -> None:
    await door.log_in()
    admin = await asyncpg.connect(door.database.admin_url)

    await admin.execute("update identity.staff set active = false where login = 'hakata.clerk'")
    await admin.close()

    assert (await door.client.get("/v1/me")).status_code == 401


async def test_expired_training_and_a_leaver_do_not_come_in(door: Door, real_time: FixedClock) -> None:
    identity = await door.database.pool("identity")
    await identity.execute("update staff set training_valid_until = '2026-11-22'")
    untrained = await door.log_in()
    await identity.execute("update staff set active = false")
    real_time.at += timedelta(seconds=30)
    left = await door.log_in()

    assert "研修の有効期限が切れています" in untrained.text
    assert "この職員の登録は使えません" in left.text
    assert [reason for _, _, reason in await acts(door)] == ["training_expired", "not_active"]


async def test_the_database_holds_no_token_and_no_password(door: Door) -> None:
    await door.log_in()
    token = next(iter(door.client.cookies.values()))
    identity = await door.database.pool("identity")

    rows = await identity.fetch("select * from session")
    people = await identity.fetch("select * from staff")

    assert token.encode() not in repr(rows).encode()
    assert PASSWORD not in repr(people)


async def test_logout_needs_the_form_and_ends_the_session(door: Door) -> None:
    await door.log_in()
    token = (await door.client.get("/v1/me")).json()["form_token"]

    forged = await door.client.post("/logout", data={"form_token": "guess"})
    left = await door.client.post("/logout", data={"form_token": token})

    assert (forged.status_code, left.status_code) == (403, 303)
    assert (await door.client.get("/v1/me")).status_code == 401
    assert [action for action, _, _ in await acts(door)] == ["identity.logged_in", "identity.logged_out"]


async def test_another_site_can_neither_log_in_nor_act(door: Door) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    login = await door.client.post("/login", data={"login": "x"}, headers=foreign)
    await door.log_in()

    act = await door.client.post("/v1/me", headers=foreign)

    assert (login.status_code, act.status_code) == (403, 403)


async def test_a_person_is_led_to_the_login_page_and_back(door: Door) -> None:
    answer = await door.client.get("/me")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fme")


async def test_who_logs_out_reads_so_even_where_the_session_had_ended(door: Door) -> None:
    left = await door.client.post("/logout")
    page = await door.client.get(left.headers["location"])

    assert (left.status_code, left.headers["location"]) == (303, "/login?note=logged-out")
    assert "ログアウトしました。" in page.text


async def test_an_act_after_the_session_is_told_as_not_done(door: Door) -> None:
    answer = await door.client.post("/me/act")
    page = await door.client.get(answer.headers["location"])

    assert answer.headers["location"] == "/login?next=%2Fme&note=ended"
    assert "操作は行われていません" in page.text


async def test_a_long_form_is_not_read(door: Door) -> None:
    answer = await door.client.post("/login", data={"login": "x" * 100_000})

    assert answer.status_code == 413


async def test_nobody_both_sees_children_and_watches_those_who_do(door: Door) -> None:
    identity = await door.database.pool("identity")
    with pytest.raises(asyncpg.CheckViolationError):
        await identity.execute("update staff set roles = '{ward_clerk,security_officer}'")


async def test_registering_again_changes_the_person_and_ends_the_session(door: Door) -> None:
    await door.log_in()
    identity = await door.database.pool("identity")
    async with identity.acquire() as db:
        await register_staff(db, KEYS, CLERK, password="another pass phrase", totp_secret=door.totp_secret)

    assert (await door.client.get("/v1/me")).status_code == 401
    assert await identity.fetchval("select count(*) from staff") == 1


async def test_without_the_database_of_staff_nobody_comes_in(door: Door) -> None:
    await door.log_in()
    admin = await asyncpg.connect(door.database.admin_url)
    await admin.execute("revoke all on identity.session from identity")
    await admin.close()

    answers = [await door.client.get("/v1/me"), await door.client.get("/me"), await door.log_in(code="000000")]

    assert [answer.status_code for answer in answers] == [503, 503, 401]


async def test_a_login_that_cannot_be_recorded_lets_nobody_in(door: Door) -> None:
    admin = await asyncpg.connect(door.database.admin_url)
    await admin.execute("revoke insert on casework.outbox from casework")
    await admin.close()

    answer = await door.log_in()

    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers
    assert f'name="login" value="{CLERK.login}"' in answer.text
    assert "いまはログインを確かめられません。" in answer.text


async def test_forty_attempts_at_once_are_no_more_than_one_after_the_other(door: Door) -> None:
    answers = await asyncio.gather(*(door.log_in(password="wrong") for _ in range(40)))

    examined = [answer for answer in answers if answer.status_code == 401]
    assert len(examined) == LIMITS[Counted.PAIR].free + 1
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(door: Door) -> None:
    door.client.base_url = httpx.URL("https://casework.example")

    answer = await door.log_in()

    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-tsunagu-casework=")
    assert {"secure", "path=/"} <= {attribute.lower() for attribute in attributes}
    assert (await door.client.get("/v1/me")).status_code == 200
