"""
Whether a record's event is newer than what is held: the highest revision wins, whatever the order of arrival (§2.2).

Events are judged one after the other in the order of arrival, also within one transaction: so the outcome of each does not
depend on how many happened to be merged into it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from contracts.quick import quick
from contracts.values import Operation, Source
from services.ingest.domain import content
from services.ingest.domain.admission import Admitted


class Newness(StrEnum):
    """What an event is, against what is held of its record."""

    NEWER = "newer"
    SAME = "same"
    OLDER = "older"
    CONFLICTING = "conflicting"


class RecordKey(NamedTuple):
    """One record of one source. Two kinds of record may share a number (a pregnancy's notification and its end)."""

    source: Source
    event_type: str
    record_id: str


@quick(frozen=True, slots=True)
class Held:
    """What is held of a record: its revision, what that said, and whom it is about."""

    revision: int
    content_hash: bytes
    person_no: str | None
    hashed_composed: bool = False
    """Whether the hash is an older release's, of composed texts."""


def key_of(admitted: Admitted) -> RecordKey:
    """The record that an event is about."""
    return RecordKey(admitted.source, admitted.envelope.type, admitted.envelope.subject)


def is_hash_of(kept: bytes, admitted: Admitted, *, composed: bool) -> bool:
    """
    Whether a hash that was kept is of what an event says. `composed` is set where an older release made it.

    Those composed texts (NFC) before they hashed them: which of two characters they had been sent cannot be known any more.
    """
    return kept == admitted.content_hash or (composed and kept == _hash_of_before(admitted))


def _hash_of_before(admitted: Admitted) -> bytes:
    envelope = admitted.envelope
    return content.hash_of(envelope.operation, envelope.stated_effective_on, content.written(content.composed(admitted.data)))


def against(held: Held | None, admitted: Admitted) -> Newness:
    """Compare an event with what is held of its record."""
    if held is None or admitted.envelope.revision > held.revision:
        return Newness.NEWER
    if admitted.envelope.revision < held.revision:
        return Newness.OLDER
    same = is_hash_of(held.content_hash, admitted, composed=held.hashed_composed)
    return Newness.SAME if same else Newness.CONFLICTING


def after(held: Held | None, admitted: Admitted) -> Held:
    """What is held once a newer event is taken. A record taken back still belongs to whom it was about."""
    voided = admitted.envelope.operation is Operation.VOID
    person_no = admitted.person_no or (held.person_no if voided and held is not None else None)
    return Held(admitted.envelope.revision, admitted.content_hash, person_no)


@quick(frozen=True, slots=True)
class Judged:
    """One arrival against what was held when its turn came, and what is held after it."""

    newness: Newness
    held: Held


def settled(held: Mapping[RecordKey, Held], arrivals: Iterable[Admitted]) -> list[Judged]:
    """Judge arrivals in their order, each against what the ones before it left."""
    now = dict(held)
    judged = []
    for admitted in arrivals:
        key = key_of(admitted)
        newness = against(now.get(key), admitted)
        if newness is Newness.NEWER:
            now[key] = after(now.get(key), admitted)
        judged.append(Judged(newness, now[key]))
    return judged
