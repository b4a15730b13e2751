"""Whether one event may come in: who sends it, by which way, for which purpose, with what in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import ValidationError

from contracts.catalogue import (
    PERSON_NO_PATTERN,
    UNKNOWN_DAY,
    WATERMARK_TYPE,
    AcquisitionMode,
    EventType,
    FieldType,
    NotInCatalogue,
    SourceField,
    data_model,
    event_type,
    source,
)
from contracts.quick import quick
from contracts.values import Operation, Relationship, Source
from services.ingest.domain.characters import BIRTH_IN_PART, Remark, remarks_on
from services.ingest.domain.content import hash_of, written
from services.ingest.domain.denial import denial_in
from services.ingest.domain.envelope import Envelope, envelope_of
from services.ingest.domain.normalise import normalised
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal, path_of, refuse, refuse_for


class Inlet(StrEnum):
    """By which way an event came."""

    AMQP = "amqp"
    HTTP = "http"
    MEDIA = "media"
    EXTRACT = "extract"


@dataclass(frozen=True, slots=True)
class Purpose:
    """
    What holds of one source by the purpose register (LAW-02). Past `review_on` the feed stops until somebody has looked at it again.

    `owned` is whether exactly one unit answers for the source (ROLE-02).
    """

    source: Source
    review_on: date | None
    suspended: bool = False
    owned: bool = True


@dataclass(frozen=True, slots=True)
class Door:
    """
    What the decision needs to know besides the event: who is logged in, how, when, and which purposes are registered.

    `latest` is the last instant that a source's clock may tell: a little after now.
    """

    login: Source
    inlet: Inlet
    today: date
    latest: datetime
    purposes: Mapping[Source, Purpose]


@quick(frozen=True, slots=True)
class Admitted:
    """
    An event that may come in, in one spelling.

    `person_no` is whom the record is about, where it says so; `text` is its data as JSON, `content_hash` is of what it says; `remarks`
    are what its owner must be told of. Where a code table was applied (`gaiji`, its version), `text` has its characters, and data and
    hash have those that came.
    """

    source: Source
    envelope: Envelope
    data: dict[str, Any]
    person_no: str | None
    text: str
    content_hash: bytes
    remarks: tuple[Remark, ...] = ()
    gaiji: int | None = None

    @property
    def is_watermark(self) -> bool:
        """Whether it is no record but the source's word that it is complete."""
        return self.envelope.type == WATERMARK_TYPE


Verdict: TypeAlias = Admitted | Refusal

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_in_list",
    "string_type": "not_text",
    "string_too_long": "too_long",
    "string_too_short": "missing",
    "too_long": "too_long",
    "date_form": "not_a_date",
    "date_range": "not_a_date",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "missing_any_of": "none_of",
}
"""Codes of refusals by pydantic's error types; every other one is `wrong_form`."""


ADULT_AGE = 18
"""Years of age from which a birth date may be incomplete."""

_WHOLE_DAY = len("1985-06-11")
_OF_A_CHILD = frozenset({Relationship.CHILD.value, Relationship.GRANDCHILD.value})
_PERSON_NO = re.compile(PERSON_NO_PATTERN)


def judge(raw: RawEvent, door: Door) -> Verdict:
    """Decide on one event. What is denied is named before anything else that may be wrong with it."""
    kind = kind_of(raw.content, door.login)
    refusal = denial_in(raw.content, kind) or raw.defect
    if refusal is not None:
        return refusal
    envelope = envelope_of(raw.content, door.latest)
    if isinstance(envelope, Refusal):
        return envelope
    stranger = _stranger(envelope, door)
    if stranger is not None:
        return stranger
    if kind is None:
        return refuse("type", "unknown_type")
    return _with_data(envelope, kind, door.today)


def kind_of(content: dict[str, Any], login: Source) -> EventType | None:
    """What the catalogue says of the kind of event that `login` sends; None where it says nothing."""
    kind = content.get("type")
    try:
        return event_type(login, kind if isinstance(kind, str) else "")
    except NotInCatalogue:
        return None


def _stranger(envelope: Envelope, door: Door) -> Refusal | None:
    """Why the sender may not send this at all."""
    if envelope.source != door.login.value:
        known = envelope.source in {each.value for each in Source}
        return refuse("source", "wrong_source" if known else "unknown_source")
    return why_shut(door)


def why_shut(door: Door) -> Refusal | None:
    """Why nothing of the source that is logged in may come in now."""
    media_only = source(door.login).acquisition is AcquisitionMode.REMOVABLE_MEDIA
    if media_only and door.inlet is not Inlet.MEDIA:
        return refuse("source", "removable_media_only")
    purpose = door.purposes.get(door.login)
    if purpose is None:
        return refuse("source", "no_purpose")
    if not purpose.owned:
        return refuse("source", "no_owner")
    if purpose.suspended:
        return refuse("source", "purpose_suspended")
    overdue = purpose.review_on is not None and purpose.review_on < door.today
    return refuse("source", "purpose_overdue") if overdue else None


def _with_data(envelope: Envelope, kind: EventType, today: date) -> Verdict:
    if envelope.operation is Operation.VOID:
        return _voiding(envelope, kind)
    data = with_person(envelope, kind)
    if isinstance(data, Refusal):
        return data
    data = normalised(kind, data)
    refusal = _misfit(kind, data) or _birth_not_known(kind, data, today) or _future(kind, data, today) or _turned_round(kind, data)
    return refusal or admitted(kind, envelope, data, subject_of(kind, data), *remarks_on(kind, data), *_births_in_part(kind, data))


def admitted(kind: EventType, envelope: Envelope, data: dict[str, Any], person_no: str | None, *remarks: Remark) -> Admitted:
    """An event in one spelling, with what its data come to as text and as hash."""
    text = written(data)
    said = hash_of(envelope.operation, envelope.stated_effective_on, text)
    return Admitted(kind.source, envelope, data, person_no, text, said, remarks)


def _voiding(envelope: Envelope, kind: EventType) -> Verdict:
    """A record taken back needs no data; what is given is only looked at for whom it is about, and not kept."""
    data = with_person(envelope, kind)
    if isinstance(data, Refusal):
        return data
    unknown = [path_of(("data", key)) for key in data if key not in kind.by_name]
    if unknown:
        return refuse_for([(path, "unknown_field") for path in unknown])
    # Who it is about is kept: a number that no record could have is refused here too.
    misfits = [path_of(("data", name)) for name in kind.subject if _is_broken_number(data.get(name))]
    if misfits:
        return refuse_for([(path, "wrong_form") for path in misfits])
    return admitted(kind, envelope, {}, subject_of(kind, data))


def with_person(envelope: Envelope, kind: EventType) -> dict[str, Any] | Refusal:
    """The data with the person of the envelope, where the source keeps the number there (§6.4)."""
    if envelope.person_no is None:
        return envelope.data
    if "person_no" not in kind.by_name or envelope.data.get("person_no", envelope.person_no) != envelope.person_no:
        return refuse("personno", "contradiction")
    return {**envelope.data, "person_no": envelope.person_no}


def _misfit(kind: EventType, data: dict[str, Any]) -> Refusal | None:
    try:
        data_model(kind.source, kind.type).model_validate(data)
    except ValidationError as error:
        return _of_schema(kind, error)
    return None


def _birth_not_known(kind: EventType, data: dict[str, Any], today: date) -> Refusal | None:
    """Refuses a birth date that is not known of whoever may be a child: nothing about a child can be said without it."""
    fields = (field for field in kind.fields if field.type is FieldType.BIRTH_DATE)
    paths = [path_of(("data", field.name)) for field in fields if _may_be_a_child(field, data, today)]
    return refuse_for([(path, "birth_not_known") for path in paths]) if paths else None


def _births_in_part(kind: EventType, data: dict[str, Any]) -> list[Remark]:
    """The birth dates of which a register does not know all: taken so far as they are known, and its owner can look them up."""
    told = ((field.name, data.get(field.name)) for field in kind.fields if field.type is FieldType.BIRTH_DATE)
    return [Remark(path_of(("data", name)), BIRTH_IN_PART) for name, day in told if day is not None and len(day) != _WHOLE_DAY]


def _may_be_a_child(field: SourceField, data: dict[str, Any], today: date) -> bool:
    told = data.get(field.name)
    if told == UNKNOWN_DAY:
        return data.get("relationship_to_head") in _OF_A_CHILD
    if told is None or len(told) == _WHOLE_DAY:
        return False
    # Whoever may have come of age counts as an adult. Texts of the model's form sort as days do.
    comes_of_age = f"{int(told[:4]) + ADULT_AGE}{told[4:]}"
    return comes_of_age > today.isoformat()


def _future(kind: EventType, data: dict[str, Any], today: date) -> Refusal | None:
    """Refuses what is said to have happened after today (a day of Japan): a slip of the pen would change results until that day."""
    last = today.isoformat()
    # Days are ISO texts by now, which sort as days do.
    paths = [path_of(("data", name)) for name in kind.past if (data.get(name) or "") > last and data[name] != UNKNOWN_DAY]
    return refuse_for([(path, "out_of_range") for path in paths]) if paths else None


def _turned_round(kind: EventType, data: dict[str, Any]) -> Refusal | None:
    """Refuses a watermark that ends before it begins."""
    begins = data.get("complete_from") if kind.type == WATERMARK_TYPE else None
    return refuse(path_of(("data", "complete_from")), "contradiction") if begins is not None and begins > data["complete_through"] else None


def _of_schema(kind: EventType, error: ValidationError) -> Refusal:
    # Inputs are left out: the refusal may name the place, never the value.
    faults = [
        (path_of(("data", *fault["loc"])) if fault["loc"] else kind.any_of[0], _CODES.get(fault["type"], "wrong_form"))
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return refuse_for(faults)


def _is_broken_number(value: object) -> bool:
    return isinstance(value, str) and value != "" and _PERSON_NO.fullmatch(value) is None


def subject_of(kind: EventType, data: dict[str, Any]) -> str | None:
    """Whom a record is about, where it says so."""
    numbers = (data.get(name) for name in kind.subject)
    return next((number for number in numbers if isinstance(number, str) and number), None)
