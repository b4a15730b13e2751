"""A service's screens at their addresses, and the forms on them. Every page works without a script; `/v1` answers programs the same."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from infra import looking
from infra.http import Problem, problem
from infra.identity.login import Identity
from infra.identity.recording import NotRecorded, recorded
from infra.identity.staff import Staff
from infra.identity.walls import Asker, Wall, WalledRouter
from infra.looking import Granted, Refused
from infra.pages.rendering import NOT_KEPT, MenuEntry, Pages, Shown
from infra.screens.seeing import A, AnyAct, AnyScreen, File, Form, Mistake, Question, S, Said, Seeing
from infra.service import Service
from infra.work import UnitOfWork

Endpoint = Callable[..., Awaitable[Any]]
E = TypeVar("E", bound=Callable[..., Any])
DONE_SECONDS = 60
OLD_PAGE = "画面が古くなっていたため、まだ送られていません。内容を確かめて、もう一度操作してください。"
NOT_PERMITTED = "あなたの登録では、この画面や操作は使えません。試みたことは記録されました。"
NOT_FOUND = "この画面は、ないか、あなたの登録では見られません。開こうとしたことは記録されました。"
NOTHING_KEPT = "操作や閲覧の記録を残せないため、いまは使えません。しばらくしてから、もう一度お試しください。"


class ScreenPages(Generic[S, A]):
    """The pages. Each answer is made after the commit that records it."""

    def __init__(
        self, service: Service, identity: Identity, seeing: Seeing[S, A], screens: Sequence[S], menu: Sequence[S], folder: Path
    ) -> None:
        self._service = service
        self._identity = identity
        self._seeing = seeing
        self._screens = screens
        self._menu = menu
        self._pages = Pages(folder, notice=service.settings.notice)
        self._done = f"tsunagu-{service.name}-done"

    def router(self) -> APIRouter:
        """Return the routes: of every screen, of the forms on it, and of the first page, where that is one of them."""
        router = WalledRouter(self._identity, include_in_schema=False)
        if self._menu:
            router.answer("/", self._first, self._wall(self._menu[0]))
        for screen in self._screens:
            for act, endpoint in self.sent_to(screen):
                address = f"{screen.address}/{act.name}"
                router.answer(address, endpoint, self._wall(screen, act), ["POST"])
                # Whoever types or reloads an address that a form is sent to.
                router.answer(address, self._back_to(screen), self._wall(screen))
            router.answer(screen.address, self._opened(screen), self._wall(screen))
        return router

    def api(self, tag: str) -> APIRouter:
        """Return the same screens for programs, under /v1: those that have a face in JSON."""
        router = WalledRouter(self._identity, prefix="/v1", tags=[tag])
        for screen in self._screens:
            if screen.json is not None:
                router.answer(screen.address, self._told(screen), self._wall(screen, page=False))
                for act in screen.acts:
                    address = f"{screen.address}/{act.name}"
                    router.answer(address, self._done_by_json(screen, act), self._wall(screen, act, page=False), ["POST"])
        return router

    # --- What a service may have of its own

    def asking(self, screen: S, request: Request, staff: Staff, asked: Question, /, *, done: str = "") -> A:
        """Return who asks, when, and what."""
        raise NotImplementedError

    def nav(self, staff: Staff, current: str = "") -> tuple[MenuEntry, ...]:
        """Return the menu of somebody, on the page `current`; of a page that is none of its lines by default."""
        return nav_of(self._menu, staff, current)

    def sent_to(self, screen: S) -> list[tuple[Any, Endpoint]]:
        """Return what forms of a screen are sent to, and what answers them."""
        return [(act, self._sent(screen, act)) for act in screen.acts]

    # --- Endpoints

    async def _first(self) -> Response:
        return RedirectResponse(self._menu[0].address, 303)

    def _opened(self, screen: S) -> Endpoint:
        async def opened(request: Request, staff: Asker, asked: Question) -> Response:
            done = request.cookies.get(self._done, "")
            page = await self._answer(screen, self.asking(screen, request, staff, asked, done=self._sentence(done)))
            if done:
                page.delete_cookie(self._done, path="/", httponly=True, samesite="strict")
            return page

        return _reads(opened, asked=Annotated[screen.question, Query()])

    def _told(self, screen: S) -> Endpoint:
        async def told(request: Request, staff: Asker, asked: Question) -> Any:
            asking = self.asking(screen, request, staff, asked)
            async with recorded(self._service) as work:
                answer = await self._seeing.see(work, screen, replace(asking, now=work.now, today=work.today), as_json=True)
            # Raised after the commit: the refusal is in the log before anybody is told.
            if isinstance(answer, Refused):
                raise _refused(answer)
            return answer

        told.__name__, told.__doc__ = screen.name, screen.json.__doc__
        return _reads(told, asked=Annotated[screen.question, Query()])

    def _sent(self, screen: S, act: AnyAct) -> Endpoint:
        async def sent(request: Request, staff: Asker) -> Response:
            form, is_current = await self._identity.form_as_sent(request, staff)
            asking, filled = self.asking(screen, request, staff, screen.question()), filled_in(form, act)
            if not is_current:
                return await self.again(screen, act, asking, filled, Mistake({"": OLD_PAGE}, 403))
            async with self._recording(staff) as work:
                known = replace(asking, now=work.now, today=work.today)
                result = await self._seeing.act(work, screen, act, known, act.form(**filled))
            if isinstance(result, Refused):
                raise self.refusal(result, staff)
            if isinstance(result, Mistake):
                return await self.again(screen, act, asking, filled, result)
            done = f"{screen.name}/{act.name}/{result.said}"
            return self._with_done(RedirectResponse(result.address or address_of(screen, request), 303), request, done)

        return sent

    def _done_by_json(self, screen: S, act: AnyAct) -> Endpoint:
        async def done(request: Request, staff: Asker, form: Form) -> Mapping[str, str]:
            asking = self.asking(screen, request, staff, screen.question())
            async with recorded(self._service) as work:
                result = await self._seeing.act(work, screen, act, replace(asking, now=work.now, today=work.today), form)
            if isinstance(result, Refused):
                raise _refused(result)
            if isinstance(result, Mistake):
                errors = [{"path": path, "message": message} for path, message in result.errors.items()]
                raise problem(result.status, "Not accepted", errors=errors)
            return {"done": result.said or act.name}

        done.__name__, done.__doc__ = f"{screen.name}_{act.name}", act.form.__doc__
        return _reads(done, form=act.form)

    def _back_to(self, screen: S) -> Endpoint:
        async def back(request: Request, _staff: Asker) -> Response:
            return RedirectResponse(address_of(screen, request), 303)

        return back

    # --- A page and its frame

    async def again(self, screen: S, act: Any, asking: A, filled: Mapping[str, Any], mistake: Mistake) -> Response:
        """Show the page with a form that was not accepted, as it was filled in."""
        told = replace(mistake, act=act.name, filled=filled)
        return await self._answer(screen, replace(asking, mistake=told), told.status)

    async def _answer(self, screen: S, asking: A, status: int = 200) -> Response:
        staff = asking.staff
        async with self._recording(staff) as work:
            answer = await self._seeing.see(work, screen, replace(asking, now=work.now, today=work.today))
        # Raised after the commit: the refusal is in the log before anybody is told.
        if isinstance(answer, Refused):
            raise self.refusal(answer, staff)
        if isinstance(answer, File):
            headers = {**NOT_KEPT, "content-disposition": f'attachment; filename="{answer.name}"'}
            return Response(answer.body, status, headers, media_type=answer.media_type)
        return self._page(screen, asking, answer, status)

    def _page(self, screen: S, asking: A, said: Said, status: int) -> Response:
        nav = self.nav(asking.staff, screen.under or screen.name)
        parts = {"staff": asking.staff, "nav": nav, "mistake": asking.mistake, "done": asking.done, **said.parts}
        return self._pages.render(screen.template, status, None, **parts)

    def _wall(self, screen: S, act: Any = None, *, page: bool = True) -> Wall:
        async def turn_away(request: Request, staff: Staff) -> None:
            asking = self.asking(screen, request, staff, screen.question.model_construct())
            attempt = self._seeing.attempt_at(screen, act, asking)
            if isinstance(attempt.right(None), Granted):
                # Whether they may see this very thing, is decided where it is read.
                return
            async with self._recording(staff) if page else recorded(self._service) as work:
                refused = await looking.turn_away(work, attempt)
            if refused is not None:
                raise self.refusal(refused, staff) if page else _refused(refused)

        return turn_away

    @asynccontextmanager
    async def _recording(self, staff: Staff) -> AsyncIterator[UnitOfWork]:
        try:
            async with recorded(self._service) as work:
                yield work
        except NotRecorded as error:
            raise self._problem(503, "いまは表示できません", NOTHING_KEPT, staff) from error

    def refusal(self, refused: Refused, staff: Staff) -> Shown:
        """Return the page that says a refusal: the same one for what does not exist and for what may not be seen."""
        if refused.hidden:
            return self._problem(404, "見つかりません", NOT_FOUND, staff)
        return self._problem(403, "使えません", NOT_PERMITTED, staff)

    def _problem(self, status: int, title: str, text: str, staff: Staff) -> Shown:
        return self._pages.problem(status, title, text, staff=staff, nav=self.nav(staff))

    def _sentence(self, done: str) -> str:
        """Return what a page says after an act."""
        acts = {f"{screen.name}/{act.name}": act for screen in self._screens for act in screen.acts}
        name, _, said = done.rpartition("/")
        return acts[name].sayings.get(said, acts[name].done) if name in acts else ""

    def _with_done(self, response: Response, request: Request, done: str) -> Response:
        """Let the next page say that it was done. Not in the address, which says it again with every reload."""
        secure = request.url.scheme == "https"
        response.set_cookie(self._done, done, max_age=DONE_SECONDS, path="/", httponly=True, samesite="strict", secure=secure)
        return response


def nav_of(menu: Sequence[AnyScreen], staff: Staff, current: str = "") -> tuple[MenuEntry, ...]:
    """Return the menu of somebody, on the page `current`; of a page that is none of its lines by default."""
    return tuple(
        MenuEntry(screen.address, screen.menu.label, screen.name == current)
        for screen in menu
        if screen.menu and screen.roles & staff.roles
    )


def filled_in(form: FormData, act: Any) -> dict[str, Any]:
    """Return what was filled in, by the fields of the act's form: a text each, or all texts of a field that is a tuple."""
    given: dict[str, Any] = {}
    for name, field in act.form.model_fields.items():
        values = tuple(value for value in form.getlist(name) if isinstance(value, str))
        if values:
            given[name] = values[0] if field.annotation is str else values
    return given


def address_of(screen: AnyScreen, request: Request) -> str:
    """Return the address of a screen that is asked about what the request names."""
    return screen.address.format(**request.path_params)


def _reads(endpoint: E, **types: Any) -> E:
    """Tell FastAPI as what to read an argument of `endpoint` whose type is known at run time only: the question of a screen."""
    endpoint.__annotations__.update(types)
    return endpoint


def _refused(refused: Refused) -> Problem:
    if refused.hidden:
        # One answer for what does not exist and for what may not be seen.
        return problem(404, "Not found", "There is no such thing that you may see.")
    return problem(403, "Not permitted", f"Your registration does not allow this ({refused.reason_code}).")
