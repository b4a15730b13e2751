"""Casework on the command line."""

import asyncio
import json
from typing import Annotated

import asyncpg
import typer

from infra.settings import load
from services.casework import inspection
from services.casework.settings import CaseworkSettings

app = typer.Typer(help="Reviews and cases.", no_args_is_help=True)


@app.callback()
def casework() -> None:
    """Reviews and cases."""


@app.command()
def figures(database_url: Annotated[str | None, typer.Option(help="Default: the service's settings.")] = None) -> None:
    """Print open reviews by ward and state."""
    url = database_url or load(CaseworkSettings).database_url.get_secret_value()
    print(json.dumps(asyncio.run(_figures(url)), ensure_ascii=False, indent=1))


async def _figures(url: str) -> dict[str, object]:
    db = await asyncpg.connect(url)
    try:
        return await inspection.figures(db)
    finally:
        await db.close()
