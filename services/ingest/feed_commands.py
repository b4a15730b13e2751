"""`tsunagu ingest feeds`, and what `tsunagu status` says of them: how the feed of every source stands."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from contracts.feeds import FRESH_WITHIN_DAYS, FeedStanding
from contracts.values import ServiceName
from infra.local.deciding import act, work_at
from infra.local.root import Root
from infra.printing import Json, moment, print_json, print_table
from infra.settings import Settings
from services.ingest import standing
from services.ingest.standing import Feed

_WORDS = {
    FeedStanding.OPEN: "comes",
    FeedStanding.WAITING: "never came yet",
    FeedStanding.QUIET: "QUIET: ask its owner",
    FeedStanding.STOPPED: "stopped: tsunagu ingest numbers",
    FeedStanding.SUSPENDED: "suspended",
    FeedStanding.CLOSED: "closed: no valid row of the purpose register",
}


def feeds(root: Root, *, as_json: Json = False) -> None:
    """Show how the feed of every source stands: up to which day it is complete, when it last sent anything, and whether it fell silent."""
    found = _feeds(root)
    if as_json:
        print_json([_told(feed) for feed in found])
        return
    rows = [
        [
            feed.source,
            feed.facts.complete_through or "",
            moment(feed.facts.last_at) if feed.facts.last_at is not None else "",
            FRESH_WITHIN_DAYS[feed.source],
            _WORDS[feed.standing],
        ]
        for feed in found
    ]
    print_table(("source", "complete through", "last event", "may be silent (days)", ""), rows)


def in_trouble(root: Path) -> list[str]:
    """Say of each feed that does not come as it should, in a line; of one that never came, nothing."""
    fine = {FeedStanding.OPEN, FeedStanding.WAITING}
    return [
        f"feed {feed.source}: {_WORDS[feed.standing]}, complete through {feed.facts.complete_through or 'no day'}"
        for feed in _feeds(root)
        if feed.standing not in fine
    ]


def _told(feed: Feed) -> dict[str, Any]:
    return asdict(feed.facts) | {"standing": feed.standing, "since": feed.since, "fresh_within_days": FRESH_WITHIN_DAYS[feed.source]}


def _feeds(root: Path) -> list[Feed]:
    async def look(settings: Settings) -> list[Feed]:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await standing.feeds(work.db, work.today)

    return act(root, ServiceName.INGEST, look)
