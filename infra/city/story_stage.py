"""
The stage that stories play on: a throw-away stack, emptied between stories.

Emptied, not made anew: that takes a tenth of a second, a stack ten. It is done while the system is at rest. What counts on for ever
stays: the audit log (nobody can empty it, by design), the numbers of audit entries, the tallies, and registrations. So does what waits to
be said: at rest nothing does, but for a service's word on its last numbers (every minute), and what is in the tally has to be heard.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import asyncpg
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from contracts.values import ServiceName
from infra import clock
from infra.city.story_events import moment
from infra.local.access import Access
from infra.sql import queries

SQL = queries(__file__, "story.sql")

_ATTEMPTS = 5
_SMALL_BYTES = 1_000_000
"""
The rows of a table that is smaller are deleted: of a table that was truncated every connection of every service reads anew what it is, and
plans anew what it asks, for more than a second of CPU a story. One that has grown is truncated, so that it does not go on growing.
"""

LASTING = ("migration", "tally", "audit_lane", "outbox")
"""Tables of every schema that outlive a story."""

REGISTRATIONS = ("registration", "register_step", "owner_step", "purpose", "purpose_register", "ruleset", "past_table")
"""Tables that are filled once, when a service is set up, or by a migration."""

KEPT_IN = {ServiceName.LINKER: "record", ServiceName.SCORER: "fact"}
"""Where a service keeps records, by their source's id."""

LOGS = {ServiceName.AUDIT: ("inbox", "parked")}
"""Of an append-only schema, the only tables that are emptied."""


NUMBERS_OF_THE_SCHOOL = Path("secrets/school/sequence.json")
"""Where the school that stories play counts its batches: on an empty stage the first one is awaited again."""


async def empty(access: Access) -> None:
    """Empty the services' tables. The system must be at rest."""
    (access.root / NUMBERS_OF_THE_SCHOOL).unlink(missing_ok=True)
    admin = await asyncpg.connect(access.admin_url())
    try:
        await empty_tables(admin)
    finally:
        await admin.close()


async def empty_tables(admin: asyncpg.Connection) -> None:
    """Empty the services' tables, as the superuser `admin` of their database."""
    names = [name for service in ServiceName for name in await _tables(admin, service)]
    # Tickers look at tables also while nothing is due, in an order of their own: one of the two must let go, and it may be us.
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(asyncpg.DeadlockDetectedError), stop=stop_after_attempt(_ATTEMPTS), reraise=True
    ):
        with attempt:
            async with admin.transaction():
                await _take_out(admin, names)


async def _take_out(admin: asyncpg.Connection, names: Sequence[str]) -> None:
    """Empty those of the tables in which there is anything. Names come quoted from the catalogue of tables."""
    each = "select {number} as number, pg_table_size('{name}') as bytes where exists (select from {name})"
    looks = " union all ".join(each.format(number=number, name=name) for number, name in enumerate(names))
    filled = {names[row["number"]]: row["bytes"] for row in await admin.fetch(looks)} if looks else {}
    if grown := [name for name, size in filled.items() if size > _SMALL_BYTES]:
        await admin.execute(f"truncate {', '.join(grown)} cascade")
    # As with truncating, nobody's triggers count what goes.
    await admin.execute("set local session_replication_role = replica")
    for name in filled.keys() - grown:
        await admin.execute(f"delete from {name}")  # noqa: S608 -- quoted


async def _tables(admin: asyncpg.Connection, service: ServiceName) -> Sequence[str]:
    rows = await admin.fetch(SQL.tables, str(service), [*LASTING, *REGISTRATIONS], list(LOGS.get(service, ())))
    return [row["name"] for row in rows]


async def hinder(access: Access, service: ServiceName, record: str) -> None:
    """Let `service` fail at every record of this id: it puts the event aside, as it does with whatever breaks its handling."""
    await _for_each(access, SQL.hindrances, service, KEPT_IN[service], record)


async def hinder_no_longer(access: Access) -> None:
    """Let every service handle everything again."""
    await _for_each(access, SQL.ends_of_hindrances)


async def _for_each(access: Access, question: str, *arguments: object) -> None:
    """Execute each statement that the answer to `question` holds: names in it come quoted from the database."""
    admin = await asyncpg.connect(access.admin_url())
    try:
        for row in await admin.fetch(question, *arguments):
            await admin.execute(row["statement"])
    finally:
        await admin.close()


async def take_up(access: Access) -> None:
    """Have every service handle what it put aside, as `tsunagu parked replay` does."""
    for service in KEPT_IN:
        own = await asyncpg.connect(access.database_url(service))
        try:
            await own.execute(SQL.take_up)
        finally:
            await own.close()


def set_day(clock_file: Path, day: date) -> None:
    """Set the clock of the whole stack to a day of the story."""
    clock.freeze(clock_file, moment(day))
