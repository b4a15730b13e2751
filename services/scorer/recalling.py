"""
The past as it was known: whoever reads children in it reads what was held then, by the very statements that read what is held now.

So a list of any day, as known at the end of any later one, is made by the same evaluation, and comes out the same whatever is told,
corrected, voided, merged or split afterwards (REP-02, `domain.md` §2.8-6). How it is kept: `migrations/0021_what_was.sql`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta

from infra.clock import JST
from infra.postgres import Database
from infra.sql import queries

SQL = queries(__file__, "recalling.sql")


class NotKept(Exception):
    """What is asked for is not known; the text says why."""


def end_of(day: date) -> datetime:
    """Return the instant at which `day` ends in Japan."""
    return datetime.combine(day + timedelta(days=1), time(), JST)


@asynccontextmanager
async def as_known(db: Database, known_on: date, today: date) -> AsyncIterator[None]:
    """
    Let everything inside read what was held at the end of `known_on`; today, what is held.

    Of the past nothing can be written. What was told of rulesets, reviews and datasets is read as it is. Raises NotKept.
    """
    if known_on >= today:
        yield
        return
    since: datetime | None = await db.fetchval(SQL.kept_since)
    if since is not None and end_of(known_on) <= since:
        raise NotKept(f"what was held before {since.astimezone(JST).date()} was not kept: nothing is known of it at the end of {known_on}")
    async with db.transaction():
        looked: str = await db.fetchval(SQL.where_looked)
        await db.fetchrow(SQL.look_back, end_of(known_on), looked)
        yield
        # Where this is a part of a longer transaction, what follows in it reads the present again.
        await db.execute(SQL.look_again, looked)
