"""Read-only questions about the log, for tests, stories and `tsunagu status --check`."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from contracts.canonical import canonical
from infra.postgres import Database
from services.audit import producers as of_producers
from services.audit import store
from services.audit.domain.soundness.examiner import Report
from services.audit.memory import Memory
from services.audit.offline.attesting import Register
from services.audit.settings import LOG_ORIGIN
from services.audit.signer import Verifier
from services.audit.verification import verify_and_record


async def content_hash(db: Database) -> str:
    """
    sha256 of what was done to what by whom, as a bag: no indices, times or numbers.

    Two runs on the same input agree in it, however their events were interleaved, delivered again or interrupted.
    """
    digest = sha256()
    for row in await db.fetch(store.SQL.content):
        digest.update(canonical(list(row.values())) + b"\n")
    return digest.hexdigest()


async def verify(db: Database, public_key: bytes, signer_state: Path, at: datetime, register: str = "") -> Report:
    """
    The full verification of the log: from the stored leaves, its public key, what its signer remembers and the producers' keys.

    It is recorded like any other, so that the security officer's page tells of it.
    """
    notes = Memory(Verifier(LOG_ORIGIN, public_key), signer_state).notes()
    return await verify_and_record(db, public_key, at=at, anchors=notes, register=Register.read(register))


async def figures(db: Database) -> dict[str, Any]:
    """Numbers for the demonstration's report."""
    actions = await db.fetch(store.SQL.entries_per_action)
    producers: dict[str, int] = {}
    for row in actions:
        producers[row["producer"]] = producers.get(row["producer"], 0) + row["entries"]
    checkpoint = await store.last_checkpoint(db)
    return {
        "entries": sum(producers.values()),
        "entries_by_producer": producers,
        "entries_by_action": {row["action"]: row["entries"] for row in actions},
        "checkpoint_size": checkpoint.size if checkpoint is not None else 0,
        "quarantined": await db.fetchval(of_producers.SQL.quarantine_size),
    }


async def decided_for(db: Database, reason_code: str) -> dict[str, int]:
    """How many entries of each action give this reason, a ticket's number."""
    return {row["action"]: row["entries"] for row in await db.fetch(store.SQL.entries_of_reason, reason_code)}


async def entries_per_producer(db: Database) -> dict[str, dict[int, tuple[int, int]]]:
    """How many entries each producer's lane has, and its highest number: equal where nothing is missing."""
    lanes: dict[str, dict[int, tuple[int, int]]] = {}
    for row in await db.fetch(store.SQL.entries_per_lane):
        lanes.setdefault(row["producer"], {})[row["lane"]] = (row["entries"], row["last"])
    return lanes


async def explained_per_producer(db: Database) -> dict[str, dict[int, int]]:
    """How many numbers of each producer's lane have no entry, and an operator's explanation of that."""
    lanes: dict[str, dict[int, int]] = {}
    for gap in await store.explained_gaps(db):
        of_producer, lane = lanes.setdefault(gap.explanation.producer, {}), gap.explanation.lane
        of_producer[lane] = of_producer.get(lane, 0) + gap.missing
    return lanes
