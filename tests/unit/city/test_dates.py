"""Chances that are drawn faster than the standard library draws them, and draw the same; days as text."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from infra.city.dates import Shares, months_after, whole
from infra.city.events import stamp


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 1), (-3, 3), (1, 180), (0, 255), (0, 256), (5, 100_000)])
def test_a_whole_number_is_the_one_that_randint_draws(first: int, last: int) -> None:
    ours, theirs = Random(7), Random(7)

    assert [whole(ours, first, last) for _ in range(300)] == [theirs.randint(first, last) for _ in range(300)]
    assert ours.random() == theirs.random()


def test_one_of_several_shares_is_the_one_that_choices_draws() -> None:
    ours, theirs = Random(7), Random(7)
    shares = Shares("abcd", (40, 43, 14, 3))

    assert [shares.draw(ours) for _ in range(500)] == [theirs.choices("abcd", (40, 43, 14, 3))[0] for _ in range(500)]
    assert ours.random() == theirs.random()


def test_a_month_later_is_the_same_day_or_the_months_last() -> None:
    assert months_after(date(2026, 1, 28), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2024, 1, 30), 1) == date(2024, 2, 29)
    assert months_after(date(2026, 3, 15), -3) == date(2025, 12, 15)


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
def test_publications_are_a_millisecond_apart_up_to_the_start_of_the_day(count: int) -> None:
    events = [{"source": "childcare", "type": "childcare.use_changed", "time": ""} for _ in range(count)]
    end = datetime(2026, 8, 31, 15, tzinfo=UTC)

    stamp(events, date(2026, 9, 1))

    expected = [(end - timedelta(milliseconds=count - at)).isoformat(timespec="milliseconds") for at in range(count)]
    assert [event["time"] for event in events] == expected
