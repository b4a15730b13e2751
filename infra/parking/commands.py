"""`tsunagu parked …`: a person sees what could not be handled, and decides. Each look at a body and each decision is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import asyncpg
import typer

from contracts.messages import Actor, Thing
from contracts.values import ServiceName
from infra.clock import clock_of
from infra.identifiers import Identifiers
from infra.local.root import CannotDo, Root, reaching, settings_of
from infra.parking import SQL, Parked, ParkingBody, listed
from infra.settings import Settings
from infra.work import UnitOfWork

app = typer.Typer(help="Events that could not be handled: list, show, replay, discard.", no_args_is_help=True)
T = TypeVar("T")
Reason = Annotated[str, typer.Option(help="Why, as a ticket number or code; kept in the audit log.")]
OPERATOR = Actor(id=None, role="operator")


@app.command("list")
def list_parked(service: ServiceName, root: Root) -> None:
    """List what is parked at SERVICE: ids, types and reasons, nothing personal."""
    parked = _with(root, service, lambda work, _: listed(work.db))
    for each in parked:
        print(f"{each.event_id}  {each.type}  {each.reason}{f' ({each.path})' if each.path else ''}  tried {each.attempts}×  {_next(each)}")
    print(f"{len(parked)} parked at {service}")


@app.command()
def show(service: ServiceName, event_id: UUID, reason: Reason, root: Root) -> None:
    """Show one parked event with its body. The look is kept in the audit log before the body is shown."""
    print(_with(root, service, lambda work, body: _show(work, body, event_id, reason)))


@app.command()
def replay(service: ServiceName, event_id: UUID, reason: Reason, root: Root) -> None:
    """Have one parked event handled again by the running service."""
    _decide(root, service, event_id, reason, SQL.replay_parked, "replayed")


@app.command()
def discard(service: ServiceName, event_id: UUID, reason: Reason, root: Root) -> None:
    """Have one parked event thrown away by the running service, which tells others that it holds it no more."""
    _decide(root, service, event_id, reason, SQL.discard_parked, "discarded")


def _next(parked: Parked) -> str:
    if parked.discarded:
        return "is thrown away by the service"
    return f"again at {parked.retry_at:%Y-%m-%d %H:%M:%S}Z" if parked.retry_at else "waits for you"


def _decide(root: Path, service: ServiceName, event_id: UUID, reason: str, statement: str, verb: str) -> None:
    async def decide(work: UnitOfWork, _body: ParkingBody) -> bool:
        if await work.db.fetchval(statement, event_id) is None:
            return False
        thing = Thing(kind="parked_event", id=str(event_id))
        work.decision(actor=OPERATOR, action=f"{service}.parked_{verb}", thing=thing, reason_code=_code(reason), origin="command line")
        return True

    if not _with(root, service, decide):
        raise CannotDo(f"{service} has no parked event {event_id}")
    print(f"{event_id} {verb}")


async def _show(work: UnitOfWork, body: ParkingBody, event_id: UUID, reason: str) -> str:
    row = await work.db.fetchrow(SQL.read_parked, event_id)
    if row is None:
        raise CannotDo(f"{work.service} has no parked event {event_id}")
    thing = Thing(kind="parked_event", id=str(event_id))
    work.access(actor=OPERATOR, action=f"{work.service}.parked_shown", thing=thing, reason_code=_code(reason), origin="command line")
    return body.open(event_id, row["body"]).decode()


def _code(reason: str) -> str:
    # The log takes codes, not sentences: a sentence may name a person.
    if not reason.isascii() or not reason.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter("give the reason as a ticket or code: letters, digits, - and _", param_hint="--reason")
    return reason


def _with(root: Path, service: ServiceName, act: Callable[[UnitOfWork, ParkingBody], Awaitable[T]]) -> T:
    with reaching(root):
        return asyncio.run(_act(settings_of(Settings, root, service), service, act))


async def _act(settings: Settings, service: ServiceName, act: Callable[[UnitOfWork, ParkingBody], Awaitable[T]]) -> T:
    db = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        async with db.transaction():
            identifiers = Identifiers(bytes.fromhex(settings.identifier_key.get_secret_value()))
            work = UnitOfWork(
                db, service=service, clock=clock_of(settings.clock_file), identifiers=identifiers, partitions=settings.partitions
            )
            answer = await act(work, ParkingBody(bytes.fromhex(settings.parking_key.get_secret_value())))
            await work.flush()
        return answer
    finally:
        await db.close()
