"""
The verification: everything is derived again from the stored leaves, as a stranger to the service would.

A span of entries at a time, each in a short snapshot of its own: the log only grows, so what was read stays as it was, and no
transaction is held open for as long as it takes.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from infra.postgres import Database
from services.audit import producers, store
from services.audit.domain import tiles
from services.audit.domain.explaining import numbers_id
from services.audit.domain.merkle import Span
from services.audit.domain.note import parse_checkpoint, parse_note
from services.audit.domain.producers import keys_told
from services.audit.domain.soundness.examiner import Examiner, Report
from services.audit.domain.soundness.findings import FINDINGS_KEPT
from services.audit.domain.soundness.stored import Ending, StoredEntry, StoredSeal
from services.audit.offline.attesting import Register
from services.audit.settings import LOG_ORIGIN
from services.audit.signer import Verifier
from services.audit.store import StoredCheckpoint

SPAN = 2048
"""Entries read, and held in memory, at once: eight whole tiles."""

SEAL_SECONDS = 2.0
"""What was just added is sealed in about a second: so long a verification waits before it says that seals are missing."""

NICENESS = 10
"""A verification takes what the service leaves of the processors."""

_POLL_SECONDS = 0.2


class BaseChanged(Exception):
    """What was verified before is not what the database has now: only a full verification can say what happened."""


async def verify(
    db: Database,
    public_key: bytes,
    *,
    origin: str = LOG_ORIGIN,
    anchors: Sequence[str] = (),
    at: datetime | None = None,
    register: Register | None = None,
) -> Report:
    """
    Verify the whole log with nothing but the log's raw Ed25519 public key. Reads only: any login that may read the log will do.

    `anchors` are signed notes kept outside the database: they catch what checkpoints in the database cannot, a log and its
    checkpoints cut or rewritten together. `at` is the time, where it is known: then a seal that is overdue is noticed. `register` are
    the producers' keys; without it, those that the log itself took. Raises NoteMalformed if an anchor is none.
    """
    verifier = Verifier(origin, public_key)
    return await examine(db, new_examiner(verifier, register or await register_told(db)), verifier, anchors=anchors, at=at)


async def verify_and_record(
    db: Database,
    public_key: bytes,
    *,
    at: datetime,
    origin: str = LOG_ORIGIN,
    anchors: Sequence[str] = (),
    register: Register | None = None,
) -> Report:
    """Verify the whole log and keep, beside it, what was found, for the security team's first page."""
    report = await verify(db, public_key, origin=origin, anchors=anchors, at=at, register=register)
    await record(db, report, at)
    return report


async def record(db: Database, report: Report, at: datetime, *, is_full: bool = True) -> None:
    """Keep what a verification found."""
    found = store.StoredVerification(at, report.size, report.outcome, report.findings_total, is_full, len(report.explained))
    await store.keep_verification(db, found)


def new_examiner(verifier: Verifier, register: Register) -> Examiner:
    """An examiner who has seen nothing yet."""
    return Examiner(fault=verifier.fault, attest=register.fault, column_names=store.COLUMN_NAMES)


async def register_told(db: Database) -> Register:
    """The producers' keys that the log itself says it took: for whoever was given none. Whoever has the log's key could add some."""
    return Register(keys_told(await producers.keys_taken(db)))


async def examine(
    db: Database, examiner: Examiner, verifier: Verifier, *, anchors: Sequence[str] = (), at: datetime | None = None
) -> Report:
    """
    Feed `examiner` what the log has beyond what it has seen, and return its verdict on the whole.

    Raises BaseChanged where the database no longer has what it has seen, NoteMalformed.
    """
    if examiner.size and not await _still_has(db, examiner):
        raise BaseChanged(f"the first {examiner.size} entries are not those that were verified")
    feed = _Feed(db, examiner, verifier, sorted(map(_anchor, anchors), key=lambda seal: seal.size))
    await feed.up_to(await store.log_size(db))
    await feed.wait_for_seal(at)
    return examiner.report(await _ending(db, examiner, feed.beyond, at))


def report_json(report: Report) -> dict[str, Any]:
    """A report for machines."""
    return asdict(report) | {
        "root": report.root.hex(),
        "lanes": {producer: {str(lane): asdict(counted) for lane, counted in lanes.items()} for producer, lanes in report.lanes.items()},
        "explained": [asdict(each) | {"numbers": list(each.numbers), "at": each.at.isoformat()} for each in report.explained],
        "accepted": [asdict(each) | {"at": each.at.isoformat()} for each in report.accepted],
        "exit_code": report.exit_code,
    }


def report_lines(report: Report) -> list[str]:
    """A report for people."""
    lines = [
        f"{report.size:,} entries under root {report.root.hex()}",
        f"sealed up to entry {report.sealed_size - 1:,} by {report.checkpoints:,} checkpoints" if report.sealed_size else "not sealed yet",
    ]
    for producer, lanes in report.lanes.items():
        entries, last = sum(lane.entries for lane in lanes.values()), sum(lane.last for lane in lanes.values())
        lines.append(f"{producer}: {entries:,} of {last:,} entries in {len(lanes)} lanes")
    for explained in report.explained:
        numbers = numbers_id(explained.producer, explained.lane, explained.numbers)
        lines.append(f"  explained: {numbers} will not come: {explained.reason_code}, {explained.at:%Y-%m-%d}, entry {explained.index}")
    for accepted in report.accepted:
        why = f"{accepted.reason_code}, {accepted.at:%Y-%m-%d}, entry {accepted.index}"
        lines.append(f"  restored: the history up to {accepted.given_up} was given up: {why}")
    lines += [f"  {finding.kind}: {finding.text}" for finding in report.findings]
    if report.findings_total > len(report.findings):
        lines.append(f"  … and {report.findings_total - len(report.findings):,} more findings")
    explained_total = f", {len(report.explained):,} gaps explained" if report.explained else ""
    lines.append(f"{report.outcome.upper()}: {report.findings_total:,} findings{explained_total}")
    return lines


@dataclass(frozen=True, slots=True)
class Job:
    """A verification for another process. `examiner` has seen a part of the log already; without one, everything is verified."""

    database_url: str
    verifier: Verifier
    register: Register
    anchors: tuple[str, ...]
    at: datetime
    examiner: Examiner | None = None


def carry_out(job: Job) -> tuple[Examiner, Report]:
    """Do a verification in this process, which does nothing else. Returns the examiner too, who can go on from there."""
    os.nice(NICENESS)
    return asyncio.run(_carry_out(job))


async def _carry_out(job: Job) -> tuple[Examiner, Report]:
    db = await asyncpg.connect(job.database_url, server_settings={"application_name": "tsunagu-audit-verification"})
    try:
        examiner = job.examiner or new_examiner(job.verifier, job.register)
        return examiner, await examine(db, examiner, job.verifier, anchors=job.anchors, at=job.at)
    finally:
        await db.close()


@dataclass(slots=True)
class _Feed:
    """Feeds an examiner from the database. `beyond` are the anchors not fed yet, `waiting` seals whose entries are not all fed."""

    db: Database
    examiner: Examiner
    verifier: Verifier
    beyond: list[StoredSeal]
    waiting: list[StoredSeal] = field(default_factory=list)

    async def up_to(self, size: int) -> None:
        """Feed all entries below `size`, and the seals that they fill."""
        position = self.examiner.size
        # A superuser can write entries into no place at all; a full verification begins with them.
        first = await self.db.fetchval(store.SQL.next_index, -(2**63)) if position == 0 else None
        position = position if first is None else min(position, first)
        while position < size:
            end = min((position // SPAN + 1) * SPAN, size)
            position = end if await self._span(position, end) else await self._skip(end, size)
        self._pass_seals()

    async def wait_for_seal(self, at: datetime | None) -> None:
        """Wait a moment where the end of the log has no seal yet, and go on to the first seal that covers it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + SEAL_SECONDS
        while self.examiner.waits_for_seal(at) and loop.time() < until:
            newest = await store.last_checkpoint(self.db, self.verifier)
            if newest is not None and newest.size == self.examiner.size:
                self.examiner.checkpoint(_seal_of(newest))
            elif newest is not None and self.examiner.size < newest.size <= await store.log_size(self.db):
                await self.up_to(newest.size)
            else:
                await asyncio.sleep(_POLL_SECONDS)

    async def _span(self, start: int, end: int) -> bool:
        subtrees = list(tiles.completed(max(start, 0), max(end, 0)))
        async with self.db.transaction(isolation="repeatable_read", readonly=True):
            rows = await self.db.fetch(store.SQL.entries_between, start, end)
            kept = await self.db.fetch(store.SQL.subtrees_of, [level for level, _ in subtrees], [index for _, index in subtrees])
            seals = await _seals(self.db, store.SQL.checkpoints_between, start, end)
        self.examiner.kept((row["level"], row["idx"], row["hash"]) for row in kept)
        self._expect_seals(seals, end)
        for row in rows:
            # Before the entry, not after it: where entries are missing, the size leaps over checkpoints.
            self._pass_seals()
            self.examiner.entry(StoredEntry(row["idx"], row, row["leaf"], row["hash"]))
        return bool(rows)

    async def _skip(self, start: int, size: int) -> int:
        """Pass over places where no entry is: the next one may be far away. Returns its place."""
        further = await self.db.fetchval(store.SQL.next_index, start)
        end = size if further is None else min(further, size)
        self._expect_seals(await _seals(self.db, store.SQL.checkpoints_between, start, end), end)
        return end

    def _expect_seals(self, seals: Sequence[StoredSeal], end: int) -> None:
        self.waiting = sorted((*self.waiting, *seals, *self._anchors_up_to(end)), key=lambda seal: seal.size)

    def _pass_seals(self) -> None:
        while self.waiting and self.waiting[0].size <= self.examiner.size:
            self.examiner.checkpoint(self.waiting.pop(0))

    def _anchors_up_to(self, size: int) -> list[StoredSeal]:
        reached = [anchor for anchor in self.beyond if anchor.size <= size]
        self.beyond = [anchor for anchor in self.beyond if anchor.size > size]
        return reached


async def _still_has(db: Database, examiner: Examiner) -> bool:
    if await store.log_size(db) < examiner.size:
        return False
    try:
        return await store.span_root(db, Span(0, examiner.size)) == examiner.root
    except store.HashesMissing:
        return False


async def _ending(db: Database, examiner: Examiner, anchors: Sequence[StoredSeal], at: datetime | None) -> Ending:
    # Seals first: what is added and sealed meanwhile must not look as if its entries were gone.
    seals = await _seals(db, store.SQL.checkpoints_beyond, examiner.size, FINDINGS_KEPT)
    subtrees = await db.fetch(store.SQL.subtrees_beyond, examiner.size)
    quarantine, rolls = await producers.set_aside(db), await producers.rolls(db)
    size = await store.log_size(db)
    return Ending(
        size=size,
        seals=(*seals, *anchors),
        subtrees=[(row["level"], row["idx"]) for row in subtrees if row["idx"] >= size >> row["level"]],
        quarantine=quarantine,
        rolls=rolls,
        at=at,
    )


async def _seals(db: Database, statement: str, *bounds: int) -> list[StoredSeal]:
    return [_seal_of(StoredCheckpoint(**dict(row))) for row in await db.fetch(statement, *bounds)]


def _seal_of(checkpoint: StoredCheckpoint) -> StoredSeal:
    return StoredSeal(checkpoint.size, checkpoint.root, checkpoint.note, at=checkpoint.at)


def _anchor(text: str) -> StoredSeal:
    said = parse_checkpoint(parse_note(text).text)
    return StoredSeal(said.size, said.root, text, "anchor")
