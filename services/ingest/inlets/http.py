"""
What comes in by HTTP: CloudEvents in structured, batch and binary mode, under the source's own login.

Answers: 200 with what became of each event, or 202 with a receipt for whoever prefers it; 400 or 408 a body that did not arrive; 401
wrong login; 413 too large; 415 another content type; 422 where nothing of it was taken, naming the path; 429 where its source has its
share of the room; 503 where there is no room, or no answer in time.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from contracts.values import Source
from infra.http import Problem
from infra.service import Service
from infra.telemetry import REQUESTS_REFUSED, current_traceparent
from services.ingest.desk import Desk
from services.ingest.domain.admission import Inlet
from services.ingest.domain.answers import Answers
from services.ingest.domain.binary import JSON, Told, binary_event
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.reading import BYTES_MAX, RawEvent, read
from services.ingest.domain.refusals import BODY, Refusal, Words, refuse
from services.ingest.domain.telling import Wrong
from services.ingest.inlets.login import Logins, source_of
from services.ingest.replies import answer_json, error_json
from services.ingest.room import DeskFull, ShareUsed
from services.ingest.submissions import Submission, submission_name

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
ALLOWED = (STRUCTURED, BATCH, JSON)

PREFIX = "ce-"
RESPOND_ASYNC = "respond-async"
_CHARSET = re.compile(r"\bcharset\s*=\s*\"?([^\s;\"]*)")
_ESCAPED = re.compile(r"\\(.)")

BODY_SECONDS = 30.0
ANSWER_SECONDS = 15.0
"""Less than the time in which a service that is told to stop answers whoever waits."""
RETRY_AFTER_SECONDS = 30
DISCARD_BYTES = 32 * 2**20
DISCARD_SECONDS = 5.0

log = structlog.get_logger()


def router(service: Service, desk: Desk, logins: Logins) -> APIRouter:
    """Return the HTTP inlet."""
    routes = APIRouter()

    @routes.post("/events", responses={code: {"description": text} for code, text in _RESPONSES.items()})
    async def events(request: Request) -> Response:
        try:
            source = source_of(request, logins)
            mode = _mode(request)
            with _room_for(desk, source, request):
                body = await _body(request)
        except Problem as refused:
            # No event was looked at, so the ledger has no row of it: it is counted here.
            service.telemetry.count(REQUESTS_REFUSED, 1, status=str(refused.status))
            log.warning("ingest.request_refused", status=refused.status)
            return _ReadingOn(refused.response())
        content = _content(mode, request, body)
        # What is said of the events goes on from the request's own span; unsampled, from the sender's.
        name, trace = submission_name(service.identifiers, body), current_traceparent() or request.headers.get("traceparent")
        # Of a body that cannot be read there is nothing to ask for later.
        receipt = service.identifiers.random() if _need_not_wait(request) and not isinstance(content, Refusal) else None
        try:
            answers = await _answers(desk, Submission(source, Inlet.HTTP, content, name, trace, octets=len(body), receipt=receipt))
        except Problem as unavailable:
            service.telemetry.count(REQUESTS_REFUSED, 1, status=str(unavailable.status))
            return unavailable.response()
        if receipt is not None:
            return _given(receipt, answers)
        return _response(answers, whole=mode != BATCH or isinstance(content, Refusal))

    return routes


_RESPONSES: dict[int | str, str] = {
    200: "What became of each event.",
    202: "The events are safe; what became of each is told under `Location`.",
    400: "The body did not arrive whole.",
    401: "No such login.",
    408: "The body did not arrive in time.",
    413: "Larger than 1 MiB.",
    415: "Not CloudEvents in JSON.",
    422: "No event was taken; each error names its path.",
    429: "Too much of this source waits already: send the same again after `Retry-After`.",
    503: "Full, or no answer in time: send the same again after `Retry-After`. What was taken meanwhile is then a duplicate.",
}


@contextmanager
def _room_for(desk: Desk, source: Source, request: Request) -> Iterator[None]:
    """Room for the body, which is not read without. Raises Problem 413, 429 or 503."""
    said = request.headers.get("content-length", str(BYTES_MAX))
    if not (said.isascii() and said.isdigit()) or int(said) > BYTES_MAX:
        raise _too_large()
    try:
        with desk.expecting(source, int(said)):
            yield
    except DeskFull as error:
        raise _full(error) from error


async def _answers(desk: Desk, submission: Submission) -> Answers:
    """What became of the events. Raises Problem 429 or 503 where there is no room, 503 where there is no answer within ANSWER_SECONDS."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await desk.submit(submission)
    except DeskFull as error:
        raise _full(error) from error
    except TimeoutError as error:
        raise _unavailable(
            "no_answer_yet",
            "時間内に受付の結果が出ませんでした。あとで受け付けられることがあります。同じものをもう一度送ってください。"
            "すでに受け付けられていれば「duplicate」と返ります。",
            "There is no answer yet. The events may still be taken later. Send the same again: what was taken is then a duplicate.",
        ) from error


def _full(why: DeskFull) -> Problem:
    if isinstance(why, ShareUsed):
        return _unavailable(
            "share_used",
            "このシステムから届いた未処理のデータが多いため、何も受け付けていません。しばらくしてから同じものをもう一度送ってください。",
            "Too much of this source waits already; nothing of this was taken. Send the same again later.",
            status=429,
        )
    return _unavailable(
        "full",
        "受付が混み合っているため、何も受け付けていません。しばらくしてから同じものをもう一度送ってください。",
        "Too much waits already; nothing of this was taken. Send the same again later.",
    )


def _unavailable(code: str, ja: str, en: str, *, status: int = 503) -> Problem:
    return Problem(status, en, ja, [_error(BODY, code, ja, en)], {"retry-after": str(RETRY_AFTER_SECONDS)})


def _need_not_wait(request: Request) -> bool:
    """Whether the sender prefers a receipt to the answer (RFC 7240 §4.1)."""
    preferences = ",".join(request.headers.getlist("prefer")).split(",")
    return any(each.partition(";")[0].strip().lower() == RESPOND_ASYNC for each in preferences)


def _given(receipt: UUID, answers: Answers) -> Response:
    """202. The events are committed, so that nothing can be lost of what it stands for."""
    headers = {"location": f"/receipts/{receipt}", "preference-applied": RESPOND_ASYNC}
    return JSONResponse({"receipt": str(receipt), "events": len(answers)}, 202, headers=headers)


def _mode(request: Request) -> str:
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    kind = kind.strip()
    charset = _CHARSET.search(parameters)
    if charset is not None and charset[1] not in {"utf-8", "utf8", "us-ascii"}:
        # JSON is UTF-8 (RFC 8259 §8.1): what is declared to be something else would be read wrongly.
        ja, en = "文字コードはUTF-8にしてください。", "JSON is sent in UTF-8."
        raise Problem(415, "Not in UTF-8", en, [_error("content-type", "not_utf8", ja, en)])
    is_binary = kind == JSON and "ce-specversion" in request.headers
    if kind not in ALLOWED or (kind == JSON and not is_binary):
        en = f"Send {STRUCTURED}, {BATCH}, or {JSON} with {PREFIX}* headers."
        ja = f"{STRUCTURED}、{BATCH}、または{PREFIX}で始まるヘッダーと{JSON}で送ってください。"
        raise Problem(415, "Not CloudEvents in JSON", en, [_error("content-type", "not_in_list", ja, en, ALLOWED)])
    return kind


async def _body(request: Request) -> bytes:
    """The body, of which no more than 1 MiB is kept. Raises Problem 413, and 408 or 400 where it does not arrive whole."""
    parts = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                parts += part
                if len(parts) > BYTES_MAX:
                    raise _too_large()
    except TimeoutError as error:
        raise Problem(408, "The body did not arrive in time", headers={"connection": "close"}) from error
    except ClientDisconnect as error:
        raise Problem(400, "The body did not arrive whole", headers={"connection": "close"}) from error
    return bytes(parts)


def _too_large() -> Problem:
    refusal = refuse(BODY, "too_large")
    return Problem(413, refusal.en, refusal.ja, [_error(refusal.path, refusal.code, refusal.ja, refusal.en)], {"connection": "close"})


class _ReadingOn(Response):
    """
    Answers at once, then reads on and keeps nothing.

    Whoever is cut off while still sending never sees the answer: the unread rest makes the system reset the connection.
    """

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.body, answer.status_code, dict(answer.headers))

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(DISCARD_SECONDS):
                await _discard(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _discard(receive: Receive) -> None:
    seen = 0
    while seen < DISCARD_BYTES:
        message = await receive()
        seen += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return


def _content(mode: str, request: Request, body: bytes) -> tuple[RawEvent, ...] | Refusal:
    if mode == JSON:
        return binary_event(_attributes(request), body, JSON)
    content = read(body)
    if mode == STRUCTURED and not isinstance(content, Refusal) and body.lstrip().startswith(b"["):
        return refuse(BODY, "not_an_object")
    return content


def _attributes(request: Request) -> list[Told]:
    return [
        Told(name.removeprefix(PREFIX), PREFIX, _unescaped(value)) for name, value in request.headers.items() if name.startswith(PREFIX)
    ]


def _unescaped(value: str) -> str:
    """
    The value of a header (CloudEvents HTTP binding §3.1.3.2): out of its quotation marks, then percent-decoded once.

    What is no UTF-8 then becomes U+FFFD, which is refused by its path.
    """
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        value = _ESCAPED.sub(r"\1", value[1:-1])
    return unquote(value)


def _response(answers: Answers, *, whole: bool) -> Response:
    """
    200 with what became of each event of a batch; 422 naming the path where the one event, or the body as a `whole`, was refused.

    A batch is not one thing: a refused event in it is no error of the request, which need not be sent again.
    """
    refused = [answer for answer in answers if answer.outcome is Outcome.REFUSED]
    if not whole or not refused:
        return JSONResponse({"outcomes": [answer_json(answer) for answer in answers]})
    errors = [error_json(wrong) for each in refused for wrong in each.errors]
    # The one event, or the body as a whole: there is one answer.
    said = refused[0].message
    assert said is not None  # noqa: S101 -- whatever is refused has a message
    return Problem(422, said.en, said.ja, errors).response()


def _error(path: str, code: str, ja: str, en: str, allowed: Sequence[str] | None = None) -> dict[str, Any]:
    return error_json(Wrong(path, code, Words(ja, en), None if allowed is None else tuple(allowed)))
