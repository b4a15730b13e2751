"""A ward at work on the days of the city's nights: the courses that its children's cases take."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self
from uuid import UUID

import httpx

from contracts.values import Ward
from infra.city.office.courses import CHIEF, CLERK, COURSES, HEALTH, LEAD, WELFARE, Act, Course
from infra.city.office.doors import Insider, NotOffered
from infra.identity.demonstration import Credential

PEOPLE = (CLERK, LEAD, HEALTH, WELFARE, CHIEF)
LEFT_ALONE = 4
"""One child of so many stays for the reader to begin with."""

AT_ONCE = 4
"""So many cases are worked on at the same time."""


@dataclass(slots=True)
class _Going:
    """A child on its course: what is still to be done."""

    person_id: UUID
    left: list[Act]


@dataclass(slots=True)
class WardAtWork:
    """
    The people of one ward, each logged in once: a one-time code works once. Use as a context manager.

    Nothing is drawn by lot: the same city gives the same children the same courses. `made` is how many moves and acts there were,
    `stopped` how many courses ended early, because what arrived meanwhile hid the child or began it anew.
    """

    ward: Ward
    today: date
    url: str
    staff: Sequence[Credential]
    courses: Sequence[Course] = COURSES
    made: int = 0
    stopped: int = 0
    _inside: dict[str, Insider] = field(default_factory=dict)
    _going: list[_Going] = field(default_factory=list)
    _doors: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        by_login = {credential.login: credential for credential in self.staff}
        for who in PEOPLE:
            http = await self._doors.enter_async_context(httpx.AsyncClient(base_url=self.url, timeout=30))
            self._inside[who] = Insider(http, by_login[f"{self.ward}.{who}"])
        return self

    async def __aexit__(self, *_: object) -> None:
        for somebody in self._inside.values():
            await somebody.leave()
        await self._doors.aclose()

    async def work(self, before: int) -> None:
        """Work on the day so many days before today: begin what begins on it, as far as there are children, and go on with the rest."""
        await self._begin(before)
        hands = asyncio.Semaphore(AT_ONCE)

        async def one(going: _Going) -> None:
            async with hands:
                await self._go_on(going, before)

        await asyncio.gather(*map(one, self._going))

    async def _begin(self, before: int) -> None:
        waiting = sorted(await self._inside[CLERK].reviews(), key=_by_age)
        children = [UUID(row["person_id"]) for number, row in enumerate(waiting) if number % LEFT_ALONE]
        beginning = (list(course) for course in self.courses if course[0].before == before)
        self._going += [_Going(person_id, course) for person_id, course in zip(children, beginning, strict=False)]

    async def _go_on(self, going: _Going, before: int) -> None:
        child, who = None, ""
        while going.left and going.left[0].before == before:
            act = going.left.pop(0)
            if act.who != who:
                child, who = await self._inside[act.who].opens(going.person_id), act.who
            try:
                child = await self._inside[who].does(child, act.move, act.form_on(self.today)) if child else None
            except NotOffered:
                # New facts have opened another review of a child whose case was closed.
                child = None
            if child is None:
                going.left.clear()
                self.stopped += 1
            else:
                self.made += 1


def _by_age(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["birth_date"] or "", row["kana"] or "", row["person_id"]
