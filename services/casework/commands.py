"""Casework on the command line."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from contracts.values import ServiceName
from infra.local.root import CannotDo, Root, reaching, settings_of
from services.casework import inspection
from services.casework import towns as names
from services.casework.settings import CaseworkSettings

app = typer.Typer(help="Reviews and cases.", no_args_is_help=True)
towns = typer.Typer(help="What the parts of the town are called on pages.", no_args_is_help=True)
app.add_typer(towns, name="towns")


@app.callback()
def casework() -> None:
    """Reviews and cases."""


@app.command()
def figures(root: Root, database_url: Annotated[str | None, typer.Option(help="Default: the service's own.")] = None) -> None:
    """Print open reviews by ward and state."""
    with reaching(root):
        found = asyncio.run(_figures(database_url or _own_url(root)))
    print(json.dumps(found, ensure_ascii=False, indent=1))


@towns.command()
def load(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns address_code,name (UTF-8 or Shift_JIS): the whole table.")],
    root: Root,
) -> None:
    """Load the city's table of the codes of its register; pages show names from then on. What is not in the file is forgotten."""
    try:
        told = names.read(file.read_bytes())
    except (OSError, names.Unreadable) as error:
        raise CannotDo(f"{file}: {getattr(error, 'strerror', None) or error}. Nothing was loaded.") from error
    with reaching(root):
        asyncio.run(_load(_own_url(root), told))
    print(f"{len(told):,} towns")


def _own_url(root: Path) -> str:
    return settings_of(CaseworkSettings, root, ServiceName.CASEWORK).database_url.get_secret_value()


async def _load(url: str, told: tuple[names.Town, ...]) -> None:
    db = await asyncpg.connect(url)
    try:
        await names.replace(db, told)
    finally:
        await db.close()


async def _figures(url: str) -> inspection.Figures:
    db = await asyncpg.connect(url)
    try:
        return await inspection.figures(db)
    finally:
        await db.close()
