"""
What a source asks of its own events by HTTP, under its own login: what became of one, and of a day's.

Another source's event is not found, like one that never came. Nothing that an event said is told back, because nothing of it is asked for.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from contracts.days import EARLIEST_DAY, LATEST_DAY
from contracts.words import HELD_UP_FOR
from infra.clock import JST
from infra.http import Problem
from infra.service import Service
from services.ingest import quarantine, store
from services.ingest.domain.answers import answer
from services.ingest.domain.ledger import Outcome, event_key, harmless
from services.ingest.domain.refusals import Words
from services.ingest.inlets.login import Logins, source_of
from services.ingest.quarantine import Selection
from services.ingest.reminding import notice_of
from services.ingest.replies import answer_json, words_json
from services.ingest.resend_list import told

Day = Annotated[date, Query(ge=EARLIEST_DAY, le=LATEST_DAY)]
"""Beyond these a day of Japan has no bounds that can be computed."""

LISTED_TOGETHER = 200
"""Events that one answer names."""


def questions(service: Service, logins: Logins, notice_days: int) -> APIRouter:
    """Return the routes. For `notice_days` a review is near."""
    routes = APIRouter()

    @routes.get("/events/{event_id:path}", responses={401: {"description": "No such login."}, 404: {"description": "No such event."}})
    async def event(event_id: str, request: Request) -> Response:
        """What became of an event of the source that is logged in, by the id that it was sent with."""
        source = source_of(request, logins)
        key = event_key(source, event_id)
        async with service.pool.acquire() as db:
            known = await store.event_of(db, key, source)
        if known is None:
            raise Problem(404, "No such event", "この番号のイベントは、このシステムからは届いていません。")
        return JSONResponse(_told(known, event_id))

    @routes.get("/events", responses={401: {"description": "No such login."}, 422: {"description": "No day."}})
    async def events_of(
        day: Day, request: Request, outcome: Literal["refused", "parked"] | None = None, after: UUID | None = None
    ) -> Response:
        """
        How many events of the source that is logged in came first on a day (of Japan), and what became of them.

        With `outcome=refused` (or `parked`), which these are, newest first and 200 at a time: what is wrong with each, and under which id
        and revision it may be sent again. `next` is what to ask for as `after`, until it is null.
        """
        source = source_of(request, logins)
        about = {"source": source.value, "day": day.isoformat(), "timezone": str(JST)}
        async with service.pool.acquire() as db:
            if outcome is None:
                notice = await notice_of(db, source, service.clock.today(), notice_days)
                return JSONResponse({**about, **_totals(await store.totals_of(db, source, day)), "registration": notice})
            chosen = Selection((source,), Outcome(outcome), first=day, last=day)
            found = await quarantine.page(db, chosen, after, LISTED_TOGETHER)
        events = [told(event) for event in found.events]
        return JSONResponse({**about, "outcome": outcome, "events": events, "next": str(found.after) if found.after is not None else None})

    return routes


def _told(known: store.Known, event_id: str) -> dict[str, Any]:
    entry = known.entry
    named = replace(entry.identity, event_id=harmless(event_id))
    record = {
        "type": named.event_type,
        "subject": named.record_id,
        "revision": named.revision,
        "newest_revision": known.newest_revision,
        "linking": _linking(known) if _is_on_its_way(known) else None,
    }
    return {
        **answer_json(answer(replace(entry, identity=named), again=False)),
        "received_at": known.received_at.astimezone(JST).isoformat(timespec="seconds"),
        "came_again": entry.repeats,
        "record": record,
    }


def _is_on_its_way(known: store.Known) -> bool:
    """Whether the event is what is linked of its record: a watermark never is, nor what a newer revision replaced."""
    return known.entry.outcome is Outcome.ACCEPTED and known.entry.identity.revision == known.newest_revision


def _linking(known: store.Known) -> dict[str, Any]:
    """How the record fares on its way to a person. What is not held up was handed on, and is linked as soon as it is there."""
    if known.held_up is None:
        return {"state": "handed_on", "message": None}
    en = known.held_up_for or ""
    return {"state": known.held_up, "message": words_json(Words(HELD_UP_FOR.get(en, en), en))}


def _totals(totals: store.Totals) -> dict[str, Any]:
    outcomes = {outcome.value: totals.outcomes.get(outcome, 0) for outcome in Outcome}
    return {
        "received": sum(outcomes.values()),
        "outcomes": outcomes,
        "refused_for": dict(totals.codes),
        "came_again": totals.repeats,
        "held_up": {state: totals.held_up.get(state, 0) for state in ("waiting", "review")},
    }
