"""What an operator does on the command line: in the service's own database, and kept in the audit log with the reason."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar, overload

import asyncpg
import typer

from contracts.messages import Actor
from contracts.values import ServiceName
from infra.clock import Clock, clock_of
from infra.identifiers import Identifiers
from infra.local.root import reaching, settings_of
from infra.settings import Settings
from infra.signing import producer_key_of
from infra.work import UnitOfWork

T = TypeVar("T")
S = TypeVar("S", bound=Settings)
Reason = Annotated[str, typer.Option(help="Why, as a ticket number or code; kept in the audit log.")]
OPERATOR = Actor(id=None, role="operator")
COMMAND_LINE = "command line"
"""Where an operator's decisions come from, in the log."""


def code_of(reason: str) -> str:
    """Return `reason` if it is a code. The log takes no sentences: a sentence may name a person. Raises typer.BadParameter."""
    if not reason.isascii() or not reason.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter("give the reason as a ticket or code: letters, digits, - and _", param_hint="--reason")
    return reason


def identifiers_of(settings: Settings) -> Identifiers:
    """Return what makes the service's identifiers."""
    return Identifiers(bytes.fromhex(settings.identifier_key.get_secret_value()))


@asynccontextmanager
async def work_at(service: ServiceName, settings: Settings, clock: Clock | None = None) -> AsyncIterator[UnitOfWork]:
    """
    Open a unit of work with the service's own login: committed at the end, or nothing of it happened.

    What it says is sent by the running service.
    """
    db = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        async with db.transaction():
            work = UnitOfWork(
                db,
                service=service,
                clock=clock or clock_of(settings.clock_file),
                identifiers=identifiers_of(settings),
                partitions=settings.partitions,
                producer_key=producer_key_of(service, settings),
            )
            yield work
            await work.flush()
    finally:
        await db.close()


@overload
def act(root: Path, service: ServiceName, what: Callable[[Settings], Awaitable[T]]) -> T: ...
@overload
def act(root: Path, service: ServiceName, what: Callable[[S], Awaitable[T]], *, kind: type[S]) -> T: ...
def act(root: Path, service: ServiceName, what: Callable[[Any], Awaitable[T]], *, kind: type[Settings] = Settings) -> T:
    """Do `what` with the settings of `service`, those of `kind`. Raises NotRunning where its database does not answer."""

    async def go(settings: Settings) -> T:
        return await what(settings)

    with reaching(root):
        return asyncio.run(go(settings_of(kind, root, service)))
