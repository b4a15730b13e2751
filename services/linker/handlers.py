"""What the linker hears on the bus: every record that ingest accepted or that a source took back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from contracts.messages import RecordAccepted, RecordVoided
from infra.outcomes import Outcome
from infra.work import UnitOfWork
from services.linker import actions


async def on_parcel(work: UnitOfWork, events: Sequence[RecordAccepted | RecordVoided]) -> Mapping[UUID, Outcome]:
    """Link a parcel of records. What cannot be read is parked alone."""
    return await actions.take_in(work, events)
