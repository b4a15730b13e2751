"""What is believed of the city's OpenID provider, and what is asked of it (casework.md §4.1). With a real one: integration/identity."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import KeySet
from pydantic import SecretStr, ValidationError

from infra.identity import provider as providers
from infra.identity.journey import Journey
from infra.identity.provider import NotProven, Provider, Unreachable
from infra.settings import Settings, keeps_secrets

NOW = datetime(2026, 4, 1, tzinfo=UTC)
BACK = "https://casework.example/login/provider/back"


def settings(**more: Any) -> Settings:
    usual: dict[str, Any] = {"oidc_issuer": "https://login.city.example", "oidc_client_id": "tsunagu"}
    return Settings(
        database_url=SecretStr("x"),
        broker_url=SecretStr("x"),
        identifier_key=SecretStr("00"),
        parking_key=SecretStr("00" * 32),
        **(usual | more),
    )


@pytest.mark.parametrize(
    ("address", "keeps"),
    [
        ("https://login.city.example/realms/staff", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://[::1]:8080", True),
        ("http://login.city.example", False),
        ("http://localhost.city.example", False),
        ("http://127.0.0.1.city.example", False),
        ("http://127.0.0.1:80@city.example", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_secrets_are_sent_encrypted_or_within_this_machine(address: object, keeps: bool) -> None:
    assert keeps_secrets(address) is keeps


@pytest.mark.parametrize(
    ("wrong", "field"), [({"oidc_issuer": "http://localhost.city.example"}, "oidc_issuer"), ({"oidc_client_id": ""}, "oidc_client_id")]
)
def test_an_open_address_and_a_client_without_a_name_are_refused_by_their_field(wrong: dict[str, str], field: str) -> None:
    """Without our name a token that was made for another would be as good as one for us."""
    with pytest.raises(ValidationError) as refused:
        settings(**wrong)
    assert [each["loc"] for each in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize("login", ["ha\N{KELVIN SIGN}ata.clerk", "hakata.cler\N{FULLWIDTH LATIN SMALL LETTER K}", 7, None])
def test_a_login_that_only_looks_like_another_is_nobodys(login: object) -> None:
    provider = Provider(settings(oidc_login_domain="city.example"))

    assert provider._login_in({"preferred_username": "Hakata.Clerk@City.Example"}) == "hakata.clerk"
    with pytest.raises(NotProven, match="login_claim"):
        provider._login_in({"preferred_username": f"{login}@city.example" if isinstance(login, str) else login})


@pytest.mark.parametrize(
    ("end", "way"),
    [
        ("https://login.city.example/out?p=staff", "https://login.city.example/out?p=staff&client_id=tsunagu&post_logout_redirect_uri="),
        ("https://[", None),
        ("https://login.city.example:out/", None),
        ("http://login.city.example/out", None),
        (None, None),
    ],
)
async def test_the_way_out_is_the_providers_own_with_all_that_stands_in_it(end: object, way: str | None) -> None:
    provider = Provider(settings())
    provider._known = providers._Known({"end_session_endpoint": end}, KeySet([]), NOW)

    # Hours later, too, nobody who logs out waits for it.
    found = await provider.way_out(BACK, NOW + timedelta(hours=3))

    assert found == way if way is None or found is None else found.startswith(way)


async def test_whoever_comes_while_the_provider_is_silent_does_not_wait_for_each_of_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "SECONDS", 0.1)
    asked: list[asyncio.StreamWriter] = []

    async def silence(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)
        writer.write(b"HTTP/1.1 200 OK\r\nx: ")
        # A byte now and then: each would be in time.
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    provider = Provider(settings(oidc_issuer=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))

    async def goes(at: datetime) -> object:
        try:
            return await provider.way_there(Journey.begun("/", at), BACK, at)
        except Unreachable as error:
            return error

    five = await asyncio.gather(*(goes(NOW + timedelta(milliseconds=n)) for n in range(5)))
    at_once = len(asked)
    later = await goes(NOW + timedelta(seconds=11))
    for writer in asked:
        writer.close()
    server.close()

    assert all(isinstance(each, Unreachable) for each in (*five, later))
    assert (at_once, len(asked)) == (1, 2)
