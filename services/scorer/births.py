"""Of which births children are, and who bore them: which records of a mother may be of this birth (`domain.md` §2.3, §2.8-3)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeAlias

import asyncpg

from contracts.ids import PersonId
from infra.postgres import Database
from infra.sql import queries

SQL = queries(__file__, "births.sql")

Beside: TypeAlias = tuple[date | None, date | None]
"""A mother's birth before, and after, that of a child."""

ALONE: Beside = (None, None)


async def deliveries(db: Database, children: Sequence[PersonId]) -> list[asyncpg.Record]:
    """Return the pregnancies that children were born of, with their mother; of whom none is known, the certain mother."""
    return await db.fetch(SQL.deliveries, children)


async def births_beside(
    db: Database, births: Sequence[asyncpg.Record], told: Collection[PersonId], one_birth_days: int
) -> dict[PersonId, Beside]:
    """
    Return the births next to those of children of whom no pregnancy is known: by them a mother's records belong to one or another.

    Asked alone where something is `told` of the mother that may be of any birth: of most nothing is, and nothing is asked.
    """
    children = [row["child_id"] for row in births if row["pregnancy_id"] is None and row["mother_id"] in told]
    rows = await db.fetch(SQL.births_beside, children, one_birth_days) if children else []
    return {row["child_id"]: (row["before"], row["after"]) for row in rows}
