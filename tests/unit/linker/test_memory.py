"""What the linker does not keep in memory."""

import tracemalloc
from datetime import date, timedelta

import pytest

from services.linker.domain.records import day
from services.linker.domain.statements import birth_of, told_birth_dates

DAYS = 36_525
KIB = 1024


def test_the_birth_dates_of_a_hundred_years_are_not_remembered() -> None:
    """They were once, each with its words: 16 MB, which came little by little while a city was loaded."""
    first = date(1926, 1, 1)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    for number in range(DAYS):
        told = told_birth_dates(first + timedelta(days=number))
        day({"resident_from": told[0]}, "resident_from")

    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 256 * KIB


@pytest.mark.parametrize("earliest", ["1868-01-25", "1985-01-01", "1985-06-01", "1985-06-11", "2024-02-29", "2199-12-31"])
def test_the_words_of_a_birth_date_are_those_that_are_read_as_it(earliest: str) -> None:
    born = date.fromisoformat(earliest)
    words = [earliest, earliest[:7], earliest[:4], "unknown"]

    assert told_birth_dates(born) == tuple(told for told in words if birth_of({"birth_date": told})[0] == born)
