"""
The steps of a masked dataset: asked for with a purpose, approved by another person, given, and deleted with evidence (MASK-02).

The key by which pseudonyms were made stays in its table until then. What was done is kept in the log, and what was refused.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from infra.clock import JST
from infra.postgres import Database
from infra.work import UnitOfWork
from services.scorer.deciders import Decider
from services.scorer.domain.masking.anonymity import Masked, Row, masked, pseudonym
from services.scorer.domain.masking.attack import Dataset, Findings, attacked
from services.scorer.domain.masking.columns import Subject, columns
from services.scorer.domain.masking.course import Course, Step, Taken, may, why_not
from services.scorer.domain.standing import NotAllowed
from services.scorer.masking.subjects import SQL, subjects

DEEDS: Mapping[Step, Deed] = {
    Step.REQUESTED: deeds.MASKED_REQUESTED,
    Step.APPROVED: deeds.MASKED_APPROVED,
    Step.PROVIDED: deeds.MASKED_PROVIDED,
    Step.ANALYSIS_ENDED: deeds.MASKED_ANALYSIS_ENDED,
    Step.DELETION_REQUESTED: deeds.MASKED_DELETION_REQUESTED,
    Step.DELETED: deeds.MASKED_DELETED,
}

_PART = "\x1f"
"""Between two cells: ASCII's own unit separator."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset as the city keeps it: of which day, for what, what was given, and its steps."""

    dataset_id: UUID
    as_of: date
    known_on: date
    purpose: str
    columns: tuple[str, ...]
    rows: int | None
    left_out: int | None
    rows_sha256: str | None
    course: Course
    evidence_sha256: str | None


@dataclass(frozen=True, slots=True)
class Provided:
    """What is given to the analysis body."""

    kept: Kept
    masked: Masked
    findings: Findings


async def request(work: UnitOfWork, by: Decider, as_of: date, known_on: date, purpose: str) -> UUID | NotAllowed:
    """Ask for a dataset. Returns its id, or why not."""
    dataset_id = work.identifiers.random()
    if (why := why_not(Step.REQUESTED, None, by.staff_id, by.roles)) is None:
        await work.db.execute(SQL.request, dataset_id, as_of, known_on, purpose)
        await _take(work, by, Step.REQUESTED, dataset_id)
    return _told(work, by, DEEDS[Step.REQUESTED], dataset_id, why, fields=("purpose",)) or dataset_id


async def approve(work: UnitOfWork, by: Decider, dataset_id: UUID) -> NotAllowed | None:
    """Approve what another person asked for. Returns why not."""
    return await _step(work, by, Step.APPROVED, dataset_id)


async def provide(work: UnitOfWork, by: Decider, dataset_id: UUID, key: bytes) -> Provided | NotAllowed:
    """
    Make the dataset with a fresh `key`, try to find somebody in it, and give it where nobody is found. Raises NotKept.

    From then on the analysis body's login reads it.
    """
    kept = await _locked(work.db, dataset_id)
    why = why_not(Step.PROVIDED, kept.course if kept else None, by.staff_id, by.roles)
    if why is not None or kept is None:
        refused = why or NotAllowed.NO_SUCH_DATASET
        return _told(work, by, deeds.MASKED_PROVIDED, dataset_id, refused) or refused
    people = await subjects(work.db, kept.as_of, kept.known_on, work.today)
    made = masked(people, kept.as_of, key)
    findings = await _attack(work.db, kept, made.rows, people, key)
    why = NotAllowed.NOTHING_LEFT if not made.rows else None if findings.holds else NotAllowed.WOULD_IDENTIFY
    if why is not None:
        return _told(work, by, deeds.MASKED_PROVIDED, dataset_id, why) or why
    await _keep(work.db, dataset_id, made, findings, key)
    await _take(work, by, Step.PROVIDED, dataset_id)
    _told(work, by, deeds.MASKED_PROVIDED, dataset_id, None, count=len(made.rows))
    return Provided(kept, made, findings)


async def end_analysis(work: UnitOfWork, by: Decider, dataset_id: UUID, letter: str) -> NotAllowed | None:
    """Take down that the analysis ended, by which letter: from now on the analysis body reads nothing of it. Returns why not."""
    return await _step(work, by, Step.ANALYSIS_ENDED, dataset_id, letter)


async def request_deletion(work: UnitOfWork, by: Decider, dataset_id: UUID, letter: str) -> NotAllowed | None:
    """Take down that the analysis body asked for deletion, by which letter. Returns why not."""
    return await _step(work, by, Step.DELETION_REQUESTED, dataset_id, letter)


async def delete(work: UnitOfWork, by: Decider, dataset_id: UUID) -> str | NotAllowed:
    """Delete rows and key, and keep the evidence. Returns its SHA-256, or why not."""
    kept = await _locked(work.db, dataset_id)
    why = why_not(Step.DELETED, kept.course if kept else None, by.staff_id, by.roles)
    if why is not None or kept is None:
        refused = why or NotAllowed.NO_SUCH_DATASET
        return _told(work, by, deeds.MASKED_DELETED, dataset_id, refused) or refused
    before = digest_of(await rows_of(work.db, dataset_id))
    await work.db.execute(SQL.delete_rows, dataset_id)
    key = await work.db.fetchval(SQL.delete_key, dataset_id)
    evidence = {
        "dataset": str(dataset_id),
        "rows": kept.rows,
        "rows_sha256_as_provided": kept.rows_sha256,
        "rows_sha256_as_deleted": before,
        "key_sha256": sha256(key).hexdigest(),
        "rows_and_keys_left": await work.db.fetchval(SQL.count_left, dataset_id),
        "deleted_at": work.now.isoformat(),
    }
    text = json.dumps(evidence, sort_keys=True)
    proof = sha256(text.encode()).hexdigest()
    await _take(work, by, Step.DELETED, dataset_id, evidence=text, evidence_sha256=proof)
    _told(work, by, deeds.MASKED_DELETED, dataset_id, None, fields=("evidence",), count=kept.rows)
    return proof


async def check(work: UnitOfWork, by: Decider, dataset_id: UUID, given: Dataset | None = None) -> Findings | NotAllowed:
    """
    Try to find somebody in a dataset as it lies here, or in a file that is said to be it. Raises NotKept.

    Only while its key is there: afterwards nobody can judge a guess, and nothing is here to guess at.
    """
    kept = await _locked(work.db, dataset_id)
    key = await work.db.fetchval(SQL.key_of, dataset_id)
    why = NotAllowed.ROLE if not may(Step.APPROVED, by.roles) else NotAllowed.NO_SUCH_DATASET if kept is None else None
    why = why or (NotAllowed.OUT_OF_TURN if key is None else None)
    if why is not None or kept is None:
        refused = why or NotAllowed.NO_SUCH_DATASET
        return _told(work, by, deeds.MASKED_CHECKED, dataset_id, refused) or refused
    people = await subjects(work.db, kept.as_of, kept.known_on, work.today)
    dataset = given or Dataset(kept.columns, await rows_of(work.db, dataset_id))
    findings = await _attack(work.db, kept, dataset.rows, people, key, dataset.columns)
    _told(work, by, deeds.MASKED_CHECKED, dataset_id, None, count=len(dataset.rows))
    return findings


async def datasets(db: Database) -> list[Kept]:
    """Return every dataset, the one asked for last first."""
    found = await db.fetch(SQL.datasets)
    steps = await _steps(db, [row["dataset_id"] for row in found])
    return sorted((_kept(row, steps) for row in found), key=lambda kept: kept.course.steps[0].at, reverse=True)


async def rows_of(db: Database, dataset_id: UUID) -> list[Row]:
    """Return the rows of a dataset; none where it was not given, or was deleted."""
    return [Row(row["pseudonym"], tuple(row["cells"])) for row in await db.fetch(SQL.rows_of, dataset_id)]


def digest_of(rows: Sequence[Row]) -> str:
    """The SHA-256 of the rows of a dataset."""
    digest = sha256()
    for row in rows:
        digest.update(_PART.join((row.pseudonym, *row.cells)).encode() + b"\n")
    return digest.hexdigest()


async def _attack(
    db: Database, kept: Kept, rows: Sequence[Row], people: Sequence[Subject], key: bytes, names: tuple[str, ...] | None = None
) -> Findings:
    named = {pseudonym(key, subject.person_id): subject.person_id for subject in people}
    others = {row["pseudonym"] for row in await db.fetch(SQL.names_elsewhere, kept.dataset_id)}
    return attacked(Dataset(names or columns(), rows), people, kept.as_of, named, others)


async def _keep(db: Database, dataset_id: UUID, made: Masked, findings: Findings, key: bytes) -> None:
    await db.execute(SQL.keep_key, dataset_id, key)
    figures = (len(made.rows), made.left_out, digest_of(made.rows), json.dumps(findings.as_numbers()))
    await db.execute(SQL.keep_figures, dataset_id, list(columns()), *figures)
    await db.execute(SQL.keep_rows, dataset_id, [row.pseudonym for row in made.rows], [_PART.join(row.cells) for row in made.rows])


async def _step(work: UnitOfWork, by: Decider, step: Step, dataset_id: UUID, letter: str | None = None) -> NotAllowed | None:
    kept = await _locked(work.db, dataset_id)
    why = why_not(step, kept.course if kept else None, by.staff_id, by.roles)
    if why is None:
        await _take(work, by, step, dataset_id, letter=letter)
    return _told(work, by, DEEDS[step], dataset_id, why, fields=("letter",) if letter is not None else ())


async def _take(
    work: UnitOfWork,
    by: Decider,
    step: Step,
    dataset_id: UUID,
    *,
    letter: str | None = None,
    evidence: str | None = None,
    evidence_sha256: str | None = None,
) -> None:
    await work.db.execute(SQL.take_step, dataset_id, step, work.now, by.staff_id, by.label, letter, evidence, evidence_sha256)


async def _locked(db: Database, dataset_id: UUID) -> Kept | None:
    row = await db.fetchrow(SQL.lock, dataset_id)
    return _kept(row, await _steps(db, [dataset_id])) if row is not None else None


async def _steps(db: Database, datasets: Sequence[UUID]) -> list[asyncpg.Record]:
    found: list[asyncpg.Record] = await db.fetch(SQL.steps, datasets)
    return found


def _kept(row: asyncpg.Record, steps: Sequence[asyncpg.Record]) -> Kept:
    own = [step for step in steps if step["dataset_id"] == row["dataset_id"]]
    taken = tuple(Taken(Step(s["step"]), s["at"], s["at"].astimezone(JST).date(), s["by_staff"], s["by_label"], s["letter"]) for s in own)
    told = (row["rows"], row["left_out"], row["rows_sha256"])
    proof = next((step["evidence_sha256"] for step in own if step["evidence_sha256"]), None)
    return Kept(row["dataset_id"], row["as_of"], row["known_on"], row["purpose"], tuple(row["columns"] or ()), *told, Course(taken), proof)


def _told(
    work: UnitOfWork,
    by: Decider,
    deed: Deed,
    dataset_id: UUID,
    why: NotAllowed | None,
    *,
    fields: Sequence[str] = (),
    count: int | None = None,
) -> NotAllowed | None:
    """Keep in the log what was done, or that it was tried and why it could not be; return the latter."""
    thing: dict[str, Any] = {"thing": Thing(kind=ThingKind.MASKED_DATASET, id=str(dataset_id)), "actor": by.actor, "origin": by.origin}
    work.keep(deed, **thing, fields=fields if why is None else (), refused=why is not None, reason_code=why, count=count)
    return why
