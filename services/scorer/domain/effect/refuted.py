"""
Reasons that staff found wrong in a case (S13): nothing was heard of a child for a year, and it attends a place of which no record comes.

Such a false hit is learned at a visit, and counts from then on, however the case goes on: the child may be supported for something else,
so that the outcome of its review does not tell. Whether a child was in need is another question (`figures.py`).
"""

from dataclasses import asdict, dataclass
from typing import Any

from contracts.values import Item
from services.scorer.domain.effect.figures import wilson
from services.scorer.domain.simulating import SMALLEST

REFUTED = Item.NO_MUNICIPAL_CONTACT
"""The item that counts in rulesets and rests on no record of a place at all; `not_enrolled` beside it is context."""


@dataclass(frozen=True, slots=True)
class FalseHits:
    """
    Of cases in which staff saw the child, and for which the item had counted until then, how many it had counted for falsely.

    None where it is of fewer than ten, or would tell such; the share with its interval of 95 of 100 cases (Wilson).
    """

    item: Item
    seen: int | None
    false_hits: int | None
    share: float | None
    low: float | None
    high: float | None

    def as_numbers(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def false_hits(item: Item, seen: int, refuted: int) -> FalseHits:
    """Return what is shown of `seen` cases, of which staff found the item wrong in `refuted`. Raises ValueError for no share."""
    if not 0 <= refuted <= seen:
        raise ValueError(f"{refuted} of {seen} is no share")
    if any(0 < each < SMALLEST for each in (seen, refuted, seen - refuted)):
        return FalseHits(item, seen if seen >= SMALLEST else None, None, None, None, None)
    if not seen:
        return FalseHits(item, 0, 0, None, None, None)
    low, high = wilson(refuted, seen)
    return FalseHits(item, seen, refuted, round(refuted / seen, 3), round(low, 3), round(high, 3))
