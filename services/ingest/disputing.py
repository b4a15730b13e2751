"""
Records that staff of a ward call wrong or outdated: their owner sees which, and says what is so (`domain.md` §4.7).

An answer goes back over the bus to whoever asked. The corrected record itself comes as every record does: nothing is mended here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import DisputeId
from contracts.messages import DisputeAnswered, RecordKey, RecordsDisputed, Thing
from contracts.values import DisputeKind, Item, OwnerAnswer, Source
from infra.identifiers import caused
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from infra.work import UnitOfWork
from services.ingest.deciders import Decider

SQL = queries(__file__, "disputing.sql")


@dataclass(frozen=True, slots=True)
class Given:
    """What an owner said, when, and who of its unit."""

    answer: OwnerAnswer
    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """Records that staff call wrong or outdated. Where the answer does not rest on them, they are what else is known of the child."""

    id: DisputeId
    number: str
    source: Source
    item: Item
    kind: DisputeKind
    words: str
    asked_on: date
    rests_on: bool
    records: tuple[RecordKey, ...]
    version: int
    """That of the last answer; 0 where there is none."""
    last: OwnerAnswer | None
    answers: tuple[Given, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether its owner has not said yet what is so."""
        return self.last in {None, OwnerAnswer.LOOKING}


async def hear(work: UnitOfWork, told: Sequence[RecordsDisputed]) -> None:
    """Keep what was asked of owners, once."""
    rows = [
        (
            *(each.dispute_id, each.number, each.source, each.item, each.kind, each.words, each.asked_on, each.rests_on),
            json.dumps([record.event_type for record in each.records]),
            json.dumps([record.record_id for record in each.records]),
        )
        for each in {each.dispute_id: each for each in told}.values()
    ]
    if rows:
        await work.db.execute(SQL.hear_disputes, *columns(rows, 10), work.now)


async def disputes(db: Database, sources: Sequence[Source], limit: int) -> list[Dispute]:
    """Return what was asked of the owners of `sources`, what is open first; no more than `limit`."""
    return [_dispute(row, row["answer"]) for row in await db.fetch(SQL.disputes, [source.value for source in sources], limit)]


async def one(db: Database, dispute_id: UUID) -> Dispute | None:
    """Return one of them with all that was said, or None where there is none of that id."""
    row = await db.fetchrow(SQL.one_dispute, dispute_id)
    if row is None:
        return None
    answers = json.loads(row["answers"] or "[]")
    return _dispute(row, answers[-1]["answer"] if answers else None, tuple(map(_given, answers)))


async def answer(work: UnitOfWork, by: Decider, dispute: Dispute, seen: int, given: OwnerAnswer, words: str) -> bool:
    """Say what is so, on the version that was `seen`. Returns False where somebody else has answered since."""
    await work.db.execute(SQL.lock_dispute, dispute.id, [dispute.source.value])
    if await work.db.fetchval(SQL.last_answer, dispute.id) != seen:
        return False
    version = seen + 1
    await work.db.execute(SQL.answer_dispute, dispute.id, version, given, words, work.now, by.staff_id, by.label)
    work.announce(
        DisputeAnswered(
            event_id=caused(dispute.id, f"answer:{version}"),
            occurred_at=work.now,
            dispute_id=dispute.id,
            version=version,
            answer=given,
            words=words,
            answered_on=work.today,
        ),
        key=str(dispute.id),
    )
    work.keep(
        deeds.DISPUTE_ANSWERED,
        actor=by.actor,
        thing=Thing(kind=ThingKind.DISPUTE, id=str(dispute.id)),
        reason_code=given,
        correlation=dispute.number,
        origin=by.origin,
    )
    return True


def _dispute(row: asyncpg.Record, last: str | None, answers: tuple[Given, ...] = ()) -> Dispute:
    keys = zip(row["event_types"], row["record_ids"], strict=True)
    return Dispute(
        id=DisputeId(row["dispute_id"]),
        number=row["number"],
        source=Source(row["source"]),
        item=Item(row["item"]),
        kind=DisputeKind(row["kind"]),
        words=row["words"],
        asked_on=row["asked_on"],
        rests_on=row["rests_on"],
        records=tuple(RecordKey(event_type=event_type, record_id=record_id) for event_type, record_id in keys),
        version=row["version"] or 0,
        last=OwnerAnswer(last) if last else None,
        answers=answers,
    )


def _given(raw: Mapping[str, Any]) -> Given:
    return Given(OwnerAnswer(raw["answer"]), raw["words"], datetime.fromisoformat(raw["answered_at"]), raw["staff_label"])
