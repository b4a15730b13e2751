"""Every ruleset: the one in use, those on trial, those proposed, and those of before, each with its rule in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.deeds import scorer as deeds
from infra.pages.dates import era_date, moment
from infra.screens.seeing import Menu, Said
from infra.work import UnitOfWork
from services.scorer import wording
from services.scorer.domain.standing import PROPOSERS, Standing, Step
from services.scorer.known import Known, known
from services.scorer.seeing import WORKS_HERE, Asking, Screen

_WAIT = frozenset({Standing.PROPOSED, Standing.SIMULATED, Standing.APPROVED})
OF_THE_SOFTWARE = "はじめから入っている基準"


@dataclass(frozen=True, slots=True)
class Line:
    """A ruleset in the list."""

    name: str
    standing: str
    tag: str
    on_trial: bool
    conditions: list[str]
    items: int
    proposed: str
    approved: str
    effective: str


async def read(work: UnitOfWork, _asking: Asking) -> list[Known]:
    """Read all of them."""
    return await known(work)


def show(content: list[Known], asking: Asking) -> Said:
    """Say it on a page."""
    parts = {
        "used": [line_of(each) for each in content if each.standing is Standing.IN_USE],
        "kinds": [
            ("試行中", "使用中の基準の横で数えるだけで、だれも要確認に挙げません。", [line_of(e) for e in content if e.is_on_trial]),
            (
                "提案・承認待ち",
                "市全体で試算し、提案した人とは別の人が承認すると、決めた日から使われます。",
                [line_of(e) for e in content if e.standing in _WAIT and not e.is_on_trial],
            ),
            ("以前の基準・取り下げた案", "", [line_of(e) for e in content if e.standing not in {Standing.IN_USE, *_WAIT}]),
        ],
        "proposes": bool(asking.staff.roles & PROPOSERS),
    }
    return Said(parts, count=len(content))


def as_json(content: list[Known], _asking: Asking) -> Mapping[str, Any]:
    """Every ruleset, and how it stands."""
    return {
        "rulesets": [
            {
                "name": each.name,
                "standing": each.standing or "of_the_software",
                "on_trial": each.is_on_trial,
                "effective_from": _effective(each),
                "items": sorted(each.ruleset.group_of),
            }
            for each in content
        ]
    }


def line_of(each: Known) -> Line:
    """Return a ruleset as the list shows it."""
    done = {taken.step: f"{taken.label}　{moment(taken.at)}" for taken in each.steps}
    effective = _effective(each)
    return Line(
        each.name,
        each.standing.words if each.standing is not None else OF_THE_SOFTWARE,
        wording.TAGS.get(each.standing, "") if each.standing is not None else "",
        each.is_on_trial,
        list(map(str, wording.conditions(each.ruleset))),
        len(each.ruleset.group_of),
        done.get(Step.PROPOSED, OF_THE_SOFTWARE),
        done.get(Step.APPROVED, "—"),
        era_date(effective) if effective is not None else "—",
    )


def _effective(each: Known) -> Any:
    return each.entered.history.effective_from if each.entered is not None else None


SCREENS = (
    Screen(
        name="rulesets",
        address="/rulesets",
        deed=deeds.RULESETS_OPENED,
        read=read,
        show=show,
        roles=WORKS_HERE,
        menu=Menu("把握基準", 10),
        json=as_json,
    ),
)
