"""
Children whom the quiet after a review missed (EVAL-02): requests that casework kept quiet, drawn at random and judged by people.

Of those that were not drawn nothing is known but by these: each stands for as many as its share says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contracts.values import Group, Item
from services.scorer.domain.effect.figures import Line, Tally, line, wilson
from services.scorer.domain.rulesets import Ruleset
from services.scorer.domain.simulating import is_few


@dataclass(frozen=True, slots=True)
class QuietOne:
    """A quiet request that was drawn: what counted when it was made, whether it was needed (None: not judged yet), and by which share."""

    items: frozenset[Item]
    needed: bool | None
    share: float

    @property
    def stands_for(self) -> float:
        """Of so many quiet requests it is one."""
        return 1 / self.share


@dataclass(frozen=True, slots=True)
class Quiet:
    """
    What is shown of all of them, and by group: `reviews` were drawn, `assessed` of these judged, of `needed` people should have been asked.

    `missed` is how many quiet requests that makes in all, drawn or not, at least: as if of those drawn that wait to be judged none were
    needed; `missed_at_most`, as if all were. `missed_likely` is by the share of those judged, with the interval of that share in 95 of
    100 cases: of whoever waits nothing else is known. Rounded; None where what they would follow from is of a few. Where a few alone wait
    (`few_wait`), how many were drawn is left out, too.
    """

    total: Line
    by_group: tuple[Line, ...]
    missed: int | None
    missed_at_most: int | None = None
    missed_likely: int | None = None
    missed_low: int | None = None
    missed_high: int | None = None
    few_wait: bool = False


def quiet(ruleset: Ruleset, drawn: Sequence[QuietOne]) -> Quiet:
    """Return how many of `drawn`, for which `ruleset` had asked, were needed, and of how many that tells."""
    overall = _tally(drawn)
    of_group = {group: [each for each in drawn if group in _groups(ruleset, each)] for group in Group if group in ruleset.group_of.values()}
    total = _line("city", overall, overall)
    by_group = tuple(_line(group.value, _tally(some), overall) for group, some in of_group.items())
    if total.needed is None:
        return Quiet(total, by_group, None)
    needed, judged = _together(e for e in drawn if e.needed), _together(e for e in drawn if e.needed is not None)
    every = _together(drawn)
    if total.reviews is None:
        return Quiet(total, by_group, round(needed), few_wait=True)
    low, high = wilson(total.needed, overall.assessed)
    likely = every * needed / judged
    return Quiet(total, by_group, round(needed), round(needed + every - judged), round(likely), round(every * low), round(every * high))


def _line(name: str, tally: Tally, overall: Tally) -> Line:
    """What is shown of some of them: how many were drawn only where how many of these, and of the others, wait is not told of a few."""
    told = line(name, tally, overall)
    waiting, rest = tally.reviews - tally.assessed, overall.reviews - overall.assessed
    few = is_few(waiting) or is_few(rest - waiting)
    return replace(told, reviews=None) if few else told


def _together(some: Iterable[QuietOne]) -> float:
    return sum(each.stands_for for each in some)


def _tally(drawn: Sequence[QuietOne]) -> Tally:
    judged = [each.needed for each in drawn if each.needed is not None]
    return Tally(reviews=len(drawn), assessed=len(judged), needed=sum(judged), answered=0, unknown=0)


def _groups(ruleset: Ruleset, drawn: QuietOne) -> set[Group]:
    return {ruleset.group_of[item] for item in drawn.items if item in ruleset.group_of}
