"""What the linker hears on the bus: every record that ingest accepted or that a source took back, and how far each source is."""

from collections.abc import Mapping, Sequence

from contracts.ids import EventId
from contracts.messages import FeedWatermark, RecordAccepted, RecordHeldBack, RecordVoided
from infra.outcomes import Outcome
from infra.work import UnitOfWork
from services.linker import actions, holding, watermarks


async def on_parcel(
    work: UnitOfWork, events: Sequence[RecordAccepted | RecordVoided | RecordHeldBack | FeedWatermark]
) -> Mapping[EventId, Outcome]:
    """Link a parcel of records. What cannot be read is parked alone. Watermarks are passed on behind the records."""
    records: list[RecordAccepted | RecordVoided] = []
    held_back: list[RecordHeldBack] = []
    marks: list[FeedWatermark] = []
    for event in events:
        # By what it says of itself: `isinstance` asks a metaclass, which is dear for every event of a flood.
        if event.type == "RecordHeldBack":
            held_back.append(event)
        elif event.type == "FeedWatermark":
            marks.append(event)
        else:
            records.append(event)

    parked = await actions.take_in(work, records) if records else {}
    if held_back:
        await holding.hear(work, held_back)
    if marks:
        await watermarks.pass_on(work, marks)
    return parked
