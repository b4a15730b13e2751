"""What the statistics read: numbers by place and kind, and nothing of anybody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import asyncpg

from contracts.catalogue import ITEMS
from contracts.values import Item, Ward
from infra.clock import JST
from infra.postgres import Database
from infra.sql import queries
from services.casework.domain.case import Outcome
from services.casework.domain.results import Result, result_of

SQL = queries(__file__)
APART = "apart"
"""The place of protected children, and of those without a known ward."""

PLACES: tuple[str, ...] = (*(ward.value for ward in Ward), APART)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many there are of each kind (or result) at each place (or of each item)."""

    of: Mapping[tuple[str, str], int]

    def rows(self, places: Sequence[str], kinds: Sequence[str]) -> list[list[int]]:
        """Return a row for each place."""
        return [[self.of.get((place, kind), 0) for kind in kinds] for place in places]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers of a year, of the whole city; those of reasons of the ward that was asked for, if one was."""

    year: int
    stages: Numbers
    deadlines: Numbers
    results: Numbers
    reasons: Numbers
    items: tuple[Item, ...]


async def statistics(db: Database, year: int, days: tuple[date, date], born_from: date, ward: Ward | None) -> Statistics:
    """Return the numbers of a year that lasts from the first of `days` until the day before the second."""
    first, end = (datetime.combine(day, time(), JST) for day in days)
    reasons = results_of(await db.fetch(SQL.by_reason, *days, ward), "item")
    return Statistics(
        year=year,
        stages=numbers_of(await db.fetch(SQL.by_stage, born_from)),
        deadlines=numbers_of(await db.fetch(SQL.by_deadline, first, end)),
        results=results_of(await db.fetch(SQL.by_outcome, *days), "place"),
        reasons=reasons,
        # Context is no reason: nobody was asked to look because of it.
        items=tuple(item for item in Item if not ITEMS[item].context and any(code == item for code, _ in reasons.of)),
    )


def numbers_of(rows: Sequence[asyncpg.Record]) -> Numbers:
    """Return numbers by place and kind."""
    return Numbers({(row["place"], row["kind"]): row["n"] for row in rows})


def results_of(rows: Sequence[asyncpg.Record], of: str) -> Numbers:
    """Return numbers by place, or by whatever `of` names, and result: outcomes that say alike are one."""
    summed: Counter[tuple[str, Result]] = Counter()
    for row in rows:
        summed[row[of], result_of(Outcome(row["kind"]))] += row["n"]
    return Numbers({(place, result.value): n for (place, result), n in summed.items()})
