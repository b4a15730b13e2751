"""`tsunagu audit …`: verify the log, and take away what one needs to verify it elsewhere."""

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer

from infra.clock import clock_of
from infra.local.root import Root, not_running
from infra.postgres import is_transient
from services.audit import store
from services.audit.domain.note import NoteMalformed, parse_verifier_key
from services.audit.domain.soundness import Report
from services.audit.settings import LOG_ORIGIN
from services.audit.signer import Signer, Verifier
from services.audit.verification import report_json, verify, verify_and_record

app = typer.Typer(help="The audit log: verify it, keep its checkpoints elsewhere.", no_args_is_help=True)

SCHEMA = "audit"
CANNOT_VERIFY = 3
"""Exit code where nothing could be said: no database, no key. 0 is sound, 1 tampered, 2 incomplete."""

DatabaseUrl = Annotated[str | None, typer.Option("--database-url", help="Any login that may read the log. Default: the service's own.")]
Key = Annotated[str | None, typer.Option("--key", help="The log's public key as a line (`tsunagu audit key`), or a file with it.")]
Anchors = Annotated[
    list[Path] | None, typer.Option("--anchor", help="A checkpoint kept elsewhere (`tsunagu audit checkpoint`). Repeatable.")
]
T = TypeVar("T")


class NothingToGoBy(Exception):
    """Neither options nor secret files say where the log is and whose signature it bears."""


@dataclass(frozen=True, slots=True)
class _Log:
    database_url: str
    origin: str
    public_key: bytes
    is_own: bool


@app.command("verify")
def verify_log(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
    database_url: DatabaseUrl = None,
    key: Key = None,
    anchor: Anchors = None,
    root: Root,
) -> None:
    """
    Derive the whole log again and compare: leaves, columns, hashes, tree, checkpoints, signatures, producers' numbers.

    Ends with 0 if it is sound, 1 if something was altered, 2 if something is missing, 3 if it cannot be told.
    """
    report = _run(root, _verified(root, database_url, key, anchor or []))
    print(json.dumps(report_json(report), ensure_ascii=False, indent=2) if as_json else "\n".join(_lines(report)))
    raise typer.Exit(report.exit_code)


@app.command()
def checkpoint(database_url: DatabaseUrl = None, key: Key = None, *, root: Root) -> None:
    """Print the newest signed checkpoint. Kept where this system's operators cannot reach, it is proof against all of them."""
    print(_run(root, _newest_note(root, database_url, key)), end="")


@app.command("key")
def verifier_key(root: Root) -> None:
    """Print the log's public key, as `verify --key` and other tools for signed notes read it."""
    print(_run(root, _own_key(root)))


async def _verified(root: Path, database_url: str | None, key: str | None, anchors: list[Path]) -> Report:
    log = _log(root, database_url, key)
    notes = [anchor.read_text(encoding="utf-8") for anchor in anchors]
    db = await _connect(log.database_url)
    try:
        if log.is_own and not anchors:
            now = clock_of(root / "clock.json").now()
            return await verify_and_record(db, log.public_key, at=now, origin=log.origin)
        return await verify(db, log.public_key, origin=log.origin, anchors=notes)
    finally:
        await db.close()


async def _newest_note(root: Path, database_url: str | None, key: str | None) -> str:
    log = _log(root, database_url, key)
    db = await _connect(log.database_url)
    try:
        newest = await store.last_checkpoint(db, Verifier(log.origin, log.public_key))
    finally:
        await db.close()
    if newest is None:
        raise NothingToGoBy("the log has no checkpoint yet")
    return newest.note


async def _own_key(root: Path) -> str:
    return Signer(_origin(root), _private_key(root)).verifier_key


async def _connect(database_url: str) -> asyncpg.Connection:
    # A login that only may read has no search path of ours.
    return await asyncpg.connect(database_url, server_settings={"search_path": SCHEMA, "application_name": "tsunagu-audit-command"})


def _run(root: Path, answer: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(answer)
    except (NothingToGoBy, NoteMalformed, ValueError) as error:
        trouble = str(error)
    except ConnectionRefusedError:
        trouble = f"the log cannot be read: {not_running(root)}"
    except Exception as error:
        if not (is_transient(error) or isinstance(error, asyncpg.PostgresError)):
            raise
        trouble = f"the log cannot be read: {error}"
    print(f"tsunagu audit: {trouble}", file=sys.stderr)
    raise typer.Exit(CANNOT_VERIFY)


def _log(root: Path, database_url: str | None, key: str | None) -> _Log:
    if key is not None:
        origin, public_key = parse_verifier_key(Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key)
    else:
        signer = Signer(_origin(root), _private_key(root))
        origin, public_key = signer.origin, signer.public_key
    url = database_url or _secret(root, "database_url")
    return _Log(url, origin, public_key, is_own=database_url is None and key is None)


def _private_key(root: Path) -> bytes:
    return bytes.fromhex(_secret(root, "signing_key"))


def _origin(root: Path) -> str:
    file = _secrets_dir(root) / "tsunagu_log_origin"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else os.environ.get("TSUNAGU_LOG_ORIGIN", LOG_ORIGIN)


def _secret(root: Path, field: str) -> str:
    file = _secrets_dir(root) / f"tsunagu_{field}"
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NothingToGoBy(f"no {file}; start the stack first, or give --database-url and --key") from error


def _secrets_dir(root: Path) -> Path:
    return Path(os.environ.get("TSUNAGU_SECRETS_DIR") or root / "secrets" / "audit")


def _lines(report: Report) -> list[str]:
    lines = [
        f"{report.size:,} entries under root {report.root.hex()}",
        f"sealed up to entry {report.sealed_size - 1:,} by {report.checkpoints:,} checkpoints" if report.sealed_size else "not sealed yet",
    ]
    for producer, lanes in report.lanes.items():
        entries, last = sum(lane.entries for lane in lanes.values()), sum(lane.last for lane in lanes.values())
        lines.append(f"{producer}: {entries:,} of {last:,} entries in {len(lanes)} lanes")
    lines += [f"  {finding.kind}: {finding.text}" for finding in report.findings]
    if report.findings_total > len(report.findings):
        lines.append(f"  … and {report.findings_total - len(report.findings):,} more findings")
    lines.append(f"{report.outcome.upper()}: {report.findings_total:,} findings")
    return lines
