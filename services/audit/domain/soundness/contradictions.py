"""Whether what contradicts an entry lies in quarantine as the log itself says that it was put there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.audit.domain.leaf import readable
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.domain.soundness.stored import Quarantined


@dataclass(slots=True)
class Contradictions:
    """What the log says is in quarantine: the hash of each event's leaf, by the event's id."""

    _kept: dict[str, str | None] = field(default_factory=dict)

    def add(self, event_id: str, digest: str | None) -> None:
        """Note that an entry says so."""
        self._kept[event_id] = digest

    def check(self, rows: Sequence[Quarantined], found: Findings) -> None:
        """Compare with what is in quarantine."""
        for row in rows:
            text = f"{row.producer} said something else under the number {row.sequence} of lane {row.lane}; the later word is in quarantine"
            found.add(FindingKind.EQUIVOCATION, text)
            if not _says_itself(row):
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {row.event_id} in quarantine is not as its leaf says")
        there = {str(row.event_id): leaf_hash(row.leaf).hex() for row in rows}
        for event_id, digest in self._kept.items():
            if event_id not in there:
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {event_id} is gone from quarantine")
            elif there[event_id] != digest:
                found.add(FindingKind.QUARANTINE_DIFFERS, f"the event {event_id} in quarantine is not the one that was kept")


def _says_itself(row: Quarantined) -> bool:
    said = readable(row.leaf)
    stored = (row.event_id, row.producer, row.lane, row.sequence)
    return said is not None and (said.event_id, said.producer, said.lane, said.sequence) == stored
