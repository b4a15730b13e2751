"""Who is a child's mother, and of which pregnancy it was born. Twins share one; older siblings never inherit (S01, S05, S06)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.ids import HouseholdId, PersonId, PregnancyId
from contracts.values import Relationship, Sex
from services.linker.domain.household import Membership
from services.linker.domain.pregnancy import WITHOUT_CHILD, Pregnancy, may_have_born, nearest

YOUNGEST_MOTHER_YEARS = 12
OLDEST_MOTHER_YEARS = 60
_DAYS_PER_YEAR = 365.25

EXPLICIT = "delivery_explicit"


@dataclass(frozen=True, slots=True)
class Kin:
    """What kinship needs of a person."""

    person_id: PersonId
    birth_date: date
    sex: Sex
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class DeliveryLink:
    """A pregnancy that a child was born of, and by which rule."""

    pregnancy_id: PregnancyId
    mother_id: PersonId
    rule: str


def childhood(child: Kin) -> Membership | None:
    """Return the first membership as `child` of a head: where the mother is looked for."""
    return next((each for each in child.memberships if each.relationship is Relationship.CHILD), None)


def mother_of(child: Kin, people: Iterable[Kin]) -> PersonId | None:
    """
    Return the woman who was head of the child's household, or the head's spouse, at its birth, 12 to 60 years older.

    Where nobody was then, the first one afterwards counts; where there are two, nobody: a wrong link is worse than none.
    """
    home = childhood(child)
    if home is None:
        return None
    at_birth = max(home.start, child.birth_date) if home.start is not None else child.birth_date
    times = [(each, who.person_id) for who in people if _may_be_mother(who, child) for each in _parental(who, home.household_id)]
    then = {person_id for each, person_id in times if each.covers(at_birth)}
    later = [(each.start or date.min, person_id) for each, person_id in times if _overlap(each, home)]
    if not then and later:
        first = min(start for start, _ in later)
        then = {person_id for start, person_id in later if start == first}
    return then.pop() if len(then) == 1 else None


def deliveries(child: Kin, mother: PersonId | None, pregnancies: Iterable[Pregnancy]) -> tuple[DeliveryLink, ...]:
    """
    Return the pregnancies that a child was born of.

    Those that name the child win. One that names other children is theirs. Else the mother's pregnancy whose window holds the
    birth. A stillbirth or miscarriage has no child, whatever else is said.
    """
    possible = sorted(
        (each for each in set(pregnancies) if each.mother_id is not None and each.outcome not in WITHOUT_CHILD),
        key=lambda each: each.pregnancy_id,
    )
    named = tuple(_link(each, EXPLICIT) for each in possible if child.person_id in each.children)
    if named or mother is None:
        return named
    by_window = [
        each for each in possible if each.mother_id == mother and not each.children and may_have_born(each, child.birth_date) is not None
    ]
    if not by_window:
        return ()
    best = nearest(by_window, child.birth_date)
    return (_link(best, may_have_born(best, child.birth_date) or ""),)


def by_household(people: Mapping[PersonId, Kin]) -> dict[HouseholdId, list[Kin]]:
    """Return everybody who ever belonged to each household."""
    found: dict[HouseholdId, list[Kin]] = {}
    for person in people.values():
        for household_id in {each.household_id for each in person.memberships}:
            found.setdefault(household_id, []).append(person)
    return found


def _link(pregnancy: Pregnancy, rule: str) -> DeliveryLink:
    assert pregnancy.mother_id is not None  # noqa: S101 -- `deliveries` looks at no other
    return DeliveryLink(pregnancy.pregnancy_id, pregnancy.mother_id, rule)


def _may_be_mother(person: Kin, child: Kin) -> bool:
    years = (child.birth_date - person.birth_date).days / _DAYS_PER_YEAR
    return person.sex is Sex.FEMALE and YOUNGEST_MOTHER_YEARS <= years <= OLDEST_MOTHER_YEARS


def _parental(person: Kin, household_id: HouseholdId) -> Sequence[Membership]:
    roles = (Relationship.HEAD, Relationship.SPOUSE)
    return [each for each in person.memberships if each.household_id == household_id and each.relationship in roles]


def _overlap(one: Membership, other: Membership) -> bool:
    one_begins = one.start is None or other.end is None or one.start < other.end
    other_begins = other.start is None or one.end is None or other.start < one.end
    return one_begins and other_begins
