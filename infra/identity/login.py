"""Login and logout pages, the same in every web service, and the question who is asking."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from uuid import UUID

import asyncpg
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData

from contracts.deeds import identity as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import EventId, StaffId
from contracts.messages import Actor, Thing
from contracts.values import Ward
from contracts.words import SECURITY
from infra.clock import Clock, SystemClock
from infra.http import Problem, problem
from infra.identity import requests, uploads
from infra.identity.guesses import KNOWN_FOR, Place
from infra.identity.journey import Proven
from infra.identity.keys import Keys
from infra.identity.lasting import TOLD_FOR, Ended, Why
from infra.identity.registration import seal_readable_secrets
from infra.identity.sessions import Opened, Refusal, Refused, Sessions
from infra.identity.staff import Account, Confirmed, Registered, Staff
from infra.logs import whereabouts
from infra.pages.dates import clock_time, short_moment
from infra.pages.rendering import MenuEntry, Pages, Shown
from infra.postgres import open_pool
from infra.service import Service
from infra.work import UnitOfWork

if TYPE_CHECKING:
    from infra.identity.by_provider import ProviderDoor

log = structlog.get_logger()

CONNECTIONS = 4
SENTENCES = {
    Refusal.CODE_USED: "この確認コードは使用済みです。次のコードに変わってから、もう一度お試しください。",
    Refusal.INACTIVE: "この職員の登録は使えません。利用者管理の担当へお問い合わせください。",
    Refusal.TRAINING: "研修の有効期限が切れています。受講してからログインしてください。",
}
ENDED = "ended"
LOGGED_OUT = "logged-out"
NOTES = {
    ENDED: "ログインの時間が切れたか、別の端末でログインしたため、操作は行われていません。もう一度ログインしてください。",
    LOGGED_OUT: "ログアウトしました。",
}
"""Why somebody stands before the login page, by the word in its address."""

ELSEWHERE = "/login/elsewhere"
ENDED_ANOTHER = (
    "{began}に別の端末かブラウザーで始めたログインが続いていたため、そちらをログアウトしました。同時に使えるのは1か所だけです。"
    f"心当たりがないときは、すぐに{SECURITY}へ知らせてください。"
)
"""Told by the second login. The first is told by its own page (`Why.ELSEWHERE`)."""

NOT_DONE = "そのため、操作は行われていません。もう一度ログインしてください。"

NOT_RIGHT = "ログインできませんでした。ログイン名、パスワード、確認コードを確かめてください。"
"""One sentence for wrong login, password and code: which of them was wrong is nobody's business."""

SECOND_NOT_RIGHT = "ログイン名と確認コードを確かめられませんでした。"
"""The same of somebody who stands beside."""

OWN_CODE_NOT_RIGHT = "確認コードを確かめられませんでした。いま表示されているコードを入れてください。"
"""The same of whoever is logged in and shows once more who they are."""

TOO_MANY_FAILED = "ログインの失敗が続いたので、いまは受け付けていません。"
"""The same whether anybody has that login or not."""

STILL_THERE = "この仕組みからはログアウトしました。市の認証は続いているので、ほかの人も使う端末では、そちらからもログアウトしてください。"
BY_PROVIDER = "by_provider"

NOT_AVAILABLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
"""What the register's database raises while it cannot be asked."""

SECONDS_OF_A_MINUTE = 60
KNOWN_SECONDS = int(KNOWN_FOR.total_seconds())
PURGE_SECONDS = 600.0
RECORD_SECONDS = 0.015
TOO_MANY = 429
REFUSED = 401


@dataclass(frozen=True, slots=True)
class KeptLogin:
    """An entry of the log about a login: whose (None where nobody has that login), what, and whether it was refused."""

    entry: EventId
    staff: Staff | None
    staff_id: StaffId | None
    deed: Deed
    refused: bool = False


Noted = Callable[[UnitOfWork, KeptLogin], Awaitable[None]]
"""What a service notes for itself of such an entry, in the same transaction."""


Menu = Callable[[Staff], Sequence[MenuEntry]]
"""The menu of a service, for pages that are not its own: of errors."""


class Identity:
    """
    The login of one web service.

    Made by `identity_at`; routes depend on `current_staff`. Logins, refusals and logouts are audit entries of the service.
    """

    def __init__(self, host: Service, clock: Clock | None = None, noted: Noted | None = None, menu: Menu | None = None) -> None:
        self._host = host
        self._noted = noted
        self._menu = menu
        self._pages = Pages(Path(__file__).with_name("templates"), notice=host.settings.notice)
        self._clock = clock or SystemClock()
        self._keys = Keys.of(host.settings.parking_key.get_secret_value())
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._door = self._provider_door()
        self.router = self._routes()

    async def current_staff(self, request: Request) -> Staff:
        """
        Return who asks. For a route to depend on.

        Somebody who is not logged in is sent to the login page, or told 401 under `/v1`. A request that would change something
        and comes from another site is refused with 403.
        """
        if request.method not in requests.SAFE_METHODS:
            _refuse_foreign(request)
        async with self._available(request):
            found = await self._find(request)
        if not isinstance(found, Staff):
            raise _not_logged_in(request, found)
        return found

    async def form(self, request: Request, staff: Staff) -> FormData:
        """Read the form of a page of ours. Raises a 403 where it does not bring back the session's token."""
        form, is_current = await self.form_as_sent(request, staff)
        if not is_current:
            text = "画面が古くなっています。画面を開き直してから、もう一度操作してください。"
            raise self._pages.problem(403, "この操作は受け付けられません", text, **self._frame(staff))
        return form

    async def form_as_sent(self, request: Request, staff: Staff) -> tuple[FormData, bool]:
        """Read a form, and whether it brings back the session's token: where not, nothing but the filled-in page may be made of it."""
        form = await _read_form(request)
        return form, requests.carries(staff.form_token, form.get("form_token"))

    @asynccontextmanager
    async def upload_as_sent(self, request: Request, staff: Staff, octets_max: int) -> AsyncIterator[tuple[FormData, bool]]:
        """
        Read a form with one file of at most `octets_max` bytes, and whether it brings back the session's token.

        The file is gone when the block is left (`uploads.read`). Raises a 413 for one that is larger, a 422 for what is no such form.
        """
        async with uploads.read(request, octets_max) as form:
            yield form, requests.carries(staff.form_token, form.get("form_token"))

    async def second(self, request: Request, staff: Staff, login: str, code: str) -> Confirmed | str:
        """
        Return who stands beside `staff`, by login and one-time code, or why that is nobody, in a sentence.

        The code counts once. A refusal is in the log before it is told.
        """
        async with self._available(request):
            outcome = await (await self.sessions()).confirm(login.strip(), code.strip(), Place(_origin(request)))
            if isinstance(outcome, Confirmed):
                return outcome
            async with self._host.work() as work:
                thing = Thing(kind=ThingKind.STAFF, id=str(outcome.staff_id) if outcome.staff_id else None)
                work.keep(deeds.SECOND_REFUSED, actor=staff.actor, thing=thing, refused=True, reason_code=outcome.reason)
        waiting = TOO_MANY_FAILED if outcome.reason is Refusal.WAIT else SENTENCES.get(outcome.reason, SECOND_NOT_RIGHT)
        return waiting + (wait_in_words(outcome.wait, self._clock.now()) if outcome.wait else "")

    async def again(self, request: Request, staff: Staff, code: str) -> str:
        """Say why `code` is not the one-time code of whoever is logged in; "" where it is. It counts once, and a refusal is in the log."""
        outcome = await self.second(request, staff, staff.login, code)
        if isinstance(outcome, Confirmed):
            return ""
        return outcome.replace(SECOND_NOT_RIGHT, OWN_CODE_NOT_RIGHT)

    async def problem_page(self, request: Request, error: Problem) -> Response:
        """Say an error to a person who reads pages: with the menu for whoever is logged in."""
        return self._pages.problem_page(error, **self._frame(await self._reader(request)))

    async def open(self) -> None:
        """Connect. For the service's start: what an older release left readable is sealed then, not at the first login only."""
        await self.sessions()

    async def sessions(self) -> Sessions:
        """Return the sessions, connecting at first use."""
        async with self._opening:
            if self._pool is None:
                url = self._host.settings.identity_database_url
                if url is None:
                    raise RuntimeError(f"{self._host.name} has a login page but no TSUNAGU_IDENTITY_DATABASE_URL")
                pool = await open_pool(url.get_secret_value(), name=f"{self._host.name}-identity", most=CONNECTIONS)
                async with pool.acquire() as db:
                    await seal_readable_secrets(db, self._keys)
                self._pool = pool
        return Sessions(self._pool, self._host.name, self._clock, self._keys)

    async def registered(self, *, ids: Collection[UUID] = (), logins: Collection[str] = ()) -> list[Registered]:
        """Return who has one of these ids or logins (`Sessions.registered`)."""
        return await (await self.sessions()).registered(ids=ids, logins=logins)

    async def of_ward(self, ward: Ward) -> list[Registered]:
        """Return who of a ward may come in (`Sessions.of_ward`)."""
        return await (await self.sessions()).of_ward(ward)

    async def accounts(self) -> list[Account]:
        """Return all registrations that are not ended (`Sessions.accounts`)."""
        return await (await self.sessions()).accounts()

    async def everybody(self) -> list[Registered]:
        """Return everybody who was ever registered (`Sessions.everybody`)."""
        return await (await self.sessions()).everybody()

    async def purge(self) -> None:
        """Drop what says nothing any more (`Sessions.purge`). For the service's clock."""
        await (await self.sessions()).purge()

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @asynccontextmanager
    async def _available(self, request: Request, page: Callable[[str], Response] | None = None) -> AsyncIterator[None]:
        """Answer 503 where the register cannot be asked: on `page`, if there is one that keeps what was filled in."""
        try:
            yield
        except NOT_AVAILABLE as error:
            log.error("identity.not_available", **whereabouts(error))
            if _is_for_programs(request):
                raise problem(503, "Not available", "Who asks could not be found out or recorded, so nothing is shown.") from error
            text = "いまはログインを確かめられません。しばらくしてから、もう一度お試しください。"
            title = "いまは使えません"
            raise (Shown(page(text), title) if page else self._pages.problem(503, title, text)) from error

    def _routes(self) -> APIRouter:
        router = APIRouter(lifespan=self._lifespan, include_in_schema=False)
        router.add_api_route("/login", self._login_page, methods=["GET"])
        router.add_api_route("/login", self._log_in, methods=["POST"])
        router.add_api_route(ELSEWHERE, self._ended_elsewhere, methods=["GET"])
        router.add_api_route("/logout", self._log_out, methods=["POST"])
        router.add_api_route("/session", self._lasting, methods=["GET", "POST"])
        if self._door is not None:
            self._door.add_to(router)
        router.include_router(self._pages.static_router())
        return router

    def _provider_door(self) -> "ProviderDoor | None":
        """Return the way in by the city's provider, where there is one: what it takes is imported there alone."""
        settings = self._host.settings
        if settings.oidc_issuer is None:
            return None
        kind: type[ProviderDoor] = import_module("infra.identity.by_provider").ProviderDoor
        return kind(
            settings, self._host.name, self._clock, self._keys, self._pages, self._enter, self._let_in, self._said, self._proved_nobody
        )

    async def _enter(self, request: Request, proven: Proven, code: str | None) -> Opened | Refused:
        """Open a session for whom the provider proved, or say why not; either is in the log."""
        assert self._door is not None  # noqa: S101 -- asked by it
        async with self._available(request):
            held = request.cookies.get(_cookie(self._host.name, request))
            sessions = await self.sessions()
            outcome = await sessions.open_by_provider(proven, self._door.provider.issuer, self._place(request), code=code, held=held)
            async with self._host.work() as work:
                await self._note(work, _keep(work, outcome, _origin(request), BY_PROVIDER))
        return outcome

    async def _proved_nobody(self, request: Request) -> None:
        async with self._available(request), self._host.work() as work:
            await self._note(work, _keep(work, Refused(Refusal.NOT_PROVEN), _origin(request)))

    @asynccontextmanager
    async def _lifespan(self, _app: Any) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self.close()

    async def _find(self, request: Request, *, uses: bool = True) -> Staff | Ended | None:
        """Return who asks, or why the session ended that the browser still holds; None where it holds none."""
        token = request.cookies.get(_cookie(self._host.name, request))
        return await (await self.sessions()).find(token, uses=uses) if token else None

    async def _reader(self, request: Request) -> Staff | None:
        """Return who reads an error, if that can be told: to read one is no use of a session."""
        passed: Staff | None = getattr(request.state, "staff", None)
        if passed is not None:
            return passed
        try:
            found = await self._find(request, uses=False)
        except NOT_AVAILABLE:
            return None
        return found if isinstance(found, Staff) else None

    def _frame(self, staff: Staff | None) -> Mapping[str, Any]:
        return {"staff": staff, "nav": self._menu(staff) if staff and self._menu else ()}

    async def _login_page(self, request: Request, next: str = "/", note: str = "") -> Response:  # noqa: A002 - the name in the address
        # Why a session ended is not taken from the address, which anybody can write, but from the session that the browser holds.
        async with self._available(request):
            found = await self._find(request, uses=False)
        if isinstance(found, Ended):
            notes = [found.words, NOT_DONE] if note == ENDED else [found.words]
        else:
            notes = [NOTES[note]] if note in NOTES else []
        return self._pages.render(
            "login.html", trouble=None, notes=notes, login="", next=requests.own_path(next), by_provider=self._way_to_provider(next)
        )

    async def _lasting(self, request: Request) -> Response:
        """Tell a page's script how long the session lasts, or why it ended. A POST prolongs it, a GET only looks."""
        uses = request.method not in requests.SAFE_METHODS
        if uses:
            _refuse_foreign(request)
        async with self._available(request):
            found = await self._find(request, uses=uses)
        if not isinstance(found, Staff):
            ended = found or Ended(Why.LOGGED_OUT)
            return JSONResponse({"ended": ended.why, "words": ended.words}, 401)
        now = self._clock.now()
        left, longest = found.lasting.left(now), found.lasting.longest_left(now)
        return JSONResponse({"left": left, "longest": longest, "staff": found.login, "form_token": found.form_token})

    async def _log_in(self, request: Request) -> Response:
        _refuse_foreign(request)
        form = await _read_form(request)
        login, password, code, target = (_text(form, name) for name in ("login", "password", "code", "next"))

        async with self._available(request, lambda text: self._login_again(503, text, login, target)):
            held = request.cookies.get(_cookie(self._host.name, request))
            outcome = await (await self.sessions()).open(login.strip(), password, code.strip(), self._place(request), held)
            # The entry commits before anybody is let in or told anything.
            async with _in_steps(), self._host.work() as work:
                await self._note(work, _keep(work, outcome, _origin(request)))
        if isinstance(outcome, Refused):
            return self._refused_page(outcome, login, target)
        return self._let_in(request, outcome, requests.own_path(target))

    async def _ended_elsewhere(self, request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
        """Tell whoever logged in that this ended a session of theirs elsewhere: they may not know of it."""
        staff = await self.current_staff(request)
        target = requests.own_path(next)
        async with self._available(request):
            began = await (await self.sessions()).ended_by(staff)
        if began is None:
            return RedirectResponse(target, 303)
        text = ENDED_ANOTHER.replace("{began}", short_moment(began))
        return self._pages.message(
            200, "別の端末でのログインを終わらせました", text, back=target, back_label="続ける", **self._frame(staff)
        )

    async def _log_out(self, request: Request) -> Response:
        staff = await self.current_staff(request)
        await self.form(request, staff)
        name = _cookie(self._host.name, request)
        async with self._available(request):
            began_there = await (await self.sessions()).close(request.cookies[name])
            async with self._host.work() as work:
                await self._note(work, _keep_own(work, staff, deeds.LOGGED_OUT, _origin(request)))
        way_out = await self._door.way_out(request) if began_there and self._door is not None else None
        response: Response = RedirectResponse(f"/login?note={LOGGED_OUT}", 303)
        if way_out is not None:
            # A form of ours may lead to no other site (CSP): the way out of the provider is a link.
            response = self._pages.message(200, "ログアウトしました", STILL_THERE, back=way_out, back_label="市の認証からもログアウトする")
        response.headers["clear-site-data"] = '"storage"'
        response.delete_cookie(name, httponly=True, samesite="strict", secure=_is_secure(request))
        return response

    async def _note(self, work: UnitOfWork, kept: KeptLogin) -> None:
        if self._noted is not None:
            await self._noted(work, kept)

    def _place(self, request: Request) -> Place:
        return Place(_origin(request), request.cookies.get(self._browser_cookie(request)))

    def _browser_cookie(self, request: Request) -> str:
        return f"{_cookie(self._host.name, request)}-browser"

    def _refused_page(self, refused: Refused, login: str, target: str) -> Response:
        waiting = refused.reason is Refusal.WAIT
        headers = {"retry-after": str(math.ceil(refused.wait.total_seconds()))} if waiting else {}
        return self._login_again(TOO_MANY if waiting else REFUSED, self._said(refused), login, target, headers)

    def _said(self, refused: Refused) -> str:
        sentence = TOO_MANY_FAILED if refused.reason is Refusal.WAIT else SENTENCES.get(refused.reason, NOT_RIGHT)
        return sentence + (wait_in_words(refused.wait, self._clock.now()) if refused.wait else "")

    def _login_again(self, status: int, trouble: str, login: str, target: str, headers: Mapping[str, str] | None = None) -> Response:
        context = {"trouble": trouble, "notes": [], "login": login, "next": requests.own_path(target)}
        return self._pages.render("login.html", status, headers, by_provider=self._way_to_provider(target), **context)

    def _way_to_provider(self, target: str) -> str:
        return f"/login/provider?{urlencode({'next': requests.own_path(target)})}" if self._door is not None else ""

    def _let_in(self, request: Request, opened: Opened, target: str) -> Response:
        response = RedirectResponse(f"{ELSEWHERE}?{urlencode({'next': target})}" if opened.ended_another else target, 303)
        cookies = (
            (_cookie(self._host.name, request), opened.token, int(TOLD_FOR.total_seconds())),
            (self._browser_cookie(request), opened.browser, KNOWN_SECONDS),
        )
        for name, value, seconds in cookies:
            response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=_is_secure(request))
        return response


def identity_at(service: Service, clock: Clock | None = None, noted: Noted | None = None, menu: Menu | None = None) -> Identity:
    """
    Give `service` its login: login, logout and style sheets, answered from then on. Returns who knows who asks.

    From then on, too, an error is a page for whoever reads pages, with the service's `menu`. `clock` is the machine's, except in a test.
    `noted` is what the service does for itself about each login, refusal and logout.
    """
    identity = Identity(service, clock, noted, menu)
    service.app.state.problem_page = identity.problem_page
    service.at_start(identity.open)
    service.every(PURGE_SECONDS, identity.purge)
    service.mount(identity.router)
    return identity


@asynccontextmanager
async def _in_steps() -> AsyncIterator[None]:
    """Let what is done here take a multiple of RECORD_SECONDS: more is kept of a login that is somebody's, and that must not show."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    yield
    await asyncio.sleep(-(loop.time() - began) % RECORD_SECONDS)


def wait_in_words(wait: timedelta, now: datetime) -> str:
    """Say how long to wait, e.g. あと2分ほどたってから（11時20分以降に）, as a sentence."""
    seconds = math.ceil(wait.total_seconds())
    if seconds < SECONDS_OF_A_MINUTE:
        return f"あと{seconds}秒たってから、もう一度お試しください。"
    minutes = math.ceil(seconds / SECONDS_OF_A_MINUTE)
    # The minute that has begun is not over: told is the first full minute.
    until = now + wait + timedelta(seconds=59)
    return f"あと{minutes}分ほどたってから（{clock_time(until)}以降に）、もう一度お試しください。"


def _keep_own(work: UnitOfWork, staff: Staff, deed: Deed, origin: str | None, way: str | None = None) -> KeptLogin:
    entry = work.keep(deed, actor=staff.actor, thing=Thing(kind=ThingKind.STAFF, id=str(staff.id)), origin=origin, reason_code=way)
    return KeptLogin(entry, staff, staff.id, deed)


def _keep(work: UnitOfWork, outcome: Opened | Refused, origin: str | None, way: str | None = None) -> KeptLogin:
    if isinstance(outcome, Opened):
        return _keep_own(work, outcome.staff, deeds.LOGGED_IN, origin, way)
    # A login that nobody has is not kept: it may be a password in the wrong field.
    thing = Thing(kind=ThingKind.STAFF, id=str(outcome.staff_id) if outcome.staff_id else None)
    nobody = Actor(id=None, role="nobody")
    entry = work.keep(deeds.LOGIN_REFUSED, actor=nobody, thing=thing, refused=True, reason_code=outcome.reason, origin=origin)
    return KeptLogin(entry, None, outcome.staff_id, deeds.LOGIN_REFUSED, refused=True)


async def _read_form(request: Request) -> FormData:
    # Without a length a body could go on for ever.
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > requests.FORM_BYTES:
        raise problem(413, "The form is too long", f"At most {requests.FORM_BYTES} bytes, with a Content-Length.")
    return await request.form(max_files=0, max_fields=100)


def _refuse_foreign(request: Request) -> None:
    if not requests.comes_from_us(request.headers, request.url.scheme):
        raise problem(403, "The request comes from another site", "Sec-Fetch-Site or Origin does not name this service.")


def _not_logged_in(request: Request, ended: Ended | None) -> Problem:
    if _is_for_programs(request):
        why = f"The session ended: {ended.why}. " if ended else ""
        return problem(401, "Not logged in", f"{why}POST login, password and code to /login first.")
    return Problem(303, "Not logged in", headers={"location": f"/login?{urlencode(_way_back(request), quote_via=quote)}"})


def _way_back(request: Request) -> dict[str, str]:
    path = request.scope["path"]
    if request.method in requests.SAFE_METHODS:
        # A search is in the address: nothing that was typed is lost.
        query = request.scope["query_string"].decode("ascii", "replace")
        # An address can name another host (absolute form, two slashes): that is not repeated.
        return {"next": requests.own_path(f"{path}?{query}" if query else path)}
    if path == "/logout":
        return {"note": LOGGED_OUT}
    # A form is sent to an address under that of its page: /children/<id>/moves. The page can be opened again, the act is not done.
    return {"next": requests.own_path(str(PurePosixPath(path).parent)), "note": ENDED}


def _is_for_programs(request: Request) -> bool:
    return bool(request.scope["path"].startswith("/v1/"))


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _origin(request: Request) -> str | None:
    return request.client.host if request.client else None


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie(service: str, request: Request) -> str:
    # Browsers take a name with the prefix __Host- only over https, which loopback is not. The service's name keeps two services
    # on one host apart, because cookies know no ports.
    return f"{'__Host-' if _is_secure(request) else ''}tsunagu-{service}"
