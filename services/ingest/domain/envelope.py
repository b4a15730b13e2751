"""The envelope of a source event: CloudEvents 1.0 with the extension attributes of `contracts.catalogue.source_event_schema`."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from contracts.catalogue import IDENTIFIER_PATTERN, WATERMARK_TYPE
from contracts.days import EARLIEST_DAY, LATEST_DAY, is_countable
from contracts.quick import quick
from contracts.values import Operation
from services.ingest.domain.normalise import iso_day
from services.ingest.domain.refusals import Refusal, path_of, refuse, refuse_for

SPEC_VERSION = "1.0"
SCHEMA_VERSION = "1"
TEXT_LENGTH_MAX = 255
REVISION_MAX = 2**31 - 1
_INSTANT_LENGTH_MAX = 40
JAPAN = ZoneInfo("Asia/Tokyo")
_YEARS_WITHIN = range(EARLIEST_DAY.year + 1, LATEST_DAY.year)
"""Every instant of these lies within the days that can be counted, in any zone."""

ATTRIBUTES = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "subject",
        "schemaversion",
        "revision",
        "op",
        "effectiveon",
        "recordedat",
        "datacontenttype",
        "traceparent",
        "tracestate",
        "personno",
        "data",
    }
)

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
# Version ff and ids of nothing but zeros are invalid; a version of the future may say more, which is left out.
_TRACE = re.compile(r"(?!ff)(?P<version>[0-9a-f]{2})(?P<known>-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(?P<more>-[^\n]*)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
IDENTIFIER = re.compile(IDENTIFIER_PATTERN)


@quick(frozen=True, slots=True)
class Envelope:
    """What is said about a record, besides the record. `stated_effective_on` is empty where it follows from `recorded_at`."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    revision: int
    operation: Operation
    recorded_at: datetime
    stated_effective_on: date | None
    traceparent: str | None
    person_no: str | None
    data: dict[str, Any]

    @property
    def effective_on(self) -> date:
        """From when the record holds: as stated, or the day in Japan on which it was recorded."""
        return self.stated_effective_on or self.recorded_at.astimezone(JAPAN).date()


class _Reader:
    """Takes attributes out of an event and keeps what is wrong with them, in order. No instant may lie after `latest`."""

    def __init__(self, event: dict[str, Any], latest: datetime) -> None:
        self.event = event
        self.latest = latest
        self.faults: list[tuple[str, str]] = []

    def fault(self, path: str, code: str) -> None:
        self.faults.append((path, code))

    def text(self, name: str, *, required: bool = True) -> str:
        value = self.event.get(name)
        if value is None:
            if required:
                self.fault(name, "missing")
        elif not isinstance(value, str):
            self.fault(name, "not_text")
        elif len(value) > TEXT_LENGTH_MAX:
            self.fault(name, "too_long")
        elif not value or _CONTROL.search(value):
            self.fault(name, "wrong_form")
        else:
            return value
        return ""

    def identifier(self, name: str, *, required: bool = True) -> str:
        value = self.text(name, required=required)
        if value and IDENTIFIER.fullmatch(value) is None:
            self.fault(name, "wrong_form")
        return value

    def instant(self, name: str, *, required: bool = True) -> datetime | None:
        value = self.event.get(name)
        if value is None and not required:
            return None
        if value is None:
            self.fault(name, "missing")
            return None
        found = instant_of(value)
        if found is None:
            self.fault(name, "wrong_form")
        elif found > self.latest:
            self.fault(name, f"{name}_ahead")
        return found

    def day(self, name: str) -> date | None:
        value = self.event.get(name)
        if value is None:
            return None
        found = day_of(value) if isinstance(value, str) else None
        if found is None:
            self.fault(name, "not_a_date")
        return found

    def revision(self, *, required: bool) -> int:
        value = self.event.get("revision")
        if value is None:
            if required:
                self.fault("revision", "missing")
            return 1
        if type(value) is not int:
            self.fault("revision", "wrong_form")
            return 1
        if not 0 <= value <= REVISION_MAX:
            self.fault("revision", "out_of_range")
        return value

    def operation(self) -> Operation:
        value = self.event.get("op", Operation.UPSERT.value)
        if not isinstance(value, str) or value not in set(Operation):
            self.fault("op", "not_in_list")
            return Operation.UPSERT
        return Operation(value)

    def data(self, operation: Operation) -> dict[str, Any]:
        value = self.event.get("data")
        if value is None:
            if operation is Operation.UPSERT:
                self.fault("data", "missing")
            return {}
        if not isinstance(value, dict):
            self.fault("data", "wrong_form")
            return {}
        return value


def instant_of(value: object) -> datetime | None:
    """An instant written by RFC 3339 with its offset, in UTC; None where it is not one, or lies in an impossible year."""
    return _instant(value) if isinstance(value, str) and len(value) <= _INSTANT_LENGTH_MAX else None


# Whole days of records carry one and the same instant.
@lru_cache(maxsize=1024)
def _instant(text: str) -> datetime | None:
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        found = datetime.fromisoformat(text.upper().replace(" ", "T"))
    except ValueError:
        return None
    # As written first: at the ends of the calendar no offset can be reckoned with. The record's day is the one in Japan.
    if found.year not in _YEARS_WITHIN and not (is_countable(found.date()) and is_countable(found.astimezone(JAPAN).date())):
        return None
    return found.astimezone(UTC)


def envelope_of(event: dict[str, Any], latest: datetime) -> Envelope | Refusal:
    """
    Read the envelope. A version from the future is named alone: nothing else of it can be judged.

    What was recorded or published after `latest` is refused: a clock that runs ahead would outrank whatever is said after it. An
    attribute that is null is unset, as if it were not there (CloudEvents JSON format 1.0, section 2.2).
    """
    event = {name: value for name, value in event.items() if value is not None}
    version = _unsupported_version(event)
    if version is not None:
        return refuse(version, "unsupported_version")
    reader = _Reader(event, latest)
    envelope = _read(reader)
    if not reader.faults:
        return envelope
    return refuse_for(reader.faults)


def _unsupported_version(event: dict[str, Any]) -> str | None:
    if event.get("specversion", SPEC_VERSION) != SPEC_VERSION:
        return "specversion"
    version = event.get("schemaversion")
    if version is None or (isinstance(version, str | int) and not isinstance(version, bool) and str(version) == SCHEMA_VERSION):
        return None
    return "schemaversion"


def _read(reader: _Reader) -> Envelope:
    event = reader.event
    if "specversion" not in event:
        reader.fault("specversion", "missing")
    event_id, source, kind = reader.identifier("id"), reader.text("source"), reader.text("type")
    time = reader.instant("time")
    is_record = kind != WATERMARK_TYPE
    operation = reader.operation()
    envelope = Envelope(
        id=event_id,
        source=source,
        type=kind,
        time=time or datetime.min.replace(tzinfo=UTC),
        subject=reader.identifier("subject", required=is_record),
        # A watermark is taken back by a higher revision, so that a late one is not taken for that.
        revision=reader.revision(required=is_record or operation is Operation.VOID),
        operation=operation,
        recorded_at=reader.instant("recordedat", required=False) or time or datetime.min.replace(tzinfo=UTC),
        stated_effective_on=reader.day("effectiveon"),
        traceparent=trace_context(event.get("traceparent")),
        person_no=reader.identifier("personno", required=False) or None,
        data=reader.data(operation),
    )
    if not _is_json(event.get("datacontenttype")):
        reader.fault("datacontenttype", "not_in_list")
    for key in event:
        if key not in ATTRIBUTES:
            reader.fault(path_of((key,)), "unknown_attribute")
    return envelope


def trace_context(value: object) -> str | None:
    """
    A W3C trace context in version 00, or None. A broken one is dropped, not refused: it is no part of what the city is told.

    What a later version says behind the flags is not kept: it may be anything.
    """
    found = _TRACE.fullmatch(value.strip(" \t")) if isinstance(value, str) else None
    if found is None or (found["more"] is not None and found["version"] == "00"):
        return None
    return "00" + found["known"]


def _is_json(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.partition(";")[0].strip().lower() == "application/json")


def day_of(text: str) -> date | None:
    """A day that ages can be counted from, in any writing of a day; None where it is none."""
    iso = iso_day(text)
    try:
        found = date.fromisoformat(iso) if iso is not None else None
    except ValueError:
        return None
    return found if found is not None and is_countable(found) else None
