"""`tsunagu ingest extract`, `ingest extracts` and `source try`. Rows, columns and codes; a value only of a file that is tried."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import asyncpg
import typer

from contracts.values import ServiceName, Source
from infra.clock import SystemClock
from infra.local.deciding import Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root, reaching, settings_of
from infra.printing import Json, moment, print_json
from infra.settings import Settings
from services.ingest.domain.extracts.adapter import Adapter, AdapterWrong
from services.ingest.domain.extracts.faults import RowFault, words_of
from services.ingest.domain.extracts.mapping import always_open
from services.ingest.inlets.extract import adapters, store
from services.ingest.inlets.extract.trying import Trial, tried
from services.ingest.settings import IngestSettings

if TYPE_CHECKING:
    from services.ingest.inlets.extract.taking import Came

T = TypeVar("T")

File = Annotated[Path, typer.Argument(help="The CSV, whole.", exists=True, dir_okay=False)]
OfAdapter = Annotated[Path | None, typer.Option("--adapter", help="Adapter file (TOML). Default: the one that takes files of this name.")]
Faults = Annotated[int, typer.Option("--faults", min=0, help="So many refusals by row at most.")]
_AHEAD = timedelta(seconds=IngestSettings.model_fields["clocks_ahead_seconds"].default)


def extract(
    file: File,
    source: Annotated[Source, typer.Option(help="Whose file it is.")],
    adapter: OfAdapter = None,
    reason: Annotated[str | None, typer.Option(help="With --accept-shrink: why, as a ticket or code; kept in the audit log.")] = None,
    faults: Faults = 20,
    *,
    accept_shrink: Annotated[bool, typer.Option("--accept-shrink", help="Take it although much is gone since the last one.")] = False,
    root: Root,
) -> None:
    """
    Take a nightly extract by hand: compare it with the last one, and tell what was created, changed and taken back.

    FILE stays where it is. Exit code 1 where it was refused, waits for a decision, or a row was refused.
    """
    if accept_shrink and reason is None:
        raise typer.BadParameter("--accept-shrink needs a --reason", param_hint="--reason")
    accepted = code_of(reason) if accept_shrink and reason else None

    from infra.service import Service, carry_out
    from services.ingest.inlets.extract.taking import AnotherReads, Taker

    async def take(settings: IngestSettings) -> "Came":
        from services.ingest.desk import Desk
        from services.ingest.inlets.extract.folder import rules_of

        service = Service(ServiceName.INGEST, settings)
        known = _adapter(file, source, adapter, settings.extract_adapters)
        async with service.unheard():
            desk = Desk(service, ahead=timedelta(seconds=settings.clocks_ahead_seconds))
            return await Taker(service, desk, rules_of(settings)).take(file, known, accept_shrink=accepted)

    try:
        with reaching(root):
            came = carry_out(take(settings_of(IngestSettings, root, ServiceName.INGEST)))
    except AnotherReads:
        raise CannotDo("another process reads extracts at this moment; try again later") from None
    print(*_said(came, faults), sep="\n")
    raise typer.Exit(int(came.state != "taken" or came.refused > 0))


def extracts(
    source: Annotated[Source | None, typer.Option("--source", help="Only this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many files at most.")] = 20,
    faults: Faults = 5,
    *,
    root: Root,
    as_json: Json = False,
) -> None:
    """Show what became of nightly extracts: state, counts, and what was refused by column and by row."""
    found = _ask(root, lambda db: _looked_up(db, source, limit, faults))
    if as_json:
        print_json(found)
        return
    for each in found:
        print(*_file_lines(each), "", sep="\n")
    print(f"{len(found)} files shown")


def waive(
    source: Source,
    event_type: Annotated[str, typer.Option("--type", help="The event type, as `ingest extracts` shows it.")],
    reason: Reason,
    row: Annotated[list[int] | None, typer.Option("--row", help="Only this row of the newest file; again for each.")] = None,
    *,
    end: Annotated[bool, typer.Option("--end", help="Have them tried, and counted as refused, again.")] = False,
    root: Root,
) -> None:
    """
    Leave refused rows of SOURCE's newest extract as they are, because their owner has decided so.

    From the next extract on a row that says the same is not tried and not counted as refused, and the source is complete again. Of those
    persons, or, where a row does not say whose it is, of all, nothing is concluded from what is absent. A row that is mended is taken.
    """
    from services.ingest.inlets.extract import waiving

    async def decide(settings: Settings) -> int:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await (waiving.end if end else waiving.waive)(work, source, event_type, row or [], code_of(reason))

    rows = act(root, ServiceName.INGEST, decide)
    if not rows:
        raise CannotDo(
            f"no such row of {source} {event_type} is {'waived' if end else 'refused'}, or its record has no number that can be read"
        )
    print(f"{rows:,} rows are {'tried again' if end else 'left as they are'} from the next extract on")


def try_file(
    file: File,
    adapter: Annotated[Path, typer.Option("--adapter", help="Adapter file (TOML).", exists=True, dir_okay=False)],
    first: Annotated[int, typer.Option(min=0, max=100, help="So many rows are shown as they would be sent.")] = 3,
    faults: Faults = 1_000,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The city's day instead of today.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """
    Show, without any server, what would come of a nightly extract: the first rows as events, every refusal by row and column, counts.

    Nothing is written. The events hold what the file says. Exit code 1 if a row would be refused.
    """
    clock = SystemClock()
    known = _loaded(adapter)
    trial = tried(file, known, always_open(known, today.date() if today else clock.today(), clock.now() + _AHEAD), show=first)
    if as_json:
        print_json(_trial_json(trial, faults))
    else:
        for event in trial.first:
            print_json(event)
        print(*_trial_lines(trial, faults), sep="\n")
    raise typer.Exit(int(trial.whole is not None or trial.refused > 0))


def _adapter(file: Path, source: Source, given: Path | None, folder: Path | None) -> Adapter:
    if given is not None:
        known = _loaded(given)
        if known.source is not source:
            raise CannotDo(f"{given.name} is an adapter of {known.source}, not of {source}")
        return known
    try:
        found = adapters.taking(adapters.load_all(folder or adapters.EXAMPLES), source, file.name)
    except AdapterWrong as error:
        raise CannotDo(str(error)) from None
    if found is None:
        raise CannotDo(f"no adapter of {source} takes a file named {file.name}; name one with --adapter")
    return found


def _loaded(file: Path) -> Adapter:
    try:
        return adapters.load(file)
    except AdapterWrong as error:
        raise CannotDo("\n".join(f"{error.file}: {key}: {why}" for key, why in error.faults)) from None


def _said(came: "Came", most: int) -> Iterable[str]:
    yield _why(came.state, came.code, came.row, came.octet, came.column)
    if came.state != "taken":
        return
    yield (
        f"{came.rows:,} rows: {came.created:,} created, {came.changed:,} changed, {came.voided:,} taken back, {came.same:,} as before,"
        f" {came.refused:,} refused, {came.parked:,} put aside{f', {came.waived:,} left as they are' if came.waived else ''}"
    )
    yield from _fault_lines(came.faults, most)
    whole = f"complete through {came.watermark}" if came.watermark else "not complete: no watermark was said"
    yield f"The source is {whole}."


def _why(state: str, code: str | None, row: int | None, octet: int | None, column: str | None) -> str:
    place = ", ".join(f"{name} {value}" for name, value in (("row", row), ("byte", octet), ("column", column)) if value is not None)
    if code is None:
        return state
    words = words_of(code)
    return f"{state}: {code}{f' ({place})' if place else ''}\n  {words.ja}\n  {words.en}"


def _fault_lines(faults: Sequence[RowFault], most: int) -> Iterable[str]:
    for fault in faults[:most]:
        words = words_of(fault.code)
        yield f"row {fault.row}  {fault.column or '(the whole row)'}  {fault.code}  {words.ja} {words.en}"
    if len(faults) > most:
        yield f"… and {len(faults) - most:,} more"


def _trial_lines(trial: Trial, most: int) -> Iterable[str]:
    if trial.whole is not None:
        yield _why("refused", trial.whole.code, trial.whole.row, trial.whole.octet, trial.whole.column)
    yield from _fault_lines(trial.faults, most)
    yield f"{trial.rows:,} rows: {trial.records:,} would be taken, {trial.deleted:,} are marked as taken back, {trial.refused:,} refused"


def _trial_json(trial: Trial, most: int) -> dict[str, Any]:
    whole = trial.whole
    return {
        "rows": trial.rows,
        "records": trial.records,
        "deleted": trial.deleted,
        "refused": trial.refused,
        "whole": None if whole is None else {"code": whole.code, "row": whole.row, "byte": whole.octet, "column": whole.column},
        "faults": [fault._asdict() for fault in trial.faults[:most]],
        "first": trial.first,
    }


async def _looked_up(db: asyncpg.Connection, source: Source | None, limit: int, faults: int) -> list[dict[str, Any]]:
    return [await _with_faults(db, dict(row), faults) for row in await db.fetch(store.SQL.extracts, source, limit)]


async def _with_faults(db: asyncpg.Connection, row: dict[str, Any], faults: int) -> dict[str, Any]:
    by_column = await db.fetch(store.SQL.faults_by_column, row["extract_id"])
    first = await db.fetch(store.SQL.faults, row["extract_id"], faults)
    sha256 = row["sha256"].hex() if row["sha256"] else None
    return {**row, "sha256": sha256, "by_column": [dict(each) for each in by_column], "faults": [dict(each) for each in first]}


def _file_lines(found: Mapping[str, Any]) -> Iterable[str]:
    yield f"{moment(found['last_at'])}  {found['source']}  {found['event_type'] or ''}  {found['file_name']}"
    yield f"  {_why(found['state'], found['code'], found['row_number'], found['octet'], found['column_name'])}"
    if found["sha256"]:
        through = f"  complete through {found['complete_through']}" if found["state"] == "taken" and not found["refused"] else ""
        came = f"came {found['times']} times, first {moment(found['first_at'])}"
        yield f"  SHA-256 {found['sha256'][:16]}…  as of {found['made_on']}  {came}{through}"
    if found["state"] == "taken":
        names = ("rows", "created", "changed", "voided", "same", "refused", "parked", *(["waived"] if found["waived"] else []))
        yield "  " + ", ".join(f"{name} {found[name]:,}" for name in names)
    yield from (f"  {each['rows']:>8,}  {each['column_name']}  {each['code']}  from row {each['first_row']}" for each in found["by_column"])
    yield from (f"  row {each['row_number']}  {each['column_name']}  {words_of(each['code']).ja}" for each in found["faults"])


def _ask(root: Path, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    async def asked(url: str) -> T:
        db = await asyncpg.connect(url)
        try:
            return await question(db)
        finally:
            await db.close()

    with reaching(root):
        return asyncio.run(asked(_database_url(root)))


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.INGEST)
