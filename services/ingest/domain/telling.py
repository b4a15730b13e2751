"""What a sender, or an operator, is told of a refusal: for each place its code, its message and the values that are allowed there."""

from dataclasses import dataclass

from contracts.catalogue import ENUMS, EVENT_TYPES, NotInCatalogue, event_type
from contracts.values import Operation, Source
from services.ingest.domain.envelope import SCHEMA_VERSION, SPEC_VERSION
from services.ingest.domain.refusals import MESSAGES, Fault, Refusal, Words

_IN_ENVELOPE: dict[str, tuple[str, ...]] = {
    "op": tuple(operation.value for operation in Operation),
    "datacontenttype": ("application/json",),
    "specversion": (SPEC_VERSION,),
    "schemaversion": (SCHEMA_VERSION,),
}
"""By attribute; no field of any record has the name of one of them, and a test sees to it."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in one place, with its own code and message; `allowed` is None where there is no fixed list."""

    path: str
    code: str
    message: Words
    allowed: tuple[str, ...] | None


def errors_of(refusal: Refusal, source: Source, kind: str | None) -> tuple[Wrong, ...]:
    """Each place that is wrong. `kind` is the event's type, where the source has it."""
    return tuple(Wrong(fault.path, fault.code, _message(refusal, fault), allowed_at(fault, source, kind)) for fault in refusal.faults)


def allowed_at(fault: Fault, source: Source, kind: str | None) -> tuple[str, ...] | None:
    """The values that are allowed where the fault is, as the catalogue spells them; None where there is no fixed list."""
    if fault.code in {"unknown_source", "wrong_source"}:
        return (source.value,)
    if fault.code == "unknown_type":
        return tuple(sorted(each.type for each in EVENT_TYPES if each.source is source))
    if fault.code not in {"not_in_list", "unsupported_version"}:
        return None
    # `sections.3` is the fourth of a list, every one of which is of the same fixed list.
    name = fault.path.partition(".")[0]
    return _IN_ENVELOPE.get(name) or _in_record(name, source, kind)


def _in_record(name: str, source: Source, kind: str | None) -> tuple[str, ...] | None:
    try:
        field = event_type(source, kind or "").by_name.get(name)
    except NotInCatalogue:
        return None
    return tuple(ENUMS[field.enum].values) if field is not None and field.enum is not None else None


def _message(refusal: Refusal, fault: Fault) -> Words:
    ja, en = (refusal.ja, refusal.en) if refusal.item is not None else MESSAGES.get(fault.code, (refusal.ja, refusal.en))
    return Words(ja, en)
