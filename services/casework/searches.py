"""How often somebody may search: so many times within any hour, over all processes. What was looked for is counted nowhere."""

from datetime import datetime

from infra.identity.staff import Staff
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import store
from services.casework.domain.searching import LATELY, lately, next_search_at
from services.casework.store import Acting

SQL = queries(__file__, "searches.sql")


async def count_one(work: UnitOfWork, staff: Staff) -> datetime | None:
    """Count a search; or return from when on the next one is possible, where there were too many."""
    made = lately(await work.db.fetchval(SQL.hold_searches, staff.id), work.now)
    again_at = next_search_at(made)
    if again_at is None:
        await work.db.execute(SQL.keep_searches, staff.id, [*made, work.now])
    return again_at


async def forget(work: UnitOfWork) -> None:
    """Forget who has not searched for an hour. For the service's clock."""
    await store.act_as(work.db, Acting.SYSTEM)
    await work.db.execute(SQL.forget_searches, work.now - LATELY)
