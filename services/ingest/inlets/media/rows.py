"""
A row of a file as an event: what the catalogue calls its columns, and which record it is about (`domain.md` §6.4, "Media batch").

The record is (child, school, month or year), so that another school's or month's row is another record, and the same row of a later
batch a newer revision of this one: the revision is when the batch was made, whatever the order in which batches are brought.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from contracts.catalogue import EventType, FieldType, NotInCatalogue, SourceField, event_type
from contracts.kinds import EventKind
from contracts.values import Source
from services.ingest.domain.normalise import spelled
from services.ingest.domain.reading import RawEvent, examine
from services.ingest.domain.refusals import shown_key
from services.ingest.inlets.media.school.bundle import FileEntry, Manifest
from services.ingest.inlets.media.school.faults import Fault, NotTaken
from services.ingest.inlets.media.school.tables import Table

REVISIONS_FROM = datetime(2020, 1, 1, tzinfo=UTC)
"""Revisions are seconds since then, which fit until 2088."""

RECORD_ID_MAX = 255
ENVELOPE_COLUMNS = {"op": "op", "effective_on": "effectiveon"}
"""Columns beside the catalogue's fields, and the attributes that they become. A row whose `op` is `void` takes a record back."""

_PUPIL = ("school_code", "pupil_key", "fiscal_year")
KEYS: Mapping[str, tuple[str, ...]] = {
    EventKind.ATTENDANCE_MONTH_REPORTED: (*_PUPIL, "month"),
    EventKind.SCHOOL_HEALTH_EXAM_RECORDED: (*_PUPIL, "exam_date"),
    EventKind.SURVEY_RESULT_RECORDED: (*_PUPIL, "survey"),
    EventKind.PUPIL_REGISTERED: _PUPIL,
    EventKind.SCHOOL_AID_DECIDED: (*_PUPIL, "valid_from"),
    EventKind.LUNCH_FEE_ARREARS_CHANGED: (*_PUPIL, "month"),
}
"""The fields by which a record is known. A kind that is not here is known by all of its required fields."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of a batch that was verified: its place in the batch, what it is, and its rows."""

    number: int
    entry: FileEntry
    kind: EventType
    table: Table


def kind_of(source: Source, entry: FileEntry) -> EventType:
    """Return what the catalogue says of a file. Raises NotTaken where the source has no such kind, or a column is missing or unknown."""
    try:
        kind = event_type(source, entry.event_type)
    except NotInCatalogue:
        raise NotTaken(Fault("unknown_type", entry.name)) from None
    known = {field.name for field in kind.fields} | ENVELOPE_COLUMNS.keys()
    unknown = [
        Fault("unknown_column", entry.name, 1, place, shown_key(name)) for place, name in enumerate(entry.columns, 1) if name not in known
    ]
    missing = [name for name in key_fields(kind) if name not in entry.columns]
    if unknown or missing:
        raise NotTaken(*unknown, *(Fault("missing_column", entry.name, 1, detail=name) for name in missing))
    return kind


def key_fields(kind: EventType) -> tuple[str, ...]:
    """Return the fields by which a record of a kind is known."""
    return KEYS.get(kind.type) or tuple(field.name for field in kind.fields if field.required)


def revision_of(made_at: datetime) -> int:
    """Return the revision of whatever was said in a batch."""
    return int((made_at - REVISIONS_FROM).total_seconds())


def events_of(manifest: Manifest, sheet: Sheet) -> Iterator[tuple[int, str, RawEvent]]:
    """Yield each row's line, record and event. Raises NotTaken where a row does not say which record it is about."""
    common = {
        "specversion": "1.0",
        "source": manifest.source,
        "type": sheet.kind.type,
        "time": manifest.made_at.isoformat(),
        "recordedat": manifest.made_at.isoformat(),
        "revision": revision_of(manifest.made_at),
    }
    fields = [sheet.kind.by_name.get(name) for name in sheet.table.columns]
    for line, cells in sheet.table.rows:
        said = dict(zip(sheet.table.columns, cells, strict=True))
        data = {field.name: value_of(field, cell) for field, cell in zip(fields, cells, strict=True) if field is not None and cell.strip()}
        record = _record_of(sheet, line, data)
        beside = {ENVELOPE_COLUMNS[name]: cell for name, cell in said.items() if name in ENVELOPE_COLUMNS and cell}
        if beside.get("op") == "void":
            data = {name: data[name] for name in sheet.kind.subject if name in data}
        event = {**common, "id": f"{manifest.batch_id}.{sheet.number}.{line}", "subject": record, **beside, "data": data}
        yield line, record, examine(event)


def _record_of(sheet: Sheet, line: int, data: Mapping[str, Any]) -> str:
    parts = [_key_part(sheet.kind.by_name[name], data.get(name, "")) for name in key_fields(sheet.kind)]
    record = "/".join(quote(part, safe="") for part in parts)
    if not all(parts) or len(record) > RECORD_ID_MAX:
        raise NotTaken(Fault("no_key", sheet.entry.name, line))
    return record


def _key_part(field: SourceField, value: Any) -> str:
    """One spelling of what a record is known by; of a day its month (§6.4), so that a day that was wrong can be mended."""
    text = str(spelled(field, value))
    return text[: len("2026-04")] if field.type is FieldType.DATE else text


def value_of(field: SourceField, cell: str) -> Any:
    """
    What a cell says, in the form of JSON. What cannot be read is passed on as text: the catalogue's check refuses it by its name.

    Only numbers that are counted with are read (full-width digits too); a number that names something stays text, zeros and all.
    """
    plain = unicodedata.normalize("NFKC", cell).strip()
    if field.list:
        return cell.split(";")
    if field.type in {FieldType.INTEGER, FieldType.WEEKS} and _INTEGER.fullmatch(plain):
        return int(plain)
    if field.type is FieldType.DECIMAL and _DECIMAL.fullmatch(plain):
        return float(plain)
    if field.type is FieldType.BOOLEAN:
        return _TRUTH.get(plain.casefold(), cell)
    return cell


def places_of(sheet: Sheet, line: int, faults: Sequence[tuple[str, str]]) -> list[Fault]:
    """Say where a row is refused, by row and column, with the catalogue's path and code."""
    columns = {name: place for place, name in enumerate(sheet.table.columns, 1)}
    return [Fault("not_taken", sheet.entry.name, line, columns.get(path), f"{path} ({code})") for path, code in faults]
