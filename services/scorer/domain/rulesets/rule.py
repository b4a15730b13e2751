"""A ruleset as a value, and what it says of a child's answers (`domain.md` §2.7). UNKNOWN counts as nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from contracts.values import Group, IndicatorValue, Item
from services.scorer.domain.answer import Answer

Setting: TypeAlias = float | str | Mapping[str, int] | Mapping[str, date]
"""What a ruleset may set a parameter to (`tuning.py`)."""

NO_SIGN_OF_RISK = frozenset({Group.ECON, Group.DIS})
"""Receiving help, or having a disability, is not a sign of risk by itself: these alone never open a review (§2.7, §5.4-3)."""

COOL_DOWN_DAYS = 180
NEW_A_DAY = 20


@dataclass(frozen=True, slots=True)
class Switch:
    """From when to when an item counts, half-open; None is without end (§2.8-22)."""

    start: date | None = None
    end: date | None = None

    def is_on(self, day: date) -> bool:
        """Whether the item counts on `day`."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A named, versioned rule. It asks for a review if any of its conditions holds."""

    name: str
    group_of: Mapping[Item, Group]
    groups_needed: int
    """So many groups ask for a review, if one of them is not in `never_alone`."""
    never_alone: frozenset[Group]
    several_of: tuple[int, frozenset[Item]]
    """So many of these items ask for a review."""
    sufficient: frozenset[Item]
    """Each of these items asks for a review by itself."""
    sufficient_groups: frozenset[Group]
    suppressors: frozenset[Item] = frozenset()
    """While one of these is TRUE no review is opened: the child is supported already. Unknown suppresses nothing (§2.8-22)."""
    cool_down_days: int = COOL_DOWN_DAYS
    """So long after a review was closed none is opened, unless a new group joins."""
    new_a_day: int = NEW_A_DAY
    """So many children a day and ward are asked about anew when the ruleset takes over: no storm of reviews."""
    switches: Mapping[Item, Switch] = field(default_factory=lambda: MappingProxyType({}))
    parameters: Mapping[str, Setting] = field(default_factory=lambda: MappingProxyType({}))
    """What differs from the city's parameters."""

    def on(self, day: date) -> "Ruleset":
        """The ruleset with the items alone that count on `day`."""
        off = {item for item, switch in self.switches.items() if not switch.is_on(day)}
        if not off:
            return self
        least, several = self.several_of
        return replace(
            self,
            group_of={item: group for item, group in self.group_of.items() if item not in off},
            several_of=(least, several - off),
            sufficient=self.sufficient - off,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ruleset says of a child: a candidate for people to look at, never a decision (PUSH-10)."""

    needed: bool
    groups: tuple[Group, ...]
    reasons: tuple[Answer, ...]
    is_suppressed: bool = False
    """Whether it would be needed, and is not only because the child is supported already."""
    support: tuple[Answer, ...] = ()
    """By what the child is supported already: context, never a reason (§2.6)."""


def judge(ruleset: Ruleset, answers: Iterable[Answer], *, in_scope: bool, suppressed: bool = False) -> Verdict:
    """
    Ask `ruleset` about a child. `in_scope` includes that the child lives here; `suppressed` that it is being supported already.

    Only TRUE answers within their age band count, to items that the ruleset names.
    """
    is_true = IndicatorValue.TRUE
    true = [i for i in answers if i.value is is_true and i.counted]
    reasons = tuple(i for i in true if i.item in ruleset.group_of)
    items = frozenset(i.item for i in reasons)
    support = tuple(i for i in true if i.item in ruleset.suppressors)
    supported = suppressed or bool(support)
    holds = asks(ruleset, items) and in_scope
    return Verdict(holds and not supported, groups_of(ruleset, items), reasons, holds and supported, support)


def asks(ruleset: Ruleset, items: frozenset[Item]) -> bool:
    """Whether these items, all TRUE and counted, would open a review if nothing suppressed it. More items never ask for less."""
    counted = items & ruleset.group_of.keys()
    groups = {ruleset.group_of[item] for item in counted}
    several, of = ruleset.several_of
    return (
        (len(groups) >= ruleset.groups_needed and not ruleset.never_alone.issuperset(groups))
        or len(counted & of) >= several
        or bool(counted & ruleset.sufficient)
        or not ruleset.sufficient_groups.isdisjoint(groups)
    )


def groups_of(ruleset: Ruleset, items: Iterable[Item]) -> tuple[Group, ...]:
    """The groups of those of `items` that the ruleset names, in the order of `Group`."""
    return tuple(sorted({ruleset.group_of[item] for item in items if item in ruleset.group_of}, key=_GROUPS.index))


_GROUPS = tuple(Group)
