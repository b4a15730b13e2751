"""
Runs: what one transaction said with one routing key, in one row of the outbox, and how a hearer knows it again.

A run is published whole, in one parcel, and its effects are committed whole; so the inbox keeps one name for a run and not one id for
each of its events. The name is a hash of the run's content: whoever says the same again says it by the same name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

HEADER = "runs"
"""The parcel's header: for each run, in order, its name and the number of its events, as `<name>:<events>`, with blanks between."""

_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class Run:
    """A run in a parcel."""

    name: UUID
    events: int


def named(payload: str, events: int) -> Run:
    """Return the run with that content. Two runs have one name only if they say the same (BLAKE2b, 128 bits)."""
    return Run(UUID(bytes=blake2b(payload.encode(), digest_size=_NAME_BYTES).digest()), events)


def written(runs: Sequence[Run]) -> str:
    """Return the header for a parcel of `runs`."""
    return " ".join(f"{run.name.hex}:{run.events}" for run in runs)


def read(header: Any, event_ids: Sequence[UUID]) -> tuple[Run, ...]:
    """
    Return the runs of a parcel.

    Where there is no header (a message of an older release, or of somebody's hand), or one that does not fit the events, each event
    is a run of its own, by its id.
    """
    runs = _read(header) if isinstance(header, str) else ()
    if sum(run.events for run in runs) == len(event_ids) and all(run.events > 0 for run in runs):
        return runs
    return tuple(Run(event_id, 1) for event_id in event_ids)


def _read(header: str) -> tuple[Run, ...]:
    try:
        return tuple(Run(UUID(hex=name), int(events)) for name, _, events in (each.partition(":") for each in header.split(" ")))
    except ValueError:
        return ()
