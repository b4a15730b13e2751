"""The key that seals the log: Ed25519 signatures on checkpoints, and their check. The only module that touches keys."""

from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.audit.domain.extracts import SUFFIX
from services.audit.domain.note import (
    Checkpoint,
    Note,
    NoteMalformed,
    Signature,
    checkpoint_text,
    key_id,
    note_text,
    parse_checkpoint,
    parse_note,
    verifier_key,
)

GIVING_UP = "/given-up"
"""Ends the origin of notes that give a checkpoint up: under another origin, they vouch for no entry."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Tells what the log `origin` signed itself from what it did not, by its raw Ed25519 public key."""

    origin: str
    public_key: bytes

    def said(self, text: str) -> Checkpoint:
        """The checkpoint of a signed note. Raises NoteMalformed unless it is this log's, under its signature."""
        return self._signed(text, self.origin)

    def gave_up(self, text: str) -> Checkpoint:
        """The checkpoint that the log gave up by this note. Raises NoteMalformed unless that is signed by the log's key."""
        return replace(self._signed(text, self.origin + GIVING_UP), origin=self.origin)

    def _signed(self, text: str, origin: str) -> Checkpoint:
        note = parse_note(text)
        checkpoint = parse_checkpoint(note.text)
        if not is_signed_by(note, self.origin, self.public_key):
            raise NoteMalformed("not signed by the log's key")
        if checkpoint.origin != origin:
            raise NoteMalformed(f"the signed note is of the log {checkpoint.origin}")
        return checkpoint

    def fault(self, text: str, size: int, root: bytes) -> str | None:
        """Why this note is not the log's own word that it had `size` entries under `root`; None where it is."""
        try:
            said = self.said(text)
        except NoteMalformed as error:
            return str(error)
        if (said.size, said.root) != (size, root):
            return f"the signed note says {said.size} entries, root {said.root.hex()}"
        return None


class Signer:
    """Signs checkpoints of the log `origin` with a raw 32-byte private key. Raises ValueError on a key of another length."""

    def __init__(self, origin: str, private_key: bytes) -> None:
        self.origin = origin
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.verifier = Verifier(origin, self.public_key)

    def seal(self, size: int, root: bytes) -> str:
        """The signed note that the log has `size` entries under `root`."""
        return self._sign(Checkpoint(self.origin, size, root))

    def give_up(self, checkpoint: Checkpoint) -> str:
        """The signed note that the log does not go by this checkpoint of its own any more."""
        return self._sign(replace(checkpoint, origin=self.origin + GIVING_UP))

    def vouch(self, manifest: str) -> str:
        """The signed note of what stands in an extract. Raises ValueError for any other text: no seal is made this way."""
        if not manifest.startswith(f"{self.origin}{SUFFIX}\n"):
            raise ValueError("only what stands in an extract of this log is signed so")
        return self._signed(manifest)

    def _sign(self, checkpoint: Checkpoint) -> str:
        return self._signed(checkpoint_text(checkpoint))

    def _signed(self, text: str) -> str:
        signature = Signature(self.origin, key_id(self.origin, self.public_key), self._key.sign(text.encode()))
        return note_text(Note(text, (signature,)))

    @property
    def verifier_key(self) -> str:
        """The public half, as the line that `tsunagu audit verify --key` and other tools read."""
        return verifier_key(self.origin, self.public_key)


def is_signed_by(note: Note, origin: str, public_key: bytes) -> bool:
    """Whether one of the note's signatures is that of the log's key. Signatures of others (witnesses) do not count, nor hurt."""
    expected = key_id(origin, public_key)
    return any(_fits(note, each, public_key) for each in note.signatures if (each.name, each.key_id) == (origin, expected))


def _fits(note: Note, signature: Signature, public_key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature.value, note.text.encode())
    except InvalidSignature:
        return False
    return True
