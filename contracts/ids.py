"""Identifiers that travel between services. Each has its own type, so that a wrong mix does not type-check."""

from hashlib import sha1
from typing import Any, NewType, cast
from uuid import UUID, SafeUUID

PersonId = NewType("PersonId", UUID)
"""A person of the city, made by the linker. Opaque, never reused, without meaning outside this system."""

HouseholdId = NewType("HouseholdId", UUID)
"""A household of the resident register, made by the linker from its 世帯番号."""

PregnancyId = NewType("PregnancyId", UUID)
"""A pregnancy, made by the linker from the health section's pregnancy number."""

CaseId = NewType("CaseId", UUID)
"""One child's one involvement with the ward (`casework`)."""

ReviewId = NewType("ReviewId", UUID)
"""One time at which people were asked to look at a child, from then until somebody closes it (`casework`)."""

WelfareCaseId = NewType("WelfareCaseId", UUID)
"""A household's public assistance, made by the linker from the welfare office's case number: no case of casework."""

SchoolId = NewType("SchoolId", UUID)
"""A school, made by the linker from its code."""

MeasureId = NewType("MeasureId", UUID)
"""A protection measure, made by the linker from its source's record."""

HoldId = NewType("HoldId", UUID)
"""A source's event that ingest holds."""

DisputeId = NewType("DisputeId", UUID)
"""One time at which staff said that a record behind a reason is wrong or outdated (`casework`)."""

EventId = NewType("EventId", UUID)
"""One message. A replay of its cause makes the same id, so that a hearer can drop it."""

StaffId = NewType("StaffId", UUID)
"""A registered member of staff, as the audit log names them."""

_SLOTS = cast("Any", UUID)
_SET_NUMBER, _SET_IS_SAFE = _SLOTS.int.__set__, _SLOTS.is_safe.__set__


def uuid_of(number: int) -> UUID:
    """The UUID of a number of 128 bits, without the constructor's checks: every event has several, and they took longer than its hash."""
    made = UUID.__new__(UUID)
    _SET_NUMBER(made, number)
    _SET_IS_SAFE(made, SafeUUID.unknown)
    return made


def named(space: UUID, name: str) -> UUID:
    """The UUID of `name` in a name space: the value of `uuid.uuid5` (RFC 9562 §5.5), which takes three times as long."""
    digest = sha1(space.bytes + name.encode(), usedforsecurity=False).digest()
    number = int.from_bytes(digest[:16], "big")
    return uuid_of(number & ~(0xF << 76 | 0x3 << 62) | 0x5 << 76 | 0x2 << 62)
