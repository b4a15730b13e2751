"""Items 3a, 3b, 3c (ITEM-03a … ITEM-03c)."""

from datetime import date

import pytest

from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.evaluation import evaluate
from services.scorer.domain.parameters import GUIDELINE, Parameters
from tests.unit.scorer.builders import COMPLETE, FOREVER, answer, checkup, child, facts, value

A, B, C = Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED, Item.CHECKUP_3Y_NOT_RECEIVED
TRUE, FALSE = IndicatorValue.TRUE, IndicatorValue.FALSE
UNKNOWN, NOT_APPLICABLE = IndicatorValue.UNKNOWN, IndicatorValue.NOT_APPLICABLE


def health_through(day: str) -> dict[Source, date]:
    return COMPLETE | {Source.MATERNAL_CHILD_HEALTH: date.fromisoformat(day)}


@pytest.mark.parametrize(
    ("item", "birth", "true_from"),
    [
        (A, "2026-03-10", "2026-11-09"),  # S01
        (A, "2026-05-31", "2027-01-29"),  # S06
        (B, "2024-02-10", "2026-04-11"),  # S08
        (C, "2024-02-10", "2028-04-10"),
        (B, "2023-04-20", "2025-06-19"),  # S09
        (B, "2024-03-01", "2026-04-30"),  # S12
        (A, "2023-08-31", "2024-04-29"),  # window ends on the clamped 29 February
        (B, "2024-02-29", "2026-04-29"),
        (C, "2024-02-29", "2028-04-29"),
    ],
)
def test_a_checkup_without_record_is_true_from_the_window_end_plus_60_days(item: Item, birth: str, true_from: str) -> None:
    due_on = date.fromisoformat(true_from)
    eve = due_on.replace(day=due_on.day - 1).isoformat()

    before, after = answer(item, child(birth), facts(), eve), answer(item, child(birth), facts(), true_from)

    assert (before.value, before.reason_code, before.due) == (NOT_APPLICABLE, "window_open", due_on)
    assert (after.value, after.valid_from, after.counted) == (TRUE, due_on, True)


def test_the_guideline_profile_asks_for_the_first_checkup_a_month_earlier() -> None:
    given = evaluate(child("2026-03-10"), facts(), COMPLETE, date(2026, 10, 9), GUIDELINE)

    assert (given[0].value, given[0].valid_from) == (TRUE, date(2026, 10, 9))


def test_a_late_exam_makes_it_false_from_the_day_of_the_exam_s08() -> None:
    given = answer(B, child("2024-02-10"), facts(checkup("18m", "2026-05-08")), "2026-05-20")

    assert (given.value, given.valid_from, given.detail["late"]) == (FALSE, date(2026, 5, 8), True)


@pytest.mark.parametrize(("exam_date", "expected"), [("2025-07-09", TRUE), ("2025-07-10", FALSE), ("2025-08-10", FALSE)])
def test_an_exam_counts_from_31_days_before_the_window(exam_date: str, expected: IndicatorValue) -> None:
    assert expected == answer(B, child("2024-02-10"), facts(checkup("18m", exam_date)), "2026-04-11").value


@pytest.mark.parametrize(("exam_date", "late"), [("2026-02-09", False), ("2026-02-10", True), ("2026-02-11", True)])
def test_a_window_is_half_open_so_that_its_end_is_late(exam_date: str, late: bool) -> None:
    assert answer(B, child("2024-02-10"), facts(checkup("18m", exam_date)), "2026-04-11").detail["late"] is late


def test_an_exam_counts_from_its_own_day_on() -> None:
    known = facts(checkup("18m", "2026-05-08"))

    assert value(B, child("2024-02-10"), known, "2026-05-07") == (TRUE, "not_received")
    assert answer(B, child("2024-02-10"), known, "2026-05-07").due == date(2026, 5, 8)


def test_absence_before_the_feed_began_proves_nothing() -> None:
    began = Parameters(complete_from={Source.MATERNAL_CHILD_HEALTH: date(2025, 8, 11)})

    [given] = [a for a in evaluate(child("2024-02-10"), facts(), COMPLETE, date(2026, 4, 11), began) if a.item is B]

    assert (given.value, given.reason_code) == (UNKNOWN, "before_feed")


def test_an_exam_of_another_type_says_nothing() -> None:
    given = answer(B, child("2024-02-10"), facts(checkup("10m", "2025-09-01"), checkup("3y", "2025-09-01")), "2026-04-11")

    assert given.value is TRUE


def test_a_child_who_moved_in_is_unknown_for_windows_that_began_elsewhere_s22() -> None:
    moved_in = child("2023-06-01", ("2026-08-01", None))

    assert value(A, moved_in, facts(), "2026-08-01") == (UNKNOWN, "residence_incomplete")
    assert value(B, moved_in, facts(), "2026-08-01") == (UNKNOWN, "residence_incomplete")
    assert value(C, moved_in, facts(), "2026-08-01") == (UNKNOWN, "residence_incomplete")
    assert value(C, moved_in, facts(), "2027-08-01") == (UNKNOWN, "residence_incomplete")
    assert answer(C, moved_in, facts(), "2026-08-01").detail["soft_overdue_on"] == "2026-10-01"
    assert value(C, moved_in, facts(checkup("3y", "2026-11-20")), "2026-11-21") == (FALSE, "received")


def test_a_feed_that_is_behind_leaves_it_unknown_until_it_delivers_s23() -> None:
    who = child("2024-06-16")

    stale = answer(B, who, facts(), "2026-08-15", health_through("2026-07-01"))
    behind_by_a_day = answer(B, who, facts(), "2026-08-16", health_through("2026-08-14"))
    resumed = answer(B, who, facts(checkup("18m", "2026-06-02")), "2026-09-03", health_through("2026-09-03"))

    assert (stale.value, stale.reason_code, stale.needed_on) == (UNKNOWN, "feed_stale", date(2026, 8, 15))
    assert (behind_by_a_day.value, behind_by_a_day.reason_code) == (UNKNOWN, "feed_stale")
    assert (resumed.value, resumed.needed_on) == (FALSE, None)


def test_another_sources_watermark_proves_nothing() -> None:
    only_others: dict[Source, date] = {source: FOREVER for source in Source if source is not Source.MATERNAL_CHILD_HEALTH}

    assert value(B, child("2024-06-16"), facts(), "2026-08-15", only_others) == (UNKNOWN, "feed_stale")


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([("2024-02-10", "2025-09-01"), ("2025-09-01", None)], TRUE),  # a move within the city
        ([("2024-02-10", "2025-09-01"), ("2025-09-02", None)], UNKNOWN),  # one day elsewhere, inside the window
        ([("2024-02-10", "2024-05-01"), ("2025-08-10", None)], TRUE),  # back on the window's first day
        ([("2024-02-10", "2026-02-10"), ("2026-03-01", None)], TRUE),  # away only after the window
        ([("2025-08-11", None)], UNKNOWN),
        ([(None, None)], UNKNOWN),  # an unknown start proves nothing
    ],
)
def test_absence_is_proven_only_by_residence_through_the_whole_window(
    stays: list[tuple[str | None, str | None]], expected: IndicatorValue
) -> None:
    assert expected == answer(B, child("2024-02-10", *stays), facts(), "2026-04-11").value


def test_an_indicator_is_history_from_school_entry_on() -> None:
    last, first = answer(C, child("2020-04-02"), facts(), "2027-03-31"), answer(C, child("2020-04-02"), facts(), "2027-04-01")

    assert (TRUE, True, date(2027, 4, 1)) == (last.value, last.counted, last.due)
    assert (first.value, first.counted) == (TRUE, False)


def test_nothing_applies_while_the_child_lives_elsewhere_and_all_returns_with_it() -> None:
    known = facts(checkup("18m", "2025-09-01"))
    who = child("2024-02-10", ("2024-02-10", "2026-05-01"), ("2026-06-01", None))

    assert value(B, who, known, "2026-04-30") == (FALSE, "received")
    assert value(B, who, known, "2026-05-01") == (NOT_APPLICABLE, "not_resident")
    assert answer(B, who, known, "2026-05-01").valid_from == date(2026, 5, 1)
    assert answer(B, who, known, "2026-05-01").due == date(2026, 6, 1)
    assert value(B, who, known, "2026-06-01") == (FALSE, "received")


def test_nothing_applies_after_junior_high_ref_06() -> None:
    assert value(C, child("2011-04-01"), facts(), "2026-03-31") == (TRUE, "not_received")
    assert value(C, child("2011-04-01"), facts(), "2026-04-01") == (NOT_APPLICABLE, "out_of_scope")
    assert answer(C, child("2011-04-01"), facts(), "2026-04-01").due is None
