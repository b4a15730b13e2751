"""What the embedded stack gives its witness before it starts: the log's public key. In earnest people carry it there by hand."""

from pathlib import Path

from services.audit.offline.growing import write_note
from services.audit.settings import LOG_ORIGIN
from services.audit.signer import Signer


def prepare(folder: Path, signing_key: str, origin: str | None = None) -> Path:
    """Write the public key of the log that is sealed with `signing_key` (hex) into the witness's folder; return the file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "log.vkey"
    write_note(file, f"{Signer(origin or LOG_ORIGIN, bytes.fromhex(signing_key)).verifier_key}\n")
    return file
