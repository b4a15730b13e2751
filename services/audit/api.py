"""The JSON interface for the security team's tools and for whoever verifies (audit.md §5). Every answer with entries is in the log."""

from base64 import b64encode
from typing import Any, TypeVar, assert_never

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from infra.http import problem
from infra.identity.login import Identity
from infra.identity.staff import Staff
from infra.identity.walls import Asker, Wall, WalledRouter
from infra.looking import Look
from infra.service import Service
from services.audit import reading, views
from services.audit.domain.filters import LARGEST_INDEX, FilterInvalid, parse_filters
from services.audit.domain.leaf import event_in
from services.audit.domain.published.layout import NoSuchResource, parse_path
from services.audit.domain.published.proofs import PublishedProof, proof_text
from services.audit.reading import Attempt, NoAnswer, NothingShown, NotPermitted, reader_of
from services.audit.signer import Verifier
from services.audit.store import HashesMissing
from services.audit.walls import wall

T = TypeVar("T")
OCTETS = "application/octet-stream"


class LogApi:
    """The routes under /v1."""

    def __init__(self, service: Service, identity: Identity, verifier: Verifier) -> None:
        self._service = service
        self._verifier = verifier
        self.router = WalledRouter(identity, prefix="/v1")
        self.router.answer("/entries", self.entries, self._wall(reading.SEARCH))
        self.router.answer("/entries/{index}", self.entry, self._wall(reading.ENTRY))
        self.router.answer("/entries/{index}/proof", self.proof, self._wall(reading.ENTRY))
        self.router.answer("/entries/{index}/tlog-proof", self.tlog_proof, self._wall(reading.ENTRY), response_class=PlainTextResponse)
        self.router.answer("/entries/{index}/leaf", self.leaf, self._wall(reading.ENTRY), response_class=Response)
        self.router.answer("/tile/{path:path}", self.tile, self._wall(reading.EXTRACT), response_class=Response)
        self.router.answer("/checkpoint", self.checkpoint, self._wall(reading.CHECKPOINT), response_class=PlainTextResponse)
        self.router.answer("/consistency", self.consistency, self._wall(reading.CHECKPOINT))

    async def entries(self, request: Request, staff: Asker) -> dict[str, Any]:
        """
        Entries by thing, actor, action, decision and period (from, to: days in Japan; from_time, to_time: HH:MM), newest first.

        `who=people` leaves out what services did by themselves.

        `limit` is at most 500; `cursor` comes from the answer before and is null at the end.
        """
        try:
            asked = parse_filters(request.query_params)
        except FilterInvalid as error:
            raise problem(422, "The search cannot be understood", errors=[{"path": error.field, "message": error.expected}]) from None
        page = await self._answer(staff, reading.search(reader_of(request, staff), asked))
        return {"entries": [_entry(row) for row in page.rows], "cursor": None if page.is_last else str(page.rows[-1].index)}

    async def entry(self, index: int, request: Request, staff: Asker) -> dict[str, Any]:
        """One entry, with the bytes that the tree seals (base64)."""
        found = await self._opened(request, staff, index)
        return _entry(found.row) | {"leaf": b64encode(found.row.leaf).decode()}

    async def proof(self, index: int, request: Request, staff: Asker) -> dict[str, Any]:
        """The proof that an entry is in the log that the newest checkpoint signs."""
        proof = (await self._opened(request, staff, index)).proof
        if proof is None:
            raise problem(409, "Not sealed yet", "The next checkpoint will seal this entry. Ask again in a moment.")
        return {
            "index": index,
            "size": proof.checkpoint.size,
            "leaf_hash": proof.digest.hex(),
            "path": [digest.hex() for digest in proof.path],
            "checkpoint": proof.checkpoint.note,
        }

    async def tlog_proof(self, index: int, request: Request, staff: Asker) -> PlainTextResponse:
        """The same as a file that `tsunagu audit verify proof` and other tools read (C2SP tlog-proof)."""
        proof = (await self._opened(request, staff, index)).proof
        if proof is None:
            raise problem(409, "Not sealed yet", "The next checkpoint will seal this entry. Ask again in a moment.")
        told = proof_text(PublishedProof(index, proof.path, proof.checkpoint.note))
        return PlainTextResponse(told, headers=_as_file(f"{index}.tlog-proof"))

    async def leaf(self, index: int, request: Request, staff: Asker) -> Response:
        """The very bytes of an entry, which the tree seals."""
        found = await self._opened(request, staff, index)
        return Response(found.row.leaf, media_type=OCTETS, headers=_as_file(f"{index}.leaf"))

    async def tile(self, path: str, request: Request, staff: Asker) -> Response:
        """A part of the log as files (C2SP tlog-tiles, whose prefix is /v1): a tile of hashes, or a bundle of entries."""
        try:
            part = parse_path(f"tile/{path}")
        except NoSuchResource:
            raise problem(404, "No such tile") from None
        try:
            content = await self._answer(staff, reading.published(reader_of(request, staff), part, self._verifier))
        except HashesMissing:
            raise problem(409, "Some of it is gone", "The log does not have all of these entries any more. Verify it.") from None
        if content is None:
            raise problem(404, "No such tile", "The log is not as long, or not sealed so far.")
        return Response(content, media_type=OCTETS)

    async def checkpoint(self, request: Request, staff: Asker) -> PlainTextResponse:
        """The newest signed checkpoint, as text (C2SP tlog-checkpoint)."""
        newest = await self._answer(staff, reading.newest_checkpoint(reader_of(request, staff), self._verifier))
        if newest is None:
            raise problem(404, "No checkpoint yet")
        return PlainTextResponse(newest.note)

    async def consistency(self, m: int, n: int, request: Request, staff: Asker) -> dict[str, Any]:
        """The proof that the log of `n` entries begins with the log of `m`."""
        if not 0 < m <= n <= LARGEST_INDEX:
            raise problem(422, "There is no such proof", "0 < m <= n")
        path = await self._answer(staff, reading.consistency(reader_of(request, staff), old=m, new=n))
        if path is None:
            raise problem(404, "The log is shorter than that")
        return {"m": m, "n": n, "path": [digest.hex() for digest in path]}

    async def _opened(self, request: Request, staff: Staff, index: int) -> views.Opened:
        look = reading.entry(reader_of(request, staff), index, self._verifier)
        found = await self._answer(staff, look) if 0 <= index <= LARGEST_INDEX else None
        if found is None:
            raise problem(404, "No such entry")
        return found

    async def _answer(self, staff: Staff, look: Look[T, T]) -> T:
        try:
            return await reading.answer(self._service, look)
        except (NotPermitted, NothingShown) as error:
            raise _refusal(error, staff) from None

    def _wall(self, attempt: Attempt) -> Wall:
        return wall(self._service, attempt, _refusal)


def _refusal(error: NoAnswer, _staff: Staff) -> Exception:
    match error:
        case NotPermitted():
            return problem(403, "Not permitted", "Only the security and privacy officers read the log.")
        case NothingShown():
            return problem(503, "Nothing is shown", "The access cannot be kept in the log at the moment.")
        case _:
            assert_never(error)


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def _entry(row: views.Row) -> dict[str, Any]:
    event = event_in(row.leaf) if row.columns is not None else None
    received = None if row.columns is None else row.columns.received
    return {"index": row.index, "event": event, "received": received, "leaf_hash": row.digest.hex(), "intact": row.is_intact}
