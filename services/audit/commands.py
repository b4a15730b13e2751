"""`tsunagu audit …`: verify the log, and take away what one needs to verify it elsewhere."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer

from contracts.canonical import LARGEST_INTEGER
from contracts.values import ServiceName
from infra.clock import clock_of
from infra.local.deciding import COMMAND_LINE, OPERATOR, Reason, code_of, work_at
from infra.local.root import CannotDo, Root, not_running, reaching, settings_of
from infra.local.secrets import ask_for_another_key
from infra.postgres import is_transient
from services.audit import actions, findings, misuse_commands, producers, published_commands, publishing, store, whereabouts
from services.audit.domain.explaining import numbers_id
from services.audit.domain.note import NoteMalformed
from services.audit.domain.producers import RegisterMalformed
from services.audit.domain.sequences import Numbers
from services.audit.domain.soundness.examiner import Report
from services.audit.domain.soundness.rolls import rolls_text, settled
from services.audit.memory import Memory, MemoryUnusable
from services.audit.offline.folder import NotReadable
from services.audit.offline.growing import HistoryDiffers
from services.audit.settings import AuditSettings
from services.audit.signer import Signer, Verifier
from services.audit.verification import report_json, report_lines, verify, verify_and_record
from services.audit.witness.commands import witness

app = typer.Typer(help="The audit log: verify it, keep its checkpoints elsewhere.", no_args_is_help=True)
checks = typer.Typer(subcommand_metavar="[WHAT …]")
published_commands.add_checks(checks)
app.add_typer(checks, name="verify")
app.add_typer(misuse_commands.app, name="misuse")
app.command("verifier")(published_commands.write_verifier)
app.command()(witness)

CANNOT_VERIFY = 3
"""Exit code where nothing could be said: no database, no key. 0 is sound, 1 tampered, 2 incomplete."""

DatabaseUrl = Annotated[str | None, typer.Option("--database-url", help="Any login that may read the log. Default: the service's own.")]
Key = Annotated[str | None, typer.Option("--key", help="The log's public key as a line (`tsunagu audit key`), or a file with it.")]
Anchors = Annotated[
    list[Path] | None, typer.Option("--anchor", help="A checkpoint kept elsewhere (`tsunagu audit checkpoint`). Repeatable.")
]
Lane = Annotated[int, typer.Argument(min=0, max=10**9 - 1)]
First = Annotated[int, typer.Argument(min=1, max=LARGEST_INTEGER, help="The first missing number.")]
Last = Annotated[int, typer.Argument(min=1, max=LARGEST_INTEGER, help="The last missing number.")]
T = TypeVar("T")
TROUBLES = (
    whereabouts.NothingToGoBy,
    RegisterMalformed,
    NoteMalformed,
    MemoryUnusable,
    publishing.NothingSealed,
    NotReadable,
)
"""Why nothing can be said."""


@checks.callback(invoke_without_command=True)
def verify_log(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
    database_url: DatabaseUrl = None,
    key: Key = None,
    anchor: Anchors = None,
    register: Annotated[
        Path | None, typer.Option(help="The producers' keys (`tsunagu audit producers`). Default: the stack's own.")
    ] = None,
    root: Root,
) -> None:
    """
    Derive the whole log again and compare: leaves, columns, hashes, tree, checkpoints, signatures, producers' numbers.

    That is the log in its database. With WHAT, it is a log in files, with no database: see `verify WHAT --help`.

    Ends with 0 if it is sound, 1 if something was altered, 2 if something is missing, 3 if it cannot be told.
    """
    if context.invoked_subcommand is not None:
        return
    report = _run(root, _verified(root, database_url, key, anchor or [], register))
    print(json.dumps(report_json(report), ensure_ascii=False, indent=2) if as_json else "\n".join(report_lines(report)))
    raise typer.Exit(report.exit_code)


@app.command()
def checkpoint(database_url: DatabaseUrl = None, key: Key = None, *, root: Root) -> None:
    """Print the newest signed checkpoint. Kept where this system's operators cannot reach, it is proof against all of them."""
    print(_run(root, _newest_note(root, database_url, key)), end="")


@app.command("tiles")
def write_tiles(
    folder: Annotated[Path, typer.Argument(help="A folder for the log alone; it is made.")],
    database_url: DatabaseUrl = None,
    key: Key = None,
    *,
    rolls: Annotated[Path | None, typer.Option(help="A file for what producers told of their last numbers (`verify producers`).")] = None,
    root: Root,
) -> None:
    """
    Write the log as files that anybody's tools read (C2SP tlog-tiles), up to its newest checkpoint: only what is new.

    Nothing that stands in FOLDER is changed. Ends with 1 where the log does not continue what stands there.
    """
    try:
        written = _run(root, _published(root, database_url, key, folder, rolls))
    except (HistoryDiffers, store.HashesMissing) as error:
        print(f"tsunagu audit tiles: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"{folder}: {written.size:,} entries, {written.size - written.before:,} of them new")


@app.command("producers")
def show_producers(root: Root) -> None:
    """Print the register of producers' public keys, for whoever verifies the log elsewhere (`verify producers --register`)."""
    print(_run(root, _own_register(root)), end="")


@app.command("another-key")
def another_key(producer: ServiceName, root: Root) -> None:
    """
    Have another key drawn for what PRODUCER tells the log, at the next start of the stack. The one until now ends a day after that.

    The log has an entry of both. Give the register (`tsunagu audit producers`) to whoever verifies elsewhere.
    """
    if not (root / "secrets" / "generated.json").is_file():
        raise CannotDo(f"no stack was started in {root}")
    ask_for_another_key(root / "secrets", producer)
    print(f"another key of {producer} is drawn when the stack starts again; the one until now ends a day later")


@app.command("explain-gap")
def explain_gap(producer: ServiceName, lane: Lane, first: First, last: Last, reason: Reason, root: Root) -> None:
    """
    Say in the log itself why the numbers FIRST to LAST of a PRODUCER's LANE will never come.

    Only numbers that are missing now can be explained, and nothing that contradicts the log. Who, when and why stays in the log;
    `verify` then tells the gap as explained. Should the entries come after all, that is no contradiction.
    """
    numbers, why = Numbers(first, last), _why(reason)
    with reaching(root):
        settings = settings_of(AuditSettings, root, ServiceName.AUDIT)
        try:
            asyncio.run(_explain(settings, why, producer, lane, numbers))
        except actions.NotExplainable as error:
            raise CannotDo(str(error)) from error
    print(f"{numbers_id(producer, lane, numbers)} explained by {why.code}")


@app.command("accept-history")
def accept_history(reason: Reason, root: Root) -> None:
    """
    Let the log go on from a restored backup: what was signed before and is not in it is given up.

    Only a log that holds together in itself is accepted. The decision stays in the log, what was given up in the signer's memory.
    """
    why = _why(reason)
    with reaching(root):
        given_up, report = asyncio.run(_accept(settings_of(AuditSettings, root, ServiceName.AUDIT), why))
    print(f"given up: {given_up}")
    print(f"the log goes on from {report.size:,} entries; checkpoints of their own vouch for the first {report.sealed_size:,} of them")


@app.command("shred-reasons")
def shred_reasons(
    subject: Annotated[str, typer.Argument(help="The id of the member of staff, child or thing that findings are about.")],
    reason: Reason,
    root: Root,
) -> None:
    """
    Destroy the key of all that people wrote to findings about SUBJECT: nobody can read it any more.

    The log keeps the reasons' codes, and that this was done, by whom and why; every proof holds as before.
    """
    why = _why(reason)
    with reaching(root):
        done = asyncio.run(_shred(settings_of(AuditSettings, root, ServiceName.AUDIT), why, subject.strip()))
    if not done:
        raise CannotDo(f"nothing was written to findings about {subject}, or its key is destroyed already")
    print(f"what was written about {subject} cannot be read any more")


@app.command("key")
def verifier_key(root: Root) -> None:
    """Print the log's public key, as `verify --key` and other tools for signed notes read it."""
    print(_run(root, _own_key(root)))


async def _verified(root: Path, database_url: str | None, key: str | None, anchors: list[Path], register_file: Path | None) -> Report:
    log = whereabouts.log_at(root, database_url, key)
    notes = [anchor.read_text(encoding="utf-8") for anchor in anchors]
    if database_url is None:
        # Another database is another log, of which this memory knows nothing.
        memory = Memory(Verifier(log.origin, log.public_key), whereabouts.signer_state(root))
        notes += [*memory.notes(), *whereabouts.witnessed(root, memory)]
    now = clock_of(whereabouts.clock_file(root)).now()
    register = whereabouts.register_at(root, is_own=database_url is None, file=register_file)
    db = await whereabouts.connect(log.database_url)
    try:
        if log.is_own and not anchors:
            return await verify_and_record(db, log.public_key, at=now, origin=log.origin, anchors=notes, register=register)
        return await verify(db, log.public_key, origin=log.origin, anchors=notes, at=now, register=register)
    finally:
        await db.close()


async def _explain(settings: AuditSettings, why: actions.Why, producer: ServiceName, lane: int, numbers: Numbers) -> None:
    async with work_at(ServiceName.AUDIT, settings) as work:
        await actions.explain_gap(work, why=why, producer=producer, lane=lane, numbers=numbers)


async def _shred(settings: AuditSettings, why: actions.Why, subject: str) -> bool:
    async with work_at(ServiceName.AUDIT, settings) as work:
        return await findings.shred(work, subject, actor=why.actor, reason_code=why.code, origin=why.origin)


async def _accept(settings: AuditSettings, why: actions.Why) -> tuple[str, Report]:
    signer = Signer(settings.log_origin, bytes.fromhex(settings.signing_key.get_secret_value()))
    if settings.signer_state is None:
        raise CannotDo("nothing is remembered outside the database (TSUNAGU_SIGNER_STATE); the service forgets when it starts again")
    memory = Memory(signer.verifier, settings.signer_state)
    report = await _examined(settings, signer)
    try:
        async with work_at(ServiceName.AUDIT, settings) as work:
            given_up = await actions.accept_history(work, why=why, memory=memory, report=report)
        # After the commit: what is accepted is in the log before the signer goes on.
        memory.give_up(signer, signer.seal(report.size, report.root))
    except (actions.NothingToAccept, MemoryUnusable) as error:
        raise CannotDo(str(error)) from error
    return given_up, report


async def _examined(settings: AuditSettings, signer: Signer) -> Report:
    db = await whereabouts.connect(settings.database_url.get_secret_value())
    try:
        return await verify(db, signer.public_key, origin=signer.origin)
    finally:
        await db.close()


async def _newest_note(root: Path, database_url: str | None, key: str | None) -> str:
    log = whereabouts.log_at(root, database_url, key)
    db = await whereabouts.connect(log.database_url)
    try:
        newest = await store.last_checkpoint(db, Verifier(log.origin, log.public_key))
    finally:
        await db.close()
    if newest is None:
        raise whereabouts.NothingToGoBy("the log has no checkpoint yet")
    return newest.note


async def _published(root: Path, database_url: str | None, key: str | None, folder: Path, rolls: Path | None) -> publishing.Written:
    log = whereabouts.log_at(root, database_url, key)
    db = await whereabouts.connect(log.database_url)
    try:
        if rolls is not None:
            # First, and only what had time to come: the folder then has all that is told of.
            told = settled(await producers.rolls(db), clock_of(whereabouts.clock_file(root)).now())
            await asyncio.to_thread(rolls.write_text, rolls_text(told.values()), "utf-8")
        return await publishing.write_tiles(db, Verifier(log.origin, log.public_key), folder)
    finally:
        await db.close()


async def _own_key(root: Path) -> str:
    return Signer(whereabouts.origin_at(root), whereabouts.private_key(root)).verifier_key


async def _own_register(root: Path) -> str:
    return whereabouts.secret(root, "producer_register", stripped=False)


def _run(root: Path, answer: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(answer)
    except (*TROUBLES, ValueError) as error:
        trouble = str(error)
    except ConnectionRefusedError:
        trouble = f"the log cannot be read: {not_running(root)}"
    except Exception as error:
        if not (is_transient(error) or isinstance(error, asyncpg.PostgresError)):
            raise
        trouble = f"the log cannot be read: {error}"
    print(f"tsunagu audit: {trouble}", file=sys.stderr)
    raise typer.Exit(CANNOT_VERIFY)


def _why(reason: str) -> actions.Why:
    return actions.Why(OPERATOR, COMMAND_LINE, code_of(reason))
