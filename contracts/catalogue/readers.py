"""
Reads the fields of a record's `data` into Python's types, for the facts (`contracts/facts.py`).

By hand and not by pydantic, because every evaluation of a child reads all of its records again. What ingest let pass reads; anything else
is Unreadable. What a reader raises itself may repeat the value, which may be
personal: a class's `read` lets it go no further than `unreadable`.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from contracts.days import is_countable

T = TypeVar("T")
Fields = tuple[tuple[str, Callable[[Any], object], bool], ...]
"""Name, reader, and whether it must be there."""

_ISO_LENGTH = len("2026-04-11")
_MISSING_PARTS = {len("1985"): "-01-01", len("1985-06"): "-01"}


class Unreadable(Exception):
    """A record lacks what every record of its type says, or holds something else there. `path` names the field, never its value."""

    def __init__(self, path: str) -> None:
        super().__init__(f"cannot read {path}")
        self.path = path


def unreadable(data: Mapping[str, Any], fields: Fields) -> Unreadable:
    """What is the matter with `data`, of which it is known that it cannot be read: the first field that cannot."""
    return Unreadable(next(name for name, read, is_needed in fields if not _reads(data.get(name), read, is_needed=is_needed)))


def _reads(value: object, read: Callable[[Any], object], *, is_needed: bool) -> bool:
    if value is None:
        return not is_needed
    try:
        read(value)
    except (LookupError, TypeError, ValueError):
        return False
    return True


def one_of(listed: Mapping[str, T]) -> Callable[[Any], T]:
    """A reader of a fixed list."""
    return listed.__getitem__


@lru_cache(maxsize=8_192)  # A child's records, and all children's, name the same few thousand days: 110 bytes each.
def day(value: object) -> date:
    """A day, from ISO 8601."""
    if not isinstance(value, str) or len(value) != _ISO_LENGTH or value[4] != "-" or value[7] != "-":
        raise ValueError("not a day")
    found = date.fromisoformat(value)
    if not is_countable(found):
        raise ValueError("no age can be counted from this day")
    return found


def birth_day(value: object) -> str:
    """A birth date as far as it is known, as it stands: "1985-06-11", "1985-06", "1985" or "unknown"."""
    told = text(value)
    if told != "unknown":
        day(told + _MISSING_PARTS.get(len(told), ""))
    return told


def text(value: object) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value:
        raise TypeError("not a text")
    return value


def whole(value: object) -> int:
    """A whole number. Python takes True for 1; a register does not."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def decimal(value: object) -> float:
    """A number, whole or not."""
    number = value if isinstance(value, float) else float(whole(value))
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def truth(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise TypeError("not yes or no")
    return value


def several(read: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """A reader of a list of values that `read` reads."""

    def read_all(values: object) -> tuple[T, ...]:
        if not isinstance(values, list):
            raise TypeError("not a list")
        return tuple(map(read, values))

    return read_all
