"""
The door, compiled: for each type of event one look over envelope and data in one pass, which only ever says *yes*.

It is made of the catalogue and of the slow way's own rules, field by field, and what it admits, `judge` admits alike, to the byte: a
property says so. Whatever it does not take (a fault, a text that must be searched, a record taken back, a birth date that is not known
to the day) goes the slow way, which names what is wrong.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic_core import to_json

from contracts.catalogue import EVENT_TYPES, WATERMARK_TYPE, EventType, FieldType, SourceField, event_type, field_check
from contracts.values import Operation, Source
from services.ingest.domain.admission import Admitted, Door, Verdict, judge, subject_of, why_shut, with_person
from services.ingest.domain.characters import is_doubtful
from services.ingest.domain.content import hash_of
from services.ingest.domain.denial import TWELVE_DIGITS, denies_name, denies_text, is_one_number
from services.ingest.domain.envelope import (
    ATTRIBUTES,
    IDENTIFIER,
    REVISION_MAX,
    SPEC_VERSION,
    TEXT_LENGTH_MAX,
    Envelope,
    day_of,
    instant_of,
    trace_context,
)
from services.ingest.domain.normalise import spelled
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal

T = TypeVar("T")
Look: TypeAlias = Callable[[Any], Any]
"""What a value of a field comes to, in one spelling and nothing denied in it; None where only the slow way can tell."""

_SHORT = 40
_MOST = 8192
_WHOLE_DAY = len("1985-06-11")
_PLAIN_FROM, _PLAIN_BELOW = 1e-3, 1e15
"""Between these, all writers of JSON write a real number alike."""
_PLAIN_OP, _PLAIN_VERSION, _PLAIN_CONTENT = {None, Operation.UPSERT.value}, {None, "1"}, {None, "application/json"}


class _Remembered(dict[Any, Any], Generic[T]):
    """What short texts come to that are few: days, values of lists. Nothing else is a key, so that True is not found for 1."""

    def __init__(self, look: Callable[[Any], T | None]) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, value: Any) -> T | None:
        found = self._look(value)
        if found is not None and type(value) is str and len(value) <= _SHORT:
            if len(self) >= _MOST:
                self.clear()
            self[value] = found
        return found


def _effective(text: object) -> date | None:
    return day_of(text) if isinstance(text, str) and not denies_text(text) else None


_EFFECTIVE: _Remembered[date] = _Remembered(_effective)


class CompiledDoor:
    """One type of event of one source."""

    def __init__(self, kind: EventType) -> None:
        self._kind = kind
        defaults = dict(kind.defaults)
        # In the order in which the data are written.
        self._looks = tuple((field.name, _look_at(field), defaults.get(field.name)) for field in sorted(kind.fields, key=_name))
        self._names = frozenset(kind.by_name)
        self._required = frozenset(field.name for field in kind.fields if field.required)
        self._any_of = frozenset(kind.any_of)
        self._births = tuple(field.name for field in kind.fields if field.type is FieldType.BIRTH_DATE)

    def admits(self, event: dict[str, Any], door: Door, today: str) -> Admitted | None:
        """The event as it may come in, or None where only the slow way can tell. `today` is the door's, as text."""
        envelope = _envelope(event, door)
        if envelope is None:
            return None
        data = self._data(envelope)
        if data is None or not self._holds_together(data, today):
            return None
        text = to_json(data).decode()
        said = hash_of(Operation.UPSERT, envelope.stated_effective_on, text)
        return Admitted(self._kind.source, envelope, data, subject_of(self._kind, data), text, said)

    def _data(self, envelope: Envelope) -> dict[str, Any] | None:
        told, data = with_person(envelope, self._kind), {}
        if isinstance(told, Refusal) or not told.keys() <= self._names:
            return None
        for name, look, default in self._looks:
            value = told.get(name)
            if value is None or value == "":
                if default is not None:
                    data[name] = default
                continue
            found = look(value)
            if found is None:
                return None
            data[name] = found
        return data

    def _holds_together(self, data: dict[str, Any], today: str) -> bool:
        """What several fields say together, and what depends on the day."""
        if not data.keys() >= self._required or (self._any_of and self._any_of.isdisjoint(data)):
            return False
        if any(len(data[name]) != _WHOLE_DAY for name in self._births if name in data):
            return False
        return all(data.get(name, "") <= today for name in self._kind.past)


def _name(field: SourceField) -> str:
    return field.name


class Glance:
    """All compiled doors of one login, as things stand now."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._today = door.today.isoformat()
        self._shut = why_shut(door) is not None

    def judged(self, raw: RawEvent) -> Verdict:
        """The verdict on one event: at a glance, or the slow way."""
        return self.admitted(raw) or judge(raw, self._door)

    def admitted(self, raw: RawEvent) -> Admitted | None:
        """The event as it may come in, or None where only the slow way can tell."""
        if self._shut or raw.defect is not None:
            return None
        event = raw.content
        try:
            kind = self._door.login, event.get("type")
            return _compiled(*kind).admits(event, self._door, self._today) if kind in _COMPILED else None
        except TypeError:
            # A list or an object stands where a text belongs: it cannot be looked up.
            return None


_COMPILED = frozenset((kind.source, kind.type) for kind in EVENT_TYPES if kind.type != WATERMARK_TYPE)


@cache
def _compiled(login: Source, type: str) -> CompiledDoor:  # noqa: A002 - the contract's own word
    return CompiledDoor(event_type(login, type))


def _envelope(event: dict[str, Any], door: Door) -> Envelope | None:
    """The envelope as nearly every source writes it."""
    said = event.get
    event_id: Any = said("id")
    subject: Any = said("subject")
    revision: Any = said("revision")
    kind: Any = said("type")
    data: Any = said("data")
    day = said("effectiveon")
    usual = (
        said("specversion") == SPEC_VERSION
        and said("source") == door.login
        and said("op") in _PLAIN_OP
        and said("schemaversion") in _PLAIN_VERSION
        and said("datacontenttype") in _PLAIN_CONTENT
        and type(revision) is int
        and 0 <= revision <= REVISION_MAX
        and _is_identifier(event_id)
        and _is_identifier(subject)
        and type(data) is dict
        and event.keys() <= ATTRIBUTES
    )
    time, recorded, person_no = instant_of(said("time")), said("recordedat"), said("personno")
    recorded_at = time if recorded is None else instant_of(recorded)
    effective_on = None if day is None else _EFFECTIVE[day]
    if not usual or time is None or recorded_at is None or time > door.latest or recorded_at > door.latest:
        return None
    if (day is not None and effective_on is None) or (person_no is not None and not _is_identifier(person_no)):
        return None
    trace, source = trace_context(said("traceparent")), door.login.value
    return Envelope(event_id, source, kind, time, subject, revision, Operation.UPSERT, recorded_at, effective_on, trace, person_no, data)


def _is_identifier(value: object) -> bool:
    return type(value) is str and len(value) <= TEXT_LENGTH_MAX and IDENTIFIER.fullmatch(value) is not None


# --- One field --------------------------------------------------------------------------------------------------------


def _look_at(field: SourceField) -> Look:
    if field.list:
        return _look_at_each(field)
    return _LOOKS[field.type](field, field_check(field))


def _look_at_each(field: SourceField) -> Look:
    one = _look_at(field.model_copy(update={"list": False}))
    holds = field_check(field)

    def look(values: Any) -> list[Any] | None:
        found = [one(value) for value in values] if type(values) is list else [None]
        return found if None not in found and holds(found) else None

    return look


def _few(field: SourceField, holds: Callable[[object], bool]) -> Look:
    """Days and values of lists, whatever their spelling."""

    def look(value: Any) -> Any:
        found = spelled(field, value)
        return found if holds(found) and not _is_denied(value) else None

    return _Remembered(look).__getitem__


def _is_denied(value: Any) -> bool:
    return denies_text(value) if type(value) is str else type(value) is not int or value in TWELVE_DIGITS


def _number(_: SourceField, holds: Callable[[object], bool]) -> Look:
    def look(value: Any) -> Any:
        if type(value) is float:
            plain = value == 0 or _PLAIN_FROM <= abs(value) < _PLAIN_BELOW
        else:
            plain = type(value) is int and value not in TWELVE_DIGITS
        return value if plain and holds(value) else None

    return look


def _truth(_: SourceField, holds: Callable[[object], bool]) -> Look:
    return lambda value: value if holds(value) else None


def _own_number(field: SourceField, holds: Callable[[object], bool]) -> Look:
    if field.one_piece:
        # A code out of a table is one of few. In groups of digits it is searched.
        return _Remembered(lambda value: value if holds(value) and (is_one_number(value) or not denies_text(value)) else None).__getitem__
    return lambda value: value if holds(value) else None


def _words(field: SourceField, holds: Callable[[object], bool]) -> Look:
    denies = denies_name if field.in_parts else denies_text
    return lambda value: value if holds(value) and not is_doubtful(value) and not denies(value) else None


_LOOKS: dict[FieldType, Callable[[SourceField, Callable[[object], bool]], Look]] = {
    FieldType.TEXT: _words,
    FieldType.IDENTIFIER: _own_number,
    FieldType.PERSON_NO: _own_number,
    FieldType.DATE: _few,
    FieldType.BIRTH_DATE: _few,
    FieldType.ENUM: _few,
    FieldType.WEEKS: _few,
    FieldType.INTEGER: _number,
    FieldType.DECIMAL: _number,
    FieldType.BOOLEAN: _truth,
}
