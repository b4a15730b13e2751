"""What is held and linked to nobody yet: nothing can be concluded from absence for whom it may concern (`domain.md` §2.8-2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from contracts.ids import EventId, HoldId, PersonId
from contracts.messages import FeedWatermark, RecordAccepted, RecordHeldBack, RecordsInHand, RecordVoided
from contracts.values import Source
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.linker import saving, store, strangers
from services.linker.domain.linking import UNNOTIFIED
from services.linker.domain.records import RecordKey
from services.linker.naming import names_in
from services.linker.stored import NOBODY, PUT_ASIDE, InHand

NOTHING_SAID: Mapping[PersonId, int] = MappingProxyType({})


async def begin(work: UnitOfWork, held: Mapping[RecordKey, Collection[PersonId | None]]) -> None:
    """Keep and say whom records may concern from now on, before anything is concluded; `tell` says what ends, after everything else."""
    if any(held.values()):
        _say(work, await saving.replace_concerns(work.db, held, ends=False))


async def tell(
    work: UnitOfWork, held: Mapping[RecordKey, Collection[PersonId | None]], facts_said: Mapping[PersonId, int] = NOTHING_SAID
) -> None:
    """
    Keep whom each record may concern (empty: it is held no longer), and say the numbers that changed.

    `facts_said` is how much was said of whom by now: what was let go may be a fact that is told on another partition, as of a guardian.
    """
    _say(work, await saving.replace_concerns(work.db, held), facts_said)


async def tell_of(work: UnitOfWork, persons: Collection[PersonId]) -> None:
    """Say what is in hand for persons of whom people said who they are, where that is another number now."""
    if persons:
        _say(work, await saving.recount_concerns(work.db, persons))


def _say(work: UnitOfWork, changed: Iterable[InHand], facts_said: Mapping[PersonId, int] = NOTHING_SAID) -> None:
    for each in changed:
        message = RecordsInHand(
            event_id=caused(each.person_id or NOBODY, f"RecordsInHand:{each.source}:{each.version}"),
            occurred_at=work.now,
            source=each.source,
            person_id=None if each.person_id == UNNOTIFIED else each.person_id,
            unnotified=each.person_id == UNNOTIFIED,
            version=each.version,
            records=each.records,
            facts_said=facts_said.get(each.person_id, 0) if each.person_id is not None else 0,
        )
        if message.person_id is None:
            work.announce_everywhere(message)
        else:
            work.announce(message, key=str(message.person_id))


async def hear(work: UnitOfWork, events: Sequence[RecordHeldBack]) -> None:
    """Keep what ingest has put aside, or holds no longer: the last word of the parcel about each counts."""
    whom = await _whom(work, {event.person_no for event in events if event.held and event.person_no is not None})
    await tell(work, {_key(event.source, event.hold_id): _of(event.person_no, whom) if event.held else () for event in events})


async def on_held(work: UnitOfWork, event: RecordAccepted | RecordVoided | RecordHeldBack | FeedWatermark, held: bool) -> None:
    """Keep what the linker itself has put aside because it could not handle it."""
    if isinstance(event, RecordAccepted | RecordVoided):
        whom = await _whom(work, {event.person_no} if held and event.person_no is not None else ())
        await tell(work, {_key(event.source, event.event_id): _of(event.person_no, whom) if held else ()})


def _key(source: Source, held: HoldId | EventId) -> RecordKey:
    return RecordKey(source, PUT_ASIDE, str(held))


async def _whom(work: UnitOfWork, numbers: Collection[str]) -> Mapping[str, frozenset[PersonId]]:
    """
    Return whom each number names, and who else it may be where it is not in the register (see `strangers`).

    By the ids that they were given when they were first seen: whose those are by what people say is asked whenever it is counted.
    """
    names = await names_in(work)
    ids = {number: names.person(number) for number in numbers}
    registered = {who for who, known in (await store.persons(work.db, set(ids.values())))[0].items() if known.registered}
    unknown = {who: number for number, who in ids.items() if who not in registered}
    alike = await strangers.alike(work.db, unknown, {}, names.apart)
    given_up = await strangers.given_up(work.db, await store.numbers_given_up(work.db, unknown), {}, names.apart)
    beside = {number: alike.get(who, frozenset()) | given_up.get(who, frozenset()) for number, who in ids.items()}
    return {number: frozenset({names.first(number)}).union(*map(names.taken_for, beside[number])) for number in ids}


def _of(person_no: str | None, whom: Mapping[str, frozenset[PersonId]]) -> Collection[PersonId | None]:
    return whom[person_no] if person_no is not None else (None,)
