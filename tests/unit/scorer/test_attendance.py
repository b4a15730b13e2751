"""Items 12 and 13: a school year, month by month (`domain.md` §2.5, §2.8-13 and 17, S10)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.ids import SchoolId
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.facts import InHand
from services.scorer.domain.indicators.attendance import AttendanceReason
from services.scorer.domain.parameters import FUKUOKA
from services.scorer.domain.reading import Record
from tests.unit.scorer.builders import answer, child, event, record, told

ABSENCE, TARDINESS = Item.SCHOOL_ABSENCE_HIGH, Item.SCHOOL_TARDINESS_HIGH
TRUE, FALSE, UNKNOWN = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN
PUPIL = child("2015-07-07")
LINK = record(EventKind.PUPIL_REGISTERED, 1, fiscal_year=2026)
MONTHS = (4, 5, 6, 7, 9, 10, 11, 12, 1, 2, 3)


def month(number: int, days: int, absent: int = 0, *, school: int = 1, year: int = 2026, **fields: Any) -> Record:
    data = {"fiscal_year": year, "month": number, "school_days": days, "absent_days": absent, "tardy_count": 0} | fields
    return record(EventKind.ATTENDANCE_MONTH_REPORTED, year * 1000 + number * 10 + school, **data)


def asked(item: Item, as_of: str, *rows: Record, through: str | None = None, in_hand: InHand | None = None, **options: Any) -> Answer:
    """The answer on a day, with the feed complete up to the day before, or `through`."""
    delivered = date.fromisoformat(through) if through else date.fromisoformat(as_of) - timedelta(days=1)
    known = told(LINK, *rows, in_hand=in_hand or InHand())
    return answer(item, options.pop("who", PUPIL), known, as_of, {Source.SCHOOL_AFFAIRS: delivered}, **options)


APRIL_TO_SEPTEMBER = [month(4, 17, 2), month(5, 20, 2), month(6, 21, 2), month(7, 20, 1), month(9, 20, 2)]
"""9 days absent of 98."""


def test_s10_nine_of_98_is_not_many_17_of_119_neither_and_31_of_138_is() -> None:
    october, november = month(10, 21, 8, school=2), month(11, 19, 14, school=2)

    first = asked(ABSENCE, "2026-10-05", *APRIL_TO_SEPTEMBER)
    second = asked(ABSENCE, "2026-11-05", *APRIL_TO_SEPTEMBER, october)
    third = asked(ABSENCE, "2026-12-05", *APRIL_TO_SEPTEMBER, october, november)

    assert (first.value, first.detail["absent_days"], first.detail["school_days"]) == (FALSE, 9, 98)
    assert (second.value, second.detail["absent_days"], second.detail["school_days"]) == (FALSE, 17, 119)
    assert (third.value, third.reason_code, third.klass) == (TRUE, AttendanceReason.DAYS_HIGH, "30–89")
    assert (third.detail["absent_days"], third.detail["school_days"], third.detail["through"]) == (31, 138, "2026-11-30")
    assert (third.valid_from, third.valid_to) == (date(2026, 11, 30), date(2027, 4, 1))
    assert len(third.evidence) == 7


def test_s10_a_correction_that_takes_three_days_away_leaves_28_of_138_true_by_proportion() -> None:
    rows = [month(4, 17, 2), month(5, 20, 2), month(6, 21, 0), month(7, 20, 0), month(9, 20, 2), month(10, 21, 8), month(11, 19, 14)]

    mended = asked(ABSENCE, "2026-12-10", *rows)

    assert (mended.value, mended.reason_code, mended.detail["absent_days"], mended.klass) == (TRUE, AttendanceReason.SHARE_HIGH, 28, None)


@pytest.mark.parametrize(("absent", "value"), [(14, FALSE), (15, TRUE)])
def test_of_98_days_15_are_needed(absent: int, value: IndicatorValue) -> None:
    rows = [month(4, 17, 0), month(5, 20, 0), month(6, 21, 0), month(7, 20, 0), month(9, 20, absent)]

    assert asked(ABSENCE, "2026-10-05", *rows).value is value


@pytest.mark.parametrize(("absent", "value"), [(5, FALSE), (6, TRUE)])
def test_what_is_proportional_is_rounded_up_and_five_at_least(absent: int, value: IndicatorValue) -> None:
    # 37 days: 30 · 37 / 200 = 5.55.
    assert asked(ABSENCE, "2026-06-03", month(4, 17), month(5, 20, absent)).value is value


def test_four_of_few_days_are_not_many() -> None:
    rows = month(4, 5, 2), month(5, 5, 2)

    assert asked(ABSENCE, "2026-06-03", *rows).value is FALSE
    assert asked(ABSENCE, "2026-06-03", rows[0], month(5, 5, 3)).value is TRUE


def test_before_31_may_only_thirty_days_are_many() -> None:
    rows = month(4, 20, 20), month(5, 20, 9)

    eve, day = asked(ABSENCE, "2026-05-30", *rows), asked(ABSENCE, "2026-05-31", *rows)

    assert (eve.value, day.value, day.valid_from) == (FALSE, TRUE, date(2026, 5, 31))
    assert eve.due == date(2026, 5, 31)
    assert asked(ABSENCE, "2026-05-10", month(4, 30, 30)).value is TRUE


def test_a_row_counts_from_the_end_of_its_month() -> None:
    rows = [*APRIL_TO_SEPTEMBER, month(10, 21, 21)]

    early, on_the_day = asked(ABSENCE, "2026-10-30", *rows), asked(ABSENCE, "2026-10-31", *rows)

    assert (early.value, on_the_day.value, on_the_day.valid_from) == (FALSE, TRUE, date(2026, 10, 31))
    assert early.due == date(2026, 10, 31)


def test_what_is_proportional_can_fall_back_and_thirty_days_never() -> None:
    before = [month(4, 17, 6), month(5, 20, 0)]
    severe = [month(4, 17, 17), month(5, 20, 13)]
    empty = [month(6, 21), month(7, 20), month(9, 20), month(10, 21), month(11, 19), month(12, 17)]

    assert asked(ABSENCE, "2026-06-02", *before).value is TRUE
    fallen = asked(ABSENCE, "2026-07-02", *before, empty[0])
    assert (fallen.value, fallen.valid_from) == (FALSE, date(2026, 6, 30))
    stays = asked(ABSENCE, "2027-01-10", *severe, *empty)
    assert (stays.value, stays.valid_from) == (TRUE, date(2026, 5, 31))


def test_a_closed_month_without_a_row_leaves_the_year_open_unless_thirty_days_are_reached() -> None:
    april, june = month(4, 17, 0), month(6, 21, 0)

    open_month = asked(ABSENCE, "2026-06-02", april, through="2026-05-30")
    closed = asked(ABSENCE, "2026-06-02", april, through="2026-05-31")

    assert (open_month.value, open_month.needed_on) == (FALSE, date(2026, 5, 31))
    assert (closed.value, closed.reason_code, closed.detail["month"]) == (UNKNOWN, AttendanceReason.MONTH_MISSING, 5)
    assert asked(ABSENCE, "2026-07-02", april, month(6, 21, 21), through="2026-07-01").value is UNKNOWN
    assert asked(ABSENCE, "2026-07-02", month(4, 17, 17), month(6, 21, 13), through="2026-07-01").value is TRUE
    assert asked(ABSENCE, "2026-07-02", april, month(5, 20), june, through="2026-07-01").value is FALSE


def test_a_month_closes_45_days_after_its_end_also_without_a_word_of_its_source() -> None:
    last_day, next_day = asked(ABSENCE, "2026-06-14", through="2026-03-31"), asked(ABSENCE, "2026-06-15", through="2026-03-31")

    assert (last_day.value, last_day.due) == (FALSE, date(2026, 6, 15))
    assert next_day.reason_code is AttendanceReason.MONTH_MISSING


def test_august_and_months_of_a_move_are_not_asked_for() -> None:
    moved_in = child("2015-07-07", ("2026-06-10", None))
    rows = month(7, 14), month(9, 20)

    answered = asked(ABSENCE, "2026-10-05", *rows, who=moved_in)

    assert (answered.value, answered.detail["school_days"]) == (FALSE, 34)
    assert asked(ABSENCE, "2026-10-05", rows[1], who=moved_in).reason_code is AttendanceReason.MONTH_MISSING


def test_the_rule_of_31_may_needs_the_row_of_may() -> None:
    waiting = asked(ABSENCE, "2026-06-01", month(4, 17, 10), through="2026-05-29")

    assert waiting.value is FALSE
    assert asked(ABSENCE, "2026-06-01", month(4, 17, 10), month(5, 20, 0), through="2026-05-29").value is TRUE


def test_more_than_31_days_in_a_month_over_all_schools_are_not_used() -> None:
    doubled = [month(4, 17, 8, school=1), month(4, 17, 8, school=2), month(5, 20, 9)]
    moved = [month(4, 17, 8, school=1), month(4, 14, 8, school=2), month(5, 20, 9)]

    quarantined = asked(ABSENCE, "2026-06-02", *doubled)

    assert (quarantined.value, quarantined.reason_code, quarantined.detail["month"]) == (UNKNOWN, AttendanceReason.MONTH_QUARANTINED, 4)
    assert asked(ABSENCE, "2026-06-02", *moved).detail["absent_days"] == 25


def test_without_a_link_to_a_pupil_nothing_is_said() -> None:
    nobody = answer(ABSENCE, PUPIL, told(), "2026-10-05", {Source.SCHOOL_AFFAIRS: date(2026, 10, 4)})

    assert (nobody.value, nobody.reason_code) == (UNKNOWN, AttendanceReason.NO_PUPIL_LINK)


def test_before_the_feed_began_a_missing_month_is_not_a_schools_mistake() -> None:
    begun = replace(FUKUOKA, complete_from={Source.SCHOOL_AFFAIRS: date(2026, 6, 1)})

    assert asked(ABSENCE, "2026-07-03", month(6, 21), parameters=begun).reason_code == "before_feed"


def test_a_record_in_hand_of_the_child_leaves_open_what_it_could_change() -> None:
    hand = InHand(own=frozenset({Source.SCHOOL_AFFAIRS}))

    assert asked(ABSENCE, "2026-10-05", *APRIL_TO_SEPTEMBER, in_hand=hand).reason_code == "record_in_hand"
    assert asked(ABSENCE, "2026-06-05", month(4, 17, 17), month(5, 20, 13), in_hand=hand).value is TRUE


@pytest.mark.parametrize(
    ("absent", "suspended", "klass"),
    [
        (89, 0, "30–89"),
        (90, 99, "≥90"),
        (90, 100, "attended≤10"),
        (180, 9, "≥90"),
        (180, 10, "attended≤10"),
        (190, 9, "attended≤10"),
        (190, 10, "attended=0"),
    ],
)
def test_the_ministrys_bands_leave_suspension_and_bereavement_out(absent: int, suspended: int, klass: str) -> None:
    days = {4: 17, 5: 20, 6: 21, 7: 14, 9: 20, 10: 21, 11: 19, 12: 17, 1: 15, 2: 19, 3: 17}
    rows = []
    for number, length in days.items():
        gone = min(absent, length)
        away = min(suspended, length - gone)
        absent, suspended = absent - gone, suspended - away
        rows.append(month(number, length, gone, suspended_days=away))

    assert asked(ABSENCE, "2027-03-31", *rows).klass == klass


def test_on_1_april_the_year_begins_anew_and_the_last_one_is_shown_until_31_may() -> None:
    rows = [month(number, 18, 3) for number in MONTHS]

    last, first = asked(ABSENCE, "2027-03-31", *rows), asked(ABSENCE, "2027-04-01", *rows)
    shown, gone = asked(ABSENCE, "2027-05-31", *rows), asked(ABSENCE, "2027-06-01", *rows)

    assert (last.value, last.due) == (TRUE, date(2027, 4, 1))
    assert (first.value, first.reason_code, first.valid_from) == (FALSE, AttendanceReason.YEAR_BEGUN, date(2027, 4, 1))
    assert first.detail == {"year": 2027, "previous_year": True, "year_before": 2026}
    assert shown.detail["previous_year"] is True
    assert "previous_year" not in gone.detail


def test_school_begins_in_april_after_the_sixth_birthday() -> None:
    last, next_year = child("2020-04-01"), child("2020-04-02")

    assert asked(ABSENCE, "2026-03-31", who=last).reason_code is AttendanceReason.NOT_AT_SCHOOL
    assert asked(ABSENCE, "2026-04-01", who=last).value is FALSE
    assert asked(ABSENCE, "2026-04-01", who=next_year).value is IndicatorValue.NOT_APPLICABLE


def test_times_late_are_counted_by_themselves_and_never_as_absence() -> None:
    rows = [month(4, 17, tardy_count=10), month(5, 20, tardy_count=20)]

    late = asked(TARDINESS, "2026-06-02", *rows)

    assert (late.value, late.detail["tardy_count"], late.klass) == (TRUE, 30, None)
    assert asked(ABSENCE, "2026-06-02", *rows).value is FALSE


def test_a_row_that_does_not_say_how_often_late_is_no_row_of_item_13() -> None:
    rows = [month(4, 17, 17, tardy_count=None), month(5, 20, 13)]

    assert asked(TARDINESS, "2026-06-02", *rows).reason_code is AttendanceReason.MONTH_MISSING
    assert asked(ABSENCE, "2026-06-02", *rows).value is TRUE


def test_another_number_of_school_days_a_year_moves_the_proportion() -> None:
    fewer = replace(FUKUOKA, school_days_of_year={2026: 160})

    assert asked(ABSENCE, "2026-06-02", month(4, 17), month(5, 20, 6)).value is TRUE
    assert asked(ABSENCE, "2026-06-02", month(4, 17), month(5, 20, 6), parameters=fewer).value is FALSE


def test_of_two_rows_for_one_month_and_school_the_later_recorded_counts_s2_8_17() -> None:
    """domain.md §2.8-17. Of two schools in one month (S10) both count; of rows of an older release, each."""

    def said(number: int, absent: int, school: int | None, hour: int) -> Record:
        row = month(4, 20, absent, school=number)
        recorded = datetime(2026, 5, 2, hour, tzinfo=UTC)
        return replace(row, school_id=SchoolId(UUID(int=school)) if school else None, recorded_at=recorded)

    def absent(*rows: Record) -> int:
        return int(asked(ABSENCE, "2026-06-02", *rows, month(5, 20)).detail["absent_days"])

    first, second, other = said(1, 3, 1, 9), said(2, 1, 1, 8), said(3, 2, 2, 7)

    assert absent(first, second) == absent(second, first) == 3
    assert absent(replace(first, recorded_at=second.recorded_at), second) == 1
    assert absent(first, second, replace(other, data={**other.data, "school_days": 10})) == 5
    untold = [replace(said(number, 2, None, 9), data={**first.data, "school_days": 10, "absent_days": 2}) for number in (1, 2)]
    assert absent(*untold) == 4


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [*APRIL_TO_SEPTEMBER, month(10, 21, 8)]

    assert asked(ABSENCE, "2026-11-05", *rows) == asked(ABSENCE, "2026-11-05", *reversed(rows))
    assert event(2026 * 1000 + 41) in asked(ABSENCE, "2026-11-05", *rows).evidence
