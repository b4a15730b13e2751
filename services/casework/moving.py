"""
How a person moves a case: permitted on the locked row, once however often it is pressed, and never from a page that is out of date.

A move is a `Step`: a form, its errors, and a pure `apply`. What is the same for all of them stands here.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed
from contracts.ids import CaseId, PersonId
from contracts.messages import Message
from infra import looking
from infra.identity.staff import Staff
from infra.looking import Refused
from infra.work import UnitOfWork
from services.casework import accesses, cases
from services.casework.cases import LockedReview
from services.casework.domain import flow
from services.casework.domain.case import Case, NoCase, Standing
from services.casework.domain.policy import Action, Reason


class Form(BaseModel):
    """What is filled in for a move. One model reads it from a page and from JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    move: str


F = TypeVar("F", bound=Form)
Errors: TypeAlias = tuple[tuple[str, str], ...]
"""What is wrong with a form: field, and a sentence."""


@dataclass(frozen=True, slots=True)
class Box:
    """One choice of several."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page asks for it: `boxes` to tick, or a day."""

    name: str
    label: str
    boxes: tuple[Box, ...] = ()
    day: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """How a page asks for a move: what it leads to, its fields, and what the button says."""

    hint: str
    lead: str
    fields: tuple[Field, ...]
    button: str


@dataclass(frozen=True, slots=True)
class Made:
    """Who moves a case and when, and the id that a case gets which this opens."""

    by: Staff
    at: datetime
    today: date
    new_id: CaseId


@dataclass(frozen=True, slots=True)
class Effects:
    """What a move does: the case as it then stands, what is kept of the form with it, and what is announced."""

    case: Case
    details: Mapping[str, object]
    said: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Step(Generic[F]):
    """
    A move that can be made.

    `changes` are the names of what it changes, for the log. `ask` makes the page's form from the day and from what was filled in before;
    `done` is what the page says afterwards.
    """

    move: flow.Move
    right: Action
    deed: Deed
    form: type[F]
    changes: tuple[str, ...]
    errors: Callable[[F, date], Iterable[tuple[str, str]]]
    apply: Callable[[Standing, F, Made], Effects]
    ask: Callable[[date, F | None], Prompt]
    done: tuple[str, str]


AnyStep: TypeAlias = Step[Any]


@dataclass(frozen=True, slots=True)
class Pressed:
    """`key` makes pressing twice one act; `version` is that of the page on which the person decided."""

    key: UUID
    version: str


# --- What becomes of it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """The case was moved. `again` where the same request was answered before."""

    case_id: CaseId
    version: int
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


NotMade: TypeAlias = Stale | NotPossible | NotNeeded | Invalid | KeyReused
"""Why a move was not made that somebody had the right to. The log is told `why`."""

MoveOutcome: TypeAlias = Moved | NotMade | Refused


# --- The way of every move --------------------------------------------------------------------------------------------


def version_of(review_version: int, case_version: int) -> str:
    """Return the version of what a child's page shows: that of the facts, and that of the case."""
    return f"{review_version}.{case_version}"


def _case_version(version: str) -> str:
    return version.rpartition(".")[2]


async def make(work: UnitOfWork, staff: Staff, person_id: PersonId, step: Step[F], form: F, pressed: Pressed) -> MoveOutcome:
    """Make a move: always by a named person (PUSH-10). Whoever tries and does not make it is in the log, too."""
    await accesses.act_as(work, staff)
    review = await cases.lock_review(work.db, person_id)
    # Decided on the locked row: whoever works out anew who may see the child waits for it, and then knows of the case.
    facts = review.facts if review is not None else await accesses.unseen(work, staff, person_id)
    attempt = accesses.attempt(staff, step.right, deeds.MOVE_REFUSED, person_id)
    decision = attempt.right(facts)
    if isinstance(decision, Refused):
        return await looking.refuse(work, attempt, decision, facts)
    assert review is not None  # noqa: S101 -- of what was not seen nothing is permitted

    outcome = await _move(work, staff, person_id, review, step, form, pressed)

    if not isinstance(outcome, Moved):
        # Turned away by how things stand: it is in the log and in the list of one's own.
        await looking.refuse(work, attempt, Refused(outcome.why), facts)
    return outcome


async def _move(
    work: UnitOfWork, staff: Staff, person_id: PersonId, review: LockedReview, step: Step[F], form: F, pressed: Pressed
) -> Moved | NotMade:
    # Asked after the lock: the second of two presses waits for the first, and then finds its answer here.
    answered = await cases.answered_request(work.db, staff.id, pressed.key)
    fingerprint = _fingerprint(person_id, pressed.version, form)
    if answered is not None:
        same = answered.fingerprint == fingerprint
        return Moved(answered.case_id, answered.case_version, again=True) if same else KeyReused()
    standing = await _standing(work, person_id, review)

    not_made = _refused_move(step, form, pressed, standing, review, work.today)
    if isinstance(not_made, Stale) and isinstance(standing, Case) and _case_version(pressed.version) != str(standing.version):
        mover = await cases.last_mover(work.db, standing)
        return replace(not_made, since=Since.OWN_MOVE if mover == staff.id else Since.COLLEAGUES_MOVE)
    if not_made is not None:
        return not_made
    effects = step.apply(standing, form, Made(staff, work.now, work.today, CaseId(work.identifiers.random())))

    case = effects.case
    await cases.save_case(work.db, case, review.review_id)
    await cases.note_move(work.db, case, step.move.key, standing.state, staff.id, work.now, effects.details)
    await cases.keep_answer(work.db, staff.id, pressed.key, cases.Answered(fingerprint, case.case_id, case.version))
    for message in effects.said:
        work.announce(message, key=str(person_id))
    await accesses.keep_deed(work, staff, step.deed, person_id, case.case_id, step.changes, protected=review.facts.protected)
    return Moved(case.case_id, case.version)


async def _standing(work: UnitOfWork, person_id: PersonId, review: LockedReview) -> Standing:
    case = await cases.find_case(work.db, review.case_id) if review.case_id is not None else None
    if case is not None:
        return case
    assert review.ward is not None  # noqa: S101 -- nobody is permitted who is not of the child's ward
    return NoCase(person_id, review.household_id, review.ward)


def _refused_move(step: Step[F], form: F, pressed: Pressed, standing: Standing, review: LockedReview, today: date) -> NotMade | None:
    current = version_of(review.version, standing.version)
    if pressed.version != current:
        return Stale(current)
    try:
        flow.must_start(step.move, standing.state, needed=review.needed)
    except flow.ReasonsGone as error:
        return NotNeeded(str(error))
    except flow.MoveNotPossible as error:
        return NotPossible(str(error))
    errors = tuple(step.errors(form, today))
    return Invalid(errors) if errors else None


def _fingerprint(person_id: PersonId, version: str, form: Form) -> bytes:
    """Return what makes two requests the same."""
    filled_in = form.model_dump(mode="json")
    move = filled_in.pop("move")
    return hashlib.sha256(json.dumps([move, str(person_id), version, *filled_in.values()]).encode()).digest()
