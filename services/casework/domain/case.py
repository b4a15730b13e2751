"""A case, and how it stands before and after a move."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contracts.ids import CaseId, HouseholdId, PersonId, StaffId
from contracts.values import CaseOutcome, CaseState, Section, Ward
from services.casework.domain.handover import HandoverStatus

Outcome = CaseOutcome
"""How a case ended."""

OUTCOME_TITLES: Mapping[Outcome, str] = {
    Outcome.NEEDED: "支援が必要だった",
    Outcome.WATCH: "見守りとした",
    Outcome.ALREADY_SUPPORTED: "すでに支援を受けていた",
    Outcome.NOT_NEEDED: "支援は必要なかった",
    Outcome.DATA_ERROR: "記録の誤りだった",
    Outcome.NOT_REACHED: "会えなかった（わからない）",
    Outcome.MOVED_OUT: "市外へ転出した",
    Outcome.GUIDANCE_CENTER: "児童相談所へ送致した",
    Outcome.CAME_OF_AGE: "対象の年齢を過ぎた",
}


@dataclass(frozen=True, slots=True)
class Case:
    """
    The case of a child: who opened it, where it stands, and the day by which something happens.

    `ward` owns it: the one that opened it, until another one accepts a hand-over (S02); `handover` is how the newest of those stands.
    `lead_section` is in charge since the conference (PUSH-03), with a person of it; `asks` is the move that waits for a second person.
    """

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
    lead_section: Section | None = None
    person_in_charge: str | None = None
    outcome: Outcome | None = None
    asks: str | None = None
    handover: HandoverStatus | None = None


@dataclass(frozen=True, slots=True)
class NoCase:
    """A review that nobody has taken up: it stands at `noticed`, with the ward that answers for the child."""

    person_id: PersonId
    household_id: HouseholdId | None
    ward: Ward | None
    state: CaseState = CaseState.NOTICED
    version: int = 0


Standing = Case | NoCase
"""From where a move starts."""
