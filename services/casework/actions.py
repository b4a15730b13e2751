"""What casework does: shows a child to those who may see it, and lets a person make the first move."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias, TypeVar
from uuid import UUID

from contracts.ids import CaseId, PersonId
from contracts.messages import CaseMoved, CaseOpened
from contracts.values import CaseState, Role, Section
from infra.identifiers import caused
from infra.identity.staff import Staff
from infra.work import UnitOfWork
from services.casework import accesses, store, views
from services.casework.accesses import Look, Show
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days, in_scope, is_open
from services.casework.domain.household import by_household, shown_siblings
from services.casework.domain.policy import WARD_ROLES, WARD_SECTIONS, Action, Deny, Permit, Reason, Viewer, may
from services.casework.domain.wording import sensitive_kind
from services.casework.store import Acting

R = TypeVar("R", bound=views.ListRow)
T = TypeVar("T")

START = "start_investigation"
HOUSEHOLDS_ON_A_PAGE = 50
LOOKS_SHOWN = 8
OWN_ACCESSES_SHOWN = 200


class Tab(StrEnum):
    """The list's views. A review whose reasons are gone is no work that waits: it stands, and counts, apart."""

    NOT_STARTED = "not_started"
    INVESTIGATION = "investigation"
    REASONS_GONE = "reasons_gone"
    ALL = "all"


class OpeningReason(StrEnum):
    """Why somebody opens sensitive items; kept with the access."""

    WHETHER_TO_INVESTIGATE = "whether_to_investigate"
    INVESTIGATION = "investigation"
    CONFERENCE = "conference"


# --- What people see --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list as one person may see it. What it says of a child is decided on the facts of that one row."""

    tab: Tab
    counts: Mapping[Tab, int]
    households: tuple[tuple[views.ListedChild, ...], ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ChildPage:
    """A child as one person may see it."""

    child: views.Child
    siblings: tuple[views.Sibling, ...]
    shows_whereabouts: bool
    shows_sensitive: bool
    has_sensitive: bool
    moves: tuple[flow.Move, ...]
    due_by_default: date
    version: str
    """What a move must bring back: it tells whether anything happened since the page was made."""


def viewer_of(staff: Staff) -> Viewer:
    """Return the person as the policy sees one."""
    return Viewer(staff.id, staff.section, staff.ward, staff.roles)


async def open_list(work: UnitOfWork, staff: Staff, tab: Tab, page: int = 1, *, show: Show[ListPage, T]) -> T | Deny:
    """Return what `show` makes of the reviews that `staff` may see, and keep that they were seen. A refusal is kept too."""
    await _act_as(work, staff)
    look = Look(accesses.LIST_OPENED)
    decision = may(viewer_of(staff), Action.LIST_REVIEWS)
    if isinstance(decision, Deny):
        await accesses.keep(work, staff, look, decision)
        return decision
    rows = await _listed_rows(work, staff)
    in_tab = _in_order([row for row in rows if tab in _tabs(row)])
    pages = max(1, -(-len(in_tab) // HOUSEHOLDS_ON_A_PAGE))
    page = min(max(page, 1), pages)
    on_page = [row.person_id for household in in_tab[(page - 1) * HOUSEHOLDS_ON_A_PAGE : page * HOUSEHOLDS_ON_A_PAGE] for row in household]
    # Grouped anew: a measure may have come since the rows were counted, and a protected child stands apart.
    households = _in_order(await views.listed_children(work.db, on_page))
    counts = {each: sum(each in _tabs(row) for row in rows) for each in Tab}

    shown = show(ListPage(tab, counts, households, page, pages))
    await accesses.keep(work, staff, look, decision, shown)
    return shown.answer


async def count_not_started(work: UnitOfWork, staff: Staff) -> int:
    """Return how many reviews wait for somebody of `staff`'s ward, counted as the list does."""
    await _act_as(work, staff)
    return sum(Tab.NOT_STARTED in _tabs(row) for row in await _listed_rows(work, staff))


async def _listed_rows(work: UnitOfWork, staff: Staff) -> list[views.ListRow]:
    # Who has left the age scope is in no list and no count; the page stays open, for the case ends by a person's hand (S16).
    return [row for row in await views.listed_reviews(work.db, staff.ward) if in_scope(row.birth_date, work.today)]


def _in_order(rows: Sequence[R]) -> tuple[tuple[R, ...], ...]:
    waiting, gone = [row for row in rows if not row.is_gone], [row for row in rows if row.is_gone]
    return by_household(waiting) + by_household(gone)


def _tabs(row: views.ListRow) -> tuple[Tab, ...]:
    if row.is_gone:
        return Tab.REASONS_GONE, Tab.ALL
    if row.state is None or row.state is CaseState.NOTICED:
        return Tab.NOT_STARTED, Tab.ALL
    return (Tab.INVESTIGATION, Tab.ALL) if row.state is CaseState.INVESTIGATION else (Tab.ALL,)


async def open_child(
    work: UnitOfWork, staff: Staff, person_id: PersonId, sensitive: OpeningReason | None = None, *, show: Show[ChildPage, T]
) -> T | Deny:
    """
    Return what `show` makes of a child under review, and keep that it was seen. A refusal is kept too.

    `sensitive` is the reason for which welfare and health items are opened; without one they are left out.
    """
    action = Action.OPEN_SENSITIVE if sensitive else Action.OPEN_CHILD
    look = Look(accesses.SENSITIVE_OPENED if sensitive else accesses.CHILD_OPENED, person_id, reason=sensitive)
    await _act_as(work, staff)
    child = await views.child(work.db, person_id, work.today, LOOKS_SHOWN)
    if child is None:
        return await _refuse_hidden(work, staff, action, look)
    look = replace(look, ward=child.thing.ward, protected=child.protected)
    decision = may(viewer_of(staff), action, child.thing)
    if isinstance(decision, Deny):
        await accesses.keep(work, staff, look, decision)
        return decision

    shown = show(_child_page(work, staff, child, shows_sensitive=sensitive is not None))
    is_in_charge = child.case is not None and child.case.opened_by == staff.id
    await accesses.keep(work, staff, replace(look, is_in_charge=is_in_charge), decision, shown)
    return shown.answer


async def see_own_accesses(work: UnitOfWork, staff: Staff, *, show: Show[Sequence[views.OwnAccess], T]) -> T | Deny:
    """Return what `show` makes of what `staff` looked at and did, newest first. It names children: that is a look, too."""
    await _act_as(work, staff)
    look = Look(accesses.OWN_ACCESSES_OPENED)
    decision = may(viewer_of(staff), Action.SEE_OWN_ACCESSES)
    if isinstance(decision, Deny):
        await accesses.keep(work, staff, look, decision)
        return decision
    shown = show(await views.own_accesses(work.db, staff.id, OWN_ACCESSES_SHOWN))
    await accesses.keep(work, staff, look, decision, shown)
    return shown.answer


def _child_page(work: UnitOfWork, staff: Staff, child: views.Child, *, shows_sensitive: bool) -> ChildPage:
    state = child.case.state if child.case else CaseState.NOTICED
    can_move = isinstance(may(viewer_of(staff), Action.START_INVESTIGATION, child.thing), Permit)
    return ChildPage(
        child=child,
        siblings=shown_siblings(child.mates, protected=child.protected, today=work.today),
        shows_whereabouts=isinstance(may(viewer_of(staff), Action.SEE_WHEREABOUTS, child.thing), Permit),
        shows_sensitive=shows_sensitive,
        has_sensitive=any(sensitive_kind(reason.item) is not None for reason in child.latest.reasons),
        moves=flow.possible_moves(state, staff.roles, needed=child.needed) if can_move else (),
        due_by_default=after_opening_days(work.today, INVESTIGATION_OPENING_DAYS),
        version=version_of(child.version, child.case.version if child.case else 0),
    )


# --- What people do ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvestigationRequest:
    """
    Which sections are asked, and until when.

    `key` makes pressing twice one act; `version` is that of the page on which the person decided.
    """

    key: UUID
    version: str
    sections: tuple[Section, ...]
    due_on: date | None = None

    def fingerprint(self, person_id: PersonId) -> bytes:
        """Return what makes two requests the same."""
        text = json.dumps([START, str(person_id), self.version, sorted(self.sections), self.due_on and self.due_on.isoformat()])
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Started:
    """The case is open. `again` where the same request was answered before."""

    case_id: CaseId
    version: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """Something happened since the page was made: a colleague was first, or new facts came. `current` is the version now."""

    current: str


@dataclass(frozen=True, slots=True)
class NotPossible:
    """The case stands where this move does not start."""

    why: str


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """None of the reasons is left for which the child was put on the list: nobody starts with it."""

    why: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """What was filled in does not do: field and message."""

    errors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key was used for another request."""


NotMade: TypeAlias = Stale | NotPossible | NotNeeded | Invalid | KeyReused
MoveOutcome: TypeAlias = Started | NotMade | Deny

_WHY_NOT: Mapping[type[NotMade], Reason] = {
    Stale: Reason.PAGE_OUTDATED,
    NotPossible: Reason.MOVE_NOT_POSSIBLE,
    NotNeeded: Reason.REASONS_GONE,
    Invalid: Reason.NOT_FILLED_IN,
    KeyReused: Reason.KEY_REUSED,
}
"""What the log is told of a move that was not made."""


def version_of(review_version: int, case_version: int) -> str:
    """Return the version of what a child's page shows: that of the facts, and that of the case."""
    return f"{review_version}.{case_version}"


async def start_investigation(work: UnitOfWork, staff: Staff, person_id: PersonId, request: InvestigationRequest) -> MoveOutcome:
    """Open the case of a child: the first move, always by a named person (PUSH-10)."""
    await _act_as(work, staff)
    review = await store.lock_review(work.db, person_id)
    if review is None:
        return await _refuse_hidden(work, staff, Action.START_INVESTIGATION, Look(accesses.MOVE_REFUSED, person_id))
    # Decided on the locked row: whoever works out anew who may see the child waits for it, and then knows of the case.
    decision = may(viewer_of(staff), Action.START_INVESTIGATION, review.thing)
    if isinstance(decision, Deny):
        look = Look(accesses.MOVE_REFUSED, person_id, review.thing.ward, review.thing.protected)
        await accesses.keep(work, staff, look, decision)
        return decision
    outcome = await _move(work, staff, person_id, review, request)
    if not isinstance(outcome, Started):
        # Whoever may, and is turned away by how things stand, tried as well: it is in the log and in the list of one's own.
        look = Look(accesses.MOVE_REFUSED, person_id, review.thing.ward, review.thing.protected)
        await accesses.keep(work, staff, look, Deny(_WHY_NOT[type(outcome)], hidden=False))
    return outcome


async def _move(
    work: UnitOfWork, staff: Staff, person_id: PersonId, review: store.LockedReview, request: InvestigationRequest
) -> Started | NotMade:
    # Asked after the lock: the second of two presses waits for the first, and then finds its answer here.
    answered = await store.answered_request(work.db, staff.id, request.key)
    if answered is not None:
        same = answered.fingerprint == request.fingerprint(person_id)
        return Started(answered.case_id, answered.case_version, again=True) if same else KeyReused()

    state, case_version = await store.case_state(work.db, review.case_id)
    refused_move = _refused_move(request, state, version_of(review.version, case_version), work.today, needed=review.needed)
    if refused_move is not None:
        return refused_move

    return await _open_case(work, staff, person_id, review, request)


def _refused_move(
    request: InvestigationRequest, state: CaseState, current: str, today: date, *, needed: bool
) -> Stale | NotPossible | NotNeeded | Invalid | None:
    if request.version != current:
        return Stale(current)
    try:
        flow.move_from(state, START, needed=needed)
    except flow.ReasonsGone as error:
        return NotNeeded(str(error))
    except flow.MoveNotPossible as error:
        return NotPossible(str(error))
    errors = tuple(_errors(request, today))
    return Invalid(errors) if errors else None


def _errors(request: InvestigationRequest, today: date) -> list[tuple[str, str]]:
    errors = []
    if not request.sections or not WARD_SECTIONS.issuperset(request.sections):
        errors.append(("sections", "調査を依頼する課を、区の3課から1つ以上選んでください。"))
    if request.due_on is not None and request.due_on <= today:
        errors.append(("due_on", "調査の期限は、あした以降の日にしてください。"))
    elif request.due_on is not None and not is_open(request.due_on):
        errors.append(("due_on", "調査の期限は、開庁日にしてください。"))
    return errors


async def _open_case(
    work: UnitOfWork, staff: Staff, person_id: PersonId, review: store.LockedReview, request: InvestigationRequest
) -> Started:
    ward = review.thing.ward
    assert ward is not None  # noqa: S101 -- nobody is permitted who is not of the child's ward
    move = flow.move_from(CaseState.NOTICED, START)
    case = store.NewCase(
        case_id=CaseId(work.identifiers.random()),
        person_id=person_id,
        household_id=review.household_id,
        ward=ward,
        state=move.end,
        version=1,
        opened_at=work.now,
        opened_by=staff.id,
        opened_by_name=staff.name,
        due_on=request.due_on or after_opening_days(work.today, INVESTIGATION_OPENING_DAYS),
    )
    sections = sorted(request.sections)
    await store.open_case(work.db, case, review.review_id)
    await store.note_move(work.db, case, move.key, CaseState.NOTICED, {"sections": sections, "due_on": case.due_on.isoformat()})
    answered = store.Answered(request.fingerprint(person_id), case.case_id, case.version)
    await store.keep_answer(work.db, staff.id, request.key, answered)

    _announce(work, case)
    await accesses.keep_start(work, staff, person_id, case.case_id, protected=review.thing.protected)
    return Started(case.case_id, case.version)


def _announce(work: UnitOfWork, case: store.NewCase) -> None:
    key = str(case.person_id)
    work.announce(
        CaseOpened(
            event_id=caused(case.case_id, "opened"),
            occurred_at=work.now,
            case_id=case.case_id,
            person_id=case.person_id,
            household_id=case.household_id,
            ward=case.ward,
            state=case.state,
        ),
        key=key,
    )
    work.announce(
        CaseMoved(
            event_id=caused(case.case_id, f"moved:{case.version}"),
            occurred_at=work.now,
            case_id=case.case_id,
            person_id=case.person_id,
            from_state=CaseState.NOTICED,
            to_state=case.state,
            version=case.version,
        ),
        key=key,
    )


# --- Permission and its record ----------------------------------------------------------------------------------------

_LOOKS = {
    Action.LIST_REVIEWS: accesses.LIST_OPENED,
    Action.OPEN_CHILD: accesses.CHILD_OPENED,
    Action.OPEN_SENSITIVE: accesses.SENSITIVE_OPENED,
    Action.START_INVESTIGATION: accesses.MOVE_REFUSED,
    Action.SEE_OWN_ACCESSES: accesses.OWN_ACCESSES_OPENED,
}
"""What an attempt is called in the log."""


async def refuse_stranger(work: UnitOfWork, staff: Staff, action: Action, person_id: PersonId | None = None) -> Deny | None:
    """
    Keep and return the refusal of somebody who may not do `action`, or not to this child; None for whoever may.

    For an inlet to ask before it reads what else was sent. What is then shown or done is decided on the row that is shown or locked.
    """
    look = Look(_LOOKS[action], person_id)
    await _act_as(work, staff)
    thing = None
    if person_id is not None:
        thing = await store.permission_facts(work.db, person_id)
        if thing is None:
            return await _refuse_hidden(work, staff, action, look)
        look = replace(look, ward=thing.ward, protected=thing.protected)
    decision = may(viewer_of(staff), action, thing)
    if isinstance(decision, Permit):
        return None
    await accesses.keep(work, staff, look, decision)
    return decision


async def _refuse_hidden(work: UnitOfWork, staff: Staff, action: Action, look: Look) -> Deny:
    """Refuse what the second wall showed no row of, and keep why: the log may know what the person is not told."""
    assert look.person_id is not None  # noqa: S101 -- a single child was asked for
    await store.act_as(work.db, Acting.SYSTEM)
    thing = await store.permission_facts(work.db, look.person_id)
    await _act_as(work, staff)
    decision = may(viewer_of(staff), action, thing)
    if isinstance(decision, Permit):
        # There is no review; or there was none that this person might see a moment ago, and that moment counts.
        decision = Deny(Reason.NO_REVIEW if thing is None else Reason.OTHER_WARD, hidden=True)
    await accesses.keep(work, staff, replace(look, protected=thing is not None and thing.protected), decision)
    return decision


async def _act_as(work: UnitOfWork, staff: Staff) -> None:
    if staff.roles & WARD_ROLES:
        await store.act_as(work.db, Acting.STAFF, staff.ward, staff.id)
    elif Role.COORDINATOR in staff.roles:
        await store.act_as(work.db, Acting.COORDINATOR, None, staff.id)
    else:
        # Named, and of no ward: no policy knows the empty word.
        await store.act_as(work.db, Acting.STAFF, None, staff.id)
