"""Which events of a parcel become entries, which are known already, and which are set aside: not the producer's word, or not its first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias

from contracts.canonical import NotCanonical, instant_text
from contracts.ids import EventId
from services.audit.domain.leaf import Columns, columns_written, event_in, leaf_of
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.producers import Attest, Fault
from services.audit.domain.recorded import Recorded

Number: TypeAlias = tuple[str, int, int]
"""Producer, lane, sequence: a producer uses each once."""

EQUIVOCATION = "equivocation"
"""Why an event is set aside whose number an entry has that says something else. The other reasons are `Fault`."""

_NUL = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A new entry of the log."""

    index: int
    columns: Columns
    leaf: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that becomes no entry and is kept as received, and why."""

    columns: Columns
    leaf: bytes
    reason: str

    @property
    def said(self) -> bytes:
        """The hash of what was told and signed, whenever it is received; nothing for what contradicts an entry."""
        if self.reason == EQUIVOCATION:
            return b""
        return sha256(self.leaf.replace(f'"received":"{instant_text(self.columns.received)}",'.encode(), b"")).digest()


@dataclass(frozen=True, slots=True)
class Read:
    """An event as it would stand in the log. `told` is what its producer said, without when the log received it."""

    told: Mapping[str, Any]
    columns: Columns
    leaf: bytes
    digest: bytes
    fault: Fault | None

    @property
    def number(self) -> Number:
        """The number that its producer gave it."""
        return self.columns.producer, self.columns.lane, self.columns.sequence


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a parcel. `refused` holds the reason of each event that can never be an entry."""

    events: tuple[Read, ...]
    refused: Mapping[EventId, str]


@dataclass(frozen=True, slots=True)
class Admission:
    """What becomes of a parcel."""

    entries: tuple[Entry, ...]
    aside: tuple[SetAside, ...]


def read(events: Sequence[Recorded], received: datetime, attest: Attest) -> Reading:
    """
    Read `events`, in their order, as the log receives them at an instant.

    Needs nothing of the log, so that it can be done before anybody's turn: nearly all that an entry costs is its signature.
    """
    found: list[Read] = []
    refused: dict[EventId, str] = {}
    for event in events:
        try:
            told, leaf = event.told(), _leaf(event, received)
        except NotCanonical as error:
            refused[event.event_id] = str(error)
            continue
        columns = columns_written(told, received)
        found.append(Read(told, columns, leaf, leaf_hash(leaf), attest(columns, leaf)))
    return Reading(tuple(found), refused)


def admit(events: Sequence[Read], known: Mapping[Number, bytes], size: int) -> Admission:
    """
    Decide about `events`, in their order, for a log of `size` entries.

    `known` holds the leaves that the log has under the events' numbers. The same event twice is one entry: the time at which
    the log received it is not part of what the producer said, nor is the key with which it was signed.
    """
    said = {number: event_in(leaf) for number, leaf in known.items()}
    entries: list[Entry] = []
    aside: list[SetAside] = []
    for event in events:
        if event.fault is not None:
            # Whatever it says: somebody else's word must not stand in the way of the producer's.
            aside.append(SetAside(event.columns, event.leaf, event.fault))
        elif event.number not in said:
            said[event.number] = dict(event.told)
            entries.append(Entry(size + len(entries), event.columns, event.leaf, event.digest))
        elif said[event.number] != event.told:
            aside.append(SetAside(event.columns, event.leaf, EQUIVOCATION))
    return Admission(tuple(entries), tuple(aside))


def _leaf(event: Recorded, received: datetime) -> bytes:
    if event.sequence < 1:
        raise NotCanonical(f"a producer's numbers begin at 1, got {event.sequence}")
    leaf = leaf_of(event.told(), received, key=event.key, signature=event.signature)
    # PostgreSQL's text has no NUL, so the columns could not say what the leaf says.
    if _NUL in leaf:
        raise NotCanonical("a NUL character has no place in a leaf")
    return leaf
