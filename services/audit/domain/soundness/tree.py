"""Whether the entries are all there, each with its hash, and the roots that were kept of their subtrees."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.audit.domain.merkle import Frontier, leaf_hash, tree_root
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.domain.soundness.stored import StoredEntry
from services.audit.domain.tiles import KEPT_LEVELS, TILE_HEIGHT


@dataclass(slots=True)
class _Subtrees:
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
class Tree:
    """The tree over all leaves fed. `broken_at` is the first place in which no entry is: from there on no root can be right."""

    size: int = 0
    broken_at: int | None = None
    _frontier: Frontier = field(default_factory=Frontier)
    _subtrees: _Subtrees = field(default_factory=_Subtrees)

    @property
    def root(self) -> bytes:
        """The root over all leaves fed."""
        return self._frontier.root()

    def holds_up_to(self, size: int) -> bool:
        """Whether none of the first `size` entries is missing."""
        return self.broken_at is None or size <= self.broken_at

    def keep(self, subtrees: Iterable[tuple[int, int, bytes]]) -> None:
        """Note the kept roots (level, index, root) of the subtrees that the entries to come complete."""
        for level, index, digest in subtrees:
            self._subtrees.stored.setdefault((level, index), set()).add(digest)

    def add(self, stored: StoredEntry, found: Findings) -> bool:
        """Add an entry. Returns whether it is in its place; what is there twice is no part of the tree."""
        if stored.index < self.size:
            found.add(FindingKind.INDEX_REPEATED, f"entry {stored.index} is there twice, or in no place", stored.index)
            return False
        if stored.index > self.size:
            self._miss(self.size, stored.index - 1, found)
        digest = leaf_hash(stored.leaf)
        self._frontier.push(0, digest)
        self.size = stored.index + 1
        if stored.digest != digest:
            text = f"entry {stored.index}: the leaf does not have the hash that was kept of it"
            found.add(FindingKind.HASH_DIFFERS, text, stored.index)
        if self.broken_at is None:
            for level, index in self._subtrees.add(digest):
                _differs(found, level, index)
        return True

    def check_rest(self, unfilled: Iterable[tuple[int, int]], found: Findings) -> None:
        """Name the kept subtrees (`unfilled`: also of places beyond) that no entries fill."""
        if self.broken_at is None:
            for level, index in (*sorted(self._subtrees.stored), *unfilled):
                _differs(found, level, index)

    def _miss(self, first: int, last: int, found: Findings) -> None:
        found.add(FindingKind.ENTRIES_MISSING, f"entries {first} to {last} are missing", first, last)
        if self.broken_at is None:
            self.broken_at = first


def _differs(found: Findings, level: int, index: int) -> None:
    first, last = index << level, ((index + 1) << level) - 1
    text = f"entries {first} to {last} do not have the root that was kept of them (level {level})"
    found.add(FindingKind.SUBTREE_DIFFERS, text, first, last)
