"""The tables of removable media."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.messages import Actor
from contracts.values import Source
from infra.postgres import Database
from infra.sql import queries
from services.ingest.inlets.media.order import Numbered, State
from services.ingest.inlets.media.school.bundle import FileEntry, Manifest

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who may sign, and for which sources."""

    signer_id: str
    public_key: bytes
    sources: frozenset[str]
    revoked: bool


@dataclass(frozen=True, slots=True)
class People:
    """Codes of who brings a bundle and who checks it, never one person. `checks` is the second as the log names them, if known."""

    operator: str
    verifier: str
    checks: Actor | None = None


async def signer(db: Database, signer_id: str) -> Signer | None:
    """Return a registered signer."""
    row = await db.fetchrow(SQL.signer, signer_id)
    return Signer(row["signer_id"], bytes(row["public_key"]), frozenset(row["sources"]), row["revoked_at"] is not None) if row else None


async def medium_is_withdrawn(db: Database, medium_id: str) -> bool | None:
    """Whether a medium is out of use; None where it is not registered."""
    row = await db.fetchrow(SQL.medium, medium_id)
    return None if row is None else row["withdrawn_at"] is not None


async def numbered(db: Database, source: Source, signer_id: str) -> list[Numbered]:
    """Return the batches that are known of a source and signer."""
    rows = await db.fetch(SQL.batches_of, source.value, signer_id)
    return [Numbered(bytes(row["digest"]), row["batch_id"], row["sequence"], State(row["state"])) for row in rows]


async def digest_of(db: Database, batch_id: UUID) -> bytes | None:
    """Return the digest of the batch of that name, if one was taken."""
    found: bytes | None = await db.fetchval(SQL.batch_named, batch_id)
    return found


async def taken_before(db: Database, manifest: Manifest, signer_id: str) -> set[str]:
    """
    Return the names of those files that say nothing new (`domain.md` §6.4: duplicates by source and hash are ignored).

    They are the newest of their kind, as far as every number before this batch was taken: where one is missing, or another file of the
    kind came between, they are read again, because what stands in them is then newer than that.
    """
    kinds = sorted({entry.event_type for entry in manifest.files})
    rows = await db.fetch(SQL.files_before, manifest.source, signer_id, manifest.sequence, kinds)
    newest: dict[str, set[str]] = {}
    at: dict[str, int] = {}
    for row in rows:
        if not row["missing"] and at.setdefault(row["event_type"], row["sequence"]) == row["sequence"]:
            newest.setdefault(row["event_type"], set()).add(bytes(row["sha256"]).hex())
    return {entry.name for entry in manifest.files if entry.sha256 in newest.get(entry.event_type, set())}


async def begin(db: Database, digest: bytes, manifest: Manifest, signer_id: str, people: People, *, state: State, at: datetime) -> None:
    """Keep that a batch came. Raises asyncpg.UniqueViolationError where another of its number or name is being taken."""
    await db.execute(
        SQL.begin_batch,
        digest,
        manifest.batch_id,
        manifest.source,
        signer_id,
        manifest.sequence,
        manifest.media_id,
        manifest.made_at,
        manifest.complete_through,
        state.value,
        people.operator,
        people.verifier,
        at,
    )


async def end(db: Database, digest: bytes, files: Sequence[FileEntry], rows: int, outcomes: Mapping[str, int], *, at: datetime) -> bool:
    """Keep that a batch was taken whole, which files it had, and what its rows came to. Returns whether that was not known yet."""
    names, kinds = [each.name for each in files], [each.event_type for each in files]
    hashes, counts = [bytes.fromhex(each.sha256) for each in files], [each.rows for each in files]
    await db.execute(SQL.keep_files, digest, names, kinds, hashes, counts)
    return await db.fetchval(SQL.end_batch, digest, at, rows, json.dumps(outcomes)) is not None


@dataclass(frozen=True, slots=True)
class Brought:
    """The newest that is known of a batch of a name, and its files with their rows."""

    facts: Mapping[str, Any]
    files: tuple[tuple[str, int], ...]

    @property
    def source(self) -> Source:
        """Whose it is."""
        return Source(self.facts["source"])


async def batch(db: Database, batch_id: UUID) -> Brought | None:
    """Return what is known of a batch."""
    row = await db.fetchrow(SQL.batch, batch_id)
    if row is None:
        return None
    files = await db.fetch(SQL.files_of, row["digest"])
    facts = dict(row) | {"outcomes": json.loads(row["outcomes"]) if row["outcomes"] else None}
    return Brought(facts, tuple((each["name"], each["rows"]) for each in files))


async def complete_through(db: Database, source: Source) -> date | None:
    """Return up to which day all who sign for a source have said everything."""
    found: date | None = await db.fetchval(SQL.complete_through, source.value)
    return found


async def register_signer(db: Database, signer_id: str, key: bytes, sources: Collection[Source], label: str, *, at: datetime) -> None:
    """Let a key sign for those sources and no others."""
    await db.execute(SQL.register_signer, signer_id, key, sorted(source.value for source in sources), label, at)


async def revoke_signer(db: Database, signer_id: str, *, at: datetime) -> bool:
    """Let a key sign no more. Returns whether it could until now."""
    return await db.fetchval(SQL.revoke_signer, signer_id, at) is not None


async def register_medium(db: Database, medium_id: str, *, at: datetime) -> bool:
    """Take a medium into use. Returns whether it is new."""
    return await db.fetchval(SQL.register_medium, medium_id, at) is not None


async def withdraw_medium(db: Database, medium_id: str, *, at: datetime) -> bool:
    """Take a medium out of use. Returns whether it was in use."""
    return await db.fetchval(SQL.withdraw_medium, medium_id, at) is not None


async def erase(db: Database, medium_id: str, by: str, *, at: datetime) -> int:
    """Keep that a medium was erased. Returns how many batches were on it."""
    found: int = await db.fetchval(SQL.erase, medium_id, at, by)
    return found


@dataclass(frozen=True, slots=True)
class Unerased:
    """A medium that waits to be erased: since when, and of which sources something is on it."""

    medium: str
    since: datetime
    sources: frozenset[str]


async def unerased(db: Database) -> list[Unerased]:
    """Return the media that wait to be erased, in their order."""
    return [Unerased(row["medium_id"], row["since"], frozenset(row["sources"])) for row in await db.fetch(SQL.unerased)]


async def overdue(db: Database, before: datetime) -> Mapping[str, datetime]:
    """Return the media that ought to have been erased, each with when the oldest batch on it was brought."""
    return {row["medium_id"]: row["since"] for row in await db.fetch(SQL.overdue, before)}


async def broken_off(db: Database, before: datetime) -> dict[UUID, Source]:
    """Return the batches whose import began before that and has not ended, each with its source."""
    return {row["batch_id"]: Source(row["source"]) for row in await db.fetch(SQL.broken_off, before)}


async def listed(db: Database, source: Source | None, limit: int) -> dict[str, list[dict[str, Any]]]:
    """Return signers, media and the newest batches."""
    batches = await db.fetch(SQL.batches, source.value if source else None, limit)
    known = {"signers": await db.fetch(SQL.signers), "media": await db.fetch(SQL.media), "batches": batches}
    return {name: [dict(row) for row in rows] for name, rows in known.items()}
