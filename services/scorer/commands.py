"""The scorer's part of the command line."""

import asyncio
import json
from uuid import UUID

import asyncpg
import typer

from infra.settings import load
from services.scorer import inspection
from services.scorer.settings import ScorerSettings

app = typer.Typer(help="Indicators and reviews.", no_args_is_help=True)


@app.callback()
def scorer() -> None:
    """Indicators and reviews."""


@app.command()
def explain(person_id: UUID) -> None:
    """Show the indicators of a person with reasons and evidence, and what the ward was last told."""
    print(json.dumps(asyncio.run(_explain(person_id)), ensure_ascii=False, indent=2, default=str))


async def _explain(person_id: UUID) -> dict[str, object]:
    db = await asyncpg.connect(load(ScorerSettings).database_url.get_secret_value())
    try:
        return {"indicators": await inspection.indicators(db, person_id), "review": await inspection.review_signal(db, person_id)}
    finally:
        await db.close()
