"""The JSON API. Same actions as the pages; a page never calls it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.ids import PersonId
from contracts.values import Section
from infra.http import Problem, problem
from infra.identity.recording import recorded
from infra.identity.walls import Asker, Wall, WalledRouter
from infra.service import Service
from services.casework import actions, views
from services.casework.accesses import Shown, Sight
from services.casework.domain.policy import Action, Deny
from services.casework.domain.review import Reason
from services.casework.domain.wording import WHEREABOUTS_HIDDEN, sensitive_kind
from services.casework.walls import wall

T = TypeVar("T")
_ROW = ("name", "kana", "birth_date", "protected", "state", "due_on", "opened_on", "basis_changed", "needed", "overdue_since")
_CHILD = ("name", "kana", "birth_date", "sex", "ward", "address_code", "protected", "opened_on", "needed", "basis_changed", "overdue_since")
ROW_FIELDS = dict(zip(_ROW, _ROW, strict=True)) | {"items": "reasons", "hidden_items": "hidden_items"}
"""What the list tells of a child here, by the log's name for it."""

CHILD_FIELDS = dict(zip(_CHILD, _CHILD, strict=True)) | {"case": "case", "hidden_items": "hidden_items"}
"""What is told of a child, by the log's name for it. Items go by their own names."""


class Move(BaseModel):
    """The first move: which of the ward's three sections are asked, and until when (default: five opening days)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    move: Literal["start_investigation"]
    sections: tuple[Section, ...] = Field(min_length=1, max_length=3)
    due_on: date | None = None


def api_router(service: Service) -> APIRouter:
    """Return the routes under /v1."""
    router = WalledRouter(prefix="/v1", tags=["casework"])

    def behind(action: Action) -> Wall:
        return wall(action, lambda _staff: recorded(service), lambda refused, _staff: _refusal(refused))

    async def reviews(staff: Asker, tab: actions.Tab = actions.Tab.ALL, page: Annotated[int, Query(ge=1)] = 1) -> Mapping[str, Any]:
        """Open reviews of one's ward, by household. Sensitive items appear as numbers only."""
        async with recorded(service) as work:
            outcome = await actions.open_list(work, staff, tab, page, show=_show_list)
        return _permitted(outcome)

    async def child(person_id: UUID, staff: Asker, response: Response) -> Mapping[str, Any]:
        """Return a child under review. The ETag is the version that a move must name."""
        async with recorded(service) as work:
            outcome = await actions.open_child(work, staff, PersonId(person_id), show=_show_child)
        child = _permitted(outcome)
        response.headers["etag"] = f'"{child["version"]}"'
        return child

    async def moves(
        person_id: UUID,
        move: Move,
        staff: Asker,
        idempotency_key: Annotated[UUID | None, Header()] = None,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Mapping[str, Any]:
        """Make a move. `If-Match` is the child's ETag, `Idempotency-Key` a fresh UUID per decision."""
        if if_match is None or idempotency_key is None:
            raise problem(428, "Precondition required", "Send If-Match with the child's ETag and Idempotency-Key with a fresh UUID.")
        request = actions.InvestigationRequest(idempotency_key, if_match.strip().strip('"'), move.sections, move.due_on)
        async with recorded(service) as work:
            outcome = await actions.start_investigation(work, staff, PersonId(person_id), request)
        return _moved_json(outcome)

    router.answer("/reviews", reviews, behind(Action.LIST_REVIEWS))
    router.answer("/children/{person_id}", child, behind(Action.OPEN_CHILD))
    router.answer("/reviews/{person_id}/moves", moves, behind(Action.START_INVESTIGATION), ["POST"], status_code=201)
    return router


def _permitted(shown: T | Deny) -> T:
    # Raised after the commit: the refusal is in the log before anybody is told.
    if isinstance(shown, Deny):
        raise _refusal(shown)
    return shown


def _refusal(denied: Deny) -> Problem:
    if denied.hidden:
        # One answer for what does not exist and for what may not be seen.
        return problem(404, "Not found", "There is no such child under review that you may see.")
    return problem(403, "Not permitted", f"Your registration does not allow this ({denied.reason}).")


def _moved_json(outcome: actions.MoveOutcome) -> Mapping[str, Any]:
    match outcome:
        case actions.Started():
            return {"case_id": outcome.case_id, "version": outcome.version, "state": "investigation", "again": outcome.again}
        case actions.Stale():
            raise problem(412, "Something happened since", f'The version is "{outcome.current}" now. Look at the child again.')
        case actions.NotPossible():
            raise problem(409, "The move is not possible from here", outcome.why)
        case actions.NotNeeded():
            raise problem(409, "The reasons are gone", outcome.why)
        case actions.KeyReused():
            raise problem(422, "The key was used before", "This Idempotency-Key belongs to another request.")
        case actions.Invalid():
            errors = [{"path": path, "message": message} for path, message in outcome.errors]
            raise problem(422, "The move is not filled in properly", errors=errors)
        case Deny():
            raise _refusal(outcome)


def _show_list(shown: actions.ListPage) -> Shown[Mapping[str, Any]]:
    households = [[_row_json(row) for row in household] for household in shown.households]
    others = tuple(Sight(row["person_id"], _told(row, ROW_FIELDS), row["protected"]) for household in households for row in household)
    answer = {"tab": shown.tab, "counts": shown.counts, "page": shown.page, "pages": shown.pages, "households": households}
    return Shown(answer, tuple(dict.fromkeys(field for sight in others for field in sight.fields)), others, len(others))


def _told(answer: Mapping[str, Any], fields: Mapping[str, str]) -> tuple[str, ...]:
    # What is False or 0 is told all the same; what is missing or hidden is not.
    return tuple(name for key, name in fields.items() if answer[key] not in (None, [], WHEREABOUTS_HIDDEN))


def _row_json(row: views.ListedChild) -> Mapping[str, Any]:
    holding = [reason for reason in row.reasons if reason.holds]
    return {
        "person_id": row.person_id,
        "name": row.name,
        "kana": row.kana,
        "birth_date": row.birth_date,
        "state": row.state or "noticed",
        "due_on": row.due_on,
        "opened_on": row.opened_on,
        "basis_changed": row.basis_changed,
        "needed": row.needed,
        "overdue_since": row.overdue_since,
        "protected": row.protected,
        "items": [reason.item for reason in holding if sensitive_kind(reason.item) is None],
        "hidden_items": sum(sensitive_kind(reason.item) is not None for reason in holding),
    }


def _show_child(page: actions.ChildPage) -> Shown[Mapping[str, Any]]:
    child = page.child
    shown = [reason for reason in child.latest.reasons if page.shows_sensitive or sensitive_kind(reason.item) is None]
    answer = {
        "person_id": child.person_id,
        "name": child.name,
        "kana": child.kana,
        "birth_date": child.birth_date,
        "sex": child.sex,
        "ward": child.lives_in if page.shows_whereabouts else WHEREABOUTS_HIDDEN,
        "address_code": child.address_code if page.shows_whereabouts else WHEREABOUTS_HIDDEN,
        "protected": child.protected,
        "opened_on": child.opened_on,
        "as_of": child.latest.as_of,
        "needed": child.needed,
        "overdue_since": child.overdue_since,
        "basis_changed": child.basis_changed,
        "indicators": [_reason_json(reason) for reason in shown],
        "hidden_items": len(child.latest.reasons) - len(shown),
        "case": {"case_id": child.case.case_id, "state": child.case.state, "due_on": child.case.due_on} if child.case else None,
        "moves": [move.key for move in page.moves],
        "version": page.version,
    }
    return Shown(answer, (*_told(answer, CHILD_FIELDS), *(reason.item for reason in shown)))


def _reason_json(reason: Reason) -> Mapping[str, Any]:
    return {
        "item": reason.item,
        "value": reason.value,
        "counted": reason.counted,
        "valid_from": reason.valid_from,
        "valid_to": reason.valid_to,
        "known_at": reason.known_at,
        "reason_code": reason.reason_code,
        "source": reason.source,
        "fresh_through": reason.fresh_through,
        "stale_since": reason.stale_since,
    }
