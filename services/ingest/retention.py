"""
Nothing is kept longer than it must be (domain.md §4.6): bodies of parked events, and the ledger, whose oldest months are dropped.

An event of a month that was dropped is not known any more. If it is sent again its record knows it: by its revision it is superseded,
or a duplicate. Once a day, in steps of a transaction each; whatever is killed between them is gone on with.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import asyncpg
import structlog

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Actor, Thing
from contracts.values import Source
from infra.logs import tell
from infra.service import Service
from infra.sql import queries
from infra.work import UnitOfWork
from services.ingest import store
from services.ingest.actions import let_go
from services.ingest.domain.answers import answer
from services.ingest.domain.ledger import Entry, Identity, Outcome, remembered_refusal
from services.ingest.replies import reply
from services.ingest.settings import IngestSettings

SQL = queries(__file__, "retention.sql")
LOOK_SECONDS = 600.0
TOGETHER = 200
EXPIRED = "parked_expired"
"""The code of what was parked until its body had to go."""

log = structlog.get_logger()
Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class Terms:
    """How long (days): the ledger; a parked body until somebody is told, and until it goes."""

    ledger: int = 90
    parked_told: int = 30
    parked: int = 90


def terms_of(settings: IngestSettings) -> Terms:
    """How long, as it is set."""
    return Terms(settings.ledger_days, settings.parked_told_days, settings.parked_days)


@dataclass(slots=True)
class Kept:
    """What was done, or would be: months with their events, parked events by source; months that something keeps."""

    months: list[tuple[str, int]] = field(default_factory=list)
    parked: Counter[Source] = field(default_factory=Counter)
    waiting: list[str] = field(default_factory=list)


async def planned(work: UnitOfWork, terms: Terms) -> Kept:
    """What `keep_to` would do now. Nothing is written."""
    kept = Kept(parked=await _parked_since(work, terms.parked))
    for row in await work.db.fetch(SQL.months_due, _before(work, terms)):
        name = _name(row["month"], row["last_day"])
        if row["has_parked"]:
            kept.waiting.append(name)
        else:
            kept.months.append((name, await work.db.fetchval(SQL.count_month, row["month"])))
    return kept


async def keep_to(begin: Begin, terms: Terms, actor: Actor | None = None) -> Kept:
    """Refuse what has been parked for too long, whose body goes with it, and drop months of the ledger: in steps, each kept in the log."""
    kept = Kept()
    while (refused := await _expire(begin, terms, actor)).total():
        kept.parked += refused
    async with begin() as work:
        due = [(row["month"], row["last_day"]) for row in await work.db.fetch(SQL.months_due, _before(work, terms))]
    for month, last_day in due:
        events = await _drop(begin, month, last_day, actor)
        if events is None:
            kept.waiting.append(_name(month, last_day))
        else:
            kept.months.append((_name(month, last_day), events))
    return kept


async def _expire(begin: Begin, terms: Terms, actor: Actor | None) -> Counter[Source]:
    async with begin() as work:
        await store.take_all_lanes(work.db)
        rows = await work.db.fetch(SQL.refuse_expired, work.now - timedelta(days=terms.parked), EXPIRED, TOGETHER)
        entries = [_entry_of(row) for row in rows]
        for source in sorted({entry.source for entry in entries}):
            reply(work, source, [answer(entry, again=False) for entry in entries if entry.source is source])
        await let_go(work, [entry.key for entry in entries])
        found = Counter(entry.source for entry in entries)
        for source, events in sorted(found.items()):
            thing = Thing(kind=ThingKind.SOURCE, id=source.value)
            work.keep(deeds.PARKED_EXPIRED, actor=actor or work.service_actor(), thing=thing, count=events)
        return found


def _entry_of(row: asyncpg.Record) -> Entry:
    identity = Identity(row["event_id"], row["event_type"], row["record_id"], row["revision"])
    refusal = remembered_refusal(EXPIRED, None, None)
    return Entry(row["event_key"], Source(row["source"]), identity, Outcome.REFUSED, refusal, row["repeats"])


async def _drop(begin: Begin, month: date, last_day: date, actor: Actor | None) -> int | None:
    try:
        async with begin() as work:
            events: int | None = await work.db.fetchval(SQL.drop_month, month, work.now)
            if events is not None:
                thing = Thing(kind=ThingKind.LEDGER_MONTH, id=_name(month, last_day))
                work.keep(deeds.LEDGER_MONTH_DROPPED, actor=actor or work.service_actor(), thing=thing, count=events)
            return events
    except asyncpg.LockNotAvailableError:
        # Somebody reads the ledger for long. It is tried again; nobody who comes meanwhile waits behind us.
        return None


def _before(work: UnitOfWork, terms: Terms) -> date:
    return work.today - timedelta(days=terms.ledger)


def _name(month: date, last_day: date) -> str:
    """`2026-07`; of what there was before the ledger had parts, the day with which it ends."""
    return f"{month:%Y-%m}" if month.year > 1 else f"until {last_day.isoformat()}"


async def _parked_since(work: UnitOfWork, days: int) -> Counter[Source]:
    rows: Iterable[asyncpg.Record] = await work.db.fetch(SQL.parked_since, work.now - timedelta(days=days))
    return Counter({Source(row["source"]): row["events"] for row in rows})


class Retention:
    """Does a day's retention once, and says so while events are parked about which nobody decides."""

    def __init__(self, service: Service, terms: Terms) -> None:
        self._service = service
        self._terms = terms
        self._undecided: Counter[Source] = Counter()

    @property
    def decided(self) -> bool:
        """Whether nothing has been parked for longer than somebody should be told."""
        return not self._undecided

    async def look(self) -> None:
        """Do what the day asks for, if it was not done yet."""
        async with self._service.work() as work:
            done = await work.db.fetchval(SQL.is_done, work.today)
            undecided = await _parked_since(work, self._terms.parked_told)
        if undecided and undecided != self._undecided:
            told = {source.value: events for source, events in sorted(undecided.items())}
            tell(
                log.critical, "ingest.parked_undecided", days=self._terms.parked_told, events=told, look_at="tsunagu ingest quarantine list"
            )
        self._undecided = undecided
        if not done:
            await self._day()

    async def _day(self) -> None:
        kept = await keep_to(self._service.work, self._terms)
        events = sum(events for _, events in kept.months)
        if kept.months or kept.parked:
            tell(log.info, "ingest.retention", months=[name for name, _ in kept.months], events=events, parked=kept.parked.total())
        if kept.waiting:
            tell(log.warning, "ingest.months_wait", months=kept.waiting)
        async with self._service.work() as work:
            await work.db.execute(SQL.done, work.today, len(kept.months), events, kept.parked.total())
