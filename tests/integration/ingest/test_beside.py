"""Two processes take from the sources' queue: a watermark overtakes nothing, whoever has it and whoever has what was sent before it."""

import asyncio
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest
import pytest_asyncio

from contracts.values import ServiceName
from infra.identifiers import Identifiers
from infra.parcels import NotMine
from infra.service import Service
from infra.testing.fixtures import Database
from services.ingest import beside
from services.ingest.beside import Beside

pytestmark = pytest.mark.servers


async def caught_up() -> None:
    return


def mine() -> bool:
    return False


async def process(pool: asyncpg.Pool) -> Beside:
    """A process that takes from the queue."""
    service = SimpleNamespace(pool=pool, settings=SimpleNamespace(http_port=0), identifiers=Identifiers(b"test"))
    begun = Beside(cast("Service", service))
    await begun.begin()
    return begun


@pytest_asyncio.fixture
async def pool(database: Database, monkeypatch: pytest.MonkeyPatch) -> asyncpg.Pool:
    monkeypatch.setattr(beside, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(beside, "ARRIVE_SECONDS", 0.0)
    return await database.pool(ServiceName.INGEST)


class Looking:
    """Processes that look whether others ask, again and again."""

    def __init__(self, *processes: Beside) -> None:
        self._processes = processes

    async def __aenter__(self) -> None:
        self._looking = [asyncio.create_task(self._look(each)) for each in self._processes]

    async def __aexit__(self, *_: object) -> None:
        for each in self._looking:
            each.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def _look(self, each: Beside) -> None:
        while True:
            await each.look()
            await asyncio.sleep(0.01)


async def watermark_in(process: Beside) -> None:
    """A message with a watermark, from its delivery until it may be judged."""
    with process.in_hand(caught_up) as number:
        await process.settled_elsewhere(number, mine)


async def asked(pool: asyncpg.Pool, asks: int = 1) -> None:
    async with asyncio.timeout(10):
        while await pool.fetchval("select count(*) from watermark_asked") < asks:  # noqa: ASYNC110 -- of the server
            await asyncio.sleep(0.01)


async def in_time(waiting: Coroutine[Any, Any, None] | asyncio.Task[None]) -> None:
    async with asyncio.timeout(10):
        await waiting


async def still_waits(pool: asyncpg.Pool, waiting: asyncio.Task[None], *processes: Beside) -> None:
    """Each has looked and answered what it will; the watermark has looked, too."""
    for _ in range(3):
        for each in processes:
            await each.look()
        await pool.fetchval("select true")
        await asyncio.sleep(0.02)
    assert not waiting.done()


async def test_a_process_alone_asks_nobody(pool: asyncpg.Pool) -> None:
    alone = await process(pool)

    await in_time(watermark_in(alone))

    assert await pool.fetchval("select count(*) from watermark_asked") == 0


async def test_a_watermark_waits_for_what_another_process_has_in_hand(pool: asyncpg.Pool) -> None:
    one, other = await process(pool), await process(pool)

    with other.in_hand(caught_up):
        waiting = asyncio.create_task(watermark_in(one))
        await asked(pool)
        await still_waits(pool, waiting, other)

    async with Looking(other):
        await in_time(waiting)
    assert await pool.fetchval("select count(*) from watermark_asked") == 0


async def test_what_comes_to_another_process_later_is_not_waited_for(pool: asyncpg.Pool) -> None:
    one, other = await process(pool), await process(pool)
    waiting = asyncio.create_task(watermark_in(one))
    await asked(pool)
    await other.look()

    with other.in_hand(caught_up):
        await in_time(waiting)


async def test_what_the_broker_had_handed_over_is_in_hand(pool: asyncpg.Pool) -> None:
    one, other = await process(pool), await process(pool)
    arrives, settled = asyncio.Event(), asyncio.Event()

    async def arriving() -> None:
        with other.in_hand(caught_up):
            arrives.set()
            await settled.wait()

    late: list[asyncio.Task[None]] = []

    async def on_its_way() -> None:
        if not late:
            late.append(asyncio.create_task(arriving()))
        await arrives.wait()

    with other.in_hand(on_its_way):
        pass
    waiting = asyncio.create_task(watermark_in(one))
    await asked(pool)
    await still_waits(pool, waiting, other)

    settled.set()
    async with Looking(other):
        await in_time(waiting)


async def test_what_was_given_back_unsettled_is_waited_for_where_it_comes_again(pool: asyncpg.Pool) -> None:
    one, other = await process(pool), await process(pool)
    given_back = asyncio.Event()

    async def lost() -> None:
        with other.in_hand(caught_up):
            await given_back.wait()
            raise NotMine

    losing = asyncio.create_task(lost())
    waiting = asyncio.create_task(watermark_in(one))
    await asked(pool)
    await still_waits(pool, waiting, other)
    given_back.set()
    with pytest.raises(NotMine):
        await losing
    # It comes again to the process that has the watermark.
    with one.in_hand(caught_up):
        await still_waits(pool, waiting, other)
    async with Looking(other):
        await in_time(waiting)


async def test_watermarks_of_two_processes_do_not_wait_for_each_other(pool: asyncpg.Pool) -> None:
    one, other = await process(pool), await process(pool)

    async with Looking(one, other):
        await in_time(asyncio.gather(*(watermark_in(each) for each in (one, other) for _ in range(5))))  # type: ignore[arg-type]


async def test_a_process_of_which_nothing_is_heard_any_more_is_not_waited_for(pool: asyncpg.Pool) -> None:
    one, other = await process(pool), await process(pool)

    with other.in_hand(caught_up):
        waiting = asyncio.create_task(watermark_in(one))
        await asked(pool)
        await still_waits(pool, waiting)
        await pool.execute("update at_work set told_at = told_at - interval '61 seconds' where process = $1", other._name)
        await in_time(waiting)


async def test_a_process_that_ends_in_good_order_is_not_waited_for(pool: asyncpg.Pool) -> None:
    one, other = await process(pool), await process(pool)

    await other.end()

    await in_time(watermark_in(one))


async def test_a_watermark_that_went_back_to_the_broker_waits_no_more(pool: asyncpg.Pool) -> None:
    one, _other = await process(pool), await process(pool)

    with pytest.raises(NotMine), one.in_hand(caught_up) as number:
        await one.settled_elsewhere(number, lambda: True)

    assert await pool.fetchval("select count(*) from watermark_asked") == 0
