"""Findings in PostgreSQL: each once, worked off step by step, every step an entry of the log (audit.md §5)."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from contracts.deeds import audit as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Actor, Thing
from infra.parking import ParkingBody
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from infra.work import UnitOfWork
from services.audit import sealing, store
from services.audit.domain.findings.growing import key_of, sort_out
from services.audit.domain.findings.hits import Hit, Sign
from services.audit.domain.findings.moves import TO, Move, Standing, State

SQL = queries(__file__, "findings.sql")
log = structlog.get_logger()

DEEDS: Mapping[Move, Deed] = {
    Move.EXPLAIN: deeds.FINDING_EXPLAINED,
    Move.ESCALATE: deeds.FINDING_ESCALATED,
    Move.CLOSE: deeds.FINDING_CLOSED,
    Move.REOPEN: deeds.FINDING_REOPENED,
}
SIGNS_SHOWN = 200
WAITING = "waiting"
"""All that is not closed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. `figures` are numbers for people, by their names: those of now, as are `first_at` and `last_at`."""

    id: UUID
    kind: str
    about: str
    episode: int
    found_at: datetime
    actor: UUID | None
    actor_role: str | None
    thing_kind: str | None
    thing_id: str | None
    first_at: datetime | None
    last_at: datetime | None
    figures: Mapping[str, int]

    @property
    def subject(self) -> str:
        """Whom it is about: what is written to it is sealed under a key of theirs."""
        return str(self.actor or self.thing_id or "log")


@dataclass(frozen=True, slots=True)
class Line:
    """A finding in the list, and since when it stands as it does."""

    finding: Finding
    state: State
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done with a finding. `words` are None once their key is destroyed; `is_genuine`: they are what was written."""

    number: int
    state: State
    at: datetime
    staff_id: UUID
    role: str
    reason_code: str
    words: str | None
    is_genuine: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A finding with all that was done with it, and what it rests on: the first SIGNS_SHOWN of so many."""

    finding: Finding
    steps: Sequence[Step]
    signs: Sequence[Sign]
    signs_total: int

    @property
    def standing(self) -> Standing:
        """What permission depends on."""
        state = self.steps[-1].state if self.steps else State.OPEN
        opened = max((place for place, step in enumerate(self.steps) if step.state is State.OPEN), default=-1)
        was_escalated = any(step.state is State.ESCALATED for step in self.steps[opened + 1 :])
        return Standing(state, self.finding.actor, self.finding.actor_role, was_escalated)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings are asked for. `state` may be WAITING."""

    state: str | None = None
    kind: str | None = None
    actor: UUID | None = None
    thing_id: str | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Moving:
    """A move: who, what, why, and the words of it."""

    move: Move
    actor: Actor
    reason_code: str
    words: str
    origin: str | None = None


async def raise_all(work: UnitOfWork, hits: Sequence[Hit]) -> int:
    """
    Make findings of what was come upon and is new; what belongs to one that is not closed yet joins it. Returns how many are new.

    Told again, in whatever order, nothing happens.
    """
    if not hits:
        return 0
    await store.take_turn(work.db, store.Turn.FINDING)
    known = await _signs_known(work.db, hits)
    newest = {
        (row["kind"], row["about"]): row for row in await work.db.fetch(SQL.newest_of, *columns(sorted({key_of(hit) for hit in hits}), 2))
    }
    made, grown, signs = sort_out(hits, known, newest, work.identifiers.random)
    if made:
        await work.db.execute(SQL.add_findings, *columns([_row(*each) for each in made.values()], 11), work.now)
    if grown:
        await work.db.execute(SQL.add_growths, *columns([_grown(*each) for each in grown.values()], 5), work.now)
    if signs:
        await work.db.execute(SQL.add_signs, *columns(signs, 5))
    for kind, count in Counter(hit.kind for _, hit, _ in made.values()).items():
        log.warning("audit.findings_raised", kind=kind, findings=count)
    for finding_id, hit, _ in made.values():
        work.keep(deeds.FINDING_RAISED, actor=work.service_actor(), thing=thing_of(finding_id), reason_code=hit.kind)
    return len(made)


async def listed(db: Database, asked: Asked) -> list[Line]:
    """Those that wait the longest first."""
    rows = await db.fetch(SQL.listed, asked.state, asked.kind, asked.actor, asked.thing_id, asked.limit)
    return [Line(_finding(row), State(row["state"]), row["moved_at"]) for row in rows]


async def counts(db: Database) -> dict[State, int]:
    """How many stand where."""
    return {State(row["state"]): row["findings"] for row in await db.fetch(SQL.counts)}


async def entries_by_finding(db: Database) -> dict[tuple[str, UUID], frozenset[int]]:
    """On which entries each finding rests, by its kind and id: for a benchmark."""
    rows = await db.fetch(SQL.entries_by_finding)
    return {(row["kind"], row["finding_id"]): frozenset(row["entries"]) for row in rows}


async def opened(db: Database, finding_id: UUID, keys: ParkingBody) -> Opened | None:
    """One finding with its history."""
    row = await db.fetchrow(SQL.one, finding_id)
    if row is None:
        return None
    finding = _finding(row)
    key = await _key_of(db, finding.subject, keys)
    steps = [_step(finding, each, key) for each in await db.fetch(SQL.steps_of, finding_id)]
    signs = [Sign(each["sign"], each["idx"]) for each in await db.fetch(SQL.signs_of, finding_id, SIGNS_SHOWN)]
    return Opened(finding, steps, signs, await db.fetchval(SQL.count_signs, finding_id))


async def hold(db: Database) -> None:
    """Wait until nobody else raises or moves findings; hold that to the commit."""
    await store.take_turn(db, store.Turn.FINDING)


async def move(work: UnitOfWork, found: Opened, moving: Moving, keys: ParkingBody) -> None:
    """Move a finding that is held (`hold`) and was judged, and keep that in the log: the reason's code, and a keyed hash of its words."""
    finding, step = found.finding, len(found.steps) + 1
    key = await _key_of(work.db, finding.subject, keys) or await _new_key(work.db, finding.subject, keys)
    said, digest = sealing.sealed(key, moving.words, f"{finding.id}/{step}")
    state, who = TO[moving.move], moving.actor
    await work.db.execute(SQL.add_step, finding.id, step, state, work.now, who.id, who.role, moving.reason_code, said, digest)
    work.keep(
        DEEDS[moving.move],
        actor=who,
        thing=thing_of(finding.id),
        fields=("words",) if moving.words else (),
        reason_code=moving.reason_code,
        correlation=digest,
        origin=moving.origin,
    )


async def shred(work: UnitOfWork, subject: str, *, actor: Actor, reason_code: str, origin: str) -> bool:
    """Destroy the key of all that was written about somebody or something; return whether there was one. Proofs still hold."""
    # Whoever writes just now has read the key: what they write would be lost as it is kept.
    await hold(work.db)
    if await work.db.fetchval(SQL.destroy_key, subject) is None:
        return False
    thing = Thing(kind=ThingKind.AUDITED_THING, id=subject)
    work.keep(deeds.REASONS_SHREDDED, actor=actor, thing=thing, reason_code=reason_code, origin=origin)
    return True


def thing_of(finding_id: UUID | None) -> Thing:
    """A finding as the log names it."""
    return Thing(kind=ThingKind.FINDING, id=None if finding_id is None else str(finding_id))


async def _signs_known(db: Database, hits: Sequence[Hit]) -> set[tuple[str, str, str]]:
    asked = [(*key_of(hit), sign.name) for hit in hits for sign in hit.signs]
    return {(row["kind"], row["about"], row["sign"]) for row in await db.fetch(SQL.signs_known, *columns(asked, 3))}


async def _key_of(db: Database, subject: str, keys: ParkingBody) -> bytes | None:
    kept = await db.fetchval(SQL.key_of, subject)
    return None if kept is None else keys.open(sealing.place_of(subject), kept)


async def _new_key(db: Database, subject: str, keys: ParkingBody) -> bytes:
    await db.execute(SQL.keep_key, subject, keys.seal(sealing.place_of(subject), os.urandom(sealing.KEY_BYTES)))
    key = await _key_of(db, subject, keys)
    assert key is not None  # noqa: S101 -- kept a line above, or by somebody else before us
    return key


def _grown(finding_id: UUID, hit: Hit, number: int) -> tuple[object, ...]:
    return finding_id, number, hit.first_at, hit.last_at, json.dumps(dict(hit.figures), sort_keys=True)


def _row(finding_id: UUID, hit: Hit, episode: int) -> tuple[object, ...]:
    figures = json.dumps(dict(hit.figures), sort_keys=True)
    who = (hit.actor, hit.actor_role, hit.thing_kind, hit.thing_id)
    return finding_id, hit.kind, hit.about, episode, *who, hit.first_at, hit.last_at, figures


def _finding(row: asyncpg.Record) -> Finding:
    told = {name: row[name] for name in Finding.__slots__}
    return Finding(**(told | {"figures": json.loads(told["figures"])}))


def _step(finding: Finding, row: asyncpg.Record, newest: bytes | None) -> Step:
    # After one was destroyed, what is written next has a key of its own.
    key = newest if newest is not None and sealing.is_under(newest, row["sealed"]) else None
    read = None if key is None else sealing.opened(key, row["sealed"], f"{finding.id}/{row['step']}")
    words, digest = read or (None, None)
    return Step(
        number=row["step"],
        state=State(row["state"]),
        at=row["at"],
        staff_id=row["staff_id"],
        role=row["role"],
        reason_code=row["reason_code"],
        words=words,
        is_genuine=key is None or digest == row["digest"],
    )
