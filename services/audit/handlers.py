"""What the log hears on the bus: every access and decision of every service, its own included, and what each told last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.ids import EventId
from contracts.messages import LanesTold
from infra.outcomes import Outcome, Park
from infra.work import UnitOfWork
from services.audit import actions
from services.audit.domain.recorded import Recorded
from services.audit.offline.attesting import Register


@dataclass(frozen=True, slots=True)
class Inlet:
    """Hears producers, whose keys are in `register`."""

    register: Register

    async def on_parcel(self, work: UnitOfWork, events: Sequence[Recorded | LanesTold]) -> Mapping[EventId, Outcome]:
        """Append a parcel of audit messages. What can never be an entry is parked, not dropped."""
        told = [event for event in events if isinstance(event, LanesTold)]
        await actions.note_lanes(work, told, self.register.fault)
        recorded = [event for event in events if not isinstance(event, LanesTold)]
        refused = await actions.append(work, recorded, self.register.fault)
        return {event_id: Park(reason) for event_id, reason in refused.items()}
