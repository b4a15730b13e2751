"""How a feed stands: whose word it is that nothing comes, or that nobody said a word."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.feeds import FRESH_WITHIN_DAYS, FeedStanding, silent_from
from contracts.values import Source
from contracts.words import FEED_STANDINGS
from services.ingest.domain.standing import FeedFacts, standing_of

DAY = date(2026, 4, 1)
FRESH = FeedFacts(Source.CHILDCARE, None, None, DAY, None, None)


@pytest.mark.parametrize("source", list(Source))
def test_a_feed_is_quiet_from_the_day_on_which_nothing_is_concluded_from_its_silence(source: Source) -> None:
    first = silent_from(DAY, FRESH_WITHIN_DAYS[source])
    facts = replace(FRESH, source=source)

    assert [standing_of(facts, day) for day in (DAY, first - timedelta(days=1), first)] == [
        FeedStanding.OPEN,
        FeedStanding.OPEN,
        FeedStanding.QUIET,
    ]


def test_a_feed_whose_owner_never_said_how_far_it_is_is_measured_by_what_came() -> None:
    facts = replace(FRESH, complete_through=None, last_on=DAY)

    assert standing_of(facts, DAY + timedelta(days=7)) is FeedStanding.OPEN
    assert standing_of(facts, DAY + timedelta(days=8)) is FeedStanding.QUIET


def test_events_of_today_do_not_vouch_for_a_day_of_which_the_owner_says_nothing() -> None:
    facts = replace(FRESH, last_on=DAY + timedelta(days=30))

    assert standing_of(facts, DAY + timedelta(days=30)) is FeedStanding.QUIET


def test_a_feed_that_never_came_is_no_alarm() -> None:
    assert standing_of(replace(FRESH, complete_through=None), DAY) is FeedStanding.WAITING


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"shut_for": "no_purpose", "stopped_for": "person_no"}, FeedStanding.CLOSED),
        ({"shut_for": "purpose_overdue"}, FeedStanding.CLOSED),
        ({"shut_for": "purpose_suspended"}, FeedStanding.SUSPENDED),
        ({"stopped_for": "person_no"}, FeedStanding.STOPPED),
    ],
)
def test_what_people_or_a_rule_stopped_is_not_called_quiet(changes: dict[str, Any], expected: FeedStanding) -> None:
    assert standing_of(replace(FRESH, **changes), DAY + timedelta(days=500)) is expected


def test_every_standing_has_its_words() -> None:
    assert set(FEED_STANDINGS) == set(FeedStanding)
