"""
Takes a parcel of records in: lock, read, decide, save, say. A constant number of statements, however long the parcel is.

Nothing depends on the order in which records came: everything that a new revision can touch is decided again from all records
that stand. Four rounds of locks keep two partitions from deciding about the same things at once, always in one order: what the
parcel names, then the persons concerned, then their birth dates, then their households. Everything is locked before anything is
written. The only partition there is has nobody to wait for, and locks the whole at once.
"""

from collections.abc import Mapping, Sequence

from contracts.ids import EventId, PersonId
from contracts.messages import RecordAccepted, RecordVoided
from infra.outcomes import Outcome
from infra.work import UnitOfWork
from services.linker import holding, rostering
from services.linker.change import Change
from services.linker.connecting import decide_links
from services.linker.domain.linking import concerned
from services.linker.domain.records import Record, RecordKey
from services.linker.families import decide_households, decide_kinship
from services.linker.gathering import gather
from services.linker.naming import names_in
from services.linker.reading import read
from services.linker.registering import decide_measures, decide_persons
from services.linker.telling import protect, save_kinship, save_links, save_persons


async def take_in(work: UnitOfWork, events: Sequence[RecordAccepted | RecordVoided]) -> Mapping[EventId, Outcome]:
    """Link the records of a parcel, and whatever they make linkable."""
    naming = await names_in(work)
    arrived, parked = read(events, naming)

    change = await gather(work, arrived, naming)
    if change is not None:
        await settle(work, change)
    return parked


async def settle(work: UnitOfWork, change: Change) -> None:
    """Decide again all that a change touches, save it and say it: facts before what is concluded from them."""
    await decide_measures(work, change)
    await decide_persons(work.db, change)
    await decide_links(work.db, change)
    await decide_kinship(work.db, change)
    await decide_households(work.db, change)

    await protect(work, change)
    concerns = _concerns(change)
    await holding.begin(work, concerns)
    # Facts first: nothing may be concluded from the absence of what was here already (domain.md §2.8-2).
    change.facts_said = await save_links(work, change)
    await save_persons(work, change)
    await save_kinship(work, change)
    await rostering.save(work, change)
    await holding.tell(work, concerns, change.facts_said)


def _concerns(change: Change) -> dict[RecordKey, frozenset[PersonId | None]]:
    """Return whom each record may concern that is held up, or was: of nobody else is anything kept."""
    return {
        key: concerned(change.records[key], link, change.link_basis)
        for key, link in change.links.items()
        if link.is_held_up or _was_held_up(change.held.get(key))
    }


def _was_held_up(record: Record | None) -> bool:
    return record is not None and record.link is not None and record.link.is_held_up
