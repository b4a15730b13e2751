"""What of a move the rules are told (domain.md §2.8-22, S13): the kind and the day, and nothing that anybody said or wrote."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.ids import CaseId, PersonId
from contracts.messages import ObservationRecorded
from contracts.values import CaseState, Observation, Section, Ward
from services.casework.doing import carry_out
from services.casework.domain.case import Case
from services.casework.domain.casefile import CaseFile
from services.casework.moves import STEPS
from services.casework.steps import Made
from tests.unit.casework.test_handover import lead

TODAY = date(2026, 7, 1)
EAST = lead(Ward.HIGASHI)
MADE = Made(EAST, datetime(2026, 7, 1, 3, tzinfo=UTC), TODAY, CaseId(UUID(int=9)))
CONTACT = {"contacted_on": "2026-06-20", "method": "home_visit"}
MET, ELSEWHERE, SUPPORTED = Observation.MET, Observation.ENROLLED_ELSEWHERE, Observation.SUPPORTED


def observed(move: str, state: CaseState, filled: dict[str, Any], *, asks: bool = False) -> list[tuple[Observation, date]]:
    case = Case(
        case_id=CaseId(UUID(int=1)),
        person_id=PersonId(UUID(int=2)),
        household_id=None,
        ward=Ward.HIGASHI,
        state=state,
        version=4,
        opened_at=MADE.at,
        opened_by=EAST.id,
        opened_by_name=EAST.name,
        due_on=TODAY,
        lead_section=Section.HEALTH,
    )
    step = STEPS[move]
    done = carry_out(step, step.form.model_validate({"move": move, **filled}), CaseFile(case), MADE, asks=asks)
    seen = [each for each in done.said if isinstance(each, ObservationRecorded)]
    assert all((each.case_id, each.person_id, each.version) == (case.case_id, case.person_id, done.case.version) for each in seen)
    return [(each.observation, each.observed_on) for each in seen]


@pytest.mark.parametrize(
    ("result", "enrolment", "seen"),
    [
        ("met", None, [MET]),
        ("met", "enrolled_elsewhere", [MET, ELSEWHERE]),
        # A nursery may tell it, while the family was not met.
        ("absent", "enrolled_elsewhere", [ELSEWHERE]),
        ("absent", None, []),
        ("refused", "enrolled_nowhere", [Observation.ENROLLED_NOWHERE]),
    ],
)
def test_only_a_family_that_was_met_was_heard_of(result: str, enrolment: str | None, seen: list[Observation]) -> None:
    filled = CONTACT | {"result": result, "findings": "会えなかったわけ"} | ({"enrolment": enrolment} if enrolment else {})

    assert observed("record_contact", CaseState.SUPPORT, filled) == [(each, date(2026, 6, 20)) for each in seen]


def test_support_is_told_when_another_person_approved_it_and_not_when_it_was_asked_for() -> None:
    plan = {"kinds": ["advice"], "plan": "相談", "wish_of_guardian": "話したい", "wish_of_child": "聞けない", "look_again_on": "2026-10-01"}

    assert observed("decide_plan", CaseState.PLANNING, plan, asks=True) == []
    assert observed("decide_plan", CaseState.PLANNING, plan) == [(SUPPORTED, TODAY)]


@pytest.mark.parametrize(("state", "seen"), [(CaseState.SUPPORT, [(SUPPORTED, TODAY)]), (CaseState.WATCH_OVER, [])])
def test_what_ends_says_that_support_was_given_until_then_only_where_it_was(state: CaseState, seen: list[Any]) -> None:
    ended = {"outcome": "needed", "nothing_left_to_do": ["nothing_left"], "why": "落ち着いた"}

    assert observed("finish", state, ended) == seen
