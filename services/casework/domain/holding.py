"""Who may be named to know where a protected child is (`domain.md` §4.4): staff of its ward, and nobody near to the opponent."""

from collections.abc import Iterable
from enum import StrEnum

from contracts.values import Section, Ward
from contracts.writing import names
from services.casework.domain.policy import WARD_SECTIONS, Thing


class NotNamed(StrEnum):
    """Why somebody may not be named."""

    OTHER_WARD = "other_ward"
    NO_WARD_SECTION = "no_ward_section"
    OPPONENTS_WARD = "opponents_ward"


def why_not(section: Section, ward: Ward | None, thing: Thing) -> NotNamed | None:
    """Return why a member of staff may not be named for the child, if they may not: what they could not see anyway is given to nobody."""
    if ward is None or section not in WARD_SECTIONS:
        return NotNamed.NO_WARD_SECTION
    if ward in thing.barred:
        return NotNamed.OPPONENTS_WARD
    return None if ward is thing.ward else NotNamed.OTHER_WARD


def shares_a_name(staff_name: str, opponents: Iterable[str]) -> bool:
    """Whether a member of staff has the family name of one of them, in whichever form: then a person asks whether they are kin."""
    own = _family(staff_name)
    return bool(own) and any(_family(each) == own for each in opponents)


def _family(name: str) -> str:
    words = name.replace("\u3000", " ").split()
    return names.family(words[0]) if words else ""
