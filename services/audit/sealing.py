"""
What people write to a finding: outside the log, sealed under a key of whom it is about, and destroyed with that key (audit.md §5).

The log has only a keyed hash of it. Its key is drawn for each text and lies beside it under the seal: who has neither cannot try texts.
"""

import hmac
import os
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.parking import ParkingBody

KEY_BYTES, NONCE_BYTES, SALT_BYTES, MARK_BYTES = 32, 12, 32, 8

_PLACES = UUID("1a0f6c5e-5d0b-4e6f-9b52-6f8f3f3f0c11")


def keys_of(parking_key: str) -> ParkingBody:
    """What seals the keys themselves: under one of its own, derived from the service's setting `parking_key` (hex)."""
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"tsunagu audit: keys of reasons").derive(bytes.fromhex(parking_key))
    return ParkingBody(key)


def place_of(subject: str) -> UUID:
    """What the key of a subject is bound to."""
    return uuid5(_PLACES, subject)


def sealed(key: bytes, text: str, where: str) -> tuple[bytes, str]:
    """Seal a text under a key, bound to the place `where` it belongs. Returns it, and what the log is told of it (hex)."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    words = text.encode()
    return _mark_of(key) + nonce + AESGCM(key).encrypt(nonce, salt + words, where.encode()), hmac.digest(salt, words, "sha256").hex()


def is_under(key: bytes, said: bytes) -> bool:
    """
    Whether this was sealed under this key, not under one of the same subject's that was destroyed before.

    Whoever alters the mark makes it look destroyed, as does whoever takes the key away: the log says what was destroyed, and by whom.
    """
    return said[:MARK_BYTES] == _mark_of(key)


def opened(key: bytes, said: bytes, where: str) -> tuple[str, str] | None:
    """The text, and what the log must have been told of it; None where it is not under this key, or belongs elsewhere."""
    body = said[MARK_BYTES:]
    try:
        plain = AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], where.encode())
    except (InvalidTag, ValueError):
        return None
    salt, words = plain[:SALT_BYTES], plain[SALT_BYTES:]
    return words.decode("utf-8", "replace"), hmac.digest(salt, words, "sha256").hex()


def _mark_of(key: bytes) -> bytes:
    return hmac.digest(key, b"tsunagu audit: which key", "sha256")[:MARK_BYTES]
