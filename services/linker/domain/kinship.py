"""Who is a child's mother, and of which pregnancy it was born. Twins share one; older siblings never inherit (S01, S05, S06)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from contracts.ids import HouseholdId, PersonId, PregnancyId
from contracts.quick import quick
from contracts.values import DatePrecision, Relationship, Sex
from services.linker.domain.household import Membership
from services.linker.domain.pregnancy import TWINS_APART_DAYS, WITHOUT_CHILD, Pregnancy, distance, ended_with, may_have_born
from services.linker.domain.statements import span_of

YOUNGEST_MOTHER_YEARS = 12
OLDEST_MOTHER_YEARS = 60
_DAYS_PER_YEAR = 365.25

EXPLICIT = "delivery_explicit"


@quick(frozen=True, slots=True)
class Kin:
    """What kinship needs of a person."""

    person_id: PersonId
    birth_date: date
    sex: Sex
    memberships: tuple[Membership, ...]
    precision: DatePrecision = DatePrecision.DAY


@quick(frozen=True, slots=True)
class DeliveryLink:
    """A pregnancy that a child was born of, and by which rule."""

    pregnancy_id: PregnancyId
    mother_id: PersonId | None
    rule: str


@quick(frozen=True, slots=True)
class Birth:
    """A child's mother where she is certain, and the pregnancies that it was born of (`domain.md` §2.8-3)."""

    mother_id: PersonId | None = None
    links: tuple[DeliveryLink, ...] = ()


UNKNOWN_BIRTH = Birth()
"""Nothing is known of it."""


def childhood(child: Kin) -> Membership | None:
    """Return the first membership as `child` of a head: where the mother is looked for."""
    return next((each for each in child.memberships if each.relationship is Relationship.CHILD), None)


def mother_of(child: Kin, people: Iterable[Kin]) -> PersonId | None:
    """
    Return the only woman who was head of the child's household, or the head's spouse, at its birth, 12 to 60 years older.

    Who joined after the birth is never taken for the mother, nor is anybody where the child itself came into the household after
    it was born, or where there are two: a wrong link is worse than none (`domain.md` §2.8-3, §2.8-19).
    """
    home = childhood(child)
    if home is None or home.start is None or home.start > child.birth_date:
        return None
    then = {
        who.person_id
        for who in people
        if _may_be_mother(who, child) and any(each.covers(child.birth_date) for each in _parental(who, home.household_id))
    }
    return then.pop() if len(then) == 1 else None


def birth_of(child: Kin, people: Sequence[Kin], pregnancies: Iterable[Pregnancy]) -> Birth:
    """
    Return the certain mother of a child and the pregnancies that it was born of; `people` are everybody of its first household.

    Pregnancies that name the child win, and their mother with them, unless they ended on another day (`domain.md` §2.8-19). One that
    names as many other children as it carried is theirs. Else it is the only pregnancy of the certain mother that can have led to this
    birth and is not used up by another one: of two there is no link (`domain.md` §2.8-3). A stillbirth or miscarriage has no child,
    whatever else is said.
    """
    possible = sorted((each for each in set(pregnancies) if each.outcome not in WITHOUT_CHILD), key=lambda each: each.pregnancy_id)
    named = [each for each in possible if child.person_id in each.children and ended_with(each, child.birth_date)]
    mother = mother_of(child, people)
    if named:
        mothers = {each.mother_id for each in named} - {None}
        return Birth(
            mothers.pop() if len(mothers) == 1 else (mother if not mothers else None), tuple(_link(each, EXPLICIT) for each in named)
        )
    if mother is None:
        return UNKNOWN_BIRTH
    births = _births(mother, people)
    candidates = [
        each for each in possible if each.mother_id == mother and _has_room(each, child) and _is_of(each, child.birth_date, births)
    ]
    confirmed = [each for each in candidates if each.ended_on is not None] if len(candidates) > 1 else candidates
    if len(confirmed) != 1:
        return Birth(mother)
    return Birth(mother, (_link(confirmed[0], may_have_born(confirmed[0], child.birth_date) or ""),))


def _has_room(pregnancy: Pregnancy, child: Kin) -> bool:
    """Whether a pregnancy names fewer children than it carried: the health section may know the number of one twin alone."""
    return not pregnancy.children or (child.person_id not in pregnancy.children and (pregnancy.fetus_count or 0) > len(pregnancy.children))


def _births(mother: PersonId, people: Sequence[Kin]) -> list[date]:
    """Return the birth dates of her children among `people`; of twins there are two."""
    return [each.birth_date for each in people if childhood(each) is not None and mother_of(each, people) == mother]


def _is_of(pregnancy: Pregnancy, born_on: date, births: Sequence[date]) -> bool:
    """Whether a pregnancy led to the birth of that day: not where another birth fits as well and better, or more were born than carried."""
    fitting = [each for each in births if may_have_born(pregnancy, each) is not None]
    if not fitting or may_have_born(pregnancy, born_on) is None:
        return False
    together = [each for each in fitting if abs((each - born_on).days) <= TWINS_APART_DAYS]
    if pregnancy.fetus_count is not None and len(together) > pregnancy.fetus_count:
        return False
    others = [each for each in fitting if each not in together]
    nearest = min((distance(pregnancy, each) for each in together), default=0)
    return all(nearest < distance(pregnancy, each) for each in others)


def by_household(people: Mapping[PersonId, Kin]) -> dict[HouseholdId, list[Kin]]:
    """Return everybody who ever belonged to each household."""
    found: dict[HouseholdId, list[Kin]] = {}
    for person in people.values():
        for household_id in {each.household_id for each in person.memberships}:
            found.setdefault(household_id, []).append(person)
    return found


def _link(pregnancy: Pregnancy, rule: str) -> DeliveryLink:
    return DeliveryLink(pregnancy.pregnancy_id, pregnancy.mother_id, rule)


def _may_be_mother(person: Kin, child: Kin) -> bool:
    if person.sex is not Sex.FEMALE:
        return False
    # Of whom the register knows only the year, either end of it may do; of whom it knows nothing, any age may (不詳).
    years = [(child.birth_date - day).days / _DAYS_PER_YEAR for day in span_of(person.birth_date, person.precision)]
    return person.precision is DatePrecision.UNKNOWN or (max(years) >= YOUNGEST_MOTHER_YEARS and min(years) <= OLDEST_MOTHER_YEARS)


def _parental(person: Kin, household_id: HouseholdId) -> Sequence[Membership]:
    roles = (Relationship.HEAD, Relationship.SPOUSE)
    return [each for each in person.memberships if each.household_id == household_id and each.relationship in roles]
