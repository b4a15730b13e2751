"""The log as the database has it: nothing of it is trusted yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.audit.domain.soundness.rolls import Roll


class StoredColumns(Protocol):
    """The columns of an entry by their names, as a database row gives them."""

    def __getitem__(self, name: str, /) -> Any:
        """Return the column called `name`."""
        ...


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry."""

    index: int
    columns: StoredColumns
    leaf: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class StoredSeal:
    """A checkpoint of the database, or of a file kept elsewhere. `origin` says which, for the findings."""

    size: int
    root: bytes
    note: str
    origin: str = "checkpoint"
    at: datetime | None = None

    @property
    def is_kept(self) -> bool:
        """Whether it is a row of the log's own database."""
        return self.origin == "checkpoint"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event that contradicts an entry, or is not known to be its producer's word."""

    event_id: UUID
    producer: str
    lane: int
    sequence: int
    reason: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Ending:
    """
    What else the database said once all entries had been fed.

    `size` is that of the log by then, `seals` those beyond what was fed, `subtrees` (level, index) those that no entries fill,
    `at` the time (None: not known).
    """

    size: int
    seals: Sequence[StoredSeal] = ()
    subtrees: Sequence[tuple[int, int]] = ()
    quarantine: Sequence[Quarantined] = ()
    rolls: Sequence[Roll] = ()
    at: datetime | None = None
