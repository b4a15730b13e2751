"""What an operator decides on the command line: in the service's own database, and kept in the audit log with the reason."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import asyncpg
import typer

from contracts.messages import Actor
from contracts.values import ServiceName
from infra.clock import clock_of
from infra.identifiers import Identifiers
from infra.settings import Settings
from infra.work import UnitOfWork

T = TypeVar("T")
Reason = Annotated[str, typer.Option(help="Why, as a ticket number or code; kept in the audit log.")]
OPERATOR = Actor(id=None, role="operator")
COMMAND_LINE = "command line"
"""Where an operator's decisions come from, in the log."""


def code_of(reason: str) -> str:
    """Return `reason` if it is a code. The log takes no sentences: a sentence may name a person. Raises typer.BadParameter."""
    if not reason.isascii() or not reason.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter("give the reason as a ticket or code: letters, digits, - and _", param_hint="--reason")
    return reason


async def decide(settings: Settings, service: ServiceName, act: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Let `act` work in a transaction of `service`; what it says is sent by the running service."""
    db = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        async with db.transaction():
            work = UnitOfWork(
                db,
                service=service,
                clock=clock_of(settings.clock_file),
                identifiers=Identifiers(bytes.fromhex(settings.identifier_key.get_secret_value())),
                partitions=settings.partitions,
            )
            answer = await act(work)
            await work.flush()
        return answer
    finally:
        await db.close()
