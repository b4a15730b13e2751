"""Casework on the command line."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from contracts.values import ServiceName
from infra.local.root import Root, reaching, settings_of
from services.casework import inspection
from services.casework.settings import CaseworkSettings

app = typer.Typer(help="Reviews and cases.", no_args_is_help=True)


@app.callback()
def casework() -> None:
    """Reviews and cases."""


@app.command()
def figures(root: Root, database_url: Annotated[str | None, typer.Option(help="Default: the service's own.")] = None) -> None:
    """Print open reviews by ward and state."""
    with reaching(root):
        found = asyncio.run(_figures(database_url or _own_url(root)))
    print(json.dumps(found, ensure_ascii=False, indent=1))


def _own_url(root: Path) -> str:
    return settings_of(CaseworkSettings, root, ServiceName.CASEWORK).database_url.get_secret_value()


async def _figures(url: str) -> inspection.Figures:
    db = await asyncpg.connect(url)
    try:
        return await inspection.figures(db)
    finally:
        await db.close()
