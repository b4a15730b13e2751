"""The scorer's part of the command line: `tsunagu scorer …`. It prints ids, dates and codes, never a name."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import typer

from contracts.values import ServiceName
from services.scorer import inspection

DEFAULT_ROOT = Path(__file__).resolve().parents[2] / ".tsunagu"

app = typer.Typer(help="Indicators and reviews.", no_args_is_help=True)

Root = Annotated[Path, typer.Option(envvar="TSUNAGU_ROOT", help="The stack's data folder.", show_default=".tsunagu in the repository")]


@app.callback()
def scorer() -> None:
    """Keep `explain` a command of its own: typer would else make it the program."""


@app.command()
def explain(person_id: UUID, root: Root = DEFAULT_ROOT) -> None:
    """Show the indicators of a person with reasons and evidence, and what the ward was last told."""
    print(json.dumps(asyncio.run(_explain(_database_url(root), person_id)), ensure_ascii=False, indent=2, default=str))


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.SCORER)


async def _explain(url: str, person_id: UUID) -> dict[str, object]:
    db = await asyncpg.connect(url)
    try:
        return {"indicators": await inspection.indicators(db, person_id), "review": await inspection.review_signal(db, person_id)}
    finally:
        await db.close()
