"""Whether every seal is the log's own, is about these entries, and none is missing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.audit.domain.soundness.findings import Fault, FindingKind, Findings
from services.audit.domain.soundness.stored import Ending, StoredSeal
from services.audit.domain.soundness.tree import Tree

RECEIPT_TOLERANCE = timedelta(minutes=2)
"""A transaction takes its time when it begins, so times overlap by as long as one can take."""

SEALED_WITHIN = timedelta(minutes=1)
"""A grown log is sealed about once a second. Entries that wait longer may have had a seal that somebody removed."""

UNSEALED_FEW = 64
"""So many entries may wait for their seal while no clock says since when."""


@dataclass(slots=True)
class Seals:
    """
    Follows the seals, and the log's own clock, by which it receives and seals.

    `good_size` is how many entries lead to a root that was sealed, `sealed_size` how many any seal is about.
    """

    fault: Fault
    count: int = 0
    good_size: int = 0
    sealed_size: int = 0
    _received: datetime | None = None
    _sealed_at: datetime | None = None
    _waits_since: datetime | None = None
    _diverged: bool = False
    _anchored: int = 0

    def receive(self, received: datetime, index: int, found: Findings) -> None:
        """Note when entry `index` came."""
        if self._received is not None:
            found.check_clock(received, self._received - RECEIPT_TOLERANCE, f"entry {index}: the log's own clock", index)
        self._received = received
        if self._waits_since is None:
            self._waits_since = received

    def add(self, seal: StoredSeal, tree: Tree, found: Findings) -> None:
        """Add a seal all of whose entries are in the tree."""
        if not self._is_genuine(seal, found):
            return
        if seal.is_kept:
            self._note(seal, tree.size, found)
        if tree.holds_up_to(seal.size):
            self._check_root(seal, tree.root, found)

    def are_late(self, size: int, at: datetime | None) -> bool:
        """Whether more of `size` entries, or entries for longer, wait for their seal than where the log is being sealed."""
        now = at or self._received
        # Said to come from the future, it would never be late.
        late = self._waits_since is not None and now is not None and abs(now - self._waits_since) > SEALED_WITHIN
        waiting = size - self.sealed_size
        return waiting > 0 and (late or waiting > UNSEALED_FEW or not self.count)

    def check_rest(self, ending: Ending, size: int, found: Findings) -> None:
        """Examine the seals beyond the `size` entries fed, and whether any is missing."""
        count = self.count
        for seal in ending.seals:
            if not self._is_genuine(seal, found):
                continue
            count += seal.is_kept
            if seal.size > ending.size:
                text = f"{seal.origin} of {seal.size} entries: entries {ending.size} to {seal.size - 1} are gone"
                found.add(FindingKind.ENTRIES_CUT_OFF, text, ending.size, seal.size - 1)
        if not count:
            text = f"{size} entries and no checkpoint" if size else "no entry and no checkpoint: there is nothing to verify"
            found.add(FindingKind.NEVER_SEALED, text)
        elif self.are_late(size, ending.at):
            text = f"entries {self.sealed_size} to {size - 1} have no seal: it was removed, or nothing is sealed any more"
            found.add(FindingKind.SEAL_MISSING, text, self.sealed_size, size - 1)

    def _is_genuine(self, seal: StoredSeal, found: Findings) -> bool:
        fault = self.fault(seal.note, seal.size, seal.root)
        if fault is not None:
            found.add(FindingKind.CHECKPOINT_FORGED, f"{seal.origin} of {seal.size} entries: {fault}", last=seal.size - 1)
        return fault is None

    def _note(self, seal: StoredSeal, size: int, found: Findings) -> None:
        self.count += 1
        self.sealed_size = max(self.sealed_size, seal.size)
        if size <= self.sealed_size:
            self._waits_since = None
        if self._sealed_at is not None and seal.at is not None:
            whose = f"checkpoint of {seal.size} entries: the signer's clock"
            found.check_clock(seal.at, self._sealed_at - RECEIPT_TOLERANCE, whose, seal.size - 1)
        self._sealed_at = seal.at

    def _check_root(self, seal: StoredSeal, root: bytes, found: Findings) -> None:
        if root == seal.root:
            self.good_size, self._diverged = seal.size, False
            if not seal.is_kept:
                self._anchored = seal.size
        elif not self._diverged:
            # Every later root contains the change too; said once, with the interval in which it must lie. Where the database vouches for
            # the very size about which a checkpoint kept elsewhere says something else, its own were signed anew and bound nothing.
            self._diverged = True
            first, last = self._anchored if self.good_size == seal.size else self.good_size, seal.size - 1
            where = f"the change lies in entries {first} to {last}"
            text = f"{seal.origin} of {seal.size} entries: its root is not that of the entries; {where}"
            found.add(FindingKind.HISTORY_CHANGED, text, first, last)
