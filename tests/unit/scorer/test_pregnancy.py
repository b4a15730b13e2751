"""Items 15, 16 and 17 (ITEM-15, ITEM-16, ITEM-17)."""

from datetime import date
from typing import Any

import pytest

from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.residence import Stay
from tests.unit.scorer.builders import COMPLETE, answer, child, exam, facts, notification, postpartum, pregnancy, value

LATE, NO_EXAM, EPDS = Item.LATE_PREGNANCY_NOTIFICATION, Item.NO_PRENATAL_CHECKUPS, Item.EPDS_HIGH
TRUE, FALSE, UNKNOWN = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN


@pytest.mark.parametrize(
    ("issued_on", "fields", "expected"),
    [
        ("2025-10-06", {"weeks": 14}, (TRUE, "notified_late", "12-19")),
        ("2025-10-06", {"weeks": 12}, (TRUE, "notified_late", "12-19")),
        ("2025-10-06", {"weeks": 11}, (FALSE, "notified_in_time", "-11")),
        ("2025-10-06", {"edd": date(2026, 4, 4)}, (TRUE, "notified_late", "12-19")),
        ("2025-09-20", {"edd": date(2026, 4, 4)}, (TRUE, "notified_late", "12-19")),  # 12w0d
        ("2025-09-19", {"edd": date(2026, 4, 4)}, (FALSE, "notified_in_time", "-11")),  # 11w6d
        ("2026-03-20", {"weeks": None}, (TRUE, "notified_after_birth", "after_birth")),
        (None, {}, (UNKNOWN, "weeks_unknown", None)),
        ("2025-10-06", {"issue_kind": "moved_in", "weeks": 25}, (UNKNOWN, "first_notification_unknown", None)),
        ("2025-10-06", {"issue_kind": "moved_in", "weeks": 25, "first_weeks": 9}, (FALSE, "notified_in_time", "-11")),
        ("2025-10-06", {"issue_kind": "reissue", "weeks": 30}, (UNKNOWN, "first_notification_unknown", None)),
    ],
)
def test_a_handbook_first_issued_at_12_weeks_or_later_is_late(
    issued_on: str | None, fields: dict[str, Any], expected: tuple[IndicatorValue, str, str | None]
) -> None:
    given = answer(LATE, child("2026-03-10"), facts(pregnancy(notification(issued_on, **fields))), "2026-04-01")

    assert expected == (given.value, given.reason_code, given.klass)
    assert given.valid_from == date(2026, 3, 10)


def test_a_reissue_never_hides_the_first_issue() -> None:
    reissued = notification("2026-01-10", issue_kind="reissue", weeks=30)
    known = facts(pregnancy(reissued, notification("2025-09-01", weeks=9)))

    assert value(LATE, child("2026-03-10"), known, "2026-04-01") == (FALSE, "notified_in_time")


def test_without_a_linked_pregnancy_nothing_is_known_s06() -> None:
    assert {(UNKNOWN, "no_pregnancy_linked")} == {value(item, child("2026-05-31"), facts(), "2026-07-14") for item in (LATE, NO_EXAM, EPDS)}


def test_a_late_pregnancy_file_answers_from_the_birth_on_s06() -> None:
    file = pregnancy(
        notification("2026-01-16", weeks=20, edd=date(2026, 6, 5)),
        *(exam(day) for day in ("2026-02-01", "2026-03-01", "2026-04-01")),
        postpartum("2026-06-30", 10),
    )

    late, no_exam, epds = (answer(item, child("2026-05-31"), facts(file), "2026-07-15") for item in (LATE, NO_EXAM, EPDS))

    assert (late.value, late.valid_from) == (TRUE, date(2026, 5, 31))
    assert (no_exam.value, no_exam.valid_from) == (FALSE, date(2026, 5, 31))
    assert (epds.value, epds.valid_from) == (TRUE, date(2026, 6, 30))


def test_no_exam_is_concluded_120_days_after_the_birth() -> None:
    who, known = child("2026-01-01"), facts(pregnancy(notification("2025-06-01", weeks=8, edd=date(2026, 1, 5))))

    before, after = answer(NO_EXAM, who, known, "2026-04-30"), answer(NO_EXAM, who, known, "2026-05-01")

    assert (before.value, before.reason_code, before.due) == (UNKNOWN, "claims_outstanding", date(2026, 5, 1))
    assert (after.value, after.valid_from) == (TRUE, date(2026, 5, 1))


def test_an_exam_after_the_birth_is_none_and_a_late_claim_takes_it_back() -> None:
    who = child("2026-01-01")

    assert value(NO_EXAM, who, facts(pregnancy(exam("2026-01-02"))), "2026-05-01") == (TRUE, "no_exam_on_record")
    assert value(NO_EXAM, who, facts(pregnancy(exam("2026-01-01"))), "2026-09-01") == (FALSE, "exam_recorded")


@pytest.mark.parametrize(
    ("mother_from", "expected"), [("2025-08-18", (TRUE, "no_exam_on_record")), ("2025-08-19", (UNKNOWN, "mother_residence_incomplete"))]
)
def test_no_exam_needs_the_mother_here_from_20_weeks_to_the_birth(mother_from: str, expected: tuple[IndicatorValue, str]) -> None:
    told = notification("2025-06-01", weeks=8, edd=date(2026, 1, 5))
    known = facts(pregnancy(told, mother=(Stay(date.fromisoformat(mother_from), None),)))

    assert expected == value(NO_EXAM, child("2026-01-01"), known, "2026-05-01")


def test_no_exam_waits_for_the_feed() -> None:
    behind = COMPLETE | {Source.MATERNAL_CHILD_HEALTH: date(2026, 4, 30)}

    given = answer(NO_EXAM, child("2026-01-01"), facts(pregnancy()), "2026-05-01", behind)

    assert (given.value, given.reason_code, given.needed_on) == (UNKNOWN, "feed_stale", date(2026, 5, 1))


def test_a_low_total_later_does_not_cancel_a_high_one_s01() -> None:
    known = facts(pregnancy(postpartum("2026-04-09", 6, 31), postpartum("2026-03-24", 11, 30)))

    given = answer(EPDS, child("2026-03-10"), known, "2026-04-10")

    assert (given.value, given.valid_from) == (TRUE, date(2026, 3, 24))
    assert (given.detail["highest"], given.detail["latest"]) == (11, 6)


@pytest.mark.parametrize(
    ("total", "expected"), [(8, (FALSE, "total_low")), (9, (TRUE, "total_high")), (None, (UNKNOWN, "no_exam_recorded"))]
)
def test_nine_is_high(total: int | None, expected: tuple[IndicatorValue, str]) -> None:
    assert expected == value(EPDS, child("2026-03-10"), facts(pregnancy(postpartum("2026-03-24", total))), "2026-04-10")


def test_birth_items_stop_counting_at_the_third_and_the_first_birthday() -> None:
    who = child("2024-02-29")
    known = facts(pregnancy(notification("2023-10-01", weeks=14), postpartum("2024-03-10", 20)))

    assert [answer(EPDS, who, known, day).counted for day in ("2025-02-27", "2025-02-28")] == [True, False]
    assert [answer(LATE, who, known, day).counted for day in ("2027-02-27", "2027-02-28")] == [True, False]
    assert answer(LATE, who, known, "2027-02-28").value is TRUE
