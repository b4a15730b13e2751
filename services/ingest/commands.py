"""Ingest's part of the command line: `tsunagu ingest …`. What was refused, where and why; never a value."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from contracts.values import ServiceName, Source
from services.ingest import inspection, store
from services.ingest.domain.ledger import remembered_refusal

DEFAULT_ROOT = Path(__file__).resolve().parents[2] / ".tsunagu"
T = TypeVar("T")

app = typer.Typer(help="What came in: figures, refusals, the purpose register.", no_args_is_help=True)

Root = Annotated[Path, typer.Option(envvar="TSUNAGU_ROOT", help="The stack's data folder.", show_default=".tsunagu in the repository")]
OfSource = Annotated[Source | None, typer.Option("--source", help="Only this source.")]


@app.command()
def refused(source: OfSource = None, limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20, root: Root = DEFAULT_ROOT) -> None:
    """Show what was refused: counted by reason, then the newest events with path and plain message. Nothing else was kept."""
    reasons, newest = _ask(root, lambda db: _refused(db, source, limit))
    _print(("source", "code", "path", "item", "events"), [[*row.values()] for row in reasons])
    columns = ("received (UTC)", "source", "event", "type", "record", "revision", "path", "what is wrong")
    _print(columns, [_line(row) for row in newest])


@app.command()
def figures(root: Root = DEFAULT_ROOT) -> None:
    """Show how many events came to what, by source."""
    found = _ask(root, inspection.ledger)
    names = list(next(iter(found.values()), {}))
    _print(("source", *names), [[source, *(outcomes[name] for name in names)] for source, outcomes in found.items()])


@app.command()
def register(root: Root = DEFAULT_ROOT) -> None:
    """Show the purpose register (LAW-02): which source may be used for what, on which basis, until when it must be looked at again."""
    rows = _ask(root, lambda db: db.fetch(store.SQL.registrations))
    _print(("source", "purpose", "basis", "nature", "reason", "approver", "since", "review on"), [[*row.values()] for row in rows])


async def _refused(db: asyncpg.Connection, source: Source | None, limit: int) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    code = source.value if source is not None else None
    return await db.fetch(store.SQL.refusals_by_reason, code), await db.fetch(store.SQL.refusals, code, limit)


def _line(row: asyncpg.Record) -> list[object]:
    refusal = remembered_refusal(row["code"], row["path"], row["item"])
    message = f"{refusal.ja} / {refusal.en}" if refusal is not None else ""
    names = ("source", "event_id", "event_type", "record_id", "revision", "path")
    return [f"{row['received_at']:%Y-%m-%d %H:%M:%S}", *(row[name] for name in names), message]


def _print(columns: tuple[str, ...], rows: list[list[object]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console().print(table)


def _ask(root: Path, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    return asyncio.run(_asked(_database_url(root), question))


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.INGEST)


async def _asked(url: str, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    db = await asyncpg.connect(url)
    try:
        return await question(db)
    finally:
        await db.close()
