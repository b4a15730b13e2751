"""How the feed of a source stands: whether it comes, and if not, whose turn it is. Quiet is an alarm: nobody else would notice."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.feeds import FRESH_WITHIN_DAYS, FeedStanding, silent_from
from contracts.values import Source


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """
    What is known of a feed: up to which day it is complete, when it last sent anything, and why it is shut, if it is.

    `shut_for` is the code with which the register has its events refused, `stopped_for` the field whose numbers stopped it.
    """

    source: Source
    shut_for: str | None
    stopped_for: str | None
    complete_through: date | None
    last_at: datetime | None
    last_on: date | None
    """The day of Japan on which anything came last."""

    @property
    def quiet_from(self) -> date | None:
        """The first day on which its silence is one; None of a feed that never sent anything."""
        # What its owner vouched for counts. Whose owner never did is measured by what came.
        reached = self.complete_through or self.last_on
        return silent_from(reached, FRESH_WITHIN_DAYS[self.source]) if reached is not None else None


def standing_of(feed: FeedFacts, today: date) -> FeedStanding:
    """Say how a feed stands on a day. What people decided goes before what is only not heard."""
    if feed.shut_for is not None:
        return FeedStanding.SUSPENDED if feed.shut_for == "purpose_suspended" else FeedStanding.CLOSED
    if feed.stopped_for is not None:
        return FeedStanding.STOPPED
    if feed.quiet_from is None:
        return FeedStanding.WAITING
    return FeedStanding.QUIET if today >= feed.quiet_from else FeedStanding.OPEN
