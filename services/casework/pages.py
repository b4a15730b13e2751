"""The ward's pages: the list of reviews, a child, one's own accesses. Every page works without a script."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from contracts.ids import PersonId
from contracts.values import Section
from infra.identity.login import Identity
from infra.identity.recording import NotRecorded, recorded
from infra.identity.staff import Staff
from infra.identity.walls import Asker, Wall, WalledRouter
from infra.pages.rendering import Pages, Shown
from infra.service import Service
from infra.work import UnitOfWork
from services.casework import actions
from services.casework.actions import OpeningReason, Tab
from services.casework.domain.policy import Action, Deny
from services.casework.presentation import show_accesses, show_child, show_list
from services.casework.walls import wall

T = TypeVar("T")
Chosen = TypeVar("Chosen", OpeningReason, Section)
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One line of the menu."""

    address: str
    label: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class SeenChild:
    """What a child's page says, recorded; and how many reviews nobody has taken up (the menu says it)."""

    context: Mapping[str, Any]
    waiting: int


def pages_router(service: Service) -> APIRouter:
    """Return the routes of the pages. The login routes must be mounted before."""
    pages = CaseworkPages(service)
    router = WalledRouter(include_in_schema=False)
    router.answer("/", pages.first, pages.wall(Action.LIST_REVIEWS))
    router.answer("/reviews", pages.reviews, pages.wall(Action.LIST_REVIEWS))
    router.answer("/children/{person_id}", pages.child, pages.wall(Action.OPEN_CHILD))
    router.answer("/children/{person_id}/sensitive", pages.sensitive, pages.wall(Action.OPEN_SENSITIVE), ["POST"])
    router.answer("/children/{person_id}/moves", pages.moves, pages.wall(Action.START_INVESTIGATION), ["POST"])
    for form in ("sensitive", "moves"):
        router.answer(f"/children/{{person_id}}/{form}", pages.back_to_child, pages.wall(Action.OPEN_CHILD))
    router.answer("/me/accesses", pages.own_accesses, pages.wall(Action.SEE_OWN_ACCESSES))
    return router


class CaseworkPages:
    """The pages. Each answer is made after the commit that records it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._identity: Identity = service.app.state.identity
        self._pages = Pages(Path(__file__).with_name("templates"), notice=service.settings.notice)

    def wall(self, action: Action) -> Wall:
        """Return the wall before a page on which one does `action`."""
        return wall(action, self._recording, self._refusal)

    async def first(self) -> Response:
        """Lead to the list."""
        return RedirectResponse("/reviews", 303)

    async def reviews(self, staff: Asker, tab: Tab = Tab.NOT_STARTED, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
        """Show the reviews of one's ward, by household."""
        async with self._recording(staff) as work:
            outcome = await actions.open_list(work, staff, tab, page, show=partial(show_list, staff=staff, today=work.today))
        context = self._permitted(outcome, staff)
        return self._pages.render("reviews.html", staff=staff, nav=_nav("/reviews", context["waiting"]), **context)

    async def child(self, person_id: UUID, staff: Asker, done: str = "") -> Response:
        """Show a child under review. `done` is true after a move."""
        seen = await self._open_child(person_id, staff)
        return self._child_page(seen, staff, done=done == "true")

    async def sensitive(self, person_id: UUID, request: Request, staff: Asker) -> Response:
        """Show a child with its sensitive items, for a stated reason."""
        form = await self._identity.form(request, staff)
        reason = _one_of(OpeningReason, form.get("reason"))
        errors = () if reason else (("reason", "開く理由を選んでください。"),)
        seen = await self._open_child(person_id, staff, reason, errors=errors)
        return self._child_page(seen, staff, 200 if reason else 422)

    async def moves(self, person_id: UUID, request: Request, staff: Asker) -> Response:
        """Make the move of a child's page; then show the child, so that a reload does nothing again."""
        asked = _request(await self._identity.form(request, staff))
        if asked is None:
            text = "送られた内容が読み取れませんでした。画面を開き直してから、もう一度操作してください。"
            raise self._problem(422, "受け付けられません", text, staff, f"/children/{person_id}", "こどもの画面へ")
        async with self._recording(staff) as work:
            outcome = await actions.start_investigation(work, staff, PersonId(person_id), asked)
        if isinstance(outcome, actions.Started):
            return RedirectResponse(f"/children/{person_id}?done=true", 303)
        return await self._refused_move(person_id, staff, outcome, asked)

    async def back_to_child(self, person_id: UUID, _staff: Asker) -> Response:
        """Lead to the child's page whoever types or reloads an address that a form is sent to."""
        return RedirectResponse(f"/children/{person_id}", 303)

    async def own_accesses(self, staff: Asker) -> Response:
        """Show what one looked at oneself."""
        async with self._recording(staff) as work:
            outcome = await actions.see_own_accesses(work, staff, show=show_accesses)
        context = self._permitted(outcome, staff)
        return self._pages.render("own_accesses.html", staff=staff, nav=_nav("/me/accesses"), **context)

    async def _open_child(
        self,
        person_id: UUID,
        staff: Staff,
        reason: OpeningReason | None = None,
        *,
        asked: actions.InvestigationRequest | None = None,
        errors: Errors = (),
    ) -> SeenChild:
        async with self._recording(staff) as work:
            show = partial(show_child, staff=staff, today=work.today, asked=asked, errors=errors)
            outcome = await actions.open_child(work, staff, PersonId(person_id), reason, show=show)
            waiting = 0 if isinstance(outcome, Deny) else await actions.count_not_started(work, staff)
        return SeenChild(self._permitted(outcome, staff), waiting)

    async def _refused_move(
        self, person_id: UUID, staff: Staff, outcome: actions.MoveOutcome, asked: actions.InvestigationRequest
    ) -> Response:
        if isinstance(outcome, Deny):
            raise self._refusal(outcome, staff)
        status, errors = _move_errors(outcome)
        seen = await self._open_child(person_id, staff, asked=asked, errors=errors)
        return self._child_page(seen, staff, status)

    def _child_page(self, seen: SeenChild, staff: Staff, status: int = 200, *, done: bool = False) -> Response:
        return self._pages.render("child.html", status, staff=staff, nav=_nav("/reviews", seen.waiting), done=done, **seen.context)

    @asynccontextmanager
    async def _recording(self, staff: Staff) -> AsyncIterator[UnitOfWork]:
        try:
            async with recorded(self._service) as work:
                yield work
        except NotRecorded as error:
            text = "閲覧の記録を残せないため、表示できません。しばらくしてから、もう一度お試しください。"
            raise self._problem(503, "いまは表示できません", text, staff) from error

    def _permitted(self, shown: T | Deny, staff: Staff) -> T:
        # Raised after the commit: the refusal is in the log before anybody is told.
        if isinstance(shown, Deny):
            raise self._refusal(shown, staff)
        return shown

    def _refusal(self, denied: Deny, staff: Staff) -> Shown:
        if denied.hidden:
            # The same page for what does not exist and for what may not be seen.
            text = "このこどもの要確認は、ないか、あなたの登録では見られません。開こうとしたことは記録されました。"
            return self._problem(404, "見つかりません", text, staff, "/reviews", "要確認の一覧へ")
        text = "あなたの登録では、この画面は使えません。別の登録で使うときは、ログアウトしてください。"
        return self._problem(403, "使えません", text, staff, "/me/accesses", "自分の閲覧記録へ")

    def _problem(self, status: int, title: str, text: str, staff: Staff, back: str = "/reviews", label: str = "要確認の一覧へ") -> Shown:
        return self._pages.problem(status, title, text, staff=staff, nav=_nav(""), back=back, back_label=label)


def _nav(current: str, count: int | None = None) -> tuple[NavEntry, ...]:
    return (
        NavEntry("/reviews", "要確認", current == "/reviews", count),
        NavEntry("/me/accesses", "自分の閲覧記録", current == "/me/accesses"),
    )


# --- Forms ------------------------------------------------------------------------------------------------------------


def _request(form: FormData) -> actions.InvestigationRequest | None:
    """Return the request in a form, or None where the form is not one that our page makes."""
    sections = [_one_of(Section, value) for value in form.getlist("sections")]
    due_on = form.get("due_on")
    try:
        key = UUID(str(form.get("key")))
        day = date.fromisoformat(due_on) if isinstance(due_on, str) and due_on else None
    except ValueError:
        return None
    if form.get("move") != actions.START or None in sections:
        return None
    return actions.InvestigationRequest(key, str(form.get("version", "")), tuple(section for section in sections if section), day)


def _move_errors(outcome: actions.MoveOutcome) -> tuple[int, tuple[tuple[str, str], ...]]:
    match outcome:
        case actions.Stale():
            return 412, (
                ("version", "画面を開いたあとに、ほかの職員が先に操作したか、新しい情報が届きました。最新の内容を確かめてください。"),
            )
        case actions.NotPossible():
            return 409, (("move", "すでに次の段階に進んでいるため、この操作はできません。"),)
        case actions.NotNeeded():
            return 409, (("move", "いまの記録では、要確認のきっかけに当たらなくなったため、調査を始められません。"),)
        case actions.Invalid():
            return 422, outcome.errors
        case _:
            return 422, (("key", "同じ画面から別の内容が送られました。画面を開き直してください。"),)


def _one_of(kind: type[Chosen], text: object) -> Chosen | None:
    return next((member for member in kind if member.value == text), None)
