"""Read-only questions about what came in, for tests, stories and `tsunagu status --check`."""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import asyncpg

from contracts.values import Source
from infra.postgres import Database
from services.ingest import standing, store
from services.ingest.domain.ledger import Outcome, event_key


async def content_hash(db: Database) -> str:
    """
    sha256 of the newest revision of every record, and of how many distinct events were refused and taken.

    Whether an older revision was taken before the newer one or superseded by it depends on their order of arrival, which a broken
    connection changes; so those are counted together.
    """
    digest = sha256()
    for row in await db.fetch(store.SQL.all_records):
        words = [str(row[name]) for name in ("source", "event_type", "record_id", "revision", "operation")]
        digest.update("\x1f".join(words).encode() + bytes(row["content_hash"]) + b"\n")
    for source, outcomes in (await figures(db)).items():
        not_taken = {name: outcomes[name] for name in (Outcome.REFUSED.value, Outcome.PARKED.value)}
        taken = sum(outcomes.values()) - sum(not_taken.values())
        digest.update(f"{source}\x1f{taken}\x1f{not_taken}\n".encode())
    return digest.hexdigest()


async def figures(db: Database) -> dict[str, Any]:
    """Numbers of distinct events by source and outcome."""
    found: dict[str, dict[str, int]] = {}
    for row in await db.fetch(store.SQL.outcomes_by_source):
        found.setdefault(row["source"], _none())[row["outcome"]] = row["events"]
    return found


async def ledger(db: Database) -> dict[str, dict[str, int]]:
    """Numbers of deliveries by source and outcome: an event that came again is a duplicate. `received` is their sum."""
    return _deliveries(await db.fetch(store.SQL.outcomes_by_source))


async def counted(db: Database) -> dict[str, dict[str, int]]:
    """The same, from the ledger's rows: for the check that compares the two. It reads all of them."""
    return _deliveries(await db.fetch(store.SQL.count_ledger))


def _deliveries(rows: Iterable[asyncpg.Record]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        outcomes = found.setdefault(row["source"], {**_none(), "received": 0})
        outcomes[row["outcome"]] += row["events"]
        outcomes[Outcome.DUPLICATE.value] += row["repeats"]
        outcomes["received"] += row["events"] + row["repeats"]
    return found


async def outcome(db: Database, source: Source | str, event_ids: Sequence[str]) -> dict[str, tuple[str, str | None, str | None]]:
    """What became of a source's events: outcome, code and path by event id. Events that were never seen are left out."""
    keys = {event_key(Source(source), event_id): event_id for event_id in event_ids}
    known = await store.seen_events(db, dict.fromkeys(keys, Source(source)))
    return {
        keys[key]: (entry.outcome.value, entry.refusal.code if entry.refusal else None, entry.refusal.path if entry.refusal else None)
        for key, entry in known.items()
    }


async def feeds(db: Database, today: date) -> dict[str, str]:
    """How the feed of each source stands on a day."""
    return {feed.source.value: feed.standing.value for feed in await standing.feeds(db, today)}


async def received(db: Database) -> int:
    """How many distinct events were answered."""
    count: int = await db.fetchval(store.SQL.count_events)
    return count


async def answered(db: Database) -> int:
    """How many distinct events were answered: the same as `received`, because an answer is part of the transaction."""
    return await received(db)


def _none() -> dict[str, int]:
    return {outcome.value: 0 for outcome in Outcome}
