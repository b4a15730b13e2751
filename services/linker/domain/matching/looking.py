"""Whom people are shown where the gate does not link. What changes here changes the gate's version, too."""

from services.linker.domain.matching.decisions import Candidate
from services.linker.domain.matching.levels import Level

LEAST_BITS = -8.0
"""
A name and a day that agree or nearly do are looked at also where more speaks against them, up to so many bits: of a child who moved and
was renamed nothing else is left. A namesake is as rare there: a common name weighs less.
"""


def worth_a_look(candidate: Candidate, *, beside: int = 0) -> bool:
    """
    Whether a person could say that the record is about this person: name or day agree, and something else with them.

    `beside` the signs of a home that were compared there may be others that say as much: a school.
    """
    compared, homes = candidate.compared, candidate.homes + beside
    home = homes > 0
    day = compared.birth in {Level.EQUAL, Level.PART, Level.NEAR, Level.UNKNOWN}
    named = candidate.given_agrees or compared.given.level in {Level.NEAR, Level.UNKNOWN}
    if named and day and home:
        return True
    if candidate.given_agrees and candidate.family_agrees:
        return home or compared.birth is Level.EQUAL or (compared.birth is not Level.OTHER and candidate.weight > LEAST_BITS)
    if candidate.given_agrees and compared.birth is Level.EQUAL:
        return candidate.weight > LEAST_BITS
    if candidate.given_agrees and homes > 1:
        return True
    if compared.birth is Level.NEAR and candidate.family_agrees and homes > 1:
        return True
    # A house may be a block of flats, with many who were born on one day: a guardian's name, or a household's number, is a family's.
    of_family = Level.EQUAL in {compared.guardian, compared.household}
    return compared.birth is Level.EQUAL and home and (candidate.family_agrees or of_family or homes > 1)
