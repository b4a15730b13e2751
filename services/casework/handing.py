"""Hand-overs of cases: what the register leads to, and how they are kept (`casework.md` §2.5; S02)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import CaseId, PersonId, StaffId
from contracts.messages import Thing as AuditThing
from contracts.values import Ward
from infra.identity.staff import Staff
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, store
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.handover import (
    HANDOVER_OPENING_DAYS,
    ByItself,
    Destination,
    Follows,
    Handover,
    HandoverStatus,
    Resident,
    what_follows,
)
from services.casework.store import Acting

SQL = queries(__file__, "handing.sql")


@dataclass(frozen=True, slots=True)
class MovedChild:
    """A child with an open case of whom the register tells something new, and the offer of that case to a ward, where there is one."""

    case_id: CaseId
    person_id: PersonId
    resident: Resident
    offer: Handover | None


async def follow_the_register(work: UnitOfWork, persons: Iterable[PersonId]) -> None:
    """
    Offer the cases of children who moved to the wards where they live now, and take back what is offered in vain. Acts as the system.

    Whoever hears the same move again finds nothing to do; nothing is ever accepted here.
    """
    moved = [_moved_child(row) for row in await work.db.fetch(SQL.moved_children, list(persons))]
    if not moved:
        return
    follows = {child.case_id: what_follows(child.resident) for child in moved}
    handovers = [each for child in moved for each in _handovers(work, child, follows[child.case_id])]
    await save_handovers(work.db, handovers)
    stands = {each.case_id: each.status for each in sorted(handovers, key=lambda each: each.is_open)}
    rows = [(child.case_id, follows[child.case_id].noticed_in, stands.get(child.case_id)) for child in moved]
    await work.db.execute(SQL.note_moved, *columns(rows, 3))
    await store.refresh_access(work.db, [each.person_id for each in handovers])
    for each in handovers:
        _keep(work, each)


async def work_out_access(work: UnitOfWork, staff: Staff, person_id: PersonId) -> None:
    """
    Work out anew who may see a child whose case was offered, settled or opened again, and go on as `staff`.

    What the wall reads is the system's to write. The caller holds the hearing (`cases.hold_hearing`).
    """
    await store.act_as(work.db, Acting.SYSTEM)
    await store.refresh_access(work.db, [person_id])
    await follow_the_register(work, [person_id])
    await accesses.act_as(work, staff)


def _handovers(work: UnitOfWork, child: MovedChild, follows: Follows) -> Iterable[Handover]:
    if follows.takes_back is not None and child.offer is not None:
        yield child.offer.settled(HandoverStatus.REVOKED, work.now, None, follows.takes_back)
    if follows.offers_to is not None:
        yield Handover(
            handover_id=work.identifiers.random(),
            case_id=child.case_id,
            person_id=child.person_id,
            destination=Destination.WARD,
            from_ward=child.resident.owner,
            to_ward=follows.offers_to,
            status=HandoverStatus.OFFERED,
            offered_at=work.now,
            offered_by=None,
            offered_by_name=None,
            due_on=after_opening_days(work.today, HANDOVER_OPENING_DAYS),
            why=ByItself.MOVED,
        )


def _keep(work: UnitOfWork, handover: Handover) -> None:
    deed: Deed = deeds.HANDOVER_OFFERED if handover.is_open else deeds.HANDOVER_TAKEN_BACK
    thing = AuditThing(kind=ThingKind.CHILD, id=str(handover.person_id))
    reason = handover.why if handover.is_open else handover.settled_why
    work.keep(deed, actor=work.service_actor(), thing=thing, reason_code=reason, correlation=str(handover.case_id))


async def save_handovers(db: Database, handovers: Sequence[Handover]) -> None:
    """Save new hand-overs, and what became of earlier ones."""
    await db.execute(SQL.save_handovers, json.dumps([asdict(each) for each in handovers], default=str, ensure_ascii=False))


async def newest_handover(db: Database, case_id: CaseId) -> Handover | None:
    """Return the newest hand-over of a case."""
    raw = await db.fetchval(SQL.newest_handover, case_id)
    return handover_from(json.loads(raw)) if raw is not None else None


def handover_from(raw: Mapping[str, Any]) -> Handover:
    """Return the hand-over in the JSON of a row of `handover`."""
    return Handover(
        handover_id=UUID(raw["handover_id"]),
        case_id=CaseId(UUID(raw["case_id"])),
        person_id=PersonId(UUID(raw["person_id"])),
        destination=Destination(raw["destination"]),
        from_ward=Ward(raw["from_ward"]),
        to_ward=Ward(raw["to_ward"]) if raw["to_ward"] else None,
        status=HandoverStatus(raw["status"]),
        offered_at=datetime.fromisoformat(raw["offered_at"]),
        offered_by=StaffId(UUID(raw["offered_by"])) if raw["offered_by"] else None,
        offered_by_name=raw["offered_by_name"],
        due_on=date.fromisoformat(raw["due_on"]),
        why=raw["why"],
        settled_at=datetime.fromisoformat(raw["settled_at"]) if raw["settled_at"] else None,
        settled_by=StaffId(UUID(raw["settled_by"])) if raw["settled_by"] else None,
        settled_by_name=raw["settled_by_name"],
        settled_why=raw["settled_why"],
    )


def _moved_child(row: asyncpg.Record) -> MovedChild:
    offer = handover_from(json.loads(row["offer"])) if row["offer"] is not None else None
    resident = Resident(
        owner=Ward(row["ward"]),
        noticed_in=Ward(row["noticed_in"]),
        lives_in=Ward(row["lives_in"]) if row["lives_in"] else None,
        protected=row["protected"],
        open_to=offer.to_ward if offer else None,
        waits_for_center=row["waits_for_center"],
    )
    return MovedChild(CaseId(row["case_id"]), PersonId(row["person_id"]), resident, offer)
