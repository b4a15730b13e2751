"""The table of moves (casework.md §2.2)."""

from collections.abc import Collection, Iterable
from itertools import product
from typing import Any, get_args
from uuid import UUID

import pytest

from contracts.ids import StaffId
from contracts.values import CaseState, Role, Section
from services.casework.domain.flow import (
    ACCEPT,
    ACTS,
    ANSWER_CENTER,
    ANY_BY_KEY,
    BY_KEY,
    MOVES,
    NEW_APPROACHES,
    OBJECT,
    OFFERS,
    OPEN_STATES,
    RECEIVE_SENT,
    RETURN,
    SETTLES,
    STATE_TITLES,
    WHILE_WAITING,
    WITHDRAW,
    Move,
    MoveNotPossible,
    Objected,
    Party,
    Place,
    ReasonsGone,
    Waiting,
    _begins,
    must_start,
    parties_of,
    possible_moves,
)
from services.casework.moves import STEPS

START = BY_KEY["start_investigation"]
ME, ANOTHER = StaffId(UUID(int=1)), StaffId(UUID(int=2))
CHILDCARE = Section.CHILDCARE_SUPPORT


def offered(state: CaseState, parties: frozenset[Party], wired: Collection[str] = ANY_BY_KEY, **place: Any) -> list[str]:
    """What somebody who is `parties` may do where a case stands at `state`."""
    return [move.key for move in possible_moves(Place(state, **place), parties, ME, wired)]


def reachable(starts: Iterable[CaseState]) -> set[CaseState]:
    seen = set(starts)
    while True:
        further = {move.end for move in MOVES if move.end is not None and seen & set(move.start)} - seen
        if not further:
            return seen
        seen |= further


def test_every_state_is_reached_from_the_first() -> None:
    assert reachable({CaseState.NOTICED}) == set(CaseState)


@pytest.mark.parametrize("state", OPEN_STATES)
def test_every_open_case_can_be_closed(state: CaseState) -> None:
    assert CaseState.CLOSED in reachable({state})


def test_there_are_ten_states_and_twenty_four_moves_with_names_of_their_own() -> None:
    assert (len(STATE_TITLES), len(MOVES), len(BY_KEY)) == (10, 24, 24)
    assert len({move.title for move in MOVES}) == len(MOVES)
    assert all(move.who for move in MOVES)


def test_closing_needs_another_person_or_a_receipt() -> None:
    alone = {move.key for move in MOVES if move.end is CaseState.CLOSED and not move.second}

    assert alone == {"sent_to_guidance_center", "receive_at_guidance_center"}


def test_a_refusal_never_closes_a_case() -> None:
    assert BY_KEY["not_met"].end is CaseState.CONFERENCE


def test_nothing_but_resuming_is_done_by_the_system() -> None:
    assert [move.key for move in MOVES if Party.SYSTEM in move.who] == ["resume"]


@pytest.mark.parametrize("role", [Role.WARD_CLERK, Role.WARD_LEAD])
def test_the_first_move_is_the_wards(role: Role) -> None:
    parties = parties_of(frozenset({role}), CHILDCARE, None)
    begins = [key for key in offered(CaseState.NOTICED, parties) if ANY_BY_KEY[key].end not in {CaseState.CLOSED, None}]

    assert begins == ["start_investigation"]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.WARD_CLERK, Role.WARD_LEAD, Role.GUIDANCE_WORKER}])
@pytest.mark.parametrize("state", list(CaseState))
def test_nobody_else_moves_a_case(role: Role, state: CaseState) -> None:
    assert offered(state, parties_of(frozenset({role}), CHILDCARE, CHILDCARE)) == []


def test_nothing_begins_with_a_review_whose_reasons_are_gone() -> None:
    assert "start_investigation" not in offered(CaseState.NOTICED, frozenset(Party), needed=False)
    with pytest.raises(ReasonsGone, match="none of the reasons"):
        must_start(START, Place(CaseState.NOTICED, needed=False), ME)


@pytest.mark.parametrize("move", [*MOVES, *ACTS], ids=lambda move: move.key)
def test_every_move_is_offered_where_the_table_says_and_nowhere_else(move: Move) -> None:
    """Every state, move and party; nobody decides what they asked for themselves, and everybody may take it back."""
    waits = (None, Waiting("finish", ME), Waiting("finish", ANOTHER))
    for state, party, waiting, open_offer in product(CaseState, Party, waits, (False, True)):
        by_table = state in move.start and party in move.who
        anothers, mine = waiting is not None and waiting.by == ANOTHER, waiting is not None and waiting.by == ME
        allowed = {"approve": anothers, "send_back": anothers, "take_back": mine}.get(
            move.key, waiting is None or move.key in WHILE_WAITING
        )

        # Nothing is offered twice, and nothing settled that is not offered.
        allowed = allowed and (not open_offer if move.key in OFFERS else open_offer if move.key in SETTLES else True)

        found = move.key in offered(state, frozenset({party}), waiting=waiting, offered=open_offer)
        assert found is (by_table and allowed), (state, party, waiting, open_offer)


def test_who_is_in_charge_is_of_the_section_that_the_conference_chose() -> None:
    clerk = frozenset({Role.WARD_CLERK})

    assert parties_of(clerk, CHILDCARE, None) == {Party.CLERK}
    assert parties_of(clerk, CHILDCARE, Section.HEALTH) == {Party.CLERK}
    assert parties_of(clerk, CHILDCARE, CHILDCARE) == {Party.CLERK, Party.SECTION_IN_CHARGE}
    assert parties_of(frozenset({Role.WARD_LEAD}), CHILDCARE, CHILDCARE) == {Party.LEAD, Party.SECTION_IN_CHARGE, Party.HEAD_IN_CHARGE}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", list(CaseState))
def test_the_ward_that_is_offered_a_case_accepts_it_or_sends_it_back_and_nothing_else(role: Role, state: CaseState) -> None:
    """casework.md §2.3: とりまとめ and 係長; until then the case is the other ward's, whatever section is in charge there."""
    parties = parties_of(frozenset({role}), CHILDCARE, CHILDCARE, receives=True)
    settles = [ACCEPT, RETURN] if role is Role.WARD_LEAD and state is not CaseState.CLOSED else []
    if role is Role.GUIDANCE_WORKER:
        settles = [ANSWER_CENTER] if state is CaseState.CLOSED else [RECEIVE_SENT, RETURN, ANSWER_CENTER]

    assert offered(state, parties, offered=True) == settles


@pytest.mark.parametrize("state", list(CaseState))
def test_the_child_guidance_centre_answers_and_settles_what_is_offered_to_it_alone(state: CaseState) -> None:
    """casework.md §2.3: a ward's offer to another ward is none of the centre's, though it may read the child."""
    parties = parties_of(frozenset({Role.GUIDANCE_WORKER}), Section.GUIDANCE_CENTER, None)

    assert offered(state, parties, offered=True) == [ANSWER_CENTER]


def test_nothing_waits_where_a_child_is_in_danger() -> None:
    waiting = Waiting("finish", ANOTHER)

    for state in OPEN_STATES:
        assert {"report_urgently", "sent_to_guidance_center"} <= set(offered(state, frozenset(Party), waiting=waiting))


@pytest.mark.parametrize("state", list(CaseState))
def test_reasons_that_are_gone_never_stand_in_the_way_of_closing_or_of_what_has_begun(state: CaseState) -> None:
    stopped = {move.key for move in MOVES if state in move.start and _begins(move, state)}

    assert not any(BY_KEY[key].end is CaseState.CLOSED for key in stopped)
    assert stopped == ({"start_investigation"} if state is CaseState.NOTICED else set())


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.NOTICED])
def test_an_investigation_starts_once(state: CaseState) -> None:
    with pytest.raises(MoveNotPossible):
        must_start(START, Place(state), ME)


def test_a_move_without_a_module_is_not_offered() -> None:
    states = [state for state in CaseState if state is not CaseState.NOTICED]

    assert [key for state in states for key in offered(state, frozenset(Party), ())] == []


def test_every_move_and_act_of_the_tables_can_be_made() -> None:
    assert STEPS.keys() == ANY_BY_KEY.keys()


def test_every_module_is_one_of_the_tables_and_has_a_form_of_its_own() -> None:
    for key, step in STEPS.items():
        fields = step.form.model_fields
        assert step.move is ANY_BY_KEY[key]
        assert get_args(fields["move"].annotation) == (key,)
        assert {spec.name for spec in step.fields} == fields.keys() - {"move"}
        assert set(step.move.needs) <= fields.keys()
        assert set(step.told) <= set(step.deed.fields)


@pytest.mark.parametrize("state", list(CaseState))
def test_while_a_family_objects_nobody_approaches_it_anew_and_everything_else_goes_on(state: CaseState) -> None:
    """S17: also not by the approval of what was asked for before; help in danger, and the end of the case, wait for nothing."""
    before, now = set(offered(state, frozenset(Party))), set(offered(state, frozenset(Party), objected=True))

    assert before - now == before & NEW_APPROACHES
    for waiting in NEW_APPROACHES:
        asked = offered(state, frozenset(Party), objected=True, waiting=Waiting(waiting, ANOTHER))
        assert "approve" not in asked
        assert {"send_back"} <= set(asked)
    with pytest.raises(Objected, match="the family objects"):
        must_start(BY_KEY["decide_plan"], Place(CaseState.PLANNING, objected=True), ME)


@pytest.mark.parametrize("move", [WITHDRAW, OBJECT])
def test_what_a_family_says_is_recorded_while_something_waits_for_approval(move: str) -> None:
    assert move in offered(CaseState.PLANNING, frozenset(Party), waiting=Waiting("decide_plan", ANOTHER))
