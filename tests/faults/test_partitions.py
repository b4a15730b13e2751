"""Several partitions on two groups of processes, one of which comes and goes while events flow, come to the same as one process each."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from contracts.values import ServiceName
from infra.city import conservation, quiet
from infra.city.bench import inlets_of
from infra.city.books import Books
from infra.city.conservation import Report
from infra.city.events import distinct
from infra.city.publisher import Publisher
from infra.local.service_process import ServiceProcess, stop_all
from infra.local.stack import Stack
from tests.played import KEY, Played, start_stack

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

GROUP = (ServiceName.INGEST, ServiceName.LINKER, ServiceName.SCORER, ServiceName.CASEWORK)
"""Of the audit's process there is one: it alone seals the log."""


@pytest.fixture(scope="module", params=[2, 4])
def shared(request: pytest.FixtureRequest, played: Played) -> Iterator[Report]:
    """The same city on as many partitions."""
    with Stack.temporary(identifier_key=KEY, partitions=request.param) as stack:
        start_stack(stack)
        yield asyncio.run(_play(stack, played))


def test_nothing_is_lost_and_nothing_done_twice(shared: Report) -> None:
    assert shared.failures() == []


@pytest.mark.parametrize("service", GROUP)
def test_the_content_is_the_same_as_on_one_partition(shared: Report, played: Played, service: ServiceName) -> None:
    assert shared.hashes[service] == played.hashes[service]


async def _play(stack: Stack, played: Played) -> Report:
    city = played.city
    publisher = Publisher(inlets_of(stack.access), http_parts=1)
    marks = [event for event in city.events if event["type"] == "feed.watermark"]
    records = [event for event in city.events if event["type"] != "feed.watermark"]
    third = -(-len(records) // 3)
    group = [stack.another(name) for name in GROUP]

    for service in group:
        service.start()
    try:
        # It stands by at first, takes over what the first group lets fall, and leaves again: each while events flow.
        await asyncio.gather(publisher.play(records[:third]), asyncio.to_thread(_wait, group))
        await asyncio.gather(publisher.play(records[third : 2 * third]), asyncio.to_thread(_kill_the_first_group, stack))
        await asyncio.gather(publisher.play(records[2 * third :]), asyncio.to_thread(stop_all, group))
    finally:
        stop_all(group)
    await publisher.play(marks)

    async with Books(stack.root) as books:
        await quiet.until_quiet(books, logged=distinct(city.events).total(), seconds=120)
    return await conservation.check(stack.root, published=played.published)


def _wait(group: Sequence[ServiceProcess]) -> None:
    for service in group:
        service.wait_until_ready()


def _kill_the_first_group(stack: Stack) -> None:
    for name in GROUP:
        stack.kill_service(name)
    stack.wait_until_ready()
