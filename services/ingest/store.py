"""Ingest's own tables."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from json import JSONEncoder
from uuid import UUID

from contracts.values import Source
from infra.postgres import Database
from infra.sql import queries
from services.ingest.domain.admission import Admitted, Purpose
from services.ingest.domain.ledger import Entry, Identity, Outcome, remembered_refusal
from services.ingest.domain.newness import Held, RecordKey

SQL = queries(__file__)
_JSON = JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """A record's newest event, to be written."""

    key: UUID
    admitted: Admitted
    held: Held


async def take_turn(db: Database) -> None:
    """Wait until no other process of ingest admits events; held until the commit."""
    await db.execute(SQL.take_turn)


async def purposes(db: Database) -> dict[Source, Purpose]:
    """The purpose register."""
    rows = await db.fetch(SQL.purposes)
    return {Source(row["source"]): Purpose(Source(row["source"]), row["review_on"]) for row in rows}


async def known_events(db: Database, source_of: Mapping[UUID, Source]) -> dict[UUID, Entry]:
    """The ledger's rows of those keys that it has; `source_of` gives the source of each key asked for."""
    rows = await db.fetch(SQL.known_events, list(source_of))
    return {
        row["event_key"]: Entry(
            row["event_key"],
            source_of[row["event_key"]],
            Identity(None, row["event_type"], row["record_id"], row["revision"], row["content_hash"]),
            Outcome(row["outcome"]),
            remembered_refusal(row["code"], row["path"], row["item"]),
            row["repeats"],
        )
        for row in rows
    }


async def held_records(db: Database, keys: Iterable[RecordKey]) -> dict[RecordKey, Held]:
    """What is held of the records named by `keys`."""
    wanted = set(keys)
    if not wanted:
        return {}
    columns = [key.source.value for key in wanted], [key.event_type for key in wanted], [key.record_id for key in wanted]
    rows = await db.fetch(SQL.held_records, *columns)
    return {
        RecordKey(Source(row["source"]), row["event_type"], row["record_id"]): Held(
            row["revision"], bytes(row["content_hash"]), row["person_no"]
        )
        for row in rows
    }


async def watermarks(db: Database) -> dict[Source, date]:
    """Up to which day each source is complete."""
    return {Source(row["source"]): row["complete_through"] for row in await db.fetch(SQL.watermarks)}


async def enter(db: Database, entries: Sequence[Entry], *, at: datetime) -> None:
    """Write ledger rows; a row that is final already stays as it is."""
    if not entries:
        return
    await db.execute(
        SQL.enter,
        [entry.key for entry in entries],
        [entry.source.value for entry in entries],
        [entry.identity.event_id for entry in entries],
        [entry.identity.event_type for entry in entries],
        [entry.identity.record_id for entry in entries],
        [entry.identity.revision for entry in entries],
        [entry.outcome.value for entry in entries],
        [entry.refusal.code if entry.refusal else None for entry in entries],
        [entry.refusal.path if entry.refusal else None for entry in entries],
        [entry.refusal.item if entry.refusal else None for entry in entries],
        at,
        [entry.identity.content_hash for entry in entries],
    )


async def count_repeats(db: Database, repeats: Mapping[UUID, int]) -> None:
    """Count how often events came again."""
    if repeats:
        keys = sorted(repeats)
        await db.execute(SQL.count_repeats, keys, [repeats[key] for key in keys])


async def unpark(db: Database, keys: Collection[UUID]) -> list[tuple[UUID, Source]]:
    """Delete those of `keys` that are parked; return them, each with its source."""
    if not keys:
        return []
    return [(row["event_key"], Source(row["source"])) for row in await db.fetch(SQL.unpark, sorted(keys))]


async def save_records(db: Database, saved: Iterable[Saved]) -> None:
    """Write the newest revision of records, in one order for all writers, so that two cannot block each other."""
    rows = sorted(saved, key=_place)
    if not rows:
        return
    envelopes = [each.admitted.envelope for each in rows]
    await db.execute(
        SQL.save_records,
        [each.admitted.envelope.source for each in rows],
        [envelope.type for envelope in envelopes],
        [envelope.subject for envelope in envelopes],
        [envelope.revision for envelope in envelopes],
        [envelope.operation.value for envelope in envelopes],
        [each.held.content_hash for each in rows],
        [_JSON.encode(each.admitted.data) for each in rows],
        [each.held.person_no for each in rows],
        [envelope.effective_on for envelope in envelopes],
        [envelope.recorded_at for envelope in envelopes],
        [each.key for each in rows],
    )


def _place(saved: Saved) -> tuple[str, str, str]:
    envelope = saved.admitted.envelope
    return envelope.source, envelope.type, envelope.subject


async def save_watermarks(db: Database, marks: Mapping[Source, tuple[date, UUID]]) -> None:
    """Move watermarks on; one never goes back."""
    if marks:
        sources = sorted(marks)
        await db.execute(
            SQL.save_watermarks, list(sources), [marks[source][0] for source in sources], [marks[source][1] for source in sources]
        )
