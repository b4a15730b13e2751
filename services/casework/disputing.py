"""
Staff call a reason wrong or outdated, and its owner's answer comes back (`domain.md` §4.7).

What a ward asks goes by way of the scorer, who knows the records, to ingest's pages, where owners work; their answers are heard. Nothing
is corrected here: the source sends the corrected record.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import DisputeId, EventId, PersonId
from contracts.messages import DisputeAnswered, ReasonDisputed
from contracts.messages import Thing as AuditThing
from contracts.values import DisputeKind, Item, OwnerAnswer, Ward
from infra.identifiers import caused
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.domain.dispute import Dispute, OwnersWord, told_of
from services.casework.domain.review import Reason, Word
from services.casework.store import AccessNote, word_from

SQL = queries(__file__, "disputing.sql")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a reason: why they say so, for the ward, and in which words to the owner. `key` makes pressing twice one."""

    key: UUID
    kind: DisputeKind
    why: str
    words: str


class Asked(Enum):
    """What became of it."""

    ASKED = "asked"
    BEING_LOOKED_INTO = "being_looked_into"
    """Somebody asked before, and there is no answer yet."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The newest word about a child, and what it and those of its household are called, as far as whoever asks sees them."""

    word: Word
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News:
    """An answer that nobody has taken note of."""

    number: str
    person_id: PersonId


async def ask(work: UnitOfWork, staff: Staff, person_id: PersonId, said: Said, reason: Reason, word: Word, *, protected: bool) -> Asked:
    """Ask the owner of a reason's record, once. For whoever holds the lock of the review."""
    number, told = f"S-{await work.db.fetchval(SQL.next_number):06d}", json.dumps(told_of(reason.item, word.reasons))
    # What is written of a protected child may tell where it is: to its owner goes which record, and no more.
    words = "" if protected else said.words
    by = (staff.id, staff.name, staff.place)
    row = (
        said.key,
        number,
        person_id,
        reason.item,
        reason.source,
        said.kind,
        said.why,
        words,
        work.today,
        work.now,
        *by,
        word.version,
        told,
    )
    if await work.db.fetchval(SQL.ask, *row) is None:
        return Asked.BEING_LOOKED_INTO
    asked = replace(said, words=words)
    work.announce(_disputed(work, asked, number, person_id, reason), key=str(person_id))
    fields = (reason.item, *(("words_to_owner",) if words else ()))
    await _keep(work, staff, deeds.OWNER_ASKED, person_id, fields, said.kind, number, protected=protected)
    return Asked.ASKED


def _disputed(work: UnitOfWork, said: Said, number: str, person_id: PersonId, reason: Reason) -> ReasonDisputed:
    return ReasonDisputed(
        event_id=caused(said.key, "disputed"),
        occurred_at=work.now,
        dispute_id=DisputeId(said.key),
        number=number,
        person_id=person_id,
        source=reason.source,
        item=reason.item,
        kind=said.kind,
        words=said.words,
        asked_on=work.today,
        evidence=tuple(EventId(UUID(each)) for each in reason.evidence),
    )


async def was_asked(db: Database, person_id: PersonId, key: UUID) -> bool:
    """Whether this very form was sent before."""
    asked: bool = await db.fetchval(SQL.asked_before, key, person_id)
    return asked


async def looked_at(db: Database, person_id: PersonId) -> LookedAt:
    """Return what there is to ask about. For whoever has locked the review: there is one word at least."""
    names = [text for row in await db.fetch(SQL.names_at_home, person_id) for text in row.values() if text]
    return LookedAt(word_from(json.loads(await db.fetchval(SQL.latest_word, person_id))), tuple(names))


async def take_note(work: UnitOfWork, staff: Staff, person_id: PersonId, dispute_id: UUID, version: int, *, protected: bool) -> None:
    """Take note of an answer, once. For whoever holds the lock of the review."""
    if await work.db.fetchval(SQL.take_note, dispute_id, person_id, version) is not None:
        await _keep(work, staff, deeds.OWNER_ANSWER_SEEN, person_id, (), None, str(dispute_id), protected=protected)


async def disputes_of(db: Database, person_id: PersonId) -> tuple[Dispute, ...]:
    """Return the disputes about a child, in order; none where it may not be seen."""
    rows = await db.fetch(SQL.disputes_of, person_id)
    return tuple(dispute_from(json.loads(row["dispute"]), json.loads(row["answers"] or "[]")) for row in rows)


async def news(db: Database, ward: Ward | None, limit: int) -> tuple[tuple[News, ...], int]:
    """Return answers that nobody of the ward has taken note of, no more than `limit`, and how many there are."""
    rows = await db.fetch(SQL.news, ward, limit)
    return tuple(News(row["number"], PersonId(row["person_id"])) for row in rows), rows[0]["together"] if rows else 0


async def hear_answers(work: UnitOfWork, told: Sequence[DisputeAnswered]) -> None:
    """Keep what owners say, in whatever order it comes, once."""
    if told:
        rows = [(each.dispute_id, each.version, each.answer, each.words, each.answered_on) for each in told]
        await work.db.execute(SQL.hear_answers, *columns(rows, 5))
        await work.db.execute(SQL.settle, list({each.dispute_id for each in told}))


async def _keep(
    work: UnitOfWork,
    staff: Staff,
    deed: Deed,
    person_id: PersonId,
    fields: tuple[str, ...],
    reason: str | None,
    about: str,
    *,
    protected: bool,
) -> None:
    entry = work.keep(
        deed,
        actor=accesses.actor_of(staff, protected=protected),
        thing=AuditThing(kind=ThingKind.CHILD, id=str(person_id)),
        fields=fields,
        relation="team",
        reason_code=".".join(filter(None, (accesses.PROTECTED if protected else None, reason))) or None,
        correlation=about,
    )
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", person_id, is_decision=True)
    await store.note_access(work.db, note, work.now)


def dispute_from(raw: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> Dispute:
    """Return the dispute in the JSON of a row of `dispute`, with those of its answers."""
    return Dispute(
        id=UUID(raw["dispute_id"]),
        number=raw["number"],
        item=Item(raw["item"]),
        kind=DisputeKind(raw["kind"]),
        why=raw["why"],
        words=raw["words"],
        asked_at=datetime.fromisoformat(raw["asked_at"]),
        asked_by=f"{raw['asked_by_place']}　{raw['asked_by_name']}",
        word_version=raw["word_version"],
        told=raw["told"],
        answers=tuple(
            OwnersWord(each["version"], OwnerAnswer(each["answer"]), each["words"], date.fromisoformat(each["answered_on"]))
            for each in answers
        ),
        seen=raw["seen"],
    )
