"""What casework does: takes words in, shows a child to those who may see it, and lets a person make the first move."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias, TypeVar
from uuid import UUID

from contracts.ids import CaseId, PersonId
from contracts.messages import (
    Actor,
    CaseMoved,
    CaseOpened,
    EvaluationOverdue,
    HouseholdChanged,
    PersonChanged,
    PersonIdentified,
    ProtectionChanged,
    ReviewBasisChanged,
    ReviewNeeded,
)
from contracts.messages import Thing as AuditThing
from contracts.values import CaseState, Role, Section
from infra.identifiers import caused
from infra.identity.staff import Staff
from infra.work import UnitOfWork
from services.casework import store, views
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days, in_scope, is_open
from services.casework.domain.household import by_household, shown_siblings
from services.casework.domain.policy import WARD_ROLES, WARD_SECTIONS, Action, Deny, Permit, Reason, Thing, Viewer, may
from services.casework.domain.review import Kind, disposition_of, state_of
from services.casework.domain.wording import sensitive_kind
from services.casework.store import Acting

R = TypeVar("R", bound=views.ListRow)

START = "start_investigation"
HOUSEHOLDS_ON_A_PAGE = 50
LOOKS_SHOWN = 8
OWN_ACCESSES_SHOWN = 200

LIST_FIELDS = ("name", "age", "household_no", "protected", "reasons", "basis_changed", "opened_on", "state", "due_on")
"""What the list shows of a child, no more and no less."""

CHILD_FIELDS = ("name", "kana", "birth_date", "sex", "ward", "household", "reasons", "case", "accesses")
WHEREABOUTS_FIELDS = ("address_code", "household_no")


class Tab(StrEnum):
    """The list's views. A review whose reasons are gone is no work that waits: it stands, and counts, apart."""

    NOT_STARTED = "not_started"
    REASONS_GONE = "reasons_gone"
    INVESTIGATION = "investigation"
    ALL = "all"


class OpeningReason(StrEnum):
    """Why somebody opens sensitive items; kept with the access."""

    WHETHER_TO_INVESTIGATE = "whether_to_investigate"
    INVESTIGATION = "investigation"
    CONFERENCE = "conference"


# --- What is heard ----------------------------------------------------------------------------------------------------


async def hear_persons(
    work: UnitOfWork,
    *,
    measures: Sequence[ProtectionChanged],
    persons: Sequence[PersonChanged],
    names: Sequence[PersonIdentified],
    households: Sequence[HouseholdChanged],
) -> None:
    """Save what is known of persons, measures first, and work out who may see them."""
    touched = await store.save_measures(work.db, measures) if measures else set()
    if persons:
        await store.save_persons(work.db, persons)
        touched.update(PersonId(each.person_id) for each in persons)
    # Before names: a name is never in the table without the wall around it.
    if touched:
        await store.refresh_access(work.db, touched)
    if names:
        await store.save_names(work.db, names)
    if households:
        await store.save_households(work.db, households)


async def hear_words(work: UnitOfWork, told: Sequence[ReviewNeeded | ReviewBasisChanged]) -> None:
    """Keep what the scorer said, bring reviews up to date, and write what became of every request to look."""
    if not told:
        return
    await store.save_words(work.db, told)
    words = await store.words_of(work.db, {PersonId(each.person_id) for each in told})

    states = {person_id: state for person_id, said in words.items() if (state := state_of(word for _, word in said)) is not None}
    dispositions = [
        (event_id, person_id, disposition_of(word.version, states[person_id].opened_version))
        for person_id, said in words.items()
        for event_id, word in said
        if word.kind is Kind.NEEDED
    ]

    if states:
        named = {person_id: (caused(person_id, f"review:{state.opened_version}"), state) for person_id, state in states.items()}
        await store.save_reviews(work.db, named)
    if dispositions:
        await store.save_dispositions(work.db, dispositions)
    for each in told:
        if isinstance(each, ReviewNeeded):
            _keep_reception(work, each)


async def hear_overdue(work: UnitOfWork, told: Sequence[EvaluationOverdue]) -> None:
    """Keep for whom the scorer has no answer of today."""
    if told:
        await store.save_overdue(work.db, told)


def _keep_reception(work: UnitOfWork, needed: ReviewNeeded) -> None:
    work.decision(
        actor=work.service_actor(),
        action="casework.review_received",
        thing=AuditThing(kind="child", id=str(needed.person_id)),
        cause=needed.event_id,
        reason_code=needed.ruleset,
    )


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


async def open_list(work: UnitOfWork, staff: Staff, tab: Tab, page: int = 1, *, fields: tuple[str, ...] = LIST_FIELDS) -> ListPage | Deny:
    """
    Return the reviews that `staff` may see, and keep that they were seen. A refusal is kept too.

    `fields` are those that the asker is shown: the log says what was seen.
    """
    decision = may(viewer_of(staff), Action.LIST_REVIEWS)
    if isinstance(decision, Deny):
        await _keep_access(work, staff, "casework.list_opened", decision)
        return decision
    await _act_as(work, staff)
    rows = await _listed_rows(work, staff)
    shown = _in_order([row for row in rows if tab in _tabs(row)])
    pages = max(1, -(-len(shown) // HOUSEHOLDS_ON_A_PAGE))
    page = min(max(page, 1), pages)
    on_page = [row.person_id for household in shown[(page - 1) * HOUSEHOLDS_ON_A_PAGE : page * HOUSEHOLDS_ON_A_PAGE] for row in household]
    # Grouped anew: a measure may have come since the rows were counted, and a protected child stands apart.
    children = await views.listed_children(work.db, on_page)

    await _keep_access(work, staff, "casework.list_opened", decision, fields=fields, count=len(children))
    counts = {each: sum(each in _tabs(row) for row in rows) for each in Tab}
    return ListPage(tab, counts, _in_order(children), page, pages)


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


async def open_child(work: UnitOfWork, staff: Staff, person_id: PersonId, sensitive: OpeningReason | None = None) -> ChildPage | Deny:
    """
    Return a child under review, and keep that it was seen. A refusal is kept too.

    `sensitive` is the reason for which welfare and health items are opened; without one they are left out.
    """
    action = Action.OPEN_SENSITIVE if sensitive else Action.OPEN_CHILD
    name = "casework.sensitive_opened" if sensitive else "casework.child_opened"
    await _act_as(work, staff)
    child = await views.child(work.db, person_id, work.today, LOOKS_SHOWN)
    if child is None:
        return await _refuse_hidden(work, staff, action, name, person_id)
    decision = may(viewer_of(staff), action, child.thing)
    if isinstance(decision, Deny):
        await _keep_access(work, staff, name, decision, person_id=person_id, protected=child.protected)
        return decision

    page = _child_page(work, staff, child, shows_sensitive=sensitive is not None)
    fields = CHILD_FIELDS + (WHEREABOUTS_FIELDS if page.shows_whereabouts else ()) + _sensitive_fields(page)
    await _keep_access(
        work, staff, name, decision, person_id=person_id, child=child, fields=fields, opening=sensitive, protected=child.protected
    )
    return page


def _sensitive_fields(page: ChildPage) -> tuple[str, ...]:
    # All that were open to the eye, whatever their value: a list of those that hold would tell the log about the family.
    reasons = page.child.latest.reasons if page.shows_sensitive else ()
    return tuple(reason.item for reason in reasons if sensitive_kind(reason.item) is not None)


async def see_own_accesses(work: UnitOfWork, staff: Staff) -> list[views.OwnAccess] | Deny:
    """Return what `staff` looked at, newest first."""
    decision = may(viewer_of(staff), Action.SEE_OWN_ACCESSES)
    if isinstance(decision, Deny):
        await _keep_access(work, staff, "casework.own_accesses_opened", decision)
        return decision
    await _act_as(work, staff)
    accesses = await views.own_accesses(work.db, staff.id, OWN_ACCESSES_SHOWN)
    await _keep_access(work, staff, "casework.own_accesses_opened", decision, count=len(accesses))
    return accesses


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


MoveOutcome: TypeAlias = Started | Stale | NotPossible | NotNeeded | Invalid | KeyReused | Deny


def version_of(review_version: int, case_version: int) -> str:
    """Return the version of what a child's page shows: that of the facts, and that of the case."""
    return f"{review_version}.{case_version}"


async def start_investigation(work: UnitOfWork, staff: Staff, person_id: PersonId, request: InvestigationRequest) -> MoveOutcome:
    """Open the case of a child: the first move, always by a named person (PUSH-10)."""
    await _act_as(work, staff)
    review = await store.lock_review(work.db, person_id)
    if review is None:
        return await _refuse_hidden(work, staff, Action.START_INVESTIGATION, "casework.move_refused", person_id)
    # Decided on the locked row: whoever works out anew who may see the child waits for it, and then knows of the case.
    decision = may(viewer_of(staff), Action.START_INVESTIGATION, review.thing)
    if isinstance(decision, Deny):
        await _keep_access(work, staff, "casework.move_refused", decision, person_id=person_id, protected=review.thing.protected)
        return decision
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
    work.decision(
        actor=_actor(staff, protected=review.thing.protected),
        action="casework.investigation_started",
        thing=AuditThing(kind="child", id=str(person_id)),
        fields=("state", "sections", "due_on"),
        relation="assigned",
        correlation=str(case.case_id),
    )
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


async def _refuse_hidden(work: UnitOfWork, staff: Staff, action: Action, name: str, person_id: PersonId) -> Deny:
    """Refuse what the second wall showed no row of, and keep why: the log may know what the person is not told."""
    await store.act_as(work.db, Acting.SYSTEM)
    thing = await store.permission_facts(work.db, person_id)
    await _act_as(work, staff)
    decision = may(viewer_of(staff), action, thing)
    if isinstance(decision, Permit):
        # There is no review; or there was none that this person might see a moment ago, and that moment counts.
        decision = Deny(Reason.NO_REVIEW if thing is None else Reason.OTHER_WARD, hidden=True)
    await _keep_access(work, staff, name, decision, person_id=person_id, protected=_is_protected(thing))
    return decision


async def _act_as(work: UnitOfWork, staff: Staff) -> None:
    if staff.roles & WARD_ROLES:
        await store.act_as(work.db, Acting.STAFF, staff.ward, staff.id)
    elif Role.COORDINATOR in staff.roles:
        await store.act_as(work.db, Acting.COORDINATOR, None, staff.id)
    else:
        # Named, and of no ward: no policy knows the empty word.
        await store.act_as(work.db, Acting.STAFF, None, staff.id)


async def _keep_access(
    work: UnitOfWork,
    staff: Staff,
    action: str,
    decision: Permit | Deny,
    *,
    person_id: PersonId | None = None,
    child: views.Child | None = None,
    fields: tuple[str, ...] = (),
    count: int | None = None,
    opening: OpeningReason | None = None,
    protected: bool = False,
) -> None:
    permitted = isinstance(decision, Permit)
    relation = decision.relation if isinstance(decision, Permit) else "none"
    if child is not None and child.case is not None and child.case.opened_by == staff.id:
        relation = "assigned"
    ward = child.thing.ward if child is not None and not protected else None
    entry = work.access(
        actor=_actor(staff, protected=protected),
        action=action,
        thing=AuditThing(kind="child", id=str(person_id), ward=ward)
        if person_id
        else AuditThing(kind="review_list", id=None, ward=staff.ward),
        fields=fields,
        decision="permit" if permitted else "deny",
        relation=relation,
        reason_code=_reason_code(decision, child, opening),
        count=count,
    )
    await store.note_access(
        work.db,
        entry,
        work.now,
        staff=(staff.id, staff.name, staff.place),
        action=action,
        person_id=person_id,
        decision="permit" if permitted else "deny",
    )


def _actor(staff: Staff, *, protected: bool) -> Actor:
    # Where a protected child lives is not told to the log either, neither by its own ward nor by that of whoever may see it.
    return staff.actor.model_copy(update={"ward": None}) if protected else staff.actor


def _is_protected(thing: Thing | None) -> bool:
    return thing is not None and thing.protected


def _reason_code(decision: Permit | Deny, child: views.Child | None, opening: OpeningReason | None) -> str | None:
    if isinstance(decision, Deny):
        return decision.reason
    # Every look at a protected child is worth an alert (`domain.md` §4.4).
    protected = "protected_person" if child is not None and child.protected else None
    return ".".join(filter(None, (protected, opening))) or None
