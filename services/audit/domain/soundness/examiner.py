"""The examination of a log entry by entry, and its report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.canonical import NotCanonical
from services.audit.domain.explaining import Acceptance, Explanation, acceptance_of, contradiction_of, explanation_of
from services.audit.domain.leaf import Columns, LeafMalformed, columns_of
from services.audit.domain.producers import Attest
from services.audit.domain.soundness.contradictions import Contradictions
from services.audit.domain.soundness.findings import EXIT_CODES, Fault, Finding, FindingKind, Findings, Outcome
from services.audit.domain.soundness.lanes import Lane, Lanes
from services.audit.domain.soundness.seals import Seals
from services.audit.domain.soundness.stored import Ending, StoredEntry, StoredSeal
from services.audit.domain.soundness.tree import Tree


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


class Examiner:
    """
    Examines a log fed to it in order: entries by index, each checkpoint once all its entries were fed.

    `fault` judges the notes of checkpoints, `attest` whether an entry is its producer's word, `column_names` are the columns that the leaf
    decides. It holds little more than the edge of the tree, so it can be kept and fed what the log grew by.
    """

    def __init__(self, *, fault: Fault, attest: Attest, column_names: Sequence[str]) -> None:
        self.attest = attest
        self._column_names = column_names
        self._found = Findings()
        self._tree = Tree()
        self._seals = Seals(fault)
        self._lanes = Lanes()
        self._contradictions = Contradictions()
        self._accepted: list[Acceptance] = []

    @property
    def size(self) -> int:
        """How far the entries fed reach."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """The root over all leaves fed."""
        return self._tree.root

    def kept(self, subtrees: Iterable[tuple[int, int, bytes]]) -> None:
        """Note the kept roots (level, index, root) of the subtrees that the entries to come complete."""
        self._tree.keep(subtrees)

    def entry(self, stored: StoredEntry) -> None:
        """Examine the next entry."""
        if self._tree.add(stored, self._found):
            self._check_leaf(stored)

    def checkpoint(self, seal: StoredSeal) -> None:
        """Examine a checkpoint. All entries that it seals must have been fed."""
        self._seals.add(seal, self._tree, self._found)

    def waits_for_seal(self, at: datetime | None) -> bool:
        """Whether more entries, or entries for longer, wait for their seal than where the log is being sealed."""
        return self._seals.are_late(self.size, at)

    def report(self, ending: Ending) -> Report:
        """The verdict so far. More can be fed afterwards."""
        found = self._found.copy()
        self._seals.check_rest(ending, self.size, found)
        self._tree.check_rest(ending.subtrees, found)
        explained = self._lanes.check_gaps(found)
        self._lanes.check_rolls(ending.rolls, ending.at, self.attest, found)
        self._contradictions.check(ending.quarantine, self.attest, self._lanes.has, found)
        return Report(
            size=self.size,
            sealed_size=self._seals.good_size,
            checkpoints=self._seals.count,
            root=self.root,
            lanes=self._lanes.table(),
            findings=tuple(found.kept),
            findings_total=found.total,
            outcome=found.outcome,
            explained=explained,
            accepted=tuple(self._accepted),
        )

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
        self._check_producer(columns, stored)
        self._seals.receive(columns.received, stored.index, self._found)
        self._lanes.follow(columns, stored.index, self._found)
        self._hear(columns, stored.index)

    def _check_producer(self, columns: Columns, stored: StoredEntry) -> None:
        try:
            fault = self.attest(columns, stored.leaf)
        except LeafMalformed as error:
            self._found.add(FindingKind.LEAF_UNREADABLE, f"entry {stored.index}: {error}", stored.index)
            return
        if fault is not None:
            self._found.add(
                FindingKind.UNATTESTED, f"entry {stored.index} is not known to be {columns.producer}'s word: {fault}", stored.index
            )

    def _hear(self, columns: Columns, index: int) -> None:
        """Note what the log says of itself."""
        if (explanation := explanation_of(index, columns)) is not None:
            self._lanes.explain(explanation)
        elif (acceptance := acceptance_of(index, columns)) is not None:
            self._accepted.append(acceptance)
        elif (contradiction := contradiction_of(columns)) is not None:
            self._contradictions.add(*contradiction)
