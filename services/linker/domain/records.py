"""A source's record as the linker keeps it: its newest revision, with the ids of whom it names."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, NewType, Protocol
from uuid import UUID

from contracts.catalogue import EVENT_TYPES, Linking
from contracts.catalogue.readers import Unreadable
from contracts.ids import EventId, HouseholdId, PersonId, PregnancyId, SchoolId, WelfareCaseId
from contracts.quick import quick
from contracts.record_keys import record_key
from contracts.values import Source

OF_PREGNANCY = frozenset(each.type for each in EVENT_TYPES if each.link is Linking.PREGNANCY_NO)
"""Event types whose facts belong to a pregnancy, and whose person is its mother."""

OF_REGISTER = frozenset(each.type for each in EVENT_TYPES if each.link in {Linking.REGISTER_ENTRY, Linking.PROTECTION})
"""Event types of which every revision is kept, because one that is about somebody else must not take the place of what holds."""

OF_PUPIL = frozenset(each.type.value for each in EVENT_TYPES if each.link is Linking.MATCH)
"""Event types whose records name a pupil by school, school year and the school's key."""

PupilKey = NewType("PupilKey", str)
"""What a school calls a pupil in a school year. It never leaves this service."""

_SUBJECT: Mapping[str, tuple[str, ...]] = {each.type.value: each.subject for each in EVENT_TYPES}


class Naming(Protocol):
    """Turns the numbers of the sources into this system's ids: always the same id for the same number."""

    def person(self, number: str) -> PersonId:
        """Return the id of the person whom a 宛名番号 names, or means by what people decided."""
        ...

    def entry(self, number: str) -> PersonId:
        """Return the id of the person whose entry in the register has this 宛名番号."""
        ...

    def household(self, number: str) -> HouseholdId:
        """Return the id of the household that a 世帯番号 names."""
        ...

    def pregnancy(self, number: str) -> PregnancyId:
        """Return the id of the pregnancy that the health section's number names."""
        ...

    def welfare_case(self, number: str) -> WelfareCaseId:
        """Return another name for a welfare case than its number, from which nobody guesses it."""
        ...

    def school(self, code: str) -> SchoolId:
        """Return another name for a school than its code."""
        ...


class RecordKey(NamedTuple):
    """What names a record for ever. Sorts, so that locks and writes have one order."""

    source: Source
    event_type: str
    record_id: str

    @property
    def id(self) -> UUID:
        """The 16 bytes under which the record is kept."""
        return record_key(*self)


def keys_named(event_type: str, record_id: str) -> list[RecordKey]:
    """Return what may be meant by an event type and a record id: a record of each source that has such events."""
    return [RecordKey(each.source, event_type, record_id) for each in EVENT_TYPES if each.type == event_type]


class LinkState(StrEnum):
    """What became of a record. Every record is in exactly one of them."""

    LINKED = "linked"
    WAITING = "waiting"
    REVIEW = "review"
    VOID = "void"


@quick(frozen=True, slots=True)
class Link:
    """What was decided about a record: by which rule it belongs to whom, or why it does not yet."""

    state: LinkState
    rule: str | None = None
    reason: str | None = None
    person_id: PersonId | None = None
    pregnancy_id: PregnancyId | None = None

    @property
    def is_held_up(self) -> bool:
        """Whether the record is on its way to a person and does not get there yet."""
        return self.state in (LinkState.WAITING, LinkState.REVIEW)


@quick(frozen=True, slots=True)
class Record:
    """
    The newest revision of a record. `data` is empty where the source took it back.

    `subject_id` and `pregnancy_id` are what the record itself names; whether that holds is the link's matter. `said` counts
    what was announced about this revision. `decided_at` is when its first decision was made, while that is the only one.
    """

    key: RecordKey
    revision: int
    effective_on: date
    recorded_at: datetime
    event_id: EventId
    data: Mapping[str, Any] | None
    subject_id: PersonId | None
    pregnancy_id: PregnancyId | None
    link: Link | None = None
    said: int = 0
    subject_no: str | None = None
    decided_at: datetime | None = None
    pupil: PupilKey | None = field(init=False, compare=False)
    """What the record calls a pupil, if it is a school's: it is asked twenty times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pupil", pupil_of(self.key.event_type, self.data) if self.data is not None else None)

    @property
    def rank(self) -> tuple[date, datetime, str, int]:
        """Return what makes one statement later than another (effective day, then when it was recorded, then its name)."""
        return (self.effective_on, self.recorded_at, self.key.record_id, self.revision)

    @property
    def stands(self) -> bool:
        """Whether the source still says it."""
        return self.data is not None

    def decided(self, link: Link, said: int) -> "Record":
        """Return it with what became of it, and how much was said of it by then. Written out, because `replace` takes its fields apart."""
        return Record(
            self.key,
            self.revision,
            self.effective_on,
            self.recorded_at,
            self.event_id,
            self.data,
            self.subject_id,
            self.pregnancy_id,
            link,
            said,
            self.subject_no,
        )


def subject_number(event_type: str, data: Mapping[str, Any], envelope: str | None) -> str | None:
    """Return the 宛名番号 of whom a record is about: the mother, where it is about a pregnancy."""
    for name in _SUBJECT.get(event_type, ()):
        if data.get(name):
            return text({"number": data[name]}, "number")
    return text({"number": envelope}, "number")


def pupil_of(event_type: str, data: Mapping[str, Any]) -> PupilKey | None:
    """
    Return what a record calls a pupil, or None if it is not a school's or does not say it.

    With the school year: a school may number its pupils anew each April, and a wrong link is worse than one that waits for the new list.
    """
    if event_type not in OF_PUPIL:
        return None
    parts = [data.get(name) for name in ("school_code", "fiscal_year", "pupil_key")]
    return PupilKey("|".join(map(str, parts))) if all(parts) else None


def text(data: Mapping[str, Any], name: str) -> str | None:
    """Return a text field; empty counts as absent. Raises Unreadable."""
    value = data.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Unreadable(name)
    return value


def texts(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a field that lists texts, without repetitions. Raises Unreadable."""
    value = data.get(name) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) and each for each in value):
        raise Unreadable(name)
    return tuple(dict.fromkeys(value))


def day(data: Mapping[str, Any], name: str) -> date | None:
    """Return a date field (ISO 8601). Raises Unreadable."""
    found: date | None = _read(data, name, date.fromisoformat)
    return found


def needed_day(data: Mapping[str, Any], name: str) -> date:
    """Return a date field that must be there. Raises Unreadable."""
    found = day(data, name)
    if found is None:
        raise Unreadable(name)
    return found


def value_of(data: Mapping[str, Any], name: str, kind: type[StrEnum]) -> Any:
    """Return a field with a fixed list of values. Raises Unreadable."""
    told = data.get(name)
    found = _words_of(kind).get(told) if isinstance(told, str) else None
    return found if found is not None else _read(data, name, kind)


@cache
def _words_of(kind: type[StrEnum]) -> dict[str, StrEnum]:
    # Found in a dict: to call an enum is five times as slow.
    return {each.value: each for each in kind}


def _read(data: Mapping[str, Any], name: str, read: Callable[[str], Any]) -> Any:
    value = text(data, name)
    if value is None:
        return None
    try:
        return read(value)
    except ValueError:
        # Without the cause: its text repeats the value, and the value may be personal.
        raise Unreadable(name) from None
