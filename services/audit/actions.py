"""What the log does: append what it hears, seal what it has. Read, decide, save."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from contracts.deeds import audit as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import EventId
from contracts.messages import Actor, LanesTold, Thing
from infra.identifiers import caused
from infra.postgres import Database
from infra.work import UnitOfWork
from services.audit import producers, store
from services.audit.domain.admission import EQUIVOCATION, SetAside, admit, read
from services.audit.domain.explaining import numbers_id
from services.audit.domain.leaf import Columns, leaf_of, readable
from services.audit.domain.merkle import Frontier, Span, leaf_hash
from services.audit.domain.note import Checkpoint
from services.audit.domain.producers import Attest
from services.audit.domain.recorded import Recorded, recorded_in
from services.audit.domain.sequences import Numbers
from services.audit.domain.soundness.examiner import Report
from services.audit.domain.soundness.findings import Outcome
from services.audit.domain.soundness.rolls import Roll, is_of_now
from services.audit.memory import Memory
from services.audit.signer import Signer

log = structlog.get_logger()

ROLLS_KEPT = timedelta(hours=1)
READMITTED_AT_ONCE = 1_000
KEYS = UUID("5d0c5f0e-9a1b-4a52-8a4f-0f2f4c1d7b60")
"""The space in which the entry about a key has its id: said twice, it is the same entry."""


class HistoryChanged(Exception):
    """The log no longer contains what was sealed last. It is not sealed again: a signature would bless the change."""


async def append(work: UnitOfWork, events: Sequence[Recorded], attest: Attest) -> Mapping[EventId, str]:
    """Append `events` to the log. Returns the reason for each that can never be an entry."""
    if not events:
        return {}
    # Aside and before our turn: to check a parcel's signatures takes longer than all the rest.
    reading = await asyncio.to_thread(read, events, work.now, attest)
    await store.take_turn(work.db, store.Turn.APPEND)
    size = await store.log_size(work.db)
    known = await store.known_leaves(work.db, [event.number for event in reading.events])

    admission = admit(reading.events, known, size)

    await store.append(work.db, size, admission.entries)
    kept = await producers.quarantine(work.db, admission.aside, work.now)
    for each in admission.aside:
        if each.leaf in kept:
            _say_set_aside(work, each)
    return reading.refused


def _say_set_aside(work: UnitOfWork, kept: SetAside) -> None:
    """Say in the log itself what was put into quarantine, so that nobody can take it out again unseen."""
    columns, digest = kept.columns, leaf_hash(kept.leaf)
    number = {"producer": columns.producer, "lane": columns.lane, "sequence": columns.sequence}
    log.error("audit.set_aside", reason=kept.reason, event_id=str(columns.event_id), **number)
    is_contradiction = kept.reason == EQUIVOCATION
    work.keep(
        deeds.CONTRADICTION_KEPT if is_contradiction else deeds.UNATTESTED_KEPT,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.QUARANTINED_EVENT, id=str(columns.event_id)),
        cause=columns.event_id if is_contradiction else caused(columns.event_id, digest.hex()),
        reason_code=kept.reason,
        correlation=digest.hex(),
    )


async def note_lanes(work: UnitOfWork, told: Sequence[LanesTold], attest: Attest) -> None:
    """
    Keep what producers tell of their last numbers. Whoever tells it in another's name is refused, and that is an entry; what comes much
    later than it was told counts as not told.
    """
    if not told:
        return
    rolls = []
    for each in told:
        roll = Roll(each.producer, work.now, leaf_of(each.told(), work.now, key=each.key, signature=each.signature))
        fault = attest(roll, roll.leaf)
        if fault is None:
            if is_of_now(each.occurred_at, work.now):
                rolls.append(roll)
            else:
                log.warning("audit.roll_late", event_id=str(each.event_id), producer=each.producer)
            continue
        log.error("audit.roll_refused", reason=fault, event_id=str(each.event_id), producer=each.producer)
        work.keep(
            deeds.ROLL_REFUSED,
            actor=work.service_actor(),
            thing=Thing(kind=ThingKind.SERVICE, id=str(each.producer)),
            cause=each.event_id,
            reason_code=fault,
        )
    await producers.keep_rolls(work.db, rolls, work.now - ROLLS_KEPT)


async def take_keys(work: UnitOfWork, lines: Sequence[str]) -> None:
    """Say in the log itself by which keys it knows its producers: those that it has not said yet, and those that end."""
    told = set(await producers.keys_taken(work.db))
    for line in lines:
        if line not in told:
            work.keep(
                deeds.PRODUCER_KEY_TAKEN,
                actor=work.service_actor(),
                thing=Thing(kind=ThingKind.PRODUCER_KEY, id=line),
                cause=caused(KEYS, line),
            )


@dataclass(frozen=True, slots=True)
class Readmitted:
    """How many entries it made; `last` is the place in quarantine that was looked at last, None where nothing is behind it."""

    entries: int
    last: producers.Place | None


async def readmit(work: UnitOfWork, attest: Attest, after: producers.Place = producers.FIRST) -> Readmitted:
    """
    Append what was set aside only because its key was not registered then, or its end was not, and is its producer's word by now.

    At most READMITTED_AT_ONCE are looked at, from a place on: a service without its key fills quarantine as fast as the log. What lies
    there stays there.
    """
    rows = await producers.unattested_after(work.db, after, READMITTED_AT_ONCE)
    waiting = await asyncio.to_thread(_attested, [leaf for _, leaf in rows], attest)
    known = await store.known_leaves(work.db, [(said.producer, said.lane, said.sequence) for said, _ in waiting])
    late = [recorded_in(leaf) for said, leaf in waiting if (said.producer, said.lane, said.sequence) not in known]

    await store.take_turn(work.db, store.Turn.APPEND)
    before = await store.log_size(work.db)
    await append(work, late, attest)
    entries = await store.log_size(work.db) - before
    return Readmitted(entries, rows[-1][0] if len(rows) == READMITTED_AT_ONCE else None)


def _attested(leaves: Sequence[bytes], attest: Attest) -> list[tuple[Columns, bytes]]:
    return [(said, leaf) for leaf in leaves if (said := readable(leaf)) is not None and attest(said, leaf) is None]


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
