from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.pages import dates


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 4, 11), "令和8年4月11日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1850, 1, 1), "1850年1月1日"),
    ],
)
def test_a_date_is_written_in_the_era_that_it_lies_in(day: date, text: str) -> None:
    assert dates.era_date(day) == text


def test_an_instant_is_written_in_japanese_time() -> None:
    instant = datetime(2026, 4, 10, 15, 5, tzinfo=UTC)

    assert dates.moment(instant) == "令和8年4月11日 0時05分"
    assert dates.short_moment(instant) == "4月11日 0:05"


@pytest.mark.parametrize(
    ("birth", "on", "text"),
    [
        (date(2024, 2, 10), date(2026, 4, 11), "2歳2か月"),
        (date(2024, 2, 10), date(2026, 2, 9), "1歳11か月"),
        (date(2026, 3, 10), date(2026, 11, 9), "7か月"),
        (date(2024, 2, 29), date(2025, 2, 28), "11か月"),
        (date(2026, 3, 10), date(2026, 3, 1), "0か月"),
    ],
)
def test_an_age_is_counted_by_birthdays(birth: date, on: date, text: str) -> None:
    assert dates.age(birth, on) == text


@given(st.dates(min_value=date(1868, 10, 23), max_value=date(2100, 1, 1)))
def test_no_day_falls_between_two_eras(day: date) -> None:
    assert dates.era_date(day)[:2] in {"明治", "大正", "昭和", "平成", "令和"}
