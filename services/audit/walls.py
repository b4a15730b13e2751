"""The wall before the log: whoever may not read it is turned away and kept in it before anything else is read."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from fastapi import Request

from infra.identity.staff import Staff
from infra.identity.walls import Wall
from infra.looking import Granted
from infra.service import Service
from services.audit import reading
from services.audit.domain.filters import index_in, is_id, without_address
from services.audit.reading import Attempt, NoAnswer, NothingShown, NotPermitted

Refusals = Callable[[NoAnswer, Staff], Exception]
"""How an inlet says why there is no answer."""


def wall(service: Service, attempt: Attempt, refusal: Refusals) -> Wall:
    """Return the wall that turns away whoever may not read the log. `attempt` is what the address is for, whatever it names."""

    async def turn_away(request: Request, staff: Staff) -> None:
        reader = reading.reader_of(request, staff)
        if isinstance(reader.right, Granted):
            return
        try:
            await reading.answer(service, _told(attempt, request).by(reader))
        except (NotPermitted, NothingShown) as error:
            raise refusal(error, staff) from None

    return turn_away


def _told(attempt: Attempt, request: Request) -> Attempt:
    """Add what the address names, where it is an id by its form. A login, a name or anything else that was typed is not kept."""
    named = request.path_params
    if (index := index_in(named.get("index", ""))) is not None:
        return reading.entry_opened(index)
    if is_id(named.get("actor", "")):
        return reading.search_for_actor(UUID(named["actor"].strip()))
    thing = without_address(named.get("thing") or request.query_params.get("thing", ""))
    if not is_id(thing):
        return attempt
    about = reading.search_for_thing(str(UUID(thing.strip())))
    return replace(attempt, thing=about.thing) if attempt == reading.EXTRACT else about
