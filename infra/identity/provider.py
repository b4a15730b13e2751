"""
The city's own sign-in (an OpenID provider), where one is configured: code flow with PKCE, what its ID token proves (`casework.md` §4.1).

Nothing here lets anybody in: it says as whom the provider knows somebody, and whether it asked for a second factor.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from infra.identity.journey import Journey, Proven
from infra.settings import Settings, keeps_secrets

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures with a public key. One made with a secret that both know proves nothing here, and `none` nothing at all."""

KNOWN_FOR = timedelta(hours=1)
"""So long what the provider says of itself is believed without asking again; its keys are asked for once more where one is unknown."""

LEEWAY_SECONDS = 60
SECONDS = 10.0
SILENT_FOR = timedelta(seconds=SECONDS)
"""So long it is not asked for itself again after it did not answer: whoever came meanwhile would wait for each of those before."""

MOST_BYTES = 256 * 1024


class Unreachable(Exception):
    """The provider does not answer, or not as one."""


class NotProven(Exception):
    """What came back proves nobody. `why` is for our own log: which check failed, never a value."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Known:
    about: Mapping[str, Any]
    keys: KeySet
    at: datetime


class Provider:
    """The provider of `settings`. Made where `oidc_issuer` is set."""

    def __init__(self, settings: Settings) -> None:
        assert settings.oidc_issuer is not None  # noqa: S101 -- made where it is set
        self.issuer = settings.oidc_issuer.rstrip("/")
        self._settings = settings
        self._known: _Known | None = None
        self._silent_at: datetime | None = None
        self._asking = asyncio.Lock()

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        ca = self._settings.oidc_ca
        return ssl.create_default_context(cafile=str(ca) if ca is not None else None)

    async def way_there(self, journey: Journey, back: str, now: datetime) -> str:
        """Return the address to which the browser goes. Raises Unreachable."""
        about = (await self._about(now)).about
        return str(
            prepare_grant_uri(
                about["authorization_endpoint"],
                client_id=self._settings.oidc_client_id,
                response_type="code",
                redirect_uri=back,
                scope="openid profile",
                state=journey.state,
                nonce=journey.nonce,
                code_challenge=create_s256_code_challenge(journey.verifier),
                code_challenge_method="S256",
                **({"acr_values": " ".join(self._settings.oidc_acr)} if self._settings.oidc_acr else {}),
            )
        )

    async def who_came_back(self, journey: Journey, code: str, back: str, now: datetime) -> Proven:
        """Return whom the provider knows behind a code. Raises Unreachable, or NotProven."""
        known = await self._about(now)
        answer = await self._ask(
            "POST",
            known.about["token_endpoint"],
            data={"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": journey.verifier},
            auth=(self._settings.oidc_client_id, self._settings.oidc_client_secret.get_secret_value()),
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotProven("no_id_token")
        claims = await self._claims(token, answer.get("access_token"), journey, known, now)
        return Proven(self._login_in(claims), str(claims["sub"]), self._has_second_factor(claims))

    async def way_out(self, back: str, now: datetime) -> str | None:
        """Return where somebody ends the provider's own session, if it says where; None, too, where it cannot be asked."""
        try:
            # Whoever logs out waits for nobody: what was known of it is good enough.
            about = (self._known or await self._about(now)).about
            end = str(about.get("end_session_endpoint", ""))
            asked = {"client_id": self._settings.oidc_client_id, "post_logout_redirect_uri": back}
            return str(httpx.URL(end).copy_merge_params(asked)) if keeps_secrets(end) else None
        except (Unreachable, httpx.InvalidURL):
            return None

    async def _claims(self, token: str, access_token: Any, journey: Journey, known: _Known, now: datetime) -> Mapping[str, Any]:
        try:
            read = self._read(token, known.keys)
        except (JoseError, ValueError):
            # Keys are changed: asked for once more, and then it is no token of theirs.
            known = await self._about(now, anew=True)
            try:
                read = self._read(token, known.keys)
            except (JoseError, ValueError) as error:
                raise NotProven("signature") from error
        essential: dict[str, Any] = {
            "iss": {"essential": True, "value": known.about["issuer"]},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
            "nonce": {"essential": True, "value": journey.nonce},
        }
        params = {"client_id": self._settings.oidc_client_id, "nonce": journey.nonce, "access_token": access_token}
        claims = CodeIDToken(read.claims, read.header, essential, params)
        try:
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise NotProven(str(getattr(error, "claim", None) or getattr(error, "error", "claims"))) from error
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise NotProven("sub")
        return dict(claims)

    @staticmethod
    def _read(token: str, keys: KeySet) -> jwt.Token:
        return jwt.decode(token, keys, algorithms=ALGORITHMS)

    def _login_in(self, claims: Mapping[str, Any]) -> str:
        """Return the login that the claim names; where a domain is set, what is not of it names nobody."""
        value, domain = claims.get(self._settings.oidc_login_claim), self._settings.oidc_login_domain
        # Logins are ASCII, and there are signs that become a letter of it when they are made small: K of kelvin is no k.
        if not isinstance(value, str) or not value.isascii():
            raise NotProven("login_claim")
        login = value.strip().lower()
        if not domain:
            return login
        name, at, of = login.rpartition("@")
        if not at or of != domain.lower():
            raise NotProven("login_domain")
        return name

    def _has_second_factor(self, claims: Mapping[str, Any]) -> bool:
        amr = claims.get("amr")
        methods = {each for each in amr if isinstance(each, str)} if isinstance(amr, list) else set()
        return bool(methods & set(self._settings.oidc_amr)) or claims.get("acr") in self._settings.oidc_acr

    async def _about(self, now: datetime, *, anew: bool = False) -> _Known:
        async with self._asking:
            if self._known is None or now - self._known.at > KNOWN_FOR or anew:
                if self._silent_at is not None and abs(now - self._silent_at) < SILENT_FOR:
                    raise Unreachable("it did not answer just now")
                try:
                    self._known = await self._asked(now)
                except Unreachable:
                    self._silent_at = now
                    raise
            return self._known

    async def _asked(self, now: datetime) -> _Known:
        about = await self._ask("GET", f"{self.issuer}/.well-known/openid-configuration")
        if str(about.get("issuer", "")).rstrip("/") != self.issuer:
            raise Unreachable("another issuer answers")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not keeps_secrets(about.get(name)):
                raise Unreachable(f"{name} is no https address")
        try:
            keys = KeySet.import_key_set(await self._ask("GET", about["jwks_uri"]))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unreachable("its keys cannot be read") from error
        return _Known(about, keys, now)

    async def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        # To read all the authorities that a machine trusts takes longer than to ask: once for each provider.
        trusted = self._trusted if address.startswith("https://") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            async with (
                asyncio.timeout(SECONDS),
                httpx.AsyncClient(verify=trusted, timeout=SECONDS, follow_redirects=False) as http,
                http.stream(method, address, headers={"accept": "application/json"}, **more) as answer,
            ):
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise Unreachable("too long an answer")
                if method == "POST" and answer.is_client_error:
                    # A code that was used, is too old, or is another's.
                    raise NotProven("code")
                if not answer.is_success:
                    raise Unreachable(f"status {answer.status_code}")
                found = json.loads(body)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise Unreachable(type(error).__name__) from error
        if not isinstance(found, dict):
            raise Unreachable("no JSON object")
        return found
