"""
What several sources know of a family beside the first three: income, work, disabilities, schools. Shares are assumed or have their source.

Drawn from a `Random` of its own, so that what the first three sources say of the same seed does not move.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum, auto
from random import Random

from contracts.quick import quick
from infra.city.dates import happens
from infra.city.population import Family, Resident
from infra.city.schooling import Pupil, pupils


class Income(Enum):
    """How much a household has, as far as allowances, school aid and dues depend on it."""

    LOW = auto()
    MIDDLE = auto()
    HIGH = auto()


class Disability(Enum):
    """What a disabled person's papers are for."""

    DEVELOPMENTAL = auto()
    INTELLECTUAL = auto()
    PHYSICAL = auto()
    MENTAL = auto()


@quick(frozen=True, slots=True)
class Disabled:
    """A person with a disability."""

    kind: Disability
    severe: bool


@quick(frozen=True, slots=True)
class Life:
    """A family, and what the sources beside the first three agree on."""

    family: Family
    income: Income
    official: bool
    """Whether a parent is a public servant: the child allowance then comes from the employer, not from the city."""
    disabled: Mapping[str, Disabled]
    """By 宛名番号."""
    pupils: tuple[Pupil, ...]
    school_aid: bool | None
    """Whether school aid was granted; None where nobody asked for it."""

    @property
    def carer(self) -> Resident:
        """Who has the children: the mother, or the only adult."""
        return self.family.adults[-1]


LOW_SINGLE, LOW_COUPLE, HIGH_COUPLE = 0.48, 0.10, 0.12
"""Of single parents 48 in 100 live in relative poverty (国民生活基礎調査 2018 and 2021, rounded); of couples: assumed."""

OFFICIALS = 0.06
"""Public servants are some 5 in 100 of the employed (national figure, rounded)."""

CHILD_DISABILITIES = ((Disability.DEVELOPMENTAL, 0.027), (Disability.INTELLECTUAL, 0.012), (Disability.PHYSICAL, 0.004))
"""Of children. The first: those with a certificate for day support (national figure, rounded); others: assumed."""

ADULT_DISABILITIES = ((Disability.MENTAL, 0.011), (Disability.PHYSICAL, 0.010), (Disability.INTELLECTUAL, 0.004))
"""Of parents: assumed, from the holders of handbooks in the whole population, fewer at that age."""

AID_ASKED = {Income.LOW: 0.85, Income.MIDDLE: 0.08, Income.HIGH: 0.0}
"""Households that ask for school aid: assumed; some 14 in 100 pupils have it (national figure, rounded)."""

AID_REFUSED = {Income.LOW: 0.02, Income.MIDDLE: 0.35, Income.HIGH: 1.0}
"""Of those who ask: assumed."""

SEVERE = 0.3
"""Of disabled people: assumed."""


def live(rng: Random, family: Family, today: date) -> Life:
    """Draw what else is so in a family."""
    lot = family.circumstances
    u = rng.random()
    if family.welfare is not None and family.welfare.abolished_on is None:
        income = Income.LOW
    elif lot.single_parent or lot.protected:
        income = Income.LOW if u < LOW_SINGLE else Income.MIDDLE
    else:
        income = Income.LOW if u < LOW_COUPLE else Income.HIGH if u > 1 - HIGH_COUPLE else Income.MIDDLE
    asked, refused = happens(rng, AID_ASKED[income]), happens(rng, AID_REFUSED[income])
    return Life(
        family,
        income,
        official=income is not Income.LOW and happens(rng, OFFICIALS),
        disabled=_disabled(rng, family),
        pupils=tuple(pupils(rng, family, today)),
        school_aid=not refused if asked else None,
    )


def _disabled(rng: Random, family: Family) -> dict[str, Disabled]:
    found = {}
    for people, shares in ((family.adults, ADULT_DISABILITIES), (family.children, CHILD_DISABILITIES)):
        for resident in people:
            u = rng.random()
            for kind, share in shares:
                if u < share:
                    found[resident.person_no] = Disabled(kind, severe=happens(rng, SEVERE))
                    break
                u -= share
    return found
