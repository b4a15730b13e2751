"""
From a source event to the review that a ward can see, timed one child at a time.

Each of the afternoon's events opens exactly one child's review. Before the event leaves, the machine's time is taken; a watcher asks
casework's database every two milliseconds which of these children have a review, and takes the time when one first shows. Both times
are of the same machine, and "shows" means committed: what a ward clerk's page would list. The two milliseconds are the resolution;
under load it is looked less often.
"""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

import asyncpg

from contracts.values import ServiceName
from infra.city.books import Books, ask
from infra.city.publisher import Publisher
from infra.city.sources.pen import Timed

WATCH_SECONDS = 0.002
PER_SECOND = 20.0
PATIENCE_SECONDS = 60.0
HOUSEKEEPING_SECONDS = 120.0
WORKERS_SECONDS = 0.05
"""A worker lives for a tenth of a second and more."""
_PARTS = 100


@dataclass(frozen=True, slots=True)
class Latency:
    """
    Milliseconds over `n` events; `missing` had no review within a minute.

    `before` had one already when their event left: something else opened it, and how long the event took is not known. They are not timed.
    """

    n: int
    missing: int
    before: int
    p50: float
    p99: float
    longest: float


async def measure(
    books: Books,
    publisher: Publisher,
    events: Sequence[Timed],
    *,
    per_second: float = PER_SECOND,
    watch_seconds: float = WATCH_SECONDS,
) -> Latency:
    """Publish `events` one by one, `per_second`, and time each until its child's review shows. Looks every `watch_seconds`."""
    wanted = {timed.person_no for timed in events}
    watcher = asyncio.create_task(_watch(books, wanted, watch_seconds, PATIENCE_SECONDS + len(wanted) / per_second))
    left_at = await publisher.trickle([timed.event for timed in events], per_second=per_second)
    seen_at = await watcher

    return summary([seen_at[timed.person_no] - left_at[timed.event["id"]] for timed in events if timed.person_no in seen_at], len(events))


async def housekeeping_over(operator: asyncpg.Connection, seconds: float = HOUSEKEEPING_SECONDS) -> bool:
    """
    Return when PostgreSQL vacuums nothing any more, or False after `seconds`.

    A flood leaves tables to be vacuumed, which an afternoon hours later does not find. It is over once no worker was seen for as long
    as it takes the server to look at every database.
    """
    naptime = await operator.fetchval("select setting::int from pg_settings where name = 'autovacuum_naptime'")
    worked = "select exists (select from pg_stat_activity where backend_type = 'autovacuum worker')"
    began = last_seen = time.monotonic()
    while time.monotonic() - began < seconds:
        if await operator.fetchval(worked):
            last_seen = time.monotonic()
        elif time.monotonic() - last_seen > naptime:
            return True
        await asyncio.sleep(WORKERS_SECONDS)
    return False


def summary(seconds: Sequence[float], n: int) -> Latency:
    """The figures of `n` events of which `seconds` were seen, by when they left; less than none is of whom had a review before."""
    timed = [each for each in seconds if each > 0]
    missing, before = n - len(seconds), len(seconds) - len(timed)
    if not timed:
        return Latency(n, missing, before, float("nan"), float("nan"), float("nan"))
    cuts = quantiles(timed, n=_PARTS, method="inclusive") if len(timed) > 1 else [timed[0]] * (_PARTS - 1)
    return Latency(n, missing, before, *(round(value * 1000, 1) for value in (cuts[49], cuts[98], max(timed))))


async def _watch(books: Books, wanted: Collection[str], watch_seconds: float, patience: float) -> Mapping[str, float]:
    seen: dict[str, float] = {}
    deadline = time.monotonic() + patience
    while len(seen) < len(wanted) and time.monotonic() < deadline:
        waiting = sorted(set(wanted) - set(seen))
        shown = await ask(books, ServiceName.CASEWORK, "reviewed", waiting)
        now = time.time()
        seen |= dict.fromkeys(shown, now)
        await asyncio.sleep(watch_seconds)
    return seen
