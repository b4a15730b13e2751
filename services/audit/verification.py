"""The full verification: everything is derived again from the stored leaves, as a stranger to the service would."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from infra.postgres import Database
from services.audit import store
from services.audit.domain.note import parse_checkpoint, parse_note
from services.audit.domain.soundness import Examiner, Report, StoredEntry, StoredSeal
from services.audit.settings import LOG_ORIGIN
from services.audit.signer import Verifier

ROWS_AT_A_TIME = 2000
"""Rows held in memory at once."""


async def verify(db: Database, public_key: bytes, *, origin: str = LOG_ORIGIN, anchors: Sequence[str] = ()) -> Report:
    """
    Verify the whole log with nothing but the log's raw Ed25519 public key.

    `anchors` are signed notes kept outside the database: they catch what checkpoints in the database cannot, a log and its
    checkpoints cut or rewritten together. Works in one snapshot, so entries that arrive meanwhile do no harm. Raises
    NoteMalformed if an anchor is none.
    """
    async with db.transaction(isolation="repeatable_read", readonly=True):
        examiner = Examiner(
            fault=Verifier(origin, public_key).fault,
            subtrees={(row["level"], row["idx"]): row["hash"] for row in await db.fetch(store.SQL.all_subtrees)},
            column_names=store.COLUMN_NAMES,
        )
        seals = _merged(db, sorted((_anchor(text) for text in anchors), key=lambda seal: seal.size))
        await _feed(db, examiner, seals)
        for row in await db.fetch(store.SQL.quarantined):
            examiner.quarantined(row["producer"], row["lane"], row["sequence"])
    return examiner.report()


async def verify_and_record(db: Database, public_key: bytes, *, at: datetime, origin: str = LOG_ORIGIN) -> Report:
    """Verify the whole log and keep, beside it, what was found, for the security team's first page."""
    report = await verify(db, public_key, origin=origin)
    await store.keep_verification(db, store.StoredVerification(at, report.size, report.outcome, report.findings_total))
    return report


def report_json(report: Report) -> dict[str, Any]:
    """A report for machines."""
    return asdict(report) | {
        "root": report.root.hex(),
        "lanes": {producer: {str(lane): asdict(counted) for lane, counted in lanes.items()} for producer, lanes in report.lanes.items()},
        "exit_code": report.exit_code,
    }


async def _feed(db: Database, examiner: Examiner, seals: AsyncIterator[StoredSeal]) -> None:
    seal = await anext(seals, None)
    async for row in db.cursor(store.SQL.all_entries, prefetch=ROWS_AT_A_TIME):
        # Before the entry, not after it: where entries are missing, the size leaps over checkpoints.
        while seal is not None and seal.size <= examiner.size:
            examiner.checkpoint(seal)
            seal = await anext(seals, None)
        examiner.entry(StoredEntry(row["idx"], row, row["leaf"], row["hash"]))
    while seal is not None:
        examiner.checkpoint(seal)
        seal = await anext(seals, None)


async def _merged(db: Database, anchors: Sequence[StoredSeal]) -> AsyncIterator[StoredSeal]:
    waiting = list(anchors)
    async for row in db.cursor(store.SQL.all_checkpoints, prefetch=ROWS_AT_A_TIME):
        while waiting and waiting[0].size <= row["size"]:
            yield waiting.pop(0)
        yield StoredSeal(row["size"], row["root"], row["note"])
    for anchor in waiting:
        yield anchor


def _anchor(text: str) -> StoredSeal:
    said = parse_checkpoint(parse_note(text).text)
    return StoredSeal(said.size, said.root, text, "anchor")
