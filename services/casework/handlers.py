"""What casework hears: persons, names, households, measures, the scorer's words, how far feeds have come, what owners say."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

from contracts.ids import EventId
from contracts.messages import (
    DisputeAnswered,
    EvaluationOverdue,
    FeedState,
    FeedWatermark,
    HouseholdChanged,
    Message,
    PersonChanged,
    PersonIdentified,
    PersonsMerged,
    PersonSplit,
    ProtectionChanged,
    ReviewBasisChanged,
    ReviewNeeded,
)
from infra.outcomes import Outcome
from infra.work import UnitOfWork
from services.casework import disputing, hearing, store
from services.casework.domain.sampling import Sampling

Heard: TypeAlias = (
    ReviewNeeded
    | ReviewBasisChanged
    | EvaluationOverdue
    | PersonChanged
    | PersonIdentified
    | PersonsMerged
    | PersonSplit
    | HouseholdChanged
    | ProtectionChanged
    | FeedWatermark
    | FeedState
    | DisputeAnswered
)
M = TypeVar("M", bound=Message)


async def on_parcel(work: UnitOfWork, events: Sequence[Heard], drawing: Sampling) -> Mapping[EventId, Outcome]:
    """
    Take a parcel in. Order does not matter, within a parcel or between parcels: every entity carries its version.

    Protection first: nothing of a protected person is written before the measure that hides it (`domain.md` §4.4).
    """
    await store.begin_hearing(work.db)
    await hearing.hear_persons(
        work,
        measures=_of(events, ProtectionChanged),
        persons=_of(events, PersonChanged),
        names=_of(events, PersonIdentified),
        households=_of(events, HouseholdChanged),
        aliases=[event for event in events if isinstance(event, PersonsMerged | PersonSplit)],
    )
    await hearing.hear_words(work, [event for event in events if isinstance(event, ReviewNeeded | ReviewBasisChanged)], drawing)
    await hearing.hear_overdue(work, _of(events, EvaluationOverdue))
    await hearing.hear_feeds(work, _of(events, FeedWatermark))
    await hearing.hear_feed_states(work, _of(events, FeedState))
    await disputing.hear_answers(work, _of(events, DisputeAnswered))
    return {}


def _of(events: Sequence[Heard], kind: type[M]) -> list[M]:
    return [event for event in events if isinstance(event, kind)]
