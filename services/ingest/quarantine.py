"""Refused and parked events, as people work them off: listed, looked at, replayed, discarded, or named for their owners to send again."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg

from contracts.catalogue import NotInCatalogue, event_type
from contracts.deeds import ingest as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Actor, Thing
from contracts.values import Source
from infra import parking
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.ingest import store
from services.ingest.domain.ledger import Identity, Outcome, remembered_refusal
from services.ingest.domain.refusals import Refusal
from services.ingest.domain.resending import Advice, advice
from services.ingest.domain.telling import Wrong, errors_of

SQL = queries(__file__, "quarantine.sql")
CODES_OF = 1_000
"""So many of the newest events of a source are looked at for the codes that one may choose from."""

RECORD_IDS = ("record_ids",)
OTHER_FIELDS = "other_fields"
"""How the log calls all that an event says in fields that the catalogue does not have."""

STEP = 500
"""Events that one transaction of a bulk replay takes up."""


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Which events are meant: of which sources, and, where they are given, of which outcome, code and reason, and from which days.

    `code` is what is wrong in any place of a refused event, `reason` why one is parked. The last day is included.
    """

    sources: tuple[Source, ...]
    outcome: Outcome | None = None
    code: str | None = None
    reason: str | None = None
    first: date | None = None
    last: date | None = None

    @property
    def since(self) -> datetime | None:
        """The instant from which they came."""
        return store.bounds_of(self.first)[0] if self.first is not None else None

    @property
    def until(self) -> datetime | None:
        """The instant before which they came."""
        return store.bounds_of(self.last)[1] if self.last is not None else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a parked event stands: why, how often it was tried, whether the running service has it to take up or to throw away."""

    reason: str
    attempts: int
    is_due: bool
    is_discarded: bool


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused or parked event, as far as anything of it is known. Of a parked one, how it waits."""

    key: UUID
    source: Source
    identity: Identity
    outcome: Outcome
    refusal: Refusal
    received_at: datetime
    repeats: int
    newest_revision: int | None
    waiting: Waiting | None

    @property
    def errors(self) -> tuple[Wrong, ...]:
        """Each place that is wrong."""
        return errors_of(self.refusal, self.source, self.identity.event_type)

    @property
    def advice(self) -> Advice:
        """What is to be done about it."""
        return advice(self.outcome, self.refusal, self.identity, self.newest_revision)

    @property
    def may_be_decided(self) -> bool:
        """Whether a person may replay or discard it: it is parked, and nobody has decided yet."""
        return self.waiting is not None and not self.waiting.is_due and not self.waiting.is_discarded


@dataclass(frozen=True, slots=True)
class Page:
    """Events, newest first, and the key after which the next page begins, if there is one. `begun_anew`: the mark was no event's."""

    events: tuple[Quarantined, ...]
    after: UUID | None
    begun_anew: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many events of a selection are of one kind; `waiting` of them are parked, and a person may replay them."""

    source: Source
    outcome: Outcome
    code: str | None
    reason: str | None
    events: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Who:
    """Who decides, from where, and for which ticket."""

    actor: Actor
    ticket: str
    origin: str | None = None


Decision: TypeAlias = Callable[[UnitOfWork, Quarantined, Who], Awaitable[bool]]
"""What a person decides about a parked event; returns whether it was still there to be decided about."""


async def page(db: Database, chosen: Selection, after: UUID | None, limit: int) -> Page:
    """Read the events of a selection that came before the one called `after`, or the newest."""
    begins = await db.fetchval(SQL.place_of, after, _codes(chosen)) if after is not None else None
    mark = after if begins is not None else None
    rows = await db.fetch(SQL.quarantined, *_filters(chosen), begins, mark, limit + 1)
    events = tuple(map(_of_row, rows[:limit]))
    return Page(events, events[-1].key if len(rows) > limit else None, begun_anew=after is not None and mark is None)


def shown_of(events: Sequence[Quarantined]) -> tuple[str, ...]:
    """What the log calls what a list or a page shows of these events."""
    return RECORD_IDS if any(event.identity.record_id is not None for event in events) else ()


async def all_of(db: Database, chosen: Selection, *, at_most: int) -> AsyncIterator[Sequence[Quarantined]]:
    """Read the events of a selection, newest first, some thousand at a time."""
    after, left = None, at_most
    while left > 0:
        found = await page(db, chosen, after, min(left, 1_000))
        yield found.events
        after, left = found.after, left - len(found.events)
        if after is None:
            return


async def one(db: Database, key: UUID, sources: Sequence[Source]) -> Quarantined | None:
    """Read one event, if it is of one of the sources and is refused or parked."""
    row = await db.fetchrow(SQL.quarantined_event, key, list(sources))
    return _of_row(row) if row is not None else None


async def counted(db: Database, chosen: Selection) -> list[Counted]:
    """Count a selection: what a bulk replay would do, and how many its owners have to send again."""
    rows = await db.fetch(SQL.counted, *_filters(chosen))
    return [
        Counted(Source(row["source"]), Outcome(row["outcome"]), row["code"], row["reason"], row["events"], row["waiting"]) for row in rows
    ]


async def recent_codes(db: Database, sources: Sequence[Source]) -> list[str]:
    """Which codes the newest events of each source have."""
    return [row["code"] for row in await db.fetch(SQL.recent_codes, list(sources), CODES_OF)]


async def opened(work: UnitOfWork, event: Quarantined, who: Who, body: parking.ParkingBody) -> str | None:
    """
    Return what a parked event said, and keep the look with its reason. None where it is parked no more.

    It may be told after the commit, and not before.
    """
    row = await work.db.fetchrow(parking.SQL.read_parked, event.key)
    if row is None:
        return None
    kept = body.open(event.key, row["body"]).decode()
    _keep(work, deeds.QUARANTINED_BODY_OPENED, who, event, names_in(event.source, json.loads(kept)["event"]))
    return kept


def names_in(source: Source, said: object) -> tuple[str, ...]:
    """
    What the log calls the data that an event says: by the catalogue's names, whose values may be anything.

    Of other fields it is told that there are some, and of no fields nothing: a name that a sender makes up could be somebody's.
    """
    if not isinstance(said, dict):
        return ()
    shown = RECORD_IDS if said.get("subject") is not None else ()
    data = said.get("data")
    if not isinstance(data, dict):
        return shown
    try:
        known = event_type(source, str(said.get("type"))).by_name
    except NotInCatalogue:
        known = {}
    names = tuple(name for name in known if name in data)
    return (*shown, *names, *((OTHER_FIELDS,) if len(names) < len(data) else ()))


async def replay(work: UnitOfWork, event: Quarantined, who: Who) -> bool:
    """Have one parked event handled again by the running service; return whether it was still parked."""
    return await _decide(work, event, who, parking.SQL.replay_parked, deeds.QUARANTINED_REPLAYED)


async def discard(work: UnitOfWork, event: Quarantined, who: Who) -> bool:
    """Have one parked event thrown away by the running service; return whether it was still parked."""
    return await _decide(work, event, who, parking.SQL.discard_parked, deeds.QUARANTINED_DISCARDED)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of a bulk replay took up, and the event after which the next one begins, if there may be more."""

    events: int
    after: tuple[datetime, UUID] | None


async def replay_step(work: UnitOfWork, chosen: Selection, who: Who, after: tuple[datetime, UUID] | None = None, most: int = STEP) -> Step:
    """Have the parked events of a selection handled again, at most so many of them, oldest first. Kept in the log for each source."""
    begins, mark = after or (None, None)
    rows = await work.db.fetch(SQL.replay_step, _codes(chosen), chosen.code, chosen.reason, chosen.since, chosen.until, begins, mark, most)
    for source in sorted({row["source"] for row in rows}):
        events = sum(row["source"] == source for row in rows)
        thing = Thing(kind=ThingKind.SOURCE, id=source)
        work.keep(deeds.QUARANTINE_REPLAYED, actor=who.actor, thing=thing, reason_code=who.ticket, count=events, origin=who.origin)
    return Step(len(rows), (rows[-1]["received_at"], rows[-1]["event_key"]) if len(rows) == most else None)


async def _decide(work: UnitOfWork, event: Quarantined, who: Who, statement: str, deed: Deed) -> bool:
    if not event.may_be_decided or await work.db.fetchval(statement, event.key) is None:
        return False
    _keep(work, deed, who, event)
    return True


def _keep(work: UnitOfWork, deed: Deed, who: Who, event: Quarantined, fields: Sequence[str] = ()) -> None:
    thing = Thing(kind=ThingKind.SOURCE_EVENT, id=str(event.key))
    work.keep(deed, actor=who.actor, thing=thing, fields=fields, reason_code=who.ticket, origin=who.origin)


def _codes(chosen: Selection) -> list[str]:
    return [source.value for source in chosen.sources]


def _filters(chosen: Selection) -> tuple[object, ...]:
    return (_codes(chosen), chosen.outcome, chosen.code, chosen.reason, chosen.since, chosen.until)


def _of_row(row: asyncpg.Record) -> Quarantined:
    refusal = remembered_refusal(row["code"] or "parked", row["path"], row["item"], json.loads(row["faults"] or "[]"))
    assert refusal is not None  # noqa: S101 -- there is a code
    waiting = Waiting(row["reason"], row["attempts"], row["retry_at"] is not None, row["discarded"]) if row["reason"] is not None else None
    return Quarantined(
        row["event_key"],
        Source(row["source"]),
        Identity(row["event_id"], row["event_type"], row["record_id"], row["revision"]),
        Outcome(row["outcome"]),
        refusal,
        row["received_at"],
        row["repeats"],
        row["newest_revision"],
        waiting,
    )
