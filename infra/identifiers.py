"""Identifiers are derived, not drawn, wherever a replay must come to the same one."""

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from contracts.ids import EventId, named, uuid_of


class Identifiers:
    """
    Makes identifiers.

    `key` keeps derived ones from being guessed: without it, a list of all 宛名番号 would open every pseudonym in the audit log.
    `draw` gives the random bytes of the others, so that a test can give its own.
    """

    def __init__(self, key: bytes, draw: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._key = key
        self._draw = draw

    def derive(self, kind: str, *parts: str) -> UUID:
        """Return the identifier of the thing of `kind` that `parts` name: the same for the same key and parts."""
        text = "\x1f".join((kind, *parts)).encode()
        return _version_8(hmac.digest(self._key, text, sha256)[:16])

    def random(self) -> UUID:
        """Return an identifier that nobody can foresee."""
        return _version_8(self._draw(16))


def caused(cause: UUID, name: str) -> EventId:
    """Return the id of what `cause` led to under `name`. A replay of the cause says the same id again."""
    return EventId(named(cause, name))


def _version_8(raw: bytes) -> UUID:
    # RFC 9562 §5.8: version 8 is for identifiers made by one's own rule.
    number = int.from_bytes(raw, "big")
    return uuid_of(number & ~(0xF << 76 | 0x3 << 62) | 0x8 << 76 | 0x2 << 62)
