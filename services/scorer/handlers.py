"""What comes in from the bus and from the clock."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from contracts.messages import Message
from infra.outcomes import Outcome
from infra.service import Service
from infra.work import UnitOfWork
from services.scorer.actions import evaluate_due, take_in

DUE_BATCH = 200
"""Children per transaction of the ticker: enough to be quick, few enough not to hold up what is heard meanwhile."""


async def on_parcel(work: UnitOfWork, events: Sequence[Message]) -> Mapping[UUID, Outcome]:
    """Handle a parcel of whatever the scorer hears. Everything in it is done, in whatever order it came."""
    await take_in(work, events)
    return {}


def ticker(service: Service) -> Callable[[], Awaitable[None]]:
    """Return what evaluates, batch by batch, everybody who is due by today."""

    async def tick() -> None:
        batch = DUE_BATCH
        while batch == DUE_BATCH:
            async with service.work() as work:
                batch = await evaluate_due(work, DUE_BATCH)

    return tick
