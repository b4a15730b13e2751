"""JSON Schema of a source event as a source writes it: CloudEvents 1.0 around a `data` of the catalogue."""

from typing import Any

from contracts.catalogue.entries import EventType, FieldType, SourceField
from contracts.catalogue.examples import example_event
from contracts.catalogue.loading import ENUMS, WATERMARK_TYPE, event_type
from contracts.catalogue.models import IDENTIFIER_PATTERN, data_model
from contracts.values import Source

_IDENTIFIER = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": IDENTIFIER_PATTERN}

_ENVELOPE: dict[str, Any] = {
    "specversion": {"const": "1.0"},
    "id": _IDENTIFIER | {"description": "Unique within the source; a repetition has the same."},
    "time": {"type": "string", "format": "date-time", "description": "When the event was published, with its offset."},
    "subject": _IDENTIFIER | {"description": "The source's own number of the record."},
    "schemaversion": {"enum": ["1", 1], "default": "1"},
    "revision": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "description": "The highest one of a record wins."},
    "op": {"enum": ["upsert", "void"], "default": "upsert", "description": "void takes the record back: it was never true."},
    "effectiveon": {"type": "string", "format": "date", "description": "Default: the day of recordedat in Japan."},
    "recordedat": {"type": "string", "format": "date-time", "description": "Default: time."},
    "datacontenttype": {"const": "application/json"},
    "traceparent": {"type": "string", "description": "W3C trace context."},
    "tracestate": {"description": "W3C trace context; not kept."},
    "personno": _IDENTIFIER | {"description": "宛名番号, for systems that keep it outside the record."},
}

_ERA_DAY = {"type": "string", "description": "Or a Japanese era: 令和8年4月11日, R8.4.11"}


def source_event_schema(source: Source | str, type: str) -> dict[str, Any]:  # noqa: A002 - the contract's own word
    """The JSON Schema (2020-12) of one event type of one source, spellings that ingest normalises included. Raises NotInCatalogue."""
    entry = event_type(source, type)
    required = ["specversion", "id", "source", "type", "time"]
    if type != WATERMARK_TYPE:
        required += ["subject", "revision"]
    attributes = {**_ENVELOPE, "source": {"const": entry.source.value}, "type": {"const": entry.type}, "data": _data_schema(entry)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{entry.source} {entry.type}",
        "description": entry.en,
        "type": "object",
        "properties": {name: schema if name in required else _or_unset(schema) for name, schema in attributes.items()},
        "required": required,
        "additionalProperties": {"type": "null"},
        "if": {"properties": {"op": {"const": "void"}}, "required": ["op"]},
        "then": {},
        "else": {"required": ["data"], "properties": {"data": {"type": "object"}}},
        "examples": [example_event(source, type)],
    }


def _or_unset(schema: dict[str, Any]) -> dict[str, Any]:
    """An attribute that is null is unset, as if it were not there (CloudEvents JSON format 1.0, section 2.2)."""
    return {"anyOf": [schema, {"type": "null"}]}


def _data_schema(entry: EventType) -> dict[str, Any]:
    schema = data_model(entry.source, entry.type).model_json_schema()
    for field in entry.fields:
        _widen(schema["properties"][field.name], field)
    if entry.any_of:
        schema["anyOf"] = [{"required": [name]} for name in entry.any_of]
    return schema


def _widen(schema: dict[str, Any], field: SourceField) -> None:
    """Adds to `schema` the spellings that ingest turns into the value which the model wants."""
    for part in schema.get("anyOf", [schema]):
        if part.get("type") == "null":
            continue
        if field.type is FieldType.ENUM:
            _widen_enum(part, field)
        elif field.type is FieldType.DATE:
            _offer(part, _ERA_DAY)
        elif field.type is FieldType.BIRTH_DATE:
            part["examples"] = ["1985-06-11", "昭和60年6月11日", "昭和60年6月日不詳", "1985-00-00", "1985", "不詳"]
        elif field.type is FieldType.WEEKS:
            _offer(part, {"type": "string", "pattern": "^[0-9]{1,2}(w|週)([0-6](d|日))?$"})


def _widen_enum(part: dict[str, Any], field: SourceField) -> None:
    listed = ENUMS[field.enum or ""]
    spellings = [spelling for spelling in listed.spellings if "*" not in spelling and spelling not in listed.values]
    numbers = [int(spelling) for spelling in spellings if spelling.isascii() and spelling.isdigit()]
    kept = {key: part.pop(key) for key in ("enum", "const", "type") if key in part}
    canonical = kept.get("enum") or [kept["const"]]
    part["anyOf"] = [{"enum": canonical}, {"enum": [*spellings, *numbers]}] if spellings else [{"enum": canonical}]
    if any("*" in spelling for spelling in listed.spellings):
        part["anyOf"].append({"type": "string", "pattern": "の"})


def _offer(part: dict[str, Any], alternative: dict[str, Any]) -> None:
    moved = {key: part.pop(key) for key in ("type", "format", "minimum", "maximum") if key in part}
    part["anyOf"] = [moved, alternative]
