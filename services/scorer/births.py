"""Of which births children are, and who bore them: which records of a mother may be of this birth (`domain.md` §2.3, §2.8-3)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeAlias

from contracts.ids import PersonId, PregnancyId
from contracts.quick import quick
from infra.postgres import Database
from infra.sql import queries
from services.scorer.domain.indicators import GUARDIANS, OF_BIRTH

SQL = queries(__file__, "births.sql")

BY_MOTHERS = OF_BIRTH | GUARDIANS
"""Of these a mother's records reach her child; or may, where one that is held is a list that names it: by that she is its guardian."""

Beside: TypeAlias = tuple[date | None, date | None]
"""A mother's birth before, and after, that of a child."""

ALONE: Beside = (None, None)


@quick(frozen=True, slots=True)
class Birth:
    """A pregnancy that a child was born of, with its mother and the days on which she lived here; or the certain mother alone."""

    child_id: PersonId
    pregnancy_id: PregnancyId | None
    mother_id: PersonId | None
    mother_residence: str | None


async def births_of(db: Database, children: Sequence[PersonId]) -> list[Birth]:
    """Return the births of children, as far as they are known."""
    rows = await db.fetch(SQL.deliveries, children)
    return [Birth(row["child_id"], row["pregnancy_id"], row["mother_id"], row["mother_residence"]) for row in rows]


async def births_beside(db: Database, births: Sequence[Birth], told: Collection[PersonId], one_birth_days: int) -> dict[PersonId, Beside]:
    """
    Return the births next to those of children of whom no pregnancy is known: by them a mother's records belong to one or another.

    Asked alone where something is `told` of the mother that may be of any birth: of most nothing is, and nothing is asked.
    """
    children = [birth.child_id for birth in births if birth.pregnancy_id is None and birth.mother_id in told]
    rows = await db.fetch(SQL.births_beside, children, one_birth_days) if children else []
    return {row["child_id"]: (row["before"], row["after"]) for row in rows}
