"""
Whatever was said is said again, in another order and by no name that an inbox knows: it changes nothing.

So it is after a speaker's database was restored, or an inbox forgot: every handler knows a thing by its own version or id.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

import aio_pika
import pytest

from contracts import topology
from contracts.values import ServiceName
from infra.city import conservation, quiet
from infra.city.bench import city_of, inlets_of
from infra.city.books import Books, Tally
from infra.city.events import distinct
from infra.city.publisher import Publisher
from infra.local.stack import Stack
from tests.played import KEY, TODAY, start_stack

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

EVENTS = 1500
TAP = "tap"
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Twice:
    """The content after the city was played, and after all of it was said again; how often each service heard something, both times."""

    once: Mapping[ServiceName, str]
    again: Mapping[ServiceName, str]
    heard_once: Counter[ServiceName]
    heard_again: Counter[ServiceName]
    parcels: int


@pytest.fixture(scope="module")
def twice() -> Iterator[Twice]:
    with Stack.temporary(identifier_key=KEY) as stack:
        start_stack(stack)
        yield asyncio.run(_play_twice(stack))


def test_everything_was_handled_twice(twice: Twice) -> None:
    assert twice.parcels > 20
    assert all(twice.heard_again[service] >= 2 * twice.heard_once[service] for service in topology.HEARS)
    # Ingest hears of records only that are held up for longer than a parcel: by how parcels fall there is none at times.
    assert all(twice.heard_once[service] for service in topology.HEARS if service is not ServiceName.INGEST)


@pytest.mark.parametrize("service", ServiceName)
def test_what_is_said_again_changes_nothing(twice: Twice, service: ServiceName) -> None:
    assert twice.again[service] == twice.once[service]


async def _play_twice(stack: Stack) -> Twice:
    city = city_of(EVENTS, TODAY)
    connection = await aio_pika.connect(stack.access.broker_url("operator"))
    async with connection, Books(stack.root) as books:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        # What services say when they start, such as by which ruleset the city runs, is said before anybody listens.
        await quiet.until_quiet(books, seconds=120)
        begun = await _heard(books)
        tap = await channel.declare_queue(TAP, exclusive=True)
        await tap.bind(topology.EVENTS_EXCHANGE, "#")
        await Publisher(inlets_of(stack.access)).play(city.events)
        await quiet.until_quiet(books, logged=distinct(city.events).total(), seconds=120)
        once = (await conservation.check(stack.root, published=distinct(city.events))).hashes
        heard_once = await _heard(books) - begun
        parcels = []
        while (message := await tap.get(fail=False, no_ack=True)) is not None:
            if message.headers and "events" in message.headers:  # and not a relay's probe
                parcels.append(message)
        await tap.unbind(topology.EVENTS_EXCHANGE, "#")

        Random(7).shuffle(parcels)  # noqa: S311 -- an order to be tried, and the same each time
        events = await channel.get_exchange(topology.EVENTS_EXCHANGE, ensure=False)
        for parcel in parcels:
            # Without the names of runs: what a hearer's inbox could know them by.
            await events.publish(aio_pika.Message(parcel.body, delivery_mode=2), parcel.routing_key or "", mandatory=True)
        heard_again = await _until_heard(books, {service: begun[service] + 2 * n for service, n in heard_once.items()}) - begun
        again = (await conservation.check(stack.root, published=distinct(city.events))).hashes
        return Twice(once, again, heard_once, heard_again, len(parcels))


async def _heard(books: Books) -> Counter[ServiceName]:
    tallies: dict[ServiceName, Tally] = {service: await books.tally(service, "heard") for service in topology.HEARS}
    return Counter({service: sum(n for kind, n in tally.items() if kind != "source") for service, tally in tallies.items()})


async def _until_heard(books: Books, wanted: Mapping[ServiceName, int]) -> Counter[ServiceName]:
    """Wait until each service heard as much, and nothing moves any more."""
    async with asyncio.timeout(120):
        before: Counter[ServiceName] = Counter()
        while True:
            heard = await _heard(books)
            waiting = sum([await books.waiting(service) for service in ServiceName])
            due = [answer for question in quiet.usual_questions(books) if (answer := await question())]
            if all(heard[service] >= n for service, n in wanted.items()) and heard == before and not waiting and not due:
                return heard
            before = heard
            await asyncio.sleep(LOOK_SECONDS)
