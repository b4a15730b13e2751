"""How the feeds stand: looked at again and again, announced when it changes, and told to whoever asks."""

from dataclasses import dataclass
from datetime import date, datetime, time

import structlog

from contracts.catalogue import AcquisitionMode
from contracts.catalogue import source as catalogued
from contracts.feeds import FRESH_WITHIN_DAYS, FeedStanding
from contracts.ids import EventId
from contracts.messages import FeedState
from contracts.values import Source
from infra.clock import JST
from infra.logs import tell
from infra.postgres import Database
from infra.service import Service
from infra.sql import queries
from infra.telemetry import FEEDS_QUIET
from infra.work import UnitOfWork
from services.ingest import store
from services.ingest.domain.admission import Door, Inlet, why_shut
from services.ingest.domain.standing import FeedFacts, standing_of

SQL = queries(__file__, "standing.sql")
LOOK_SECONDS = 10.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Feed:
    """How a feed stands, and on what that rests. `since` is the day on which it was found so, where it was announced."""

    facts: FeedFacts
    standing: FeedStanding
    since: date | None

    @property
    def source(self) -> Source:
        """Whose it is."""
        return self.facts.source


@dataclass(frozen=True, slots=True)
class _Said:
    standing: FeedStanding
    since: date | None
    version: int


_NEVER_SAID = _Said(FeedStanding.WAITING, None, 0)


async def feeds(db: Database, today: date) -> list[Feed]:
    """How the feed of every source stands on a day, in the order of the city's table."""
    said = await _said(db)
    return [
        Feed(facts, standing, told.since if (told := said.get(facts.source, _NEVER_SAID)).standing is standing else None)
        for facts in await _facts(db, today)
        for standing in [standing_of(facts, today)]
    ]


async def announce(work: UnitOfWork) -> list[Feed]:
    """Say which feeds stand otherwise than was said last; return them. Does nothing where another process looks just now."""
    if not await work.db.fetchval(SQL.take_turn):
        return []
    said = await _said(work.db)
    changed = [feed for feed in await feeds(work.db, work.today) if feed.standing is not said.get(feed.source, _NEVER_SAID).standing]
    versions = [said.get(feed.source, _NEVER_SAID).version + 1 for feed in changed]
    for feed, version in zip(changed, versions, strict=True):
        work.announce(_state(work, feed, version), key=feed.source.value)
    if changed:
        sources, states = [feed.source.value for feed in changed], [feed.standing.value for feed in changed]
        await work.db.execute(SQL.save_states, sources, states, work.today, versions)
    return changed


def _state(work: UnitOfWork, feed: Feed, version: int) -> FeedState:
    return FeedState(
        event_id=EventId(work.identifiers.derive("feed_state", feed.source.value, str(version))),
        occurred_at=work.now,
        source=feed.source,
        version=version,
        standing=feed.standing,
        since=work.today,
        complete_through=feed.facts.complete_through,
    )


async def _said(db: Database) -> dict[Source, _Said]:
    rows = await db.fetch(SQL.known_states)
    return {Source(row["source"]): _Said(FeedStanding(row["state"]), row["since"], row["version"]) for row in rows}


async def _facts(db: Database, today: date) -> list[FeedFacts]:
    purposes, stopped = await store.purposes(db)
    reached = await store.watermarks(db)
    last = {Source(row["source"]): row["last_at"] for row in await db.fetch(SQL.last_heard)}
    midnight = datetime.combine(today, time.min, JST)
    found = []
    for source in Source:
        refusal = why_shut(Door(source, _usual_inlet(source), today, midnight, purposes))
        last_at = last.get(source)
        last_on = last_at.astimezone(JST).date() if last_at is not None else None
        shut_for = refusal.code if refusal is not None else None
        found.append(FeedFacts(source, shut_for, stopped.get(source), reached.get(source), last_at, last_on))
    return found


def _usual_inlet(source: Source) -> Inlet:
    return Inlet.MEDIA if catalogued(source).acquisition is AcquisitionMode.REMOVABLE_MEDIA else Inlet.HTTP


class Standings:
    """Looks how the feeds stand while the service runs: what changed is announced, and a feed that fell silent raises the alarm."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def look(self) -> None:
        """Look once."""
        async with self._service.work() as work:
            changed = await announce(work)
        for feed in changed:
            self._say(feed)

    def _say(self, feed: Feed) -> None:
        facts = {
            "source": feed.source.value,
            "standing": feed.standing.value,
            "complete_through": _text(feed.facts.complete_through),
            "last_on": _text(feed.facts.last_on),
        }
        if feed.standing is FeedStanding.QUIET:
            self._service.telemetry.count(FEEDS_QUIET, source=feed.source.value)
            days = FRESH_WITHIN_DAYS[feed.source]
            tell(log.critical, "ingest.feed_quiet", **facts, fresh_within_days=days, look_at="tsunagu ingest feeds")
        else:
            tell(log.info, "ingest.feed_standing", **facts)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
