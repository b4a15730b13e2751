"""What the log does: append what it hears, seal what it has. Read, decide, save."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from infra.postgres import Database
from services.audit import store
from services.audit.domain.admission import admit, number_of
from services.audit.domain.leaf import Recorded
from services.audit.domain.merkle import Frontier, Span
from services.audit.domain.note import Checkpoint
from services.audit.memory import Memory
from services.audit.signer import Signer

log = structlog.get_logger()


class HistoryChanged(Exception):
    """The log no longer contains what was sealed last. It is not sealed again: a signature would bless the change."""


async def append(db: Database, events: Sequence[Recorded], received: datetime) -> Mapping[UUID, str]:
    """Append `events` to the log. Returns the reason for each that can never be an entry."""
    if not events:
        return {}
    await store.take_turn(db, store.Turn.APPEND)
    size = await store.log_size(db)
    known = await store.known_leaves(db, [number_of(event) for event in events])

    admission = admit(events, known, size, received)

    await store.append(db, size, admission.entries)
    await store.quarantine(db, admission.contradictions, received)
    for each in admission.contradictions:
        columns = each.columns
        number = {"producer": columns.producer, "lane": columns.lane, "sequence": columns.sequence}
        log.error("audit.equivocation", event_id=str(columns.event_id), **number)
    return admission.refused


async def seal(db: Database, signer: Signer, at: datetime, memory: Memory | None = None) -> int | None:
    """
    Sign a checkpoint if the log grew. Returns the size sealed, or None.

    The log must continue what was signed last: what `memory` says was, and the newest checkpoint in the database that bears the
    log's own signature; others count for nothing. Raises HistoryChanged if it does not, MemoryUnusable, OSError.
    """
    memory = memory or Memory(signer.verifier)
    await store.take_turn(db, store.Turn.SEAL)
    size, newest = await store.log_size(db), await store.last_checkpoint(db, signer.verifier)
    heads = await _heads(memory, newest)

    tree = await _continued(db, heads, size)
    if size == (heads[-1].size if heads else 0):
        await _keep_alike(db, memory, newest, at)
        return None

    note = signer.seal(size, tree.root())
    # Remembered before anybody can see it: a signature that was forgotten could be given to another history.
    await asyncio.to_thread(memory.keep, note)
    await store.keep_checkpoint(db, store.StoredCheckpoint(size, tree.root(), note, at))
    return size


async def _heads(memory: Memory, newest: store.StoredCheckpoint | None) -> list[Checkpoint]:
    """What the log must continue, smallest first."""
    heads = set(await asyncio.to_thread(memory.heads))
    if newest is not None and newest.note not in await asyncio.to_thread(memory.given_up):
        heads.add(memory.verifier.said(newest.note))
    return sorted(heads, key=lambda head: head.size)


async def _continued(db: Database, heads: Sequence[Checkpoint], size: int) -> Frontier:
    """The tree of the whole log. One walk both compares and is signed: between two, the hashes could be exchanged."""
    tree = Frontier()
    try:
        for head in heads:
            if size < head.size:
                raise HistoryChanged(f"sealed with {head.size} entries, the log has {size}")
            await store.extend(db, tree, Span(tree.size, head.size))
            if tree.root() != head.root:
                raise HistoryChanged(f"the first {head.size} entries no longer lead to the root that was sealed")
        await store.extend(db, tree, Span(tree.size, size))
    except store.HashesMissing as error:
        raise HistoryChanged(f"hashes are missing: {error}") from error
    return tree


async def _keep_alike(db: Database, memory: Memory, newest: store.StoredCheckpoint | None, at: datetime) -> None:
    """Let memory and database say the same: a crash came between the two, or somebody removed one."""
    remembered = await asyncio.to_thread(memory.notes)
    head = max(map(memory.verifier.said, remembered), key=lambda each: each.size, default=None)
    known = newest.size if newest is not None else 0
    if newest is not None and (head is None or head.size < known):
        await asyncio.to_thread(memory.keep, newest.note)
        log.warning("audit.memory_taken_from_database", size=known)
    elif head is not None and head.size > known:
        note = next(note for note in remembered if memory.verifier.said(note) == head)
        await store.keep_checkpoint(db, store.StoredCheckpoint(head.size, head.root, note, at))
        log.error("audit.checkpoint_kept_again", size=head.size)
