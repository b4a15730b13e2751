"""The linker's part of the command line: `tsunagu linker …`. It prints record ids, never names or numbers of persons."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from contracts.messages import Thing
from contracts.values import ServiceName, Source
from infra.local.deciding import COMMAND_LINE, OPERATOR, Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root, reaching
from infra.settings import Settings
from infra.sql import queries
from services.linker.actions import judge
from services.linker.domain.linking import NUMBER_REUSED
from services.linker.domain.records import RESIDENT, RecordKey
from services.linker.domain.revisions import Verdict

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


@app.command()
def contested(root: Root) -> None:
    """List entries of the register that may be about somebody else than their number was: the old holds until a person decides."""
    with reaching(root):
        rows = asyncio.run(_rows(_database_url(root), SQL.contested_revisions, NUMBER_REUSED))
    for row in rows:
        against = (
            f"against revision {row['held']}" if row["held"] is not None else "under a number that other entries gave to somebody else"
        )
        print(f"{row['record_id']}  revision {row['revision']} of {row['recorded_at']:%Y-%m-%d}, {against}")
    print(f"{len(rows)} to decide: tsunagu linker decide RECORD_ID REVISION same|other --reason CODE")


@app.command()
def decide(record_id: str, revision: int, verdict: Verdict, reason: Reason, root: Root) -> None:
    """Decide whether a contested revision is about the SAME person (it takes the place of what held) or another (it is left aside)."""

    async def judged(settings: Settings) -> None:
        async with work_at(ServiceName.LINKER, settings) as work:
            if not await judge(work, RecordKey(Source.RESIDENT_REGISTRY, RESIDENT, record_id), revision, verdict):
                raise CannotDo(f"no revision {revision} of {record_id} waits for a decision")
            thing = Thing(kind="register_revision", id=str(work.identifiers.derive("revision", record_id, str(revision))))
            action = "linker.revision_same" if verdict is Verdict.SAME else "linker.revision_other"
            work.decision(actor=OPERATOR, action=action, thing=thing, reason_code=code_of(reason), origin=COMMAND_LINE)

    act(root, ServiceName.LINKER, judged)
    print(f"{record_id} revision {revision}: {verdict}")


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.LINKER)


async def _rows(url: str, statement: str, *arguments: int | str) -> list[asyncpg.Record]:
    db = await asyncpg.connect(url)
    try:
        return list(await db.fetch(statement, *arguments))
    finally:
        await db.close()


async def _waiting(url: str, ids: int) -> list[str]:
    rows = await _rows(url, SQL.open_records, ids)
    return [_line(row) for row in rows] or ["Nothing waits."]


def _line(row: asyncpg.Record) -> str:
    shown = ", ".join(row["record_ids"])
    more = row["records"] - len(row["record_ids"])
    return (
        f"{row['state']:8} {row['records']:7}  {row['source']} {row['event_type']}: {row['reason']}  [{shown}{f' +{more}' if more else ''}]"
    )
