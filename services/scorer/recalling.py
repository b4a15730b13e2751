"""
The past as it was known: whoever reads children in it reads what was held then, by the very statements that read what is held now.

So a list of any day, as known at the end of any later one, is made by the same evaluation, and comes out the same whatever is told,
corrected, voided, merged or split afterwards (REP-02, `domain.md` §2.8-6). How it is kept: `migrations/0021_what_was.sql`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta

import asyncpg

from contracts.days import EARLIEST_DAY, LATEST_DAY, is_countable
from infra.clock import JST
from infra.postgres import Database
from infra.sql import queries

SQL = queries(__file__, "recalling.sql")


class NotKept(Exception):
    """What is asked for is not known; the text says why."""


def check_days(as_of: date, known_on: date, today: date) -> None:
    """Refuse a day that nobody can count with, and one that has not come: nothing is known of it yet. Raises NotKept, with the field."""
    for field, day in (("as_of", as_of), ("known_at", known_on)):
        if not is_countable(day):
            raise NotKept(f"{field}: {day} is no day that can be counted with ({EARLIEST_DAY} to {LATEST_DAY})")
        if day > today:
            raise NotKept(f"{field}: {day} has not come yet; it is {today} in Japan")
    if as_of > known_on:
        raise NotKept(f"as_of: nothing of {as_of} is known on {known_on}")


def end_of(day: date) -> datetime:
    """Return the instant at which `day` ends in Japan."""
    return datetime.combine(day + timedelta(days=1), time(), JST)


async def check_kept(db: Database, day: date, field: str = "known_at") -> datetime | None:
    """
    Let nothing be forgotten that was known at the end of `day`, until the transaction ends. Returns before which instant all was, if any.

    Of answers that were believed all is known that was not forgotten (`retention.py`); of what they were made of see `as_known`. Raises
    NotKept, which names `field`.
    """
    return _not_forgotten(await db.fetchrow(SQL.kept_since), day, field)


def _not_forgotten(kept: asyncpg.Record | None, day: date, field: str) -> datetime | None:
    until: datetime | None = kept["forgotten_until"] if kept is not None else None
    if until is not None and end_of(day) < until:
        first = until.astimezone(JST).date() - timedelta(days=1)
        raise NotKept(
            f"{field}: what was known on {day} is kept no longer (TSUNAGU_PAST_DAYS); the first day that can be asked for is {first}"
        )
    return until


@asynccontextmanager
async def as_known(db: Database, known_on: date, today: date) -> AsyncIterator[None]:
    """
    Let everything inside read what was held at the end of `known_on`; today, what is held.

    Of the past nothing can be written. What was told of rulesets, reviews and datasets is read as it is. Raises NotKept.
    """
    if known_on >= today:
        yield
        return
    async with db.transaction():
        kept = await db.fetchrow(SQL.kept_since)
        _not_forgotten(kept, known_on, "known_at")
        since: datetime | None = kept["since"] if kept is not None else None
        if since is not None and end_of(known_on) <= since:
            began = since.astimezone(JST).date()
            raise NotKept(f"known_at: what was held before {began} was not kept: nothing is known of it at the end of {known_on}")
        looked: str = await db.fetchval(SQL.where_looked)
        await db.fetchrow(SQL.look_back, end_of(known_on), looked)
        yield
        # Where this is a part of a longer transaction, what follows in it reads the present again.
        await db.execute(SQL.look_again, looked)
