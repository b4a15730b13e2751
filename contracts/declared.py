"""
The catalogue's TOML files as they stand, before anything in them has a type.

`kinds.py` is written from here, so that a new source, event type or item needs no edit of any enum: nothing here may import it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "catalogue"

COMMON = "common.toml"
"""Holds what all files of a folder share, and is none of them."""

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class Mistake(ValueError):
    """A file of the catalogue cannot be used. Says which file, which key, and what is the matter."""

    def __init__(self, file: Path, key: str, matter: str) -> None:
        super().__init__(f"contracts/catalogue/{file.relative_to(FOLDER)}: {key}: {matter}")


@dataclass(frozen=True, slots=True)
class Declared:
    """One file and what it says."""

    file: Path
    content: Mapping[str, Any]

    def code(self) -> str:
        """Its `code`, which is also the file's name behind the number. Raises Mistake."""
        code = self.content.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise Mistake(self.file, "code", "missing, or not a word of small letters, digits and underscores")
        if self.file.stem.partition("_")[2] != code:
            raise Mistake(self.file, "code", f"{code!r}, but the file is called after {self.file.stem.partition('_')[2]!r}")
        return code

    def event_types(self) -> tuple[str, ...]:
        """The names of its event types. Raises Mistake."""
        entries = self.content.get("event_type")
        if not isinstance(entries, list) or not entries:
            raise Mistake(self.file, "event_type", "a source has at least one")
        return tuple(self._type(number, entry) for number, entry in enumerate(entries))

    def _type(self, number: int, entry: Mapping[str, Any]) -> str:
        name = entry.get("type")
        if not isinstance(name, str) or not _EVENT_TYPE.fullmatch(name):
            raise Mistake(self.file, f"event_type[{number}].type", "missing, or not words joined by a dot, such as loan.changed")
        return name


def read(file: Path) -> Declared:
    """A file of the catalogue. Raises Mistake if it is no TOML."""
    try:
        return Declared(file, tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise Mistake(file, "the file", f"not TOML: {error}") from error


def common() -> Declared:
    """What every source says besides its records."""
    return read(FOLDER / COMMON)


def sources(folder: Path = FOLDER / "sources") -> tuple[Declared, ...]:
    """One file per source, in the order of the city's table."""
    return tuple(_in_order(folder))


def items(folder: Path = FOLDER / "items") -> tuple[Declared, ...]:
    """One file per item, in the order of the city's list."""
    return tuple(_in_order(folder))


def _in_order(folder: Path) -> Iterator[Declared]:
    seen: dict[str, Path] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name == COMMON:
            continue
        declared = read(file)
        if (code := declared.code()) in seen:
            raise Mistake(file, "code", f"{code!r} is the code of {seen[code].name} too")
        seen[code] = file
        yield declared
