"""Of which sources a person of their owner's unit sees what became of them: a coordinator's decision, never one's own (ROLE-06)."""

from contracts.ids import StaffId
from contracts.values import Source
from infra.postgres import Database
from infra.sql import queries

SQL = queries(__file__, "owning.sql")


async def owned_by(db: Database, staff_id: StaffId) -> frozenset[Source]:
    """Return the sources for which somebody is registered as of their owner's unit."""
    return frozenset(Source(row["source"]) for row in await db.fetch(SQL.owned_by, staff_id))
