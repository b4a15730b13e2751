"""
Requests to look that are kept quiet, and were drawn for a person to look at all the same (`casework.md` §2.4).

What is drawn and what is judged opens nothing: it goes to the scorer, so that it is known whom the quiet after a review misses (EVAL-02).
"""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import EventId, PersonId, StaffId
from contracts.messages import SampleDrawn, SampleJudged
from contracts.messages import Thing as AuditThing
from contracts.values import Ward
from infra.identifiers import caused
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.domain.calendar import born_from
from services.casework.domain.case import Outcome
from services.casework.domain.policy import Facts
from services.casework.domain.review import Became, Disposition, Word
from services.casework.domain.sampling import Sampling, is_late
from services.casework.store import AccessNote, Acting, thing_of, word_from

SQL = queries(__file__, "sampling.sql")

TOLD_TOGETHER = 500
"""So many samples of before there was a word for them are told in one transaction."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """
    A request that waits to be judged: of whom, what it said, until when it is quiet, and how the review ended that it follows;
    None where people have opened that again.
    """

    event_id: EventId
    person_id: PersonId
    protected: bool
    name: str | None
    birth_date: date | None
    word: Word
    until: date
    outcome: Outcome | None
    closed_on: date | None
    is_open_again: bool
    """Whether something else has asked since then, so that the child is under review."""
    ended_by: frozenset[StaffId]
    """Who asked for the end of that review, and who decided on it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A request that somebody judged."""

    event_id: EventId
    person_id: PersonId
    protected: bool
    name: str | None
    birth_date: date | None
    needed: bool
    why: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Locked:
    """A sampled request that nobody else can judge until the transaction ends."""

    person_id: PersonId
    ruleset: str
    as_of: date
    asked_at: datetime
    share: float
    is_judged: bool
    facts: Facts
    ended_by: frozenset[StaffId]


async def draw(
    work: UnitOfWork, dispositions: Sequence[tuple[EventId, PersonId, Became]], heard_now: Container[EventId], sampling: Sampling
) -> None:
    """
    Keep which of these requests a person looks at though they are quiet; of those that are so no more, none that nobody has judged.

    Only what is `heard_now` is drawn. By a larger share than there was before, earlier requests of those children alone would be drawn of
    whom something new is told: they stand for more than there are, and are late on their first day. The scorer is told either way.
    """
    quiet = ((event_id, person_id) for event_id, person_id, became in dispositions if became.disposition is Disposition.SUPPRESSED)
    drawn = [each for each in quiet if each[0] in heard_now and sampling.draws(each[0])]
    not_quiet = [event_id for event_id, _, became in dispositions if became.disposition is not Disposition.SUPPRESSED]
    _tell(work, await work.db.fetch(SQL.save_samples, *columns(drawn, 2), sampling.share))
    _tell(work, await work.db.fetch(SQL.leave_samples, not_quiet), left_at=work.now)


async def tell_what_is_untold(work: UnitOfWork) -> None:
    """Tell the scorer of what was drawn before there was a word for it, some at a time. Acts as the system."""
    await store.act_as(work.db, Acting.SYSTEM)
    _tell(work, await work.db.fetch(SQL.tell_samples, TOLD_TOGETHER))


def _tell(work: UnitOfWork, samples: Iterable[asyncpg.Record], left_at: datetime | None = None) -> None:
    for row in samples:
        said = SampleDrawn(
            event_id=caused(row["event_id"], "sample drawn" if left_at is None else "sample left"),
            occurred_at=work.now,
            signal_id=row["event_id"],
            person_id=row["person_id"],
            ruleset=row["ruleset"],
            as_of=row["as_of"],
            asked_at=row["said_at"],
            share=row["share"],
            left_at=left_at,
        )
        work.announce(said, key=str(said.person_id))


async def waiting(db: Database, ward: Ward, today: date, limit: int) -> tuple[tuple[Sampled, ...], int]:
    """Return what waits in a ward to be judged, the oldest first and no more than `limit`, and how much there is."""
    rows = await db.fetch(SQL.waiting, ward, born_from(today), limit)
    return tuple(map(_sampled, rows)), rows[0]["together"] if rows else 0


async def judged(db: Database, ward: Ward, today: date, limit: int) -> tuple[Judged, ...]:
    """Return what was judged in a ward, the newest first."""
    return tuple(_judged(row) for row in await db.fetch(SQL.judged, ward, born_from(today), limit))


async def count(db: Database, ward: Ward, today: date) -> tuple[int, int]:
    """Return how many wait in a ward to be judged, and how many of these too long."""
    days = [row["as_of"] for row in await db.fetch(SQL.days_of_waiting, ward, born_from(today))]
    return len(days), sum(is_late(day, today) for day in days)


async def lock(db: Database, event_id: EventId) -> Locked | None:
    """Lock a sampled request; None where there is none, or it may not be seen."""
    row = await db.fetchrow(SQL.lock_sample, event_id)
    if row is None:
        return None
    return Locked(
        person_id=PersonId(row["person_id"]),
        ruleset=row["ruleset"],
        as_of=row["as_of"],
        asked_at=row["said_at"],
        share=row["share"],
        is_judged=row["judged_at"] is not None,
        facts=Facts(thing_of(row)),
        ended_by=frozenset(row["ended_by"] or ()),
    )


async def judge(work: UnitOfWork, staff: Staff, event_id: EventId, sample: Locked, why: str, *, needed: bool) -> None:
    """Keep what somebody judged of a request that is locked, and tell the scorer."""
    await work.db.execute(SQL.judge, event_id, needed, why, work.now, staff.id, staff.name, staff.place)
    said = SampleJudged(
        event_id=caused(event_id, "sample judged"),
        occurred_at=work.now,
        signal_id=event_id,
        person_id=sample.person_id,
        ruleset=sample.ruleset,
        as_of=sample.as_of,
        asked_at=sample.asked_at,
        judged_at=work.now,
        needed=needed,
        share=sample.share,
    )
    work.announce(said, key=str(sample.person_id))
    protected = sample.facts.protected
    verdict = "needed" if needed else "not_needed"
    entry = work.keep(
        deeds.SAMPLE_JUDGED,
        actor=accesses.actor_of(staff, protected=protected),
        thing=AuditThing(kind=ThingKind.CHILD, id=str(sample.person_id)),
        relation="team",
        reason_code=f"{accesses.PROTECTED}.{verdict}" if protected else verdict,
        correlation=str(event_id),
    )
    note = AccessNote(entry, staff.id, staff.name, staff.place, deeds.SAMPLE_JUDGED.code, "done", sample.person_id, is_decision=True)
    await store.note_access(work.db, note, work.now)


def _sampled(row: asyncpg.Record) -> Sampled:
    return Sampled(
        event_id=EventId(row["event_id"]),
        person_id=PersonId(row["person_id"]),
        protected=row["protected"],
        name=row["name"],
        birth_date=row["birth_date"],
        word=word_from(json.loads(row["word"])),
        until=row["until"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        closed_on=row["closed_on"],
        is_open_again=row["is_open_again"],
        ended_by=frozenset(row["ended_by"] or ()),
    )


def _judged(row: asyncpg.Record) -> Judged:
    return Judged(
        event_id=EventId(row["event_id"]),
        person_id=PersonId(row["person_id"]),
        protected=row["protected"],
        name=row["name"],
        birth_date=row["birth_date"],
        needed=row["needed"],
        why=row["why"],
        at=row["judged_at"],
        by=f"{row['judged_by_place']}　{row['judged_by_name']}",
    )
