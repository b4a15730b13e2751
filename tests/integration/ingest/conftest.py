"""Ingest on a database of its own, with the health system at its door."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest_asyncio

from contracts.messages import DecisionRecorded, FeedWatermark, Message, RecordAccepted, RecordVoided
from contracts.topology import REPLIES_EXCHANGE
from contracts.values import ServiceName, Source
from infra.clock import FixedClock
from infra.parking import ParkingBody
from infra.testing.fixtures import Database, announced, unit_of_work
from services.ingest import inspection
from services.ingest.actions import admit
from services.ingest.domain.admission import Inlet
from services.ingest.domain.reading import read
from services.ingest.replies import answer_json
from services.ingest.submissions import Submission
from tests.integration.ingest.office import Office, opened
from tests.unit.ingest.events import Event, body

SEALER = ParkingBody(bytes(32))
HEALTH = Source.MATERNAL_CHILD_HEALTH


@dataclass(frozen=True, slots=True)
class Ingest:
    """What a test does with ingest: send, and look at what it kept and said."""

    pool: asyncpg.Pool
    clock: FixedClock

    async def takes(
        self, *bodies: bytes, source: Source = HEALTH, inlet: Inlet = Inlet.AMQP, together: bool = False
    ) -> list[dict[str, Any]]:
        """Submit bodies together, in one transaction. Returns the answer to every event."""
        submissions = [Submission(source, inlet, read(content), f"message {content!r}", together=together) for content in bodies]
        async with unit_of_work(self.pool, ServiceName.INGEST, self.clock) as work:
            return [answer_json(answer) for answers in await admit(work, submissions, SEALER) for answer in answers]

    async def takes_events(self, *events: Event, source: Source = HEALTH) -> list[str]:
        """Submit events one message each, all in one transaction. Returns their outcomes."""
        return [answer["outcome"] for answer in await self.takes(*map(body, events), source=source)]

    async def records(self) -> list[RecordAccepted | RecordVoided]:
        return [message for message in await announced(self.pool) if isinstance(message, RecordAccepted | RecordVoided)]

    async def watermarks(self) -> list[FeedWatermark]:
        return [message for message in await announced(self.pool) if isinstance(message, FeedWatermark)]

    async def decisions(self) -> list[DecisionRecorded]:
        return [message for message in await announced(self.pool) if isinstance(message, DecisionRecorded)]

    async def ids_said(self) -> Counter[UUID]:
        said: list[Message] = await announced(self.pool)
        return Counter(message.event_id for message in said)

    async def replies(self) -> list[tuple[str, dict[str, Any]]]:
        return [(key, outcome) for key, reply in await self.whole_replies() for outcome in reply["outcomes"]]

    async def whole_replies(self) -> list[tuple[str, dict[str, Any]]]:
        rows = await self.pool.fetch("select routing_key, payload from outbox where exchange = $1 order by id", REPLIES_EXCHANGE)
        runs = [(row["routing_key"], json.loads(f"[{row['payload']}]")) for row in rows]
        return [(key, reply) for key, replies in runs for reply in replies]

    async def enter(self, source: Source, *, review_on: date | None, owner_unit: str | None = "所管課") -> None:
        """Enter a registration as a release does: the newest one counts."""
        await self.pool.execute(
            "insert into register_step"
            " (source, number, step, at, purpose, basis, nature, reason, approver, owner_unit, since, review_on)"
            " select source, number + 1, 'entered', $2, purpose, basis, nature, reason, approver, $3, since, $4"
            " from register_step where source = $1 order by number desc limit 1",
            source.value,
            self.clock.now(),
            owner_unit,
            review_on,
        )

    async def figures(self, source: Source = HEALTH) -> dict[str, int]:
        found: dict[str, dict[str, int]] = await self.asked(inspection.figures)
        return {outcome: n for outcome, n in found.get(source.value, {}).items() if n}

    async def asked(self, question: Any, *arguments: Any) -> Any:
        async with self.pool.acquire() as db:
            return await question(db, *arguments)


@pytest_asyncio.fixture
async def ingest(database: Database, clock: FixedClock) -> AsyncIterator[Ingest]:
    """Whatever a test does with it, the tally of the ledger says afterwards what the ledger does."""
    used = Ingest(await database.pool(ServiceName.INGEST), clock)
    yield used
    assert await used.asked(inspection.ledger) == await used.asked(inspection.counted)


@pytest_asyncio.fixture
async def office(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    """Ingest's pages, with nobody there yet."""
    async with opened(database, clock) as office:
        yield office
