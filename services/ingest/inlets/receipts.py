"""What a source asks by HTTP of a request that was answered with a receipt."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from infra.clock import JST
from infra.http import Problem
from infra.service import Service
from services.ingest.inlets.login import Logins, source_of
from services.ingest.receipts import KEPT, find


def receipts(service: Service, logins: Logins) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.get("/receipts/{receipt}", responses={401: {"description": "No such login."}, 404: {"description": "No such receipt."}})
    async def receipt_of(receipt: str, request: Request) -> Response:
        """What became of the events of a request of the source that is logged in, by the receipt that it was given."""
        source = source_of(request, logins)
        number = _number(receipt)
        async with service.pool.acquire() as db:
            found = await find(db, number, source) if number is not None else None
        if found is None:
            raise Problem(404, "No such receipt", "この番号の受領証は、このシステムには渡していないか、保存期間が過ぎています。")
        given, until = (each.astimezone(JST).isoformat(timespec="seconds") for each in (found.made_at, found.made_at + KEPT))
        about = {"receipt": str(number), "source": source.value, "received_at": given, "kept_until": until}
        return JSONResponse({**about, **found.as_json()})

    return routes


def _number(receipt: str) -> UUID | None:
    """What no receipt could be was given to nobody."""
    try:
        return UUID(receipt)
    except ValueError:
        return None
