"""One indicator's answer, and what every rule needs to give it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.facts import Child, ChildFacts, Watermarks
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.residence import Stay

Detail = Mapping[str, str | int | bool]
"""Figures for the explanation; dates are ISO text, so that a stored detail equals a new one."""

SOURCE_OF: dict[Item, Source] = {
    item: Source.PUBLIC_ASSISTANCE if item is Item.HOUSEHOLD_PUBLIC_ASSISTANCE else Source.MATERNAL_CHILD_HEALTH for item in Item
}
"""Whose facts, and whose watermark, an item rests on."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """The answer to one item for one child on one day (`domain.md` §2.2)."""

    item: Item
    value: IndicatorValue
    reason_code: str
    klass: str | None = None
    counted: bool = False
    """Whether it may enter a ruleset: False outside the age band in which the item is relevant."""
    valid_from: date | None = None
    valid_to: date | None = None
    evidence: tuple[UUID, ...] = ()
    detail: Detail = field(default_factory=dict)
    needed_on: date | None = None
    """The watermark that an UNKNOWN(`feed_stale`) waits for."""
    due: date | None = field(default=None, compare=False)
    """The next day on which the answer can change by time alone. Not a part of the answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: about whom, on which day, by which parameters. `stay` is the child's stay on that day."""

    child: Child
    facts: ChildFacts
    stay: Stay
    watermarks: Watermarks
    as_of: date
    until: date | None
    """The next day on which the child's residence or scope changes: nobody may sleep past it."""
    parameters: Parameters

    def stale(self, source: Source, needed_on: date) -> bool:
        """Whether `source` has not yet delivered everything up to `needed_on`."""
        delivered = self.watermarks.get(source)
        return delivered is None or delivered < needed_on

    def wake(self, *days: date | None) -> date | None:
        """The first of `days`, and of `until`, that lies ahead."""
        return first_after(self.as_of, self.until, *days)


def first_after(as_of: date, *days: date | None) -> date | None:
    """The earliest of `days` after `as_of`."""
    return min((day for day in days if day is not None and day > as_of), default=None)
