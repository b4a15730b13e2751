"""
What makes a log sound, checked entry by entry: nothing that the database says is believed but the leaves' bytes, and those only
as far as signed checkpoints vouch for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from services.audit.domain.leaf import Columns, LeafMalformed, NotCanonical, columns_of
from services.audit.domain.merkle import Frontier, leaf_hash, tree_root
from services.audit.domain.sequences import LaneGap, LaneWatch
from services.audit.domain.tiles import KEPT_LEVELS, TILE_HEIGHT

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
    EQUIVOCATION = "equivocation"
    NEVER_SEALED = "never_sealed"


INCOMPLETE_KINDS = frozenset({FindingKind.SEQUENCE_GAP, FindingKind.EQUIVOCATION, FindingKind.NEVER_SEALED})
"""Findings that say something is not here (yet). All others say that something was altered."""


class Outcome(StrEnum):
    """The verdict on a log."""

    SOUND = "sound"
    TAMPERED = "tampered"
    INCOMPLETE = "incomplete"


EXIT_CODES = {Outcome.SOUND: 0, Outcome.TAMPERED: 1, Outcome.INCOMPLETE: 2}
"""What `tsunagu audit verify` ends with (audit.md §5)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in which entries: `first` to `last`, where it can be said."""

    kind: FindingKind
    text: str
    first: int | None = None
    last: int | None = None


class Row(Protocol):
    """The columns of an entry by their names, as a database row gives them."""

    def __getitem__(self, name: str, /) -> Any:
        """Return the column called `name`."""
        ...


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the database has it: nothing of it is trusted yet."""

    index: int
    columns: Row
    leaf: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class StoredSeal:
    """A checkpoint as the database, or a file kept elsewhere, has it. `origin` says which, for the findings."""

    size: int
    root: bytes
    note: str
    origin: str = "checkpoint"


@dataclass(frozen=True, slots=True)
class Lane:
    """One producer's lane: how many entries, and the highest number."""

    entries: int
    last: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a full verification found. `root` is the root over all leaves that were there."""

    size: int
    sealed_size: int
    checkpoints: int
    root: bytes
    lanes: Mapping[str, Mapping[int, Lane]]
    findings: tuple[Finding, ...]
    findings_total: int
    outcome: Outcome

    @property
    def exit_code(self) -> int:
        """0 sound, 1 tampered, 2 incomplete."""
        return EXIT_CODES[self.outcome]


@dataclass(slots=True)
class _Tiles:
    """Recomputes the kept subtrees from the leaves."""

    stored: dict[tuple[int, int], bytes]
    waiting: dict[int, list[bytes]] = field(default_factory=lambda: {level: [] for level in KEPT_LEVELS})
    done: dict[int, int] = field(default_factory=lambda: dict.fromkeys(KEPT_LEVELS, 0))

    def add(self, digest: bytes) -> list[tuple[int, int]]:
        """Add a leaf's hash. Returns (level, index) of each subtree completed by it that is not stored as it should be."""
        wrong = []
        for level in KEPT_LEVELS:
            self.waiting[level].append(digest)
            if len(self.waiting[level]) < 1 << TILE_HEIGHT:
                break
            digest = tree_root(self.waiting[level])
            index = self.done[level]
            self.waiting[level], self.done[level] = [], index + 1
            if self.stored.pop((level, index), None) != digest:
                wrong.append((level, index))
        return wrong


class Examiner:
    """
    Examines a log fed to it in order: entries by index, each checkpoint once all its entries were fed.

    `subtrees` are the kept roots by (level, index), `fault` tells why a note is not the log's own word about a size and a root
    (None where it is), `column_names` are the columns that the leaf decides.
    """

    def __init__(
        self,
        *,
        fault: Callable[[str, int, bytes], str | None],
        subtrees: Mapping[tuple[int, int], bytes],
        column_names: Sequence[str],
    ) -> None:
        self.size = 0
        self._fault = fault
        self._column_names = column_names
        self._tiles = _Tiles(dict(subtrees))
        self._frontier = Frontier()
        self._lanes: dict[tuple[str, int], LaneWatch] = {}
        self._counts: dict[tuple[str, int], Lane] = {}
        self._findings: list[Finding] = []
        self._kinds: set[FindingKind] = set()
        self._total = 0
        self._broken_at: int | None = None
        self._good_size = 0
        self._diverged = False
        self._checkpoints = 0

    def entry(self, stored: StoredEntry) -> None:
        """Examine the next entry."""
        if stored.index < self.size:
            self._find(FindingKind.INDEX_REPEATED, f"entry {stored.index} is there twice", stored.index)
            return
        if stored.index > self.size:
            self._missing(self.size, stored.index - 1)
        digest = leaf_hash(stored.leaf)
        self._frontier.push(0, digest)
        self.size = stored.index + 1
        if stored.digest != digest:
            self._find(FindingKind.HASH_DIFFERS, f"entry {stored.index}: the leaf does not have the hash that was kept of it", stored.index)
        if self._broken_at is None:
            self._check_tiles(digest)
        self._check_leaf(stored)

    def checkpoint(self, seal: StoredSeal) -> None:
        """Examine a checkpoint. All entries that it seals must have been fed, or there are none left."""
        if not self._is_genuine(seal):
            return
        self._checkpoints += 1
        if seal.size > self.size:
            text = f"{seal.origin} of {seal.size} entries: entries {self.size} to {seal.size - 1} are gone"
            self._find(FindingKind.ENTRIES_CUT_OFF, text, self.size, seal.size - 1)
        elif self._broken_at is None or seal.size <= self._broken_at:
            self._check_root(seal)

    def quarantined(self, producer: str, lane: int, sequence: int) -> None:
        """Note an event that contradicts an entry and waits for a person."""
        text = f"{producer} said something else under the number {sequence} of lane {lane}; the later word is in quarantine"
        self._find(FindingKind.EQUIVOCATION, text)

    def report(self) -> Report:
        """The verdict. Nothing can be fed afterwards."""
        for (level, index), _ in sorted(self._tiles.stored.items()):
            if self._broken_at is None:
                self._subtree_finding(level, index)
        for (producer, lane), watch in sorted(self._lanes.items()):
            for first, missing in watch.gaps():
                self._gap(LaneGap(producer, lane, first, missing))
        if self.size and not self._checkpoints:
            self._find(FindingKind.NEVER_SEALED, f"{self.size} entries and no checkpoint")
        return Report(
            size=self.size,
            sealed_size=self._good_size,
            checkpoints=self._checkpoints,
            root=self._frontier.root(),
            lanes=self._lane_table(),
            findings=tuple(self._findings),
            findings_total=self._total,
            outcome=self._outcome(),
        )

    def _check_leaf(self, stored: StoredEntry) -> None:
        try:
            columns = columns_of(stored.leaf)
        except (NotCanonical, LeafMalformed) as error:
            self._find(FindingKind.LEAF_UNREADABLE, f"entry {stored.index}: {error}", stored.index)
            return
        differing = [name for name in self._column_names if stored.columns[name] != getattr(columns, name)]
        if differing:
            text = f"entry {stored.index}: {', '.join(differing)} not as the leaf says"
            self._find(FindingKind.COLUMN_DIFFERS, text, stored.index)
        self._follow_lane(columns, stored.index)

    def _follow_lane(self, columns: Columns, index: int) -> None:
        key = (columns.producer, columns.lane)
        known = self._counts.get(key, Lane(0, 0))
        self._counts[key] = Lane(known.entries + 1, max(known.last, columns.sequence))
        if self._lanes.setdefault(key, LaneWatch()).see(columns.sequence, index) is not None:
            text = f"entry {index}: {columns.producer} used the number {columns.sequence} of lane {columns.lane} before"
            self._find(FindingKind.SEQUENCE_REPEATED, text, index)

    def _check_tiles(self, digest: bytes) -> None:
        for level, index in self._tiles.add(digest):
            self._subtree_finding(level, index)

    def _subtree_finding(self, level: int, index: int) -> None:
        first, last = index << level, ((index + 1) << level) - 1
        text = f"entries {first} to {last} do not have the root that was kept of them (level {level})"
        self._find(FindingKind.SUBTREE_DIFFERS, text, first, last)

    def _is_genuine(self, seal: StoredSeal) -> bool:
        fault = self._fault(seal.note, seal.size, seal.root)
        if fault is not None:
            self._find(FindingKind.CHECKPOINT_FORGED, f"{seal.origin} of {seal.size} entries: {fault}", last=seal.size - 1)
        return fault is None

    def _check_root(self, seal: StoredSeal) -> None:
        if self._frontier.root() == seal.root:
            self._good_size, self._diverged = seal.size, False
        elif not self._diverged:
            # Every later root contains the change too; said once, with the interval in which it must lie.
            self._diverged = True
            first, last = self._good_size, seal.size - 1
            text = (
                f"{seal.origin} of {seal.size} entries: its root is not that of the entries; the change lies in entries {first} to {last}"
            )
            self._find(FindingKind.HISTORY_CHANGED, text, first, last)

    def _missing(self, first: int, last: int) -> None:
        self._find(FindingKind.ENTRIES_MISSING, f"entries {first} to {last} are missing", first, last)
        if self._broken_at is None:
            self._broken_at = first

    def _gap(self, gap: LaneGap) -> None:
        last = gap.first + gap.missing - 1
        numbers = f"the number {gap.first}" if gap.missing == 1 else f"the numbers {gap.first} to {last}"
        self._find(FindingKind.SEQUENCE_GAP, f"{gap.producer}, lane {gap.lane}: no entry has {numbers}")

    def _find(self, kind: FindingKind, text: str, first: int | None = None, last: int | None = None) -> None:
        self._total += 1
        self._kinds.add(kind)
        if len(self._findings) < FINDINGS_KEPT:
            self._findings.append(Finding(kind, text, first, first if last is None else last))

    def _outcome(self) -> Outcome:
        if not self._kinds:
            return Outcome.SOUND
        return Outcome.INCOMPLETE if self._kinds <= INCOMPLETE_KINDS else Outcome.TAMPERED

    def _lane_table(self) -> dict[str, dict[int, Lane]]:
        table: dict[str, dict[int, Lane]] = {}
        for (producer, lane), counted in sorted(self._counts.items()):
            table.setdefault(producer, {})[lane] = counted
        return table
