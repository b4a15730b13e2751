"""How long a large log takes to be exported and verified without its service, to prove an entry, and to answer a search."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from random import Random
from uuid import UUID

from infra.city.memory import own_bytes
from infra.postgres import Database
from services.audit import actions, publishing, views
from services.audit.benchmark.filling import CHILDREN, OFFICERS, at, fill
from services.audit.domain.filters import Filters
from services.audit.offline import packing
from services.audit.signer import Signer

ASKED = 400
"""So many proofs, and so many searches of each kind, after ASKED // 10 that warm up."""
MONTH = timedelta(days=30)
_SEED = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of what was asked many times: half of the answers came within p50, all but a few within p95 and p99."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Exported:
    """A log as files: seconds of writing and of verifying, and what the writer's memory grew by at most, as far as it was looked at."""

    entries: int
    seconds: float
    grown_bytes: int
    verify_seconds: float


async def seal(db: Database, signer: Signer, size: int) -> None:
    """Let the log have `size` entries, all of them sealed, and its statistics be of now."""
    await fill(db, size)
    await actions.seal(db, signer, at(size))
    await db.execute("analyze", timeout=None)


async def exported(db: Database, signer: Signer, folder: Path, size: int) -> Exported:
    """Write the log as files and verify those in a process of its own, as whoever has them does: by the verifier that is one file."""
    before, most, began = own_bytes(os.getpid()), [0], time.perf_counter()
    watching = asyncio.create_task(_watch(most))
    await publishing.write_tiles(db, signer.verifier, folder / "log")
    seconds = time.perf_counter() - began
    watching.cancel()
    (folder / "vkey").write_text(signer.verifier_key, encoding="utf-8")
    packing.pack(folder / "verify.pyz")
    began = time.perf_counter()
    asked = ("verify.pyz", "log", "log", "--vkey", "vkey")
    process = await asyncio.create_subprocess_exec(sys.executable, *asked, cwd=folder, stdout=asyncio.subprocess.DEVNULL)
    if await process.wait() != 0:
        raise AssertionError("the log that was made does not hold")
    return Exported(size, seconds, max(0, max(most[0], own_bytes(os.getpid())) - before), time.perf_counter() - began)


async def proofs(db: Database, signer: Signer, size: int) -> Taken:
    """Entries with their proofs under the newest seal."""
    draw = Random(_SEED)  # noqa: S311 -- which entry

    async def prove() -> None:
        found = await views.opened(db, draw.randrange(size), signer.verifier)
        if found is None or found.proof is None or not views.holds(found.row, found.proof, signer.verifier):
            raise AssertionError("a proof does not hold")

    return await _taken(prove)


async def searches(db: Database, size: int) -> Mapping[str, Taken]:
    """The questions of audit.md §5, as the pages ask them, each with the count that stands above its answer."""
    draw = Random(_SEED)  # noqa: S311 -- whom
    newest = at(size)

    def child() -> str:
        return str(_id("child", draw.randrange(CHILDREN)))

    def officer() -> UUID:
        return _id("officer", draw.randrange(OFFICERS))

    def hour() -> Filters:
        since = at(draw.randrange(max(1, size - 300)))
        return Filters(since=since, until=since + timedelta(hours=1))

    kinds: Mapping[str, Callable[[], Filters]] = {
        "a child, all time": lambda: Filters(thing=child()),
        "a child, 30 days": lambda: Filters(thing=child(), since=newest - MONTH, until=newest),
        "somebody, 30 days": lambda: Filters(actor=officer(), since=newest - MONTH, until=newest),
        "somebody and a child, all time": lambda: Filters(actor=officer(), thing=child()),
        "an hour": hour,
    }
    return {name: await _taken(lambda kind=kind: views.search(db, kind())) for name, kind in kinds.items()}  # type: ignore[misc]


async def _taken(ask: Callable[[], Awaitable[object]]) -> Taken:
    for _ in range(ASKED // 10):
        await ask()
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1_000)
    took.sort()
    return Taken(*(took[min(ASKED - 1, round(ASKED * part))] for part in (0.5, 0.95, 0.99)))


async def _watch(most: list[int]) -> None:
    while True:
        most[0] = max(most[0], own_bytes(os.getpid()))
        await asyncio.sleep(0.2)


def _id(kind: str, number: int) -> UUID:
    return UUID(md5(f"{kind} {number}".encode(), usedforsecurity=False).hexdigest())
