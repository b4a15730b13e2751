"""How far a source is complete: said, moved on, taken back, by whichever inlet and in whatever order."""

from datetime import date
from typing import Any

import pytest

from contracts.feeds import NOWHERE
from contracts.messages import FeedWatermark
from contracts.values import Source
from services.ingest import store
from services.ingest.domain.admission import Inlet
from tests.integration.ingest.conftest import HEALTH, Ingest
from tests.unit.ingest.events import Event, body, event

pytestmark = pytest.mark.servers


def mark(day: int | None, subject: str | None = None, revision: int = 1, **data: Any) -> Event:
    """A watermark of a day of March; without a day it is taken back."""
    said = {} if day is None else {"complete_through": f"2026-03-{day:02}", **data}
    return event(HEALTH, "feed.watermark", said, subject=subject, revision=revision, op="void" if day is None else "upsert")


def told(said: list[FeedWatermark]) -> list[tuple[int | None, int]]:
    return [(None if each.complete_through == NOWHERE else each.complete_through.day, each.version) for each in said]


async def reached(ingest: Ingest) -> date | None:
    found: dict[Source, date] = await ingest.asked(store.watermarks)
    return found.get(HEALTH)


@pytest.mark.parametrize("inlet", [Inlet.AMQP, Inlet.HTTP])
async def test_a_void_takes_a_watermark_back_to_the_one_before(ingest: Ingest, inlet: Inlet) -> None:
    for each in (mark(10, "W-10"), mark(20, "W-20"), mark(None, "W-20", 2)):
        (answer,) = await ingest.takes(body(each), inlet=inlet)
        assert answer["outcome"] == "accepted"

    assert told(await ingest.watermarks()) == [(10, 1), (20, 2), (10, 3)]
    assert await reached(ingest) == date(2026, 3, 10)


async def test_an_earlier_day_under_a_higher_revision_is_meant(ingest: Ingest) -> None:
    assert await ingest.takes_events(mark(20), mark(15), mark(12, revision=2)) == ["accepted", "superseded", "accepted"]

    assert told(await ingest.watermarks()) == [(20, 1), (12, 2)]


async def test_a_source_that_takes_back_all_it_said_is_complete_up_to_no_day(ingest: Ingest) -> None:
    await ingest.takes_events(mark(20), mark(None, revision=2))
    nothing = await reached(ingest)
    await ingest.takes_events(mark(21, revision=3))

    assert nothing is None
    assert told(await ingest.watermarks()) == [(20, 1), (None, 2), (21, 3)]


async def test_what_comes_late_or_again_takes_nothing_back(ingest: Ingest) -> None:
    first, later = mark(10, "W", 1), mark(20, "W", 2)

    assert await ingest.takes_events(later, first, later, mark(20, "W", 2)) == ["accepted", "superseded", "duplicate", "superseded"]

    assert told(await ingest.watermarks()) == [(20, 1)]


async def test_a_void_that_comes_before_what_it_takes_back_holds(ingest: Ingest) -> None:
    assert await ingest.takes_events(mark(None, "W-20", 2), mark(20, "W-20", 1)) == ["accepted", "superseded"]

    assert await reached(ingest) is None


async def test_taking_back_an_earlier_one_changes_nothing_that_holds(ingest: Ingest) -> None:
    assert await ingest.takes_events(mark(10, "W-10"), mark(20, "W-20"), mark(None, "W-10", 2)) == ["accepted"] * 3

    assert told(await ingest.watermarks()) == [(10, 1), (20, 2)]


async def test_a_void_under_the_revision_of_what_it_would_take_back_is_a_conflict(ingest: Ingest) -> None:
    (_, answer) = await ingest.takes(body(mark(20, "W")), body(mark(None, "W", 1)))

    assert (answer["outcome"], answer["code"]) == ("refused", "revision_conflict")
    assert await reached(ingest) == date(2026, 3, 20)


async def test_from_when_on_a_source_is_complete_goes_with_it(ingest: Ingest) -> None:
    await ingest.takes_events(mark(20, complete_from="2026-02-01"), mark(20, revision=2, complete_from="2026-03-01"))

    assert [(each.complete_from, each.version) for each in await ingest.watermarks()] == [(date(2026, 2, 1), 1), (date(2026, 3, 1), 2)]


async def test_what_was_said_to_an_older_release_is_taken_back_by_a_number_that_it_did_not_keep(ingest: Ingest) -> None:
    await ingest.pool.execute("insert into watermark (source, complete_through) values ($1, $2)", HEALTH, date(2026, 3, 20))
    await ingest.pool.execute("insert into watermark_said values ($1, '', 0, $2)", HEALTH, date(2026, 3, 20))

    await ingest.takes_events(mark(10, "W-10"), mark(None, "W-20", 2))

    assert await reached(ingest) == date(2026, 3, 10)
