"""The linker's part of the command line: `tsunagu linker …`. It prints record ids, never names or numbers of persons."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from contracts.values import ServiceName
from infra.local.root import Root, reaching
from infra.sql import queries

SQL = queries(__file__, "views.sql")

app = typer.Typer(help="Who is who: records, persons, households, pregnancies.", no_args_is_help=True)


@app.callback()
def linker() -> None:
    """Keep `waiting` a command of its own: typer would else make it the program."""


@app.command()
def waiting(root: Root, ids: Annotated[int, typer.Option(min=0, help="Record ids to show of each kind.")] = 10) -> None:
    """List records that wait for another record or for a person's look, by source, event type and reason."""
    with reaching(root):
        lines = asyncio.run(_waiting(_database_url(root), ids))
    print("\n".join(lines))


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.LINKER)


async def _waiting(url: str, ids: int) -> list[str]:
    db = await asyncpg.connect(url)
    try:
        rows = await db.fetch(SQL.open_records, ids)
    finally:
        await db.close()
    return [_line(row) for row in rows] or ["Nothing waits."]


def _line(row: asyncpg.Record) -> str:
    shown = ", ".join(row["record_ids"])
    more = row["records"] - len(row["record_ids"])
    return (
        f"{row['state']:8} {row['records']:7}  {row['source']} {row['event_type']}: {row['reason']}  [{shown}{f' +{more}' if more else ''}]"
    )
