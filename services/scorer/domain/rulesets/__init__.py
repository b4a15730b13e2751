"""
Rulesets as data: which indicators together ask people to look at a child (`domain.md` §2.7).

A ruleset is a file of this folder. One that was ever in use is not changed: a new one stands beside it. UNKNOWN counts as nothing.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from contracts.catalogue import ITEMS
from contracts.deeds.deed import RULESET
from contracts.values import Group, IndicatorValue, Item
from services.scorer.domain.answer import Answer


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
    reasons: tuple[Answer, ...]


def _loaded(source: Traversable) -> Ruleset:
    """The ruleset of a file in this folder. Raises ValueError, which names file and key."""
    file = f"services/scorer/domain/rulesets/{source.name}"
    content: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    wanted = {"name", "items", "groups_needed", "never_alone", "sufficient_groups", "sufficient", "several"}
    if content.keys() != wanted:
        raise ValueError(f"{file}: {', '.join(sorted(content.keys() ^ wanted))}: missing, or not a key of a ruleset")
    if RULESET.fullmatch(content["name"]) is None:
        raise ValueError(f"{file}: name: must read like SP-1, because the log names it as a reason")
    counted = frozenset(_items(file, "items", content["items"]))
    several = content["several"]
    parts = {"sufficient": _items(file, "sufficient", content["sufficient"]), "several.of": _items(file, "several.of", several["of"])}
    for key, items in parts.items():
        if not counted.issuperset(items):
            raise ValueError(f"{file}: {key}: names an item that `items` does not")
    return Ruleset(
        name=content["name"],
        group_of={item: ITEMS[item].group for item in Item if item in counted},
        groups_needed=content["groups_needed"],
        never_alone=frozenset(map(Group, content["never_alone"])),
        several_of=(several["at_least"], frozenset(parts["several.of"])),
        sufficient=frozenset(parts["sufficient"]),
        sufficient_groups=frozenset(map(Group, content["sufficient_groups"])),
    )


def _items(file: str, key: str, named: list[str]) -> list[Item]:
    unknown = [name for name in named if name not in {item.value for item in Item}]
    if unknown:
        raise ValueError(f"{file}: {key}: contracts/catalogue/items has no {', '.join(unknown)}")
    return [Item(name) for name in named]


_FOLDER = files(__package__ or __name__)

RULESETS: Mapping[str, Ruleset] = {
    ruleset.name: ruleset
    for file in sorted(_FOLDER.iterdir(), key=lambda each: each.name)
    if file.name.endswith(".toml")
    for ruleset in [_loaded(file)]
}
"""Every ruleset that there is, by its name. Which one is in use says `programme.IN_USE`."""

SP_1 = RULESETS["SP-1"]
"""The ruleset of the first release: `domain.md` §2.7, as far as there were items."""

SP_2 = RULESETS["SP-2"]
"""The whole ruleset of `domain.md` §2.7, which §8 calls SP-1."""


def judge(ruleset: Ruleset, answers: Iterable[Answer], *, in_scope: bool, suppressed: bool = False) -> Verdict:
    """
    Ask `ruleset` about a child. `in_scope` includes that the child lives here; `suppressed` that it is being supported already.

    Only TRUE answers within their age band count, to items that the ruleset names.
    """
    reasons = tuple(i for i in answers if i.value is IndicatorValue.TRUE and i.counted and i.item in ruleset.group_of)
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
