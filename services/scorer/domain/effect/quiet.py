"""
Children whom the quiet after a review missed (EVAL-02): requests that casework kept quiet, drawn at random and judged by people.

Of those that were not drawn nothing is known but by these: each stands for as many as its share says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.values import Group, Item
from services.scorer.domain.effect.figures import Line, Tally, line
from services.scorer.domain.rulesets import Ruleset


@dataclass(frozen=True, slots=True)
class QuietOne:
    """A quiet request that was judged: what counted when it was made, whether it was needed, and by which share it was drawn."""

    items: frozenset[Item]
    needed: bool
    share: float


@dataclass(frozen=True, slots=True)
class Quiet:
    """
    What is shown of all of them, and by group: `assessed` were judged, of `needed` people should have been asked to look.

    `missed` is how many quiet requests that makes in all, drawn or not, rounded, at least: of those drawn, what nobody has judged yet is
    not counted. None where what it would follow from is of a few.
    """

    total: Line
    by_group: tuple[Line, ...]
    missed: int | None


def quiet(ruleset: Ruleset, judged: Sequence[QuietOne]) -> Quiet:
    """Return how many of `judged` were needed, for which `ruleset` had asked."""
    overall = _tally(judged)
    of_group = {
        group: [each for each in judged if group in _groups(ruleset, each)] for group in Group if group in ruleset.group_of.values()
    }
    total = line("city", overall, overall)
    missed = round(sum(1 / each.share for each in judged if each.needed)) if total.needed is not None else None
    return Quiet(total, tuple(line(group.value, _tally(some), overall) for group, some in of_group.items()), missed)


def _tally(judged: Sequence[QuietOne]) -> Tally:
    needed = sum(each.needed for each in judged)
    return Tally(reviews=len(judged), assessed=len(judged), needed=needed, answered=0, unknown=0)


def _groups(ruleset: Ruleset, judged: QuietOne) -> set[Group]:
    return {ruleset.group_of[item] for item in judged.items if item in ruleset.group_of}
