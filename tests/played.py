"""One stack on which a city of about 5,000 events was played without any disturbance: what other tests compare with."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pytest

from contracts.values import ServiceName, Source
from infra import clock
from infra.city import conservation, quiet
from infra.city.bench import city_of, inlets_of
from infra.city.books import Books
from infra.city.conservation import Report
from infra.city.events import City, distinct
from infra.city.publisher import Publisher
from infra.local.stack import Stack

EVENTS = 5000
TODAY = date(2026, 11, 24)
KEY = bytes(32)
"""The same key, the same ids: content can be compared between runs."""


@dataclass(frozen=True)
class Played:
    """A stack at rest, after its city."""

    stack: Stack
    city: City
    published: Mapping[Source, int]
    report: Report

    @property
    def hashes(self) -> Mapping[ServiceName, str]:
        """The content of each service."""
        return self.report.hashes


def start_stack(stack: Stack) -> None:
    """Start a stack on the day of the city."""
    stack.root.mkdir(mode=0o711, parents=True, exist_ok=True)
    clock.shift(stack.root / "clock.json", (TODAY - clock.SystemClock().today()).days * 86_400)
    stack.start()


@pytest.fixture(scope="package")
def played() -> Iterator[Played]:
    """The undisturbed run. Read only, or put back what you change."""
    city = city_of(EVENTS, TODAY)
    with Stack.temporary(identifier_key=KEY) as stack:
        start_stack(stack)
        yield asyncio.run(_play(stack, city))


async def _play(stack: Stack, city: City) -> Played:
    publisher = Publisher(inlets_of(stack.access), http_parts=1)
    await publisher.play(city.events)
    async with Books(stack.root) as books:
        await quiet.until_quiet(books, logged=distinct(city.events).total(), seconds=120)
    report = await conservation.check(stack.root, published=distinct(city.events))
    return Played(stack, city, distinct(city.events), report)
