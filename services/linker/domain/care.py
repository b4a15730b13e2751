"""
Whom a record lists as children in its person's care, and on which days: in the fields that the catalogue names for it (`domain.md` §2.3).

Whoever is not in the register yet is named all the same: the id is the number's, and of somebody whom the register does not know nothing is
concluded.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from contracts.catalogue import EVENT_TYPES, Linking
from contracts.catalogue.entries import CareFields
from contracts.ids import PersonId
from services.linker.domain.records import Naming, Record, day, texts
from services.linker.domain.subjects import bare

_FIELDS: Mapping[str, CareFields] = {
    each.type.value: each.care for each in EVENT_TYPES if each.link is Linking.CARE_LIST and each.care is not None
}
"""By event type: what lists the children, and on which days they are in care."""

OF_CARE = frozenset(_FIELDS)
"""Event types whose records list children in their person's care."""


class Care(NamedTuple):
    """The children in somebody's care by a record, half-open."""

    children: tuple[PersonId, ...]
    start: date | None
    end: date | None


def listed(record: Record) -> tuple[str, ...]:
    """Return the numbers of the children that a record lists, each once. Raises Unreadable."""
    fields = _FIELDS.get(record.key.event_type)
    return texts(record.data, fields.children) if fields is not None and record.data is not None else ()


def bare_numbers(record: Record) -> list[str] | None:
    """Return the same without leading zeros, by which a list is looked for; None where nobody is listed."""
    return [bare(each) for each in listed(record)] or None


def care_of(record: Record, naming: Naming) -> Care | None:
    """Return whom a record lists, None where it lists nobody. Two numbers of one person name one child. Raises Unreadable."""
    fields, numbers = _FIELDS.get(record.key.event_type), listed(record)
    if fields is None or not numbers:
        return None
    said: Mapping[str, Any] = record.data or {}
    return Care(tuple(sorted({naming.person(each) for each in numbers})), day(said, fields.start), day(said, fields.end))
