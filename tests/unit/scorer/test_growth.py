"""Weights by the published tables: the vectors of `domain.md` §3, and every row in order."""

from datetime import date
from itertools import pairwise

import pytest

from contracts.values import Sex
from services.scorer.domain.growth import (
    WEIGHTS,
    Age,
    age_at,
    obesity_degree,
    percentiles,
    rohrer,
    standard_weight_at_school,
    standard_weight_of_infant,
)

BOY, GIRL = Sex.MALE, Sex.FEMALE


@pytest.mark.parametrize(
    ("sex", "months", "weight", "klass"),
    [
        (BOY, 18, 8.60, "<3"),
        (BOY, 18, 8.70, "3–<10"),
        (GIRL, 18, 8.00, "<3"),
        (GIRL, 38, 10.90, "<3"),
        (GIRL, 38, 11.04, "3–<10"),
        (BOY, 40, 11.60, "<3"),
        (BOY, 40, 11.80, "3–<10"),
        (GIRL, 38, 14.9, "75–<90"),
        (GIRL, 20, 8.45, "3–<10"),  # P3 is 8.34 here, and 8.56 by another table: the version is a part of the answer (§3.1).
    ],
)
def test_the_vectors_of_the_algorithm(sex: Sex, months: int, weight: float, klass: str) -> None:
    row = percentiles("JP2010", sex, months)

    assert row is not None
    assert row.class_of(weight) == klass


def test_every_row_grows_from_column_to_column_and_hardly_ever_shrinks_with_age() -> None:
    table = WEIGHTS["JP2010"]

    assert {sex for sex, _ in table} == {BOY, GIRL}
    assert {months for _, months in table} == set(range(1, 78))
    for sex in (BOY, GIRL):
        rows = [table[sex, months].columns for months in range(1, 78)]
        assert all(low < high for row in rows for low, high in pairwise(row))
        assert all(younger <= older for before, after in pairwise(rows) for younger, older in zip(before, after, strict=True))


def test_outside_of_its_ages_and_sexes_the_table_says_nothing() -> None:
    assert percentiles("JP2010", BOY, 78) is None
    assert percentiles("JP2010", Sex.UNKNOWN, 18) is None


@pytest.mark.parametrize(("weight", "height", "index"), [(24, 134, 99.75), (22, 130, 100.14), (26, 137.5, 100.02), (10.0, 100.0, 100)])
def test_the_vectors_of_rohrers_index(weight: float, height: float, index: float) -> None:
    assert rohrer(weight, height) == pytest.approx(index, abs=0.005)


@pytest.mark.parametrize(
    ("sex", "age", "height", "weight", "standard", "degree"),
    [(BOY, 10, 138.0, 26.0, 33.31, -22.0), (GIRL, 12, 152.0, 32.0, 44.06, -27.4)],
)
def test_the_vectors_of_the_degree_of_obesity(sex: Sex, age: int, height: float, weight: float, standard: float, degree: float) -> None:
    found = standard_weight_at_school(sex, age, height)

    assert found == pytest.approx(standard, abs=0.01)
    assert found is not None
    assert obesity_degree(weight, found) == degree


def test_the_survey_of_2023_has_standard_weights_from_70_to_120_cm() -> None:
    assert standard_weight_of_infant(BOY, 100.0) == pytest.approx(0.002961 * 10_000 - 29.0 + 14.7527)
    assert standard_weight_of_infant(GIRL, 69.9) is None
    assert standard_weight_of_infant(Sex.UNKNOWN, 100.0) is None


def test_months_are_completed_months() -> None:
    assert age_at(date(2023, 4, 20), date(2026, 6, 19)) == Age(37)
    assert age_at(date(2023, 4, 20), date(2026, 6, 20)) == Age(38)
    assert age_at(date(2023, 8, 31), date(2024, 2, 29)) == Age(6)


@pytest.mark.parametrize(
    ("weeks", "exam_on", "age"),
    [
        (36, date(2025, 8, 20), Age(18, corrected=True)),  # due four weeks later, on 2024-02-07
        (36, date(2025, 8, 6), Age(17, corrected=True)),
        (37, date(2025, 8, 6), Age(18)),
        (None, date(2025, 8, 6), Age(18)),
        (30, date(2026, 1, 9), Age(21, corrected=True)),
        (30, date(2026, 1, 10), Age(24)),  # two years old
    ],
)
def test_who_was_born_before_37_weeks_counts_from_the_due_date_until_the_second_birthday(
    weeks: int | None, exam_on: date, age: Age
) -> None:
    assert age_at(date(2024, 1, 10), exam_on, weeks) == age
