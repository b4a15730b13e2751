"""The scorer's part of the command line: `tsunagu scorer …`. It prints ids, dates and codes, never a name."""

import asyncio
import json
import os
from pathlib import Path
from uuid import UUID

import asyncpg
import typer

from contracts.values import ServiceName
from infra.local.root import CannotDo, Root, reaching
from services.scorer import inspection

app = typer.Typer(help="Indicators and reviews.", no_args_is_help=True)


@app.callback()
def scorer() -> None:
    """Keep `explain` a command of its own: typer would else make it the program."""


@app.command()
def explain(person_id: UUID, root: Root) -> None:
    """Show the indicators of a person with reasons and evidence, and what the ward was last told."""
    with reaching(root):
        found = asyncio.run(_explain(_database_url(root), person_id))
    if not any(found.values()):
        raise CannotDo(
            f"the scorer of {root} knows nothing of a person {person_id}; the id stands at the end of the address of a child's page"
        )
    print(json.dumps(found, ensure_ascii=False, indent=2, default=str))


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.SCORER)


async def _explain(url: str, person_id: UUID) -> dict[str, object]:
    db = await asyncpg.connect(url)
    try:
        return {"indicators": await inspection.indicators(db, person_id), "review": await inspection.review_signal(db, person_id)}
    finally:
        await db.close()
