"""Reads the catalogue's data files once, at import: a mistake in them stops every service at its start, and says where it is."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from contracts import declared
from contracts.catalogue.entries import Denial, Entry, EventType, FixedList, ItemEntry, Linking, Sensitive, SharedWords, SourceEntry
from contracts.declared import FOLDER, Declared, Mistake
from contracts.kinds import EventKind, Item, Source
from contracts.organisation import ORGANISATION

WARDS = "ward"
"""The list that is the city's and not the catalogue's."""

WATERMARK_TYPE = EventKind.FEED_WATERMARK
"""The event type by which every source says up to which day it is complete."""

E = TypeVar("E", bound=Entry)


class NotInCatalogue(LookupError):
    """The catalogue has no such source, or the source has no such event type."""


def _entry(model: type[E], file: Declared, content: Mapping[str, Any], *key: str) -> E:
    """What `content` says under `key` of the file. Raises Mistake."""
    try:
        return model(**content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Mistake(file.file, ".".join([*key, *map(str, first["loc"])]) or "the file", first["msg"]) from None


def _lists() -> Iterator[tuple[str, FixedList]]:
    file = declared.read(FOLDER / "enums.toml")
    wards = {"values": [ward.code for ward in ORGANISATION.wards], "spellings": ORGANISATION.spellings}
    for name, content in file.content.items():
        yield name, _entry(FixedList, file, {**content, **wards} if name == WARDS else content, name)


def _denials() -> Iterator[Denial]:
    file = declared.read(FOLDER / "deny.toml")
    for number, content in enumerate(file.content["rule"]):
        yield _entry(Denial, file, content, f"rule[{number}]")


def _event_types() -> Iterator[EventType]:
    seen: dict[str, EventType] = {}
    for source_file in _SOURCE_FILES:
        for file in (source_file, _COMMON):
            for content in file.content["event_type"]:
                entry = _entry(EventType, file, {"source": source_file.code(), **content}, content["type"])
                _agrees(file, entry, seen.setdefault(entry.type, entry), seen.setdefault(entry.fact_name, entry))
                yield entry


def _agrees(file: Declared, entry: EventType, first: EventType, namesake: EventType) -> None:
    """Raises Mistake where a field's list is none, another source says the same type otherwise, or has a class of facts of that name."""
    for field in entry.fields:
        if field.enum is not None and field.enum not in ENUMS:
            raise Mistake(file.file, f"{entry.type}.{field.name}.enum", f"{field.enum!r} is no list of enums.toml")
    if first.way != entry.way:
        raise Mistake(file.file, entry.type, f"about, link, subject and care are not as those of {first.source}, which says it too")
    if namesake is not entry and entry.link is not Linking.NONE:
        raise Mistake(file.file, entry.type, f'its facts would be called {entry.fact_name} as those of {namesake.source}: say fact = "…"')


def _sources() -> Iterator[SourceEntry]:
    for file in _SOURCE_FILES:
        types = tuple(kind.type for kind in EVENT_TYPES if kind.source == file.code())
        described = {key: value for key, value in file.content.items() if key != "event_type"}
        yield _entry(SourceEntry, file, {**described, "event_types": types})


def _shared_words() -> SharedWords:
    file = declared.read(FOLDER / "items" / declared.COMMON)
    words = _entry(SharedWords, file, file.content)
    if missing := set(Sensitive) - words.sensitivity.keys():
        raise Mistake(file.file, "sensitivity", f"no words for {sorted(kind.value for kind in missing)}")
    return words


def _items() -> Iterator[ItemEntry]:
    for file in declared.items():
        content = dict(file.content)
        family = content.pop("family", None)
        if family is not None and family not in _SHARED.family:
            raise Mistake(file.file, "family", f"{family!r} is none of {sorted(_SHARED.family)}, which items/common.toml has")
        reasons = {**_SHARED.reasons, **_SHARED.family.get(family, {}), **content.get("reasons", {})}
        yield _entry(ItemEntry, file, {**content, "reasons": reasons})


_COMMON = declared.common()
_SOURCE_FILES = declared.sources()
_SHARED = _shared_words()

ENUMS: dict[str, FixedList] = dict(_lists())
"""The fixed lists by their names."""

DENIED: tuple[Denial, ...] = tuple(_denials())
"""What is refused by name, in the order in which it is looked for."""

EVENT_TYPES: tuple[EventType, ...] = tuple(_event_types())
"""Every event type of every source, the watermark included."""

SOURCES: tuple[SourceEntry, ...] = tuple(_sources())
"""The sixteen sources in the order of the city's table."""

ITEMS: Mapping[Item, ItemEntry] = MappingProxyType({entry.code: entry for entry in _items()})
"""The items in the order of the city's list."""

SENSITIVITY_WORDS: Mapping[Sensitive, str] = MappingProxyType({kind: _SHARED.sensitivity[kind] for kind in Sensitive})
"""How a page calls the sensitive kinds of items, of which it shows only a number."""

_BY_TYPE = {(kind.source.value, kind.type.value): kind for kind in EVENT_TYPES}
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
