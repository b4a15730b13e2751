"""
The people of a story: invented clerks who log in to casework with password and one-time code, and use its HTTP API as a browser would.

Sessions live in real time (`infra.identity.sessions`): each person logs in once for all stories, and again when a session has ended.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID, uuid4

import asyncpg
import httpx

from contracts.values import Section, ServiceName, Ward
from infra.identity.credentials import code_at
from infra.identity.demonstration import Credential, register_demonstration_staff
from infra.identity.keys import Keys
from infra.local.access import Access
from infra.local.secrets import IDENTITY

WARD_SECTIONS = (Section.CHILDCARE_SUPPORT, Section.COMMUNITY_HEALTH_WELFARE, Section.HEALTH)

LOGIN_SECONDS = 75.0
"""A one-time code works once: whoever logs in twice within half a minute must wait for the next one."""

FIRST_MOVE: dict[str, Any] = {"move": "start_investigation", "sections": [section.value for section in WARD_SECTIONS]}


class NotDone(Exception):
    """Casework did not let somebody do what the story says that they do."""


class People:
    """Everybody who may log in. Use as a context manager."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._url = access.service_url(ServiceName.CASEWORK)
        self._stack = AsyncExitStack()
        self._credentials: dict[str, Credential] = {}
        self._browsers: dict[str, httpx.AsyncClient] = {}

    async def __aenter__(self) -> Self:
        file = self._access.root / "secrets" / "staff.json"
        keys = Keys.of(self._access.secrets.parking_key)
        db = await asyncpg.connect(self._access.database_url(IDENTITY))
        try:
            everybody = await register_demonstration_staff(db, keys, file, today=datetime.now(UTC).date())
        finally:
            await db.close()
        self._credentials = {credential.login: credential for credential in everybody}
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def opens(self, who: str, person_id: UUID) -> bool:
        """Whether the child's page opens to a ward's clerk or to a login."""
        answer = await self._ask(_login(who), "GET", f"/v1/children/{person_id}")
        if answer.status_code not in {httpx.codes.OK, httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN}:
            raise NotDone(f"{who}: casework answered {answer.status_code} for a child's page")
        return answer.status_code == httpx.codes.OK

    async def lists(self, who: str, person_id: UUID) -> bool:
        """Whether the list of reviews of a ward's clerk, or of a login, has the child."""
        answer = await self._ask(_login(who), "GET", "/v1/reviews")
        if answer.status_code != httpx.codes.OK:
            raise NotDone(f"{who}: casework answered {answer.status_code} for the list")
        return str(person_id) in answer.text

    async def start_investigation(self, login: str, person_id: UUID) -> bool:
        """
        Take a child's open review up: the first move, by a named person.

        Returns False where the child is hidden from that person, as from the ward in which an opponent lives. Raises NotDone.
        """
        return await self.move(login, person_id, FIRST_MOVE["move"], {})

    async def move(self, login: str, person_id: UUID, move: str, filled_in: Mapping[str, Any]) -> bool:
        """
        Make a move on what the person sees now; of the first one, all three sections are asked if nothing else is said.

        Returns False where the child is hidden from that person. Raises NotDone.
        """
        page = await self._ask(login, "GET", f"/v1/children/{person_id}")
        if page.status_code == httpx.codes.NOT_FOUND:
            return False
        if page.status_code != httpx.codes.OK:
            raise NotDone(f"{login} cannot open the child: casework answered {page.status_code}")
        headers = {"if-match": page.headers["etag"], "idempotency-key": str(uuid4()), "content-type": "application/json"}
        form = (FIRST_MOVE if move == FIRST_MOVE["move"] else {}) | {"move": move, **filled_in}
        answer = await self._ask(login, "POST", f"/v1/reviews/{person_id}/moves", headers=headers, content=json.dumps(form, default=str))
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise NotDone(f"{login} could not {move.replace('_', ' ')}: casework answered {answer.status_code} {answer.text[:300]}")
        return True

    async def _ask(self, login: str, method: str, path: str, **more: Any) -> httpx.Response:
        browser = self._browsers.get(login) or await self._log_in(login)
        answer = await browser.request(method, path, **more)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            browser = await self._log_in(login)
            answer = await browser.request(method, path, **more)
        return answer

    async def _log_in(self, login: str) -> httpx.AsyncClient:
        if login not in self._credentials:
            raise NotDone(f"nobody is called {login}; there are {', '.join(self._credentials)}")
        browser = self._browsers.get(login)
        if browser is None:
            headers = {"origin": self._url, "sec-fetch-site": "same-origin"}
            browser = await self._stack.enter_async_context(httpx.AsyncClient(base_url=self._url, headers=headers, timeout=30))
            self._browsers[login] = browser
        deadline = asyncio.get_running_loop().time() + LOGIN_SECONDS
        while not await self._let_in(browser, self._credentials[login]):
            if asyncio.get_running_loop().time() > deadline:
                raise NotDone(f"{login} was not let in")
            await asyncio.sleep(1)
        return browser

    async def _let_in(self, browser: httpx.AsyncClient, credential: Credential) -> bool:
        code = code_at(credential.totp_secret, datetime.now(UTC))
        form = {"login": credential.login, "password": credential.password, "code": code, "next": "/"}
        answer = await browser.post("/login", data=form)
        return answer.status_code == httpx.codes.SEE_OTHER


def _login(who: str) -> str:
    return f"{who}.clerk" if who in set(Ward) else who
