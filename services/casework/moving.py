"""
How a person moves a case: permitted on the locked row, once however often it is pressed, and never from a page that is out of date.

A move is a `Step` (`steps.py`). One that needs a second person is asked for, and done when another one approves it. What is the same for
all of them stands here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, TypeAlias
from uuid import UUID

from contracts.deeds import casework as deeds
from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import CaseState
from infra import looking
from infra.identity.staff import Staff
from infra.looking import Refused
from infra.work import UnitOfWork
from services.casework import accesses, cases, closing, handing
from services.casework.cases import LockedReview
from services.casework.doing import Done, carry_out
from services.casework.domain import flow
from services.casework.domain.case import Case, NoCase
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.hands import hands_of
from services.casework.domain.policy import Reason
from services.casework.steps import AnyStep, Form, Made, missing

Errors: TypeAlias = tuple[tuple[str, str], ...]
"""What is wrong with a form: field, and a sentence."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """`key` makes pressing twice one act; `version` is that of the page on which the person decided."""

    key: UUID
    version: str


# --- What becomes of it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """The case was moved, or something added to it; it stands at `state`. `again` where the same request was answered before."""

    case_id: CaseId
    version: int
    state: CaseState
    again: bool = False


class Since(StrEnum):
    """What happened since a page was made."""

    OWN_MOVE = "own_move"
    COLLEAGUES_MOVE = "colleagues_move"
    NEW_FACTS = "new_facts"


@dataclass(frozen=True, slots=True)
class Stale:
    """Something happened `since` the page was made. `current` is the version now."""

    why: ClassVar = Reason.PAGE_OUTDATED
    current: str
    since: Since = Since.NEW_FACTS


@dataclass(frozen=True, slots=True)
class NotPossible:
    """The case stands where this move does not start."""

    why: ClassVar = Reason.MOVE_NOT_POSSIBLE
    text: str


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A move of the case waits for another person, or none does that this one might decide."""

    why: ClassVar = Reason.WAITS_FOR_ANOTHER
    text: str


@dataclass(frozen=True, slots=True)
class NotHandedOver:
    """The case is offered to somebody already, or there is no offer to settle."""

    why: ClassVar = Reason.MOVE_NOT_POSSIBLE
    text: str


@dataclass(frozen=True, slots=True)
class Objected:
    """The family objects to the use of its data, and it is not decided yet."""

    why: ClassVar = Reason.OBJECTED
    text: str


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """None of the reasons is left for which the child was put on the list: nobody starts with it."""

    why: ClassVar = Reason.REASONS_GONE
    text: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """What was filled in does not do."""

    why: ClassVar = Reason.NOT_FILLED_IN
    errors: Errors


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key was used for another request."""

    why: ClassVar = Reason.KEY_REUSED


NotMade: TypeAlias = Stale | NotPossible | NotDecided | NotHandedOver | Objected | NotNeeded | Invalid | KeyReused
"""Why a move was not made that somebody had the right to. The log is told `why`."""

MoveOutcome: TypeAlias = Moved | NotMade | Refused

NOT_NOW: tuple[tuple[type[flow.MoveNotPossible], type[NotPossible | NotDecided | NotHandedOver | Objected | NotNeeded]], ...] = (
    (flow.ReasonsGone, NotNeeded),
    (flow.Objected, Objected),
    (flow.NotHandedOver, NotHandedOver),
    (flow.WaitsForAnother, NotDecided),
    (flow.MoveNotPossible, NotPossible),
)
"""What becomes of a move that does not start from where the case stands; the last is of all others."""


# --- The way of every move --------------------------------------------------------------------------------------------


def version_of(review_version: int, case_version: int) -> str:
    """Return the version of what a child's page shows: that of the facts, and that of the case."""
    return f"{review_version}.{case_version}"


def _case_version(version: str) -> str:
    return version.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody pressed: the step and its form, and `steps`, all that there are."""

    step: AnyStep
    form: Form
    pressed: Pressed
    steps: Mapping[str, AnyStep]


async def make(work: UnitOfWork, staff: Staff, person_id: PersonId, asked: Asked) -> MoveOutcome:
    """Make a move: always by a named person (PUSH-10). Whoever tries and does not make it is in the log, too."""
    await accesses.act_as(work, staff)
    if _may_change_who_sees(asked.step.move):
        await cases.hold_hearing(work.db)
    review = await cases.lock_review(work.db, person_id)
    if review is None and (again := await _answered(work, staff, person_id, asked)) is not None:
        return again
    # Decided on the locked row: whoever works out anew who may see the child waits for it, and then knows of the case.
    facts = review.facts if review is not None else await accesses.unseen(work, staff, person_id)
    attempt = accesses.attempt(staff, asked.step.right, deeds.MOVE_REFUSED, person_id)
    decision = attempt.right(facts)
    if isinstance(decision, Refused):
        return await looking.refuse(work, attempt, decision, facts)
    assert review is not None  # noqa: S101 -- of what was not seen nothing is permitted

    outcome = await _move(work, staff, person_id, review, asked)

    if not isinstance(outcome, Moved):
        # Turned away by how things stand: it is in the log and in the list of one's own.
        refused = outcome if isinstance(outcome, Refused) else Refused(outcome.why)
        await looking.refuse(work, attempt, refused, facts)
    return outcome


async def _move(work: UnitOfWork, staff: Staff, person_id: PersonId, review: LockedReview, asked: Asked) -> MoveOutcome:
    answered = await _answered(work, staff, person_id, asked)
    if answered is not None:
        return answered
    file = await _file(work, person_id, review)

    not_made = _not_made(staff, file, review, asked)
    if (
        isinstance(not_made, Stale)
        and isinstance(file.standing, Case)
        and _case_version(asked.pressed.version) != str(file.standing.version)
    ):
        mover = await cases.last_mover(work.db, file.standing)
        return replace(not_made, since=_since(mover, staff))
    if not_made is not None:
        return not_made
    made = Made(staff, work.now, work.today, CaseId(work.identifiers.random()))
    step, form = _decided(file, asked)
    errors = (*missing(step, form), *step.errors(form, file, work.today))
    if errors:
        return Invalid(errors)

    done = carry_out(step, form, file, made, asks=step is asked.step and step.move.second)
    await _save(work, staff, review, file, done)
    case = done.case
    answer = cases.Answered(_fingerprint(person_id, asked), case.case_id, case.version, case.state)
    await cases.keep_answer(work.db, staff.id, asked.pressed.key, answer)
    return Moved(case.case_id, case.version, case.state)


async def _answered(work: UnitOfWork, staff: Staff, person_id: PersonId, asked: Asked) -> Moved | KeyReused | None:
    """Return what the same request was answered before. Asked after the lock: the second of two presses waits for the first."""
    answered = await cases.answered_request(work.db, staff.id, asked.pressed.key)
    if answered is None:
        return None
    same = answered.fingerprint == _fingerprint(person_id, asked)
    return Moved(answered.case_id, answered.case_version, answered.state, again=True) if same else KeyReused()


async def _save(work: UnitOfWork, staff: Staff, review: LockedReview, before: CaseFile, done: Done) -> None:
    case, start = done.case, before.standing.state
    what, details, asks = done.noted.move, done.noted.details, done.noted.asks
    last = Past(case.version, what, start, case.state, work.now, staff.id, staff.name, staff.section, details, asks, staff.ward)
    await cases.save_case(work.db, case, review.review_id, work.today, work.now)
    await cases.note_move(work.db, before.standing, case, last)
    await cases.note_hands(work.db, case, hands_of(CaseFile(case, (*before.past, last))), last)
    for message in done.said:
        work.announce(message, key=str(case.person_id))
    await closing.announce(work, review, before, case)
    protected = review.facts.protected
    await accesses.keep_deed(work, staff, done.deed, case.person_id, case.case_id, done.told, protected=protected, reason_code=done.reason)
    reopened = start is CaseState.CLOSED and case.state is not CaseState.CLOSED
    if done.handover is not None:
        await handing.save_handovers(work.db, [done.handover])
    if done.handover is not None or reopened:
        await handing.work_out_access(work, staff, case.person_id)


async def _file(work: UnitOfWork, person_id: PersonId, review: LockedReview) -> CaseFile:
    case = await cases.find_case(work.db, review.case_id) if review.case_id is not None else None
    if case is not None:
        past, handover = await cases.past_of(work.db, case.case_id), await handing.newest_handover(work.db, case.case_id)
        objected = any(each.move == flow.OBJECT for each in past)
        return CaseFile(case, past, handover, await cases.verdicts_of(work.db, case.case_id) if objected else {})
    return CaseFile(NoCase(person_id, review.household_id, review.ward))


def _not_made(staff: Staff, file: CaseFile, review: LockedReview, asked: Asked) -> NotMade | Refused | None:
    move, place = asked.step.move, file.place(needed=review.needed)
    receives = review.facts.receives(staff.ward)
    current = version_of(review.version, file.standing.version)
    if asked.pressed.version != current:
        # Said first: who accepted a case in another tab is told so, and not that there is nothing for them to accept.
        return Stale(current)
    if not flow.parties_of(staff.roles, staff.section, file.lead_section, receives=receives) & move.who:
        return Refused(Reason.NOT_IN_CHARGE)
    try:
        flow.must_start(move, place, staff.id)
    except flow.MoveNotPossible as error:
        return next(outcome(str(error)) for kind, outcome in NOT_NOW if isinstance(error, kind))
    return None


def _decided(file: CaseFile, asked: Asked) -> tuple[AnyStep, Form]:
    """Return what is done: what was pressed, or, where that approves a move, the move with the form in which it was asked for."""
    waiting = file.asked
    if asked.step.move.key != flow.APPROVE or waiting is None:
        return asked.step, asked.form
    step = asked.steps[waiting.move]
    return step, step.form.model_validate({**waiting.details, "move": waiting.move})


def _may_change_who_sees(move: flow.Move) -> bool:
    """Whether a move may open a closed case, close one, or hand it over."""
    return CaseState.CLOSED in {*move.start, move.end} or move.key in flow.HANDOVERS


def _since(mover: StaffId | None, staff: Staff) -> Since:
    if mover is None:
        # Nobody: the register's word.
        return Since.NEW_FACTS
    return Since.OWN_MOVE if mover == staff.id else Since.COLLEAGUES_MOVE


def _fingerprint(person_id: PersonId, asked: Asked) -> bytes:
    """Return what makes two requests the same."""
    filled_in = asked.form.model_dump(mode="json")
    move = filled_in.pop("move")
    return hashlib.sha256(json.dumps([move, str(person_id), asked.pressed.version, *filled_in.values()]).encode()).digest()
