"""What the scorer does not keep in memory."""

import tracemalloc
from datetime import date, timedelta

from services.scorer.domain.indicators.checkups import window_of
from services.scorer.domain.parameters import FUKUOKA

BIRTH_DATES = 18 * 365
MIB = 1024 * 1024


def test_the_windows_of_the_children_of_18_years_are_not_all_remembered() -> None:
    """They were once: 18 MB, which came little by little while a city was loaded."""
    first = date(2008, 1, 1)
    window_of.cache_clear()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    for number in range(BIRTH_DATES):
        for rule in FUKUOKA.windows:
            window_of(first + timedelta(days=number), rule, FUKUOKA)

    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 2 * MIB
