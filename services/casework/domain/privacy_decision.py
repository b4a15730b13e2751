"""What may be decided on a request of somebody concerned, and what never is (個人情報の保護に関する法律78条–82条, 92条, 100条)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.casework.domain.privacy_request import RESULTS, Ground, Kind, Request, Result

SHIELDING = frozenset({Ground.HARM_TO_THE_PERSON, Ground.THIRD_PARTY})
"""On these rests that nobody is told where a protected person is (`domain.md` §4.4)."""


@dataclass(frozen=True, slots=True)
class Shield:
    """
    What the register says at this moment of the child and of whoever asks.

    `held` is whether anything of the child is held here; `protected` whether a measure protects it, an expired one too; `opponents_side`
    whether whoever asks is an opponent of it, or lives with one.
    """

    held: bool = False
    protected: bool = False
    opponents_side: bool = False


class Lack(StrEnum):
    """What is wrong with what is to be decided: the field, and why."""

    RESULT = "result"
    GROUNDS = "grounds"
    REASONS = "reasons"
    PROTECTED = "protected"
    OPPONENT = "opponent"
    HELD = "held"
    UNHEARD = "unheard"


def lacks(request: Request, shield: Shield, result: Result, grounds: Sequence[Ground], reasons: str) -> Iterator[Lack]:
    """
    Say what is wrong with what is to be decided.

    Where a measure protects the child, nothing is disclosed whole, whoever asks; to the opponent's side only on a ground that shields
    (`domain.md` §2.8-8, §4.4). Reasons are given for whatever is not granted (行政手続法8条), with the ground where it is not disclosed.
    """
    if result not in RESULTS[request.kind]:
        yield Lack.RESULT
        return
    if result is not Result.WHOLE and not reasons:
        yield Lack.REASONS
    if request.unheard:
        yield Lack.UNHEARD
    if request.kind is not Kind.DISCLOSURE:
        return
    if result in {Result.PART, Result.NONE, Result.NO_ANSWER} and not grounds:
        yield Lack.GROUNDS
    if result is Result.NOT_HELD and shield.held:
        yield Lack.HELD
    if (shield.protected or shield.opponents_side) and _lays_open(result, grounds):
        yield Lack.OPPONENT if shield.opponents_side else Lack.PROTECTED


def _lays_open(result: Result, grounds: Sequence[Ground]) -> bool:
    return result is Result.WHOLE or (result in {Result.PART, Result.NONE} and not SHIELDING & set(grounds))
