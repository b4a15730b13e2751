"""
The stage that stories play on: a throw-away stack, emptied between stories.

Emptied, not made anew: truncating takes a tenth of a second, a stack ten. It is done while the system is at rest. What counts on for ever
stays: the audit log (nobody can empty it, by design), the numbers of audit entries, the tallies, and registrations.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import asyncpg

from contracts.values import ServiceName
from infra import clock
from infra.city.story_events import moment
from infra.local.access import Access
from infra.sql import queries

SQL = queries(__file__, "story.sql")

LASTING = ("migration", "tally", "audit_lane")
"""Tables of every schema that outlive a story."""

REGISTRATIONS = ("registration", "source_registration", "purpose", "purpose_register", "ruleset")
"""Tables that are filled once, when a service is set up."""

LOGS = {ServiceName.AUDIT: ("inbox", "parked")}
"""Of an append-only schema, the only tables that are emptied."""


async def empty(access: Access) -> None:
    """Empty the services' tables. The system must be at rest."""
    admin = await asyncpg.connect(access.admin_url())
    try:
        names = [name for service in ServiceName for name in await _tables(admin, service)]
        if names:
            await admin.execute(f"truncate {', '.join(names)}")  # names come quoted from the catalogue of tables
    finally:
        await admin.close()


async def _tables(admin: asyncpg.Connection, service: ServiceName) -> Sequence[str]:
    rows = await admin.fetch(SQL.tables, str(service), [*LASTING, *REGISTRATIONS], list(LOGS.get(service, ())))
    return [row["name"] for row in rows]


def set_day(clock_file: Path, day: date) -> None:
    """Set the clock of the whole stack to a day of the story."""
    clock.freeze(clock_file, moment(day))
