"""Of which days can be asked: a day that has not come is known to nobody, and one that nobody can count with is refused by its field."""

from datetime import date

import pytest

from services.scorer.recalling import NotKept, check_days

TODAY = date(2026, 4, 11)


@pytest.mark.parametrize(
    ("as_of", "known_on", "field"),
    [
        (date.min, date.min, "as_of"),
        (date(1868, 1, 24), TODAY, "as_of"),
        (date(2026, 4, 10), date.max, "known_at"),
        (date(2026, 4, 12), date(2026, 4, 12), "as_of"),
        (TODAY, date(2026, 4, 12), "known_at"),
        (TODAY, date(2026, 4, 10), "as_of"),
    ],
)
def test_a_day_of_which_nothing_can_be_known_is_refused_with_the_field_named(as_of: date, known_on: date, field: str) -> None:
    with pytest.raises(NotKept, match=f"^{field}: "):
        check_days(as_of, known_on, TODAY)


@pytest.mark.parametrize(("as_of", "known_on"), [(TODAY, TODAY), (date(1868, 1, 25), TODAY), (date(2026, 4, 1), date(2026, 4, 1))])
def test_today_and_every_day_before_it_can_be_asked_for(as_of: date, known_on: date) -> None:
    check_days(as_of, known_on, TODAY)
