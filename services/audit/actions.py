"""What the log does: append what it hears, seal what it has. Read, decide, save."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from contracts.deeds import audit as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import EventId
from contracts.messages import Actor, Thing
from infra.postgres import Database
from infra.work import UnitOfWork
from services.audit import store
from services.audit.domain.admission import Contradiction, admit, number_of
from services.audit.domain.explaining import numbers_id
from services.audit.domain.merkle import Frontier, Span, leaf_hash
from services.audit.domain.note import Checkpoint
from services.audit.domain.recorded import Recorded
from services.audit.domain.sequences import Numbers
from services.audit.domain.soundness.examiner import Report
from services.audit.domain.soundness.findings import Outcome
from services.audit.memory import Memory
from services.audit.signer import Signer

log = structlog.get_logger()


class HistoryChanged(Exception):
    """The log no longer contains what was sealed last. It is not sealed again: a signature would bless the change."""


async def append(work: UnitOfWork, events: Sequence[Recorded]) -> Mapping[EventId, str]:
    """Append `events` to the log. Returns the reason for each that can never be an entry."""
    if not events:
        return {}
    await store.take_turn(work.db, store.Turn.APPEND)
    size = await store.log_size(work.db)
    known = await store.known_leaves(work.db, [number_of(event) for event in events])

    admission = admit(events, known, size, work.now)

    await store.append(work.db, size, admission.entries)
    kept = await store.quarantine(work.db, admission.contradictions, work.now)
    for each in admission.contradictions:
        if each.columns.event_id in kept:
            _say_contradiction(work, each)
    return admission.refused


def _say_contradiction(work: UnitOfWork, kept: Contradiction) -> None:
    """Say in the log itself what was put into quarantine, so that nobody can take it out again unseen."""
    columns = kept.columns
    number = {"producer": columns.producer, "lane": columns.lane, "sequence": columns.sequence}
    log.error("audit.equivocation", event_id=str(columns.event_id), **number)
    work.keep(
        deeds.CONTRADICTION_KEPT,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.QUARANTINED_EVENT, id=str(columns.event_id)),
        cause=columns.event_id,
        reason_code="equivocation",
        correlation=leaf_hash(kept.leaf).hex(),
    )


class NotExplainable(Exception):
    """These numbers cannot be explained: the text says which are there, or not given out yet."""


class NothingToAccept(Exception):
    """There is no restored history that the log could go on from; the text says why."""


@dataclass(frozen=True, slots=True)
class Why:
    """Who decides on the command line, through which inlet, and the reason's code."""

    actor: Actor
    origin: str
    code: str


async def explain_gap(work: UnitOfWork, why: Why, *, producer: str, lane: int, numbers: Numbers) -> None:
    """
    Keep that an operator explained why `numbers` have no entry. Raises NotExplainable unless all of them are missing.

    An explanation given in advance would cover what is removed later.
    """
    if numbers.last < numbers.first or not (await store.numbers_state(work.db, producer, lane, numbers)).is_gap:
        raise NotExplainable(
            f"{numbers_id(producer, lane, numbers)} is no gap: only numbers without an entry, below one that has one, are explained"
        )
    work.keep(
        deeds.GAP_EXPLAINED,
        actor=why.actor,
        thing=Thing(kind=ThingKind.AUDIT_NUMBERS, id=numbers_id(producer, lane, numbers)),
        reason_code=why.code,
        origin=why.origin,
    )


async def accept_history(work: UnitOfWork, why: Why, *, memory: Memory, report: Report) -> str:
    """
    Keep that an operator lets the log go on from what `report` verified. Returns what is given up by that.

    Raises NothingToAccept where the log continues what was signed last, or does not hold together in itself; MemoryUnusable.
    """
    heads = memory.heads()
    if report.outcome is Outcome.TAMPERED:
        raise NothingToAccept("the log does not hold together in itself, so it is no restored one; `tsunagu audit verify` says where")
    if report.size and not report.checkpoints:
        raise NothingToAccept("no checkpoint of its own vouches for any of the log's entries, so it is no restored one")
    try:
        await _continued(work.db, heads, report.size)
    except HistoryChanged:
        given_up = f"{heads[-1].size}:{heads[-1].root.hex()}"
    else:
        raise NothingToAccept("the log continues what was signed last: there is nothing to accept")
    work.keep(
        deeds.HISTORY_ACCEPTED,
        actor=why.actor,
        thing=Thing(kind=ThingKind.AUDIT_CHECKPOINT, id=given_up),
        reason_code=why.code,
        correlation=f"{report.size}:{report.root.hex()}",
        # So many entries of what it goes on from are vouched for by checkpoints of their own.
        count=report.sealed_size,
        origin=why.origin,
    )
    return given_up


async def seal(
    db: Database, signer: Signer, at: datetime, memory: Memory | None = None, witnessed: Sequence[Checkpoint] = ()
) -> int | None:
    """
    Sign a checkpoint if the log grew. Returns the size sealed, or None.

    The log must continue what was signed last: what `memory` says was, and the newest checkpoint in the database that bears the
    log's own signature; others count for nothing. What witnesses cosigned (`witnessed`) must be continued, too.

    Raises HistoryChanged if that is not so, MemoryUnusable, OSError.
    """
    memory = memory or Memory(signer.verifier)
    await store.take_turn(db, store.Turn.SEAL)
    size, newest = await store.log_size(db), await store.last_checkpoint(db, signer.verifier)
    heads = await _heads(memory, newest, witnessed)

    tree = await _continued(db, heads, size)
    if size == (heads[-1].size if heads else 0):
        await _keep_alike(db, memory, newest, at)
        return None

    note = signer.seal(size, tree.root())
    # Remembered before anybody can see it: a signature that was forgotten could be given to another history.
    await asyncio.to_thread(memory.keep, note)
    await store.keep_checkpoint(db, store.StoredCheckpoint(size, tree.root(), note, at))
    return size


async def _heads(memory: Memory, newest: store.StoredCheckpoint | None, witnessed: Sequence[Checkpoint]) -> list[Checkpoint]:
    """What the log must continue, smallest first."""
    heads = set(await asyncio.to_thread(memory.heads)) | (set(witnessed) - await asyncio.to_thread(memory.given_up))
    if newest is not None and (said := memory.verifier.said(newest.note)) not in await asyncio.to_thread(memory.given_up):
        heads.add(said)
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
