"""Which events of a parcel become entries, which are known already, and which contradict what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from contracts.ids import EventId
from services.audit.domain.leaf import Columns, NotCanonical, columns_of, event_in, leaf_of
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.recorded import Recorded, event_of

Number: TypeAlias = tuple[str, int, int]
"""Producer, lane, sequence: a producer uses each once."""

_NUL = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A new entry of the log."""

    index: int
    columns: Columns
    leaf: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An event whose number an entry has that says something else."""

    columns: Columns
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Admission:
    """What becomes of a parcel. `refused` holds the reason of each event that can never be an entry."""

    entries: tuple[Entry, ...]
    contradictions: tuple[Contradiction, ...]
    refused: Mapping[EventId, str]


def number_of(event: Recorded) -> Number:
    """The number that the event's producer gave it."""
    return str(event.producer), event.lane, event.sequence


def admit(events: Sequence[Recorded], known: Mapping[Number, bytes], size: int, received: datetime) -> Admission:
    """
    Decide about `events`, in their order, for a log of `size` entries.

    `known` holds the leaves that the log has under the events' numbers. The same event twice is one entry: the time at which
    the log received it is not part of what the producer said.
    """
    said = {number: event_in(leaf) for number, leaf in known.items()}
    entries: list[Entry] = []
    contradictions: list[Contradiction] = []
    refused: dict[EventId, str] = {}
    for event in events:
        try:
            leaf = _leaf(event, received)
        except NotCanonical as error:
            refused[event.event_id] = str(error)
            continue
        told, number = event_of(event), number_of(event)
        if number not in said:
            said[number] = told
            entries.append(Entry(size + len(entries), columns_of(leaf), leaf, leaf_hash(leaf)))
        elif said[number] != told:
            contradictions.append(Contradiction(columns_of(leaf), leaf))
    return Admission(tuple(entries), tuple(contradictions), refused)


def _leaf(event: Recorded, received: datetime) -> bytes:
    if event.sequence < 1:
        raise NotCanonical(f"a producer's numbers begin at 1, got {event.sequence}")
    leaf = leaf_of(event_of(event), received)
    # PostgreSQL's text has no NUL, so the columns could not say what the leaf says.
    if _NUL in leaf:
        raise NotCanonical("a NUL character has no place in a leaf")
    return leaf
