"""How an invented person comes into casework and does there what anybody of that registration may do."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from infra.identity import credentials
from infra.identity.demonstration import Credential

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class ClerkRefused(Exception):
    """Casework did not let somebody do what everybody of that registration may."""


class NotOffered(ClerkRefused):
    """The case does not stand where this may be done."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child as somebody has it open: the version of the page, and what it offers, where the page was not left since a move."""

    person_id: UUID
    version: str
    moves: frozenset[str] | None


@dataclass(slots=True)
class Insider:
    """Somebody at casework's door, logged in with the first request, and again where the session ended meanwhile."""

    http: httpx.AsyncClient
    who: Credential
    is_in: bool = False
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)
    _logins: int = 0

    async def reviews(self, tab: str = "not_started") -> list[Any]:
        """Return the children of a tab of the list that no measure protects, in the list's order: its first page."""
        households = _json(await self._get("/v1/reviews", {"tab": tab}))["households"]
        return [row for household in households for row in household if not row["protected"]]

    async def page(self, address: str) -> httpx.Response:
        """Open a page as a browser does."""
        return await self._get(address)

    async def opens(self, person_id: UUID) -> Child | None:
        """Open a child; None where it may not be seen any more."""
        page = await self._get(f"/v1/children/{person_id}")
        if page.status_code == httpx.codes.NOT_FOUND:
            return None
        return Child(person_id, page.headers["etag"].strip('"'), frozenset(_json(page)["moves"]))

    async def does(self, child: Child, move: str, form: dict[str, Any]) -> Child:
        """
        Do something with the case of a child that is open, and return the child as it then stands, still open.

        Raises NotOffered where the page did not offer it, ClerkRefused where what was offered was not done.
        """
        if child.moves is not None and move not in child.moves:
            raise NotOffered(f"{self.who.login} may not {move}: the moves are {', '.join(sorted(child.moves))}")
        # The same in every run: two runs of a city can be compared down to what was pressed.
        key = uuid5(NAMESPACE_URL, f"tsunagu:demonstration:{child.person_id}:{child.version}:{move}")
        headers = {"if-match": f'"{child.version}"', "idempotency-key": str(key), "origin": self._origin}
        answer = _json(await self.http.post(f"/v1/reviews/{child.person_id}/moves", json={"move": move, **form}, headers=headers))
        facts = child.version.partition(".")[0]
        return Child(child.person_id, f"{facts}.{answer['version']}", None)

    async def sends(self, address: str, **form: Any) -> None:
        """Send a form of a page that moves no case. Raises ClerkRefused where it was not accepted."""
        token = _json(await self._get("/session"))["form_token"]
        answer = await self.http.post(address, data={**form, "form_token": token}, headers={"origin": self._origin})
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise ClerkRefused(f"{self.who.login} at {address}: {answer.status_code}")

    async def leave(self) -> None:
        """Log out, so that nobody's own login ends a session here."""
        if self.is_in:
            page = (await self.http.get("/me/accesses")).text
            token = _TOKEN.search(page)
            if token is None:
                raise ClerkRefused(f"{self.who.login} finds no way out")
            await self.http.post("/logout", data={"form_token": token[1]}, headers={"origin": self._origin})
            self.is_in = False

    @property
    def _origin(self) -> str:
        return str(self.http.base_url).rstrip("/")

    async def _get(self, address: str, params: dict[str, str] | None = None) -> httpx.Response:
        came_in = await self._come_in()
        answer = await self.http.get(address, params=params)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            # Fifteen minutes without a touch end a session, and a night of a large city takes longer.
            await self._come_in(behind=came_in)
            answer = await self.http.get(address, params=params)
        return answer

    async def _come_in(self, behind: int = 0) -> int:
        """
        Log in where that was not done yet, or not since the login `behind` which the session ended. Returns which login holds.

        Whoever has several children in hand comes in once: a second login would end the session of the first, and its code is used.
        """
        async with self._door:
            if not self.is_in or self._logins <= behind:
                await self._log_in()
            return self._logins

    async def _log_in(self) -> None:
        code = credentials.code_at(self.who.totp_secret, datetime.now(UTC))
        form = {"login": self.who.login, "password": self.who.password, "code": code, "next": "/"}
        answer = await self.http.post("/login", data=form, headers={"origin": self._origin})
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise ClerkRefused(f"login of {self.who.login}: {answer.status_code}")
        self.is_in = True
        self._logins += 1


def _json(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise ClerkRefused(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {_sentences(answer)}")
    return answer.json()


def _sentences(answer: httpx.Response) -> str:
    """Return what casework says is wrong: invented people fill in nothing personal."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("errors") or said.get("detail") or "")
