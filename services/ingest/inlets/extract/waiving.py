"""
Rows that stay refused, and that their owner has decided to leave as they are.

Such a row is no longer sent to the desk as long as it says the same, counts as no refusal, and holds up no watermark. In its place the
linker is told that something is held (`RecordHeldBack`): of whom it is, where the row says so, and else of anybody. So nothing is concluded
from its absence (`domain.md` §2.8-2), which is all that the missing watermark was for. A row that is mended, or gone, ends it by itself.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.catalogue import PERSON_NO_PATTERN
from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import EventId, HoldId
from contracts.messages import RecordHeldBack, Thing
from contracts.values import Source
from infra.local.deciding import COMMAND_LINE, OPERATOR
from infra.postgres import Database
from infra.work import UnitOfWork
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.inlets.extract.store import SQL

LEFT_MOST = 10_000
"""So many refused rows of a file can be waived. Where there are more, the file is wrong, not its rows."""

_PERSON_NO = re.compile(PERSON_NO_PATTERN)


@dataclass(frozen=True, slots=True)
class Left:
    """A refused row whose record is known: its number, a hash of what the row says, its line, and whose it is, where that can be told."""

    record_id: str
    row_hash: bytes
    row: int
    person_no: str | None


def person_in(adapter: Adapter, data: Mapping[str, Any], wrong: Collection[str]) -> str | None:
    """Return the 宛名番号 of whom a row is about, unless its field is itself among what is `wrong` (paths)."""
    told = (data.get(name) for name in adapter.kind.subject if name not in wrong)
    return next((value for value in told if isinstance(value, str) and _PERSON_NO.fullmatch(value)), None)


async def waived(db: Database, adapter: Adapter) -> dict[str, bytes]:
    """Return the records of a kind whose rows are left as they are, each with the hash of what its row says."""
    rows = await db.fetch(SQL.waived, adapter.source.value, adapter.event_type)
    return {row["record_id"]: bytes(row["row_hash"]) for row in rows}


async def settle(work: UnitOfWork, adapter: Adapter, extract_id: UUID, left: Sequence[Left]) -> None:
    """Keep which rows are refused tonight, and tell the linker of those that are waived now, and of those that are not any more."""
    of = adapter.source.value, adapter.event_type
    kept = left[:LEFT_MOST]
    records, hashes = [each.record_id for each in kept], [each.row_hash for each in kept]
    gone = await work.db.fetch(SQL.forget_unmended, *of, records, hashes)
    await work.db.execute(SQL.keep_unmended, *of, records, hashes, [each.row for each in kept], extract_id)
    turned = await work.db.fetch(SQL.turn_unmended, *of)
    whose = {each.record_id: each.person_no for each in kept}
    ended = [(row, False) for row in gone if row["holding"]]
    for row, held in (*ended, *((row, row["holding"]) for row in turned)):
        hold = work.identifiers.derive("extract-waived", *of, row["record_id"], bytes(row["row_hash"]).hex())
        _tell(work, adapter.source, hold, whose.get(row["record_id"]) if held else None, held=held)


async def waive(work: UnitOfWork, source: Source, event_type: str, rows: Sequence[int], ticket: str) -> int:
    """Leave refused rows of the newest extract of a kind as they are, or (none named) all of them. Returns how many were not so before."""
    return await _decide(
        work, source, await work.db.fetchval(SQL.waive, source.value, event_type, list(rows), work.now), ticket, ended=False
    )


async def end(work: UnitOfWork, source: Source, event_type: str, rows: Sequence[int], ticket: str) -> int:
    """Have rows that were left as they are tried and counted again. Returns how many."""
    return await _decide(work, source, await work.db.fetchval(SQL.end_waiving, source.value, event_type, list(rows)), ticket, ended=True)


async def _decide(work: UnitOfWork, source: Source, rows: int, ticket: str, *, ended: bool) -> int:
    if rows:
        deed = deeds.EXTRACT_WAIVER_ENDED if ended else deeds.EXTRACT_ROWS_WAIVED
        thing = Thing(kind=ThingKind.SOURCE, id=source.value)
        work.keep(deed, actor=OPERATOR, thing=thing, reason_code=ticket, count=rows, origin=COMMAND_LINE)
    return rows


def _tell(work: UnitOfWork, source: Source, hold: UUID, person_no: str | None, *, held: bool) -> None:
    work.announce_everywhere(
        RecordHeldBack(
            event_id=EventId(work.identifiers.random()),
            occurred_at=work.now,
            hold_id=HoldId(hold),
            source=source,
            person_no=person_no,
            held=held,
        )
    )
