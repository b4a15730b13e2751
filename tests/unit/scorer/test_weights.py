"""Items 9a and 9b: low weights, and weights that cannot be (`domain.md` §2.5, §2.8-14 and 20, S09, S15)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Sex, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.facts import Child, InHand
from services.scorer.domain.reading import Record
from tests.unit.scorer.builders import answer, child, event, record, told

INFANT, SCHOOL = Item.INFANT_LOW_WEIGHT, Item.SCHOOL_LOW_WEIGHT
TRUE, FALSE, UNKNOWN, OUTSIDE = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN, IndicatorValue.NOT_APPLICABLE
GIRL = child("2023-04-20")
BOY = replace(child("2024-02-01"), sex=Sex.MALE)
PUPIL = child("2015-07-07")


def checkup(exam_on: str, weight: float | None, *, kind: str = "3y", number: int = 1, **fields: Any) -> Record:
    data = {"checkup_type": kind, "exam_date": exam_on, "weight_kg": weight} | fields
    return record(EventKind.INFANT_CHECKUP_RECORDED, number, **data)


def exam(exam_on: str, height: float, weight: float, number: int = 1) -> Record:
    fields: dict[str, Any] = {"fiscal_year": int(exam_on[:4]), "exam_date": exam_on, "height_cm": height, "weight_kg": weight}
    return record(EventKind.SCHOOL_HEALTH_EXAM_RECORDED, number, **fields)


def infant(as_of: str, *records: Record, who: Child = GIRL, hand: InHand | None = None) -> Answer:
    return answer(INFANT, who, told(*records, in_hand=hand or InHand()), as_of)


def school(as_of: str, *records: Record, who: Child = PUPIL, hand: InHand | None = None) -> Answer:
    return answer(SCHOOL, who, told(*records, in_hand=hand or InHand()), as_of)


def test_s09_a_girl_of_38_months_with_10_9_kg_is_low_and_after_the_correction_she_is_not() -> None:
    low, mended = infant("2026-06-25", checkup("2026-06-25", 10.9)), infant("2026-07-01", checkup("2026-06-25", 14.9))

    assert (low.value, low.klass, low.valid_from, low.counted) == (TRUE, "<3", date(2026, 6, 25), True)
    assert (low.detail["age_months"], low.detail["weight_kg"], low.detail["reference"]) == (38, "10.9", "JP2010")
    assert (mended.value, mended.klass) == (FALSE, "75–<90")


@pytest.mark.parametrize(("weight", "value"), [(11.03, TRUE), (11.04, FALSE)])
def test_s09_exactly_the_3rd_percentile_is_not_low(weight: float, value: IndicatorValue) -> None:
    assert infant("2026-06-25", checkup("2026-06-25", weight)).value is value


def test_s09_109_kg_is_quarantined_and_never_true() -> None:
    slip = infant("2026-06-25", checkup("2026-06-25", 109.0))

    assert (slip.value, slip.reason_code, slip.klass, slip.detail["weight_kg"]) == (UNKNOWN, "measurement_quarantined", None, "109")


@pytest.mark.parametrize(("weight", "plausible"), [(6.62, False), (6.63, True), (28.49, True), (28.5, False)])
def test_what_is_far_below_the_3rd_or_above_the_97th_percentile_cannot_be(weight: float, plausible: bool) -> None:
    # P3 11.04 · 0.6 = 6.624; P97 16.76 · 1.7 = 28.492.
    assert (infant("2026-06-25", checkup("2026-06-25", weight)).reason_code != "measurement_quarantined") is plausible


def test_a_fall_by_more_than_a_fifth_cannot_be_but_a_slip_before_it_is_not_compared_with() -> None:
    before = checkup("2025-01-10", 14.0, kind="18m", number=1)

    assert infant("2026-06-25", before, checkup("2026-06-25", 11.2, number=2)).value is FALSE
    assert infant("2026-06-25", before, checkup("2026-06-25", 11.19, number=2)).reason_code == "measurement_quarantined"
    slip = checkup("2025-01-10", 90.0, kind="18m", number=1)
    assert infant("2026-06-25", slip, checkup("2026-06-25", 11.19, number=2)).value is FALSE
    four_months = checkup("2023-09-10", 6.0, kind="4m", number=3)
    assert infant("2025-01-10", four_months, checkup("2025-01-10", 4.7, kind="18m", number=1)).reason_code == "measurement_quarantined"


def test_the_newest_measurement_counts_and_of_one_day_the_lower_one_with_both_as_evidence() -> None:
    earlier, later = checkup("2025-01-10", 8.0, kind="18m", number=1), checkup("2026-06-25", 14.9, number=2)
    again = checkup("2026-06-25", 10.9, number=3)

    assert infant("2026-06-24", earlier, later).value is TRUE
    assert infant("2026-06-25", earlier, later).value is FALSE
    both = infant("2026-06-25", earlier, later, again)
    assert (both.value, both.evidence, both.detail["contradictory"]) == (TRUE, (event(2), event(3)), True)
    assert infant("2026-06-24", earlier, later).due == date(2026, 6, 25)


def test_who_was_born_too_early_is_compared_with_children_of_the_corrected_age() -> None:
    born_early = checkup("2024-10-25", 7.9, kind="18m", gestational_weeks=28)

    assert infant("2024-10-25", checkup("2024-10-25", 7.9, kind="18m")).value is TRUE
    corrected = infant("2024-10-25", born_early)
    assert (corrected.value, corrected.detail["age_months"], corrected.detail["corrected_age"]) == (FALSE, 15, True)


def test_s15_a_late_checkup_of_18_months_at_32_months_counts_by_its_age() -> None:
    late = infant("2026-11-09", checkup("2026-10-28", 10.5, kind="18m"), who=BOY)

    assert (late.value, late.klass, late.detail["age_months"]) == (TRUE, "<3", 32)


def test_before_18_months_nothing_is_missing_and_after_it_a_weight_is() -> None:
    assert infant("2024-10-19").value is OUTSIDE
    assert (infant("2024-10-20").value, infant("2024-10-20").reason_code) == (UNKNOWN, "no_measurement")
    assert infant("2025-02-01", checkup("2025-01-10", None, kind="18m")).reason_code == "no_measurement"
    assert infant("2024-10-19", checkup("2024-09-30", 6.9, kind="10m")).value is OUTSIDE


def test_without_a_sex_or_outside_its_ages_there_is_no_reference_and_never_false() -> None:
    unknown = replace(GIRL, sex=Sex.UNKNOWN)
    assert infant("2026-06-25", checkup("2026-06-25", 14.0), who=unknown).reason_code == "no_reference"
    old = child("2019-12-20")
    assert infant("2026-06-20", checkup("2026-06-20", 20.0), who=old).reason_code == "no_reference"


def test_9a_ends_with_the_first_school_exam_and_does_not_count_after_june_of_the_first_year() -> None:
    who = child("2020-03-01")
    low = checkup("2023-06-01", 10.5, number=1)
    at_school = exam("2026-05-20", 112.0, 18.0, number=2)

    assert infant("2026-06-30", low, who=who).counted
    after = infant("2026-07-01", low, who=who)
    assert (after.value, after.counted) == (TRUE, False)
    assert infant("2026-05-19", low, at_school, who=who).value is TRUE
    assert (infant("2026-05-20", low, at_school, who=who).value, infant("2026-05-20", low, at_school, who=who).reason_code) == (
        OUTSIDE,
        "school_exam_held",
    )


@pytest.mark.parametrize(
    ("height", "weight", "value", "klass"),
    [
        (134, 24, TRUE, "<100"),
        (130, 22, FALSE, "[100,115)"),
        (137.5, 26, FALSE, "[100,115)"),
        (100, 10, FALSE, "[100,115)"),
        (140, 31.6, FALSE, "[115,145)"),
        (140, 40, FALSE, "[145,160)"),
        (140, 44, FALSE, "≥160"),
    ],
)
def test_9b_is_low_below_an_index_of_100(height: float, weight: float, value: IndicatorValue, klass: str) -> None:
    found = school("2026-05-20", exam("2026-05-14", height, weight))

    assert (found.value, found.klass, found.valid_from) == (value, klass, date(2026, 5, 14))


def test_9b_shows_the_degree_of_obesity_beside_the_index() -> None:
    boy = replace(child("2015-07-07"), sex=Sex.MALE)

    assert school("2026-05-20", exam("2026-05-14", 138.0, 26.0), who=boy).detail["obesity_degree"] == "-22"


def test_9b_holds_until_the_next_exam_and_for_18_months_at_most() -> None:
    low, better = exam("2025-05-14", 134.0, 24.0, 1), exam("2026-05-20", 140.0, 31.0, 2)

    assert school("2026-05-19", low, better).value is TRUE
    assert school("2026-05-20", low, better).value is FALSE
    last, over = school("2026-11-13", low), school("2026-11-14", low)
    assert (last.value, last.valid_to, last.due) == (TRUE, date(2026, 11, 14), date(2026, 11, 14))
    assert (over.value, over.reason_code) == (UNKNOWN, "exam_too_old")


@pytest.mark.parametrize(("height", "weight"), [(13.4, 24.0), (134.0, 0.9), (134.0, 240.0), (0.0, 24.0), (134.0, 14.0), (134.0, 80.0)])
def test_9b_quarantines_what_cannot_be(height: float, weight: float) -> None:
    assert school("2026-05-20", exam("2026-05-14", height, weight)).reason_code == "measurement_quarantined"


def test_9b_quarantines_a_fall_by_more_than_a_fifth() -> None:
    before = exam("2025-05-14", 134.0, 32.0, 1)

    assert school("2026-05-20", before, exam("2026-05-14", 139.0, 25.6, 2)).value is TRUE
    assert school("2026-05-20", before, exam("2026-05-14", 139.0, 25.5, 2)).reason_code == "measurement_quarantined"


def test_a_pupil_in_the_first_year_is_examined_by_30_june() -> None:
    who = child("2020-03-01")

    assert (school("2026-06-30", who=who).value, school("2026-07-01", who=who).value) == (OUTSIDE, UNKNOWN)


@pytest.mark.parametrize(("item", "source"), [(INFANT, Source.MATERNAL_CHILD_HEALTH), (SCHOOL, Source.SCHOOL_AFFAIRS)])
def test_a_measurement_in_hand_leaves_the_answer_open(item: Item, source: Source) -> None:
    hand = InHand(own=frozenset({source}))
    by_item = {
        INFANT: infant("2026-06-25", checkup("2026-06-25", 10.9), hand=hand),
        SCHOOL: school("2026-05-20", exam("2026-05-14", 134, 24), hand=hand),
    }
    found = by_item[item]

    assert (found.value, found.reason_code) == (UNKNOWN, "record_in_hand")
