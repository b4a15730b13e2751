"""How far the records have come on which a list rests: a dead feed must not look like a quiet day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.feeds import FRESH_WITHIN_DAYS, FeedStanding, silent_from
from contracts.values import Source


@dataclass(frozen=True, slots=True)
class Feed:
    """A source that has delivered all up to a day, or nothing yet, and how its feed stands since when, as ingest says."""

    source: Source
    complete_through: date | None
    standing: FeedStanding = FeedStanding.OPEN
    since: date | None = None

    @property
    def is_shut(self) -> bool:
        """Whether what it sends is not taken."""
        return self.standing.is_shut

    def is_silent(self, today: date) -> bool:
        """Whether it should have delivered again by `today`. The day decides: word of a silence may come later than the silence."""
        if self.complete_through is None:
            return self.standing is FeedStanding.QUIET
        return today >= silent_from(self.complete_through, FRESH_WITHIN_DAYS[self.source])


@dataclass(frozen=True, slots=True)
class Freshness:
    """The feeds that come as they should, those that fell silent, and those that are shut, each in the order of the day they came to."""

    fresh: tuple[Feed, ...]
    silent: tuple[Feed, ...]
    shut: tuple[Feed, ...] = ()


def freshness(feeds: Iterable[Feed], today: date) -> Freshness:
    """Part the feeds into those that come and those that do not. One that never came and may is none of them."""
    ordered = sorted(feeds, key=lambda feed: (feed.complete_through or date.min, feed.source))
    going = [feed for feed in ordered if not feed.is_shut]
    return Freshness(
        fresh=tuple(feed for feed in going if feed.complete_through is not None and not feed.is_silent(today)),
        silent=tuple(feed for feed in going if feed.is_silent(today)),
        # Of a source that nothing was ever heard of nothing is missed.
        shut=tuple(feed for feed in ordered if feed.is_shut and feed.complete_through is not None),
    )
