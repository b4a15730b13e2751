"""A log for tests: hear, seal, ask."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import asyncpg

from contracts.ids import EventId
from contracts.messages import LanesTold
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.outcomes import Outcome
from infra.postgres import Database
from infra.testing.fixtures import unit_of_work
from services.audit import actions
from services.audit.domain.recorded import Recorded
from services.audit.handlers import Inlet
from services.audit.memory import Memory
from services.audit.offline.attesting import Register
from services.audit.signer import Signer

ORIGIN = "tests.tsunagu.local/audit"
PRIVATE_KEY = bytes(range(32))
SIGNER = Signer(ORIGIN, PRIVATE_KEY)
T = TypeVar("T")


async def hear(
    pool: asyncpg.Pool, clock: FixedClock, events: Sequence[Recorded | LanesTold], register: Register | None = None
) -> Mapping[EventId, Outcome]:
    """Let the service hear one parcel. Without a register nobody signs yet."""
    async with unit_of_work(pool, ServiceName.AUDIT, clock) as work:
        return await Inlet(register or Register()).on_parcel(work, events)


async def seal(pool: asyncpg.Pool, clock: FixedClock, signer: Signer = SIGNER, memory: Memory | None = None) -> int | None:
    """Let the service seal its log."""
    async with unit_of_work(pool, ServiceName.AUDIT, clock) as work:
        return await actions.seal(work.db, signer, clock.now(), memory)


async def asked(pool: asyncpg.Pool, question: Callable[[Database], Awaitable[T]]) -> T:
    """Ask a question that needs one connection."""
    async with pool.acquire() as db:
        return await question(db)
