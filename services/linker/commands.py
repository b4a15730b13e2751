"""The linker's part of the command line: `tsunagu linker …`. It prints record ids, never names or numbers of persons."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import typer

from contracts.deeds import linker as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.kinds import EventKind
from contracts.messages import Thing
from contracts.values import Role, ServiceName, Source
from infra.identity.confirming import Confirmed, confirmed
from infra.local.deciding import COMMAND_LINE, OPERATOR, Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root, reaching
from infra.settings import Settings
from infra.sql import queries
from infra.work import UnitOfWork
from services.linker.bulk.commands import bulk
from services.linker.domain.judgements import Word
from services.linker.domain.linking import NUMBER_ALIKE, NUMBER_GIVEN_UP, NUMBER_REUSED
from services.linker.domain.records import OF_REGISTER, RecordKey, keys_named
from services.linker.domain.revisions import Verdict
from services.linker.evaluation.commands import evaluate, train
from services.linker.judging import judge, judge_entries, judge_number
from services.linker.rematching.commands import rematch
from services.linker.store import open_named

SQL = queries(__file__, "views.sql")

_REVISION = (ThingKind.REGISTER_REVISION, {Verdict.SAME: deeds.REVISION_SAME, Verdict.OTHER: deeds.REVISION_OTHER})
_NUMBER = (ThingKind.REGISTER_NUMBER, {Verdict.SAME: deeds.NUMBER_SAME, Verdict.OTHER: deeds.NUMBER_OTHER})
"""What is decided about, as the log names it, and the two decisions."""

_JUDGED = {Word.SAME: (deeds.PERSONS_SAME, deeds.PERSONS_SAME_CONFIRMED), Word.NOT_SAME: (deeds.PERSONS_NOT_SAME,)}
"""What each of those who decide does."""
_NO_RIGHT = {"role": "this role may not do that", "one_person": "two people decide that two entries are one person's"}

app = typer.Typer(help="Who is who: records, persons, households, pregnancies.", no_args_is_help=True)
app.command()(evaluate)
app.command()(train)
app.command()(bulk)
app.command()(rematch)


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
def decisions(
    record_id: str,
    root: Root,
    event_type: Annotated[str, typer.Option("--type", help="Event type of the record.")] = EventKind.RESIDENT_CHANGED,
) -> None:
    """List what was decided about a record, when, of which revision and on what basis: the first decision, and each that changed it."""
    with reaching(root):
        rows = asyncio.run(_rows(_database_url(root), SQL.decisions, *named(event_type, record_id)))
    for row in rows:
        print(f"{row['decided_at']:%Y-%m-%d %H:%M}  {row['source']} revision {row['revision']}: {row['state']} ({_basis(row)})")
    if not rows:
        print(f"Nothing was decided about {event_type} {record_id}.")


def named(event_type: str, record_id: str) -> tuple[list[str], str, str, list[UUID]]:
    """What `views.sql` asks the decisions about a record by."""
    keys = keys_named(event_type, record_id)
    return [key.source.value for key in keys], event_type, record_id, [key.id for key in keys]


def _basis(row: asyncpg.Record) -> str:
    return row["rule"] or row["reason"] or "taken back by its source"


@app.command()
def contested(root: Root) -> None:
    """
    List what waits for a person's decision: entries of the register that may be about somebody else than their number was, and records
    whose number is not in the register and may be somebody's there. Nothing is changed or linked until a person decides.
    """
    with reaching(root):
        revisions, numbers = asyncio.run(_contested(_database_url(root)))
    for row in revisions:
        against = "under a number that is somebody else's" if row["held"] is None else f"against revision {row['held']}"
        print(f"{row['record_id']}  revision {row['revision']} of {row['recorded_at']:%Y-%m-%d}, {row['event_type']}: {against}")
    for row in numbers:
        entries = ", ".join(row["entries"]) or "-"
        print(f"{row['record_id']}  revision {row['revision']}, {row['event_type']}: {row['reason']}; entries: {entries}")
    print(f"{len(revisions) + len(numbers)} to decide: tsunagu linker decide RECORD_ID REVISION same|other --type EVENT_TYPE --reason CODE")
    if numbers:
        print("With --entry RECORD_ID where there are several entries, or none.")


@app.command()
def decide(
    record_id: str,
    revision: int,
    verdict: Verdict,
    reason: Reason,
    root: Root,
    event_type: Annotated[str, typer.Option("--type", help="Event type of the record.")] = EventKind.RESIDENT_CHANGED,
    entry: Annotated[str | None, typer.Option(help="Of a number that is not in the register: the entry whose number it may be.")] = None,
) -> None:
    """
    Decide about what `contested` lists.

    Of the register: whether it is about the SAME person (it takes the place of what held) or an OTHER one (it is left aside). Of other
    sources: whether the number that the record names is the SAME person's as that of an entry of the register, or an OTHER one's. That
    holds for every record that names the number, also for those to come.
    """

    async def judged(settings: Settings) -> None:
        async with work_at(ServiceName.LINKER, settings) as work:
            decided = await (
                judge(work, RecordKey(Source.RESIDENT_REGISTRY, event_type, record_id), revision, verdict)
                if event_type in OF_REGISTER
                else _judge_number(work, event_type, record_id, revision, verdict, entry)
            )
            if not decided:
                raise CannotDo(f"nothing of revision {revision} of {record_id} waits for this decision: see tsunagu linker contested")
            kind, deeds_of = _REVISION if event_type in OF_REGISTER else _NUMBER
            thing = Thing(kind=kind, id=str(work.identifiers.derive(kind, event_type, record_id, str(revision))))
            work.keep(deeds_of[verdict], actor=OPERATOR, thing=thing, reason_code=code_of(reason), origin=COMMAND_LINE)

    act(root, ServiceName.LINKER, judged)
    print(f"{record_id} revision {revision}: {verdict}")


async def _judge_number(work: UnitOfWork, event_type: str, record_id: str, revision: int, verdict: Verdict, entry: str | None) -> bool:
    found = await open_named(work.db, event_type, record_id, revision)
    return len(found) == 1 and await judge_number(work, found[0], verdict, entry)


async def _contested(url: str) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    revisions = await _rows(url, SQL.contested_revisions, NUMBER_REUSED)
    return revisions, await _rows(url, SQL.astray_numbers, [NUMBER_ALIKE, NUMBER_GIVEN_UP])


By = Annotated[str, typer.Option("--by", help="The login of whoever decides.")]
Code = Annotated[str, typer.Option("--code", prompt="One-time code", help="That person's one-time code of this moment.")]


@app.command()
def same(
    kept: Annotated[str, typer.Argument(help="Record id of the register's entry of whom the id stays.")],
    other: Annotated[str, typer.Argument(help="Record id of the other entry of the same person.")],
    by: By,
    code: Code,
    second: Annotated[str, typer.Option(help="The login of whoever confirms it: two people take two persons for one.")],
    second_code: Annotated[str, typer.Option(prompt="One-time code of the second person", help="The second person's one-time code.")],
    reason: Reason,
    root: Root,
) -> None:
    """
    Take two entries of the register for one person's (domain.md §2.8-11): all records of OTHER are told of KEPT from now on.

    Two coordinators decide. Reviews and cases stay where they are and show each other. `not-same` makes it as if it had never been.
    """
    _judge_entries(root, (kept, other), Word.SAME, [(by, code), (second, second_code)], code_of(reason))
    print(f"{kept} and {other} are one person's")


@app.command()
def not_same(one: str, other: str, by: By, code: Code, reason: Reason, root: Root) -> None:
    """
    Say that two entries of the register are two persons': what was taken for one is told of each again, and is never joined by machine.

    A coordinator decides alone: a wrong link is worse than none.
    """
    _judge_entries(root, (one, other), Word.NOT_SAME, [(by, code)], code_of(reason))
    print(f"{one} and {other} are two persons'")


@app.command()
def judgements(root: Root) -> None:
    """List who was judged to be the same person, or not, by whom and why, with the record ids of the entries; nothing was ever deleted."""
    with reaching(root):
        rows = asyncio.run(_rows(_database_url(root), SQL.judgements))
    for row in rows:
        about = " ".join(row["entries"]) or "a number that other sources use"
        print(f"{row['judged_at']:%Y-%m-%d %H:%M}  {row['word']:8} by {row['judged_by']} ({row['basis']}): {about}{_taken_back(row)}")
    print(f"{sum(row['stands'] for row in rows)} stand of {len(rows)}")


def _taken_back(row: asyncpg.Record) -> str:
    return "" if row["stands"] else "  - superseded"


def _judge_entries(root: Path, entries: tuple[str, str], word: Word, deciders: list[tuple[str, str]], reason: str) -> None:
    """Judge as the people who show their codes. Raises CannotDo with what is in the way, which the log has by then."""

    async def judged(settings: Settings) -> str | None:
        people = [await confirmed(settings, login, code) for login, code in deciders]
        async with work_at(ServiceName.LINKER, settings) as work:
            no_right = _no_right(people)
            why_not = None if no_right else await judge_entries(work, entries, word, reason)
            if no_right or not why_not:
                _keep_judged(work, entries, zip(people, _JUDGED[word], strict=True), no_right, reason)
            return _NO_RIGHT[no_right] if no_right else why_not

    if (why_not := act(root, ServiceName.LINKER, judged)) is not None:
        raise CannotDo(why_not)


def _no_right(people: list[Confirmed]) -> str | None:
    if any(Role.COORDINATOR not in each.roles for each in people):
        return "role"
    return "one_person" if len({each.person.id for each in people}) < len(people) else None


def _keep_judged(
    work: UnitOfWork, entries: tuple[str, str], deciders: Iterable[tuple[Confirmed, Deed]], no_right: str | None, reason: str
) -> None:
    correlation = str(work.identifiers.random())
    for who, deed in deciders:
        for entry in entries:
            thing = Thing(kind=ThingKind.REGISTER_ENTRY, id=str(work.identifiers.derive(ThingKind.REGISTER_ENTRY, entry)))
            work.keep(
                deed,
                actor=who.actor,
                thing=thing,
                refused=no_right is not None,
                reason_code=no_right or reason,
                correlation=correlation,
                origin=COMMAND_LINE,
            )


def _database_url(root: Path) -> str:
    from infra.local.access import Access

    return os.environ.get("TSUNAGU_DATABASE_URL") or Access.to(root).database_url(ServiceName.LINKER)


async def _rows(url: str, statement: str, *arguments: int | str | list[str] | list[UUID]) -> list[asyncpg.Record]:
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
