"""The city's own sign-in, by a provider that runs in a process of its own (casework.md §4.1; issue 12, Build 5)."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.identity import credentials
from infra.identity.login import identity_at
from infra.identity.registration import register_staff
from infra.local.ports import free_run
from infra.postgres import open_pool
from infra.service import Service
from infra.settings import Settings
from infra.testing.fixtures import Database
from tests.integration.identity.conftest import CLERK, KEYS, PASSWORD, Door, me_router
from tests.integration.identity.provider import CLIENT, SECRET
from tests.integration.identity.test_login import acts

BACK = "/login/provider/back"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider, once for all these tests."""
    with subprocess.Popen([sys.executable, "-m", "tests.integration.identity.provider", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest_asyncio.fixture
async def door(database: Database, issuer: str) -> AsyncIterator[Door]:
    """A door that knows the provider, where `mfa` is a second factor, and one clerk who is registered."""
    settings = Settings(
        database_url=SecretStr(database.url(ServiceName.CASEWORK)),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(database.url("identity")),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        oidc_issuer=issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SecretStr(SECRET),
        oidc_amr=("mfa",),
        oidc_acr=("urn:two",),
    )
    clock, secret = FixedClock(datetime.now(UTC)), credentials.new_totp_secret()
    service = Service(ServiceName.CASEWORK, settings)
    service._pool = await open_pool(database.url(ServiceName.CASEWORK), name="test-provider")
    identity = identity_at(service, clock)
    service.mount(me_router(identity))
    async with (await database.pool("identity")).acquire() as db:
        await register_staff(db, KEYS, CLERK, password=PASSWORD, totp_secret=secret)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://casework.example") as client:
        await be(issuer)
        yield Door(service, identity, database, clock, client, secret)
    await identity.close()
    await service._pool.close()


@cache
def outside() -> httpx.AsyncClient:
    """A browser, and a test's own voice, at the provider."""
    return httpx.AsyncClient()


async def be(issuer: str, **state: Any) -> None:
    """Let the provider know somebody else from now on, or say something wrong."""
    usual = {"login": "hakata.clerk", "subject": "s-1", "amr": ["pwd", "mfa"], "acr": None, "spoiled": ""}
    (await outside().put(f"{issuer}/be", json=usual | state)).raise_for_status()


async def there(door: Door, target: str = "/me") -> str:
    """Go to the provider, and return where it sends the browser back."""
    sent = await door.client.get("/login/provider", params={"next": target})
    assert sent.status_code == 303, sent.text
    answer = await outside().get(sent.headers["location"])
    assert answer.status_code == 302, answer.text
    return answer.headers["location"].removeprefix("http://casework.example")


async def comes_in(door: Door, target: str = "/me") -> httpx.Response:
    """Go there and back."""
    return await door.client.get(await there(door, target))


async def test_who_is_registered_comes_in_with_the_providers_second_factor_and_leaves_it_too(door: Door, issuer: str) -> None:
    page = (await door.client.get("/login?next=/me")).text
    asked = parse_qs(urlsplit((await door.client.get("/login/provider")).headers["location"]).query)
    answer = await comes_in(door)
    mine = (await door.client.get("/v1/me")).json()

    assert "市の認証でログインする" in page
    assert (asked["code_challenge_method"], asked["response_type"], asked["scope"]) == (["S256"], ["code"], ["openid profile"])
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    # From another site a browser brings no strict cookie along: a page of ours goes on.
    assert (answer.status_code, answer.headers["refresh"], mine["login"]) == (200, "0;url=/me", "hakata.clerk")
    strict = [each for each in answer.headers.get_list("set-cookie") if "-provider" not in each]
    assert all("samesite=strict" in each.lower() and "httponly" in each.lower() for each in strict)
    assert await acts(door) == [("identity.logged_in", "done", "by_provider")]

    left = await door.client.post("/logout", data={"form_token": mine["form_token"]})
    assert (left.status_code, f"{issuer}/out?client_id=tsunagu" in left.text) == (200, True)
    assert (await door.client.get("/v1/me")).status_code == 401


SPOILED = ("nonce", "key", "issuer", "audience", "azp", "expired", "unsigned", "secret", "missing")


async def test_a_token_that_proves_nobody_lets_nobody_in_and_says_no_more(door: Door, issuer: str) -> None:
    """Of another browser, key, issuer, client or time; unsigned, or signed with what both know."""
    for spoiled in SPOILED:
        await be(issuer, spoiled=spoiled)
        answer = await comes_in(door)
        assert (spoiled, answer.status_code, "ご本人と確かめられませんでした" in answer.text) == (spoiled, 401, True)
        assert (await door.client.get("/v1/me")).status_code == 401

    assert await acts(door) == [("identity.login_refused", "deny", "provider_proved_nobody")] * len(SPOILED)


async def test_a_code_counts_once_and_for_the_browser_that_asked(door: Door) -> None:
    """State and PKCE: what another browser was sent, or what is old or changed, opens nothing."""
    back = await there(door)
    async with door.at("198.51.100.7") as elsewhere:
        await elsewhere.client.get("/login/provider")
        foreign = [(await elsewhere.client.get(each)).status_code for each in (back, BACK, f"{BACK}?state=x&code=y")]
    changed = await door.client.get(back.replace("state=", "state=x"))
    gone = await door.client.get(back)
    again = await there(door)
    kept = dict(door.client.cookies)
    first = await door.client.get(again)
    door.client.cookies.update(kept)
    second = await door.client.get(again)
    old = await there(door)
    door.clock.at += timedelta(minutes=11)
    late = await door.client.get(old)

    assert foreign == [400, 400, 400]
    # Whoever comes back wrongly begins anew.
    assert (changed.status_code, gone.status_code, first.status_code) == (400, 400, 200)
    assert (second.status_code, late.status_code) == (401, 400)
    assert "時間が切れた" in late.text


async def test_nobody_is_registered_by_the_provider_and_whoever_left_stays_out(door: Door, issuer: str) -> None:
    """An unknown person, one whose login is another's now, one who left, one whose training is over."""
    await be(issuer, login="hakata.nobody", subject="s-9")
    unknown = await comes_in(door)
    await be(issuer, login="nobody' or 1=1 --", subject="s-9")
    odd = await comes_in(door)
    await be(issuer)
    known = await comes_in(door)
    await be(issuer, subject="s-2")
    another = await comes_in(door)
    admin = await door.database.pool("identity")
    await be(issuer)
    await admin.execute("update staff set training_valid_until = '2020-01-01'")
    untrained = await comes_in(door)
    await admin.execute("update staff set training_valid_until = '2099-01-01', active = false")
    left = await comes_in(door)

    assert [each.status_code for each in (unknown, odd, known, another, untrained, left)] == [401, 401, 200, 401, 401, 401]
    assert "この仕組みに登録がありません" in unknown.text
    assert "研修の有効期限が切れています" in untrained.text
    assert "hakata.nobody" not in unknown.text
    refused = [reason for action, _, reason in await acts(door) if action == "identity.login_refused"]
    assert refused == ["unknown_login", "unknown_login", "another_person_of_the_provider", "training_expired", "not_active"]
    assert await admin.fetchval("select count(*) from staff") == 1


async def test_whoever_is_known_under_one_registration_comes_in_as_nobody_else(door: Door, issuer: str) -> None:
    """The provider gives a person another's login; that other never came by it. Whoever was registered anew comes in."""
    other = replace(CLERK, login="hakata.other")
    async with (await door.database.pool("identity")).acquire() as db:
        await register_staff(db, KEYS, other, password=PASSWORD, totp_secret=door.totp_secret)
    known = await comes_in(door, "/me?" + "x" * 4_000)
    await be(issuer, login="hakata.other")
    taken_for_another = await comes_in(door)
    await be(issuer, login="ha\N{KELVIN SIGN}ata.other", subject="s-2")
    looks_like_another = await comes_in(door)
    await (await door.database.pool("identity")).execute("update staff set active = false where login = 'hakata.clerk'")
    await be(issuer, login="hakata.other")
    renamed = await comes_in(door)

    # An address too long for a cookie leads to the first page.
    assert (known.status_code, known.headers["refresh"]) == (200, "0;url=/")
    assert [each.status_code for each in (taken_for_another, looks_like_another, renamed)] == [401, 401, 200]
    refused = [reason for action, _, reason in await acts(door) if action == "identity.login_refused"]
    assert refused == ["another_person_of_the_provider", "provider_proved_nobody"]


async def test_without_a_second_factor_of_the_provider_ours_is_asked(door: Door, issuer: str) -> None:
    for amr, acr, ours in (([], "urn:two", False), (["pwd", "mfa"], None, False), ([], None, True), (["pwd"], "urn:one", True)):
        await be(issuer, amr=amr, acr=acr)
        assert (await comes_in(door)).headers["refresh"] == ("0;url=/login/provider/code" if ours else "0;url=/me")
    door.client.cookies.delete("tsunagu-casework")
    code = credentials.code_at(door.totp_secret, door.clock.now())
    before = (await door.client.get("/v1/me")).status_code
    form = (await door.client.get("/login/provider/code")).text
    wrong = await door.client.post("/login/provider/code", data={"code": "000000"})
    foreign = await door.client.post("/login/provider/code", data={"code": code}, headers={"sec-fetch-site": "cross-site"})
    twice = await asyncio.gather(*(door.client.post("/login/provider/code", data={"code": code}) for _ in range(2)))

    assert (before, "確認コード" in form, wrong.status_code, foreign.status_code) == (401, True, 401, 403)
    assert sorted(each.status_code for each in twice) == [303, 401]
    assert (await door.client.get("/v1/me")).json()["login"] == "hakata.clerk"


async def test_a_session_by_the_provider_is_a_session_as_any_other(door: Door) -> None:
    """One at a time, idle after fifteen minutes, nine hours at most, ended with the rights."""
    await comes_in(door)
    async with door.at("198.51.100.7") as elsewhere:
        second = await comes_in(elsewhere)
        assert "/login/elsewhere" in second.headers["refresh"]
        assert (await door.client.get("/v1/me")).status_code == 401
        door.clock.at += timedelta(minutes=16)
        assert (await elsewhere.client.get("/v1/me")).status_code == 401


async def test_a_provider_that_does_not_answer_is_said_plainly_and_the_password_still_works(door: Door) -> None:
    port = free_run(1)
    provider = door.identity._door
    assert provider is not None
    provider.provider.issuer = f"http://127.0.0.1:{port}"
    answer = await door.client.get("/login/provider")

    assert (answer.status_code, "市の認証につながりません" in answer.text, str(port) in answer.text) == (503, True, False)
    assert (await door.log_in()).status_code == 303


async def test_without_a_provider_there_is_no_such_door_and_an_open_address_is_refused(issuer: str) -> None:
    plain = Settings(
        database_url=SecretStr("x"), broker_url=SecretStr("x"), identifier_key=SecretStr("00"), parking_key=SecretStr("00" * 32)
    )
    service = Service(ServiceName.CASEWORK, plain)
    identity_at(service)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://casework.example") as client:
        assert [(await client.get(each)).status_code for each in ("/login/provider", BACK)] == [404, 404]
    with pytest.raises(ValidationError, match="oidc_issuer"):
        plain.model_validate(plain.model_dump() | {"oidc_issuer": "http://login.example"})
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", issuer)
