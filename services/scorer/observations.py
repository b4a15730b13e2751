"""What staff saw of children, as casework tells: kept once, in whatever order it comes (`domain.md` §2.8-22)."""

from collections.abc import Sequence

from contracts.ids import PersonId
from contracts.messages import ObservationRecorded
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries

SQL = queries(__file__, "observations.sql")


async def hear_observations(db: Database, seen: Sequence[ObservationRecorded]) -> frozenset[PersonId]:
    """Keep what was seen. Returns of whom it is news."""
    if not seen:
        return frozenset()
    rows = [(o.event_id, o.person_id, o.case_id, o.version, o.observation, o.observed_on, o.occurred_at) for o in seen]
    return frozenset(row["person_id"] for row in await db.fetch(SQL.hear_observations, *columns(rows, 7)))
