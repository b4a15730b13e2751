"""`tsunagu ingest quarantine …`: refused and parked events, listed, shown, replayed in bulk, and named for their owners to send again."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import ServiceName, Source
from infra.local.deciding import COMMAND_LINE, OPERATOR, Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root
from infra.options import takes
from infra.printing import Json, moment, print_json, print_table
from infra.settings import Settings
from infra.work import UnitOfWork
from services.ingest import quarantine
from services.ingest.domain.ledger import Outcome
from services.ingest.quarantine import Quarantined, Selection, Who
from services.ingest.resend_list import RESEND_MOST, csv_of, told

T = TypeVar("T")
app = typer.Typer(help="Refused and parked events: list, show, replay, and what their owners send again.", no_args_is_help=True)

OfSource = Annotated[list[Source] | None, typer.Option("--source", help="Of this source; may be given more than once. Default: all.")]
OfOutcome = Annotated[Outcome | None, typer.Option("--outcome", help="refused or parked.")]
OfCode = Annotated[str | None, typer.Option("--code", help="What is wrong, as `list` shows it.")]
For = Annotated[str | None, typer.Option("--for", help="Why it is parked, as `plan` shows it.")]
Since = Annotated[str | None, typer.Option("--since", help="Came first on this day or later (YYYY-MM-DD, of Japan).")]
Until = Annotated[str | None, typer.Option("--until", help="Came first on this day or earlier.")]


def refused_of(source: OfSource = None, code: OfCode = None, since: Since = None, until: Until = None) -> Selection:
    """Return which refused events are meant."""
    return Selection(tuple(source or Source), Outcome.REFUSED, code, None, _day(since), _day(until))


def parked_of(source: OfSource = None, code: OfCode = None, parked_for: For = None, since: Since = None, until: Until = None) -> Selection:
    """Return which parked events are meant."""
    return replace(refused_of(source, code, since, until), outcome=Outcome.PARKED, reason=parked_for)


def any_of(
    source: OfSource = None,
    outcome: OfOutcome = None,
    code: OfCode = None,
    parked_for: For = None,
    since: Since = None,
    until: Until = None,
) -> Selection:
    """Return which refused and parked events are meant."""
    return replace(parked_of(source, code, parked_for, since, until), outcome=outcome)


def who_of(reason: Reason) -> Who:
    """Return the operator, with the ticket for which it is done."""
    return Who(OPERATOR, code_of(reason), COMMAND_LINE)


@app.command("list")
@takes(chosen=any_of)
def list_events(
    chosen: Selection,
    after: Annotated[UUID | None, typer.Option(help="Go on after this event.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most.")] = 20,
    *,
    root: Root,
    as_json: Json = False,
) -> None:
    """List events, newest first: of a refused one its place, code and words, of a parked one why; never what it said."""
    found = _do(root, lambda work: quarantine.page(work.db, chosen, after, limit))
    if as_json:
        print_json({"events": [told(event) for event in found.events], "after": found.after})
        return
    for event in found.events:
        print(*_block(event), "", sep="\n")
    if found.after is not None:
        print(f"more: --after {found.after}")


@app.command()
def show(event: UUID, *, root: Root, as_json: Json = False) -> None:
    """Show one event: all that is known of it, what to mend, and under which id and revision it may come again."""
    found = _do(root, lambda work: _found(work, event))
    if as_json:
        print_json(told(found))
        return
    print(*_block(found), sep="\n")


@app.command()
@takes(chosen=any_of)
def plan(chosen: Selection, *, root: Root, as_json: Json = False) -> None:
    """Show what `replay` would take up, and how many refused events their owners would have to send again (`resend`)."""
    found = _do(root, lambda work: quarantine.counted(work.db, chosen))
    if as_json:
        print_json([{name: getattr(each, name) for name in each.__slots__} for each in found])
        return
    rows = [[each.source, each.outcome, each.code or "", each.reason or "", each.events, each.waiting] for each in found]
    print_table(("source", "outcome", "code", "parked for", "events", "can be replayed"), rows)
    refused = sum(each.events for each in found if each.outcome is Outcome.REFUSED)
    waiting = sum(each.waiting for each in found)
    print(f"{waiting:,} would be replayed; {refused:,} were refused: no body was kept, so their owners send them again")


@app.command()
@takes(who=who_of, chosen=parked_of)
def replay(who: Who, chosen: Selection, *, root: Root) -> None:
    """Have all parked events of a selection handled again by the running service, in steps. `plan` shows first which these are."""
    taken, after = 0, None
    while True:
        step = _do(root, partial(quarantine.replay_step, chosen=chosen, who=who, after=after))
        taken, after = taken + step.events, step.after
        if after is None:
            break
    print(f"{taken:,} events are handled again")


@app.command()
@takes(who=who_of, chosen=refused_of)
def resend(who: Who, chosen: Selection, *, root: Root) -> None:
    """Write, as CSV, which refused events their owners have to send again, and how. The list is kept in the audit log."""
    rows = _do(root, lambda work: _resend(work, chosen, who))
    sys.stdout.buffer.write(csv_of(rows))
    sys.stdout.flush()
    if len(rows) == RESEND_MOST:
        print(f"{RESEND_MOST:,} events, no more at once: choose fewer days", file=sys.stderr)


async def _resend(work: UnitOfWork, chosen: Selection, who: Who) -> list[Quarantined]:
    found = [event async for events in quarantine.all_of(work.db, chosen, at_most=RESEND_MOST) for event in events]
    for source in sorted({event.source for event in found}):
        thing = Thing(kind=ThingKind.SOURCE, id=source.value)
        its = [event for event in found if event.source is source]
        shown = quarantine.shown_of(its)
        work.keep(
            deeds.RESEND_LIST_TAKEN, actor=who.actor, thing=thing, fields=shown, reason_code=who.ticket, count=len(its), origin=who.origin
        )
    return found


async def _found(work: UnitOfWork, key: UUID) -> Quarantined:
    found = await quarantine.one(work.db, key, tuple(Source))
    if found is None:
        raise CannotDo(f"no event {key} is refused or parked")
    return found


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no day: YYYY-MM-DD") from None


def _block(event: Quarantined) -> list[str]:
    known = {
        "key": event.key,
        "event": event.identity.event_id,
        "record": event.identity.record_id,
        "revision": event.identity.revision,
        "parked": event.waiting.reason if event.waiting is not None else None,
    }
    lines = [f"{moment(event.received_at)}  {event.source}  {event.identity.event_type or ''}  {event.outcome}"]
    lines += [f"  {name:9} {value}" for name, value in known.items() if value is not None]
    for error in event.errors:
        lines.append(f"  {'wrong':9} {error.path}: {error.message.ja or error.code} {error.message.en}")
    return [*lines, f"  {'next':9} {event.advice.words.ja} {event.advice.words.en}"]


def _do(root: Path, what: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    async def do(settings: Settings) -> T:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await what(work)

    return act(root, ServiceName.INGEST, do)
