"""
How a person moves a case: permitted on the locked row, once however often it is pressed, and never from a page that is out of date.

A move is a `Step` (`steps.py`). One that needs a second person is asked for, and done when another one approves it. What is the same for
all of them stands here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from services.casework.domain.center import is_to_accept, share_of
from services.casework.domain.hands import hands_of
from services.casework.domain.policy import Reason
from services.casework.moved import NOT_NOW, Invalid, KeyReused, Moved, MoveOutcome, NotMade, Since, Stale
from services.casework.steps import AnyStep, Form, Made, missing


@dataclass(frozen=True, slots=True)
class Pressed:
    """`key` makes pressing twice one act; `version` is that of the page on which the person decided."""

    key: UUID
    version: str


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


async def make_together(
    work: UnitOfWork, staff: Staff, asked: Mapping[PersonId, Asked], together: UUID
) -> tuple[PersonId, MoveOutcome] | None:
    """
    Make a move of each of several cases of one household, all or none: a visit or a conference that is one (S12).

    Returns whose move was not made, and why; None where all were. Nothing is written then but the attempt: all are locked and looked at
    before the first is moved. Whoever is protected otherwise than the others is not there for them (`domain.md` §4.4).
    """
    await accesses.act_as(work, staff)
    if any(_may_change_who_sees(each.step.move) for each in asked.values()):
        await cases.hold_hearing(work.db)
    ready: list[tuple[LockedReview, Asked, _Ready]] = []
    protected: set[bool] = set()
    for person_id, each in sorted(asked.items()):
        review = await cases.lock_review(work.db, person_id)
        attempt = accesses.attempt(staff, each.step.right, deeds.MOVE_REFUSED, person_id)
        protected |= {review.facts.protected} if review is not None else set()
        facts = review.facts if review is not None else await accesses.unseen(work, staff, person_id)
        decision = attempt.right(facts)
        if review is None or isinstance(decision, Refused) or len(protected) > 1:
            refused = decision if isinstance(decision, Refused) else Refused(Reason.PROTECTED, hidden=True)
            # Under the child whom it is about, whichever child's page it was tried from.
            return person_id, await looking.refuse(work, attempt, refused, facts)
        found = await _ready(work, staff, person_id, review, each)
        if isinstance(found, _Ready):
            ready.append((review, each, found))
        elif not isinstance(found, Moved):
            refused = found if isinstance(found, Refused) else Refused(found.why)
            await looking.refuse(work, attempt, refused, review.facts)
            return person_id, found
    for review, each, found in ready:
        await _carry_out(work, staff, review, each, found, together)
    return None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A move that nothing stands in the way of: how the case stands, and what is done with which form."""

    person_id: PersonId
    file: CaseFile
    step: AnyStep
    form: Form


async def _move(work: UnitOfWork, staff: Staff, person_id: PersonId, review: LockedReview, asked: Asked) -> MoveOutcome:
    found = await _ready(work, staff, person_id, review, asked)
    return await _carry_out(work, staff, review, asked, found) if isinstance(found, _Ready) else found


async def _ready(work: UnitOfWork, staff: Staff, person_id: PersonId, review: LockedReview, asked: Asked) -> _Ready | MoveOutcome:
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
    step, form = _decided(file, asked)
    errors = (*missing(step, form), *step.errors(form, file, work.today))
    return Invalid(errors) if errors else _Ready(person_id, file, step, form)


async def _carry_out(
    work: UnitOfWork, staff: Staff, review: LockedReview, asked: Asked, ready: _Ready, together: UUID | None = None
) -> Moved:
    made = Made(staff, work.now, work.today, CaseId(work.identifiers.random()))
    done = carry_out(ready.step, ready.form, ready.file, made, asks=ready.step is asked.step and ready.step.move.second)
    await _save(work, staff, review, ready.file, done, together)
    case = done.case
    answer = cases.Answered(_fingerprint(ready.person_id, asked), case.case_id, case.version, case.state)
    await cases.keep_answer(work.db, staff.id, asked.pressed.key, answer)
    return Moved(case.case_id, case.version, case.state)


async def _answered(work: UnitOfWork, staff: Staff, person_id: PersonId, asked: Asked) -> Moved | KeyReused | None:
    """Return what the same request was answered before. Asked after the lock: the second of two presses waits for the first."""
    answered = await cases.answered_request(work.db, staff.id, asked.pressed.key)
    if answered is None:
        return None
    same = answered.fingerprint == _fingerprint(person_id, asked)
    return Moved(answered.case_id, answered.case_version, answered.state, again=True) if same else KeyReused()


async def _save(work: UnitOfWork, staff: Staff, review: LockedReview, before: CaseFile, done: Done, together: UUID | None) -> None:
    case, start = done.case, before.standing.state
    what, details, asks = done.noted.move, done.noted.details, done.noted.asks
    last = Past(case.version, what, start, case.state, work.now, staff.id, staff.name, staff.section, details, asks, staff.ward, together)
    await cases.save_case(work.db, case, review.review_id, work.today, work.now)
    await cases.note_move(work.db, before.standing, case, last)
    after = CaseFile(case, (*before.past, last), done.handover or before.handover)
    await cases.note_hands(work.db, case, hands_of(after), last)
    for message in done.said:
        work.announce(message, key=str(case.person_id))
    await closing.announce(work, review, before, case)
    protected = review.facts.protected
    await accesses.keep_deed(work, staff, done.deed, case.person_id, case.case_id, done.told, protected=protected, reason_code=done.reason)
    reopened = start is CaseState.CLOSED and case.state is not CaseState.CLOSED
    if done.handover is not None:
        await handing.save_handovers(work.db, [done.handover])
    share = share_of(after)
    # Of what was reported before there was a centre to share with nothing was kept: what it is told now brings that with it.
    if is_shared_otherwise := share != share_of(before) or what in flow.CHANGES_WHO_SEES:
        await cases.note_share(work.db, case, share)
    if done.handover is not None or reopened or is_shared_otherwise:
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
    receives = is_to_accept(staff.roles, staff.ward, review.facts, file)
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
    """Whether a move may open a closed case, close one, hand it over, or share it."""
    return CaseState.CLOSED in {*move.start, move.end} or move.key in flow.CHANGES_WHO_SEES


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
