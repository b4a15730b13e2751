"""What a review came to, for those who evaluate the rules by which people are asked to look (EVAL-02)."""

from collections.abc import Sequence

from contracts.values import CaseState, Need, Section
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import Past

_SAYS = {
    Outcome.NEEDED: Need.SUPPORT,
    Outcome.ALREADY_SUPPORTED: Need.SUPPORT,
    Outcome.GUIDANCE_CENTER: Need.SUPPORT,
    Outcome.WATCH: Need.WATCH,
    Outcome.NOT_NEEDED: Need.NOTHING,
}
"""What an outcome says of the need. The others say nothing: who was not reached is unknown, and never counts as not in need."""

_TELLS_OF_BEFORE = frozenset({Outcome.MOVED_OUT, Outcome.CAME_OF_AGE})
_SUPPORTED = frozenset({CaseState.PLANNING, CaseState.SUPPORT})


def need_of(outcome: Outcome, past: Sequence[Past]) -> Need | None:
    """Return what the child was found to need; where a case ended for another reason, by the highest that was judged while it went on."""
    if outcome not in _TELLS_OF_BEFORE:
        return _SAYS.get(outcome)
    been = {each.end for each in past}
    if been & _SUPPORTED:
        return Need.SUPPORT
    return Need.WATCH if CaseState.WATCH_OVER in been else None


def was_unknown(past: Sequence[Past]) -> bool | None:
    """
    Return whether no section that was asked had known the child before; None where one of them did not answer.

    The first answer of each counts: later ones know of this very case.
    """
    asked = next((each.details.get("sections", ()) for each in past if each.move == "start_investigation"), ())
    first: dict[Section, str] = {}
    for each in past:
        if each.move == "answer_investigation" and each.section is not None:
            first.setdefault(each.section, each.details["held"])
    if "something" in first.values():
        return False
    return True if asked and first.keys() >= set(map(Section, asked)) else None
