"""The way in by the city's OpenID provider: there, back, and our own one-time code where it asked for no second factor."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from infra.clock import Clock
from infra.identity import requests
from infra.identity.journey import LASTS, Journey, Proven
from infra.identity.keys import Keys
from infra.identity.provider import NotProven, Provider, Unreachable
from infra.identity.sessions import Opened, Refusal, Refused
from infra.pages.rendering import Pages
from infra.settings import Settings

log = structlog.get_logger()

LONGEST_TARGET = 2_000
"""Characters of an address that a journey leads to: browsers keep no cookie of more than 4,096."""

THERE, BACK, CODE = "/login/provider", "/login/provider/back", "/login/provider/code"
NOT_REACHED = "市の認証につながりません。しばらくしてから、もう一度お試しください。"
NOT_PROVEN = "市の認証で、ご本人と確かめられませんでした。もう一度、はじめからお試しください。"
SENTENCES = {
    Refusal.UNKNOWN: "市の認証は済みましたが、この仕組みに登録がありません。利用者管理の担当へお問い合わせください。",
    Refusal.ANOTHER: "市の認証は済みましたが、この仕組みの登録と合いません。利用者管理の担当へお問い合わせください。",
    Refusal.CODE: "確認コードを確かめられませんでした。いま表示されているコードを入れてください。",
}
BACK_AGAIN = "ログインの途中で時間が切れたか、別の画面で始めたログインです。もう一度、はじめからお試しください。"

Enter = Callable[[Request, Proven, str | None], Awaitable[Opened | Refused]]
"""Opens a session for whom the provider proved, with our own code or without, and keeps that in the log, or why not."""


class ProviderDoor:
    """Its routes. `enter` opens a session; `let_in` and `said` make the answers as the login by password does."""

    def __init__(
        self,
        settings: Settings,
        service: str,
        clock: Clock,
        keys: Keys,
        pages: Pages,
        enter: Enter,
        let_in: Callable[[Request, Opened, str], Response],
        said: Callable[[Refused], str],
        proved_nobody: Callable[[Request], Awaitable[None]],
    ) -> None:
        self.provider = Provider(settings)
        self._cookie = f"tsunagu-{service}-provider"
        self._clock, self._keys, self._pages = clock, keys, pages
        self._enter, self._let_in, self._said, self._proved_nobody = enter, let_in, said, proved_nobody

    def add_to(self, router: APIRouter) -> None:
        """Add the routes."""
        router.add_api_route(THERE, self._there, methods=["GET"])
        router.add_api_route(BACK, self._back, methods=["GET"])
        router.add_api_route(CODE, self._code_page, methods=["GET"])
        router.add_api_route(CODE, self._code, methods=["POST"])

    async def way_out(self, request: Request) -> str | None:
        """Return where the provider's own session is ended."""
        return await self.provider.way_out(str(request.url.replace(path="/login", query="")), self._clock.now())

    async def _there(self, request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
        target = requests.own_path(next)
        journey = Journey.begun(target if len(target) <= LONGEST_TARGET else "/", self._clock.now())
        try:
            address = await self.provider.way_there(journey, _back_of(request), self._clock.now())
        except Unreachable as error:
            return self._trouble(503, NOT_REACHED, error)
        response = RedirectResponse(address, 303)
        self._remember(request, response, journey)
        return response

    async def _back(self, request: Request, code: str = "", state: str = "", error: str = "") -> Response:
        journey, now = self._journey(request), self._clock.now()
        if journey is None or not requests.carries(journey.state, state):
            return self._forget(self._trouble(400, BACK_AGAIN))
        if error or not code:
            # Somebody gave up there, or was not let in.
            return self._forget(self._trouble(401, NOT_PROVEN))
        try:
            proven = await self.provider.who_came_back(journey, code, _back_of(request), now)
        except Unreachable as unreachable:
            return self._forget(self._trouble(503, NOT_REACHED, unreachable))
        except NotProven as not_proven:
            log.warning("identity.provider_proved_nobody", check=not_proven.why)
            await self._proved_nobody(request)
            return self._forget(self._trouble(401, NOT_PROVEN))
        return await self._came_back(request, journey, proven)

    async def _came_back(self, request: Request, journey: Journey, proven: Proven) -> Response:
        if not proven.with_second_factor:
            # The browser comes from another site: what our own cookies say is read from a page of ours.
            response: Response = self._on_to(CODE, "確認コードを入れてください")
            self._remember(request, response, replace(journey, login=proven.login, subject=proven.subject))
            return response
        outcome = await self._enter(request, proven, None)
        if isinstance(outcome, Refused):
            return self._forget(self._trouble(429 if outcome.reason is Refusal.WAIT else 401, self._sentence(outcome)))
        entered = self._let_in(request, outcome, journey.target)
        page = self._on_to(entered.headers["location"], "ログインしました")
        for name, value in entered.raw_headers:
            if name == b"set-cookie":
                page.raw_headers.append((name, value))
        return self._forget(page)

    async def _code_page(self, request: Request) -> Response:
        journey = self._journey(request)
        if journey is None or journey.proven is None:
            return self._trouble(400, BACK_AGAIN)
        return self._pages.render("code.html", trouble=None)

    async def _code(self, request: Request) -> Response:
        if not requests.comes_from_us(request.headers, request.url.scheme):
            return self._trouble(403, BACK_AGAIN)
        journey = self._journey(request)
        if journey is None or journey.proven is None:
            return self._forget(self._trouble(400, BACK_AGAIN))
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > requests.FORM_BYTES:
            return self._trouble(413, BACK_AGAIN)
        code = (await request.form(max_files=0, max_fields=10)).get("code")
        outcome = await self._enter(request, journey.proven, code.strip() if isinstance(code, str) else "")
        if isinstance(outcome, Opened):
            return self._forget(self._let_in(request, outcome, journey.target))
        again = outcome.reason in {Refusal.CODE, Refusal.CODE_USED, Refusal.WAIT}
        status = 429 if outcome.reason is Refusal.WAIT else 401
        if again:
            return self._pages.render("code.html", status, trouble=self._sentence(outcome))
        return self._forget(self._trouble(status, self._sentence(outcome)))

    def _sentence(self, refused: Refused) -> str:
        return SENTENCES.get(refused.reason) or self._said(refused)

    def _journey(self, request: Request) -> Journey | None:
        return Journey.opened(self._keys, request.cookies.get(self._cookie), self._clock.now())

    def _remember(self, request: Request, response: Response, journey: Journey) -> None:
        # Lax: the browser comes back from another site. It opens nothing, and is read by us alone.
        secure = request.url.scheme == "https"
        response.set_cookie(
            self._cookie,
            journey.sealed(self._keys),
            max_age=int(LASTS.total_seconds()),
            path=THERE,
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def _forget(self, response: Response) -> Response:
        response.delete_cookie(self._cookie, path=THERE, httponly=True, samesite="lax")
        return response

    def _on_to(self, address: str, title: str) -> HTMLResponse:
        """Go on by a page of ours: to what follows on a redirect from another site a browser sends no strict cookie."""
        page = self._pages.message(200, title, "自動で進まないときは、ボタンを押してください。", back=address, back_label="続ける")
        page.headers["refresh"] = f"0;url={address}"
        return page

    def _trouble(self, status: int, text: str, error: Exception | None = None) -> Response:
        if error is not None:
            log.error("identity.provider_not_reached", kind=type(error).__name__, why=str(error))
        return self._pages.message(status, "ログインできませんでした", text, back="/login", back_label="ログインの画面へ")


def _back_of(request: Request) -> str:
    return str(request.url.replace(path=BACK, query="", fragment=""))
