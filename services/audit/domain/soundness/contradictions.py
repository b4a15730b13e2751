"""
What is in quarantine: whether it lies there as the log itself says that it was put there, and what it means that it does.

An event of a key that nobody knew comes in after all once the key is registered: then it is an entry, and what lies here no finding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.audit.domain.leaf import Columns, readable
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.producers import Attest
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.domain.soundness.stored import Quarantined

EQUIVOCATION = "equivocation"


@dataclass(slots=True)
class Contradictions:
    """What the log says is in quarantine: the hashes of the leaves that it put there under an event's id."""

    _kept: dict[str, set[str | None]] = field(default_factory=dict)

    def add(self, event_id: str, digest: str | None) -> None:
        """Note that an entry says so."""
        self._kept.setdefault(event_id, set()).add(digest)

    def check(self, rows: Sequence[Quarantined], attest: Attest, has: Callable[[str, int, int], bool], found: Findings) -> None:
        """Compare with what is in quarantine; `has` tells whether an entry has a producer's number of a lane."""
        there: dict[str, set[str | None]] = {}
        for row in rows:
            said = readable(row.leaf)
            there.setdefault(str(row.event_id), set()).add(leaf_hash(row.leaf).hex())
            _tell(row, said, attest, has, found)
            if not _says_itself(row, said):
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {row.event_id} in quarantine is not as its leaf says")
        for event_id, digests in self._kept.items():
            if event_id not in there:
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {event_id} is gone from quarantine")
            elif not digests <= there[event_id]:
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {event_id} in quarantine is not the one that was kept")


def _tell(row: Quarantined, said: Columns | None, attest: Attest, has: Callable[[str, int, int], bool], found: Findings) -> None:
    number = f"the number {row.sequence} of lane {row.lane}"
    if row.reason == EQUIVOCATION:
        text = f"{row.producer} said something else under {number}; the later word is in quarantine"
        found.add(FindingKind.EQUIVOCATION, text)
    elif said is None or attest(said, row.leaf) is not None or not has(row.producer, row.lane, row.sequence):
        text = f"somebody spoke for {row.producer} under {number} ({row.reason}); what it was is in quarantine"
        found.add(FindingKind.UNATTESTED_KEPT, text)


def _says_itself(row: Quarantined, said: Columns | None) -> bool:
    stored = (row.event_id, row.producer, row.lane, row.sequence)
    return said is not None and (said.event_id, said.producer, said.lane, said.sequence) == stored
