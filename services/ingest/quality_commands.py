"""`tsunagu ingest quality` and `gaiji`: what the owner of a source can mend, and its code table of characters of private use."""

from pathlib import Path
from typing import Annotated

import typer

from contracts.messages import Actor
from contracts.values import ServiceName, Source
from infra.local.deciding import COMMAND_LINE, OPERATOR, Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root
from infra.printing import Json, print_json, trouble
from infra.settings import Settings
from infra.work import UnitOfWork
from services.ingest import gaiji as tables
from services.ingest import quality as reading
from services.ingest.domain.gaiji import CodeTable, NotATable, table_of
from services.ingest.domain.quality import Finding

app = typer.Typer()

_MOST_OCTETS = 4 * 2**20


@app.command()
def quality(
    source: Annotated[Source | None, typer.Option("--source", help="Only this source.")] = None,
    limit: Annotated[int, typer.Option(min=0, max=100_000, help="So many records are named for each kind of finding, at most.")] = 20,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the report to this file, for the owner, instead of showing it.")] = None,
    *,
    root: Root,
    as_json: Json = False,
) -> None:
    """Show what is the matter with the data of each source, where and how often, for its owner to mend; never a value. The look is kept."""
    wanted = list(Source) if source is None else [source]

    async def look(settings: Settings) -> reading.Report:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await seen(work, wanted, limit, OPERATOR)

    found = act(root, ServiceName.INGEST, look)
    if csv is not None:
        # With a mark at its beginning: the spreadsheets of offices take UTF-8 for CP932 without.
        csv.write_text(reading.as_csv(found), "utf-8-sig", newline="")
        print(f"{len(found.findings):,} findings written to {csv}")
    elif as_json:
        print_json([_told(found, each) for each in found.findings])
    else:
        for each in found.findings:
            print(*_lines(found, each), sep="\n")
        print(f"{sum(each.count for each in found.findings):,} places, {len(found.findings):,} findings")


async def seen(work: UnitOfWork, sources: list[Source], limit: int, actor: Actor) -> reading.Report:
    """The report, and for each source an entry that somebody looked at it."""
    found = await reading.report(work.db, sources, limit)
    reading.keep_look(work, sources, found, actor=actor, origin=COMMAND_LINE)
    return found


@app.command()
def gaiji(
    source: Source,
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, two columns: a code point of private use, and its character.")],
    reason: Reason,
    root: Root,
) -> None:
    """
    Enter SOURCE's code table of characters of its own (外字): what comes from then on says the characters that the table has.

    The newest table counts as a whole; older ones are kept. `U+E000,辻` or `U+E001,U+8FBB U+E0101` are rows.
    """
    table = _table_in(file)

    async def enter(settings: Settings) -> int:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await tables.enter_table(work, source, table, code_of(reason))

    version = act(root, ServiceName.INGEST, enter)
    print(f"{source}: version {version} of its code table, {len(table.means):,} characters; it holds for what comes from now on")


def _table_in(file: Path) -> CodeTable:
    try:
        if file.stat().st_size > _MOST_OCTETS:
            raise CannotDo(f"{file} is larger than {_MOST_OCTETS:,} bytes: it is no code table")
        return table_of(file.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise CannotDo(f"{file} is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise CannotDo(trouble(error)) from None
    except NotATable as error:
        raise CannotDo("\n".join(error.faults[:50])) from None


def _told(found: reading.Report, each: Finding) -> dict[str, object]:
    return {
        "source": each.source.value,
        "kind": each.kind.value,
        "event_type": each.event_type or None,
        "path": each.path or None,
        "count": each.count,
        "why": each.why,
        "records": found.places_of(each),
        "mend": each.mend,
    }


def _lines(found: reading.Report, each: Finding) -> list[str]:
    place = "  ".join(word for word in (each.source.value, each.event_type, each.path, each.kind.value) if word)
    ids = found.places_of(each)
    return [f"{each.count:>8,}  {place}", f"          {each.kind.words}: {each.mend}", *([f"          {' '.join(ids)}"] if ids else []), ""]
