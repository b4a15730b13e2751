"""Nurseries and kindergartens (子ども・子育て支援): who uses which, until school begins."""

from collections.abc import Iterator
from datetime import date

from contracts.kinds import EventKind, Source
from infra.city.dates import days_after
from infra.city.lives import Life
from infra.city.population import Resident, Statement
from infra.city.schooling import APRIL, entry_year
from infra.city.sources.pen import Pen, Placed

USE = (Source.CHILDCARE, EventKind.CHILDCARE_USE_CHANGED)

ENROLLED = (0.17, 0.45, 0.503, 0.965, 0.98, 0.981)
"""
Share of the children of each class age 0 to 5 who use something. From 2 on `domain.md` §2.6 (3, 4 and 5: 96.5 %, 99.8 %, 98.1 %,
the second of them lowered: who was enrolled stays); 0 and 1: assumed.
"""

KINDS_SMALL = (("licensed_childcare", 0.86), ("認可外保育施設", 0.07), ("企業主導型保育", 0.07))
KINDS_FROM_THREE = (("認可", 0.58), ("幼稚園", 0.28), ("facility_use_benefit", 0.07), ("認可外", 0.03), ("company_led_nursery", 0.04))
"""Kinds of facility and benefit: assumed."""

FACILITIES_IN_A_WARD = 90
TOLD_AFTER_SCHOOL_BEGAN_DAYS = 365
"""The office keeps an end for a year."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """What the children of family `number` use or used lately."""
    for child in life.family.children:
        school = date(entry_year(child.birth_date), APRIL, 1)
        if days_after(school, TOLD_AFTER_SCHOOL_BEGAN_DAYS) > pen.today:
            yield from _child(pen, number, child, school)


def _child(pen: Pen, number: int, child: Resident, school: date) -> Iterator[Placed]:
    u = pen.rng.random()
    class_age = next((age for age, share in enumerate(ENROLLED) if u < share), None)
    if class_age is None:
        return
    begin = max(date(school.year - 6 + class_age, APRIL, 1), days_after(child.birth_date, 60), child.statements[0].resident_from)
    kind = _one_of(pen.rng.random(), KINDS_SMALL if class_age < 3 else KINDS_FROM_THREE)  # noqa: PLR2004 (years)
    place, last = pen.later(number), child.statements[-1]
    for position, (statement, start, end) in enumerate(_stays(child, begin, school)):
        if start > pen.today:
            return
        data = {
            "person_no": child.person_no,
            "kind": kind,
            "facility_code": f"{statement.town[:5]}-{int(pen.rng.random() * FACILITIES_IN_A_WARD) + 1:03d}",
            "valid_from": start.isoformat(),
            "status": "active",
        }
        about = (*USE, f"HO-{child.person_no}-{position + 1}")
        yield from pen.told(about, place + position, start, data, {"kind": "認可"})
        if end <= pen.today and (end < school or statement is last):
            yield from pen.told(about, place + position + 3, end, data | {"valid_to": end.isoformat(), "status": "終了"}, revision=5)


def _stays(child: Resident, begin: date, school: date) -> Iterator[tuple[Statement, date, date]]:
    """From `begin` until school: one facility in each ward in which the child lived."""
    statements = [s for i, s in enumerate(child.statements) if i == 0 or s.ward is not child.statements[i - 1].ward or s.resident_to]
    for position, statement in enumerate(statements):
        after = statements[position + 1].effective_on if position + 1 < len(statements) else school
        start, end = max(begin, statement.effective_on), min(school, statement.resident_to or after, after)
        if start < end:
            yield statement, start, end


def _one_of(u: float, kinds: tuple[tuple[str, float], ...]) -> str:
    for kind, share in kinds:
        if u < share:
            return kind
        u -= share
    return kinds[0][0]
