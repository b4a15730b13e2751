"""`tsunagu parked …`: a person sees what could not be handled, and decides. Each look at a body and each decision is kept."""

from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import typer

from contracts.deeds import parking as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import ServiceName
from infra.local.deciding import COMMAND_LINE, OPERATOR, Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root
from infra.parking import SQL, Parked, ParkingBody, listed
from infra.printing import Json, moment, print_json
from infra.settings import Settings

app = typer.Typer(help="Events that could not be handled: list, show, replay, discard; resume hearing.", no_args_is_help=True)


@app.command("list")
def list_parked(service: ServiceName, root: Root, *, as_json: Json = False) -> None:
    """List what is parked at SERVICE: ids, types and reasons, nothing personal."""

    async def look(settings: Settings) -> list[Parked]:
        async with work_at(service, settings) as work:
            return await listed(work.db)

    parked = act(root, service, look)
    if as_json:
        print_json({"service": service, "parked": [asdict(each) for each in parked]})
        return
    for each in parked:
        print(f"{each.event_id}  {each.type}  {each.reason}{f' ({each.path})' if each.path else ''}  tried {each.attempts}×  {_next(each)}")
    print(f"{len(parked)} parked at {service}")


@app.command()
def show(service: ServiceName, event_id: UUID, reason: Reason, root: Root) -> None:
    """Show one parked event with its body. The look is kept in the audit log before the body is shown."""

    async def look(settings: Settings) -> str:
        async with work_at(service, settings) as work:
            row = await work.db.fetchrow(SQL.read_parked, event_id)
            if row is None:
                raise CannotDo(f"{service} has no parked event {event_id}")
            work.keep(deeds.SHOWN[service], actor=OPERATOR, thing=_thing(event_id), reason_code=code_of(reason), origin=COMMAND_LINE)
        return ParkingBody(bytes.fromhex(settings.parking_key.get_secret_value())).open(event_id, row["body"]).decode()

    print(act(root, service, look))


@app.command()
def replay(service: ServiceName, event_id: UUID, reason: Reason, root: Root) -> None:
    """Have one parked event handled again by the running service."""
    _decide(root, service, event_id, reason, SQL.replay_parked, deeds.REPLAYED[service])
    print(f"{event_id} replayed")


@app.command()
def discard(service: ServiceName, event_id: UUID, reason: Reason, root: Root) -> None:
    """Have one parked event thrown away by the running service, which tells others that it holds it no more."""
    _decide(root, service, event_id, reason, SQL.discard_parked, deeds.DISCARDED[service])
    print(f"{event_id} discarded")


@app.command()
def resume(service: ServiceName, reason: Reason, root: Root) -> None:
    """Let SERVICE hear again after it stopped because too many events were parked. It counts anew from then on."""

    async def decide(settings: Settings) -> None:
        async with work_at(service, settings) as work:
            await work.db.execute(SQL.resume_parking)
            thing = Thing(kind=ThingKind.SERVICE, id=str(service))
            work.keep(deeds.RESUMED[service], actor=OPERATOR, thing=thing, reason_code=code_of(reason), origin=COMMAND_LINE)

    act(root, service, decide)
    print(f"{service} goes on")


def _decide(root: Path, service: ServiceName, event_id: UUID, reason: str, statement: str, deed: Deed) -> None:
    async def decide(settings: Settings) -> None:
        async with work_at(service, settings) as work:
            if await work.db.fetchval(statement, event_id) is None:
                raise CannotDo(f"{service} has no parked event {event_id}")
            work.keep(deed, actor=OPERATOR, thing=_thing(event_id), reason_code=code_of(reason), origin=COMMAND_LINE)

    act(root, service, decide)


def _thing(event_id: UUID) -> Thing:
    return Thing(kind=ThingKind.PARKED_EVENT, id=str(event_id))


def _next(parked: Parked) -> str:
    if parked.discarded:
        return "is thrown away by the service"
    return f"again at {moment(parked.retry_at)}" if parked.retry_at else "waits for you"
