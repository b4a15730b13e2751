"""What the log hears on the bus: every access and decision of every service, its own included."""

from collections.abc import Mapping, Sequence

from contracts.ids import EventId
from infra.outcomes import Outcome, Park
from infra.work import UnitOfWork
from services.audit import actions
from services.audit.domain.recorded import Recorded


async def on_parcel(work: UnitOfWork, events: Sequence[Recorded]) -> Mapping[EventId, Outcome]:
    """Append a parcel of audit messages. What can never be an entry is parked, not dropped."""
    refused = await actions.append(work, events)
    return {event_id: Park(reason) for event_id, reason in refused.items()}
