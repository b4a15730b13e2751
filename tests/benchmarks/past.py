"""
What it costs to keep the past (`services/scorer/migrations/0021_what_was.sql`), and how much of it there is: in turn with and without.

    python -m tests.benchmarks.past [--children N] [--rounds R] [--parcel N]

A small city with five years of facts in a PostgreSQL of its own. Each round hears some parcels of records that are new, and the same
records corrected, as the service does, with the triggers and without (`session_replication_role`, for the one connection). What counts
is the CPU of PostgreSQL and of Python, an event; of several rounds the median. At the end: rows of the past an event, by table.
"""

import argparse
import asyncio
import json
import time
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg

from contracts.ids import EventId
from contracts.messages import RecordLinked
from infra.city.cpu import cpu_seconds
from infra.local.postgres import PostgresServer
from services.scorer.actions import take_in
from tests.benchmarks.door import say
from tests.benchmarks.scored_city import make_city
from tests.benchmarks.scoring import TODAY, Task, _linked, work_of
from tests.benchmarks.side_by_side import PASSWORD, own_server

EVENTS = 5_000
_KEPT = """
select name, (xpath(
    '/row/n/text()', query_to_xml('select count(*) as n from scorer.' || name || '_was', false, true, '')
))[1]::text::int as n
from unnest($1::text[]) as name
"""
TABLES = ["person", "kinship", "delivery", "fact", "watermark", "in_hand", "in_hand_anybody", "held", "protection", "member", "fact_count"]


def records(first: int, events: int, revision: int) -> list[RecordLinked]:
    """Records of so many children, each said for the `revision`th time."""
    task = Task("hear", days=1)
    named = (_linked(first + number, task) for number in range(events))
    return [
        each.model_copy(update={"revision": revision, "event_id": EventId(UUID(int=each.event_id.int + (revision << 112)))})
        for each in named
    ]


async def heard(db: asyncpg.Connection, told: list[RecordLinked], parcel: int, days: int) -> None:
    """Hear them on a day, a parcel a transaction: what is said twice at one instant leaves no past."""
    for start in range(0, len(told), parcel):
        async with db.transaction():
            work = work_of(db, days)
            await take_in(work, told[start : start + parcel], put_off=True)
            await work.flush()


async def measured(server: PostgresServer, children: int, rounds: int, parcel: int) -> dict[str, Any]:
    """Hear in turn with and without, and tell what each cost."""
    await make_city(server, "city", children, TODAY, password=PASSWORD)
    db = await asyncpg.connect(server.url("city"))
    await db.execute("set search_path = scorer")
    before = {row["name"]: row["n"] for row in await db.fetch(_KEPT, TABLES)}
    cost: dict[str, list[float]] = {}
    events, first, with_it = EVENTS // parcel * parcel, 0, 0
    for number in range(rounds + 1):
        for keeps in (True, False) if number % 2 else (False, True):
            await db.execute(f"set session_replication_role = {'origin' if keeps else 'replica'}")
            for revision in (1, 2):
                told = records(first, events, revision)
                began, own = cpu_seconds(server.pid or 0), time.process_time()
                await heard(db, told, parcel, 2 * number + revision)
                spent = (cpu_seconds(server.pid or 0) - began) * 1e6 / events, (time.process_time() - own) * 1e6 / events
                if number:
                    what = f"{'new' if revision == 1 else 'corrected'}, {'kept' if keeps else 'not kept'}"
                    cost.setdefault(f"{what}: postgres", []).append(spent[0])
                    cost.setdefault(f"{what}: python", []).append(spent[1])
            first += events
            with_it += 2 * events if keeps else 0
            await db.execute("delete from outbox; delete from news")
    after = {row["name"]: row["n"] for row in await db.fetch(_KEPT, TABLES)}
    await db.close()
    rows = {name: round((after[name] - before[name]) / with_it, 3) for name in TABLES if after[name] > before[name]}
    return {"cpu_us_an_event": {name: round(median(some), 1) for name, some in sorted(cost.items())}, "rows_of_the_past_an_event": rows}


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--parcel", type=int, default=100)
    wish = parser.parse_args()
    with own_server() as server:
        found = asyncio.run(measured(server, wish.children, wish.rounds, wish.parcel))
    say(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
