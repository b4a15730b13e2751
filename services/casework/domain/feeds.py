"""How far the records have come on which a list rests: a dead feed must not look like a quiet day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.feeds import FRESH_WITHIN_DAYS, silent_from
from contracts.values import Source


@dataclass(frozen=True, slots=True)
class Feed:
    """A source that has delivered all up to a day."""

    source: Source
    complete_through: date

    def is_silent(self, today: date) -> bool:
        """Whether it should have delivered again by `today`."""
        return today >= silent_from(self.complete_through, FRESH_WITHIN_DAYS[self.source])


@dataclass(frozen=True, slots=True)
class Freshness:
    """The feeds that come as they should, and those that fell silent, each in the order of the day that they have come to."""

    fresh: tuple[Feed, ...]
    silent: tuple[Feed, ...]


def freshness(feeds: Iterable[Feed], today: date) -> Freshness:
    """Part the feeds into those that come and those that do not."""
    ordered = sorted(feeds, key=lambda feed: (feed.complete_through, feed.source))
    return Freshness(
        fresh=tuple(feed for feed in ordered if not feed.is_silent(today)), silent=tuple(feed for feed in ordered if feed.is_silent(today))
    )
