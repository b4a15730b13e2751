"""Where the log of a data folder is, whose signature it bears, and who its producers are: for commands."""

import os
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from infra.local.access import SIGNER_STATE, WITNESS
from services.audit.domain.note import parse_verifier_key
from services.audit.memory import Memory
from services.audit.offline.attesting import Register
from services.audit.offline.folder import text_of
from services.audit.settings import LOG_ORIGIN
from services.audit.signer import Signer
from services.audit.witness.keeping import COSIGNED

SCHEMA = "audit"


class NothingToGoBy(Exception):
    """Neither options nor secret files say where the log is and whose signature it bears."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log in a database, and whose signature it bears. `is_own`: that of the stack's own service."""

    database_url: str
    origin: str
    public_key: bytes
    is_own: bool


def log_at(root: Path, database_url: str | None, key: str | None) -> Log:
    """Return the log that the options name; what they leave out is the stack's own. Raises NothingToGoBy, NoteMalformed."""
    if key is not None:
        origin, public_key = parse_verifier_key(Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key)
    else:
        signer = Signer(origin_at(root), private_key(root))
        origin, public_key = signer.origin, signer.public_key
    url = database_url or secret(root, "database_url")
    return Log(url, origin, public_key, is_own=database_url is None and key is None)


def private_key(root: Path) -> bytes:
    """Return the key that seals the stack's log. Raises NothingToGoBy."""
    return bytes.fromhex(secret(root, "signing_key"))


def origin_at(root: Path) -> str:
    """Return the name of the stack's log."""
    file = secrets_dir(root) / "tsunagu_log_origin"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else os.environ.get("TSUNAGU_LOG_ORIGIN", LOG_ORIGIN)


def secret(root: Path, field: str, *, stripped: bool = True) -> str:
    """Return a setting of the service from its file. Raises NothingToGoBy."""
    file = secrets_dir(root) / f"tsunagu_{field}"
    try:
        text = file.read_text(encoding="utf-8")
        return text.strip() if stripped else text
    except OSError as error:
        raise NothingToGoBy(f"no {file}; start the stack first, or give --database-url and --key") from error


def register_at(root: Path, *, is_own: bool, file: Path | None) -> Register | None:
    """The register that was given, or the stack's own; None for another log, which tells its keys itself."""
    if file is not None:
        return Register.read(file.read_text(encoding="utf-8"))
    own = secrets_dir(root) / "tsunagu_producer_register"
    return Register.read(own.read_text(encoding="utf-8")) if is_own and own.is_file() else None


async def connect(database_url: str) -> asyncpg.Connection:
    """Return a connection to a log, by any login that may read it."""
    # A login that only may read has no search path of ours.
    return await asyncpg.connect(database_url, server_settings={"search_path": SCHEMA, "application_name": "tsunagu-audit-command"})


def signer_state(root: Path) -> Path:
    """Return where the signer remembers what it signed last."""
    return Path(os.environ.get("TSUNAGU_SIGNER_STATE") or root / SIGNER_STATE)


def witnessed(root: Path, memory: Memory) -> list[str]:
    """What the stack's own witness cosigned last, unless an operator gave it up for a restored backup."""
    note = text_of(root / WITNESS / COSIGNED)
    return [note] if note is not None and memory.verifier.said(note) not in memory.given_up() else []


def clock_file(root: Path) -> Path:
    """Return the stack's settable clock."""
    return Path(os.environ.get("TSUNAGU_CLOCK_FILE") or root / "clock.json")


def secrets_dir(root: Path) -> Path:
    """Return the folder of the service's secrets."""
    return Path(os.environ.get("TSUNAGU_SECRETS_DIR") or root / "secrets" / "audit")
