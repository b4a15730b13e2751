"""
The door for witnesses: the log as C2SP tlog-tiles for a machine with a word of its own, and what it says that it cosigned.

What a witness is given for the first time, its cosignature tells of: it is about every entry up to its size. To hand out anything again
is an entry; what nobody has sealed is not handed out. People read the log by the pages, and each of their looks is an entry.
"""

import hmac
from collections.abc import Sequence
from pathlib import Path

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from contracts.deeds import audit as deeds
from infra.http import Problem, problem
from infra.identity.recording import recorded
from infra.service import Service
from services.audit import publishing, store
from services.audit.domain.note import NoteMalformed, parse_note, signature_line
from services.audit.domain.published.keys import Key, parse_key
from services.audit.domain.published.layout import ENTRIES, NoSuchResource, parse_path
from services.audit.keeper import Keeper
from services.audit.offline.folder import LARGEST_NOTE, text_of
from services.audit.offline.trusting import NotTrusted, signers_of
from services.audit.reading import THE_LOG
from services.audit.settings import AuditSettings
from services.audit.signer import Verifier

log = structlog.get_logger()
OCTETS = "application/octet-stream"


class WitnessDoor:
    """The routes under /witness. Without a word in the settings nobody comes in."""

    def __init__(self, service: Service, settings: AuditSettings, verifier: Verifier, keeper: Keeper) -> None:
        self._service = service
        self._settings = settings
        self._verifier = verifier
        self._keeper = keeper
        self.router = APIRouter(prefix="/witness", include_in_schema=False)
        self.router.add_api_route("/checkpoint", self.checkpoint)
        self.router.add_api_route("/tile/{path:path}", self.tile)
        self.router.add_api_route("/cosigned", self.cosigned, methods=["POST"])

    async def checkpoint(self, request: Request) -> PlainTextResponse:
        """The newest signed checkpoint."""
        self._let_in(request)
        async with self._service.pool.acquire() as db:
            newest = await store.last_checkpoint(db, self._verifier)
        if newest is None:
            raise problem(404, "No checkpoint yet")
        return PlainTextResponse(newest.note)

    async def tile(self, path: str, request: Request) -> Response:
        """A tile of hashes, or a bundle of entries."""
        self._let_in(request)
        try:
            part = parse_path(f"tile/{path}")
        except NoSuchResource:
            raise problem(404, "No such tile") from None
        async with recorded(self._service) as work:
            content, cosigned = await publishing.content(work.db, self._verifier, part), await store.last_cosigned(work.db)
            if content is None:
                raise problem(404, "No such tile")
            if part.level == ENTRIES and cosigned is not None and part.last < cosigned.size:
                origin = request.client.host if request.client is not None else None
                work.keep(deeds.HANDED_AGAIN, actor=work.service_actor(), thing=THE_LOG, count=part.width, origin=origin)
        return Response(content, media_type=OCTETS)

    async def cosigned(self, request: Request) -> PlainTextResponse:
        """What a witness holds: the log is held to it from now on, and keeps the signature."""
        self._let_in(request)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_NOTE:
                raise problem(413, "Too large")
        try:
            text = body.decode()
            said, note = self._verifier.said(text), parse_note(text)
            signers = signers_of(note, self._witnesses())
        except (NoteMalformed, NotTrusted, UnicodeDecodeError) as error:
            raise problem(422, "Not a cosigned checkpoint of this log", str(error)) from None
        if not signers:
            raise problem(403, "Not a witness of this log")
        self._keeper.hold_to(text)
        lines = [(key.name, signature_line(each)) for key in signers for each in note.signatures if key.made(each)]
        async with self._service.work() as work:
            await store.keep_cosignatures(work.db, said.size, text, lines, work.now)
        return PlainTextResponse("kept\n")

    def _let_in(self, request: Request) -> None:
        word = self._settings.witness_token
        given = request.headers.get("authorization", "")
        if word is None or not hmac.compare_digest(given.encode(), f"Bearer {word.get_secret_value()}".encode()):
            log.warning("audit.witness_not_known")
            raise Problem(401, "Only witnesses come in here", headers={"www-authenticate": "Bearer"})

    def _witnesses(self) -> Sequence[Key]:
        return witnesses(self._settings.witness_keys)


def witnesses(file: Path | None) -> Sequence[Key]:
    """Return the keys of the witnesses that are named in a file, a line each. Raises NoteMalformed."""
    text = text_of(file) if file is not None else None
    return [parse_key(line) for line in (text or "").splitlines() if line.strip()]
