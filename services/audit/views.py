"""What screens and the JSON interface show of the log: read-only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from infra.postgres import Database
from services.audit import producers as of_producers
from services.audit import store
from services.audit.domain.explaining import Acceptance
from services.audit.domain.filters import Filters
from services.audit.domain.leaf import Columns, readable
from services.audit.domain.merkle import ProofRejected, check_inclusion, consistency_spans, inclusion_spans, leaf_hash
from services.audit.domain.soundness.findings import Outcome
from services.audit.domain.soundness.lanes import Lane
from services.audit.domain.soundness.seals import SEALED_WITHIN
from services.audit.domain.standing import Standing, Verified, standing
from services.audit.signer import Verifier
from services.audit.store import SQL, Cosigned, ExplainedGap, StoredCheckpoint, StoredVerification

COSIGNED_WITHIN = timedelta(minutes=1)
"""A witness looks several times a minute: what waits longer can be changed by whoever has the log's key (audit.md §0)."""

COUNTED_MOST = 10_000
"""So many entries of a search are counted."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as its leaf tells it, never as the columns do. `columns` is None where the leaf cannot be read."""

    index: int
    leaf: bytes
    digest: bytes
    columns: Columns | None

    @property
    def is_intact(self) -> bool:
        """Whether the leaf can be read and has the hash that was kept of it."""
        return self.columns is not None and leaf_hash(self.leaf) == self.digest


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who did something to a thing, or was refused it: how often, when, and by what tied them to it."""

    actor: UUID | None
    role: str
    actor_ward: str | None
    relation: str
    decision: str
    is_emergency: bool
    entries: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """
    Some entries of an answer. `total` is how many there are in all, where that was asked; `is_last` whether more follow.

    A search counts up to COUNTED_MOST: a `total` above it means "more than that".
    """

    rows: tuple[Row, ...]
    is_last: bool
    total: int | None = None
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in a sealed log: the path from its hash to the root that `checkpoint` signs."""

    index: int
    digest: bytes
    path: tuple[bytes, ...]
    checkpoint: StoredCheckpoint


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry and its proof, which is None until the next checkpoint."""

    row: Row
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Status:
    """
    How the log stands. `waits_since` is when the first entry came that has no seal yet.

    `verification` is the newest of whatever kind, `full_verification` the newest of everything.
    """

    now: datetime
    size: int
    checkpoint: StoredCheckpoint | None
    waits_since: datetime | None
    verification: StoredVerification | None
    full_verification: StoredVerification | None
    producers: Mapping[str, Lane]
    quarantined: int
    explained: Sequence[ExplainedGap]
    accepted: Sequence[Acceptance]
    cosigned: Cosigned | None = None
    cosigning_waits_since: datetime | None = None

    @property
    def cosigning_is_late(self) -> bool:
        """Whether entries wait for a witness longer than they may; a log that never had one waits for none."""
        since = self.cosigning_waits_since
        return self.cosigned is not None and since is not None and abs(self.now - since) > COSIGNED_WITHIN

    @property
    def uncosigned(self) -> int:
        """Entries that no witness has cosigned yet."""
        return max(0, self.size - (self.cosigned.size if self.cosigned is not None else 0))

    @property
    def unsealed(self) -> int:
        """Entries that no checkpoint seals yet."""
        return self.size - (self.checkpoint.size if self.checkpoint is not None else 0)

    @property
    def unverified(self) -> int:
        """Entries that no verification has seen yet."""
        return max(0, self.size - (self.verification.size if self.verification is not None else 0))

    @property
    def sealing_is_late(self) -> bool:
        """Whether entries wait for their seal for too long, or the log is shorter than what was sealed."""
        return self.unsealed < 0 or (self.waits_since is not None and abs(self.now - self.waits_since) > SEALED_WITHIN)

    @property
    def missing(self) -> int:
        """Numbers below each lane's highest that no entry has, on their way or lost, without those that an operator explained."""
        return sum(lane.last - lane.entries for lane in self.producers.values()) - sum(gap.missing for gap in self.explained)

    def standing(self, *, history_continues: bool, found: str | None, all_there: bool = True) -> Standing:
        """
        What may be said of the log; `found` is what this process found itself, whatever the database says that it found.

        `all_there`: no number, and no producer's word, has been missing for minutes.
        """
        verified = [self._verified(each) for each in (self.verification, self.full_verification)]
        if found == Outcome.TAMPERED:
            verified[1] = Verified(self.size, found, timedelta())
        return standing(
            size=self.size,
            newest=verified[0],
            full=verified[1],
            history_continues=history_continues,
            sealing_is_late=self.sealing_is_late,
            open_points=self.missing + self.quarantined + (not all_there),
        )

    def _verified(self, verification: StoredVerification | None) -> Verified | None:
        if verification is None:
            return None
        return Verified(verification.size, verification.outcome, self.now - verification.at)


async def status(db: Database, now: datetime, verifier: Verifier) -> Status:
    """How the log stands now. `producers` adds up each producer's lanes."""
    producers: dict[str, Lane] = {}
    for row in await db.fetch(SQL.entries_per_lane):
        known = producers.get(row["producer"], Lane(0, 0))
        producers[row["producer"]] = Lane(known.entries + row["entries"], known.last + row["last"])
    # Before the size: what is verified and sealed meanwhile must not look as if it were more than there is.
    checkpoint = await store.last_checkpoint(db, verifier)
    cosigned = await store.last_cosigned(db)
    verification, full_verification = await store.last_verification(db), await store.last_verification(db, full=True)
    return Status(
        now=now,
        size=await store.log_size(db),
        checkpoint=checkpoint,
        waits_since=await store.first_waiting(db, checkpoint.size if checkpoint is not None else 0),
        verification=verification,
        full_verification=full_verification,
        producers=producers,
        quarantined=int(await db.fetchval(of_producers.SQL.quarantine_size)),
        explained=await store.explained_gaps(db),
        accepted=await store.acceptances(db),
        cosigned=cosigned,
        cosigning_waits_since=None if cosigned is None else await store.first_waiting(db, cosigned.size),
    )


async def search(db: Database, asked: Filters) -> Page:
    """Entries that fit all filters, newest first. The first page says how many there are."""
    search_by, count_by = _statements(asked)
    by = (asked.thing, asked.actor, asked.action, asked.decision, asked.since, asked.until, asked.people)
    rows = await db.fetch(search_by, *by, asked.cursor, asked.limit + 1)
    if len(rows) <= asked.limit and asked.cursor is None:
        return _page(rows, asked.limit, len(rows))
    total = None if asked.cursor is not None else await db.fetchval(count_by, *by, COUNTED_MOST + 1)
    return _page(rows, asked.limit, total)


async def accesses_of_thing(db: Database, thing: str, asked: Filters) -> Page:
    """Everything that was done to a thing, oldest first, how much it is in all, and who it was: "who saw this child" (S24)."""
    rows = await db.fetch(SQL.entries_of_thing, thing, asked.cursor, asked.limit + 1, asked.since, asked.until)
    page = _page(rows, asked.limit, await db.fetchval(SQL.count_of_thing, thing, asked.since, asked.until))
    people = await db.fetch(SQL.people_of_thing, thing, asked.since, asked.until)
    return replace(page, people=tuple(Person(**dict(row)) for row in people))


async def deeds_of_actor(db: Database, actor: UUID, asked: Filters) -> Page:
    """Everything that a member of staff did, oldest first, with how much it is in all."""
    rows = await db.fetch(SQL.entries_of_actor, actor, asked.cursor, asked.limit + 1, asked.since, asked.until)
    return _page(rows, asked.limit, await db.fetchval(SQL.count_of_actor, actor, asked.since, asked.until))


async def opened(db: Database, index: int, verifier: Verifier) -> Opened | None:
    """One entry with its proof under the newest checkpoint."""
    row = await db.fetchrow(SQL.entry_at, index)
    if row is None:
        return None
    read = _row(row)
    checkpoint = await store.last_checkpoint(db, verifier)
    if checkpoint is None or checkpoint.size <= index:
        return Opened(read, None)
    try:
        path = await store.span_roots(db, inclusion_spans(index, checkpoint.size))
    except store.HashesMissing:
        # Sealed, and not provable any more: an empty path proves nothing, and the page says so.
        path = []
    return Opened(read, Proof(index, read.digest, tuple(path), checkpoint))


async def consistency(db: Database, old: int, new: int) -> list[bytes] | None:
    """The proof that the log of `new` entries begins with that of `old`; None where there are no such sizes."""
    if not 0 < old <= new <= await store.log_size(db):
        return None
    return await store.span_roots(db, consistency_spans(old, new))


def holds(read: Row, proof: Proof, verifier: Verifier) -> bool:
    """Whether the proof leads from the entry's very bytes to a root that the log's key signed."""
    sealed = proof.checkpoint
    try:
        check_inclusion(leaf_hash(read.leaf), read.index, sealed.size, proof.path, sealed.root)
    except ProofRejected:
        return False
    return verifier.fault(sealed.note, sealed.size, sealed.root) is None


def _statements(asked: Filters) -> tuple[str, str]:
    """The search, and the count, that lead with the most telling of the conditions."""
    if asked.thing is not None:
        return SQL.search_thing, SQL.count_thing
    if asked.actor is not None:
        return SQL.search_actor, SQL.count_actor
    if asked.action is not None:
        return SQL.search_action, SQL.count_action
    return (SQL.search_people, SQL.count_people) if asked.people else (SQL.search_all, SQL.count_all)


def _page(rows: Sequence[asyncpg.Record], limit: int, total: int | None = None) -> Page:
    return Page(tuple(_row(row) for row in rows[:limit]), is_last=len(rows) <= limit, total=total)


def _row(row: asyncpg.Record) -> Row:
    return Row(row["idx"], row["leaf"], row["hash"], readable(row["leaf"]))
