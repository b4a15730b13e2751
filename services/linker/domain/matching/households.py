"""
What a household adds to a child's row: sources name the mother where the register names the father, and both live there.

Whoever is a generation older in one household counts among the names of guardians. It is evidence of a home, and links nobody by itself.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.linker.domain.matching.profiles import Profile

GENERATION_YEARS = 16


def with_households(people: Sequence[Profile]) -> Iterator[Profile]:
    """Yield everybody in order, with the names of the elders of their household among the guardians."""
    homes: dict[str, list[int]] = defaultdict(list)
    for row, person in enumerate(people):
        if person.household_no and person.year:
            homes[person.household_no].append(row)
    for person in people:
        home = homes[person.household_no] if person.household_no and person.year else ()
        yield _at_home(person, [people[row] for row in home]) if len(home) > 1 else person


def _at_home(person: Profile, home: Sequence[Profile]) -> Profile:
    elders = [other for other in home if other.year + GENERATION_YEARS <= person.year]
    brings_up = any(person.year + GENERATION_YEARS <= other.year for other in home)
    if not elders and not brings_up:
        return person
    names = {name for elder in elders for name in (elder.given, f"{elder.family}{elder.given}") if elder.given}
    # A guardian of another family name than the child's: the family name by itself is nobody's.
    families = {name for elder in elders for name in (elder.family, f"{person.family}{elder.family}")}
    return replace(person, guardians=(person.guardians | names) - families, brings_up=brings_up)
