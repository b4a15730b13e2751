"""
What a ruleset would change in the whole city today, from the answers that are stored: set-based, and nobody is told.

Where it sets a parameter otherwise than the ruleset in use, the items that the parameter concerns are asked again, of the children
whose answers it can change, by the same pure functions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.ids import PersonId
from contracts.values import IndicatorValue, Item
from infra.postgres import Database
from infra.sql import queries
from services.scorer import loading
from services.scorer.domain.evaluation import Alike, evaluate
from services.scorer.domain.programme import Programme
from services.scorer.domain.rulesets import Ruleset
from services.scorer.domain.rulesets.concerns import Tuning, between, concerned, differing
from services.scorer.domain.simulating import AGES, Listing, Simulation, Whereabouts, age_bounds, listing, scoped_born_from, simulated

SQL = queries(__file__, "simulation.sql")

BATCH = 1_000
"""Children whose records are read together."""

Counted = Mapping[PersonId, frozenset[Item]]
"""Of each child, the items that are TRUE and count."""


_NOTHING: frozenset[Item] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A simulation, with the lists before and after."""

    simulation: Simulation
    before: Listing
    after: Listing
    counted: tuple[Counted, Counted]
    """What is TRUE and counts, by the one's parameters and by the other's."""
    rulesets: tuple[Ruleset, Ruleset]
    asked_again: int
    """Of so many children something was computed anew."""

    def reasons_before(self, who: PersonId) -> frozenset[Item]:
        """The items for which the ruleset in use lists, or would with others list, a child."""
        return self.counted[0].get(who, _NOTHING) & self.rulesets[0].group_of.keys()

    def reasons_after(self, who: PersonId) -> frozenset[Item]:
        """The same, of the other ruleset."""
        return self.counted[1].get(who, _NOTHING) & self.rulesets[1].group_of.keys()


async def simulate(db: Database, today: date, now: Programme, then: Programme, *, before_on: date | None = None) -> Outcome:
    """
    Return what changes if `then` takes the place of `now`, by which the stored answers were made.

    Items have days on which they count: `before_on` is the day by which `now` is judged where it is not today.
    """
    counted = await counted_now(db)
    changed, asked_again = await recounted(db, today, now, then, counted)
    before, after = listing(now.ruleset.on(before_on or today), counted), listing(then.ruleset.on(today), changed)
    bounds = age_bounds(today)
    parts = await db.fetch(SQL.children_by_part, today, scoped_born_from(today), bounds)
    where = await db.fetch(SQL.parts_of, today, bounds, list(before.children | after.children))
    children = {Whereabouts(row["ward"], age_of(row["band"]), row["sex"]): row["children"] for row in parts}
    places = {row["person_id"]: Whereabouts(row["ward"], age_of(row["band"]), row["sex"]) for row in where}
    result = simulated((now.ruleset, then.ruleset), (before, after), places, children, today)
    both = now.ruleset.on(before_on or today), then.ruleset.on(today)
    return Outcome(result, before, after, (counted, changed), both, asked_again)


async def counted_now(db: Database) -> dict[PersonId, frozenset[Item]]:
    """Return what is TRUE and counts now, of every child."""
    found: dict[PersonId, frozenset[Item]] = {}
    for items, children in await db.fetch(SQL.counted_now):
        found.update(dict.fromkeys(children, frozenset(map(Item, items))))
    return found


async def recounted(db: Database, today: date, now: Programme, then: Programme, counted: Counted) -> tuple[Counted, int]:
    """Return what would count by the parameters of `then`, and of how many children that was computed."""
    names = differing(now.ruleset.parameters, then.ruleset.parameters)
    if not names:
        return counted, 0
    tuning = concerned(names)
    children = await listed_otherwise(db, today, tuning, now, then)
    feeds = await loading.feeds(db)
    programme = feeds.programme(then)
    found = dict(counted)
    alike = Alike(feeds.watermarks, today, programme.parameters)
    for some in in_batches(children):
        for case in await loading.load(db, some, programme, feeds, only=tuning.items, on=today):
            facts = case.facts(programme.parameters)
            answers = evaluate(case.child, facts, feeds.watermarks, today, programme.parameters, only=tuning.items, alike=alike)
            true = frozenset(answer.item for answer in answers if answer.value is IndicatorValue.TRUE and answer.counted)
            found[case.person_id] = (counted.get(case.person_id, frozenset()) - tuning.items) | true
    return found, len(children)


async def answered(db: Database, tuning: Tuning) -> list[PersonId]:
    """Return the children whose answers a change of parameters can change."""
    return [row["person_id"] for row in await db.fetch(SQL.answered, sorted(tuning.items), tuning.by_record)]


async def listed_otherwise(db: Database, today: date, tuning: Tuning, now: Programme, then: Programme) -> list[PersonId]:
    """Return the children of whom other parameters can make something count, or count no longer: by stored figures, where they tell."""
    some = between(tuning, now.parameters, then.parameters, today)
    if some is None:
        return await answered(db, tuning)
    rows = await db.fetch(SQL.answered_between, sorted(some.items), some.figure, some.least, some.most, some.born_from)
    return [row["person_id"] for row in rows]


async def wards_of(db: Database, children: Iterable[PersonId], day: date) -> dict[PersonId, str]:
    """Return where each lives on a day."""
    rows = await db.fetch(SQL.parts_of, day, age_bounds(day), list(children))
    return {row["person_id"]: row["ward"] for row in rows}


def in_batches(children: list[PersonId]) -> Iterable[list[PersonId]]:
    """Return lots whose records are read together."""
    return (children[start : start + BATCH] for start in range(0, len(children), BATCH))


def age_of(band: int) -> str:
    """`width_bucket` counts from the oldest; below the first bound is the oldest band."""
    return AGES[len(AGES) - 1 - band]
