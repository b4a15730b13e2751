"""The wall before every screen and route: whoever has no right is turned away and kept in the log before anything else is read."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias
from uuid import UUID

from fastapi import Request

from contracts.ids import PersonId
from infra import looking
from infra.identity.login import Identity
from infra.identity.staff import Staff
from infra.identity.walls import Wall
from infra.looking import Granted, Look, Refused
from infra.work import UnitOfWork
from services.casework.seeing import Again, Mistake, Question

Attempt: TypeAlias = Callable[[Staff, PersonId | None], Look[Any, None]]
"""What somebody tries who asks for an address, at the child in it or at none."""

Recording: TypeAlias = Callable[[Staff], AbstractAsyncContextManager[UnitOfWork]]
"""Opens the unit of work in which an attempt is kept, or says that it cannot be."""

Refusal: TypeAlias = Callable[[Refused, Staff], Exception]
"""How an inlet says no."""


def wall(attempt: Attempt, recording: Recording, refusal: Refusal) -> Wall:
    """Return the wall that turns away whoever may not do what the address is for, or not to the child in it."""

    async def turn_away(request: Request, staff: Staff) -> None:
        person_id = _person_in(request)
        look = attempt(staff, person_id)
        # A look without a body goes on to the screen, which decides on what it is about to show: nothing else can come before that.
        decided_later = request.method == "GET" or person_id is None
        if decided_later and isinstance(look.right(None), Granted):
            return
        async with recording(staff) as work:
            refused = await looking.turn_away(work, look)
        # Raised after the commit: the attempt is in the log before anybody is told.
        if refused is not None:
            raise refusal(refused, staff)

    return turn_away


async def once_more(request: Request, staff: Staff, identity: Identity, again: Again, asked: Question) -> Question | Mistake:
    """Return the question as of somebody who has just shown who they are, where they wanted to; or what is wrong with the code."""
    code = again.typed(asked)
    if not code:
        return asked
    wrong = await identity.again(request, staff, code)
    return Mistake(((again.field, wrong),)) if wrong else again.confirmed(asked)


def _person_in(request: Request) -> PersonId | None:
    """Return whom the address names; None where it names nobody, or not as one is written."""
    try:
        return PersonId(UUID(request.path_params["person_id"]))
    except (KeyError, ValueError):
        return None
