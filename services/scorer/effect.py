"""
What the lists were worth: reviews that people ended, joined with what was known when they were asked for (EVAL-02, EVAL-03).

Nothing is kept and nobody is told; no id leaves here.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from contracts.values import Group, Item, Need, Observation, Sex
from infra.clock import JST
from infra.postgres import Database
from infra.sql import queries
from services.scorer import rulesets, simulation
from services.scorer.domain.ages import DAY
from services.scorer.domain.effect.figures import Reviewed
from services.scorer.domain.effect.missed import Found, items_before, missed
from services.scorer.domain.effect.quiet import QuietOne, quiet
from services.scorer.domain.effect.refuted import REFUTED, FalseHits, false_hits
from services.scorer.domain.effect.report import Report, evaluated
from services.scorer.domain.effect.thresholds import FIGURES, Measured, Proposal, proposal
from services.scorer.domain.effect.weekly import Pack, steps_of
from services.scorer.domain.lists import place_on
from services.scorer.domain.masking.columns import age_band
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.rulesets import Ruleset, read
from services.scorer.domain.rulesets.tuning import tuned
from services.scorer.domain.simulating import NOWHERE_KNOWN, Listing, Whereabouts, age_bounds, scoped_born_from, simulated
from services.scorer.lists import asked_for, list_of
from services.scorer.outcomes import ReviewOutcome, outcomes, samples
from services.scorer.recalling import NotKept, check_kept

SQL = queries(__file__, "effect.sql")

JUST_BEFORE = timedelta(microseconds=1)
_SUPPORT = frozenset({Item.CONSULTATION_ACTIVE})


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
    forgotten = await check_kept(db, since, "from")
    # Of a review that was asked for before that, it is known no more why.
    all_ended = [each for each in await outcomes(db) if forgotten is None or each.asked_at >= forgotten]
    ended = [each for each in all_ended if each.ruleset == name and since <= _day(each) <= until]
    ruleset = read(document)
    told = evaluated(ruleset, await _reviewed(db, ended), since, until, today, floor, other)
    return replace(
        told,
        missed=missed(ruleset, await _found(db, since, until)),
        thresholds=await _proposals(db, ended, ruleset, floor),
        quiet=quiet(ruleset, await _quiet(db, name, since, until, forgotten)),
        false_hits=await _false_hits(db, since, until) if REFUTED in ruleset.group_of else None,
    )


async def pack(db: Database, since: date, until: date, today: date, floor: float) -> Pack:
    """Return what a weekly or final report of these days is made of (REP-01). Raises NotKept."""
    before, after = await _list_at_end_of(db, since - DAY, today), await _list_at_end_of(db, until, today)
    bounds = age_bounds(until)
    parts = await db.fetch(simulation.SQL.children_by_part, until, scoped_born_from(until), bounds)
    children = {Whereabouts(row["ward"], simulation.age_of(row["band"]), row["sex"]): row["children"] for row in parts}
    everybody = list(before[1].children | after[1].children)
    where = await db.fetch(simulation.SQL.parts_of, until, bounds, everybody)
    places = {row["person_id"]: Whereabouts(row["ward"], simulation.age_of(row["band"]), row["sex"]) for row in where}
    changed = simulated((before[0], after[0]), (before[1], after[1]), places, children, until)
    histories = [each.history for each in (await rulesets.kept(db)).values()]
    steps = steps_of(histories, since, until, lambda at: at.astimezone(JST).date())
    return Pack(since, until, changed, await report(db, None, since, until, today, floor), steps)


async def _list_at_end_of(db: Database, day: date, today: date) -> tuple[Ruleset, Listing]:
    asked = await asked_for(db, None, day, day, None)
    listed = await list_of(db, asked, today)
    return read(asked.document), Listing({each.person_id: tuple(map(Group, each.groups)) for each in listed})


async def _found(db: Database, since: date, until: date) -> list[Found]:
    """Children whose need became known otherwise in these days, with what counted just before."""
    rows = await db.fetch(SQL.supported_since, Item.CONSULTATION_ACTIVE.value, since, until)
    who, when = [row["person_id"] for row in rows], [row["at"] for row in rows]
    before = [instant - JUST_BEFORE for instant in when]
    grounds = {row["number"]: row["items"] for row in await db.fetch(SQL.grounds_at, who, before)}
    known = {row["number"]: row for row in await db.fetch(SQL.known_at, who, when)}
    found = []
    for row in known.values():
        day = when[row["number"] - 1].astimezone(JST).date()
        items = items_before(grounds.get(row["number"], ()), _SUPPORT)
        ward = place_on(json.loads(row["places"]), day) or NOWHERE_KNOWN
        found.append(Found(items, ward, age_band(row["birth_date"], day)))
    return found


async def _quiet(db: Database, name: str, since: date, until: date, forgotten: datetime | None) -> list[QuietOne]:
    """Quiet requests of a ruleset that were drawn, with what counted when they were made."""
    told = [each for each in await samples(db, name, since, until) if forgotten is None or each.asked_at >= forgotten]
    rows = await db.fetch(SQL.grounds_at, [each.person_id for each in told], [each.asked_at for each in told])
    grounds = {row["number"]: frozenset(map(Item, row["items"])) for row in rows}
    return [QuietOne(grounds.get(number, frozenset()), each.needed, each.share) for number, each in enumerate(told, 1)]


async def _false_hits(db: Database, since: date, until: date) -> FalseHits:
    """Of children of whom nothing was heard for a year, how many staff found to attend a place of which no record comes (S13)."""
    refuting = Observation.ENROLLED_ELSEWHERE, Observation.ENROLLED_NOWHERE
    [row] = await db.fetch(SQL.seen_in_cases, since, until, REFUTED, *refuting)
    return false_hits(REFUTED, row["seen"], row["refuted"])


async def _proposals(db: Database, ended: Sequence[ReviewOutcome], ruleset: Ruleset, floor: float) -> tuple[Proposal, ...]:
    """What thresholds would follow from the reviews of which people could tell."""
    told = [each for each in ended if each.need is not None]
    parameters = tuned(ruleset.name, ruleset.parameters)
    who, when = [each.person_id for each in told], [each.asked_at for each in told]
    measured: defaultdict[Item, list[Measured]] = defaultdict(list)
    for row in await db.fetch(SQL.figures_at, who, when, [item.value for item in FIGURES]):
        item = Item(row["item"])
        figure = json.loads(row["detail"]).get(FIGURES[item][0])
        if isinstance(figure, int):
            measured[item].append(Measured(figure, told[row["number"] - 1].need is Need.SUPPORT))
    # Thousands of draws: whatever else the service has to do goes on meanwhile.
    return await asyncio.to_thread(
        lambda: tuple(proposal(item, measured[item], parameters, floor) for item in FIGURES if item in ruleset.group_of)
    )


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
