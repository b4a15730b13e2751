"""Whom people are shown where the gate does not link. What changes here changes the gate's version, too."""

from services.linker.domain.matching.decisions import Candidate
from services.linker.domain.matching.levels import Level


def worth_a_look(candidate: Candidate) -> bool:
    """Whether a person could say that the record is about this person: name or day agree, and something else with them."""
    compared = candidate.compared
    home = candidate.homes > 0
    day = compared.birth in {Level.EQUAL, Level.PART, Level.NEAR, Level.UNKNOWN}
    named = candidate.given_agrees or compared.given.level in {Level.NEAR, Level.UNKNOWN}
    if named and day and home:
        return True
    if candidate.given_agrees and candidate.family_agrees:
        return home or compared.birth is Level.EQUAL or (compared.birth is not Level.OTHER and candidate.weight > 0)
    if candidate.given_agrees and compared.birth is Level.EQUAL:
        return candidate.weight > 0
    if candidate.given_agrees and candidate.homes > 1:
        return True
    if compared.birth is Level.NEAR and candidate.family_agrees and candidate.homes > 1:
        return True
    return compared.birth is Level.EQUAL and home and (candidate.family_agrees or candidate.homes > 1)
