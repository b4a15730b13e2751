"""Reads what ingest accepted. What cannot be read is parked alone, before anything is decided about the rest of its parcel."""

from collections.abc import Sequence

from contracts.catalogue.readers import Unreadable
from contracts.ids import EventId, PersonId
from contracts.kinds import EventKind
from contracts.messages import RecordAccepted, RecordVoided
from infra.outcomes import Park
from services.linker.domain.care import OF_CARE, care_of
from services.linker.domain.pregnancy import check_readable
from services.linker.domain.protection import measure_of
from services.linker.domain.records import OF_PREGNANCY, Naming, Record, RecordKey, subject_number, text
from services.linker.naming import Names


def read(events: Sequence[RecordAccepted | RecordVoided], naming: Names) -> tuple[dict[RecordKey, list[Record]], dict[EventId, Park]]:
    """Return the revisions of each record in the parcel, oldest first, and the events that cannot be read."""
    revisions: dict[RecordKey, dict[int, Record]] = {}
    parked: dict[EventId, Park] = {}
    for event in events:
        try:
            record = _record(event, naming)
        except Unreadable as error:
            parked[event.event_id] = Park("a field cannot be read", error.path)
            continue
        revisions.setdefault(record.key, {}).setdefault(record.revision, record)
    return {key: [held[revision] for revision in sorted(held)] for key, held in revisions.items()}, parked


def _record(event: RecordAccepted | RecordVoided, naming: Names) -> Record:
    data = event.data if event.type == "RecordAccepted" else None
    number = subject_number(event.event_type, data or {}, event.person_no)
    pregnancy_no = text(data or {}, "pregnancy_id") if event.event_type in OF_PREGNANCY else None
    record = Record(
        key=RecordKey(event.source, event.event_type, event.record_id),
        revision=event.revision,
        effective_on=event.effective_on,
        recorded_at=event.recorded_at,
        event_id=event.event_id,
        data=data,
        subject_id=subject_of(event.event_type, number, naming),
        pregnancy_id=naming.pregnancy(pregnancy_no) if pregnancy_no is not None else None,
        subject_no=number,
    )
    if data is not None:
        _check(record, naming)
    return record


def subject_of(event_type: str, number: str | None, naming: Naming) -> PersonId | None:
    """Return whom a record is about by the number that it names. The register's entries are about their own."""
    if number is None:
        return None
    return naming.entry(number) if event_type == EventKind.RESIDENT_CHANGED else naming.person(number)


def _check(record: Record, naming: Names) -> None:
    if record.key.event_type == EventKind.RESIDENT_CHANGED:
        naming.statement(record)
    elif record.key.event_type == EventKind.RESIDENT_PROTECTION_MEASURE:
        measure_of(record, naming)
    elif record.key.event_type in OF_CARE:
        care_of(record, naming)
    elif record.key.event_type in OF_PREGNANCY:
        check_readable(record)
