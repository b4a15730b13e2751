"""
What households add to a child's row: sources name the mother where the register names the father, and both live there.

Whoever is a generation older in one household counts among the names of guardians. It is evidence of a home, and links nobody by itself.
Where another household of the same home has the family name, its child comes from this home as well: who might be its parents is noted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from services.linker.domain.matching.profiles import Profile

GENERATION_YEARS = 16
LAST_BIRTH_YEARS = 50
"""Whoever is older by more is a child's grandparent rather: old people often have a household of their own in their children's house."""
_CROWD = 50
"""Of a home that so many households of one name share (an address that stands for none) only so many are looked at."""
_Home = tuple[str, tuple[str, ...], str, str] | None
"""Town, numbers, room and family name; None where no house or no name is known."""


def with_households(people: Sequence[Profile]) -> Iterator[Profile]:
    """Yield everybody in order, with the names of the elders of their household among the guardians, and the names of their kin."""
    households: dict[str, list[int]] = defaultdict(list)
    for row, person in enumerate(people):
        if person.household_no and person.year:
            households[person.household_no].append(row)
    shared = _shared(people, households)
    for person in people:
        own = households[person.household_no] if person.household_no and person.year else ()
        known = _at_home(person, [people[row] for row in own]) if len(own) > 1 else person
        beside = shared.get(_home(person), ()) if shared and own else ()
        others = [people[row] for each in beside if each != person.household_no for row in households[each]]
        yield _with_kin(known, others) if others else known


def _shared(people: Sequence[Profile], households: Mapping[str, list[int]]) -> dict[_Home, list[str]]:
    """Return the homes in which more than one household has a family name, and which these are."""
    homes: dict[_Home, list[str]] = {}
    for household, rows in households.items():
        for home in dict.fromkeys(_home(people[row]) for row in rows):
            if home is not None and len(there := homes.setdefault(home, [])) < _CROWD:
                there.append(household)
    return {home: there for home, there in homes.items() if len(there) > 1}


def _home(person: Profile) -> _Home:
    name = person.family_kana or person.family
    return (person.town, person.numbers, person.room, name) if person.numbers and name else None


def _at_home(person: Profile, home: Sequence[Profile]) -> Profile:
    elders = [other for other in home if other.year + GENERATION_YEARS <= person.year]
    brings_up = any(person.year + GENERATION_YEARS <= other.year for other in home)
    if not elders and not brings_up:
        return person
    names = {name for elder in elders for name in (elder.given, f"{elder.family}{elder.given}") if elder.given}
    # A guardian of another family name than the child's: the family name by itself is nobody's.
    families = {name for elder in elders for name in (elder.family, f"{person.family}{elder.family}")}
    return replace(person, guardians=(person.guardians | names) - families, brings_up=brings_up)


def _with_kin(person: Profile, others: Iterable[Profile]) -> Profile:
    might_be = (other for other in others if GENERATION_YEARS <= person.year - other.year <= LAST_BIRTH_YEARS)
    names = frozenset(name for other in might_be for name in (other.given, other.given_kana) if name)
    return replace(person, kin=names) if names else person
