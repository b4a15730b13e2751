"""`kill -9` of every part in the middle of the work changes nothing about what it comes to (`architecture.md` §3)."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

import pytest

from contracts.values import ServiceName, Source
from infra.city import conservation, quiet
from infra.city.bench import inlets_of
from infra.city.books import Books
from infra.city.conservation import Report
from infra.city.events import distinct
from infra.city.publisher import Publisher
from infra.city.sources.pen import Event
from infra.local.stack import Stack
from tests.played import KEY, Played, start_stack

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def disturbed(played: Played) -> Iterator[Report]:
    """The same city on another stack, each service and the broker killed in turn while events flow."""
    with Stack.temporary(identifier_key=KEY) as stack:
        start_stack(stack)
        yield asyncio.run(_play_under_fire(stack, played))


def test_killed_services_and_a_killed_broker_lose_nothing_and_do_nothing_twice(disturbed: Report) -> None:
    assert disturbed.failures() == []


@pytest.mark.parametrize("service", ServiceName)
def test_the_content_is_the_same_as_without_any_fault(disturbed: Report, played: Played, service: ServiceName) -> None:
    assert disturbed.hashes[service] == played.hashes[service]


async def _play_under_fire(stack: Stack, played: Played) -> Report:
    city = played.city
    victims: list[Callable[[], None]] = [
        *(partial(stack.kill_service, service) for service in ServiceName),
        stack.kill_broker,
    ]
    publisher = Publisher(inlets_of(stack.access), http_parts=1)
    marks = [event for event in city.events if event["type"] == "feed.watermark"]
    records = [event for event in city.events if event["type"] != "feed.watermark"]
    for part, kill in zip(_parts(records, len(victims)), victims, strict=True):
        begun = asyncio.Event()
        publisher.progress = partial(_notice, begun)
        await asyncio.gather(publisher.play(part), _kill_once(begun, kill, stack))
    await publisher.play(marks)

    async with Books(stack.root) as books:
        await quiet.until_quiet(books, logged=distinct(city.events).total(), seconds=120)
    return await conservation.check(stack.root, published=played.published)


def _notice(begun: asyncio.Event, _source: Source, _events: int) -> None:
    begun.set()


async def _kill_once(begun: asyncio.Event, kill: Callable[[], None], stack: Stack) -> None:
    """Kill when the first events are with the broker and the rest is on its way; return when the part is back."""
    await begun.wait()
    kill()
    await asyncio.to_thread(stack.wait_until_ready)


def _parts(events: Sequence[Event], count: int) -> Iterator[list[Event]]:
    remaining = iter(events)
    size = -(-len(events) // count)
    while part := list(islice(remaining, size)):
        yield part
