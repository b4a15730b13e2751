"""Ingest's own tables."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from json import JSONEncoder
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from contracts.feeds import NOWHERE
from contracts.messages import LinkingHeldUp
from contracts.quick import quick
from contracts.values import Source
from infra.clock import JST
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from services.ingest.domain.admission import Admitted, Purpose
from services.ingest.domain.ledger import Entry, Identity, Outcome, remembered_refusal
from services.ingest.domain.newness import Held, RecordKey, key_of

SQL = queries(__file__)
Marks: TypeAlias = tuple[int | None, int | None]
"""What a record says of its person's birth and name, as bits of a keyed hash; None where it says nothing that could be compared."""
NO_MARKS: Marks = (None, None)
_JSON = JSONEncoder(ensure_ascii=False)


@quick(frozen=True, slots=True)
class Saved:
    """A record's newest revision, to be written."""

    admitted: Admitted
    held: Held
    marks: Marks = NO_MARKS


class Overtaken(Exception):
    """Another process entered the same event, or saved the same record, since this one looked. Nothing is written: look again."""


async def take_lane(db: Database) -> None:
    """Admit beside other processes, and beside nobody who must be alone; held until the commit."""
    if await db.fetchrow(SQL.take_lane) is None:
        await db.execute(SQL.wait_for_lane, db.get_server_pid())


async def take_all_lanes(db: Database) -> None:
    """Wait until no other process of ingest admits events; none does until the commit."""
    await db.execute(SQL.take_all_lanes)


async def open_month(db: Database, day: date) -> None:
    """See to it that the ledger has the part in which the events of a day are entered."""
    await db.execute(SQL.open_month, day.replace(day=1))


async def purposes(db: Database) -> tuple[dict[Source, Purpose], dict[Source, str]]:
    """The purpose register, and the feeds that are stopped, each with the field for which it is."""
    rows = await db.fetch(SQL.purposes)
    registered = {Source(row["source"]): _purpose_of(row) for row in rows if row["registered"]}
    return registered, {Source(row["source"]): row["stopped_for"] for row in rows if row["stopped_for"] is not None}


def _purpose_of(row: asyncpg.Record) -> Purpose:
    return Purpose(Source(row["source"]), row["review_on"], suspended=row["suspended"], owned=row["owned"])


async def known_events(db: Database, source_of: Mapping[UUID, Source]) -> dict[UUID, Entry]:
    """The ledger's rows of those keys that it has; `source_of` gives the source of each key asked for."""
    return _entries(await db.fetch(SQL.known_events, list(source_of)), source_of)


async def seen_events(db: Database, source_of: Mapping[UUID, Source]) -> dict[UUID, Entry]:
    """The same for a look: nothing is locked."""
    return _entries(await db.fetch(SQL.seen_events, list(source_of)), source_of)


def _entries(rows: Iterable[asyncpg.Record], source_of: Mapping[UUID, Source]) -> dict[UUID, Entry]:
    return {row["event_key"]: _entry_of(row, source_of[row["event_key"]]) for row in rows}


def _entry_of(row: asyncpg.Record, source: Source) -> Entry:
    return Entry(
        row["event_key"],
        source,
        Identity(None, row["event_type"], row["record_id"], row["revision"], row["content_hash"], row["hashed_composed"]),
        Outcome(row["outcome"]),
        remembered_refusal(row["code"], row["path"], row["item"], json.loads(row["faults"] or "[]")),
        row["repeats"],
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger says of one event, and how it stands with its record."""

    entry: Entry
    received_at: datetime
    newest_revision: int | None
    """Of its record, as far as it was taken."""
    held_up: str | None
    """How its record is held up on its way to a person, if it is, and why."""
    held_up_for: str | None


async def event_of(db: Database, key: UUID, source: Source) -> Known | None:
    """What the ledger knows of one event of a source."""
    row = await db.fetchrow(SQL.event_of, key, source.value)
    if row is None:
        return None
    return Known(_entry_of(row, source), row["received_at"], row["newest_revision"], row["held_up"], row["held_up_for"])


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the events of a source that came first on one day; `repeats` is how often they came again since."""

    outcomes: Mapping[Outcome, int]
    codes: Mapping[str, int]
    repeats: int
    held_up: Mapping[str, int]
    """Records that are held up on their way to a person, by how."""


async def totals_of(db: Database, source: Source, day: date) -> Totals:
    """Count what came first on a day of Japan."""
    rows = await db.fetch(SQL.totals_of, source.value, *bounds_of(day))
    outcomes: Counter[Outcome] = Counter()
    for row in rows:
        outcomes[Outcome(row["outcome"])] += row["events"]
    codes = {row["code"]: row["events"] for row in rows if row["code"] is not None and row["outcome"] == Outcome.REFUSED}
    held_up = {row["state"]: row["records"] for row in await db.fetch(SQL.held_up_of, source.value, *bounds_of(day))}
    return Totals(outcomes, codes, sum(row["repeats"] for row in rows), held_up)


async def hear_held_up(db: Database, told: Sequence[LinkingHeldUp]) -> None:
    """Keep which records are held up, and which are not any more."""
    rows = [(t.source, t.event_type, t.record_id, t.revision, t.version, t.state, t.reason) for t in told]
    if rows:
        await db.execute(SQL.hear_held_up, *columns(rows, 7))


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The instants between which a day of Japan lies, half-open."""
    begins = datetime.combine(day, time.min, JST)
    return begins, begins + timedelta(days=1)


async def held_records(db: Database, keys: Iterable[RecordKey]) -> dict[RecordKey, Held]:
    """What is held of the records named by `keys`."""
    wanted = set(keys)
    if not wanted:
        return {}
    columns = [key.source for key in wanted], [key.event_type for key in wanted], [key.record_id for key in wanted]
    rows = await db.fetch(SQL.held_records, *columns)
    return {
        RecordKey(Source(row["source"]), row["event_type"], row["record_id"]): Held(
            row["revision"], bytes(row["content_hash"]), row["person_no"], row["hashed_composed"]
        )
        for row in rows
    }


async def watermarks(db: Database) -> dict[Source, date]:
    """Up to which day each source is complete; of one that took back all it said there is none."""
    return {Source(row["source"]): row["complete_through"] for row in await db.fetch(SQL.watermarks, NOWHERE)}


async def enter(db: Database, entries: Iterable[Entry], known: Collection[UUID], *, at: datetime) -> None:
    """
    Write ledger rows; a row that is final already stays as it is. `known` are the keys of which `known_events` found a row.

    Raises Overtaken where somebody else entered one that was not known.
    """
    rows = sorted(entries, key=_key)
    again = [entry for entry in rows if entry.key in known] if known else []
    fresh = [entry for entry in rows if entry.key not in known] if again else rows
    if fresh:
        whose = [entry.source for entry in fresh], [entry.identity.event_id for entry in fresh]
        _all_written(await db.execute(SQL.enter, *_entry_columns(fresh), *whose, at), len(fresh))
    if again:
        await db.execute(SQL.change_entered, *_entry_columns(again))


def _entry_columns(entries: Sequence[Entry]) -> tuple[list[Any], ...]:
    return (
        [entry.key for entry in entries],
        [entry.identity.event_type for entry in entries],
        [entry.identity.record_id for entry in entries],
        [entry.identity.revision for entry in entries],
        [entry.outcome for entry in entries],
        [entry.refusal.code if entry.refusal else None for entry in entries],
        [entry.refusal.path if entry.refusal else None for entry in entries],
        [entry.refusal.item if entry.refusal else None for entry in entries],
        [entry.identity.content_hash for entry in entries],
        list(map(_faults, entries)),
    )


def _key(entry: Entry) -> UUID:
    return entry.key


def _faults(entry: Entry) -> str | None:
    """All that is wrong; where it is one thing, code and path say it."""
    return _JSON.encode(entry.refusal.faults) if entry.refusal and len(entry.refusal.faults) > 1 else None


def _all_written(done: str, rows: int) -> None:
    """Raise Overtaken unless an insertion (`INSERT 0 n`) wrote all of its rows."""
    if done != f"INSERT 0 {rows}":
        raise Overtaken


async def count_repeats(db: Database, repeats: Mapping[UUID, int]) -> None:
    """Count how often events came again."""
    if repeats:
        keys = sorted(repeats)
        await db.execute(SQL.count_repeats, keys, [repeats[key] for key in keys])


async def hold(db: Database, event_type: str, reason: str, sealed: Mapping[UUID, bytes]) -> set[UUID]:
    """Put events aside with their sealed bodies; return those that were not parked before."""
    if not sealed:
        return set()
    rows = await db.fetch(SQL.hold, list(sealed), event_type, reason, list(sealed.values()))
    return {row["event_id"] for row in rows if row["is_new"]}


async def take_up_held(db: Database, source: Source, reason: str) -> None:
    """Have the running service take up what is held of a source."""
    await db.execute(SQL.take_up_held, source.value, reason)


async def refuse_held(db: Database, source: Source, reason: str, code: str, item: str) -> list[Entry]:
    """Refuse what is held of a source; return its rows of the ledger as they are then."""
    rows = await db.fetch(SQL.refuse_held, source.value, reason, code, item)
    return [
        Entry(
            row["event_key"],
            source,
            Identity(row["event_id"], row["event_type"], row["record_id"], row["revision"]),
            Outcome.REFUSED,
            remembered_refusal(code, row["path"], item),
            row["repeats"],
        )
        for row in rows
    ]


async def unpark(db: Database, keys: Collection[UUID]) -> list[tuple[UUID, Source]]:
    """Delete those of `keys` that are parked; return them, each with its source."""
    if not keys:
        return []
    return [(row["event_key"], Source(row["source"])) for row in await db.fetch(SQL.unpark, sorted(keys))]


async def save_records(db: Database, saved: Iterable[Saved], held: Collection[RecordKey]) -> None:
    """
    Write the newest revision of records, in one order for all writers. `held` are those of which `held_records` found one.

    Raises Overtaken where somebody else saved one that was not held.
    """
    rows = sorted(saved, key=_place)
    changed = [each for each in rows if key_of(each.admitted) in held] if held else []
    fresh = [each for each in rows if key_of(each.admitted) not in held] if changed else rows
    if fresh:
        _all_written(await db.execute(SQL.save_records, *_record_columns(fresh)), len(fresh))
    if changed:
        await db.execute(SQL.change_records, *_record_columns(changed))


def _record_columns(rows: Sequence[Saved]) -> tuple[list[Any], ...]:
    envelopes = [each.admitted.envelope for each in rows]
    return (
        [each.admitted.envelope.source for each in rows],
        [envelope.type for envelope in envelopes],
        [envelope.subject for envelope in envelopes],
        [envelope.revision for envelope in envelopes],
        [envelope.operation for envelope in envelopes],
        [each.held.content_hash for each in rows],
        [each.held.person_no for each in rows],
        [_JSON.encode(each.admitted.remarks) if each.admitted.remarks else None for each in rows],
        [each.admitted.gaiji for each in rows],
        [each.marks[0] for each in rows],
        [each.marks[1] for each in rows],
    )


def _place(saved: Saved) -> tuple[str, str, str]:
    envelope = saved.admitted.envelope
    return envelope.source, envelope.type, envelope.subject
