"""Files of a case: added once, on the locked row, by whoever may; read only by whoever may know where the child is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from contracts.deeds import casework as deeds
from contracts.ids import CaseId, PersonId
from contracts.values import CaseState
from infra import looking
from infra.identity.staff import Staff
from infra.looking import Refused
from infra.postgres import Database
from infra.scanning import Verdict
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, cases
from services.casework.domain import files
from services.casework.domain.files import FileKind, Given
from services.casework.domain.policy import Action, Facts
from services.casework.store import thing_of

SQL = queries(__file__, "filing.sql")


@dataclass(frozen=True, slots=True)
class CaseFileEntry:
    """A file of a case, without what is in it."""

    file_id: UUID
    name: str
    kind: FileKind
    octets: int
    scanned: Verdict
    added_at: datetime
    added_by: str
    added_at_place: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A child with the files of its cases. To one that is open files are added."""

    name: str | None
    facts: Facts
    case_id: CaseId | None
    state: CaseState | None
    files: tuple[CaseFileEntry, ...]

    @property
    def takes_files(self) -> bool:
        """Whether there is a case that goes on."""
        return self.state is not None and self.state is not CaseState.CLOSED


@dataclass(frozen=True, slots=True)
class Added:
    """The file is kept; `again` where the case had it already."""

    again: bool


@dataclass(frozen=True, slots=True)
class NotAdded:
    """There is no case that goes on, or it has as many files as it takes. The text says which."""

    text: str


Outcome: TypeAlias = Added | NotAdded | Refused


async def files_of(db: Database, person_id: PersonId) -> Filed | None:
    """Return a child with its files; None where row-level security shows none."""
    row = await db.fetchrow(SQL.files_of_child, person_id)
    if row is None:
        return None
    state = CaseState(row["state"]) if row["state"] else None
    found = tuple(map(_file, json.loads(row["files"] or "[]")))
    return Filed(row["name"], Facts(thing_of(row)), row["case_id"], state, found)


async def body_of(db: Database, file_id: UUID, person_id: PersonId) -> bytes | None:
    """Return what is in a file of a child's; None where row-level security shows none, as after a measure that came just now."""
    body: bytes | None = await db.fetchval(SQL.body_of, file_id, person_id)
    return body


async def add(work: UnitOfWork, staff: Staff, person_id: PersonId, given: Given, scanned: Verdict) -> Outcome:
    """Keep a file with the child's case, once, and that it was done; or say why not."""
    await accesses.act_as(work, staff)
    locked = await cases.lock_review(work.db, person_id)
    facts = locked.facts if locked else await accesses.unseen(work, staff, person_id)
    decision = accesses.right(staff, Action.ADD_FILE, facts)
    if isinstance(decision, Refused) or locked is None:
        attempt = accesses.attempt(staff, Action.ADD_FILE, deeds.FILE_ADDING_REFUSED, person_id)
        refused = decision if isinstance(decision, Refused) else Refused("no_review", hidden=True)
        return await looking.refuse(work, attempt, refused, facts)
    case = await cases.find_case(work.db, locked.case_id) if locked.case_id else None
    if case is None or case.state is CaseState.CLOSED:
        return NotAdded("ケースが始まっていないか、終わっているため、添付できません。")
    if await work.db.fetchval(SQL.count_files, case.case_id) >= files.FILES_MAX:
        return NotAdded(f"1つのケースに添付できるのは{files.FILES_MAX}件までです。")

    row = (given.name, given.kind, len(given.body), hashlib.sha256(given.body).digest(), scanned)
    by = (work.now, staff.id, staff.name, staff.place)
    file_id = await work.db.fetchval(SQL.add_file, uuid4(), case.case_id, person_id, *row, *by)
    if file_id is None:
        return Added(again=True)
    await work.db.execute(SQL.add_body, file_id, given.body)
    await accesses.keep_deed(work, staff, deeds.FILE_ADDED, person_id, case.case_id, ("file",), protected=facts.protected)
    return Added(again=False)


async def refuse_harmful(work: UnitOfWork, staff: Staff, person_id: PersonId) -> None:
    """Keep that somebody was about to add a file in which the scanner found something."""
    attempt = accesses.attempt(staff, Action.ADD_FILE, deeds.FILE_ADDING_REFUSED, person_id)
    await accesses.act_as(work, staff)
    facts = await accesses.facts_for(work, staff, person_id)
    await looking.refuse(work, attempt, Refused(Verdict.HARMFUL), facts)


def _file(raw: Mapping[str, Any]) -> CaseFileEntry:
    return CaseFileEntry(
        UUID(raw["file_id"]),
        raw["name"],
        FileKind(raw["media_type"]),
        raw["octets"],
        Verdict(raw["scanned"]),
        datetime.fromisoformat(raw["added_at"]),
        raw["added_by_name"],
        raw["added_by_place"],
    )
