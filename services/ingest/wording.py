"""Words of the pages about feeds and the quarantine."""

from collections.abc import Mapping

from contracts.catalogue import NotInCatalogue
from contracts.catalogue import event_type as known_type
from contracts.feeds import FeedStanding
from contracts.values import Source
from contracts.words import FEED_STANDINGS as STANDINGS
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.refusals import MESSAGES

__all__ = ["OUTCOMES", "STANDINGS", "TAGS", "kind_of", "place_of", "rate", "words_of"]

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


def place_of(source: Source, event_type: str | None, path: str) -> str:
    """Say a place of an event: what the catalogue calls the field, and the name by which its sender knows it."""
    name, _, rest = path.partition(".")
    try:
        field = known_type(source, event_type or "").by_name.get(name)
    except NotInCatalogue:
        field = None
    if field is None:
        return path
    nth = f"の{int(rest) + 1}番目" if rest.isdigit() else ""
    return f"{field.ja}{nth}（{name}）"


def kind_of(source: Source, event_type: str | None) -> str:
    """Say what kind of event it is."""
    try:
        return f"{known_type(source, event_type or '').ja}（{event_type}）"
    except NotInCatalogue:
        return event_type or "—"


def rate(percent: float | None) -> str:
    """Say a share. What is more than nothing never reads as nothing."""
    if percent is None:
        return "—"
    return "0.1%未満" if 0 < percent < 0.1 else f"{percent:.1f}%"  # noqa: PLR2004 -- one decimal is shown
