"""The table of moves (casework.md §2.2)."""

from collections.abc import Iterable

import pytest

from contracts.values import CaseState, Role
from services.casework.domain.flow import (
    BY_KEY,
    MOVES,
    OPEN_STATES,
    STATE_TITLES,
    WIRED,
    MoveNotPossible,
    Party,
    ReasonsGone,
    _begins,
    move_from,
    possible_moves,
)


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
    assert [move.key for move in possible_moves(CaseState.NOTICED, frozenset({role}))] == ["start_investigation"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SECURITY_OFFICER, Role.PRIVACY_OFFICER])
@pytest.mark.parametrize("state", list(CaseState))
def test_nobody_else_moves_a_case(role: Role, state: CaseState) -> None:
    assert possible_moves(state, frozenset({role})) == ()


def test_nothing_begins_with_a_review_whose_reasons_are_gone() -> None:
    assert possible_moves(CaseState.NOTICED, frozenset({Role.WARD_CLERK, Role.WARD_LEAD}), needed=False) == ()
    with pytest.raises(ReasonsGone, match="none of the reasons"):
        move_from(CaseState.NOTICED, "start_investigation", needed=False)


@pytest.mark.parametrize("state", list(CaseState))
def test_reasons_that_are_gone_never_stand_in_the_way_of_closing_or_of_what_has_begun(state: CaseState) -> None:
    stopped = {move.key for move in MOVES if state in move.start and _begins(move, state)}

    assert not any(BY_KEY[key].end is CaseState.CLOSED for key in stopped)
    assert stopped == ({"start_investigation"} if state is CaseState.NOTICED else set())


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.NOTICED])
def test_an_investigation_starts_once(state: CaseState) -> None:
    with pytest.raises(MoveNotPossible):
        move_from(state, "start_investigation")


@pytest.mark.parametrize("key", [*sorted({move.key for move in MOVES} - set(WIRED)), "no_such_move"])
def test_a_move_without_a_screen_is_not_made(key: str) -> None:
    with pytest.raises(MoveNotPossible):
        move_from(CaseState.NOTICED, key)
