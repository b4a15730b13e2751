"""What somebody without the right tries is kept before anything is read of what was sent."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.identity.login import Identity
from infra.identity.staff import Staff

Wall = Callable[[Request, Staff], Awaitable[None]]
"""
Decides whether somebody may try what the address is for. Raises the refusal, which is in the log by then.

It gets the request without its body, and keeps of the address only what is an id by its form: what somebody types may be anything.
"""


class WalledRouter(APIRouter):
    """Routes behind walls: only who is logged in and has the right comes to the endpoint, or to its 404, 405 or 422."""

    def __init__(self, identity: Identity, **options: Any) -> None:
        super().__init__(route_class=WalledRoute, redirect_slashes=False, **options)
        self._identity = identity

    def answer(self, path: str, endpoint: Callable[..., Any], wall: Wall, methods: Sequence[str] = ("GET",), **more: Any) -> None:
        """Answer `path` with `endpoint`, behind `wall`, whichever method is asked for."""
        self.add_api_route(path, endpoint, methods=list(methods), **more)
        route = self.routes[-1]
        assert isinstance(route, WalledRoute)  # noqa: S101 -- the route class of this router
        route.wall, route.identity = wall, self._identity


class WalledRoute(APIRoute):
    """A route that nobody gets past whom its wall refuses. Without a wall nobody gets past."""

    wall: Wall
    identity: Identity

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask the wall, then answer."""
        await _ask(self.identity, self.wall, scope)
        await super().handle(scope, receive, send)


def walled_elsewhere(identity: Identity, wall: Wall, nowhere: ASGIApp) -> ASGIApp:
    """Return what answers the addresses at which nothing is (`nowhere`), behind `wall`."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _ask(identity, wall, scope)
        await nowhere(scope, receive, send)

    return answer


async def _ask(identity: Identity, wall: Wall, scope: Scope) -> None:
    # Without `receive` nothing of a body can be read here.
    request = Request(scope)
    request.state.staff = await identity.current_staff(request)
    await wall(request, request.state.staff)


def _asker(request: Request) -> Staff:
    staff: Staff = request.state.staff
    return staff


Asker = Annotated[Staff, Depends(_asker)]
"""Who asks, in an endpoint behind a wall."""
