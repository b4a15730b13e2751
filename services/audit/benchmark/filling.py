"""A log of millions of entries within minutes, as years of a city leave it: made by the database, with the roots that it keeps of them."""

import os
from base64 import b64encode
from datetime import UTC, datetime, timedelta

from infra.postgres import Database
from infra.sql import queries
from services.audit import store
from services.audit.domain.leaf import columns_of

SQL = queries(__file__, "filling.sql")
FIRST = datetime(2020, 4, 1, tzinfo=UTC)
APART = timedelta(seconds=13)
"""Two and a half million a year: what audit.md §5 is measured with, so that searches of a month find what they would."""
OFFICERS, CHILDREN = 3_000, 200_000
AT_ONCE = 100_000
_SIGNATURE_BYTES = 64


async def fill(db: Database, size: int) -> None:
    """Let the log have `size` entries; those that it has already stay."""
    has = await store.log_size(db)
    signature = b64encode(os.urandom(_SIGNATURE_BYTES)).decode()
    for start in range(has, size, AT_ONCE):
        end = min(start + AT_ONCE, size)
        await store.add_segments(db)
        await db.execute(SQL.fill, start, end, FIRST, APART, OFFICERS, CHILDREN, "0badc0de", signature, timeout=None)
        await store.keep_subtrees(db, start, end)
    row = await db.fetchrow(store.SQL.leaves_between, size - 1, size)
    # A leaf that nobody could read would be measured all the same.
    assert row is not None and columns_of(row["leaf"]).sequence == size  # noqa: S101, PT018


def at(index: int) -> datetime:
    """When the entry `index` was told."""
    return FIRST + index * APART
