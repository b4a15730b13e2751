"""The HTTP side of a service: one application with the same health checks, headers and errors everywhere."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
"""On every answer: nothing is kept on the terminal, nothing comes from elsewhere."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names of the machine itself: whoever watches it asks by them."""

FIRST_ERROR = 400
"""The lowest HTTP status that is an error."""


class Problem(Exception):
    """An answer in the form of RFC 9457. `errors` name the field (`path`) and what is wrong with it, never its value."""

    def __init__(
        self, status: int, title: str, detail: str = "", errors: Sequence[Mapping[str, Any]] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """Return it as an answer."""
        body: dict[str, Any] = {"type": "about:blank", "status": self.status, "title": self.title}
        body |= {key: value for key, value in (("detail", self.detail), ("errors", [dict(error) for error in self.errors])) if value}
        return JSONResponse(body, self.status, media_type="application/problem+json", headers=self.headers)


ProblemWords = Mapping[int, tuple[str, str]]
"""Title and text of a problem by HTTP status, in the language of those who read a service's answers (`app.state.problem_words`)."""

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "status", "title"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "required": ["path"], "properties": {"path": {"type": "string"}}}},
    },
}
"""The form of every error (RFC 9457)."""


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declare which errors an operation may answer, for its description: what is not declared there must not come."""
    content = {"application/problem+json": {"schema": PROBLEM_SCHEMA}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


ProblemPage = Callable[[Request, Problem], Awaitable[Response]]
"""Makes the page that says an error to the person who asked (`app.state.problem_page`), with the same status."""


def problem(status: int, title: str, detail: str = "", errors: Sequence[Mapping[str, Any]] = ()) -> Problem:
    """Make an error to raise."""
    return Problem(status, title, detail, errors)


def create_app(
    title: str, *, ready: Callable[[], Awaitable[Mapping[str, bool]]], metrics: Callable[[], bytes], hosts: Sequence[str] = ()
) -> FastAPI:
    """
    Make the application of a service. `ready` names what the service needs and whether it is there.

    No answer repeats the name by which the service was asked for. Where `hosts` are given, another name, loopback apart, is 400.
    """
    # A redirect to the address with or without a slash would name the host that the request named.
    app = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url="/openapi.json", redirect_slashes=False)

    @app.get("/health", include_in_schema=False)
    async def health() -> Mapping[str, str]:
        return {"status": "alive"}

    @app.get("/ready", include_in_schema=False)
    async def readiness() -> Response:
        needs = await ready()
        return JSONResponse({"ready": all(needs.values()), **needs}, 200 if all(needs.values()) else 503)

    @app.get("/metrics", include_in_schema=False)
    async def exposition() -> Response:
        return Response(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    if hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=(*hosts, *LOOPBACK), www_redirect=False)
    app.middleware("http")(_with_headers)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    return app


async def _with_headers(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await proceed(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return await _answer(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    # FastAPI's own answer quotes the input, and so may its messages; ours names the field only.
    errors = [
        {
            "path": ".".join(str(part) for part in each["loc"]),
            "code": each["type"],
            "message": {"ja": "値がないか、形が正しくありません。", "en": "It is missing, or not of the expected form."},
            "allowed": None,
        }
        for each in error.errors()
    ]
    return await _answer(request, Problem(422, "The request does not have the expected form", errors=errors))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return await _answer(request, Problem(error.status_code, str(error.detail), headers=error.headers))


async def _answer(request: Request, error: Problem) -> Response:
    # A service with pages names `problem_page`: whoever reads pages is not shown JSON. What already is a page stays that page.
    page: ProblemPage | None = getattr(request.app.state, "problem_page", None)
    if page is None or type(error) is not Problem or error.status < FIRST_ERROR or not _wants_a_page(request):
        return _in_words(request, error).response()
    return await page(request, error)


def _in_words(request: Request, error: Problem) -> Problem:
    """Return the error in the words of the service, where it has some and the error was not said in them."""
    words: ProblemWords | None = getattr(request.app.state, "problem_words", None)
    if words is None or type(error) not in {Problem, *Problem.__subclasses__()} or error.status not in words or not error.title.isascii():
        return error
    errors = [{**each, "message": each["message"]["ja"]} if isinstance(each.get("message"), Mapping) else each for each in error.errors]
    return Problem(error.status, *words[error.status], errors, error.headers)


def _wants_a_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.scope["path"].startswith("/v1/")
