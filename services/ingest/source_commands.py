"""`tsunagu source …`: for whoever makes a source system send its events. None of it needs a running stack but `env`."""

import json
import shlex
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from contracts import topology
from contracts.catalogue import EVENT_TYPES, AcquisitionMode, NotInCatalogue, example_event
from contracts.catalogue import source as source_entry
from contracts.values import ServiceName, Source
from infra.clock import SystemClock
from infra.local.root import CannotDo, Root
from infra.printing import print_json, trouble
from services.ingest.domain import ledger
from services.ingest.domain.admission import Admitted, Door, Inlet, Purpose, judge
from services.ingest.domain.characters import told
from services.ingest.domain.reading import RawEvent, read
from services.ingest.domain.refusals import Refusal
from services.ingest.domain.telling import errors_of
from services.ingest.inlets.extract.commands import try_file
from services.ingest.replies import error_json
from services.ingest.settings import IngestSettings

_CLOCKS_AHEAD = timedelta(seconds=IngestSettings.model_fields["clocks_ahead_seconds"].default)

app = typer.Typer(help="For makers of source systems: where to send, an example, and what would be said of a file.", no_args_is_help=True)
app.command("try")(try_file)


@app.command("env")
def environment(source: Source, root: Root) -> None:
    """Print where SOURCE sends, and its login, for a shell: eval "$(./tsunagu source env SOURCE)"."""
    from infra.local.access import Access

    access = Access.to(root)
    said = {
        "TSUNAGU_SOURCE": source.value,
        "TSUNAGU_LOGIN": source.value,
        "TSUNAGU_PASSWORD": access.source_password(source),
        "TSUNAGU_HTTP_URL": f"{access.service_url(ServiceName.INGEST)}/events",
        "TSUNAGU_AMQP_URL": access.broker_url(source),
        "TSUNAGU_EXCHANGE": topology.SOURCE_EXCHANGE,
        "TSUNAGU_REPLY_QUEUE": topology.replies_queue(source),
    }
    for name, value in said.items():
        print(f"export {name}={shlex.quote(value)}")
    print(f"# virtual host /; routing key {source}.<event type>, of a batch {source}.batch")


@app.command()
def example(source: Source, event_type: Annotated[str | None, typer.Argument(help="Without it: which there are.")] = None) -> None:
    """Print a valid event of SOURCE. All data in it are invented."""
    if event_type is None:
        for kind in (kind for kind in EVENT_TYPES if kind.source is source):
            print(f"{kind.type}  {kind.ja}")
        return
    try:
        print_json(example_event(source, event_type))
    except NotInCatalogue:
        types = ", ".join(kind.type for kind in EVENT_TYPES if kind.source is source)
        raise CannotDo(f"{source} has no event type {event_type}; it has {types}") from None


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Events as JSON: one, an array of them, or one a line. `-` is standard input.")],
    source: Annotated[Source | None, typer.Option(help="Whose login sends them. Default: what each event says.")] = None,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The city's day instead of today.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """
    Say, without any server, what ingest would say of a file of events; exit code 1 if one would be refused.

    What only the city knows is left out: whether the purpose is registered, and whether a revision was sent before. No value is repeated.
    """
    told = [_told(raw, source, today.date() if today else None) for body in _bodies(file) for raw in _events(body)]
    refused = sum(not each["taken"] for each in told)
    if as_json:
        print_json(told)
    else:
        print(*(line for number, each in enumerate(told, 1) for line in _lines(number, each)), sep="\n")
        print(f"{len(told)} events: {len(told) - refused} would be taken, {refused} refused")
    raise typer.Exit(int(refused > 0))


def _bodies(file: Path) -> list[bytes]:
    """The file as it would be sent: whole, or line by line where every line is an event of its own."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CannotDo(trouble(error)) from None
    lines = [line for line in content.splitlines() if line.strip()]
    return lines if len(lines) > 1 and all(_is_object(line) for line in lines) else [content]


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _events(body: bytes) -> tuple[RawEvent | Refusal, ...]:
    events = read(body)
    return (events,) if isinstance(events, Refusal) else events


def _told(raw: RawEvent | Refusal, login: Source | None, today: date | None) -> Mapping[str, Any]:
    if isinstance(raw, Refusal):
        return {"id": None, "taken": False, "errors": _errors(raw, login or Source.RESIDENT_REGISTRY, None), "warnings": []}
    sender = login or _sender(raw)
    verdict = judge(raw, _door(sender, today))
    # As the ledger would: an id that holds something denied is told to nobody.
    known = ledger.identity_of(raw.content, sender, verdict)
    if isinstance(verdict, Admitted):
        warnings = [{"path": warned.path, "code": warned.code} for warned in told(verdict.remarks)]
        return {"id": known.event_id, "taken": True, "errors": [], "warnings": warnings}
    return {"id": known.event_id, "taken": False, "errors": _errors(verdict, sender, known.event_type), "warnings": []}


def _errors(refusal: Refusal, login: Source, kind: str | None) -> list[dict[str, Any]]:
    return [error_json(wrong) for wrong in errors_of(refusal, login, kind)]


def _sender(raw: RawEvent) -> Source:
    said = raw.content.get("source")
    return next((each for each in Source if each.value == said), Source.RESIDENT_REGISTRY)


def _door(login: Source, today: date | None) -> Door:
    clock = SystemClock()
    inlet = Inlet.MEDIA if source_entry(login).acquisition is AcquisitionMode.REMOVABLE_MEDIA else Inlet.AMQP
    return Door(login, inlet, today or clock.today(), clock.now() + _CLOCKS_AHEAD, {each: Purpose(each, None) for each in Source})


def _lines(number: int, told: Mapping[str, Any]) -> list[str]:
    name = f"{number}  {told['id'] or '(no id)'}"
    if told["taken"]:
        return [f"{name}  would be taken", *(f"     warning at {warning['path']}: {warning['code']}" for warning in told["warnings"])]
    lines = [f"{name}  would be refused"]
    for error in told["errors"]:
        allowed = f"  Allowed: {', '.join(error['allowed'])}" if error["allowed"] else ""
        lines += [f"     {error['path']}: {error['code']}", f"       {error['message']['ja']}", f"       {error['message']['en']}{allowed}"]
    return lines
