"""Parts of the log that leave it under its signature: asked for, decided by another, and made into one file (audit.md §5, export)."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

import asyncpg

from contracts.deeds import audit as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Actor, Thing
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.audit import store, views
from services.audit.domain.extracts import (
    ENTRIES_MOST,
    MANIFEST,
    REPORT,
    Asked,
    Decided,
    Kind,
    Of,
    Part,
    entry_name,
    manifest_text,
    proof_name,
)
from services.audit.domain.leaf import readable
from services.audit.domain.merkle import inclusion_spans
from services.audit.domain.published.proofs import PublishedProof, proof_text
from services.audit.signer import Signer
from services.audit.store import StoredCheckpoint

SQL = queries(__file__, "extracting.sql")
_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the manifest says when the extract was taken."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What was asked for, and what was decided; nothing yet, where it is None."""

    asked: Asked
    decided: Decided | None


class NotSealed(Exception):
    """The log has no seal yet over all of the extract, or cannot prove an entry of it."""


async def ask(work: UnitOfWork, asked: Asked, actor: Actor, origin: str | None) -> None:
    """Keep that somebody asks for an extract."""
    values = [list(each) if isinstance(each, tuple) else each for each in (getattr(asked, name) for name in Asked.__slots__)]
    await work.db.execute(SQL.ask, *values)
    fields = ("withheld",) if asked.withheld else ()
    work.keep(
        deeds.EXTRACT_ASKED,
        actor=actor,
        thing=thing_of(asked.id),
        fields=fields,
        reason_code=asked.reason_code,
        count=asked.entries,
        origin=origin,
    )


async def decide(work: UnitOfWork, found: Extract, *, approved: bool, actor: Actor, origin: str | None) -> bool:
    """Keep what somebody decided; return whether nobody had before."""
    if await work.db.fetchval(SQL.decide, found.asked.id, approved, actor.id, actor.role, work.now) is None:
        return False
    deed = deeds.EXTRACT_APPROVED if approved else deeds.EXTRACT_DECLINED
    work.keep(deed, actor=actor, thing=thing_of(found.asked.id), count=found.asked.entries, origin=origin)
    return True


async def newest(db: Database, limit: int) -> list[Extract]:
    """The newest first."""
    return [_extract(row) for row in await db.fetch(SQL.newest, limit)]


async def one(db: Database, extract_id: UUID) -> Extract | None:
    """One of them."""
    row = await db.fetchrow(SQL.one, extract_id)
    return None if row is None else _extract(row)


async def entries(db: Database, asked: Asked) -> list[views.Row]:
    """The entries that an extract is about, withheld ones included: one more than it may have, where there are more."""
    statement = SQL.entries_of_thing if asked.of_kind is Of.THING else SQL.entries_of_actor
    rows = await db.fetch(statement, asked.of_id, asked.since, asked.until, asked.size, ENTRIES_MOST + 1)
    return [views.Row(row["idx"], row["leaf"], row["hash"], readable(row["leaf"])) for row in rows]


async def entries_in(db: Database, asked: Asked) -> list[views.Row]:
    """The entries that stand in an extract."""
    return [row for row in await entries(db, asked) if row.index not in asked.withheld]


async def bundle(db: Database, found: Extract, rows: Sequence[views.Row], report: bytes, signer: Signer, at: datetime) -> bytes:
    """Return the extract as one file: the entries' very bytes, their proofs, the report, and what the log signs. Raises NotSealed."""
    assert found.decided is not None  # noqa: S101 -- what was not approved is not taken
    checkpoint = await store.last_checkpoint(db, signer.verifier)
    if rows and (checkpoint is None or checkpoint.size <= max(row.index for row in rows)):
        raise NotSealed
    parts = [Part(REPORT, report)]
    for row in sorted(rows, key=lambda row: row.index):
        assert checkpoint is not None  # noqa: S101 -- seen above
        parts += [Part(entry_name(row.index), row.leaf), Part(proof_name(row.index), await _proof(db, row.index, checkpoint))]
    note = signer.vouch(manifest_text(signer.origin, found.asked, found.decided, at, parts))
    return _zipped([Part(MANIFEST, note.encode()), *parts])


def thing_of(extract_id: UUID | None) -> Thing:
    """An extract as the log names it."""
    return Thing(kind=ThingKind.SIGNED_EXTRACT, id=None if extract_id is None else str(extract_id))


async def _proof(db: Database, index: int, checkpoint: StoredCheckpoint) -> bytes:
    try:
        path = await store.span_roots(db, inclusion_spans(index, checkpoint.size))
    except store.HashesMissing:
        raise NotSealed from None
    return proof_text(PublishedProof(index, tuple(path), checkpoint.note)).encode()


def _zipped(parts: Sequence[Part]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(zipfile.ZipInfo(part.name, _ALWAYS), part.content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _extract(row: asyncpg.Record) -> Extract:
    told = {name: row[name] for name in Asked.__slots__}
    asked = Asked(**(told | {"kind": Kind(told["kind"]), "of_kind": Of(told["of_kind"]), "withheld": tuple(told["withheld"])}))
    decided = None if row["approved"] is None else Decided(row["approved"], row["staff_id"], row["role"], row["at"])
    return Extract(asked, decided)
