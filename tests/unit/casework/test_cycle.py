"""The programme's cycle: its proposed dates, and what the first page says of it (PUSH-09, SCH-01)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.casework.domain.calendar import fiscal_year
from services.casework.domain.cycle import NEAR, TEMPLATE, day_in, lies_in, told

YEARS = st.integers(2000, 2100)


@given(YEARS)
def test_every_proposed_day_lies_in_its_year_and_in_the_order_of_the_steps(year: int) -> None:
    first, end = fiscal_year(year)
    days = [day_in(year, each.month, each.day) for each in TEMPLATE]

    assert days == sorted(days)
    assert all(first <= day < end for day in days)
    assert all(lies_in(day, year) for day in days)


def test_people_are_approached_from_september_after_the_confirmation_and_the_training() -> None:
    """PUSH-09, TRN-01."""
    titles = [each.title for each in TEMPLATE]
    approach = titles.index("個別アプローチを始める")

    assert TEMPLATE[approach].month == 9
    assert {"人の目で確かめる（調査と協議）", "個別アプローチの前の研修をする"} <= set(titles[:approach])


@given(st.lists(st.integers(-400, 400), max_size=8))
def test_what_is_due_today_is_near_and_what_was_due_yesterday_is_late(offsets: list[int]) -> None:
    today = date(2026, 9, 1)
    steps = [(str(number), today + timedelta(days=offset)) for number, offset in enumerate(offsets)]

    found = told(steps, today)

    assert sorted(found.late) == sorted(step for step in steps if step[1] < today)
    assert sorted(found.near) == sorted(step for step in steps if today <= step[1] <= today + NEAR)
    assert list(found.late) == sorted(found.late, key=lambda step: step[1])
