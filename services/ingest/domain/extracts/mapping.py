"""From a row's cells to an event, by the adapter. What cannot be read is told by row and column; what it says is judged at the desk."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from contracts.catalogue import FieldType, SourceField
from contracts.texts import has_too_many_marks
from contracts.values import Operation
from services.ingest.domain.admission import Door, Inlet, Purpose
from services.ingest.domain.envelope import SCHEMA_VERSION, SPEC_VERSION
from services.ingest.domain.extracts import cells as spelled
from services.ingest.domain.extracts.adapter import Adapter, Cell
from services.ingest.domain.extracts.cells import BLANKS, half_width, is_blank
from services.ingest.domain.extracts.faults import RowFault
from services.ingest.domain.extracts.rows import Heading
from services.ingest.domain.reading import RawEvent, examine

_DAYS = {FieldType.DATE, FieldType.BIRTH_DATE}
_INTEGERS = {FieldType.INTEGER}


class Unreadable(Exception):
    """A cell cannot be read; the code says why, and never what stands there."""


class Mapper:
    """Makes events of rows."""

    def __init__(self, adapter: Adapter, heading: Heading) -> None:
        self._adapter = adapter
        self._heading = heading
        by_name = adapter.kind.by_name
        self._fields = [(by_name[name], cell) for name, cell in adapter.fields.items()]

    def data(self, row: int, cells: Sequence[str], faults: list[RowFault]) -> dict[str, Any]:
        """The record that a row tells. Cells that cannot be read are left out, and told of in `faults`."""
        data: dict[str, Any] = {}
        for field, cell in self._fields:
            try:
                value = self._value(field, cell, cells)
            except Unreadable as error:
                faults.append(RowFault(row, "、".join(cell.sources), str(error)))
                continue
            if value is not None:
                data[field.name] = value
        return data

    def times(self, row: int, cells: Sequence[str], faults: list[RowFault]) -> dict[str, str]:
        """`recordedat` and `effectiveon`, where the row tells them."""
        told: dict[str, str] = {}
        rule, eras = self._adapter.record, self._adapter.eras_told
        for name, column in (("recordedat", rule.recorded_at), ("effectiveon", rule.effective_on)):
            text = self._text(column, cells) if column else ""
            if not column or is_blank(text, self._adapter.empty):
                continue
            found = spelled.instant(text, eras) if name == "recordedat" else spelled.day(text, eras)
            if found is None:
                faults.append(RowFault(row, column, "not_an_instant" if name == "recordedat" else "not_a_date"))
            else:
                told[name] = found
        return told

    def _value(self, field: SourceField, cell: Cell, cells: Sequence[str]) -> Any:
        if cell.value is not None:
            return [cell.value] if field.list else cell.value
        texts = [self._text(column, cells) for column in cell.sources]
        if cell.split:
            texts = [part.strip(BLANKS) for text in texts for part in text.split(cell.split)]
        values = [self._read(field, cell, text) for text in texts if not (is_blank(text, self._adapter.empty) or text in cell.empty)]
        if field.list:
            return values or None
        return values[0] if values else None

    def _text(self, column: str, cells: Sequence[str]) -> str:
        text = cells[self._heading.place[column]].strip(BLANKS)
        return half_width(text).strip() if column in self._adapter.half_width else text

    def _read(self, field: SourceField, cell: Cell, text: str) -> Any:
        if cell.codes is not None:
            if text not in cell.codes:
                raise Unreadable("not_in_table")
            return cell.codes[text]
        if field.type in _DAYS:
            return self._day(field, cell, text)
        if field.type in _INTEGERS:
            return _found(spelled.integer(text), "not_a_number")
        if field.type is FieldType.DECIMAL:
            return _found(spelled.decimal(text, cell.divide), "not_a_number")
        if field.type is FieldType.WEEKS:
            # 14週2日 is read at the desk, as from every inlet.
            weeks = spelled.integer(text)
            return text if weeks is None else weeks
        return text

    def _day(self, field: SourceField, cell: Cell, text: str) -> str:
        read = spelled.born if field.type is FieldType.BIRTH_DATE else spelled.day
        found: str = _found(read(text, self._adapter.eras_told), "not_a_date")
        return _found(spelled.later(found, cell.add_days), "not_a_date") if cell.add_days else found


def _found(value: Any, code: str) -> Any:
    if value is None:
        raise Unreadable(code)
    return value


def event_of(
    adapter: Adapter,
    record_id: str,
    revision: int,
    *,
    event_id: str,
    at: str,
    operation: Operation = Operation.UPSERT,
    data: Mapping[str, Any] | None = None,
    times: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The CloudEvent of one record. `at` is when the extract was taken up, by RFC 3339."""
    event: dict[str, Any] = {
        "specversion": SPEC_VERSION,
        "id": event_id,
        "source": adapter.source.value,
        "type": adapter.event_type,
        "time": at,
        "subject": record_id,
        "schemaversion": SCHEMA_VERSION,
        "revision": revision,
        "op": operation.value,
        **(times or {}),
    }
    return event if data is None else {**event, "data": dict(data)}


def raw_event(event: dict[str, Any], row: str = "") -> RawEvent:
    """
    The event as any inlet hands it over. `row` is the text of the row that it was made of.

    What no store can hold was in the row, or is not in the event: one look at the whole row spares one at each value.
    """
    doubtful = "\x00" in row or "\ufffd" in row or has_too_many_marks(row)
    return examine(event) if doubtful else RawEvent(event)


def always_open(adapter: Adapter, today: date, latest: datetime) -> Door:
    """The door of a source whose purpose is registered: what an event says does not depend on that."""
    return Door(adapter.source, Inlet.EXTRACT, today, latest, {adapter.source: Purpose(adapter.source, None)})
