"""
What makes a log sound, checked entry by entry: nothing that the database says is believed but the leaves' bytes, and those only
as far as signed checkpoints vouch for them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from services.audit.domain.explaining import CONTRADICTION_KEPT, Acceptance, Explanation, acceptance_of, explanation_of
from services.audit.domain.leaf import Columns, LeafMalformed, NotCanonical, columns_of, readable
from services.audit.domain.merkle import Frontier, leaf_hash, tree_root
from services.audit.domain.sequences import LaneWatch, Numbers, without
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
    QUARANTINE_DIFFERS = "quarantine_differs"
    CLOCK_WENT_BACK = "clock_went_back"
    NEVER_SEALED = "never_sealed"
    SEAL_MISSING = "seal_missing"


INCOMPLETE_KINDS = frozenset(
    {
        FindingKind.SEQUENCE_GAP,
        FindingKind.EQUIVOCATION,
        FindingKind.CLOCK_WENT_BACK,
        FindingKind.NEVER_SEALED,
        FindingKind.SEAL_MISSING,
    }
)
"""Findings that keep a log from being called sound and do not show that it was altered. All others do."""

RECEIPT_TOLERANCE = timedelta(minutes=2)
PRODUCER_TOLERANCE = timedelta(minutes=15)
"""A transaction takes its time when it begins and its number when it ends, so times overlap by as long as one can take."""

SEALED_WITHIN = timedelta(minutes=1)
"""A grown log is sealed about once a second. Entries that wait longer may have had a seal that somebody removed."""

UNSEALED_FEW = 64
"""So many entries may wait for their seal while no clock says since when."""


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
    at: datetime | None = None

    @property
    def is_kept(self) -> bool:
        """Whether it is a row of the log's own database."""
        return self.origin == "checkpoint"


@dataclass(frozen=True, slots=True)
class Lane:
    """One producer's lane: how many entries, and the highest number."""

    entries: int
    last: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event that contradicts an entry, as the database has it."""

    event_id: UUID
    producer: str
    lane: int
    sequence: int
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
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a verification found. `root` is the root over all leaves that were there.

    `explained` are gaps that an operator explained in the log itself, `accepted` restored histories: no findings, and never silent.
    """

    size: int
    sealed_size: int
    checkpoints: int
    root: bytes
    lanes: Mapping[str, Mapping[int, Lane]]
    findings: tuple[Finding, ...]
    findings_total: int
    outcome: Outcome
    explained: tuple[Explanation, ...] = ()
    accepted: tuple[Acceptance, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 sound, 1 tampered, 2 incomplete."""
        return EXIT_CODES[self.outcome]


@dataclass(slots=True)
class _Tiles:
    """Recomputes the kept subtrees from the leaves. `stored` holds what the database says of those about to be completed."""

    stored: dict[tuple[int, int], set[bytes]] = field(default_factory=dict)
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
            if self.stored.pop((level, index), None) != {digest}:
                wrong.append((level, index))
        return wrong


@dataclass(slots=True)
class _Findings:
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

    def copy(self) -> "_Findings":
        """One to go on with that leaves this one as it is."""
        return _Findings(list(self.kept), set(self.kinds), self.total)

    @property
    def outcome(self) -> Outcome:
        """The verdict."""
        if not self.kinds:
            return Outcome.SOUND
        return Outcome.INCOMPLETE if self.kinds <= INCOMPLETE_KINDS else Outcome.TAMPERED


@dataclass(slots=True)
class _Line:
    """One producer's lane: its numbers, and its clock."""

    watch: LaneWatch = field(default_factory=LaneWatch)
    entries: int = 0
    at: datetime | None = None
    explained: list[Explanation] = field(default_factory=list)


class Examiner:
    """
    Examines a log fed to it in order: entries by index, each checkpoint once all its entries were fed.

    `fault` tells why a note is not the log's own word about a size and a root (None where it is), `column_names` are the columns
    that the leaf decides. It holds little more than the edge of the tree, so it can be kept and fed what the log grew by.
    """

    def __init__(self, *, fault: Callable[[str, int, bytes], str | None], column_names: Sequence[str]) -> None:
        self.size = 0
        self._fault = fault
        self._column_names = column_names
        self._tiles = _Tiles()
        self._frontier = Frontier()
        self._lines: dict[tuple[str, int], _Line] = {}
        self._found = _Findings()
        self._broken_at: int | None = None
        self._diverged = False
        self._good_size = 0
        self._sealed_size = 0
        self._checkpoints = 0
        self._received: datetime | None = None
        self._sealed_at: datetime | None = None
        self._waits_since: datetime | None = None
        self._contradictions: dict[str, str | None] = {}
        self._accepted: list[Acceptance] = []

    @property
    def root(self) -> bytes:
        """The root over all leaves fed."""
        return self._frontier.root()

    def kept(self, subtrees: Iterable[tuple[int, int, bytes]]) -> None:
        """Note the kept roots (level, index, root) of the subtrees that the entries to come complete."""
        for level, index, digest in subtrees:
            self._tiles.stored.setdefault((level, index), set()).add(digest)

    def entry(self, stored: StoredEntry) -> None:
        """Examine the next entry."""
        if stored.index < self.size:
            self._found.add(FindingKind.INDEX_REPEATED, f"entry {stored.index} is there twice, or in no place", stored.index)
            return
        if stored.index > self.size:
            self._missing(self.size, stored.index - 1)
        digest = leaf_hash(stored.leaf)
        self._frontier.push(0, digest)
        self.size = stored.index + 1
        if stored.digest != digest:
            text = f"entry {stored.index}: the leaf does not have the hash that was kept of it"
            self._found.add(FindingKind.HASH_DIFFERS, text, stored.index)
        if self._broken_at is None:
            for level, index in self._tiles.add(digest):
                _subtree_finding(self._found, level, index)
        self._check_leaf(stored)

    def checkpoint(self, seal: StoredSeal) -> None:
        """Examine a checkpoint. All entries that it seals must have been fed."""
        if not self._is_genuine(self._found, seal):
            return
        if seal.is_kept:
            self._note_seal(seal)
        if self._broken_at is None or seal.size <= self._broken_at:
            self._check_root(seal)

    def waits_for_seal(self, at: datetime | None) -> bool:
        """Whether more entries, or entries for longer, wait for their seal than where the log is being sealed."""
        now = at or self._received
        # Said to come from the future, it would never be late.
        late = self._waits_since is not None and now is not None and abs(now - self._waits_since) > SEALED_WITHIN
        waiting = self.size - self._sealed_size
        return waiting > 0 and (late or waiting > UNSEALED_FEW or not self._checkpoints)

    def report(self, ending: Ending) -> Report:
        """The verdict so far. More can be fed afterwards."""
        found = self._found.copy()
        self._check_seals(found, ending)
        if self._broken_at is None:
            for level, index in (*sorted(self._tiles.stored), *ending.subtrees):
                _subtree_finding(found, level, index)
        explained = [gap for key in sorted(self._lines) for gap in self._check_gaps(found, *key)]
        self._check_quarantine(found, ending.quarantine)
        return Report(
            size=self.size,
            sealed_size=self._good_size,
            checkpoints=self._checkpoints,
            root=self.root,
            lanes=self._lane_table(),
            findings=tuple(found.kept),
            findings_total=found.total,
            outcome=found.outcome,
            explained=tuple(explained),
            accepted=tuple(self._accepted),
        )

    # -- entries -------------------------------------------------------------------------------------------------------

    def _missing(self, first: int, last: int) -> None:
        self._found.add(FindingKind.ENTRIES_MISSING, f"entries {first} to {last} are missing", first, last)
        if self._broken_at is None:
            self._broken_at = first

    def _check_leaf(self, stored: StoredEntry) -> None:
        try:
            columns = columns_of(stored.leaf)
        except (NotCanonical, LeafMalformed) as error:
            self._found.add(FindingKind.LEAF_UNREADABLE, f"entry {stored.index}: {error}", stored.index)
            return
        differing = [name for name in self._column_names if stored.columns[name] != getattr(columns, name)]
        if differing:
            text = f"entry {stored.index}: {', '.join(differing)} not as the leaf says"
            self._found.add(FindingKind.COLUMN_DIFFERS, text, stored.index)
        self._follow_receipt(columns, stored.index)
        self._follow_lane(columns, stored.index)
        self._follow_words(columns, stored.index)

    def _follow_receipt(self, columns: Columns, index: int) -> None:
        if self._received is not None:
            self._check_clock(columns.received, self._received - RECEIPT_TOLERANCE, f"entry {index}: the log's own clock", index)
        self._received = columns.received
        if self._waits_since is None:
            self._waits_since = columns.received

    def _follow_lane(self, columns: Columns, index: int) -> None:
        line = self._lines.setdefault((columns.producer, columns.lane), _Line())
        line.entries += 1
        is_next = columns.sequence > line.watch.highest
        if line.watch.see(columns.sequence):
            text = f"entry {index}: {columns.producer} used the number {columns.sequence} of lane {columns.lane} before"
            self._found.add(FindingKind.SEQUENCE_REPEATED, text, index)
        elif is_next:
            if line.at is not None:
                whose = f"entry {index}: the clock of {columns.producer}, lane {columns.lane},"
                self._check_clock(columns.ts, line.at - PRODUCER_TOLERANCE, whose, index)
            line.at = columns.ts

    def _follow_words(self, columns: Columns, index: int) -> None:
        """Note what the log says of itself."""
        if (explanation := explanation_of(index, columns)) is not None:
            line = self._lines.get((explanation.producer, explanation.lane), _Line())
            # Only of numbers that were missing then. Said in advance, it would cover what is removed later.
            if line.watch.lacks(explanation.numbers) and explanation.numbers.last < line.watch.highest:
                line.explained.append(explanation)
        elif (acceptance := acceptance_of(index, columns)) is not None:
            self._accepted.append(acceptance)
        elif (columns.producer, columns.action) == ("audit", CONTRADICTION_KEPT) and columns.thing_id is not None:
            self._contradictions[columns.thing_id] = columns.correlation

    def _check_clock(self, now: datetime, earliest: datetime, whose: str, index: int) -> None:
        if now < earliest:
            self._found.add(FindingKind.CLOCK_WENT_BACK, f"{whose} went back, to {now:%Y-%m-%d %H:%M:%S}Z", index)

    # -- seals ---------------------------------------------------------------------------------------------------------

    def _is_genuine(self, found: _Findings, seal: StoredSeal) -> bool:
        fault = self._fault(seal.note, seal.size, seal.root)
        if fault is not None:
            found.add(FindingKind.CHECKPOINT_FORGED, f"{seal.origin} of {seal.size} entries: {fault}", last=seal.size - 1)
        return fault is None

    def _note_seal(self, seal: StoredSeal) -> None:
        self._checkpoints += 1
        self._sealed_size = max(self._sealed_size, seal.size)
        if self.size <= self._sealed_size:
            self._waits_since = None
        if self._sealed_at is not None and seal.at is not None:
            whose = f"checkpoint of {seal.size} entries: the signer's clock"
            self._check_clock(seal.at, self._sealed_at - RECEIPT_TOLERANCE, whose, seal.size - 1)
        self._sealed_at = seal.at

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
            self._found.add(FindingKind.HISTORY_CHANGED, text, first, last)

    def _check_seals(self, found: _Findings, ending: Ending) -> None:
        checkpoints = self._checkpoints
        for seal in ending.seals:
            if not self._is_genuine(found, seal):
                continue
            checkpoints += seal.is_kept
            if seal.size > ending.size:
                text = f"{seal.origin} of {seal.size} entries: entries {ending.size} to {seal.size - 1} are gone"
                found.add(FindingKind.ENTRIES_CUT_OFF, text, ending.size, seal.size - 1)
        if not checkpoints:
            text = f"{self.size} entries and no checkpoint" if self.size else "no entry and no checkpoint: there is nothing to verify"
            found.add(FindingKind.NEVER_SEALED, text)
        elif self.waits_for_seal(ending.at):
            text = f"entries {self._sealed_size} to {self.size - 1} have no seal: it was removed, or nothing is sealed any more"
            found.add(FindingKind.SEAL_MISSING, text, self._sealed_size, self.size - 1)

    # -- numbers and quarantine ----------------------------------------------------------------------------------------

    def _check_gaps(self, found: _Findings, producer: str, lane: int) -> Iterable[Explanation]:
        """Name the gaps that nobody explained; return the explanations of the others."""
        line = self._lines[producer, lane]
        told = [each.numbers for each in line.explained]
        gaps = list(line.watch.gaps())
        for gap in gaps:
            for first, last in without(gap, told):
                numbers = f"the number {first}" if first == last else f"the numbers {first} to {last}"
                found.add(FindingKind.SEQUENCE_GAP, f"{producer}, lane {lane}: no entry has {numbers}")
        return [each for each in line.explained if any(_overlap(each.numbers, gap) for gap in gaps)]

    def _check_quarantine(self, found: _Findings, rows: Sequence[Quarantined]) -> None:
        kept = {str(row.event_id): row for row in rows}
        for row in rows:
            text = f"{row.producer} said something else under the number {row.sequence} of lane {row.lane}; the later word is in quarantine"
            found.add(FindingKind.EQUIVOCATION, text)
            if not _says_itself(row):
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {row.event_id} in quarantine is not as its leaf says")
        for event_id, digest in self._contradictions.items():
            there = kept.get(event_id)
            if there is None:
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {event_id} is gone from quarantine")
            elif leaf_hash(there.leaf).hex() != digest:
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {event_id} in quarantine is not the one that was kept")

    def _lane_table(self) -> dict[str, dict[int, Lane]]:
        table: dict[str, dict[int, Lane]] = {}
        for (producer, lane), line in sorted(self._lines.items()):
            table.setdefault(producer, {})[lane] = Lane(line.entries, line.watch.highest)
        return table


def _subtree_finding(found: _Findings, level: int, index: int) -> None:
    first, last = index << level, ((index + 1) << level) - 1
    text = f"entries {first} to {last} do not have the root that was kept of them (level {level})"
    found.add(FindingKind.SUBTREE_DIFFERS, text, first, last)


def _overlap(one: Numbers, other: Numbers) -> bool:
    return one.first <= other.last and other.first <= one.last


def _says_itself(row: Quarantined) -> bool:
    said = readable(row.leaf)
    return said is not None and (said.event_id, said.producer, said.lane, said.sequence) == (
        row.event_id,
        row.producer,
        row.lane,
        row.sequence,
    )
