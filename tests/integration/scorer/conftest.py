"""A scorer on a database of its own, with a clock that the test sets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest_asyncio

from contracts.messages import Message, ReviewBasisChanged, ReviewNeeded
from contracts.values import Item, ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.scorer import inspection
from services.scorer.actions import take_in
from services.scorer.evaluating import evaluate_due
from tests.integration.scorer.messages import CHILD

NOON_IN_JAPAN = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Scorer:
    """What a test does with the scorer: let it hear, let a day come, ask."""

    pool: asyncpg.Pool
    clock: FixedClock
    partitions: int = 1

    async def hears(self, *messages: Message | list[Message], put_off: bool = False, rested: bool = False) -> None:
        parcel = [m for each in messages for m in (each if isinstance(each, list) else [each])]
        async with unit_of_work(self.pool, ServiceName.SCORER, self.clock, partitions=self.partitions) as work:
            await take_in(work, parcel, put_off=put_off, rested=lambda children: children if rested else ())

    async def day_comes(self, day: str) -> None:
        """Set the clock and do what is due, as the ticker does."""
        self.clock.at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + NOON_IN_JAPAN
        done = 1
        while done:
            async with unit_of_work(self.pool, ServiceName.SCORER, self.clock) as work:
                done = await evaluate_due(work, 200)

    async def answer(self, item: Item, who: UUID = CHILD) -> dict[str, Any]:
        return next(answer for answer in await self.asked(inspection.indicators, who) if answer["item"] == item)

    async def value(self, item: Item, who: UUID = CHILD) -> tuple[str, str]:
        answer = await self.answer(item, who)
        return answer["value"], answer["reason_code"]

    async def asked(self, question: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        async with self.pool.acquire() as db:
            return await question(db, *arguments)

    async def told(self) -> list[ReviewNeeded | ReviewBasisChanged]:
        return [m for m in await announced(self.pool) if isinstance(m, ReviewNeeded | ReviewBasisChanged)]


@pytest_asyncio.fixture
async def scorer(database: Database, clock: FixedClock) -> AsyncIterator[Scorer]:
    yield Scorer(await database.pool(ServiceName.SCORER), clock)


@pytest_asyncio.fixture
async def another_scorer(scorer: Scorer, database: Database) -> Scorer:
    """The same scorer through other connections: a second process."""
    return Scorer(await database.pool(ServiceName.SCORER), scorer.clock)
