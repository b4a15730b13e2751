"""One question, with all that people need to answer it: what two records say, what speaks for it, what was answered before."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import asyncpg

from contracts.ids import PersonId, StaffId
from contracts.kinds import EventKind
from infra.postgres import Database
from infra.sql import queries
from services.linker.domain.matching.snapshots import SCALE
from services.linker.domain.records import Record
from services.linker.domain.reviewing.evidence import Evidence, Line, as_weighed, evidence, lines, says_who
from services.linker.domain.reviewing.questions import Asked, Given, Kind, State, Step, Why, state_of
from services.linker.domain.revisions import Verdict
from services.linker.stored import record_in, revision_in

SQL = queries(__file__, "asked.sql")


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person of the register whom a question is about."""

    person_id: PersonId
    birth_date: date
    is_protected: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A question as it stands now. `one` is what it is about, `other` what that is held against."""

    asked: Asked
    reason: str
    since: datetime
    one: Record
    other: Record
    persons: Sequence[Concerned]
    is_protected: bool
    given: Sequence[Given]
    lines: Sequence[Line]
    evidence: Evidence | None
    reasons: Sequence[str] = ()
    """What spoke against a link by machine."""

    @property
    def seen(self) -> str:
        """What is shown, as a hash: an answer is given to this, and to nothing that came since."""
        return seen_of(self.one, self.other, protected=self.is_protected)

    @property
    def bits(self) -> float | None:
        """What the evidence weighs, where it could be weighed."""
        return self.evidence.bits if self.evidence is not None and self.evidence.says_anything else None

    @property
    def state(self) -> State:
        """How the question stands."""
        return state_of(self.given, self.seen)


def seen_of(one: Record, other: Record, *, protected: bool) -> str:
    """Return what is shown of two records, as a hash."""
    parts = (one.key.id, one.revision, other.key.id, other.revision, protected)
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]


async def pair(db: Database, asked: Asked) -> Pair | None:
    """Return a question; None where that is not asked, or not any more."""
    return await _pair(db, asked, await db.fetchrow(SQL.question, *asked))


async def decided(db: Database, asked: Asked) -> Pair | None:
    """Return a question of which a decision holds, as its records are now; None where none does."""
    return await _pair(db, asked, await db.fetchrow(SQL.decided, *asked))


async def _pair(db: Database, asked: Asked, row: asyncpg.Record | None) -> Pair | None:
    both = await _records(db, asked) if row is not None else None
    if row is None or both is None:
        return None
    one, other = both
    persons = [
        Concerned(each["person_id"], each["birth_date"], each["is_protected"])
        for each in await db.fetch(SQL.persons_about, list({*row["persons"]}))
        if each["registered"]
    ]
    left, right = dict(one.data or {}), dict(other.data or {})
    weighed: Evidence | None = None
    reasons: tuple[str, ...] = ()
    if asked.kind is Kind.PUPIL:
        right = right | await _school(db, other)
        weighed, reasons = await _as_decided(db, asked, other, hidden=row["is_protected"])
    if weighed is None and says_who(left) and says_who(right):
        weighed = evidence(left, right, SCALE, hidden=row["is_protected"])
    return Pair(
        asked,
        row["reason"],
        row["since"],
        one,
        other,
        persons,
        row["is_protected"],
        await answers(db, asked),
        tuple(lines(left, right, hidden=row["is_protected"])),
        weighed,
        reasons,
    )


async def _as_decided(db: Database, asked: Asked, other: Record, *, hidden: bool) -> tuple[Evidence | None, tuple[str, ...]]:
    """What the machine weighed when it left the row to people, if it weighed this child."""
    row = await db.fetchrow(SQL.matched, asked.one)
    shown = json.loads(row["candidates"]) if row is not None else ()
    claims = next((each["claims"] for each in shown if each["person_id"] == str(other.subject_id)), None)
    if row is None or claims is None:
        return None, ()
    return as_weighed(claims, SCALE.prior_bits, row["model"], hidden=hidden), tuple(row["reasons"])


async def _school(db: Database, entry: Record) -> dict[str, str | None]:
    """The school of which the register of children of school age (学齢簿) says that the child goes there."""
    row = await db.fetchrow(SQL.school_of, entry.subject_id, EventKind.SCHOOL_REGISTER_CHANGED)
    return dict(row) if row is not None else {}


async def answers(db: Database, asked: Asked) -> list[Given]:
    """Return what was answered to a question, oldest first."""
    return [
        Given(Step(row["step"]), Why(row["why"]), StaffId(row["staff_id"]), row["staff_label"], row["answered_at"], row["seen"])
        for row in await db.fetch(SQL.answers, *asked)
    ]


async def _records(db: Database, asked: Asked) -> tuple[Record, Record] | None:
    if asked.kind is Kind.REVISION:
        return await _revisions(db, asked)
    keys = [asked.one, UUID(asked.other)]
    found = {row["key"]: record_in(row) for row in await db.fetch(SQL.records, keys)}
    return (found[keys[0]], found[keys[1]]) if len(found) == len(keys) else None


async def _revisions(db: Database, asked: Asked) -> tuple[Record, Record] | None:
    """
    A revision that is contested, or was decided about, and what holds; of one that holds itself what held before it.

    Or a record under somebody's number, and the entry of whom it belongs to.
    """
    held = await db.fetchrow(SQL.records, [asked.one])
    if held is None:
        return None
    record, revision = record_in(held), await db.fetchrow(SQL.revision, asked.one, int(asked.other))
    if revision is not None and int(asked.other) != record.revision:
        return revision_in(revision).record, record
    if revision is not None and revision["verdict"] == Verdict.SAME:
        before = await db.fetchrow(SQL.revision_before, asked.one, int(asked.other))
        if before is not None:
            return record, revision_in(before).record
    entry = await db.fetchrow(SQL.entry_of, record.subject_id, asked.one)
    return (record, record_in(entry)) if entry is not None else None
