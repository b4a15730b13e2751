"""What ingest hears of other services: which records are held up on their way to a person, and which ones staff call wrong."""

from collections.abc import Mapping, Sequence

from contracts.ids import EventId
from contracts.messages import LinkingHeldUp, RecordsDisputed
from infra.outcomes import Outcome
from infra.work import UnitOfWork
from services.ingest import disputing, store


async def on_parcel(work: UnitOfWork, events: Sequence[LinkingHeldUp | RecordsDisputed]) -> Mapping[EventId, Outcome]:
    """Keep the newest word of each record that is held up, and what was asked of owners."""
    newest: dict[tuple[str, str, str], LinkingHeldUp] = {}
    for event in sorted((each for each in events if isinstance(each, LinkingHeldUp)), key=lambda event: event.version):
        newest[event.source, event.event_type, event.record_id] = event
    if newest:
        await store.hear_held_up(work.db, [newest[key] for key in sorted(newest)])
    await disputing.hear(work, [each for each in events if isinstance(each, RecordsDisputed)])
    return {}
