"""The weekly report: of which week, when it is due, and kept as it was made (REP-01)."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infra.clock import JST
from services.casework.domain.weekly import (
    MOST_AT_ONCE,
    WEEK,
    Row,
    Table,
    as_kept,
    day_of_making,
    from_kept,
    monday_of,
    sunday_of,
    weeks_due,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def test_a_week_goes_from_monday_to_sunday() -> None:
    assert [monday_of(date(2026, 4, day)) for day in (6, 12, 13)] == [date(2026, 4, 6), date(2026, 4, 6), date(2026, 4, 13)]
    assert sunday_of(date(2026, 4, 6)) == date(2026, 4, 12)


def test_on_its_sunday_a_week_is_not_over_and_on_monday_it_is() -> None:
    latest = date(2026, 3, 30)

    assert weeks_due(latest, date(2026, 4, 12)) == ()
    assert weeks_due(latest, date(2026, 4, 13)) == (date(2026, 4, 6),)


def test_a_report_waits_for_the_night_after_its_sunday() -> None:
    monday = datetime(2026, 4, 13, 7, 59, tzinfo=JST)

    assert [day_of_making(at, JST) for at in (monday, monday + timedelta(minutes=1))] == [date(2026, 4, 12), date(2026, 4, 13)]


@given(DAYS, st.integers(0, 20))
def test_after_a_stop_every_week_is_made_up_for_once_as_far_back_as_it_says_something(today: date, missed: int) -> None:
    last = monday_of(today) - WEEK

    due = weeks_due(last - missed * WEEK, today)

    assert due == tuple(last - number * WEEK for number in reversed(range(min(missed, MOST_AT_ONCE))))
    assert all(sunday_of(week) < today for week in due)


@given(DAYS)
def test_a_clock_that_was_set_back_makes_no_report(today: date) -> None:
    assert weeks_due(monday_of(today) + timedelta(days=7), today) == ()
    assert weeks_due(None, today) == (monday_of(today) - WEEK,)


def test_a_report_reads_as_it_was_kept() -> None:
    tables = (Table("stages", "段階", "", ("未着手", "計"), (Row("hakata", (None, 12)), Row("", (0, 12)))),)
    at = datetime(2026, 4, 13, tzinfo=UTC)

    report = from_kept(date(2026, 4, 6), at, as_kept(tables, ("健康課の記録は、届いていません。",)))

    assert (report.tables, report.late, report.last_day) == (tables, ("健康課の記録は、届いていません。",), date(2026, 4, 12))
