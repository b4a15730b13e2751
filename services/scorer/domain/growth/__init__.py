"""
Weights by age, sex and height as the national surveys have them (`domain.md` §3): which percentile a weight lies in, and what is usual.

The tables are data files of this folder, each with its source; an answer names the version that it was made with.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from contracts.values import Sex
from services.scorer.domain.ages import add_months

PERCENTILE_CLASSES = ("<3", "3–<10", "10–<25", "25–<50", "50–<75", "75–<90", "90–<97", "≥97")
"""Between the seven columns of a table; the lower bound belongs to the class, so that exactly the 3rd percentile is not low."""

TERM_WEEKS, PRETERM_BELOW_WEEKS, CORRECTED_BELOW_MONTHS = 40, 37, 24
"""A child born before 37 weeks counts, until it is two years old, from the day on which it was due."""

_COLUMNS = ("p3", "p10", "p25", "p50", "p75", "p90", "p97")
_FOLDER = files(__package__ or __name__)
_INFANT_SURVEY = "R5(2023)"


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The seven percentiles of one age class, in kg."""

    columns: tuple[float, ...]

    @property
    def p3(self) -> float:
        """The lowest."""
        return self.columns[0]

    @property
    def p97(self) -> float:
        """The highest."""
        return self.columns[-1]

    def class_of(self, weight_kg: float) -> str:
        """The class that a weight lies in."""
        return PERCENTILE_CLASSES[sum(weight_kg >= column for column in self.columns)]


@dataclass(frozen=True, slots=True)
class Age:
    """Completed months at an exam, and whether they are counted from the day on which the child was due."""

    months: int
    corrected: bool = False


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_FOLDER / name).read_text(encoding="utf-8").splitlines()))


def _percentiles(name: str) -> dict[tuple[Sex, int], Percentiles]:
    """By sex and completed months; the classes of birth and of the 30th day have no months, and no exam of an item falls into them."""
    return {
        (Sex(row["sex"]), months): Percentiles(tuple(float(row[column]) for column in _COLUMNS))
        for row in _rows(name)
        if row["age_from_months"]
        for months in range(int(row["age_from_months"]), int(row["age_to_months_exclusive"]))
    }


WEIGHTS: Mapping[str, Mapping[tuple[Sex, int], Percentiles]] = {"JP2010": _percentiles("weight_percentiles_jp_2010_mhlw.csv")}
"""Weight for age, by the name of the version."""

_MURATA = {
    (Sex(row["sex"]), int(row["age_years"])): (float(row["a"]), float(row["b"]))
    for row in _rows("standard_weight_for_height_school_murata.csv")
}
_INFANT = {Sex(row["sex"]): row for row in _rows("standard_weight_for_height_infant.csv") if row["survey"] == _INFANT_SURVEY}


def percentiles(version: str, sex: Sex, months: int) -> Percentiles | None:
    """The row of a sex and an age; None outside of the table."""
    return WEIGHTS[version].get((sex, months))


def standard_weight_at_school(sex: Sex, age_years: int, height_cm: float) -> float | None:
    """村田's standard weight in kg; None outside of the table."""
    found = _MURATA.get((sex, age_years))
    return found[0] * height_cm - found[1] if found is not None else None


def standard_weight_of_infant(sex: Sex, height_cm: float) -> float | None:
    """The standard weight in kg from 1 to under 6 years, by the survey of 2023; None outside of its heights and sexes."""
    row = _INFANT.get(sex)
    if row is None or not float(row["height_cm_from"]) <= height_cm <= float(row["height_cm_to"]):
        return None
    return float(row["c2_h2"]) * height_cm**2 + float(row["c1_h"]) * height_cm + float(row["c0"])


def obesity_degree(weight_kg: float, standard_kg: float) -> float:
    """肥満度 in percent, to one place: by how much a weight differs from the standard one. -20 and less is やせ."""
    return round((weight_kg - standard_kg) / standard_kg * 100, 1)


def rohrer(weight_kg: float, height_cm: float) -> float:
    """ローレル指数: kg / cm³ × 10⁷. Rounded far behind any figure that counts: 10.0 kg at 100.0 cm are 100, no less."""
    return round(weight_kg * 1e7 / height_cm**3, 6)


@lru_cache(maxsize=65_536)
def age_at(birth: date, exam_on: date, gestational_weeks: int | None = None) -> Age:
    """The age for the tables. Who was born before 37 weeks counts from the due date until the second birthday."""
    months = _completed_months(birth, exam_on)
    if gestational_weeks is None or gestational_weeks >= PRETERM_BELOW_WEEKS or months >= CORRECTED_BELOW_MONTHS:
        return Age(months)
    return Age(_completed_months(birth + timedelta(weeks=TERM_WEEKS - gestational_weeks), exam_on), corrected=True)


def _completed_months(birth: date, day: date) -> int:
    months = (day.year - birth.year) * 12 + day.month - birth.month
    return months if add_months(birth, months) <= day else months - 1
