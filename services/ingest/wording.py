"""Words of the pages about feeds and the quarantine."""

from collections.abc import Mapping

from contracts.feeds import FeedStanding
from contracts.words import FEED_STANDINGS as STANDINGS
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.refusals import MESSAGES

__all__ = ["OUTCOMES", "STANDINGS", "TAGS", "rate", "words_of"]

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


_DENIED: Mapping[str, str] = {"disallowed_item": "集められない項目です。", "my_number": "個人番号とみられる番号です。"}
"""Codes whose words depend on the item."""


def words_of(code: str) -> str:
    """Say a code of a refusal."""
    return _DENIED.get(code) or MESSAGES.get(code, (code, ""))[0]


def rate(percent: float | None) -> str:
    """Say a share. What is more than nothing never reads as nothing."""
    if percent is None:
        return "—"
    return "0.1%未満" if 0 < percent < 0.1 else f"{percent:.1f}%"  # noqa: PLR2004 -- one decimal is shown
