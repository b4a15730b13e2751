"""What a sender, or an operator, is told of a refusal: for each place its code, its message and the values that are allowed there."""

from typing import Any

from contracts.catalogue import ENUMS, EVENT_TYPES, NotInCatalogue, event_type
from contracts.values import Operation, Source
from services.ingest.domain.envelope import SCHEMA_VERSION, SPEC_VERSION
from services.ingest.domain.refusals import MESSAGES, Fault, Refusal

_IN_ENVELOPE: dict[str, list[str]] = {
    "op": [operation.value for operation in Operation],
    "datacontenttype": ["application/json"],
    "specversion": [SPEC_VERSION],
    "schemaversion": [SCHEMA_VERSION],
}
"""By attribute; no field of any record has the name of one of them, and a test sees to it."""


def errors_of(refusal: Refusal, source: Source, kind: str | None) -> list[dict[str, Any]]:
    """Each place that is wrong. `kind` is the event's type, where the source has it; `allowed` is null where there is no fixed list."""
    return [
        {"path": fault.path, "code": fault.code, "message": _message(refusal, fault), "allowed": allowed_at(fault, source, kind)}
        for fault in refusal.faults
    ]


def allowed_at(fault: Fault, source: Source, kind: str | None) -> list[str] | None:
    """The values that are allowed where the fault is, as the catalogue spells them; None where there is no fixed list."""
    if fault.code in {"unknown_source", "wrong_source"}:
        return [source.value]
    if fault.code == "unknown_type":
        return sorted(each.type for each in EVENT_TYPES if each.source is source)
    if fault.code not in {"not_in_list", "unsupported_version"}:
        return None
    # `sections.3` is the fourth of a list, every one of which is of the same fixed list.
    name = fault.path.partition(".")[0]
    return _IN_ENVELOPE.get(name) or _in_record(name, source, kind)


def _in_record(name: str, source: Source, kind: str | None) -> list[str] | None:
    try:
        field = event_type(source, kind or "").by_name.get(name)
    except NotInCatalogue:
        return None
    return list(ENUMS[field.enum].values) if field is not None and field.enum is not None else None


def _message(refusal: Refusal, fault: Fault) -> dict[str, str]:
    ja, en = (refusal.ja, refusal.en) if refusal.item is not None else MESSAGES.get(fault.code, (refusal.ja, refusal.en))
    return {"ja": ja, "en": en}
