"""In which order a signer's batches are taken: none twice, none skipped without a person's word, each as often as it is brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from services.ingest.inlets.media.school.faults import Fault, NotTaken


class State(Enum):
    """What became of a batch."""

    REFUSED = "refused"
    IMPORTING = "importing"
    IMPORTED = "imported"


class Turn(Enum):
    """What is to be done with a batch that is brought."""

    NEW = "new"
    GO_ON = "go on"
    """Its import was broken off: the same events are told again, and what was taken is a repetition."""
    DONE = "done"
    """It was imported: nothing changes."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A batch of the same source and signer that is known."""

    digest: bytes
    batch_id: UUID
    sequence: int
    state: State


def turn_of(known: Iterable[Numbered], digest: bytes, batch_id: UUID, sequence: int, *, gap_accepted: bool) -> Turn:
    """
    Return whose turn it is. Raises NotTaken for a number or a batch that was used for something else, and for a gap before it.

    Refused batches count as come: their content may be mended under the same number or a later one. A batch that comes late, after later
    ones, closes its gap: the rows of the batch that was made last win whatever the order.
    """
    known = list(known)
    for each in known:
        if each.state is State.REFUSED:
            continue
        if each.digest == digest:
            return Turn.DONE if each.state is State.IMPORTED else Turn.GO_ON
        if each.batch_id == batch_id or each.sequence == sequence:
            raise NotTaken(Fault("replayed"))
    before = max((each.sequence for each in known if each.sequence < sequence), default=0)
    if sequence - before > 1 and not gap_accepted:
        raise NotTaken(Fault("sequence_gap", detail=f"{before + 1}-{sequence - 1}"))
    return Turn.NEW
