from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.domain.calendar import after_opening_days, born_from, holidays, in_scope, is_open, scope_end

YEARS_2026 = {
    date(2026, 1, 1),
    date(2026, 1, 12),
    date(2026, 2, 11),
    date(2026, 2, 23),
    date(2026, 3, 20),
    date(2026, 4, 29),
    date(2026, 5, 3),
    date(2026, 5, 4),
    date(2026, 5, 5),
    date(2026, 5, 6),
    date(2026, 7, 20),
    date(2026, 8, 11),
    date(2026, 9, 21),
    date(2026, 9, 22),
    date(2026, 9, 23),
    date(2026, 10, 12),
    date(2026, 11, 3),
    date(2026, 11, 23),
}
"""As the Cabinet Office announced them, with 休日 of 6 May and 22 September."""


def test_the_holidays_of_2026_are_those_announced() -> None:
    assert holidays(2026) == YEARS_2026


@pytest.mark.parametrize("day", [date(2025, 2, 24), date(2025, 11, 24), date(2024, 8, 12), date(2027, 3, 22)])
def test_a_holiday_on_a_sunday_moves_to_the_next_free_day(day: date) -> None:
    assert day in holidays(day.year)


@pytest.mark.parametrize(
    ("year", "only_then", "not_then"),
    [
        (2019, [date(2019, 4, 30), date(2019, 5, 1), date(2019, 5, 2), date(2019, 10, 22)], date(2019, 12, 23)),
        (2020, [date(2020, 7, 23), date(2020, 7, 24), date(2020, 8, 10)], date(2020, 10, 12)),
        (2021, [date(2021, 7, 22), date(2021, 7, 23), date(2021, 8, 8), date(2021, 8, 9)], date(2021, 8, 11)),
    ],
)
def test_years_with_a_law_of_their_own_have_their_own_holidays(year: int, only_then: list[date], not_then: date) -> None:
    """The enthronement with its days between, and the Olympic summers that moved three holidays."""
    assert holidays(year) >= set(only_then)
    assert not_then not in holidays(year)


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 1, 2), date(2026, 12, 29), date(2150, 1, 2)])
def test_the_city_keeps_its_year_end_also_where_the_law_names_no_holiday(day: date) -> None:
    assert day not in holidays(day.year)
    assert not is_open(day)


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        (date(2026, 4, 11), 5, date(2026, 4, 17)),
        (date(2026, 4, 28), 5, date(2026, 5, 11)),
        (date(2026, 9, 18), 1, date(2026, 9, 24)),
        (date(2026, 12, 28), 1, date(2027, 1, 4)),
        (date(2026, 4, 13), 0, date(2026, 4, 13)),
    ],
)
def test_time_limits_count_opening_days_only(day: date, count: int, due: date) -> None:
    assert after_opening_days(day, count) == due


@given(st.dates(min_value=date(2022, 1, 1), max_value=date(2098, 12, 1)), st.integers(min_value=1, max_value=20))
def test_a_time_limit_ends_on_an_opening_day_with_as_many_between(day: date, count: int) -> None:
    due = after_opening_days(day, count)

    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert is_open(due)
    assert sum(map(is_open, between)) == count


@pytest.mark.parametrize(
    ("birth", "end"),
    [
        (date(2011, 4, 1), date(2026, 3, 31)),
        (date(2011, 4, 2), date(2027, 3, 31)),
        (date(2012, 2, 29), date(2027, 3, 31)),
    ],
)
def test_the_scope_ends_with_junior_high_school(birth: date, end: date) -> None:
    """REF-06; the values of domain.md §2.1."""
    assert scope_end(birth) == end


def test_a_child_is_in_scope_to_the_last_day_and_without_a_birth_date() -> None:
    birth = date(2011, 4, 1)

    assert [in_scope(birth, day) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [True, False]
    assert in_scope(None, date(2026, 4, 1))


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(-40, 40))
def test_the_list_asks_for_births_from_the_first_day_that_is_in_scope(today: date, days: int) -> None:
    birth = born_from(today) + timedelta(days=days)

    assert in_scope(birth, today) is (days >= 0)
