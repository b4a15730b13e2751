"""Reads the catalogue's data files once, at import: a mistake in them stops every service at its start."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from contracts.catalogue.entries import Denial, EventType, FixedList, SourceEntry
from contracts.values import Source

WATERMARK_TYPE = "feed.watermark"
"""The event type by which every source says up to which day it is complete."""


class NotInCatalogue(LookupError):
    """The catalogue has no such source, or the source has no such event type."""


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


_FOLDER = files(__package__ or "contracts.catalogue")
_COMMON = _read(_FOLDER / "common.toml")
_FILES = tuple(_read(file) for file in sorted((_FOLDER / "sources").iterdir(), key=lambda file: file.name) if file.name.endswith(".toml"))


def _event_types() -> Iterator[EventType]:
    for content in _FILES:
        for entry in (*content["event_type"], *_COMMON["event_type"]):
            yield EventType(source=content["code"], **entry)


def _sources() -> Iterator[SourceEntry]:
    for content in _FILES:
        types = tuple(kind.type for kind in EVENT_TYPES if kind.source == content["code"])
        yield SourceEntry(**{key: value for key, value in content.items() if key != "event_type"}, event_types=types)


ENUMS: dict[str, FixedList] = {name: FixedList(**entry) for name, entry in _read(_FOLDER / "enums.toml").items()}
"""The fixed lists by their names."""

DENIED: tuple[Denial, ...] = tuple(Denial(**entry) for entry in _read(_FOLDER / "deny.toml")["rule"])
"""What is refused by name, in the order in which it is looked for."""

EVENT_TYPES: tuple[EventType, ...] = tuple(_event_types())
"""Every event type of every source, the watermark included."""

SOURCES: tuple[SourceEntry, ...] = tuple(_sources())
"""The sixteen sources in the order of the city's table."""

_BY_TYPE = {(kind.source.value, kind.type): kind for kind in EVENT_TYPES}
_BY_CODE = {entry.code.value: entry for entry in SOURCES}


def source(code: Source | str) -> SourceEntry:
    """The entry of a source. Raises NotInCatalogue."""
    found = _BY_CODE.get(str(code))
    if found is None:
        message = f"no source {code!r} among {list(_BY_CODE)}"
        raise NotInCatalogue(message)
    return found


def event_type(source: Source | str, type: str) -> EventType:  # noqa: A002 - the contract's own word
    """The entry of one event type of one source. Raises NotInCatalogue."""
    found = _BY_TYPE.get((str(source), type))
    if found is None:
        message = f"{source!s} has no event type of that name"
        raise NotInCatalogue(message)
    return found
