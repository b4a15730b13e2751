"""One ruleset: its rule in words, what it changes, its simulation on the whole city, its history, and what can be done with it next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.deeds import scorer as deeds
from infra.pages.dates import era_date, moment
from infra.screens.seeing import Said
from infra.work import UnitOfWork
from services.scorer import jobs, rulesets, succession, wording
from services.scorer.domain.rulesets import Ruleset
from services.scorer.domain.standing import PROPOSERS, NotAllowed, Standing, Step, Taken, may, why_not
from services.scorer.known import Known, known
from services.scorer.screens.ruleset import numbers
from services.scorer.screens.ruleset.acts import ACTS
from services.scorer.screens.rulesets.screen import line_of
from services.scorer.seeing import WORKS_HERE, Asking, Screen, named, ruleset_asked


@dataclass(frozen=True, slots=True)
class Content:
    """A ruleset, the one in use, and what was found out about it."""

    known: Known
    used: Ruleset
    asked: jobs.Asked | None
    simulated: tuple[datetime, dict[str, Any]] | None
    listed: int
    uses: tuple[datetime, ...]


async def read(work: UnitOfWork, asking: Asking) -> Content | None:
    """Read all of one ruleset."""
    name = named(asking)
    every = await known(work)
    found = next((each for each in every if each.name == name), None)
    if found is None:
        return None
    used = next(each.ruleset for each in every if each.standing is Standing.IN_USE)
    listed = await succession.count_on_trial(work, found.name) if found.is_on_trial else 0
    uses = await rulesets.uses(work.db, found.name)
    return Content(found, used, await jobs.last(work.db, found.name), await rulesets.last_summary(work.db, found.name), listed, uses)


def show(content: Content, asking: Asking) -> Said:
    """Say it on a page."""
    it = content.known
    entered = it.entered
    parts = {
        "line": line_of(it),
        "conditions": wording.conditions(it.ruleset),
        "exceptions": wording.exceptions(it.ruleset),
        "groups": wording.items_by_group(it.ruleset),
        "settings": wording.settings(it.ruleset),
        "in_use": content.used.name,
        "differences": None if it.standing is Standing.IN_USE else wording.differences(content.used, it.ruleset),
        "simulation": numbers.page_of(content.simulated[1], moment(content.simulated[0])) if content.simulated is not None else None,
        "asked": content.asked,
        "asked_at": moment(content.asked.at) if content.asked is not None else "",
        "listed": content.listed,
        "history": _history(content),
        "grounds": entered.grounds if entered is not None else "",
        "origin": wording.ORIGINS.get(entered.origin, "") if entered is not None else "",
        "document": it.document,
        "address": f"/rulesets/{it.name}",
        "offers": offers(content, asking),
        "own": own(content, asking),
        "proposes": bool(asking.staff.roles & PROPOSERS),
        "today": asking.today.isoformat(),
    }
    return Said(parts, fields=("simulation",) if content.simulated is not None else ())


def as_json(content: Content, _asking: Asking) -> Mapping[str, Any]:
    """One ruleset: its document, its history, and the numbers of its last simulation."""
    it = content.known
    return {
        "name": it.name,
        "standing": it.standing or "of_the_software",
        "on_trial": it.is_on_trial,
        "document": it.document,
        "grounds": it.entered.grounds if it.entered is not None else None,
        "history": [
            {"step": each.step, "at": each.at.isoformat(), "by": each.label, "effective_from": each.effective_from} for each in it.steps
        ],
        "being_simulated": content.asked is not None and content.asked.goes_on,
        "simulation": content.simulated[1] if content.simulated is not None else None,
    }


def offers(content: Content, asking: Asking) -> frozenset[str]:
    """Return the names of what this person can do with it now."""
    entered = content.known.entered
    if entered is None:
        return frozenset()
    goes_on = content.asked is not None and content.asked.goes_on
    tried = {
        "simulate": Step.SIMULATED,
        "approve": Step.APPROVED,
        "withdraw": Step.WITHDRAWN,
        "trial": Step.TRIAL_BEGUN,
        "end-trial": Step.TRIAL_ENDED,
    }
    possible = {
        act
        for act, step in tried.items()
        if may(step, asking.staff.roles) and why_not(step, entered.history, asking.staff.id, asking.today, asking.today) is None
    }
    # What is decided needs no numbers any more.
    if content.known.standing not in {Standing.PROPOSED, Standing.SIMULATED} or goes_on:
        possible -= {"simulate"}
    return frozenset(possible)


def own(content: Content, asking: Asking) -> bool:
    """Whether only this is in the way of approving it: that one has proposed it oneself."""
    entered = content.known.entered
    if entered is None or not may(Step.APPROVED, asking.staff.roles):
        return False
    return why_not(Step.APPROVED, entered.history, asking.staff.id, asking.today, asking.today) is NotAllowed.OWN_PROPOSAL


def _history(content: Content) -> list[tuple[str, str, str]]:
    """When, what and who, the newest first; that it was taken into use is the machine's."""
    steps = [(each.at, _done(each), each.label or "") for each in content.known.steps]
    steps += [(at, "使用を始めた", "決められた日になったため（自動）") for at in content.uses]
    steps.sort(key=lambda step: step[0])
    return [(moment(at), what, who) for at, what, who in reversed(steps)]


def _done(taken: Taken) -> str:
    return wording.STEPS[taken.step] + (f"（{era_date(taken.effective_from)}から使う）" if taken.effective_from is not None else "")


SCREENS = (
    Screen(
        name="ruleset",
        address="/rulesets/{name}",
        deed=deeds.RULESET_OPENED,
        read=read,
        show=show,
        roles=WORKS_HERE,
        thing=ruleset_asked,
        under="rulesets",
        acts=ACTS,
        json=as_json,
    ),
)
