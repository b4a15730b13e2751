"""Who may see a page of the scorer (`infra/screens`): whoever proposes rulesets, and whoever approves what another person proposed."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from contracts.deeds.deed import RULESET, ThingKind
from contracts.messages import Thing
from contracts.values import Role
from infra.screens import seeing
from infra.screens.seeing import R
from services.scorer.domain.rulesets.document import NAME_LONGEST
from services.scorer.domain.standing import APPROVERS, PROPOSERS

WORKS_HERE = PROPOSERS | APPROVERS

Asking: TypeAlias = seeing.Asking[Any]


@dataclass(frozen=True, slots=True)
class Screen(seeing.Screen[R]):
    """A page about rulesets: of nobody by name."""

    roles: frozenset[Role] = WORKS_HERE


AnyScreen: TypeAlias = Screen[Any]


class _OfRulesets(seeing.Seeing[AnyScreen, Asking]):
    def whole(self, _asking: Asking) -> Thing:
        return Thing(kind=ThingKind.RULESETS, id=None)


SEEING = _OfRulesets()


def named(asking: Asking) -> str | None:
    """Return the ruleset that the address names, if it can be a name."""
    name = asking.named.get("name", "")
    return name if len(name) <= NAME_LONGEST and RULESET.fullmatch(name) else None


def ruleset_asked(asking: Asking) -> Thing:
    """Return what the log says was looked at: the ruleset, or none."""
    return Thing(kind=ThingKind.RULESET, id=named(asking))
