"""Whose signatures count under a note, and over which bytes each kind is made (C2SP signed-note, tlog-cosignature)."""

from base64 import b64encode
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from services.audit.domain.note import KEY_ID_BYTES, LARGEST_SIZE, Note, NoteMalformed, Signature, decoded, read_checkpoint

TIME_BYTES = 8


class Kind(IntEnum):
    """The kinds of signatures that are checked (signed-note, "Signature types")."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_ML_DSA_44 = 0x06


KEY_BYTES = {Kind.ED25519: 32, Kind.COSIGNATURE_ED25519: 32, Kind.COSIGNATURE_ML_DSA_44: 1312}
SIGNATURE_BYTES = {Kind.ED25519: 64, Kind.COSIGNATURE_ED25519: 64, Kind.COSIGNATURE_ML_DSA_44: 2420}


@dataclass(frozen=True, slots=True)
class Key:
    """The public key of a log or a witness, by the name that stands before its signatures."""

    name: str
    kind: Kind
    material: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names it."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.material).digest()[:KEY_ID_BYTES]

    @property
    def line(self) -> str:
        """The key as one line (vkey)."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.material).decode()}"

    def made(self, signature: Signature) -> bool:
        """Whether the signature line names this key."""
        return (signature.name, signature.key_id) == (self.name, self.id)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a signature line claims: that `message` was signed with `value`. `at` is the cosigner's time (POSIX seconds), or None."""

    message: bytes
    value: bytes
    at: int | None = None


def parse_key(line: str) -> Key:
    """The key of a vkey. Raises NoteMalformed, also where the id does not belong to it."""
    # The last two parts have no plus of their own before them: base64 may hold some, names none.
    name, identity, encoded = ([*line.strip().split("+", 2), "", ""])[:3]
    material = decoded(encoded)
    if not name or any(character.isspace() for character in name) or material[:1] not in {bytes([kind]) for kind in Kind}:
        raise NoteMalformed("not a verifier key of a kind that is checked here: Ed25519, or a cosignature's Ed25519 or ML-DSA-44")
    key = Key(name, Kind(material[0]), material[1:])
    if len(key.material) != KEY_BYTES[key.kind]:
        raise NoteMalformed(f"a key of this kind has {KEY_BYTES[key.kind]} bytes, got {len(key.material)}")
    if key.id.hex() != identity:
        raise NoteMalformed("the key's id does not belong to it")
    return key


def claim_of(key: Key, note: Note, signature: Signature) -> Claim:
    """What a signature line of `key` claims about `note`. Raises NoteMalformed where it has not the form of its kind."""
    stamped = TIME_BYTES if key.kind is not Kind.ED25519 else 0
    if len(signature.value) != stamped + SIGNATURE_BYTES[key.kind]:
        raise NoteMalformed(f"a signature of {key.name} has not the length of its kind")
    if not stamped:
        return Claim(note.text.encode(), signature.value)
    at = int.from_bytes(signature.value[:TIME_BYTES], "big")
    if at > LARGEST_SIZE:
        raise NoteMalformed(f"the time of {key.name} is beyond all measure")
    message = cosigned(note.text, at) if key.kind is Kind.COSIGNATURE_ED25519 else _subtree_message(key.name, note.text, at)
    return Claim(message, signature.value[TIME_BYTES:], at)


def cosigned(text: str, at: int) -> bytes:
    """What a witness signs of a checkpoint at a time in POSIX seconds (tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _subtree_message(name: str, text: str, at: int) -> bytes:
    # tlog-cosignature, "ML-DSA-44 signed message": a whole tree begins at 0.
    checkpoint, _ = read_checkpoint(text)
    parts = [b"subtree/v1\n\x00", _short(name), at.to_bytes(TIME_BYTES, "big"), _short(checkpoint.origin), bytes(TIME_BYTES)]
    return b"".join([*parts, checkpoint.size.to_bytes(TIME_BYTES, "big"), checkpoint.root])


def _short(name: str) -> bytes:
    encoded = name.encode()
    if not 1 <= len(encoded) <= 255:  # noqa: PLR2004 -- opaque<1..2^8-1>
        raise NoteMalformed("a name has 1 to 255 bytes")
    return bytes([len(encoded)]) + encoded
