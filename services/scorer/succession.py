"""
A ruleset takes the place of another on its day; one that is on trial runs beside it. Neither makes a storm of reviews.

What the ward was told stays told. Whoever is listed newly is evaluated on one of the next days, so many a day and ward; whoever is not
listed any more, or for other reasons, today. All in one transaction, during which nobody is evaluated: killed anywhere, it never was.
"""

from datetime import date

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from infra.rows import array
from infra.sql import queries
from infra.work import UnitOfWork
from services.scorer import rulesets
from services.scorer.domain.programme import Programme
from services.scorer.domain.rulesets.concerns import concerned, differing
from services.scorer.domain.simulating import Listing
from services.scorer.domain.spreading import days_of_the_new, evenly
from services.scorer.simulation import Outcome, answered, simulate, wards_of

SQL = queries(__file__, "succession.sql")

SPREAD_DAYS = 5
"""Over so many days everybody is evaluated by parameters that changed, who is on no list."""


async def follow(work: UnitOfWork) -> bool:
    """Let the ruleset of today take over, and keep up the lists of those on trial. Returns whether one took over."""
    if await _stands(work):
        return False
    await work.db.execute(rulesets.SQL.change_programme)
    if await _stands(work):
        return False
    name, document = await rulesets.due(work.db, work.today)
    used, then = await rulesets.used_now(work.db), rulesets.programme_of(document)
    if used is not None:
        await _pass_on(work, used, then)
    await work.db.execute(rulesets.SQL.use_programme, work.now, work.today, name, list(then.items_on(work.today)), document)
    work.keep(deeds.RULESET_IN_USE, actor=work.service_actor(), thing=Thing(kind=ThingKind.RULESET, id=name), reason_code=name)
    return True


async def run_trials(work: UnitOfWork) -> None:
    """List anew whom each ruleset on trial would list today. Nobody is told."""
    entered = await rulesets.kept(work.db)
    for name in sorted(name for name, each in entered.items() if each.history.is_on_trial):
        await _run_trial(work, name, rulesets.programme_of(entered[name].document))


async def trial_list(work: UnitOfWork, name: str) -> list[tuple[PersonId, date, tuple[str, ...]]]:
    """Return whom a ruleset on trial would list, since when, by which groups."""
    return [(row["person_id"], row["listed_on"], tuple(row["groups"])) for row in await work.db.fetch(SQL.on_trial, name)]


async def count_on_trial(work: UnitOfWork, name: str) -> int:
    """Return how many a ruleset on trial would list."""
    return int(await work.db.fetchval(SQL.count_on_trial, name))


async def _stands(work: UnitOfWork) -> bool:
    """Whether what is to be in use today is."""
    name, document = await rulesets.due(work.db, work.today)
    used = await rulesets.used_now(work.db)
    return (
        used is not None
        and used.document == document
        and used.items == rulesets.programme_of(document).items_on(work.today)
        and used.ruleset == name
    )


async def _pass_on(work: UnitOfWork, used: rulesets.Used, then: Programme) -> None:
    """Make due whom the change concerns, each on its day."""
    if used.ruleset != then.ruleset.name:
        await work.db.execute(SQL.take_over_signals, then.ruleset.name, used.ruleset)
    outcome = await simulate(work.db, work.today, used.programme, then, before_on=used.day)
    days = await _rewritten(work, used.programme, then)
    days |= dict.fromkeys(_otherwise_listed(outcome), work.today)
    days |= await _days_of_the_new(work, outcome, then)
    children = sorted(days)
    await work.db.execute(SQL.be_due, children, [days[child] for child in children])


async def _rewritten(work: UnitOfWork, now: Programme, then: Programme) -> dict[PersonId, date]:
    """Whoever's answers other parameters may change, listed or not: they are written anew, some each day."""
    names = differing(now.ruleset.parameters, then.ruleset.parameters)
    if not names:
        return {}
    return evenly(await answered(work.db, concerned(names)), work.today, SPREAD_DAYS)


def _otherwise_listed(outcome: Outcome) -> frozenset[PersonId]:
    """Whoever is or was listed, and for whom the reasons that count are others now."""
    listed = outcome.before.children | outcome.after.children
    return frozenset(who for who in listed if outcome.reasons_before(who) != outcome.reasons_after(who)) | (
        outcome.before.children - outcome.after.children
    )


async def _days_of_the_new(work: UnitOfWork, outcome: Outcome, then: Programme) -> dict[PersonId, date]:
    new = outcome.after.children - outcome.before.children
    known = {row["person_id"]: row["since"] for row in await work.db.fetch(SQL.known_since, list(new))}
    wards = await wards_of(work.db, new, work.today)
    return days_of_the_new({who: outcome.after.groups[who] for who in new}, wards, known, then.ruleset.new_a_day, work.today)


async def _run_trial(work: UnitOfWork, name: str, then: Programme) -> None:
    used = await rulesets.used_now(work.db)
    if used is None:
        return
    listed: Listing = (await simulate(work.db, work.today, used.programme, then)).after
    children = sorted(listed.children)
    await work.db.execute(SQL.end_trial_entries, name, work.today, children)
    await work.db.execute(SQL.list_on_trial, name, work.today, children, [array(listed.groups[child]) for child in children])
