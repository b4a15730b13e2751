"""How long the feed of a source may say nothing: one table, for rules that conclude from absence and for pages that tell of silence."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from contracts.days import EARLIEST_DAY
from contracts.values import Source

NOWHERE = EARLIEST_DAY
"""Up to which day a source is complete that has taken back all it said."""


class FeedStanding(StrEnum):
    """How the feed of a source stands. What people decided goes before what is only not heard."""

    OPEN = "open"
    """It comes as it should."""
    WAITING = "waiting"
    """It may come, and never did."""
    QUIET = "quiet"
    """It came, and has been silent for longer than it may be: an alarm."""
    STOPPED = "stopped"
    """What arrives is held, because its numbers look like My Numbers (`tsunagu ingest numbers`)."""
    SUSPENDED = "suspended"
    """The coordinator suspended its use."""
    CLOSED = "closed"
    """It is refused: the purpose register has no valid row for it (LAW-02)."""

    @property
    def is_shut(self) -> bool:
        """Whether what its source sends is not taken, by somebody's word."""
        return self in {FeedStanding.STOPPED, FeedStanding.SUSPENDED, FeedStanding.CLOSED}


_DAILY, _MONTHLY, _YEARLY = 7, 45, 400
FRESH_WITHIN_DAYS: Mapping[Source, int] = dict.fromkeys(Source, _DAILY) | {
    Source.SCHOOL_AFFAIRS: _MONTHLY,
    Source.SCHOOL_LUNCH_FEE: _MONTHLY,
    Source.LIFESTYLE_LEARNING_SURVEY: _YEARLY,
}
"""Days after its watermark in which a feed still counts as fresh (`domain.md` §2.8-12)."""


@lru_cache(maxsize=1_024)
def silent_from(complete_through: date, fresh_within_days: int) -> date:
    """Return the first day on which a feed that delivered up to `complete_through` counts as silent."""
    return complete_through + timedelta(days=fresh_within_days + 1)
