"""
Scenes: families drawn by hand, so that the demonstration shows what the product can and not what chance brings.

The rest of the city is drawn by lot, and there a review is rare. Every ward gets each scene once; names and addresses are still drawn.
The ages are such that what is concluded from absence is concluded within the last weeks, on different days (`domain.md` §2.5: a checkup
that was not received counts 60 days after its window).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from contracts.values import Ward
from infra.city import families, health
from infra.city.dates import days_after, months_after
from infra.city.families import Numbers
from infra.city.health import CHECKUPS, TERM_DAYS
from infra.city.population import Checkup, Circumstances, Family, PostpartumExam, Pregnancy, Resident, WelfareCase

CITY_OF_ALL_WARDS = 500
"""From so many children on, every ward has its scenes; in a smaller city one ward has."""


@dataclass(frozen=True, slots=True)
class Child:
    """How old a child is, and which checkups it did not receive. `late` was received in time and told of only yesterday."""

    days: int
    missed: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A family: its children, oldest first, and what the health section and the welfare office know. All spans are in days before today."""

    children: tuple[Child, ...]
    notified_weeks: int = 9
    examined: bool = True
    epds_total: int | None = 4
    welfare_since: int | None = None
    arrived: int | None = None
    moved: int | None = None
    single_parent: bool = False
    fled: bool = False
    """Mother and children are protected from the father (`domain.md` §4.4)."""


SCENES = (
    # Notified late, and not seen at four months.
    Scene((Child(261, missed=("4m",)),), notified_weeks=27),
    # A high EPDS total, and not seen at four months either; a mother alone.
    Scene((Child(246, missed=("4m",)),), epds_total=16, single_parent=True),
    # Public assistance, and not seen at 18 months; a brother or sister at school.
    Scene((Child(3300), Child(797, missed=("18m",))), welfare_since=400),
    # Two checkups in a row were missed.
    Scene((Child(1560, missed=("18m", "3y")),)),
    # Two small children of one household, both to be looked at.
    Scene((Child(1250, missed=("18m",)), Child(300, missed=("4m",))), welfare_since=40),
    # Twins without any exam before their birth.
    Scene((Child(140), Child(140)), notified_weeks=31, examined=False),
    # Came to the city before the checkup that was missed: of the time before nothing is known.
    Scene((Child(2600), Child(795, missed=("18m",))), welfare_since=30, arrived=290),
    # Moved to this ward while the city already looked.
    Scene((Child(880, missed=("18m",)),), welfare_since=200, moved=12),
    # The record of a checkup came half a year late: what looked missed was not.
    Scene((Child(330, late=("4m",)),), notified_weeks=22),
    # Protected from the father.
    Scene((Child(870, missed=("18m",)),), welfare_since=15, fled=True),
    # A youth at the end of the programme's ages, and a small child.
    Scene((Child(5300), Child(812, missed=("18m",))), welfare_since=700, single_parent=True),
)


def families_of_scenes(rng: Random, numbers: Numbers, today: date, children: int) -> Iterator[Family]:
    """Each scene in every ward, or in one ward where the city has few children."""
    for ward in Ward if children >= CITY_OF_ALL_WARDS else (Ward.HAKATA,):
        for scene in SCENES:
            yield _family(rng, numbers, today, ward, scene)


def _family(rng: Random, numbers: Numbers, today: date, ward: Ward, scene: Scene) -> Family:
    lot = Circumstances(
        single_parent=scene.single_parent,
        arrived_on=None if scene.arrived is None else days_after(today, -scene.arrived),
        moves=() if scene.moved is None else (days_after(today, -scene.moved),),
    )
    births = tuple(days_after(today, -child.days) for child in scene.children)
    at = families.home(rng, numbers, births, lot)
    elsewhere = rng.choice([other for other in Ward if other is not ward])
    places = (*([families.address(rng, elsewhere)] if lot.moves else []), families.address(rng, ward))
    adults, children = families.adults(rng, numbers, at, lot, places), families.children(rng, numbers, at, lot, places)
    protection = None
    if scene.fled:
        adults, children, protection = families.separate(rng, numbers, adults, children, today, ward)
    together = (adults[-1], *children) if scene.fled else (*adults, *children)
    return Family(
        circumstances=lot,
        adults=adults,
        children=children,
        pregnancies=_pregnancies(rng, numbers, adults[-1], children, lot, scene, today),
        checkups=tuple(c for child, wanted in zip(children, scene.children, strict=True) for c in _checkups(rng, child, wanted, today)),
        welfare=_welfare(numbers, together, scene, today),
        protection=protection,
    )


def _pregnancies(
    rng: Random, numbers: Numbers, mother: Resident, children: tuple[Resident, ...], lot: Circumstances, scene: Scene, today: date
) -> tuple[Pregnancy, ...]:
    """The pregnancies as chance draws them, the last one as the scene has it."""
    drawn = tuple(health.pregnancies(rng, numbers, mother, children, lot, today))
    return (*drawn[:-1], _as_in(scene, drawn[-1])) if drawn else ()


def _as_in(scene: Scene, pregnancy: Pregnancy) -> Pregnancy:
    notified_at, born = scene.notified_weeks * 7, pregnancy.ended_on or pregnancy.due_on
    notified_on = days_after(pregnancy.due_on, notified_at - TERM_DAYS)
    usual = (days_after(pregnancy.due_on, week * 7 - TERM_DAYS) for week in health.EXAM_WEEKS if week > scene.notified_weeks)
    after = tuple(PostpartumExam(days_after(born, days), weeks, scene.epds_total) for weeks, days in (("2w", 15), ("1m", 31)))
    return replace(
        pregnancy,
        notified_on=notified_on,
        notified_at_days=notified_at,
        exams=tuple(day for day in usual if day < born) if scene.examined else (),
        postpartum=after,
    )


def _checkups(rng: Random, child: Resident, wanted: Child, today: date) -> Iterator[Checkup]:
    for plan in CHECKUPS:
        exam_on = days_after(months_after(child.birth_date, plan.from_months), rng.randint(5, 40))
        if plan.kind in wanted.missed or not child.statements[0].resident_from <= exam_on < today:
            continue
        told_on = days_after(today, -1) if plan.kind in wanted.late else None
        yield Checkup(child.person_no, plan.kind, exam_on, round(plan.weight_kg, 1), round(plan.height_cm, 1), told_on)


def _welfare(numbers: Numbers, members: tuple[Resident, ...], scene: Scene, today: date) -> WelfareCase | None:
    if scene.welfare_since is None:
        return None
    return WelfareCase(numbers.case(), tuple(member.person_no for member in members), days_after(today, -scene.welfare_since))
