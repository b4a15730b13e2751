"""Passes watermarks on, behind the records that came before them (decision 11)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from contracts.messages import FeedWatermark
from contracts.values import Source
from infra.identifiers import caused
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork

SQL = queries(__file__, "watermarks.sql")

_PASSED_ON = UUID("0b9d8d2e-6a53-5d0f-8f0e-3f1f8a3f5b6c")
"""Names the space of the ids of watermarks that were passed on: the same whichever partition speaks."""


async def pass_on(work: UnitOfWork, marks: Sequence[FeedWatermark]) -> None:
    """
    Say watermarks on, once every partition is past them.

    Ingest says one on each partition, behind the records that came before it. The last partition to see it speaks for all: what
    the others had to say of those records is committed by then, so it stands in the outbox before it.
    """
    for source, complete_through in await _passed_everywhere(work.db, marks, work.partitions):
        event_id = caused(_PASSED_ON, f"{source}:{complete_through}")
        work.announce_everywhere(FeedWatermark(event_id=event_id, occurred_at=work.now, source=source, complete_through=complete_through))


async def _passed_everywhere(db: Database, marks: Sequence[FeedWatermark], partitions: int) -> list[tuple[Source, date]]:
    """Note that watermarks came by on a partition. Returns those that have come by on all of them by now."""
    await db.execute(SQL.lock_watermarks)
    named = [mark.source.value for mark in marks], [mark.complete_through for mark in marks]
    await db.execute(SQL.see_watermarks, *named, [mark.event_id for mark in marks])
    rows = await db.fetch(SQL.watermarks_seen_everywhere, *named, partitions)
    return [(Source(row["source"]), row["complete_through"]) for row in rows]
