"""The wall before every screen and route: whoever has no right is turned away and kept in the log before anything else is read."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from fastapi import Request

from contracts.ids import PersonId
from infra.identity.staff import Staff
from infra.identity.walls import Wall
from infra.work import UnitOfWork
from services.casework import actions
from services.casework.domain.policy import Action, Deny, Permit, may

Recording = Callable[[Staff], AbstractAsyncContextManager[UnitOfWork]]
"""Opens the unit of work in which an attempt is kept, or says that it cannot be."""

Refusal = Callable[[Deny, Staff], Exception]
"""How an inlet says no."""


def wall(action: Action, recording: Recording, refusal: Refusal) -> Wall:
    """Return the wall that turns away whoever may not do `action`, or not to the child in the address."""

    async def turn_away(request: Request, staff: Staff) -> None:
        person_id = _person_in(request)
        # A look without a body goes on to the action, which decides on what it is about to show: nothing else can come before that.
        decided_later = request.method == "GET" or person_id is None
        if decided_later and isinstance(may(actions.viewer_of(staff), action), Permit):
            return
        async with recording(staff) as work:
            refused = await actions.refuse_stranger(work, staff, action, person_id)
        # Raised after the commit: the attempt is in the log before anybody is told.
        if refused is not None:
            raise refusal(refused, staff)

    return turn_away


def _person_in(request: Request) -> PersonId | None:
    """Return whom the address names; None where it names nobody, or not as one is written."""
    try:
        return PersonId(UUID(request.path_params["person_id"]))
    except (KeyError, ValueError):
        return None
