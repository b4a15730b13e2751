"""What people do with rulesets: propose, simulate, approve (another person), withdraw, try. What was done is kept, and what was refused."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from infra.work import UnitOfWork
from services.scorer import jobs, rulesets
from services.scorer.deciders import Decider
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.rulesets import read
from services.scorer.domain.standing import History, NotAllowed, Step, Taken, may, why_not
from services.scorer.simulation import Outcome, simulate

DEEDS: Mapping[Step, Deed] = {
    Step.PROPOSED: deeds.RULESET_PROPOSED,
    Step.SIMULATED: deeds.RULESET_SIMULATED,
    Step.APPROVED: deeds.RULESET_APPROVED,
    Step.WITHDRAWN: deeds.RULESET_WITHDRAWN,
    Step.TRIAL_BEGUN: deeds.RULESET_TRIAL_BEGUN,
    Step.TRIAL_ENDED: deeds.RULESET_TRIAL_ENDED,
}


async def propose(work: UnitOfWork, by: Decider, document: str, grounds: str, *, origin: str = "person") -> str | NotAllowed:
    """
    Keep a document as a proposal, of people or of an analysis (MASK-04), and return its name, or why not.

    Raises NotARuleset, with nothing kept, for what is none.
    """
    name = read(document).name
    history = await rulesets.lock(work.db, name)
    taken = NotAllowed.NAME_TAKEN if rulesets.is_of_the_software(name) else None
    if (why := taken or _why_not(Step.PROPOSED, by, history, work.today)) is not None:
        return _kept(work, by, Step.PROPOSED, name, why) or name
    await rulesets.save(work.db, name, document, origin, grounds)
    await _take(work, by, Step.PROPOSED, name)
    _kept(work, by, Step.PROPOSED, name, None, fields=("document", "grounds"))
    return name


async def simulate_proposal(work: UnitOfWork, by: Decider, name: str) -> Outcome | NotAllowed:
    """
    Simulate a proposal on the whole city and keep the numbers, by which it can be approved.

    Whoever decides about it meanwhile waits for nothing: it is locked when the numbers are there.
    """
    kept = (await rulesets.kept(work.db)).get(name)
    why = _why_not(Step.SIMULATED, by, kept.history if kept is not None else None, work.today)
    if why is not None or kept is None:
        refused = why or NotAllowed.NO_SUCH_RULESET
        return _kept(work, by, Step.SIMULATED, name, refused) or refused
    outcome = await simulated_with(work, kept.document)
    await rulesets.lock(work.db, name)
    await _take(work, by, Step.SIMULATED, name, summary=outcome.simulation.as_numbers())
    _kept(work, by, Step.SIMULATED, name, None)
    return outcome


async def ask_simulation(work: UnitOfWork, by: Decider, name: str) -> NotAllowed | None:
    """Let a proposal be simulated soon, beside everything else (`worker.py`). Returns why not."""
    history = await rulesets.lock(work.db, name)
    why = _why_not(Step.SIMULATED, by, history, work.today)
    last = await jobs.last(work.db, name)
    if why is None and last is not None and last.goes_on:
        why = NotAllowed.BEING_SIMULATED
    if why is None:
        await jobs.ask(work.db, name, by, work.now)
    work.keep(
        deeds.SIMULATION_ASKED,
        actor=by.actor,
        thing=Thing(kind=ThingKind.RULESET, id=name),
        refused=why is not None,
        reason_code=why,
        origin=by.origin,
    )
    return why


async def simulated_with(work: UnitOfWork, document: str) -> Outcome:
    """Return what would change if the ruleset of a document were in use. Nothing is kept. Raises NotARuleset."""
    used = await rulesets.used_now(work.db)
    return await simulate(work.db, work.today, used.programme if used is not None else IN_USE, rulesets.programme_of(document))


async def approve(work: UnitOfWork, by: Decider, name: str, effective_from: date) -> NotAllowed | None:
    """Approve what another person proposed, to be in use from a day on. Returns why not."""
    return await _step(work, by, Step.APPROVED, name, effective_from)


async def withdraw(work: UnitOfWork, by: Decider, name: str) -> NotAllowed | None:
    """Take back what was proposed, or approved and has not begun. Returns why not."""
    return await _step(work, by, Step.WITHDRAWN, name)


async def set_on_trial(work: UnitOfWork, by: Decider, name: str, *, on: bool) -> NotAllowed | None:
    """Begin, or end, the trial of a proposal: it lists whom it would, and opens nothing. Returns why not."""
    return await _step(work, by, Step.TRIAL_BEGUN if on else Step.TRIAL_ENDED, name)


async def _step(work: UnitOfWork, by: Decider, step: Step, name: str, effective_from: date | None = None) -> NotAllowed | None:
    why = _why_not(step, by, await rulesets.lock(work.db, name), work.today, effective_from)
    if why is None:
        await _take(work, by, step, name, effective_from)
    return _kept(work, by, step, name, why, fields=("effective_from",) if step is Step.APPROVED else ())


def _why_not(step: Step, by: Decider, history: History | None, today: date, effective_from: date | None = None) -> NotAllowed | None:
    return why_not(step, history, by.staff_id, today, effective_from) if may(step, by.roles) else NotAllowed.ROLE


async def _take(
    work: UnitOfWork,
    by: Decider,
    step: Step,
    name: str,
    effective_from: date | None = None,
    summary: Mapping[str, Any] | None = None,
) -> None:
    await rulesets.take_step(work.db, name, Taken(step, work.now, by.staff_id, by.label, effective_from), summary)


def _kept(work: UnitOfWork, by: Decider, step: Step, name: str, why: NotAllowed | None, fields: tuple[str, ...] = ()) -> NotAllowed | None:
    """Keep the decision in the log, or that it was tried and why it could not be; return the latter."""
    work.keep(
        DEEDS[step],
        actor=by.actor,
        thing=Thing(kind=ThingKind.RULESET, id=name),
        fields=fields if why is None else (),
        refused=why is not None,
        reason_code=why,
        origin=by.origin,
    )
    return why
