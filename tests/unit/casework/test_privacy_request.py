"""Requests for disclosure, correction and suspension: time limits, who decides, what is never disclosed (個人情報保護法76条–103条)."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import StaffId
from services.casework.domain.calendar import is_open
from services.casework.domain.privacy_decision import SHIELDING, Lack, Shield, lacks
from services.casework.domain.privacy_request import (
    OVER,
    SECONDS,
    WAYS,
    Capacity,
    Does,
    Ground,
    Kind,
    Request,
    Result,
    State,
    Word,
    can_be_done,
)
from services.casework.screens.privacy.requests.words import BUTTONS, DONE, ENTRIES, GROUNDS, KINDS, LACKS, RESULTS, STATES

ONE, OTHER = StaffId(UUID(int=1)), StaffId(UUID(int=2))
DAY = date(2026, 4, 1)
WHOLE = {"result": "whole", "grounds": [], "words": ""}


def request(*words: tuple[Does, dict[str, Any]], kind: Kind = Kind.DISCLOSURE, received: date = DAY, by: StaffId = ONE) -> Request:
    told = tuple(Word(at, does, details, datetime(2026, 4, 1, tzinfo=UTC), by, "x") for at, (does, details) in enumerate(words, 1))
    return Request(UUID(int=9), "R-000001", kind, received, Capacity.SELF, "x", "y", "z", None, told)


def on(day: date) -> dict[str, str]:
    return {"on": day.isoformat()}


def test_thirty_days_begin_after_the_day_of_the_request_and_an_extension_gives_thirty_more() -> None:
    """83条, 94条, 102条; 民法140条."""
    plain = request()
    longer = request((Does.EXTEND, {"days": 30}))

    assert [each.due_on(DAY) for each in (plain, longer)] == [date(2026, 5, 1), date(2026, 5, 31)]
    assert longer.decide_by(DAY) == date(2026, 5, 29), "31 May 2026 is a Sunday: the Friday before is in time by any reading"


def test_days_on_which_it_was_incomplete_do_not_count() -> None:
    """83条1項但書."""
    asked = (Does.ASK_TO_COMPLETE, on(date(2026, 4, 3)))
    waiting = request(asked)
    completed = request(asked, (Does.COMPLETE, on(date(2026, 4, 13))))

    assert [waiting.due_on(date(2026, 4, day)) for day in (3, 8)] == [date(2026, 5, 1), date(2026, 5, 6)]
    assert completed.due_on(date(2026, 6, 1)) == date(2026, 5, 11)
    assert not waiting.is_late(date(2026, 9, 1))
    assert completed.is_late(date(2026, 5, 12))


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_the_day_to_decide_by_is_an_opening_day_and_never_after_the_laws(day: date) -> None:
    plain = request(received=day)

    assert is_open(plain.decide_by(day))
    assert plain.decide_by(day) <= plain.due_on(day)


def reached(state: State) -> Request:
    """A request that stands there, by the shortest way; every proposal is of the first person."""
    ways: dict[State, tuple[tuple[Does, dict[str, Any]], ...]] = {State.RECEIVED: ()}
    while state not in ways:
        for start, (does, (states, end)) in product(tuple(ways), WAYS.items()):
            if start in states and end is not None and end not in ways:
                ways[end] = (*ways[start], (does, WHOLE | on(DAY)))
    return request(*ways[state])


@pytest.mark.parametrize("state", list(State))
def test_what_can_be_done_follows_from_where_it_stands_and_who_asks(state: State) -> None:
    """Every state × deed × person: the privacy officer alone decides, and never on the own proposal."""
    there = reached(state)
    can = {decides: can_be_done(there, decides=decides, staff_id=OTHER) for decides in (True, False)}
    own = can_be_done(there, decides=True, staff_id=ONE)

    assert there.state is state
    for does in Does:
        possible = state in WAYS[does][0] and does is not Does.HEAR
        assert (does in can[True]) is possible
        assert (does in can[False]) is (possible and does not in SECONDS)
        assert (does in own) is (possible and does is not Does.DECIDE)


def test_every_state_can_end_and_what_is_over_takes_notes_alone() -> None:
    assert all(set(can_be_done(reached(state), decides=True, staff_id=OTHER)) == {Does.NOTE} for state in OVER)
    assert {end for _, end in WAYS.values() if end} | {State.RECEIVED} == set(State)


def test_it_is_put_off_once() -> None:
    assert Does.EXTEND not in can_be_done(request((Does.EXTEND, {"days": 10})), decides=False, staff_id=ONE)


def test_of_a_protected_child_nothing_is_laid_open() -> None:
    """78条1項1号・2号; domain.md §2.8-8: whoever asks, and above all the opponent's side."""
    for result, ground, protected, opponent in product(Result, (None, *Ground), (True, False), (True, False)):
        shield = Shield(held=True, protected=protected, opponents_side=opponent)
        found = set(lacks(request(), shield, result, (ground,) if ground else (), "because"))

        lays_open = result is Result.WHOLE or (result in {Result.PART, Result.NONE} and ground not in SHIELDING)
        assert bool(found & {Lack.PROTECTED, Lack.OPPONENT}) is (lays_open and (protected or opponent))
        assert (Lack.HELD in found) is (result is Result.NOT_HELD)
        assert (Lack.GROUNDS in found) is (result in {Result.PART, Result.NONE, Result.NO_ANSWER} and ground is None)


def test_what_is_not_granted_has_a_reason_and_every_kind_its_own_results() -> None:
    correction = request(kind=Kind.CORRECTION)

    assert list(lacks(correction, Shield(), Result.NONE, (), "")) == [Lack.REASONS]
    assert list(lacks(correction, Shield(), Result.NONE, (), "as it is")) == []
    assert list(lacks(correction, Shield(), Result.NO_ANSWER, (), "x")) == [Lack.RESULT]


def test_a_third_party_is_heard_before_and_has_two_weeks_after_its_objection() -> None:
    """86条3項."""
    consulted = (Does.CONSULT, {"whom": "学校"})
    proposed = ((Does.PROPOSE, WHOLE), (Does.DECIDE, on(date(2026, 4, 20))))
    objects = request(consulted, (Does.HEAR, {"of": 1, "opinion": "objects"}), *proposed)
    agrees = request(consulted, (Does.HEAR, {"of": 1, "opinion": "no_objection"}), *proposed)

    assert list(lacks(request(consulted), Shield(), Result.WHOLE, (), "")) == [Lack.UNHEARD]
    assert (objects.given_out_from, agrees.given_out_from) == (date(2026, 4, 20) + timedelta(days=14), None)


def test_everything_has_words() -> None:
    assert set(BUTTONS) == set(DONE) == set(ENTRIES) == set(Does)
    assert (set(STATES), set(RESULTS), set(GROUNDS), set(KINDS), set(LACKS)) == (set(State), set(Result), set(Ground), set(Kind), set(Lack))
