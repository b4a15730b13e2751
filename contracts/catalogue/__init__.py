"""
The catalogue: which source systems and items there are, what each source may say, and what nobody may say (FEED, ITEM, §2.4, §6.4).

It is data (`*.toml` in this folder), so that adding a source, a field or an item's words is a change of data with an approval, not of code.
`ITEMS` has every word of an item. `source(code)` and `event_type(source, type)` look up; `data_model(source, type)` is the pydantic model
of a normalised `data`; `source_event_schema(source, type)` is the JSON Schema of the whole event as a source writes it,
`example_event(source, type)` one that is valid.
"""

from contracts.catalogue.entries import (
    About,
    AcquisitionMode,
    Denial,
    EventType,
    FieldType,
    FixedList,
    ItemEntry,
    Linking,
    Sensitive,
    Sensitivity,
    SourceEntry,
    SourceField,
)
from contracts.catalogue.examples import example_event
from contracts.catalogue.loading import (
    DENIED,
    ENUMS,
    EVENT_TYPES,
    ITEMS,
    SENSITIVITY_WORDS,
    SOURCES,
    WATERMARK_TYPE,
    NotInCatalogue,
    event_type,
    source,
)
from contracts.catalogue.models import IDENTIFIER_PATTERN, PERSON_NO_PATTERN, UNKNOWN_DAY, data_model, field_check
from contracts.catalogue.schemas import source_event_schema

__all__ = [
    "DENIED",
    "ENUMS",
    "EVENT_TYPES",
    "IDENTIFIER_PATTERN",
    "ITEMS",
    "PERSON_NO_PATTERN",
    "SENSITIVITY_WORDS",
    "SOURCES",
    "UNKNOWN_DAY",
    "WATERMARK_TYPE",
    "About",
    "AcquisitionMode",
    "Denial",
    "EventType",
    "FieldType",
    "FixedList",
    "ItemEntry",
    "Linking",
    "NotInCatalogue",
    "Sensitive",
    "Sensitivity",
    "SourceEntry",
    "SourceField",
    "data_model",
    "event_type",
    "example_event",
    "field_check",
    "source",
    "source_event_schema",
]
