"""
What the lists were worth: reviews that people ended, joined with what was known when they were asked for (EVAL-02, EVAL-03).

Nothing is kept and nobody is told; no id leaves here.
"""

import json
from collections.abc import Sequence
from datetime import date

from contracts.values import Item, Sex
from infra.clock import JST
from infra.postgres import Database
from infra.sql import queries
from services.scorer import rulesets
from services.scorer.domain.effect.figures import Reviewed
from services.scorer.domain.effect.report import Report, evaluated
from services.scorer.domain.lists import place_on
from services.scorer.domain.masking.columns import age_band
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.rulesets import Ruleset, read
from services.scorer.domain.simulating import NOWHERE_KNOWN
from services.scorer.lists import NotKept
from services.scorer.outcomes import ReviewOutcome, outcomes

SQL = queries(__file__, "effect.sql")


async def report(
    db: Database, name: str | None, since: date, until: date, today: date, floor: float, other: Ruleset | None = None
) -> Report:
    """Return what the lists of the ruleset called `name`, else of the one in use, were worth. Raises NotKept."""
    if name is None:
        used = await rulesets.used_now(db)
        name = used.ruleset if used is not None else IN_USE.ruleset.name
    document = await rulesets.named(db, name)
    if document is None:
        raise NotKept(f"there is no ruleset {name}")
    ended = [each for each in await outcomes(db) if each.ruleset == name and since <= _day(each) <= until]
    return evaluated(read(document), await _reviewed(db, ended), since, until, today, floor, other)


async def _reviewed(db: Database, ended: Sequence[ReviewOutcome]) -> list[Reviewed]:
    who, when = [each.person_id for each in ended], [each.asked_at for each in ended]
    grounds = {row["number"]: frozenset(map(Item, row["items"])) for row in await db.fetch(SQL.grounds_at, who, when)}
    known = {row["number"]: row for row in await db.fetch(SQL.known_at, who, when)}
    found = []
    for number, each in enumerate(ended, 1):
        row = known.get(number)
        ward = place_on(json.loads(row["places"]), each.as_of) if row is not None else None
        age = age_band(row["birth_date"], each.as_of) if row is not None else NOWHERE_KNOWN
        sex = row["sex"] if row is not None else Sex.UNKNOWN.value
        items = grounds.get(number, frozenset())
        found.append(Reviewed(each.need, each.previously_unknown, items, _day(each), ward or NOWHERE_KNOWN, age, sex))
    return found


def _day(ended: ReviewOutcome) -> date:
    return ended.closed_at.astimezone(JST).date()
