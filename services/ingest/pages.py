"""Ingest's pages: every screen at its address, and the forms on it. Every page works without a script."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any, BinaryIO, TypeAlias, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from contracts.values import Source
from infra import looking
from infra.http import Problem
from infra.identity.login import Identity
from infra.identity.recording import NotRecorded, recorded
from infra.identity.staff import Staff
from infra.identity.walls import Asker, Wall, WalledRouter
from infra.looking import Granted, Refused
from infra.pages.rendering import NOT_KEPT, MenuEntry, Pages, Shown
from infra.parking import ParkingBody
from infra.service import Service
from infra.work import UnitOfWork
from services.ingest import seeing
from services.ingest.inlets.media.importing import Importer
from services.ingest.screens import MENU, PAGES, SCREENS
from services.ingest.seeing import AnyAct, AnyScreen, AnyUpload, Asking, File, Hands, Mistake, Question, Result, Said
from services.ingest.settings import IngestSettings

Endpoint = Callable[..., Awaitable[Response]]
AnAct: TypeAlias = AnyAct | AnyUpload
E = TypeVar("E", bound=Callable[..., Any])
DONE = "tsunagu-ingest-done"
DONE_SECONDS = 60
TOO_LARGE = 413
OLD_PAGE = "画面が古くなっていたため、まだ送られていません。内容を確かめて、もう一度操作してください。"
NOT_PERMITTED = "あなたの登録では、この画面や操作は使えません。試みたことは記録されました。"
NOT_FOUND = "この画面は、ないか、あなたの登録では見られません。開こうとしたことは記録されました。"
NOTHING_KEPT = "操作や閲覧の記録を残せないため、いまは使えません。しばらくしてから、もう一度お試しください。"
OF_SOURCES = "/events"
"""What source systems ask: they are answered as programs are, whatever they accept."""


class IngestPages:
    """The pages. Each answer is made after the commit that records it."""

    def __init__(self, service: Service, identity: Identity, settings: IngestSettings, importer: Importer) -> None:
        self._service = service
        self._importer = importer
        self._settings = settings
        self._identity = identity
        self._bodies = ParkingBody(bytes.fromhex(settings.parking_key.get_secret_value()))
        self._pages = Pages(PAGES, notice=service.settings.notice)
        service.app.state.problem_page = self._problem_page

    def router(self) -> APIRouter:
        """Return the routes: of every screen, of the forms on it, and of the first page."""
        router = WalledRouter(self._identity, include_in_schema=False)
        router.answer("/", self._first, self._wall(MENU[0]))
        for screen in SCREENS:
            sent: list[tuple[AnAct, Endpoint]] = [(act, self._sent(screen, act)) for act in screen.acts]
            sent += [(upload, self._uploaded(screen, upload)) for upload in screen.uploads]
            for act, endpoint in sent:
                address = f"{screen.address}/{act.name}"
                router.answer(address, endpoint, self._wall(screen, act), ["POST"])
                # Whoever types or reloads an address that a form is sent to.
                router.answer(address, self._back_to(screen), self._wall(screen))
            router.answer(screen.address, self._opened(screen), self._wall(screen))
        return router

    # --- Endpoints

    async def _first(self) -> Response:
        return RedirectResponse(MENU[0].address, 303)

    def _opened(self, screen: AnyScreen) -> Endpoint:
        async def opened(request: Request, staff: Asker, asked: Question) -> Response:
            done = request.cookies.get(DONE, "")
            page = await self._answer(screen, self._asking(screen, request, staff, asked, done=done))
            if done:
                page.delete_cookie(DONE, path="/", httponly=True, samesite="strict")
            return page

        return _reads(opened, asked=Annotated[screen.question, Query()])

    def _sent(self, screen: AnyScreen, act: AnyAct) -> Endpoint:
        async def sent(request: Request, staff: Asker) -> Response:
            form, is_current = await self._identity.form_as_sent(request, staff)
            asking, filled = self._asking(screen, request, staff, screen.question()), _filled(form, act)
            if not is_current:
                return await self._again(screen, act, asking, filled, Mistake({"": OLD_PAGE}, 403))
            async with self._recording(staff) as work:
                result = await seeing.act(work, screen, act, replace(asking, now=work.now, today=work.today), act.form(**filled))
            if isinstance(result, Refused):
                raise self._refusal(result, staff)
            if isinstance(result, Mistake):
                return await self._again(screen, act, asking, filled, result)
            return _with_done(RedirectResponse(result.address or _address(screen, request), 303), request, act.name)

        return sent

    def _uploaded(self, screen: AnyScreen, upload: AnyUpload) -> Endpoint:
        async def uploaded(request: Request, staff: Asker) -> Response:
            asking, filled = self._asking(screen, request, staff, screen.question()), {}
            hands = Hands(lambda login, code: self._identity.second(request, staff, login, code), self._importer)
            try:
                async with self._identity.upload_as_sent(request, staff, upload.octets_max) as (form, is_current):
                    filled = _filled(form, upload)
                    result: Result = Mistake({"": OLD_PAGE}, 403)
                    if is_current:
                        result = await upload.take(hands, asking, upload.form(**filled), _file_of(form, upload))
            except Problem as error:
                if error.status != TOO_LARGE:
                    raise
                result = Mistake({upload.field: upload.too_large}, TOO_LARGE)
            if isinstance(result, Refused):
                raise self._refusal(result, staff)
            if isinstance(result, Mistake):
                return await self._again(screen, upload, asking, filled, result)
            return RedirectResponse(result.address or _address(screen, request), 303)

        return uploaded

    def _back_to(self, screen: AnyScreen) -> Endpoint:
        async def back(request: Request, _staff: Asker) -> Response:
            return RedirectResponse(_address(screen, request), 303)

        return back

    # --- A page and its frame

    def _asking(self, screen: AnyScreen, request: Request, staff: Staff, asked: Question, *, done: str = "") -> Asking[Any]:
        named = {name: str(value) for name, value in request.path_params.items()}
        code = named.pop("source", "") if screen.names_source else ""
        source = Source(code) if code in set(Source) else None
        clock = self._service.clock
        return Asking(
            staff,
            clock.now(),
            clock.today(),
            asked,
            source=source,
            named=named,
            notice_days=self._settings.review_notice_days,
            done=_sentence(screen, done),
            bodies=self._bodies,
        )

    async def _again(self, screen: AnyScreen, act: AnAct, asking: Asking[Any], filled: Mapping[str, Any], mistake: Mistake) -> Response:
        """Show the page with a form that was not accepted, as it was filled in."""
        told = replace(mistake, act=act.name, filled=filled)
        return await self._answer(screen, replace(asking, mistake=told), told.status)

    async def _answer(self, screen: AnyScreen, asking: Asking[Any], status: int = 200) -> Response:
        staff = asking.staff
        async with self._recording(staff) as work:
            answer = await seeing.see(work, screen, replace(asking, now=work.now, today=work.today))
        # Raised after the commit: the refusal is in the log before anybody is told.
        if isinstance(answer, Refused):
            raise self._refusal(answer, staff)
        if isinstance(answer, File):
            headers = {**NOT_KEPT, "content-disposition": f'attachment; filename="{answer.name}"'}
            return Response(answer.body, status, headers, media_type=answer.media_type)
        return self._page(screen, asking, answer, status)

    def _page(self, screen: AnyScreen, asking: Asking[Any], said: Said, status: int) -> Response:
        nav = _nav(asking.staff, screen.under or screen.name)
        parts = {"staff": asking.staff, "nav": nav, "mistake": asking.mistake, "done": asking.done, **said.parts}
        return self._pages.render(screen.template, status, None, **parts)

    def _wall(self, screen: AnyScreen, act: AnAct | None = None) -> Wall:
        async def turn_away(request: Request, staff: Staff) -> None:
            asking = self._asking(screen, request, staff, screen.question.model_construct())
            attempt = seeing.attempt_at(screen, act, asking)
            if isinstance(attempt.right(None), Granted):
                # Whose source it is, is decided where it is read.
                return
            async with self._recording(staff) as work:
                refused = await looking.turn_away(work, attempt)
            if refused is not None:
                raise self._refusal(refused, staff)

        return turn_away

    @asynccontextmanager
    async def _recording(self, staff: Staff) -> AsyncIterator[UnitOfWork]:
        try:
            async with recorded(self._service) as work:
                yield work
        except NotRecorded as error:
            raise self._problem(503, "いまは表示できません", NOTHING_KEPT, staff) from error

    def _refusal(self, refused: Refused, staff: Staff) -> Shown:
        if refused.hidden:
            # The same page for what does not exist and for what may not be seen.
            return self._problem(404, "見つかりません", NOT_FOUND, staff)
        return self._problem(403, "使えません", NOT_PERMITTED, staff)

    def _problem(self, status: int, title: str, text: str, staff: Staff) -> Shown:
        return self._pages.problem(status, title, text, staff=staff, nav=menu(staff))

    async def _problem_page(self, request: Request, error: Problem) -> Response:
        path = request.scope["path"]
        if path == OF_SOURCES or path.startswith(f"{OF_SOURCES}/"):
            return error.response()
        return await self._identity.problem_page(request, error)


def menu(staff: Staff) -> tuple[MenuEntry, ...]:
    """Return the menu of a page that is none of its lines."""
    return _nav(staff, "")


def _nav(staff: Staff, current: str) -> tuple[MenuEntry, ...]:
    return tuple(
        MenuEntry(screen.address, screen.menu.label, screen.name == current)
        for screen in MENU
        if screen.menu and screen.roles & staff.roles
    )


def _reads(endpoint: E, **types: Any) -> E:
    """Tell FastAPI as what to read an argument of `endpoint` whose type is known at run time only: the question of a screen."""
    endpoint.__annotations__.update(types)
    return endpoint


def _filled(form: FormData, act: AnAct) -> dict[str, Any]:
    """Return what was filled in, by the fields of the act's form: a text each, or all texts of a field that is a tuple."""
    given: dict[str, Any] = {}
    for name, field in act.form.model_fields.items():
        values = tuple(value for value in form.getlist(name) if isinstance(value, str))
        if values:
            given[name] = values[0] if field.annotation is str else values
    return given


def _file_of(form: FormData, upload: AnyUpload) -> BinaryIO | None:
    """Return the file that was sent; a browser sends one without a name where none was chosen."""
    file = form.get(upload.field)
    return file.file if isinstance(file, UploadFile) and file.filename else None


def _address(screen: AnyScreen, request: Request) -> str:
    return screen.address.format(**request.path_params)


def _sentence(screen: AnyScreen, done: str) -> str:
    """Return what a page says after an act of its own."""
    return next((act.done for act in screen.acts if act.name == done), "")


def _with_done(response: Response, request: Request, act: str) -> Response:
    """Let the next page say that it was done. Not in the address, which says it again with every reload."""
    secure = request.url.scheme == "https"
    response.set_cookie(DONE, act, max_age=DONE_SECONDS, path="/", httponly=True, samesite="strict", secure=secure)
    return response
