"""What a witness keeps: its key, the checkpoint that it cosigned last, the hashes under it, and the proofs that a log lied."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.domain.note import Checkpoint, Note, NoteMalformed, Signature, note_text, read_checkpoint
from services.audit.domain.published.keys import TIME_BYTES, Key, Kind, cosigned
from services.audit.offline.folder import text_of
from services.audit.offline.growing import write_note
from services.audit.offline.trusting import NotTrusted, opened, signers_of

COSIGNED, FORKS = "cosigned", "forks"


class WitnessUnusable(Exception):
    """The folder does not tell what was cosigned last. Nothing is cosigned until somebody has looked at it."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only process that witnesses in this folder: two would each cosign what continues the same note. Raises WitnessUnusable."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WitnessUnusable(f"another process witnesses in {folder}") from None
        yield


class Cosigner:
    """The witness's key: made the first time, readable by its owner alone."""

    def __init__(self, name: str, folder: Path) -> None:
        file = folder / "key"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _write_key(file, token_bytes(32))
        self._private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text(encoding="ascii").strip()))
        self.key = Key(name, Kind.COSIGNATURE_ED25519, self._private.public_key().public_bytes_raw())
        write_note(folder / "vkey", f"{self.key.line}\n")

    def cosign(self, text: str, at: int) -> Signature:
        """Cosign the text of a checkpoint at a time in POSIX seconds (tlog-cosignature, "Ed25519 signed message")."""
        return Signature(self.key.name, self.key.id, at.to_bytes(TIME_BYTES, "big") + self._private.sign(cosigned(text, at)))


@dataclass(slots=True)
class Kept:
    """The state of a witness for one log: a note with the log's signature and its own, replaced as a whole."""

    folder: Path
    log: Key
    cosigner: Cosigner
    last: Checkpoint | None = None
    note: Note | None = None
    forked: bool = field(init=False)

    def __post_init__(self) -> None:
        """Read what was kept. Raises WitnessUnusable."""
        self.forked = any(self.folder.glob(f"{FORKS}/*/offered"))
        try:
            text = text_of(self.folder / COSIGNED)
            if text is not None:
                self.last, self.note = opened(text, [self.log])
                if self.cosigner.key not in signers_of(self.note, [self.cosigner.key]):
                    raise WitnessUnusable(f"{self.folder / COSIGNED} does not bear this witness's own signature")
        except (NotTrusted, NoteMalformed) as error:
            raise WitnessUnusable(f"{self.folder / COSIGNED}: {error}") from error

    def cosign(self, note: Note, at: int) -> Signature:
        """Cosign a checkpoint that was found to continue the last one, and have it on the disk before anybody sees the signature."""
        checkpoint, _ = read_checkpoint(note.text)
        signature = self.cosigner.cosign(note.text, at)
        ours = tuple(each for each in note.signatures if self.log.made(each))
        kept = Note(note.text, (*ours, signature))
        write_note(self.folder / COSIGNED, note_text(kept))
        self.last, self.note = checkpoint, kept
        return signature

    def refuse(self, offered: str, why: str) -> None:
        """Keep both notes: what was cosigned, and what the log signed that contradicts it."""
        place = self.folder / FORKS / sha256(offered.encode()).hexdigest()[:16]
        self.forked = True
        if (place / "offered").exists():
            return
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_note(place / "why", f"{why}\n")
        write_note(place / "kept", "" if self.note is None else note_text(self.note))
        write_note(place / "offered", offered)


def _write_key(file: Path, key: bytes) -> None:
    # Beside its place first: half a key, where the disk was full, would be taken for the whole one ever after.
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(key.hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
