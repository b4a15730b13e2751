"""A ward clerk who really logs in, looks at one child and takes up the case: so that the audit log has a person's access in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from contracts.values import CaseState, Section, ServiceName, Ward
from infra.city.books import Books, ask
from infra.identity import credentials
from infra.identity.demonstration import Credential

SECTIONS = (Section.CHILDCARE_SUPPORT, Section.COMMUNITY_HEALTH_WELFARE, Section.HEALTH)
"""The three sections of every ward that are asked (PUSH-02)."""

FOR_THE_READER = Ward.HAKATA
"""The ward whose clerk the reader of the README is: a one-time code works once, so another clerk goes first."""


class ClerkRefused(Exception):
    """Casework did not let the clerk do what every clerk may."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looked at whom: the clerk's login, the ward, the child's id."""

    login: str
    ward: Ward
    person_id: UUID


@dataclass(slots=True)
class ClerksOf:
    """The clerks of the wards, each of whom goes once: a one-time code works once."""

    books: Books
    staff: Sequence[Credential]
    gone: set[Ward] = field(default_factory=set)

    async def look_at_one_child(self) -> Seen | None:
        """
        Log in as a clerk of the ward with the most reviews, open a child, start the investigation. None if no ward is left with one.

        The reader's own clerk goes only where no other ward has one.
        """
        figures: dict[str, Any] = await ask(self.books, ServiceName.CASEWORK, "figures")
        waiting = {Ward(ward): states.get(CaseState.NOTICED, 0) for ward, states in figures["reviews_by_ward"].items() if ward in set(Ward)}
        left = [ward for ward, n in waiting.items() if n and ward not in self.gone]
        wards = [ward for ward in left if ward is not FOR_THE_READER] or left
        if not wards:
            return None
        ward = max(wards, key=lambda each: waiting[each])
        self.gone.add(ward)
        clerk = next(credential for credential in self.staff if credential.login == f"{ward}.clerk")
        async with httpx.AsyncClient(base_url=self.books.access.service_url(ServiceName.CASEWORK), timeout=30) as http:
            await _log_in(http, clerk)
            person_id = await _first_child(http)
            await _start_investigation(http, person_id)
        return Seen(clerk.login, ward, person_id)


async def _log_in(http: httpx.AsyncClient, clerk: Credential) -> None:
    code = credentials.code_at(clerk.totp_secret, datetime.now(UTC))
    form = {"login": clerk.login, "password": clerk.password, "code": code, "next": "/"}
    answer = await http.post("/login", data=form, headers={"origin": str(http.base_url).rstrip("/")})
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise ClerkRefused(f"login: {answer.status_code}")


async def _first_child(http: httpx.AsyncClient) -> UUID:
    households = _json(await http.get("/v1/reviews", params={"tab": "not_started"}))["households"]
    return UUID(next(row["person_id"] for household in households for row in household if not row["protected"]))


async def _start_investigation(http: httpx.AsyncClient, person_id: UUID) -> None:
    page = await http.get(f"/v1/children/{person_id}")
    child = _json(page)
    if "start_investigation" not in child["moves"]:
        raise ClerkRefused(f"the moves are {child['moves']}")
    headers = {"if-match": page.headers["etag"], "idempotency-key": str(uuid4()), "origin": str(http.base_url).rstrip("/")}
    move = {"move": "start_investigation", "sections": SECTIONS}
    _json(await http.post(f"/v1/reviews/{person_id}/moves", json=move, headers=headers))


def _json(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise ClerkRefused(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")
    return answer.json()
