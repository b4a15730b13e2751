"""Identifiers that travel between services. Each has its own type, so that a wrong mix does not type-check."""

from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", UUID)
"""A person of the city, made by the linker. Opaque, never reused, without meaning outside this system."""

HouseholdId = NewType("HouseholdId", UUID)
"""A household of the resident register, made by the linker from its 世帯番号."""

PregnancyId = NewType("PregnancyId", UUID)
"""A pregnancy, made by the linker from the health section's pregnancy number."""

CaseId = NewType("CaseId", UUID)
"""One child's one involvement with the ward (`casework`)."""

WelfareCaseId = NewType("WelfareCaseId", UUID)
"""A household's public assistance, made by the linker from the welfare office's case number: no case of casework."""

MeasureId = NewType("MeasureId", UUID)
"""A protection measure, made by the linker from its source's record."""

HoldId = NewType("HoldId", UUID)
"""A source's event that ingest holds."""

EventId = NewType("EventId", UUID)
"""One message. A replay of its cause makes the same id, so that a hearer can drop it."""

StaffId = NewType("StaffId", UUID)
"""A registered member of staff, as the audit log names them."""
