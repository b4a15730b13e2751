"""Read-only questions about the linker's state, for tests, stories, the demonstration and the conservation check."""

from datetime import date
from hashlib import sha256
from typing import Any

from contracts.ids import PersonId
from infra.postgres import Database
from infra.sql import queries

SQL = queries(__file__, "views.sql")

_SCOPE_YEARS = 15
_CURRENT_STATE = (
    SQL.records_now,
    SQL.persons_now,
    SQL.names_now,
    SQL.memberships_now,
    SQL.pregnancies_now,
    SQL.deliveries_now,
    SQL.measures_now,
)


async def content_hash(db: Database) -> str:
    """Return a hash of what is linked to whom now: of the input alone, not of when or in which order it came."""
    digest = sha256()
    async with db.transaction():
        for statement in _CURRENT_STATE:
            async for row in db.cursor(statement, prefetch=1000):
                digest.update("\x1f".join(str(value) for value in row.values()).encode() + b"\x1e")
            digest.update(b"\x1d")
    return digest.hexdigest()


async def figures(db: Database, today: date | None = None) -> dict[str, Any]:
    """
    Return the numbers of the demonstration's report.

    `children` are those not yet fifteen on `today` (by default the database's day).
    """
    on = today or await db.fetchval("select (now() at time zone 'Asia/Tokyo')::date")
    counts = await db.fetchrow(SQL.counts, on.replace(year=on.year - _SCOPE_YEARS, day=min(on.day, 28)))
    states = {row["state"]: row["records"] for row in await db.fetch(SQL.records_by_state)}
    return {
        **dict(counts or {}),
        "links_by_rule": {row["rule"]: row["links"] for row in await db.fetch(SQL.links_by_rule)},
        "linked": states.get("linked", 0),
        "waiting": states.get("waiting", 0),
        "review": states.get("review", 0),
        "voided": states.get("void", 0),
    }


async def records_by_source(db: Database) -> dict[str, dict[str, int]]:
    """Return how many records of each source are in each state: linked, waiting, review, void."""
    found: dict[str, dict[str, int]] = {}
    for row in await db.fetch(SQL.records_by_source):
        found.setdefault(row["source"], {})[row["state"]] = row["records"]
    return found


async def record_states(db: Database, record_id: str) -> list[str]:
    """Return what became of the records of an id, each as `linked (person_no)`, `waiting (…)`, `review (…)` or `void`."""
    rows = await db.fetch(SQL.record_states, record_id)
    return [f"{row['state']} ({row['rule'] or row['reason']})" if row["rule"] or row["reason"] else row["state"] for row in rows]


async def unaccounted(db: Database) -> int:
    """Return how many records nobody can say of what became of them. Anything but 0 is a fault."""
    return int(await db.fetchval(SQL.unaccounted))


async def person_by_no(db: Database, person_no: str) -> PersonId | None:
    """Return the person of the register whom a 宛名番号 names."""
    found: PersonId | None = await db.fetchval(SQL.person_by_no, person_no)
    return found
