"""What ingest hears of other services: which records are held up on their way to a person. Their sources may ask."""

from collections.abc import Mapping, Sequence

from contracts.ids import EventId
from contracts.messages import LinkingHeldUp
from infra.outcomes import Outcome
from infra.work import UnitOfWork
from services.ingest import store


async def on_parcel(work: UnitOfWork, events: Sequence[LinkingHeldUp]) -> Mapping[EventId, Outcome]:
    """Keep the newest word of each record."""
    newest: dict[tuple[str, str, str], LinkingHeldUp] = {}
    for event in sorted(events, key=lambda event: event.version):
        newest[event.source, event.event_type, event.record_id] = event
    await store.hear_held_up(work.db, [newest[key] for key in sorted(newest)])
    return {}
