from datetime import date, timedelta

import pytest

from contracts.values import Source
from services.casework.domain.feeds import Feed, freshness
from services.scorer.domain.parameters import Parameters

TODAY = date(2026, 4, 11)


@pytest.mark.parametrize("source", list(Source))
def test_a_feed_is_silent_here_from_the_day_on_which_rules_conclude_nothing_from_it(source: Source) -> None:
    first = Parameters().silent_on(source, TODAY)
    feed = Feed(source, TODAY)

    assert [feed.is_silent(day) for day in (first - timedelta(days=1), first)] == [False, True]


def test_feeds_are_told_from_the_one_that_has_come_least_far() -> None:
    register, health, school = (Source.RESIDENT_REGISTRY, Source.MATERNAL_CHILD_HEALTH, Source.SCHOOL_AFFAIRS)
    found = freshness([Feed(register, date(2026, 4, 10)), Feed(school, date(2026, 3, 31)), Feed(health, date(2026, 3, 31))], TODAY)

    assert [feed.source for feed in found.fresh] == [school, register]
    assert [feed.source for feed in found.silent] == [health]
