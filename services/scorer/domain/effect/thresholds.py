"""
Proposals for thresholds (EVAL-03): from which figure on enough of those whom people visited were in need, and how sure that is.

For people who write a ruleset: nothing follows from it by itself. The reviews are of children whom some rule listed; of others with the
same figure it says nothing, so a lower threshold than the one in use is told only as far as reviewed children reach below it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from contracts.values import Item
from services.scorer.domain.effect.figures import Z_95, wilson
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.simulating import SMALLEST, is_few

DRAWS = 1_000
"""So often the reviews are drawn anew, with replacement (Efron 1979)."""

FIGURES: Mapping[Item, tuple[str, str]] = {
    Item.EPDS_HIGH: ("highest", "epds_high_from"),
    Item.LATE_PREGNANCY_NOTIFICATION: ("weeks", "late_from_weeks"),
    Item.SCHOOL_ABSENCE_HIGH: ("absent_days", "absence.high_from"),
    Item.SCHOOL_TARDINESS_HIGH: ("tardy_count", "tardiness.high_from"),
}
"""Items with a threshold that a ruleset sets: the figure in an answer, and the parameter. More of the figure is more concern."""

_LEAST, _MOST = 0.025, 0.975


@dataclass(frozen=True, slots=True)
class Measured:
    """A review of which people could tell: the child's figure when it was asked for, and whether it was in need."""

    figure: int
    needed: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    What would follow for one item, or nothing but `reviews` where too few can tell.

    `proposed` is the lowest figure from which on the share in need reaches the floor; `low` to `high` is where it lies in 95 of 100 draws.
    `found` says in which share of the draws there is any. `share` is that from the proposed one on, with Wilson's interval, None where it
    would tell of a few; `lost` how many in need lie below it, of those whom the threshold in use counts.
    """

    item: str
    parameter: str
    in_use: int
    reviews: int | None
    proposed: int | None = None
    low: int | None = None
    high: int | None = None
    found: float | None = None
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    lost: int | None = None
    is_sure: bool = False
    """Whether the threshold in use lies outside of `low` to `high`: else there is no reason to change it."""

    def as_numbers(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def in_use(parameters: Parameters, name: str) -> int:
    """The threshold that holds now."""
    value: Any = parameters
    for part in name.split("."):
        value = getattr(value, part)
    return int(value)


def proposal(item: Item, told: Sequence[Measured], parameters: Parameters, floor: float, draws: int = DRAWS) -> Proposal:
    """Return what is proposed of `item`. The same reviews always lead to the same: the draws are seeded."""
    parameter = FIGURES[item][1]
    now = in_use(parameters, parameter)
    needed = sum(each.needed for each in told)
    if min(needed, len(told) - needed) < SMALLEST:
        return Proposal(item.value, parameter, now, len(told) if len(told) >= SMALLEST or not told else None)
    codes = [_code(each) for each in told]
    best = _lowest(Counter(codes), floor)
    rng = Random(f"{item.value} {len(told)} {needed}")  # noqa: S311 -- draws that anybody can repeat
    drawn = sorted(each for _ in range(draws) if (each := _lowest(Counter(rng.choices(codes, k=len(codes))), floor)) is not None)
    found = round(len(drawn) / draws, 3)
    if best is None or not drawn:
        return Proposal(item.value, parameter, now, len(told), found=found)
    low, high = (drawn[min(len(drawn) - 1, int(len(drawn) * part))] for part in (_LEAST, _MOST))
    from_here = [each for each in told if each.figure >= best]
    hits = sum(each.needed for each in from_here)
    others = len(from_here) - hits
    # The share with its interval tells how many they are, and how many of them were in need.
    is_told = not any(map(is_few, (hits, others, needed - hits, len(told) - needed - others)))
    share, (share_low, share_high) = hits / len(from_here), wilson(hits, len(from_here), Z_95)
    lost = sum(each.needed for each in told if now <= each.figure < best)
    return Proposal(
        item.value,
        parameter,
        now,
        len(told),
        best,
        low,
        high,
        found,
        round(share, 3) if is_told else None,
        round(share_low, 3) if is_told else None,
        round(share_high, 3) if is_told else None,
        None if is_few(lost) else lost,
        is_sure=found >= _MOST and not low <= now <= high,
    )


def lowest(told: Sequence[Measured], floor: float) -> int | None:
    """The lowest figure from which on, and from each higher one on that ten have, the share in need is the floor or more; None: no such."""
    return _lowest(Counter(map(_code, told)), floor)


def _code(told: Measured) -> int:
    """A figure and whether it was in need, as one number: thousands of draws are counted by it."""
    return 2 * told.figure + told.needed


def _lowest(counts: Mapping[int, int], floor: float) -> int | None:
    best, all_, needed = None, 0, 0
    for figure in sorted({code // 2 for code in counts}, reverse=True):
        in_need = counts.get(2 * figure + 1, 0)
        all_, needed = all_ + counts.get(2 * figure, 0) + in_need, needed + in_need
        if all_ < SMALLEST:
            continue
        if needed < floor * all_:
            break
        best = figure
    return best
