"""Ingest's part of the command line: `tsunagu ingest …`. What was refused, where and why; never a value."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer

from contracts.values import ServiceName, Source
from infra.local.deciding import Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root, reaching
from infra.printing import Json, moment, print_json, print_table
from infra.settings import Settings
from infra.work import UnitOfWork
from services.ingest import (
    feed_commands,
    inspection,
    quality,
    quality_commands,
    quarantine_commands,
    register_commands,
    releasing,
    retention_commands,
    store,
)
from services.ingest.domain.characters import DOUBTFUL
from services.ingest.domain.ledger import remembered_refusal
from services.ingest.domain.telling import Wrong, errors_of
from services.ingest.feeds import FEED_STOPPED
from services.ingest.inlets.extract import commands as extracts

T = TypeVar("T")

app = typer.Typer(help="What came in: figures, refusals, the purpose register.", no_args_is_help=True)
app.add_typer(quality_commands.app)
app.add_typer(retention_commands.app)

app.add_typer(quarantine_commands.app, name="quarantine")
app.command()(feed_commands.feeds)
app.add_typer(register_commands.app, name="register")
app.add_typer(register_commands.owners, name="owners")

OfSource = Annotated[Source | None, typer.Option("--source", help="Only this source.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="So many at most.")]

app.command()(extracts.extract)
app.command()(extracts.extracts)
app.command()(extracts.waive)


@app.command()
def refused(source: OfSource = None, limit: Limit = 20, *, root: Root, as_json: Json = False) -> None:
    """Show what was refused: counted by reason, then the newest events with each path and what is wrong there. Nothing else was kept."""
    reasons, newest, all_of_them = _ask(root, lambda db: _refused(db, source, limit))
    if as_json:
        print_json({"refused": all_of_them, "by_reason": [dict(row) for row in reasons], "newest": [_told(row) for row in newest]})
        return
    for row in reasons:
        print(f"{row['events']:>8,}  {_words(row['source'], row['code'], row['path'], row['item'])}")
    for row in newest:
        print("", *_block(row), sep="\n")
    print(f"\n{all_of_them:,} refused, {len(newest):,} shown")


@app.command()
def characters(source: OfSource = None, limit: Limit = 20, *, root: Root, as_json: Json = False) -> None:
    """Show which records hold characters that nobody else may be able to read (外字, 〓), for their owner to look up; never a text."""
    fields, records = _ask(root, lambda db: _doubtful(db, source, limit))
    if as_json:
        print_json({"by_field": [dict(row) for row in fields], "records": [dict(row) for row in records]})
        return
    for row in fields:
        print(f"{row['records']:>8,}  {_words(row['source'], row['event_type'], row['path'], row['code'])}")
    for row in records:
        known = {"record": row["record_id"], "revision": row["revision"], "path": row["path"], "code": row["code"]}
        print("", _words(row["source"], row["event_type"]), *_fields(known), sep="\n")
    print(f"\n{sum(row['records'] for row in fields):,} places, {len(records):,} shown")


@app.command()
def figures(root: Root, *, as_json: Json = False) -> None:
    """Show how many events came to what, by source."""
    found = _ask(root, inspection.ledger)
    if as_json:
        print_json(found)
        return
    names = list(next(iter(found.values()), {}))
    print_table(("source", *names), [[source, *(outcomes[name] for name in names)] for source, outcomes in found.items()])


@app.command()
def numbers(root: Root, *, as_json: Json = False) -> None:
    """
    Show what is known of the numbers of twelve digits that sources call their own, never one of them.

    By chance one in ten has a My Number's check digit. Where far more have, the feed is stopped and what arrives is held.
    """
    known, held = _ask(root, _numberings)
    if as_json:
        print_json({"fields": [dict(row) for row in known], "held": [dict(row) for row in held]})
        return
    print_table(
        ("source", "field", "numbers", "check digits", "share", ""),
        [[row["source"], row["field"], row["numbers"], row["valid"], _share(row), _state(row)] for row in known],
    )
    for row in held:
        print(f"{row['events']:,} events of {row['source']} are held: tsunagu ingest release|drop {row['source']} --reason CODE")


@app.command()
def release(
    source: Source,
    reason: Reason,
    root: Root,
    *,
    vouch: Annotated[bool, typer.Option("--vouch", help="The numbers have such a check digit of their own: watch them no more.")] = False,
) -> None:
    """Let the stopped feed of SOURCE go on: its numbers are no My Numbers. What is held is handled, and is counted anew."""
    fields = _decide(root, lambda work: releasing.release(work, source, code_of(reason), vouch=vouch))
    if not fields:
        raise CannotDo(f"the feed of {source} is not stopped")
    print(f"{source} goes on ({', '.join(fields)})")


@app.command()
def drop(source: Source, reason: Reason, root: Root) -> None:
    """Throw away what is held of SOURCE: they are My Numbers. Its feed stays stopped until `release`, when it sends other numbers."""
    events = _decide(root, lambda work: releasing.drop(work, source, code_of(reason)))
    print(f"{events:,} events of {source} were thrown away; it is told to send them again without My Numbers")


async def _numberings(db: asyncpg.Connection) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    return await db.fetch(store.SQL.numberings), await db.fetch(store.SQL.held_by_source, FEED_STOPPED)


def _share(row: asyncpg.Record) -> str:
    return f"{row['valid'] / row['numbers']:.0%}" if row["numbers"] else ""


def _state(row: asyncpg.Record) -> str:
    if row["stopped_at"] is not None:
        return f"stopped since {moment(row['stopped_at'])}: more My Number check digits than chance explains"
    return "vouched for" if row["vouched"] else "chance"


async def _doubtful(db: asyncpg.Connection, source: Source | None, limit: int) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    sources = [source.value] if source is not None else [each.value for each in Source]
    fields = [row for row in await db.fetch(quality.SQL.doubts, sources) if row["code"] in DOUBTFUL]
    records = [row for row in await db.fetch(quality.SQL.records_in_doubt, sources, limit) if row["code"] in DOUBTFUL]
    return sorted(fields, key=lambda row: row["records"], reverse=True), records


async def _refused(db: asyncpg.Connection, source: Source | None, limit: int) -> tuple[list[asyncpg.Record], list[asyncpg.Record], int]:
    code = source.value if source is not None else None
    reasons, newest = await db.fetch(store.SQL.refusals_by_reason, code), await db.fetch(store.SQL.refusals, code, limit)
    return reasons, newest, await db.fetchval(store.SQL.count_refusals, code)


def _block(row: asyncpg.Record) -> list[str]:
    """One refusal, a line for each thing known of it: ids and texts are longer than the columns of a terminal."""
    known = {"event": row["event_id"], "record": row["record_id"], "revision": row["revision"]}
    lines = [line for error in _errors(row) for line in _fields(_wrong(error))]
    return [f"{moment(row['received_at'])}  {_words(row['source'], row['event_type'])}", *_fields(known), *lines]


def _told(row: asyncpg.Record) -> dict[str, object]:
    known = {name: row[name] for name in ("source", "event_id", "event_type", "record_id", "revision", "item", "received_at", "repeats")}
    return known | {"errors": [asdict(error) for error in _errors(row)]}


def _errors(row: asyncpg.Record) -> Sequence[Wrong]:
    refusal = remembered_refusal(row["code"], row["path"], row["item"], json.loads(row["faults"] or "[]"))
    return errors_of(refusal, Source(row["source"]), row["event_type"]) if refusal is not None else ()


def _wrong(error: Wrong) -> dict[str, object]:
    allowed = ", ".join(error.allowed or ())
    return {"path": error.path, "wrong": error.message.ja or error.code, "": error.message.en, "allowed": allowed}


def _fields(known: Mapping[str, object]) -> list[str]:
    return [f"  {name:9} {value}" for name, value in known.items() if value not in {None, ""}]


def _words(*values: object) -> str:
    return "  ".join(str(value) for value in values if value is not None)


def _decide(root: Path, decision: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    async def decide(settings: Settings) -> T:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await decision(work)

    return act(root, ServiceName.INGEST, decide)


def _ask(root: Path, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    with reaching(root):
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
