"""What is read of schools: of five years of a city's records nothing of years that are over, but that somebody is, or was, a pupil."""

import pytest

from contracts.messages import RecordLinked
from contracts.values import Item, Source
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import fact, person

pytestmark = pytest.mark.servers

ABSENCE = Item.SCHOOL_ABSENCE_HIGH


def month(record: str, year: int, number: int, absent_days: int) -> RecordLinked:
    told = fact("attendance.month_reported", record, fiscal_year=year, month=number, school_days=20, absent_days=absent_days, tardy_count=0)
    return told.model_copy(update={"source": Source.SCHOOL_AFFAIRS})


def registered(record: str, year: int) -> RecordLinked:
    return fact("pupil.registered", record, fiscal_year=year, grade=3).model_copy(update={"source": Source.PUPIL_REGISTRY})


@pytest.mark.parametrize("told", [registered("JS-1", 2024), month("A-1", 2024, 5, 1)], ids=["registered", "a month"])
async def test_whoever_was_a_pupil_in_an_earlier_year_is_one_of_whom_months_are_missing(scorer: Scorer, told: RecordLinked) -> None:
    await scorer.day_comes("2026-11-20")
    await scorer.hears(person("2015-07-07"))
    assert await scorer.value(ABSENCE) == ("UNKNOWN", "no_pupil_link")

    await scorer.hears(told)

    assert await scorer.value(ABSENCE) == ("UNKNOWN", "month_missing")


async def test_days_absent_in_a_year_that_is_over_are_not_counted_in_this_one(scorer: Scorer) -> None:
    await scorer.day_comes("2026-11-20")
    await scorer.hears(person("2015-07-07"), registered("JS-1", 2025), registered("JS-2", 2026))
    await scorer.hears(month("A-1", 2025, 10, 20), month("A-2", 2025, 11, 20), month("A-3", 2026, 4, 20))
    assert await scorer.value(ABSENCE) == ("UNKNOWN", "month_missing")

    await scorer.hears(month("A-4", 2026, 5, 10))

    assert await scorer.value(ABSENCE) == ("TRUE", "days_high")
