"""What the numbers of each source's own have said, and which feeds are stopped for them, in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import asyncpg

from contracts.values import Source
from infra.postgres import Database
from services.ingest.domain.watch import MARKS, Evidence, Place
from services.ingest.store import SQL


async def evidence(db: Database, places: Collection[Place]) -> tuple[dict[Place, Evidence], list[Place]]:
    """
    What the numbers of fields have said so far, and for which of them the feed is stopped.

    Locked, missing ones too: they are a sequence, in which two processes count one after the other.
    """
    in_order = sorted(places)
    await db.execute(SQL.begin_evidence, *_columns(in_order))
    rows = await db.fetch(SQL.evidence, *_columns(in_order))
    found = {
        _place_of(row): Evidence(row["numbers"], row["valid"], row["weight"], int.from_bytes(row["marks"], "big"), row["vouched"])
        for row in rows
    }
    return found, [_place_of(row) for row in rows if row["stopped"]]


async def save_evidence(db: Database, heard: Mapping[Place, Evidence], stopped: Collection[Place], *, at: datetime) -> None:
    """Write what the numbers of fields have said; the feeds of those that are `stopped` are from now on."""
    if not heard:
        return
    places = sorted(heard)
    said = [heard[place] for place in places]
    await db.execute(
        SQL.save_evidence,
        *_columns(places),
        [each.numbers for each in said],
        [each.valid for each in said],
        [each.weight for each in said],
        [each.marks.to_bytes(MARKS // 8, "big") for each in said],
        [at if place in stopped else None for place in places],
    )


def _place_of(row: asyncpg.Record) -> Place:
    return Place(Source(row["source"]), row["field"])


def _columns(places: Sequence[Place]) -> tuple[list[str], list[str]]:
    return [place.source.value for place in places], [place.field for place in places]


async def stopped_for(db: Database) -> list[Place]:
    """The fields for which feeds are stopped."""
    return [_place_of(row) for row in await db.fetch(SQL.stopped_for)]


async def release_feed(db: Database, source: Source, *, vouch: bool) -> list[Place]:
    """Let a feed go on, counting anew; return the fields for which it was stopped."""
    rows = await db.fetch(SQL.release_feed, source.value, vouch)
    return sorted(Place(source, row["field"]) for row in rows)
