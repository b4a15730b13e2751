"""The answer to one item, and what every rule needs to give it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from contracts.ids import EventId
from contracts.quick import quick
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import DAY
from services.scorer.domain.facts import Child, ChildFacts, Watermarks
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.reach import Reach
from services.scorer.domain.residence import Stay

Detail = Mapping[str, str | int | bool]
"""Figures for the explanation; dates are ISO text, so that a stored detail equals a new one."""


class Common(StrEnum):
    """The reasons that any item may give: whoever is asked about, or what keeps absence from being concluded."""

    PERSON_VOIDED = "person_voided"
    NOT_BORN = "not_born"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_RESIDENT = "not_resident"
    BEFORE_FEED = "before_feed"
    RECORD_IN_HAND = "record_in_hand"
    FEED_STALE = "feed_stale"
    NOT_APPROVED = "not_approved"


@quick(frozen=True, slots=True)
class Answer:
    """The answer to one item for one child on one day (`domain.md` §2.2)."""

    item: Item
    value: IndicatorValue
    reason_code: StrEnum
    klass: str | None = None
    counted: bool = False
    """Whether it may enter a ruleset: False outside the age band in which the item is relevant."""
    valid_from: date | None = None
    valid_to: date | None = None
    evidence: tuple[EventId, ...] = ()
    detail: Detail = field(default_factory=dict)
    needed_on: date | None = field(default=None, compare=False)
    """The watermark that an UNKNOWN(`feed_stale`) waits for. Like all below not a part of the answer."""
    stale_since: date | None = field(default=None, compare=False)
    """Set where the answer rests on a record of a feed of which nothing came since that day (`domain.md` §2.8-1)."""
    rests_on_feed: bool = field(default=False, compare=False)
    """Whether the answer changes, or says so, when its feed falls silent or holds something in hand."""
    silent_on: date | None = field(default=None, compare=False)
    """The next day on which its feed will have fallen silent, where the answer rests on it."""
    due: date | None = field(default=None, compare=False)
    """The next day on which the answer can change by time alone, apart from `silent_on`."""


@quick(frozen=True, slots=True)
class Gap:
    """Why nothing can be concluded from the absence of a record, and for which watermark that waits."""

    reason: StrEnum
    needed_on: date | None = None


@quick(frozen=True, slots=True)
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

    def gap(self, source: Source, since: date, needed_on: date, *, by: Reach = Reach.CHILD) -> Gap | None:
        """
        What keeps the absence of records of `source` from `since` to `needed_on` from being concluded; None if it is proven.

        Absence holds from the feed's beginning to its watermark and as long as the feed is fresh (`domain.md` §2.8-1 and 15), and
        only while no record is in hand that would reach the child `by` the way on which it is missed (§2.8-2).
        """
        begun = self.parameters.complete_from.get(source)
        if begun is not None and since < begun:
            return Gap(Common.BEFORE_FEED)
        if self.is_in_hand(source, by=by):
            return Gap(Common.RECORD_IN_HAND)
        delivered = self.watermarks.get(source)
        if delivered is None or delivered < needed_on:
            return Gap(Common.FEED_STALE, needed_on)
        if self.as_of >= self.parameters.silent_on(source, delivered):
            return Gap(Common.FEED_STALE, delivered + DAY)
        return None

    def is_in_hand(self, source: Source, *, by: Reach = Reach.CHILD) -> bool:
        """Whether a record is held that may be the one whose absence would be concluded."""
        held = self.facts.in_hand
        return source in held.by(by) or source in held.anybody

    def may_be_refuted(self, source: Source) -> bool:
        """Whether a record is held of this child or its mother: it may say something else than those that are facts."""
        return source in self.facts.in_hand.by(Reach.MOTHER)

    def own_in_hand(self, source: Source) -> bool:
        """Whether a record of the child itself is held: one more measurement, or one more month, may say something else."""
        return source in self.facts.in_hand.own

    def silent_on(self, source: Source) -> date | None:
        """The day ahead on which `source` falls silent if nothing comes; None if it is silent already or never spoke."""
        delivered = self.watermarks.get(source)
        return first_after(self.as_of, self.parameters.silent_on(source, delivered)) if delivered is not None else None

    def stale_since(self, source: Source) -> date | None:
        """The first day of which nothing came, if `source` is silent by now."""
        delivered = self.watermarks.get(source)
        return delivered + DAY if delivered is not None and self.silent_on(source) is None else None

    def wake(self, *days: date | None) -> date | None:
        """The first of `days`, and of `until`, that lies ahead."""
        return first_after(self.as_of, self.until, *days)


def first_after(as_of: date, *days: date | None) -> date | None:
    """The earliest of `days` after `as_of`."""
    found: date | None = None
    for day in days:
        if day is not None and day > as_of and (found is None or day < found):
            found = day
    return found
