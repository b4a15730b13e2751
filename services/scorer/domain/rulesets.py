"""
Rulesets as data: which indicators together ask people to look at a child (`domain.md` §2.7).

Groups keep one circumstance from counting twice. ECON and DIS can never ask alone: receiving help, or having a disability, is not a sign
of risk by itself. UNKNOWN counts as nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.values import Group, IndicatorValue, Item
from services.scorer.domain.indicator import Indicator


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A named, versioned rule. It asks for a review if any of its conditions holds."""

    name: str
    group_of: dict[Item, Group]
    groups_needed: int
    """So many groups ask for a review, if one of them is not in `never_alone`."""
    never_alone: frozenset[Group]
    several_of: tuple[int, frozenset[Item]]
    """So many of these items ask for a review."""
    sufficient: frozenset[Item]
    """Each of these items asks for a review by itself."""
    sufficient_groups: frozenset[Group]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ruleset says of a child: a candidate for people to look at, never a decision (PUSH-10)."""

    needed: bool
    groups: tuple[Group, ...]
    reasons: tuple[Indicator, ...]


_CHECKUPS = frozenset({Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED, Item.CHECKUP_3Y_NOT_RECEIVED})

SP_1 = Ruleset(
    name="SP-1",
    group_of={
        **dict.fromkeys(sorted(_CHECKUPS), Group.CHK),
        Item.LATE_PREGNANCY_NOTIFICATION: Group.PERI,
        Item.NO_PRENATAL_CHECKUPS: Group.PERI,
        Item.EPDS_HIGH: Group.PERI,
        Item.HOUSEHOLD_PUBLIC_ASSISTANCE: Group.ECON,
    },
    groups_needed=2,
    never_alone=frozenset({Group.ECON, Group.DIS}),
    several_of=(2, _CHECKUPS),
    sufficient=frozenset({Item.NO_PRENATAL_CHECKUPS}),
    sufficient_groups=frozenset({Group.CONN}),
)
"""The ruleset of `domain.md` §8."""


def judge(ruleset: Ruleset, indicators: Iterable[Indicator], *, in_scope: bool, suppressed: bool = False) -> Verdict:
    """
    Ask `ruleset` about a child. `in_scope` includes that the child lives here; `suppressed` that it is being supported already.

    Only TRUE indicators within their age band count.
    """
    reasons = tuple(i for i in indicators if i.value is IndicatorValue.TRUE and i.counted)
    groups = tuple(sorted({ruleset.group_of[i.item] for i in reasons}, key=_group_order))
    holds = _holds(ruleset, frozenset(i.item for i in reasons), groups)
    return Verdict(holds and in_scope and not suppressed, groups, reasons)


def _holds(ruleset: Ruleset, items: frozenset[Item], groups: tuple[Group, ...]) -> bool:
    several, of = ruleset.several_of
    return (
        (len(groups) >= ruleset.groups_needed and not ruleset.never_alone.issuperset(groups))
        or len(items & of) >= several
        or bool(items & ruleset.sufficient)
        or not ruleset.sufficient_groups.isdisjoint(groups)
    )


_GROUPS = tuple(Group)


def _group_order(group: Group) -> int:
    return _GROUPS.index(group)
