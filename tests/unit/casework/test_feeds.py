from datetime import date, timedelta

import pytest

from contracts.feeds import FeedStanding
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


def test_a_feed_that_somebody_stopped_is_told_apart_from_one_that_fell_silent() -> None:
    school = Feed(Source.SCHOOL_AFFAIRS, date(2026, 4, 10), FeedStanding.SUSPENDED, date(2026, 4, 11))
    health = Feed(Source.MATERNAL_CHILD_HEALTH, date(2026, 4, 10))
    never = Feed(Source.CHILDCARE, None, FeedStanding.CLOSED, date(2026, 4, 1))

    found = freshness([school, health, never], TODAY)

    assert (found.fresh, found.silent, found.shut) == ((health,), (), (school,))


def test_a_feed_without_any_word_of_how_far_it_is_is_silent_where_ingest_says_so() -> None:
    quiet, waiting = Feed(Source.CHILDCARE, None, FeedStanding.QUIET), Feed(Source.SCHOOL_AID, None)

    assert freshness([quiet, waiting], TODAY).silent == (quiet,)
