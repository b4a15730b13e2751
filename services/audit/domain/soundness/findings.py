"""What can be wrong with a log, and the verdict that follows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

FINDINGS_KEPT = 1000
"""Findings listed in full; more are only counted, so that a ruined log does not fill the memory."""


class FindingKind(StrEnum):
    """What is wrong."""

    LEAF_UNREADABLE = "leaf_unreadable"
    COLUMN_DIFFERS = "column_differs"
    HASH_DIFFERS = "hash_differs"
    ENTRIES_MISSING = "entries_missing"
    ENTRIES_CUT_OFF = "entries_cut_off"
    INDEX_REPEATED = "index_repeated"
    HISTORY_CHANGED = "history_changed"
    CHECKPOINT_FORGED = "checkpoint_forged"
    SUBTREE_DIFFERS = "subtree_differs"
    SEQUENCE_REPEATED = "sequence_repeated"
    SEQUENCE_GAP = "sequence_gap"
    UNATTESTED = "unattested"
    UNATTESTED_KEPT = "unattested_kept"
    EQUIVOCATION = "equivocation"
    QUARANTINE_DIFFERS = "quarantine_differs"
    CLOCK_WENT_BACK = "clock_went_back"
    NEVER_SEALED = "never_sealed"
    SEAL_MISSING = "seal_missing"
    FILE_MALFORMED = "file_malformed"
    FILE_MISSING = "file_missing"
    COSIGNATURE_MISSING = "cosignature_missing"


INCOMPLETE_KINDS = frozenset(
    {
        FindingKind.SEQUENCE_GAP,
        FindingKind.EQUIVOCATION,
        FindingKind.UNATTESTED_KEPT,
        FindingKind.CLOCK_WENT_BACK,
        FindingKind.NEVER_SEALED,
        FindingKind.SEAL_MISSING,
        FindingKind.FILE_MISSING,
        FindingKind.COSIGNATURE_MISSING,
    }
)
"""Findings that keep a log from being called sound and do not show that it was altered. All others do."""


class Outcome(StrEnum):
    """The verdict on a log."""

    SOUND = "sound"
    TAMPERED = "tampered"
    INCOMPLETE = "incomplete"


EXIT_CODES = {Outcome.SOUND: 0, Outcome.TAMPERED: 1, Outcome.INCOMPLETE: 2}
"""What `tsunagu audit verify` ends with (audit.md §5)."""

Fault: TypeAlias = Callable[[str, int, bytes], str | None]
"""Tells why a note is not the log's own word about a size and a root; None where it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in which entries: `first` to `last`, where it can be said."""

    kind: FindingKind
    text: str
    first: int | None = None
    last: int | None = None


@dataclass(slots=True)
class Findings:
    """What was found so far."""

    kept: list[Finding] = field(default_factory=list)
    kinds: set[FindingKind] = field(default_factory=set)
    total: int = 0

    def add(self, kind: FindingKind, text: str, first: int | None = None, last: int | None = None) -> None:
        """Note one more."""
        self.total += 1
        self.kinds.add(kind)
        if len(self.kept) < FINDINGS_KEPT:
            self.kept.append(Finding(kind, text, first, first if last is None else last))

    def check_clock(self, now: datetime, earliest: datetime, whose: str, index: int) -> None:
        """Note where a clock went back, said with entry `index`."""
        if now < earliest:
            self.add(FindingKind.CLOCK_WENT_BACK, f"{whose} went back, to {now:%Y-%m-%d %H:%M:%S}Z", index)

    def copy(self) -> "Findings":
        """One to go on with that leaves this one as it is."""
        return Findings(list(self.kept), set(self.kinds), self.total)

    @property
    def outcome(self) -> Outcome:
        """The verdict."""
        if not self.kinds:
            return Outcome.SOUND
        return Outcome.INCOMPLETE if self.kinds <= INCOMPLETE_KINDS else Outcome.TAMPERED
