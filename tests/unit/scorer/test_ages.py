"""Ages and terms in law (`domain.md` §2.1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scorer.domain.ages import add_months, attains, class_age, fy, ga_days, ga_weeks, school_entry, scope_end

births = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("birth", "attains_15", "last_day"),
    [
        (date(2011, 4, 1), date(2026, 3, 31), date(2026, 3, 31)),
        (date(2011, 4, 2), date(2026, 4, 1), date(2027, 3, 31)),
        (date(2012, 2, 29), date(2027, 2, 28), date(2027, 3, 31)),
    ],
)
def test_a_child_leaves_the_scope_at_the_end_of_junior_high_ref_06(birth: date, attains_15: date, last_day: date) -> None:
    assert attains_15 == attains(birth, 15)
    assert last_day == scope_end(birth)


def test_a_child_of_1_april_enters_school_a_year_before_one_of_2_april() -> None:
    assert date(2026, 4, 1) == school_entry(date(2020, 4, 1))
    assert date(2027, 4, 1) == school_entry(date(2020, 4, 2))


def test_months_are_clamped_to_the_month_end() -> None:
    assert date(2024, 2, 29) == add_months(date(2023, 8, 31), 6)
    assert date(2025, 2, 28) == add_months(date(2024, 2, 29), 12)
    assert date(2025, 12, 31) == add_months(date(2025, 1, 31), 11)


def test_a_child_born_on_29_february_is_a_year_older_on_every_28_february() -> None:
    assert [date(2012 + n, 2, 28) for n in range(1, 9)] == [attains(date(2012, 2, 29), n) for n in range(1, 9)]


def test_a_child_of_15_january_2022_is_in_the_4_year_class_in_fiscal_2026() -> None:
    assert class_age(date(2022, 1, 15), 2026) == 4
    assert class_age(date(2022, 4, 1), 2026) == 4
    assert class_age(date(2022, 4, 2), 2026) == 3


def test_gestation_of_the_example_is_14w2d() -> None:
    assert ga_days(date(2026, 4, 4), date(2025, 10, 6)) == 14 * 7 + 2
    assert ga_weeks(date(2026, 4, 4), date(2025, 10, 6)) == 14
    assert ga_days(date(2026, 6, 5), date(2026, 1, 16)) == 20 * 7


@given(births, st.integers(0, 300))
def test_months_later_is_the_same_day_or_the_months_last(birth: date, months: int) -> None:
    later = add_months(birth, months)

    assert (later.year * 12 + later.month) - (birth.year * 12 + birth.month) == months
    assert later.day == birth.day or (later.day < birth.day and (later + timedelta(days=1)).day == 1)


@given(births, st.integers(0, 120), st.integers(0, 120))
def test_more_months_are_never_earlier(birth: date, some: int, more: int) -> None:
    assert add_months(birth, min(some, more)) <= add_months(birth, max(some, more))


@given(births)
def test_scope_ends_and_school_begins_where_a_school_year_turns(birth: date) -> None:
    assert (scope_end(birth).month, scope_end(birth).day) == (3, 31)
    assert (school_entry(birth).month, school_entry(birth).day) == (4, 1)
    assert attains(birth, 15) <= scope_end(birth) < attains(birth, 16)
    assert school_entry(birth) > attains(birth, 6)
    assert scope_end(birth).year - school_entry(birth).year == 9


@given(births, births)
def test_born_later_never_leaves_earlier(one: date, other: date) -> None:
    assert scope_end(min(one, other)) <= scope_end(max(one, other))


@given(births)
def test_nine_school_years_fit_between_entry_and_scope_end(birth: date) -> None:
    entry, end = school_entry(birth), scope_end(birth)

    assert fy(entry) + 8 == fy(end)
    assert class_age(birth, fy(entry)) == 6
