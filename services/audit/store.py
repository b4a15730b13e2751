"""The log in PostgreSQL: reads and appends, set-based. Nothing here decides anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.deeds import audit as deeds
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from services.audit.domain import tiles
from services.audit.domain.admission import Entry, Number
from services.audit.domain.explaining import (
    Acceptance,
    Explanation,
    acceptance_of,
    explanation_of,
)
from services.audit.domain.leaf import readable
from services.audit.domain.merkle import Frontier, Span
from services.audit.domain.published.layout import WIDTH, Resource
from services.audit.domain.sequences import Numbers, without
from services.audit.signer import Verifier

SQL = queries(__file__)
CHECKPOINTS_AT_A_TIME = 10

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


class HashesMissing(Exception):
    """Entries, or roots kept of them, are not there although later ones are."""


class Turn(StrEnum):
    """What only one transaction at a time may do."""

    APPEND = "append"
    SEAL = "seal"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint with its signed note and when it was made."""

    size: int
    root: bytes
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that a witness cosigned, as the log keeps it, and when the log was told."""

    size: int
    witness: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class StoredVerification:
    """
    What a verification found: `outcome` is sound, tampered or incomplete.

    `is_full`: everything was derived again, not only what was added since the last. `explained`: gaps that an operator explained.
    """

    at: datetime
    size: int
    outcome: str
    findings: int
    is_full: bool = True
    explained: int = 0


@dataclass(frozen=True, slots=True)
class NumbersState:
    """How many of some numbers have an entry; `is_gap` where none had one, and one beyond them had."""

    present: int
    is_gap: bool


@dataclass(frozen=True, slots=True)
class ExplainedGap:
    """An operator's explanation, and how many of its numbers are still missing."""

    explanation: Explanation
    missing: int


async def take_turn(db: Database, turn: Turn) -> None:
    """Wait until no other transaction appends, or seals; hold the right to it until the commit."""
    await db.execute(SQL.take_turn, turn)


async def log_size(db: Database) -> int:
    """How many entries the log has."""
    return int(await db.fetchval(SQL.log_size))


async def numbers_state(db: Database, producer: str, lane: int, numbers: Numbers, before: int = 2**63 - 1) -> NumbersState:
    """How a lane's `numbers` stand now, and stood before entry `before`."""
    row = (await db.fetch(SQL.numbers_state, producer, lane, *numbers, before))[0]
    return NumbersState(row["present"], is_gap=row["is_gap"])


async def explanations(db: Database) -> list[Explanation]:
    """What operators explained, in the log's order: whatever it is worth."""
    rows = await db.fetch(SQL.leaves_of_action, deeds.GAP_EXPLAINED.code)
    found = (explanation_of(row["idx"], said) for row in rows if (said := readable(row["leaf"])) is not None)
    return [each for each in found if each is not None]


async def explained_gaps(db: Database) -> list[ExplainedGap]:
    """The explanations that count: of what was a gap when they were said. A number that several explain counts at the first."""
    found: list[ExplainedGap] = []
    taken: dict[tuple[str, int], list[Numbers]] = {}
    for each in await explanations(db):
        key = (each.producer, each.lane)
        if (await numbers_state(db, *key, each.numbers, each.index)).is_gap:
            before = taken.setdefault(key, [])
            parts = list(without(each.numbers, before))
            present = sum([(await numbers_state(db, *key, part)).present for part in parts])
            found.append(ExplainedGap(each, sum(part.last - part.first + 1 for part in parts) - present))
            before.append(each.numbers)
    return found


async def acceptances(db: Database) -> list[Acceptance]:
    """The restored histories that operators accepted, in the log's order."""
    rows = await db.fetch(SQL.leaves_of_action, deeds.HISTORY_ACCEPTED.code)
    found = (acceptance_of(row["idx"], said) for row in rows if (said := readable(row["leaf"])) is not None)
    return [each for each in found if each is not None]


async def known_leaves(db: Database, numbers: Sequence[Number]) -> dict[Number, bytes]:
    """The leaves that the log already has under these numbers."""
    rows = await db.fetch(SQL.leaves_of_numbers, *columns(numbers, 3))
    return {(row["producer"], row["lane"], row["sequence"]): row["leaf"] for row in rows}


async def append(db: Database, size: int, entries: Sequence[Entry]) -> None:
    """Write new entries of a log of `size`, and the subtrees that they complete."""
    if not entries:
        return
    rows = [(each.index, *(getattr(each.columns, name) for name in COLUMN_NAMES), each.leaf, each.digest) for each in entries]
    await db.execute(SQL.append, *columns(rows, len(COLUMN_NAMES) + 3))
    await keep_subtrees(db, size, size + len(entries))


async def keep_subtrees(db: Database, old_size: int, new_size: int) -> None:
    """Keep the roots of the subtrees that the log's growth completed."""
    for level, index in tiles.completed(old_size, new_size):
        below = await _run(db, tiles.children(level, index))
        await db.execute(SQL.keep_subtree, level, index, tiles.subtree_root(below))


async def add_segments(db: Database) -> int:
    """Make the segments in which entries are going to lie, well ahead of the newest. Returns how many it made."""
    return int(await db.fetchval(SQL.add_segments))


async def span_root(db: Database, span: Span) -> bytes:
    """The root over the entries of `span`: one of a proof's, or one that begins at 0. Raises HashesMissing."""
    frontier = Frontier()
    await extend(db, frontier, span)
    return frontier.root()


async def extend(db: Database, frontier: Frontier, span: Span) -> None:
    """Append the kept hashes of `span` to a tree that ends where the span begins. Raises HashesMissing."""
    for run in tiles.runs(span):
        for digest in await _run(db, run):
            frontier.push(run.level, digest)


async def span_roots(db: Database, spans: Sequence[Span]) -> list[bytes]:
    """The elements of a proof. Raises HashesMissing."""
    return [await span_root(db, span) for span in spans]


async def last_checkpoint(db: Database, verifier: Verifier | None = None) -> StoredCheckpoint | None:
    """The newest checkpoint that the log signed itself; without `verifier`, the newest row, whatever it is worth."""
    async with db.transaction(readonly=True):
        async for row in db.cursor(SQL.checkpoints_newest_first, prefetch=CHECKPOINTS_AT_A_TIME):
            if verifier is None or verifier.fault(row["note"], row["size"], row["root"]) is None:
                return StoredCheckpoint(**dict(row))
    return None


async def keep_checkpoint(db: Database, checkpoint: StoredCheckpoint) -> None:
    """Write a checkpoint."""
    await db.execute(SQL.keep_checkpoint, checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.at)


async def keep_cosignatures(db: Database, size: int, note: str, lines: Sequence[tuple[str, str]], at: datetime) -> None:
    """Keep what witnesses signed (name, signature line) of the checkpoint `note` of `size` entries."""
    await db.execute(SQL.keep_cosignatures, size, note, at, *columns(lines, 2))


async def last_cosigned(db: Database) -> Cosigned | None:
    """The newest checkpoint that a witness cosigned."""
    row = await db.fetchrow(SQL.last_cosigned)
    return None if row is None else Cosigned(**dict(row))


async def tile_hashes(db: Database, part: Resource) -> list[bytes]:
    """The hashes of a tile. Raises HashesMissing."""
    first = part.index * WIDTH
    return await _run(db, tiles.Run(part.level * tiles.TILE_HEIGHT, first, first + part.width))


async def keep_verification(db: Database, verification: StoredVerification) -> None:
    """Write what a verification found."""
    kept = verification
    await db.execute(SQL.keep_verification, kept.at, kept.size, kept.outcome, kept.findings, kept.is_full, kept.explained)


async def first_waiting(db: Database, sealed: int) -> datetime | None:
    """When the log received the first entry that is not among the `sealed`, or cosigned; None where all are."""
    found: datetime | None = await db.fetchval(SQL.received_at, sealed)
    return found


async def last_verification(db: Database, *, full: bool = False) -> StoredVerification | None:
    """What the newest verification found, or the newest full one."""
    row = await db.fetchrow(SQL.last_verification, full)
    return None if row is None else StoredVerification(**dict(row))


async def _run(db: Database, run: tiles.Run) -> list[bytes]:
    if run.level == 0:
        rows = await db.fetch(SQL.entry_hashes, run.start, run.end)
    else:
        rows = await db.fetch(SQL.subtree_hashes, run.level, run.start, run.end)
    if len(rows) != run.end - run.start:
        raise HashesMissing(f"{len(rows)} hashes of entries {run.start << run.level} to {(run.end << run.level) - 1}, level {run.level}")
    return [row["hash"] for row in rows]
