"""Everything that somebody can ask a service for who has no right to it, well written or not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from infra.identity.walls import WalledRoute

OPEN = {"/health", "/ready", "/metrics", "/openapi.json", "/login", "/login/elsewhere", "/logout", "/session", "/static/{name}"}
"""Addresses without a wall: they show nobody anything of anybody else."""

PARAMETER = re.compile(r"{.*?}")
JUNK = "zzz-見本-ひかり-123456789012"
NAMED = ("hakata.clerk", "abc", "-1", "99999999999999999999", JUNK, "a" * 3000, "%00", "'; drop table entry --")
QUERIES = (
    "",
    f"?page={JUNK}&tab={JUNK}&limit=x&cursor=x&from=2026-99-99&actor={JUNK}&thing={JUNK}&m=x&n=x&done={JUNK}",
    "?%ff=%00&page=0&&=",
)
BODIES: tuple[dict[str, Any], ...] = (
    {"content": JUNK.encode(), "headers": {"content-type": "application/json"}},
    {"content": b"{" * 2000, "headers": {"content-type": "application/json"}},
    {"content": b"form_token=x&reason=x&move=x", "headers": {"content-type": "application/x-www-form-urlencoded"}},
    {"content": b"x" * 100_000, "headers": {"content-type": "application/x-www-form-urlencoded"}},
    {"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=x", "idempotency-key": "zzz", "if-match": "zzz"}},
)


@dataclass(frozen=True)
class Try:
    """One request."""

    method: str
    address: str
    path: str
    body: int | None = None

    async def by(self, client: httpx.AsyncClient) -> httpx.Response:
        """Send it."""
        url = client.base_url.copy_with(raw_path=quote(self.address, safe="/?&=%-_.~'").encode())
        return await client.request(self.method, url, **({} if self.body is None else BODIES[self.body]))


def without_wall(app: FastAPI) -> set[str]:
    """Return the addresses of `app` that are behind no wall."""
    return {context.path or "" for context in iter_route_contexts(app.routes) if not isinstance(context.original_route, WalledRoute)}


def tries(app: FastAPI, *named: str, but: frozenset[str] = frozenset()) -> Iterator[Try]:
    """Walk the table of routes, `but` some: each method, known and not, with good and bad names, queries and bodies."""
    for context in iter_route_contexts(app.routes):
        path, known = context.path_format or "", context.methods or set()
        if path in OPEN | but:
            continue
        good, bad = (list(dict.fromkeys(PARAMETER.sub(name, path) for name in names)) for names in (named, NAMED))
        for method in sorted({*known, "DELETE", "HEAD"}):
            for address, query in zip_longest((*good, *bad), QUERIES, fillvalue=""):
                yield Try(method, (address or good[0]) + query, path)
            if method not in {"GET", "HEAD"}:
                yield from (Try(method, address, path, body) for address in good for body in range(len(BODIES)))
