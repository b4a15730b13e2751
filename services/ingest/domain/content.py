"""What a record says, in one text: what is hashed, kept and handed on. It is written once, because that takes longer than to check it."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from contracts.values import Operation

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def written(data: Mapping[str, Any]) -> str:
    """Data as JSON in one spelling: keys in order, nothing between them."""
    return _CANONICAL.encode(data)


def hash_of(operation: Operation, stated: date | None, text: str) -> bytes:
    """
    SHA-256 of what a record says: its operation, its stated day and its data, as `written`; not when it was recorded or published.

    Never to be changed: the ledger would not know again what came before.
    """
    day = "null" if stated is None else f'"{stated.isoformat()}"'
    return sha256(f'["{operation}",{day},{text}]'.encode()).digest()


def composed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as older releases hashed it: with its texts composed (NFC)."""
    return {name: unicodedata.normalize("NFC", value) if isinstance(value, str) else value for name, value in data.items()}
