"""The log in PostgreSQL: reads and appends, set-based. Nothing here decides anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.postgres import Database
from infra.sql import queries
from services.audit.domain import tiles
from services.audit.domain.admission import Contradiction, Entry, Number
from services.audit.domain.merkle import Frontier, Span

SQL = queries(__file__)

COLUMN_NAMES = (
    "event_id",
    "type",
    "ts",
    "received",
    "producer",
    "lane",
    "sequence",
    "actor",
    "role",
    "actor_ward",
    "session",
    "action",
    "thing_kind",
    "thing_id",
    "thing_ward",
    "purpose",
    "decision",
    "relation",
    "reason_code",
    "correlation",
    "origin",
    "count",
)
"""Columns of `entry` that the leaf decides, in the order of the `append` statement."""


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint with its signed note and when it was made."""

    size: int
    root: bytes
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredVerification:
    """What a full verification found: `outcome` is sound, tampered or incomplete."""

    at: datetime
    size: int
    outcome: str
    findings: int


async def lock_log(db: Database) -> None:
    """Wait until no other transaction appends; hold the right to append until the commit."""
    await db.execute(SQL.lock_log)


async def log_size(db: Database) -> int:
    """How many entries the log has."""
    return int(await db.fetchval(SQL.log_size))


async def known_leaves(db: Database, numbers: Sequence[Number]) -> dict[Number, bytes]:
    """The leaves that the log already has under these numbers."""
    producers, lanes, sequences = zip(*numbers, strict=True)
    rows = await db.fetch(SQL.leaves_of_numbers, producers, lanes, sequences)
    return {(row["producer"], row["lane"], row["sequence"]): row["leaf"] for row in rows}


async def append(db: Database, size: int, entries: Sequence[Entry]) -> None:
    """Write new entries of a log of `size`, and the subtrees that they complete."""
    if not entries:
        return
    columns = [[getattr(entry.columns, name) for entry in entries] for name in COLUMN_NAMES]
    await db.execute(
        SQL.append, [entry.index for entry in entries], *columns, [entry.leaf for entry in entries], [entry.digest for entry in entries]
    )
    for level, index in tiles.completed(size, size + len(entries)):
        below = await _run(db, tiles.children(level, index))
        await db.execute(SQL.keep_subtree, level, index, tiles.subtree_root(below))


async def quarantine(db: Database, contradictions: Sequence[Contradiction], at: datetime) -> None:
    """Keep events that contradict entries."""
    if not contradictions:
        return
    columns = [each.columns for each in contradictions]
    await db.execute(
        SQL.quarantine,
        [each.event_id for each in columns],
        [each.producer for each in columns],
        [each.lane for each in columns],
        [each.sequence for each in columns],
        ["equivocation"] * len(columns),
        [each.leaf for each in contradictions],
        at,
    )


async def span_root(db: Database, span: Span) -> bytes:
    """The root over the entries of `span`: one of a proof's, or one that begins at 0."""
    frontier = Frontier()
    for run in tiles.runs(span):
        for digest in await _run(db, run):
            frontier.push(run.level, digest)
    return frontier.root()


async def span_roots(db: Database, spans: Sequence[Span]) -> list[bytes]:
    """The elements of a proof."""
    return [await span_root(db, span) for span in spans]


async def last_checkpoint(db: Database) -> StoredCheckpoint | None:
    """The newest checkpoint."""
    return _checkpoint(await db.fetchrow(SQL.last_checkpoint))


async def checkpoint_covering(db: Database, index: int) -> StoredCheckpoint | None:
    """The first checkpoint that seals entry `index`, if it is sealed yet."""
    return _checkpoint(await db.fetchrow(SQL.checkpoint_covering, index))


async def keep_checkpoint(db: Database, checkpoint: StoredCheckpoint) -> None:
    """Write a checkpoint."""
    await db.execute(SQL.keep_checkpoint, checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.at)


async def keep_verification(db: Database, verification: StoredVerification) -> None:
    """Write what a verification found."""
    await db.execute(SQL.keep_verification, verification.at, verification.size, verification.outcome, verification.findings)


async def last_verification(db: Database) -> StoredVerification | None:
    """What the newest full verification found."""
    row = await db.fetchrow(SQL.last_verification)
    return None if row is None else StoredVerification(**dict(row))


def _checkpoint(row: Any) -> StoredCheckpoint | None:
    return None if row is None else StoredCheckpoint(**dict(row))


async def _run(db: Database, run: tiles.Run) -> list[bytes]:
    if run.level == 0:
        rows = await db.fetch(SQL.entry_hashes, run.start, run.end)
    else:
        rows = await db.fetch(SQL.subtree_hashes, run.level, run.start, run.end)
    return [row["hash"] for row in rows]
