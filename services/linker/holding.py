"""What is held and linked to nobody yet: nothing can be concluded from absence for whom it may concern (`domain.md` §2.8-2)."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from contracts.ids import PersonId
from contracts.messages import FeedWatermark, RecordAccepted, RecordHeldBack, RecordsInHand, RecordVoided
from contracts.values import Source
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.linker import store
from services.linker.domain.records import RecordKey
from services.linker.naming import Names
from services.linker.store import NOBODY

HELD = "-"
"""Stands for the event type of what was put aside before anybody knew what it is."""


async def tell(work: UnitOfWork, held: Mapping[RecordKey, Collection[PersonId | None]]) -> None:
    """Keep whom each record may concern (empty: it is held no longer), and say the numbers that changed."""
    for each in await store.replace_concerns(work.db, held):
        message = RecordsInHand(
            event_id=caused(each.person_id or NOBODY, f"RecordsInHand:{each.source}:{each.version}"),
            occurred_at=work.now,
            source=each.source,
            person_id=each.person_id,
            version=each.version,
            records=each.records,
        )
        if each.person_id is None:
            work.announce_everywhere(message)
        else:
            work.announce(message, key=str(each.person_id))


async def hear(work: UnitOfWork, events: Sequence[RecordHeldBack]) -> None:
    """Keep what ingest has put aside, or holds no longer: the last word of the parcel about each counts."""
    await tell(work, {_key(event.source, event.hold_id): _of(work, event.person_no) if event.held else () for event in events})


async def on_held(work: UnitOfWork, event: RecordAccepted | RecordVoided | RecordHeldBack | FeedWatermark, held: bool) -> None:
    """Keep what the linker itself has put aside because it could not handle it."""
    if isinstance(event, RecordAccepted | RecordVoided):
        await tell(work, {_key(event.source, event.event_id): _of(work, event.person_no) if held else ()})


def _key(source: Source, hold_id: UUID) -> RecordKey:
    return RecordKey(source, HELD, str(hold_id))


def _of(work: UnitOfWork, person_no: str | None) -> tuple[PersonId | None]:
    return (Names(work.identifiers).person(person_no) if person_no is not None else None,)
