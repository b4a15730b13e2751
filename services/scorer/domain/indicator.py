"""An indicator as a value: which item it answers, what it reads, which reasons it can give, and the pure rule."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from contracts.catalogue import ITEMS
from contracts.kinds import Item, Source
from services.scorer.domain.answer import Answer, Question
from services.scorer.domain.reach import Input

R = TypeVar("R", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Indicator(Generic[R]):
    """One of the 基本連携データ項目. Its words, group and feeds are the catalogue's (`contracts/catalogue/items`)."""

    item: Item
    reads: tuple[Input, ...]
    reasons: type[R]
    """What it can say beside what any item may (`answer.Common`)."""
    ask: Callable[[Question], Answer]

    @property
    def source(self) -> Source:
        """Whose watermark the answer rests on, and whom to ask: the first of the item's feeds."""
        return ITEMS[self.item].feeds[0]
