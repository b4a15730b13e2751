"""What becomes of a move that somebody pressed: made, or why not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from contracts.ids import CaseId
from contracts.values import CaseState
from infra.looking import Refused
from services.casework.domain import flow
from services.casework.domain.policy import Reason

Errors: TypeAlias = tuple[tuple[str, str], ...]
"""What is wrong with a form: field, and a sentence."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The case was moved, or something added to it; it stands at `state`. `again` where the same request was answered before."""

    case_id: CaseId
    version: int
    state: CaseState
    again: bool = False


class Since(StrEnum):
    """What happened since a page was made."""

    OWN_MOVE = "own_move"
    COLLEAGUES_MOVE = "colleagues_move"
    NEW_FACTS = "new_facts"


@dataclass(frozen=True, slots=True)
class InTheLog:
    """A refusal that is in the log already, under whom it was about: another child than the page's."""

    refused: Refused


@dataclass(frozen=True, slots=True)
class Stale:
    """Something happened `since` the page was made. `current` is the version now."""

    why: ClassVar = Reason.PAGE_OUTDATED
    current: str
    since: Since = Since.NEW_FACTS


@dataclass(frozen=True, slots=True)
class NotPossible:
    """The case stands where this move does not start."""

    why: ClassVar = Reason.MOVE_NOT_POSSIBLE
    text: str


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A move of the case waits for another person, or none does that this one might decide."""

    why: ClassVar = Reason.WAITS_FOR_ANOTHER
    text: str


@dataclass(frozen=True, slots=True)
class NotHandedOver:
    """The case is offered to somebody already, or there is no offer to settle."""

    why: ClassVar = Reason.MOVE_NOT_POSSIBLE
    text: str


@dataclass(frozen=True, slots=True)
class Objected:
    """The family objects to the use of its data, and it is not decided yet."""

    why: ClassVar = Reason.OBJECTED
    text: str


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """None of the reasons is left for which the child was put on the list: nobody starts with it."""

    why: ClassVar = Reason.REASONS_GONE
    text: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """What was filled in does not do."""

    why: ClassVar = Reason.NOT_FILLED_IN
    errors: Errors


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key was used for another request."""

    why: ClassVar = Reason.KEY_REUSED


NotMade: TypeAlias = Stale | NotPossible | NotDecided | NotHandedOver | Objected | NotNeeded | Invalid | KeyReused
"""Why a move was not made that somebody had the right to. The log is told `why`."""

MoveOutcome: TypeAlias = Moved | NotMade | Refused

NOT_NOW: tuple[tuple[type[flow.MoveNotPossible], type[NotPossible | NotDecided | NotHandedOver | Objected | NotNeeded]], ...] = (
    (flow.ReasonsGone, NotNeeded),
    (flow.Objected, Objected),
    (flow.NotHandedOver, NotHandedOver),
    (flow.WaitsForAnother, NotDecided),
    (flow.MoveNotPossible, NotPossible),
)
"""What becomes of a move that does not start from where the case stands; the last is of all others."""
