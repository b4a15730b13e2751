"""The ward's pages: every screen at its address, and the forms of moves. Every page works without a script."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from contracts.ids import PersonId
from infra.identity.login import Identity
from infra.identity.recording import NotRecorded, recorded
from infra.identity.staff import Staff
from infra.identity.walls import Asker, Wall, WalledRouter
from infra.looking import Refused
from infra.pages.rendering import MenuEntry, Pages, Shown
from infra.scanning import scanner_of
from infra.service import Service
from infra.work import UnitOfWork
from services.casework import giving, manual, moving, seeing
from services.casework.accesses import viewer_of
from services.casework.domain.policy import Action, Permit, Reason, decide
from services.casework.forms import filled_in, filled_in_for, move_attempt, reads
from services.casework.moved import Errors, Moved
from services.casework.moves import STEPS
from services.casework.moving import Asked
from services.casework.refusing import OF_NO_CHILD, PROBLEMS, errors_of, in_an_emergency
from services.casework.screens import BY_NAME, MENU, PAGES, SCREENS
from services.casework.screens.reviews.rows import Tab
from services.casework.seeing import AnyAct, AnyScreen, Asking, Done, Handed, Mistake, Opening, Question
from services.casework.sheets import Sheet, parts
from services.casework.walls import Attempt, once_more, wall

Endpoint = Callable[..., Awaitable[Response]]
CHILD, LIST, FILES = BY_NAME["child"], BY_NAME["reviews"], BY_NAME["files"]
MANUAL = "manual"
DONE = "tsunagu-casework-done"
DONE_SECONDS = 60
OLD_PAGE: Errors = (("form_token", "画面が古くなっていたため、まだ送られていません。内容を確かめて、もう一度操作してください。"),)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it was recorded, and how many reviews nobody has taken up, where the menu says it."""

    sheet: Sheet
    waiting: int | None


class CaseworkPages:
    """The pages. Each answer is made after the commit that records it."""

    def __init__(self, service: Service, identity: Identity, file_scanner: str) -> None:
        self._service = service
        self._identity = identity
        self._pages = Pages(PAGES, notice=service.settings.notice)
        self._scanner = scanner_of(file_scanner)

    def router(self) -> APIRouter:
        """Return the routes: of every screen, of the moves, and of the first page."""
        router = WalledRouter(self._identity, include_in_schema=False)
        router.answer("/", self._first, self._wall(lambda staff, person_id: seeing.attempt(home_of(staff), staff, person_id)))
        for screen in SCREENS:
            self._mount(router, screen)
        router.answer("/children/{person_id}/moves", self._moves, self._wall(move_attempt), ["POST"])
        router.answer(FILES.address, self._file_sent, self._wall(giving.attempt_to_add), ["POST"])
        router.answer("/children/{person_id}/moves", self._back_to(CHILD), self._wall(partial(seeing.attempt, CHILD)))
        return router

    def _mount(self, router: WalledRouter, screen: AnyScreen) -> None:
        before = self._wall(partial(seeing.attempt, screen))
        for act in screen.acts:
            address = f"{screen.address}/{act.name}"
            router.answer(address, self._sent(screen, act), self._wall(partial(seeing.act_attempt, screen, act)), ["POST"])
            router.answer(address, self._back_to(screen), before)
        if screen.opening is None:
            router.answer(screen.address, self._page_of(screen), before)
            return
        instead = BY_NAME[screen.opening.instead]
        router.answer(screen.address, self._opened_by_form(screen, screen.opening, instead), before, ["POST"])
        # Whoever types or reloads an address that a form is sent to.
        router.answer(screen.address, self._back_to(instead), self._wall(partial(seeing.attempt, instead)))

    # --- Endpoints

    async def _first(self, staff: Asker) -> Response:
        return RedirectResponse(home_of(staff).address, 303)

    def _page_of(self, screen: AnyScreen) -> Endpoint:
        async def of_child(person_id: UUID, request: Request, staff: Asker, asked: Question) -> Response:
            return await self._told_once(request, screen, staff, asked, PersonId(person_id))

        async def of_nobody(request: Request, staff: Asker, asked: Question) -> Response:
            return await self._told_once(request, screen, staff, asked)

        return reads(of_child if screen.facts is not None else of_nobody, asked=Annotated[screen.page.question, Query()])

    def _opened_by_form(self, screen: AnyScreen, opening: Opening, instead: AnyScreen) -> Endpoint:
        async def of_child(person_id: UUID, request: Request, staff: Asker) -> Response:
            return await opened(request, staff, PersonId(person_id))

        async def of_nobody(request: Request, staff: Asker) -> Response:
            return await opened(request, staff)

        async def opened(request: Request, staff: Staff, person_id: PersonId | None = None) -> Response:
            read = opening.read(await self._identity.form(request, staff))
            if isinstance(read, Question) and opening.again is not None:
                read = await once_more(request, staff, self._identity, opening.again, read)
            if isinstance(read, Question):
                return await self._answer(screen, staff, read, person_id)
            return await self._answer(instead, staff, instead.page.question(), person_id, 422, read)

        return of_child if screen.facts is not None else of_nobody

    def _sent(self, screen: AnyScreen, act: AnyAct) -> Endpoint:
        async def of_child(person_id: UUID, request: Request, staff: Asker) -> Response:
            return await sent(request, staff, PersonId(person_id))

        async def of_nobody(request: Request, staff: Asker) -> Response:
            return await sent(request, staff)

        async def sent(request: Request, staff: Staff, person_id: PersonId | None = None) -> Response:
            filled = filled_in_for(act, await self._identity.form(request, staff))
            result: Done | Mistake | Refused
            if isinstance(filled, Mistake):
                result = filled
            else:
                async with self._recording(staff) as work:
                    asking = Asking(staff, work.today, Question(), person_id, register=self._identity)
                    result = await seeing.do(work, screen, act, asking, filled)
            if isinstance(result, Refused):
                raise self._refusal(result, staff)
            if isinstance(result, Mistake):
                return await self._answer(screen, staff, screen.page.question(), person_id, result.status, result)
            address = result.address or screen.address.format(person_id=person_id)
            return _with_done(RedirectResponse(address, 303), request, address.partition("?")[0], act.name)

        return of_child if screen.facts is not None else of_nobody

    def _back_to(self, screen: AnyScreen) -> Endpoint:
        async def to_child(person_id: UUID, _staff: Asker) -> Response:
            return RedirectResponse(screen.address.format(person_id=person_id), 303)

        async def to_screen(_staff: Asker) -> Response:
            return RedirectResponse(screen.address, 303)

        return to_child if screen.facts is not None else to_screen

    async def _moves(self, person_id: UUID, request: Request, staff: Asker) -> Response:
        """Make a move of a child's page; then show the child, so that a reload does nothing again."""
        sent, is_current = await self._identity.form_as_sent(request, staff)
        filled = filled_in(sent)
        address = CHILD.address.format(person_id=person_id)
        if filled is None:
            text = "送られた内容が読み取れませんでした。画面を開き直してから、もう一度操作してください。"
            raise self._problem(422 if is_current else 403, "受け付けられません", text, staff, address, "こどもの画面へ")
        if not is_current or filled.errors:
            status, errors = (422, filled.errors) if is_current else (403, OLD_PAGE)
            return await self._again(staff, PersonId(person_id), status, Mistake(errors, filled.form))
        async with self._recording(staff) as work:
            outcome = await moving.make(work, staff, PersonId(person_id), Asked(filled.step, filled.form, filled.pressed, STEPS))
        match outcome:
            case Moved() if filled.step.leaves:
                return RedirectResponse(f"{LIST.address}?tab={Tab.RECEIVING}" if staff.ward else home_of(staff).address, 303)
            case Moved():
                return _with_done(RedirectResponse(address, 303), request, address, filled.step.move.key)
            case Refused():
                raise self._refusal(outcome, staff)
            case _:
                status, errors = errors_of(outcome)
                return await self._again(staff, PersonId(person_id), status, Mistake(errors, filled.form))

    async def _file_sent(self, person_id: UUID, request: Request, staff: Asker) -> Response:
        """Keep a file with the child's case; then show the list, so that a reload sends nothing again."""
        outcome = await giving.take(request, staff, PersonId(person_id), self._identity, self._scanner, self._recording)
        if isinstance(outcome, giving.Taken):
            address = FILES.address.format(person_id=person_id)
            return _with_done(RedirectResponse(address, 303), request, address, "again" if outcome.again else "added")
        if isinstance(outcome, Refused):
            raise self._refusal(outcome, staff)
        return await self._answer(
            FILES, staff, FILES.page.question(), PersonId(person_id), outcome.status, Mistake((("file", outcome.text),))
        )

    # --- A page and its frame

    async def _told_once(
        self, request: Request, screen: AnyScreen, staff: Staff, asked: Question, person_id: PersonId | None = None
    ) -> Response:
        """Show a screen after a move or an act: that it was made is said once, and not again by a reload."""
        done = request.cookies.get(DONE, "")
        page = await self._answer(screen, staff, asked, person_id, done=done)
        if done:
            page.delete_cookie(DONE, path=screen.address.format(person_id=person_id), httponly=True, samesite="strict")
        return page

    async def _again(self, staff: Staff, person_id: PersonId, status: int, mistake: Mistake) -> Response:
        """Show the child with a form that was not accepted, as it was filled in."""
        return await self._answer(CHILD, staff, CHILD.page.question(), person_id, status, mistake)

    async def _answer(
        self,
        screen: AnyScreen,
        staff: Staff,
        asked: Question,
        person_id: PersonId | None = None,
        status: int = 200,
        mistake: Mistake | None = None,
        done: str = "",
    ) -> Response:
        async with self._recording(staff) as work:
            asking = Asking(staff, work.today, asked, person_id, mistake, done, self._identity)
            seen = await self._see(work, screen, asking)
        # Raised after the commit: the refusal is in the log before anybody is told.
        if isinstance(seen, Refused):
            raise self._refusal(seen, staff, person_id)
        if screen.handed is not Handed.PAGE:
            return await giving.handed(self._pages, screen, seen.sheet, partial(self._problem, staff=staff))
        nav = _nav(staff, screen.under or screen.name, seen.waiting, of=screen.name)
        return self._pages.render(screen.template, status, staff=staff, nav=nav, **parts(seen.sheet))

    async def _see(self, work: UnitOfWork, screen: AnyScreen, asking: Asking[Any]) -> Seen | Refused:
        sheet = await seeing.see(work, screen, screen.page, asking)
        if isinstance(sheet, Refused):
            return sheet
        return Seen(sheet, await screen.waiting(work, asking, sheet) if screen.waiting else None)

    def _wall(self, attempt: Attempt) -> Wall:
        return wall(attempt, self._recording, self._refusal)

    @asynccontextmanager
    async def _recording(self, staff: Staff) -> AsyncIterator[UnitOfWork]:
        try:
            async with recorded(self._service) as work:
                yield work
        except NotRecorded as error:
            # To reload the answer to a form sends that form once more; its key keeps what was done already from being done twice.
            text = "閲覧の記録を残せないため、表示できません。しばらくしてから、再読み込みしてください。送った内容も、もう一度送られます。"
            raise self._problem(503, "いまは表示できません", text, staff) from error

    def _refusal(self, refused: Refused, staff: Staff, person_id: PersonId | None = None) -> Shown:
        if refused.reason_code == Reason.TOO_OFTEN:
            return self._problem(429, *PROBLEMS[429], staff, "/search", "さがすへ")
        if refused.reason_code in OF_NO_CHILD:
            said, back = OF_NO_CHILD[refused.reason_code]
            return self._problem(*said, staff, *back)
        if refused.hidden:
            # The same page for what does not exist and for what may not be seen.
            text = "このこどもの要確認は、ないか、あなたの登録では見られません。開こうとしたことは記録されました。"
            return self._problem(404, "見つかりません", text, staff, beside=in_an_emergency(staff, person_id))
        text = "あなたの登録では、この画面は使えません。別の登録で使うときは、ログアウトしてください。"
        return self._problem(403, "使えません", text, staff, "/me/accesses", "自分の閲覧記録へ")

    def _problem(
        self,
        status: int,
        title: str,
        text: str,
        staff: Staff,
        back: str = "/reviews",
        label: str = "要確認の一覧へ",
        beside: Mapping[str, str] | None = None,
    ) -> Shown:
        return self._pages.problem(status, title, text, staff=staff, nav=menu(staff), back=back, back_label=label, beside=beside)


def home_of(staff: Staff) -> AnyScreen:
    """Return where somebody comes in: the first line of their menu, unless that is the list that everybody has of the own looks."""
    own = (screen for screen in MENU if isinstance(decide(viewer_of(staff), screen.right, None), Permit))
    first = next(own, MENU[0])
    return MENU[0] if first.right is Action.SEE_OWN_ACCESSES else first


def _with_done(response: Response, request: Request, address: str, move: str) -> Response:
    """Let the page at `address` say that a move was made. Not in the address, which says it again with every reload."""
    secure = request.url.scheme == "https"
    response.set_cookie(DONE, move, max_age=DONE_SECONDS, path=address, httponly=True, samesite="strict", secure=secure)
    return response


def menu(staff: Staff) -> tuple[MenuEntry, ...]:
    """Return the menu of a page that is none of its lines."""
    return _nav(staff, "")


def _nav(staff: Staff, current: str, waiting: int | None = None, of: str = "") -> tuple[MenuEntry, ...]:
    """Return what somebody may open: what waits is said at the line of the list, the manual opens at what it says `of` a page."""
    return tuple(
        MenuEntry(
            manual.address_of(of) if screen.name == MANUAL and current != MANUAL else screen.address,
            screen.menu.label,
            screen.name == current,
            waiting if screen.menu.says_waiting else None,
        )
        for screen in MENU
        if screen.menu and isinstance(decide(viewer_of(staff), screen.right, None), Permit)
    )
