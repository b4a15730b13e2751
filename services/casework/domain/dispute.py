"""A reason that staff call wrong or outdated: how it stands with its record's owner until the corrected one comes (`domain.md` §4.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.values import DisputeKind, Item, OwnerAnswer
from services.casework.domain.review import Reason, Word


class Stands(StrEnum):
    """How it stands with a dispute."""

    ASKED = "asked"
    LOOKING = "looking"
    KNOWN_WRONG = "known_wrong"
    """Its owner says that it was wrong, and the corrected record has not come: what stands there is not to be believed."""
    CORRECTED = "corrected"
    RIGHT = "right"
    RECORD_IS_NEW = "record_is_new"
    """Before its owner answered, another record came."""


IN_DOUBT = frozenset({Stands.ASKED, Stands.LOOKING, Stands.KNOWN_WRONG})
"""While it stands so, the reason is marked on the child's page, on paper, and in a list that leaves."""


@dataclass(frozen=True, slots=True)
class OwnersWord:
    """What the owner said, and when."""

    version: int
    answer: OwnerAnswer
    words: str
    on: date


@dataclass(frozen=True, slots=True)
class Dispute:
    """Somebody said of a reason that its record is wrong or outdated. `told` is what the reason said then, in the word `word_version`."""

    id: UUID
    number: str
    item: Item
    kind: DisputeKind
    why: str
    words: str
    """What went to the owner; empty where nothing was written to it."""
    asked_at: datetime
    asked_by: str
    word_version: int
    told: Mapping[str, Any]
    answers: tuple[OwnersWord, ...]
    seen: int
    """The last answer that somebody of the ward has taken note of."""

    @property
    def last(self) -> OwnersWord | None:
        """Return the answer that holds."""
        return max(self.answers, key=lambda each: each.version, default=None)

    @property
    def is_settled(self) -> bool:
        """Whether its owner has said what is so, once at least: then it may be asked about again."""
        return any(each.answer is not OwnerAnswer.LOOKING for each in self.answers)

    @property
    def news(self) -> int:
        """Return the version of an answer that nobody has taken note of; 0 where there is none."""
        return self.last.version if self.last is not None and self.last.version > self.seen else 0

    def stands(self, latest: Word) -> Stands:
        """
        Return how it stands by the newest word about the child.

        A corrected record changes the answer, or what it rests on; that of another record about the same changes it, too, and then
        people look anew.
        """
        is_new = latest.version > self.word_version and told_of(self.item, latest.reasons) != self.told
        match self.last.answer if self.last is not None else None:
            case OwnerAnswer.RIGHT:
                return Stands.RIGHT
            case OwnerAnswer.CORRECTED:
                return Stands.CORRECTED if is_new else Stands.KNOWN_WRONG
            case _ if is_new:
                return Stands.RECORD_IS_NEW
            case OwnerAnswer.LOOKING:
                return Stands.LOOKING
            case _:
                return Stands.ASKED


def told_of(item: Item, reasons: Sequence[Reason]) -> Mapping[str, Any]:
    """Return the answer to an item and what it rests on, without what the passing of time changes. Empty where there is none."""
    reason = next((each for each in reasons if each.item is item), None)
    if reason is None:
        return {}
    return {
        "value": reason.value.value,
        "class": reason.klass,
        "valid_from": reason.valid_from.isoformat() if reason.valid_from else None,
        "evidence": sorted(reason.evidence),
    }


def open_on(disputes: Sequence[Dispute], latest: Word) -> Mapping[Item, tuple[Dispute, Stands]]:
    """Return for each item that is in doubt the newest dispute about it, and how it stands."""
    standing = {each.item: (each, each.stands(latest)) for each in sorted(disputes, key=lambda each: each.asked_at)}
    return {item: found for item, found in standing.items() if found[1] in IN_DOUBT}
