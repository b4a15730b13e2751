"""Words of the pages about feeds and the quarantine."""

from collections.abc import Mapping

from contracts.feeds import FeedStanding
from contracts.words import FEED_STANDINGS as STANDINGS
from services.ingest.domain.ledger import Outcome

__all__ = ["OUTCOMES", "STANDINGS", "TAGS", "rate"]

TAGS: Mapping[FeedStanding, str] = {
    FeedStanding.OPEN: "new",
    FeedStanding.WAITING: "",
    FeedStanding.QUIET: "late",
    FeedStanding.STOPPED: "late",
    FeedStanding.SUSPENDED: "changed",
    FeedStanding.CLOSED: "changed",
}
"""How a page marks how a feed stands, beside the words."""

OUTCOMES: Mapping[Outcome, str] = {Outcome.REFUSED: "拒否", Outcome.PARKED: "保留"}


def rate(percent: float | None) -> str:
    """Say a share. What is more than nothing never reads as nothing."""
    if percent is None:
        return "—"
    return "0.1%未満" if 0 < percent < 0.1 else f"{percent:.1f}%"  # noqa: PLR2004 -- one decimal is shown
