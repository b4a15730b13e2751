"""
Signed checkpoints: C2SP `signed-note` and `tlog-checkpoint`, Ed25519 (signature type 0x01).

Only the form of the text. Signing and checking a signature is done where the keys are (`signer.py`).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass

from contracts import canonical
from services.audit.domain.merkle import HASH_BYTES

ED25519 = b"\x01"
KEY_ID_BYTES = 4
MOST_SIGNATURES = 100
"""A note with more is refused (C2SP signed-note): whoever checks one must not be kept busy by its author."""
_DASH = "\N{EM DASH} "
_SIZE = re.compile(r"[0-9]{1,19}")
_PLAIN_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
LARGEST_SIZE = 2**63 - 1


class NoteMalformed(Exception):
    """The text is not a signed checkpoint: what was found instead is in the message."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log `origin` had `size` entries under `root`."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose, by which key (first four bytes of its hash), and the signature. Witnesses' may be of other kinds."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...]


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line names its key (C2SP signed-note, "Key ID")."""
    return bytes.fromhex(canonical.key_id(name, public_key))


def verifier_key(name: str, public_key: bytes) -> str:
    """The public key as one line that other people's tools read: `name+id+key` ("vkey")."""
    return canonical.key_line(name, public_key)


def parse_verifier_key(line: str) -> tuple[str, bytes]:
    """Name and raw public key of a vkey. Raises NoteMalformed, also where the id does not belong to the key."""
    name, _, rest = line.strip().partition("+")
    identity, _, encoded = rest.partition("+")
    key = decoded(encoded)
    if not name or key[:1] != ED25519 or len(key) != 1 + HASH_BYTES:
        raise NoteMalformed("not an Ed25519 verifier key")
    if key_id(name, key[1:]).hex() != identity:
        raise NoteMalformed("the key's id does not belong to it")
    return name, key[1:]


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text that is signed: origin, size, root, each on its line."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text states. Raises NoteMalformed unless it is byte for byte what we would write."""
    lines = text.split("\n")
    if len(lines) != len(("origin", "size", "root", "")) or not _SIZE.fullmatch(lines[1]):
        raise NoteMalformed("a checkpoint is three lines: origin, size, root")
    checkpoint = Checkpoint(lines[0], int(lines[1]), decoded(lines[2]))
    if len(checkpoint.root) != HASH_BYTES or not checkpoint.origin or checkpoint_text(checkpoint) != text:
        raise NoteMalformed("the checkpoint is not in its one true form")
    return checkpoint


def read_checkpoint(text: str) -> tuple[Checkpoint, tuple[str, ...]]:
    """
    The checkpoint that the note of any log states, with its extension lines, which no monitor can check (tlog-checkpoint, "Note text").

    Raises NoteMalformed.
    """
    lines = text.split("\n")
    if len(lines) < len(("origin", "size", "root", "")) or lines[-1] or not all(lines[:-1]) or not _PLAIN_SIZE.fullmatch(lines[1]):
        raise NoteMalformed("a checkpoint is lines that are not empty: origin, size, root, and what the log adds")
    checkpoint = Checkpoint(lines[0], int(lines[1]), decoded(lines[2]))
    if len(checkpoint.root) != HASH_BYTES or checkpoint.size > LARGEST_SIZE:
        raise NoteMalformed("the checkpoint has no such size, or no root of SHA-256")
    return checkpoint, tuple(lines[3:-1])


def note_text(note: Note) -> str:
    """The note as it is stored and handed out."""
    return note.text + "\n" + "".join(map(signature_line, note.signatures))


def signature_line(signature: Signature) -> str:
    """A signature as a line of a note."""
    return f"{_DASH}{signature.name} {b64encode(signature.key_id + signature.value).decode()}\n"


def parse_note(text: str) -> Note:
    """Text and signatures of a note. Raises NoteMalformed."""
    body, separator, tail = text.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteMalformed("no blank line between text and signatures")
    if any(character < " " and character != "\n" for character in text):
        raise NoteMalformed("a control character")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteMalformed(f"a note has at most {MOST_SIGNATURES} signatures, got {len(lines)}")
    return Note(body + "\n", tuple(map(_parse_signature, lines)))


def _parse_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    value = decoded(encoded)
    if not line.startswith(_DASH) or not name or "+" in name or _has_space(name) or len(value) <= KEY_ID_BYTES:
        raise NoteMalformed("not a signature line")
    return Signature(name, value[:KEY_ID_BYTES], value[KEY_ID_BYTES:])


def _has_space(name: str) -> bool:
    return any(character.isspace() for character in name)


def decoded(encoded: str) -> bytes:
    """The bytes of one line of base64. Raises NoteMalformed unless it is written in the one way there is."""
    try:
        value = b64decode(encoded, validate=True)
    except (NotBase64, ValueError) as error:
        raise NoteMalformed("not base64") from error
    # Base64 leaves bits free in its last letter; one flipped there must not pass as the same note.
    if b64encode(value).decode() != encoded:
        raise NoteMalformed("not canonical base64")
    return value
