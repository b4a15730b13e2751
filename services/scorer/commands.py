"""The scorer's part of the command line: `tsunagu scorer …`. It prints ids, dates and codes, never a name."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import typer

from contracts.ids import PersonId
from contracts.values import ServiceName
from infra.local.root import CannotDo, Root, reaching
from infra.postgres import Database
from infra.work import UnitOfWork
from services.scorer import (
    effect_commands,
    explaining,
    inspection,
    list_commands,
    mask_commands,
    retention_commands,
    ruleset_commands,
    shown,
)
from services.scorer.list_commands import AsOf, KnownAt
from services.scorer.recalling import NotKept
from services.scorer.ruleset_commands import asked

app = typer.Typer(help="Indicators and reviews.", no_args_is_help=True)
app.add_typer(ruleset_commands.app, name="ruleset")
app.add_typer(list_commands.app, name="export")
app.add_typer(mask_commands.app, name="mask")
app.command()(ruleset_commands.simulate)
app.command()(effect_commands.evaluate)
app.command()(effect_commands.report)
app.command()(retention_commands.retention)
app.command("list")(list_commands.list_candidates)


@app.callback()
def scorer() -> None:
    """Keep `explain` a command of its own: typer would else make it the program."""


@app.command()
def explain(person_id: UUID, root: Root, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """Show a person's answers with reasons and evidence, what a page shows, and what the ward was last told. The look is kept first."""

    async def read(work: UnitOfWork) -> dict[str, Any]:
        day = as_of.date() if as_of is not None else work.today
        known = known_at.date() if known_at is not None else day
        try:
            found = await explaining.explained(work.db, PersonId(person_id), day, known, work.today)
        except NotKept as error:
            raise CannotDo(str(error)) from error
        if found["indicators"] or found["review"]:
            shown.keep_answers(work, PersonId(person_id))
        return found

    found = asked(root, read)
    if not found["indicators"] and not found["review"]:
        raise CannotDo(
            f"the scorer of {root} knows nothing of a person {person_id}; the id stands at the end of the address of a child's page"
        )
    print(json.dumps(found, ensure_ascii=False, indent=2, default=str))


@app.command()
def overdue(root: Root) -> None:
    """List the children who cannot be evaluated: their answers are of an older day. The service's log says where it fails."""
    with reaching(root):
        found = asyncio.run(_asked(_database_url(root), inspection.overdue))
    for row in found:
        print(f"{row['person_id']}  since {row['since']}")
    print(f"{len(found)} overdue")


@app.command()
def tasks(root: Root) -> None:
    """
    List what owners of data are to look at: rows of protected children in a welfare case that an opponent is a member of, opponents' lists
    that name one as in their care, measurements and months that cannot be, and records that contradict each other.
    """
    with reaching(root):
        separated = asyncio.run(_asked(_database_url(root), inspection.separated))
        doubtful = asyncio.run(_asked(_database_url(root), inspection.doubtful))
    for row in separated:
        print(f"{row['source']}  {row['person_id']}  since {row['known_at'].date()}  records {' '.join(row['records'])}")
    for row in doubtful:
        records = " ".join(row["records"])
        print(f"{row['source']}  {row['person_id']}  {row['item']} {row['reason']}  since {row['known_at'].date()}  records {records}")
    print(f"{len(separated) + len(doubtful)} tasks")


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.SCORER)


async def _asked(url: str, question: Callable[[Database], Awaitable[list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    db = await asyncpg.connect(url)
    try:
        return await question(db)
    finally:
        await db.close()
