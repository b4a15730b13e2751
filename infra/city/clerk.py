"""A ward clerk who really logs in, looks at one child and takes up the case: so that the audit log has a person's access in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from contracts.values import CaseState, ServiceName, Ward
from infra.city.books import Books, ask
from infra.city.office.courses import SECTIONS
from infra.city.office.doors import ClerkRefused, Insider
from infra.identity.demonstration import Credential

FOR_THE_READER = Ward.HAKATA
"""The ward whose clerk the reader of the README is: a one-time code works once, so another clerk goes first."""


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
            somebody = Insider(http, clerk)
            person_id = UUID((await somebody.reviews())[0]["person_id"])
            child = await somebody.opens(person_id)
            if child is None:
                raise ClerkRefused(f"{clerk.login} is shown nothing of a child that stands in the list")
            await somebody.does(child, "start_investigation", {"sections": SECTIONS})
        return Seen(clerk.login, ward, person_id)
