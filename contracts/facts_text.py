"""
The text of `facts.py`: what a record says, as a frozen dataclass per event type, with a reader that is plain code.

Written down and not made at run time, so that a type checker sees every field and nothing is left to compile when a record comes.
"""

import json
from collections.abc import Iterable
from keyword import iskeyword

from contracts import values
from contracts.catalogue import ENUMS, EVENT_TYPES, EventType, FieldType, Linking, SourceField

_HEAD = '''"""
What the records say, typed: one class per event type of a source, without whatever names a person.

Generated from the catalogue (`contracts/catalogue/sources`) by `python -m contracts.generate`: change the TOML files, never this.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from contracts.catalogue import readers
from contracts.kinds import EventKind, Source
'''

_READER = """
_T = TypeVar("_T")
_Reader: TypeAlias = Callable[[Any], _T]
"""

_PYTHON: dict[FieldType, tuple[str, str]] = {
    FieldType.TEXT: ("str", "readers.text"),
    FieldType.IDENTIFIER: ("str", "readers.text"),
    FieldType.PERSON_NO: ("str", "readers.text"),
    FieldType.DATE: ("date", "readers.day"),
    FieldType.BIRTH_DATE: ("str", "readers.birth_day"),
    FieldType.INTEGER: ("int", "readers.whole"),
    FieldType.WEEKS: ("int", "readers.whole"),
    FieldType.DECIMAL: ("float", "readers.decimal"),
    FieldType.BOOLEAN: ("bool", "readers.truth"),
}
"""The annotation and the reader of each type but the fixed lists."""

_OWN = frozenset({"read", "said_by", "event_kind"})
"""What every class has besides its fields."""


def facts_text() -> str:
    """The module as it is committed."""
    kinds = [kind for kind in EVENT_TYPES if kind.link is not Linking.NONE]
    listed = {field.enum for kind in kinds for field in _fields(kind) if field.enum is not None}
    shared = sorted(_camel(name) for name in listed if _is_value(name))
    head = _HEAD + (f"from contracts.values import {', '.join(shared)}\n" if shared else "") + _READER
    lists = "".join(_list(name) for name in sorted(listed))
    return head + lists + "".join(_class(kind) for kind in kinds) + _union(kinds)


def _list(name: str) -> str:
    """A fixed list as a type, and what reads it."""
    alias = _camel(name)
    if _is_value(name):
        return f"\n_{name.upper()}: _Reader[{alias}] = readers.one_of({{each.value: each for each in {alias}}})\n"
    quoted = [json.dumps(value, ensure_ascii=False) for value in ENUMS[name].values]
    choices, lookup = ", ".join(quoted), ", ".join(f"{value}: {value}" for value in quoted)
    return (
        f"\n{alias}: TypeAlias = Literal[{choices}]\n{_documented(ENUMS[name].en)}\n"
        f"_{name.upper()}: _Reader[{alias}] = readers.one_of({{{lookup}}})\n"
    )


def _class(kind: EventType) -> str:
    fields = _fields(kind)
    declared = "".join(f"    {_attribute(field)}: {_annotation(field)}\n    {_documented(field.en)}\n" for field in fields)
    given = "".join(f"                {_attribute(field)}={_given(field)},\n" for field in fields)
    readers = "".join(f'            ("{field.name}", {_reader(field)}, {field.required}),\n' for field in fields)
    return (
        f"\n\n@dataclass(frozen=True, slots=True, kw_only=True)\nclass {kind.fact_name}:\n"
        f"    {_documented(kind.en)}\n\n"
        f"    said_by: ClassVar[Source] = Source.{kind.source.name}\n"
        f"    event_kind: ClassVar[EventKind] = EventKind.{kind.type.name}\n\n"
        f"{declared}\n    @classmethod\n    def read(cls, data: Mapping[str, Any]) -> Self:\n"
        f'        """Read a record that stands. Raises Unreadable."""\n'
        f"        get = data.get\n"
        f"        try:\n            return cls(\n{given}            )\n"
        f"        except (LookupError, TypeError, ValueError):\n            raise readers.unreadable(data, cls._fields()) from None\n\n"
        f"    @staticmethod\n    def _fields() -> readers.Fields:\n        return (\n{readers}        )\n"
    )


def _union(kinds: Iterable[EventType]) -> str:
    names = [kind.fact_name for kind in kinds]
    entries = "".join(f"    ({name}.said_by, {name}.event_kind): {name}.read,\n" for name in names)
    return (
        f"\n\nFact: TypeAlias = (\n    {names[0]}\n" + "".join(f"    | {name}\n" for name in names[1:]) + ")\n"
        '"""What any record says."""\n\n'
        f"READERS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Fact]] = {{\n{entries}}}\n"
        '"""The reader of each event type of each source."""\n'
    )


def _fields(kind: EventType) -> list[SourceField]:
    return [field for field in kind.fields if not field.names_person]


def _attribute(field: SourceField) -> str:
    return f"{field.name}_" if iskeyword(field.name) or field.name in _OWN else field.name


def _annotation(field: SourceField) -> str:
    name = _one(field)
    if field.list:
        return f"tuple[{name}, ...]" + ("" if field.required else " = ()")
    if field.required:
        return name
    return f'{name} = "{field.default}"' if field.default is not None else f"{name} | None = None"


def _one(field: SourceField) -> str:
    return _camel(field.enum) if field.enum is not None else _PYTHON[field.type][0]


def _given(field: SourceField) -> str:
    """What reads the field. Without a call for what is not there: of most fields there is nothing."""
    if field.required:
        return f'{_reader(field)}(data["{field.name}"])'
    missing = "()" if field.list else f'"{field.default}"' if field.default is not None else "None"
    return f'{missing} if (value := get("{field.name}")) is None else {_reader(field)}(value)'


def _reader(field: SourceField) -> str:
    one = f"_{field.enum.upper()}" if field.enum is not None else _PYTHON[field.type][1]
    return f"readers.several({one})" if field.list else one


def _is_value(name: str) -> bool:
    """Whether the list is one of the enums that all services share."""
    enum = getattr(values, _camel(name), None)
    return enum is not None and {each.value for each in enum} == set(ENUMS[name].values)


def _documented(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"""{escaped}."""'


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
