"""The witness as a process: looks at the log by the clock, and answers over HTTP (C2SP tlog-witness)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from hashlib import sha256

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from infra.http import HEADERS
from infra.logs import whereabouts
from services.audit.domain.note import note_text
from services.audit.offline.folder import LARGEST_NOTE
from services.audit.witness.watching import Seen, Witness

log = structlog.get_logger()
_AWAY_SECONDS = 1.0


def create_app(witness: Witness, *, every_seconds: float) -> FastAPI:
    """Return the witness's application, which looks at the log every so many seconds while it runs."""

    @contextlib.asynccontextmanager
    async def looking(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_look_again_and_again(witness, every_seconds))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    app = FastAPI(title="Tsunagu witness", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=looking)
    origin = sha256(witness.kept.log.name.encode()).hexdigest()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/ready")
    async def ready() -> Response:
        needs = _needs(witness)
        return JSONResponse({"ready": all(needs.values()), **needs}, 200 if all(needs.values()) else 503, headers=HEADERS)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_NOTE:
                return Response(status_code=413, headers=HEADERS)
        answer = await witness.add_checkpoint(body)
        return Response(answer.body, answer.status, {**HEADERS, "content-type": answer.kind})

    @app.get("/{of}/checkpoint")
    async def newest(of: str) -> Response:
        if of != origin or witness.kept.note is None:
            return Response(status_code=404, headers=HEADERS)
        return PlainTextResponse(note_text(witness.kept.note), headers=HEADERS)

    return app


async def _look_again_and_again(witness: Witness, seconds: float) -> None:
    while True:
        try:
            await witness.look()
        except Exception as error:  # noqa: BLE001 -- whatever goes wrong once, a witness goes on looking
            log.error("witness.look_failed", **whereabouts(error))
        # A log that is away may be back in a moment.
        await asyncio.sleep(min(seconds, _AWAY_SECONDS) if witness.seen is Seen.AWAY else seconds)


def _needs(witness: Witness) -> dict[str, bool]:
    seen = witness.seen
    return {
        "log": seen is not Seen.AWAY,
        "history": seen is not Seen.REFUSED and not witness.kept.forked,
        "keeping": seen is not Seen.FAILED,
    }
