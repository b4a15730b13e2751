"""
What every address of every service owes the log (audit.md §5, target 9): `routes.toml` says it, and whoever adds an address says it there.

An address `shows` somebody something, `leads` to where it is shown, or `does` something; it is `open`, for it shows nothing of anybody, or
for `machines`, which have no login of staff.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

import asyncpg
import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from contracts.messages import AccessRecorded, AuditMessage, DecisionRecorded
from contracts.values import ServiceName
from infra.identity.walls import WalledRoute
from infra.testing.fixtures import announced
from tests.integration.identity.tries import Try

WITHOUT_LOGIN = {"open", "machines"}
ANY_METHOD = "*"
Key: TypeAlias = tuple[str, str]
"""Method and path."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What an address owes: what it does for whoever may, and what the log calls a look or an attempt; a second deed goes with the look."""

    what: str
    deeds: tuple[str, ...]


@cache
def owed(service: ServiceName) -> Mapping[Key, Owed]:
    """What is declared of each address of a service."""
    declared = tomllib.loads(Path(__file__).with_name("routes.toml").read_text(encoding="utf-8"))
    found = {}
    for route, said in {**declared["everywhere"], **declared[service]}.items():
        method, path = route.split()
        what, *deeds = said.split()
        found[method, path] = Owed(what, tuple(deeds))
    return found


def there_are(app: FastAPI) -> Iterator[tuple[Key, bool]]:
    """Every address that there is, and whether it is behind a wall."""
    for context in iter_route_contexts(app.routes):
        # What takes whatever comes (a mounted application, a WebSocket) has no methods, and is declared by none.
        for method in (context.methods or set()) - {"HEAD"} or {ANY_METHOD}:
            yield (method, context.path_format or context.path or ""), isinstance(context.original_route, WalledRoute)


def differs(service: ServiceName, app: FastAPI) -> set[tuple[Key, bool]]:
    """Addresses that are not declared, or are behind no wall and should be; and declared ones that there are not."""
    said = {(key, each.what not in WITHOUT_LOGIN) for key, each in owed(service).items()}
    return said ^ set(there_are(app))


def deeds_at(service: ServiceName, attempt: Try) -> set[str]:
    """What the log may call an attempt: what its address is for; where the method is none of its own, what it is for by any."""
    its = {method: each.deeds[0] for (method, path), each in owed(service).items() if path == attempt.path and each.deeds}
    return {its[attempt.method]} if attempt.method in its else set(its.values())


@dataclass(frozen=True, slots=True)
class Witness:
    """
    Holds a service to what it owes. `named` is what stands in an address in the place of each name, or in the whole of a path.

    `planted` tells by which words one knows that an answer shows what the log calls so.
    """

    service: ServiceName
    pool: asyncpg.Pool | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    planted: Mapping[str, str] = field(default_factory=dict)

    async def turned_away(self, stranger: httpx.AsyncClient, reason: str = "role") -> list[object]:
        """Ask for everything by somebody who may see nothing. Returns every answer that left other than one refusal, by its deed."""
        wrong: list[object] = []
        await self._news()
        for (method, path), each in owed(self.service).items():
            if each.what in WITHOUT_LOGIN:
                continue
            answer = await stranger.request(method, self.address(path))
            kept = [(it.action, it.decision, it.reason_code, it.fields) for it in await self._news()]
            if (answer.status_code, kept) != (403, [(each.deeds[0], "deny", reason, ())]):
                wrong.append((method, path, answer.status_code, kept))
        return wrong

    async def shown(self, reader: httpx.AsyncClient, but: Collection[str] = ()) -> list[object]:
        """
        Open all that there is to read by somebody who may. Returns every answer that is not as declared, or shows what its entries do not
        say, or less than they say.
        """
        wrong: list[object] = []
        await self._news()
        for (method, path), each in owed(self.service).items():
            if method != "GET" or each.what in WITHOUT_LOGIN or path in but:
                continue
            answer = await reader.get(self.address(path))
            fault = self.fault(answer, await self._news(), each)
            if fault:
                wrong.append((path, fault))
        return wrong

    def fault(self, answer: httpx.Response, kept: Collection[AuditMessage], each: Owed) -> object:
        """What is wrong with an answer beside what was kept of it."""
        mains = [it for it in kept if it.correlation is None]
        beside = [it for it in kept if it.correlation is not None]
        told = [(it.action, it.decision) for it in mains]
        expected = [(deed, "permit") for deed in each.deeds] if each.what == "shows" else []
        if (answer.status_code, sorted(told)) != (200 if each.what == "shows" else 303, sorted(expected)):
            return answer.status_code, told
        if any(it.correlation not in {str(main.event_id) for main in mains} for it in beside):
            return "an entry of somebody beside that names no look"
        return self.told_otherwise(answer.text, kept)

    def told_otherwise(self, text: str, kept: Collection[AuditMessage]) -> object:
        """What an answer shows of what was planted and its entries do not say, and what they say and it does not show."""
        seen = {name for name, words in self.planted.items() if re.search(words, text)}
        said = {name for it in kept for name in it.fields} & self.planted.keys()
        return (seen - said, said - seen) if seen != said else None

    def address(self, path: str) -> str:
        """A path with something in the place of its names."""
        return self.named.get(path) or re.sub(r"{(\w+)}", lambda name: self.named[name.group(1)], path)

    async def _news(self) -> list[AuditMessage]:
        """What was kept since this was asked last, logins left out."""
        assert self.pool is not None
        kept = [each for each in await announced(self.pool) if isinstance(each, AccessRecorded | DecisionRecorded)]
        await self.pool.execute("delete from outbox")
        return [each for each in kept if not each.action.startswith("identity.")]
