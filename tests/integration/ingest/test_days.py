"""What came on which day is counted where it is written, whoever writes beside, and is never counted for a look."""

from datetime import date, timedelta

import asyncpg
import pytest

from contracts.values import ServiceName, Source
from infra.testing.fixtures import Database
from services.ingest import days, inspection
from tests.integration.ingest.conftest import Ingest
from tests.unit.ingest.events import checkup, event, watermark

pytestmark = pytest.mark.servers


async def tallied(ingest: Ingest) -> dict[tuple[date, str], tuple[int, int]]:
    rows = await ingest.pool.fetch("select day, outcome, sum(events)::int, sum(repeats)::int from day_tally group by 1, 2")
    return {(row["day"], row["outcome"]): (row[2], row[3]) for row in rows if row[2] or row[3]}


async def test_an_event_counts_for_the_day_of_japan_on_which_it_came_first_whatever_becomes_of_it_later(ingest: Ingest) -> None:
    day = ingest.clock.today()
    right, wrong = checkup(), checkup({"mood": 1}, subject="K-2")
    await ingest.takes_events(right, wrong)
    ingest.clock.at += timedelta(days=1)

    await ingest.takes_events({**wrong, "data": right["data"]}, right, checkup(subject="K-3"))

    assert await tallied(ingest) == {(day, "accepted"): (2, 2), (day + timedelta(days=1), "accepted"): (1, 0)}


async def test_connections_that_count_side_by_side_do_not_wait_for_each_other(ingest: Ingest, database: Database) -> None:
    """One row for all of them would be held until the commit of whoever wrote it first."""
    enter = (
        "insert into event_log (event_key, source, outcome, received_at, month)"
        " values (gen_random_uuid(), 'maternal_child_health', 'accepted', now(), '2026-04-01')"
    )
    await ingest.pool.execute("select open_month('2026-04-01')")
    beside = await asyncpg.connect(database.url(ServiceName.INGEST))
    holding = beside.transaction()
    await holding.start()
    await beside.execute(enter)

    async with ingest.pool.acquire() as db:
        await db.execute("set lock_timeout = '1s'")
        await db.execute(enter)
    await holding.commit()
    await beside.close()

    assert [n for (_, _), (n, _) in (await tallied(ingest)).items()] == [2]


async def test_what_several_connections_counted_is_put_together_when_the_day_is_over(ingest: Ingest) -> None:
    await ingest.takes_events(checkup(), checkup({"mood": 1}, subject="K-2"))
    before = await tallied(ingest)
    today = ingest.clock.today()

    await ingest.pool.execute(days.SQL.fold_days, today)
    still = {row["lane"] for row in await ingest.pool.fetch("select lane from day_tally")}
    await ingest.pool.execute(days.SQL.fold_days, today + timedelta(days=1))
    await ingest.pool.execute(days.SQL.fold_days, today + timedelta(days=1))

    assert 0 not in still
    assert {row["lane"] for row in await ingest.pool.fetch("select lane from day_tally where events <> 0")} == {0}
    assert await tallied(ingest) == before
    assert await ingest.asked(inspection.ledger) == await ingest.asked(inspection.counted)


async def test_the_day_on_which_a_source_said_how_far_it_is_stays_known(ingest: Ingest) -> None:
    await ingest.takes_events(watermark("2026-03-30"), watermark("2026-03-31"), watermark("2026-03-29"))

    told = await ingest.pool.fetch("select source, day, complete_through from watermark_day")

    today = ingest.clock.today()
    assert [tuple(row) for row in told] == [(Source.MATERNAL_CHILD_HEALTH.value, today, date(2026, 3, 31))]


async def test_a_day_has_what_came_first_on_it_and_how_far_its_source_was_by_then(ingest: Ingest) -> None:
    first = ingest.clock.today()
    await ingest.takes_events(
        checkup(),
        checkup({"mood": 1}, subject="K-2"),
        event(Source.MATERNAL_CHILD_HEALTH, "feed.watermark", {"complete_through": "2026-03-30"}, subject="W-1", revision=1),
    )
    ingest.clock.at += timedelta(days=2)
    await ingest.takes_events(event(Source.MATERNAL_CHILD_HEALTH, "feed.watermark", {}, subject="W-1", revision=2, op="void"))

    [one, two, three] = await ingest.asked(days.trend, Source.MATERNAL_CHILD_HEALTH, ingest.clock.today(), 3)

    assert (one.day, one.events, one.refused, one.days_behind) == (first, 3, 1, 2)
    assert (two.events, two.error_rate, two.days_behind) == (0, None, 3)
    assert (three.complete_through, three.days_behind) == (None, None)
