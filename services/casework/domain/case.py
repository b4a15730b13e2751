"""A case, and how it stands before and after a move."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.ids import CaseId, HouseholdId, PersonId, StaffId
from contracts.values import CaseState, Ward


@dataclass(frozen=True, slots=True)
class Case:
    """The case of a child: who opened it, where it stands, and the day by which something happens."""

    case_id: CaseId
    person_id: PersonId
    household_id: HouseholdId | None
    ward: Ward
    state: CaseState
    version: int
    opened_at: datetime
    opened_by: StaffId
    opened_by_name: str
    due_on: date


@dataclass(frozen=True, slots=True)
class NoCase:
    """A review that nobody has taken up: it stands at `noticed`, with the ward that answers for the child."""

    person_id: PersonId
    household_id: HouseholdId | None
    ward: Ward
    state: CaseState = CaseState.NOTICED
    version: int = 0


Standing = Case | NoCase
"""From where a move starts."""
