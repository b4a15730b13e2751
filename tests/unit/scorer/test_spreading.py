"""On which day the wards are asked about a child for a reason of the new school year."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PersonId
from services.scorer.domain.spreading import TURN_DAYS, asked_on

TURN = date(2026, 4, 1)
children = st.uuids().map(PersonId)
days = st.integers(0, 400).map(lambda number: TURN + timedelta(number))


@given(children, days)
def test_a_child_waits_for_less_than_fourteen_days_and_does_not_begin_to_wait_anew(child: PersonId, known_on: date) -> None:
    """A reason that is not known for some days, and then again, is told on the day on which it would have been."""
    day = asked_on(child, TURN, known_on)

    assert known_on <= day < known_on + timedelta(TURN_DAYS)
    again = [asked_on(child, TURN, known_on + timedelta(number)) for number in range((day - known_on).days + 1)]
    assert set(again) == {day}


@given(days)
def test_a_class_of_whom_it_becomes_known_on_one_day_is_asked_about_on_fourteen(known_on: date) -> None:
    asked = [asked_on(PersonId(UUID(int=number)), TURN, known_on) for number in range(5 * TURN_DAYS)]

    assert sorted(asked) == [known_on + timedelta(number // 5) for number in range(5 * TURN_DAYS)]
