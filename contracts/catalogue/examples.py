"""
An example of every event that a source may send: in the JSON Schemas, in the pages for a source's maker, on the command line.

The catalogue gives the fields of an example (`example`) where the plainest values would not tell a story. All of it is invented.
"""

from collections.abc import Callable
from typing import Any

from contracts.catalogue.entries import EventType, FieldType, SourceField
from contracts.catalogue.loading import ENUMS, WATERMARK_TYPE, event_type
from contracts.values import Source

EXAMPLE_DAY = "2026-04-01"
_TIME = "2026-06-01T09:30:00+09:00"

_PLAIN: dict[FieldType, Callable[[SourceField], Any]] = {
    FieldType.TEXT: lambda field: f"{field.ja}の例",
    FieldType.IDENTIFIER: lambda _: "K-0001",
    FieldType.DATE: lambda _: EXAMPLE_DAY,
    FieldType.BIRTH_DATE: lambda _: "2023-06-01",
    FieldType.INTEGER: lambda field: field.minimum or 0,
    FieldType.DECIMAL: lambda field: float(field.minimum or 0),
    FieldType.BOOLEAN: lambda _: False,
    FieldType.ENUM: lambda field: ENUMS[field.enum or ""].values[0],
    FieldType.PERSON_NO: lambda _: "000000000012345",
    FieldType.WEEKS: lambda _: 10,
}


def example_event(source: Source | str, type: str) -> dict[str, Any]:  # noqa: A002 - the contract's own word
    """A valid event of one type of one source, as CloudEvents JSON. Raises NotInCatalogue."""
    entry = event_type(source, type)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"example-{entry.type}-1",
        "source": entry.source.value,
        "type": entry.type,
        "time": _TIME,
    }
    if entry.type != WATERMARK_TYPE:
        event |= {"subject": "R-0001", "revision": 1, "effectiveon": EXAMPLE_DAY}
    return event | {"datacontenttype": "application/json", "data": _data(entry)}


def _data(entry: EventType) -> dict[str, Any]:
    data = {field.name: _value(field) for field in entry.fields if field.required or field.name in entry.any_of[:1]} | entry.example
    return {field.name: data[field.name] for field in entry.fields if field.name in data}


def _value(field: SourceField) -> Any:
    plain = _PLAIN[field.type](field)
    return [plain] if field.list else plain
