"""
Canonical JSON and keys: the one form in which what a service tells the audit is signed, kept and verified (RFC 8785).

A profile that the standard library writes by itself: ASCII keys, integers below 2**53, no floats. Nothing here needs more than Python's
own library, so that whoever verifies elsewhere uses these very lines.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

LARGEST_INTEGER = 2**53 - 1
"""Beyond it, JSON readers of other languages round (RFC 8785 §3.2.2.3)."""

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How an instant is written: UTC, always six decimals."""

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4


class NotCanonical(Exception):
    """The value cannot be written, or the bytes are not written, in the one form that the log accepts."""


def canonical(value: Any) -> bytes:
    """`value` as canonical JSON. Raises NotCanonical where the profile (see above) does not cover it."""
    _check_profile(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("a lone surrogate is not a character") from error


def instant_text(instant: datetime) -> str:
    """An instant as the log writes it: UTC, always six decimals. A naive one is refused (ValueError): it names no instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC).strftime(INSTANT)


def key_id(name: str, public_key: bytes) -> str:
    """The hex by which a signature names an Ed25519 key (C2SP signed-note, "Key IDs")."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_KEY_ID_BYTES].hex()


def key_line(name: str, public_key: bytes) -> str:
    """An Ed25519 public key as one line (vkey), as `tsunagu audit` and other tools read it."""
    return f"{name}+{key_id(name, public_key)}+{b64encode(_ED25519 + public_key).decode()}"


def _check_profile(value: Any) -> None:
    match value:
        case None | str() | bool():
            return
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise NotCanonical("an integer beyond 2**53 - 1")
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise NotCanonical("a key that is not ASCII")
                _check_profile(inner)
        case list() | tuple():
            for inner in value:
                _check_profile(inner)
        case _:
            raise NotCanonical(f"a {type(value).__name__} has no place in a leaf")
