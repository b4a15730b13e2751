"""Passes watermarks on, behind the records that came before them (decision 11)."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from contracts.messages import FeedWatermark
from contracts.values import Source
from infra.identifiers import caused
from infra.postgres import Database
from infra.rows import columns
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
    for row in await _passed_everywhere(work.db, marks, work.partitions):
        source, version, complete_through = Source(row["source"]), row["version"], row["complete_through"]
        # A word that was taken back may be said again, and is another one then.
        word = f"{source}:{complete_through}:{version}" if version else f"{source}:{complete_through}"
        work.announce_everywhere(
            FeedWatermark(
                event_id=caused(_PASSED_ON, word),
                occurred_at=work.now,
                source=source,
                complete_through=complete_through,
                complete_from=row["complete_from"],
                version=version,
            )
        )


async def _passed_everywhere(db: Database, marks: Sequence[FeedWatermark], partitions: int) -> list[asyncpg.Record]:
    """Note that watermarks came by on a partition. Returns those that have come by on all of them by now."""
    await db.execute(SQL.lock_watermarks)
    rows = [(mark.source.value, mark.version, mark.complete_through, mark.complete_from, mark.event_id) for mark in marks]
    sources, versions, days, begins, events = columns(rows, 5)
    await db.execute(SQL.see_watermarks, sources, versions, days, begins, events)
    return list(await db.fetch(SQL.watermarks_seen_everywhere, sources, versions, days, partitions))
