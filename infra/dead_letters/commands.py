"""`tsunagu dead …`: a person sees what could not be decoded, and decides. Each look at a body and each decision is kept."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from contracts.deeds import dead_letters as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import ServiceName
from infra.dead_letters import MOST_LISTED, DeadLetter, DeadLetters, dead_letters_of
from infra.local.deciding import COMMAND_LINE, OPERATOR, Reason, act, code_of, identifiers_of, work_at
from infra.local.root import CannotDo, Root
from infra.printing import Json, moment, print_json
from infra.settings import Settings

app = typer.Typer(help="Messages that could not be decoded: list, show, bring back, discard.", no_args_is_help=True)
Letters = Annotated[list[UUID] | None, typer.Argument(help="Ids as `list` shows them.")]
Everything = Annotated[bool, typer.Option("--all", help="Everything that lies there.")]


@app.command("list")
def list_dead(service: ServiceName, root: Root, *, as_json: Json = False) -> None:
    """List what lies in the dead-letter queue of SERVICE: where it came from, when, how large; nothing that a sender wrote."""

    async def look(settings: Settings) -> list[DeadLetter]:
        async with _reached(service, settings) as dead, dead.looked_at() as letters:
            return letters

    letters = act(root, service, look)
    if as_json:
        print_json({"service": service, "dead": [_told(letter) for letter in letters], "is_all": len(letters) < MOST_LISTED})
        return
    for letter in letters:
        print(_line(letter))
    print(f"{len(letters)}{' or more' if len(letters) == MOST_LISTED else ''} in the dead-letter queue of {service}")


@app.command()
def show(service: ServiceName, letter_id: UUID, reason: Reason, root: Root) -> None:
    """Show one message as it came. The look is kept in the audit log before the body is shown."""

    async def look(settings: Settings) -> str:
        async with _reached(service, settings) as dead, dead.looked_at() as letters:
            [letter] = _chosen(service, letters, [letter_id], everything=False)
            async with work_at(service, settings) as work:
                work.keep(
                    deeds.SHOWN[service],
                    actor=OPERATOR,
                    thing=_thing(letter),
                    reason_code=code_of(reason),
                    origin=COMMAND_LINE,
                )
            return letter.message.body.decode("utf-8", "backslashreplace")

    print(act(root, service, look))


@app.command("bring-back")
def bring_back(service: ServiceName, reason: Reason, root: Root, letter_ids: Letters = None, *, everything: Everything = False) -> None:
    """Give messages to SERVICE again, for instance after a release that can read them. Nothing is lost if it dies meanwhile."""

    async def back(dead: DeadLetters, letter: DeadLetter) -> None:
        await dead.bring_back(letter)

    print(f"{_decide(root, service, reason, letter_ids or [], everything, deeds.BROUGHT_BACK[service], back)} brought back")


@app.command()
def discard(service: ServiceName, reason: Reason, root: Root, letter_ids: Letters = None, *, everything: Everything = False) -> None:
    """Throw messages away."""

    async def away(_dead: DeadLetters, letter: DeadLetter) -> None:
        await letter.message.ack()

    print(f"{_decide(root, service, reason, letter_ids or [], everything, deeds.DISCARDED[service], away)} discarded")


def _decide(
    root: Path,
    service: ServiceName,
    reason: str,
    letter_ids: Sequence[UUID],
    everything: bool,
    deed: Deed,
    do: Callable[[DeadLetters, DeadLetter], Awaitable[None]],
) -> int:
    async def decide(settings: Settings) -> int:
        async with _reached(service, settings) as dead, dead.looked_at() as letters:
            chosen = _chosen(service, letters, letter_ids, everything=everything)
            for letter in chosen:
                # Kept first: an act without its entry must not be.
                async with work_at(service, settings) as work:
                    work.keep(
                        deed,
                        actor=OPERATOR,
                        thing=_thing(letter),
                        reason_code=code_of(reason),
                        origin=COMMAND_LINE,
                    )
                await do(dead, letter)
            return len(chosen)

    return act(root, service, decide)


def _chosen(service: ServiceName, letters: Sequence[DeadLetter], wanted: Sequence[UUID], *, everything: bool) -> list[DeadLetter]:
    if everything == bool(wanted):
        raise typer.BadParameter("give the ids that `list` shows, or --all")
    chosen = [letter for letter in letters if everything or letter.id in wanted]
    missing = set(wanted) - {letter.id for letter in chosen}
    if missing:
        raise CannotDo(f"the dead-letter queue of {service} does not hold {', '.join(sorted(map(str, missing)))}")
    return chosen


def _reached(service: ServiceName, settings: Settings) -> AbstractAsyncContextManager[DeadLetters]:
    return dead_letters_of(service, settings.broker_url.get_secret_value(), identifiers_of(settings))


def _line(letter: DeadLetter) -> str:
    when = moment(letter.died_at) if letter.died_at else "unknown"
    return f"{letter.id}  {when}  from {letter.said_by}  to {letter.queue or 'unknown'}  {len(letter.message.body)} bytes"


def _told(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "died_at": letter.died_at,
        "said_by": letter.said_by,
        "queue": letter.queue or None,
        "bytes": len(letter.message.body),
    }


def _thing(letter: DeadLetter) -> Thing:
    return Thing(kind=ThingKind.DEAD_LETTER, id=str(letter.id))
