"""The table of moves (casework.md §2.2)."""

from collections.abc import Iterable
from datetime import date
from typing import get_args

import pytest

from contracts.values import CaseState, Role
from services.casework.domain.flow import (
    BY_KEY,
    MOVES,
    OPEN_STATES,
    STATE_TITLES,
    Move,
    MoveNotPossible,
    Party,
    ReasonsGone,
    _begins,
    must_start,
    possible_moves,
)
from services.casework.moves import STEPS

START = BY_KEY["start_investigation"]


def reachable(starts: Iterable[CaseState]) -> set[CaseState]:
    seen = set(starts)
    while True:
        further = {move.end for move in MOVES if seen & set(move.start)} - seen
        if not further:
            return seen
        seen |= further


def test_every_state_is_reached_from_the_first() -> None:
    assert reachable({CaseState.NOTICED}) == set(CaseState)


@pytest.mark.parametrize("state", OPEN_STATES)
def test_every_open_case_can_be_closed(state: CaseState) -> None:
    assert CaseState.CLOSED in reachable({state})


def test_there_are_ten_states_and_twenty_three_moves_with_names_of_their_own() -> None:
    assert (len(STATE_TITLES), len(MOVES), len(BY_KEY)) == (10, 23, 23)
    assert len({move.title for move in MOVES}) == len(MOVES)
    assert all(move.who for move in MOVES)


def test_closing_needs_another_person_or_a_receipt() -> None:
    alone = {move.key for move in MOVES if move.end is CaseState.CLOSED and not move.second}

    assert alone == {"sent_to_guidance_center"}


def test_a_refusal_never_closes_a_case() -> None:
    assert BY_KEY["not_met"].end is CaseState.CONFERENCE


def test_nothing_but_resuming_is_done_by_the_system() -> None:
    assert [move.key for move in MOVES if Party.SYSTEM in move.who] == ["resume"]


@pytest.mark.parametrize("role", [Role.WARD_CLERK, Role.WARD_LEAD])
def test_the_first_move_is_the_wards(role: Role) -> None:
    assert [move.key for move in possible_moves(CaseState.NOTICED, frozenset({role}), STEPS)] == ["start_investigation"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SECURITY_OFFICER, Role.PRIVACY_OFFICER])
@pytest.mark.parametrize("state", list(CaseState))
def test_nobody_else_moves_a_case(role: Role, state: CaseState) -> None:
    assert possible_moves(state, frozenset({role}), BY_KEY) == ()


def test_nothing_begins_with_a_review_whose_reasons_are_gone() -> None:
    assert possible_moves(CaseState.NOTICED, frozenset({Role.WARD_CLERK, Role.WARD_LEAD}), STEPS, needed=False) == ()
    with pytest.raises(ReasonsGone, match="none of the reasons"):
        must_start(START, CaseState.NOTICED, needed=False)


@pytest.mark.parametrize("state", list(CaseState))
def test_reasons_that_are_gone_never_stand_in_the_way_of_closing_or_of_what_has_begun(state: CaseState) -> None:
    stopped = {move.key for move in MOVES if state in move.start and _begins(move, state)}

    assert not any(BY_KEY[key].end is CaseState.CLOSED for key in stopped)
    assert stopped == ({"start_investigation"} if state is CaseState.NOTICED else set())


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.NOTICED])
def test_an_investigation_starts_once(state: CaseState) -> None:
    with pytest.raises(MoveNotPossible):
        must_start(START, state)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.key)
def test_a_move_without_a_module_is_not_offered(move: Move) -> None:
    everybody = frozenset({Role.WARD_CLERK, Role.WARD_LEAD})
    offered = {each.key for state in CaseState for each in possible_moves(state, everybody, STEPS)}

    assert (move.key in offered) is (move.key in STEPS)


def test_every_module_of_a_move_is_one_of_the_table_and_has_a_form_of_its_own() -> None:
    assert "start_investigation" in STEPS
    for key, step in STEPS.items():
        assert step.move is BY_KEY[key]
        assert get_args(step.form.model_fields["move"].annotation) == (key,)
        assert {field.name for field in step.ask(date(2026, 4, 11), None).fields} == step.form.model_fields.keys() - {"move"}
        assert set(step.move.needs) <= step.form.model_fields.keys()
        assert set(step.changes) <= set(step.deed.fields)
