"""A quiet feed is an alarm, and every change of how a feed stands is announced once."""

import asyncio
from datetime import timedelta

import pytest

from contracts.feeds import FeedStanding
from contracts.messages import FeedState
from contracts.values import ServiceName, Source
from infra.testing.fixtures import announced, unit_of_work
from services.ingest import feed_commands, standing
from tests.integration.ingest.conftest import HEALTH, Ingest
from tests.integration.ingest.test_feeds import ENOUGH, of_my_numbers, operator
from tests.integration.ingest.test_inlets import Running, running, until
from tests.unit.ingest.events import body, watermark

__all__ = ["running"]
pytestmark = pytest.mark.servers


async def look(ingest: Ingest) -> list[tuple[Source, FeedStanding]]:
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        return [(feed.source, feed.standing) for feed in await standing.announce(work)]


async def said(ingest: Ingest) -> list[tuple[Source, FeedStanding, int]]:
    return [(each.source, each.standing, each.version) for each in await announced(ingest.pool) if isinstance(each, FeedState)]


async def test_a_feed_that_falls_silent_and_speaks_again_is_announced_each_time_and_only_then(ingest: Ingest) -> None:
    assert await look(ingest) == []
    await ingest.takes_events(watermark(str(ingest.clock.today() - timedelta(days=1))))
    found = [await look(ingest), await look(ingest)]
    ingest.clock.at += timedelta(days=7)
    found += [await look(ingest), await look(ingest)]
    await ingest.takes_events(watermark(str(ingest.clock.today())))
    found.append(await look(ingest))

    expected = [FeedStanding.OPEN, FeedStanding.QUIET, FeedStanding.OPEN]
    assert found == [[(HEALTH, expected[0])], [], [(HEALTH, expected[1])], [], [(HEALTH, expected[2])]]
    assert await said(ingest) == [(HEALTH, each, version) for version, each in enumerate(expected, start=1)]


async def test_a_feed_that_is_stopped_is_announced_with_what_it_reached(ingest: Ingest) -> None:
    await ingest.takes_events(watermark("2026-03-31"), *of_my_numbers(ENOUGH))

    assert await look(ingest) == [(HEALTH, FeedStanding.STOPPED)]

    [told] = [each for each in await announced(ingest.pool) if isinstance(each, FeedState)]
    assert (str(told.complete_through), told.since) == ("2026-03-31", ingest.clock.today())


async def test_two_processes_that_look_at_once_say_a_change_once(ingest: Ingest) -> None:
    await ingest.takes_events(watermark(str(ingest.clock.today())))
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as first:
        changed = await standing.announce(first)
        async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as second:
            beside = await standing.announce(second)

    assert ([feed.source for feed in changed], beside) == ([HEALTH], [])
    assert await look(ingest) == []


# -- beside a running service -------------------------------------------------------------------------------------------------


async def test_an_operator_sees_which_feed_fell_silent_and_a_running_service_announces_it(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = str(running.service.clock.today() - timedelta(days=30))
    await running.publish(body(watermark(long_ago, source=Source.DISABILITY)), source=Source.DISABILITY)

    async def announces() -> bool:
        async with running.service.pool.acquire() as db:
            return bool(await db.fetchval("select state from feed_state where source = 'disability'") == "quiet")

    await until(announces)
    shown = await operator(running, "feeds")

    [line] = [line for line in shown.splitlines() if line.startswith("disability")]
    assert long_ago in line
    assert "QUIET" in line
    monkeypatch.setenv("TSUNAGU_DATABASE_URL", running.service.settings.database_url.get_secret_value())
    monkeypatch.setenv("TSUNAGU_IDENTIFIER_KEY", running.service.settings.identifier_key.get_secret_value())
    monkeypatch.setenv("TSUNAGU_PARKING_KEY", running.service.settings.parking_key.get_secret_value())
    monkeypatch.setenv("TSUNAGU_BROKER_URL", running.service.settings.broker_url.get_secret_value())
    in_status = await asyncio.to_thread(feed_commands.in_trouble, running.stack.root)
    assert [each for each in in_status if each.startswith("feed disability: QUIET") and long_ago in each]
    assert [each for each in in_status if "childcare" in each] == []
