"""How all feeds stand: one row a source, with what came, how far it is, and what waits for somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.feeds import FeedStanding
from contracts.values import Source
from infra.pages.dates import era_date, short_moment
from infra.work import UnitOfWork
from services.ingest import days, standing
from services.ingest.days import Volume
from services.ingest.seeing import Asking, Menu, Question, Said, Screen
from services.ingest.standing import Feed
from services.ingest.wording import STANDINGS, TAGS, rate

DAYS = 30


@dataclass(frozen=True, slots=True)
class Content:
    """The feeds that somebody may see, and what came of them."""

    feeds: Sequence[Feed]
    volumes: Mapping[Source, Volume]


@dataclass(frozen=True, slots=True)
class Line:
    """A feed in the list."""

    source: str
    feed: str
    system: str
    unit: str
    events: str
    through: str
    last: str
    rate: str
    refused: int
    parked: int
    standing: str
    tag: str


async def read(work: UnitOfWork, asking: Asking[Question]) -> Content:
    """Read how they stand."""
    feeds = [feed for feed in await standing.feeds(work.db, work.today) if feed.source in asking.sources]
    return Content(feeds, await days.volumes(work.db, asking.sources, work.today, DAYS))


def show(content: Content, _asking: Asking[Question]) -> Said:
    """Say it on a page, in the order of the city's table."""
    lines = [_line(feed, content.volumes.get(feed.source, Volume())) for feed in content.feeds]
    quiet = [line for feed, line in zip(content.feeds, lines, strict=True) if feed.standing is FeedStanding.QUIET]
    shut = [line for feed, line in zip(content.feeds, lines, strict=True) if feed.standing in SHUT]
    return Said({"lines": lines, "quiet": quiet, "shut": shut, "days": DAYS}, count=len(lines))


SHUT = (FeedStanding.STOPPED, FeedStanding.SUSPENDED, FeedStanding.CLOSED)


def _line(feed: Feed, volume: Volume) -> Line:
    entry, facts = entry_of(feed.source), feed.facts
    return Line(
        source=feed.source.value,
        feed=entry.feed,
        system=entry.system,
        unit=entry.data_owner,
        events=f"{volume.events:,}",
        through=era_date(facts.complete_through) if facts.complete_through is not None else "—",
        last=short_moment(facts.last_at) if facts.last_at is not None else "—",
        rate=rate(volume.error_rate),
        refused=volume.refused,
        parked=volume.parked,
        standing=STANDINGS[feed.standing],
        tag=TAGS[feed.standing],
    )


SCREENS = (Screen(name="feeds", address="/feeds", deed=deeds.FEEDS_OPENED, read=read, show=show, menu=Menu("連携の状況", 1)),)
