"""Certifications of need for long-term care (要介護認定): of old residents, of some younger ones, and of relatives from elsewhere."""

from collections.abc import Iterator

from contracts.kinds import EventKind, Source
from infra.city.dates import between, happens, months_after
from infra.city.lives import Life
from infra.city.population import Resident
from infra.city.sources.pen import Pen, Placed

CARE = (Source.LONG_TERM_CARE, EventKind.LONG_TERM_CARE_CERTIFICATION_CHANGED)

OLD_YEARS, INSURED_YEARS = 65, 40
OLD, INSURED = 0.19, 0.004
"""Certified of those from 65 on, and of those from 40 on (national figures, rounded)."""

GRANDPARENTS = 0.015
"""
Families with a certified grandparent who is with them, or in a home in the city, and in the register of another municipality
(住登外者, 住所地特例): assumed. Nobody in this city's register has their number, so the record waits with the linker.
"""

LEVELS = (
    *(("要支援1", 0.14), ("要支援2", 0.14), ("care_1", 0.21), ("要介護2", 0.17)),
    *(("要介護3", 0.13), ("care_4", 0.13), ("要介護5", 0.08)),
)
"""Levels of care among the certified (national figures, rounded)."""

MONTHS = 24


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """Who of family `number` is certified."""
    for resident in life.family.adults:
        years = (pen.today - resident.birth_date).days / 365.25
        if happens(pen.rng, OLD if years >= OLD_YEARS else INSURED if years >= INSURED_YEARS else 0):
            yield from _certified(pen, number, resident, resident.person_no)
    if life.family.children and happens(pen.rng, GRANDPARENTS):
        # Numbers of people who are not in the register lie behind everybody else's.
        yield from _certified(pen, number, life.carer, f"7{life.carer.person_no[1:]}")


def _certified(pen: Pen, number: int, with_whom: Resident, person_no: str) -> Iterator[Placed]:
    begin = between(pen.rng, max(with_whom.statements[0].resident_from, months_after(pen.today, -30)), pen.today)
    place, about = pen.later(number), (*CARE, f"KG-{person_no}")
    data = {
        "person_no": person_no,
        "class": _level(pen),
        "valid_from": begin.isoformat(),
        "valid_to": months_after(begin, MONTHS).isoformat(),
        "status": "有効",
    }
    yield from pen.told(about, place, begin, data, {"class": "要介護1"})
    renewed = months_after(begin, MONTHS)
    if renewed <= pen.today:
        again = {"class": _level(pen), "valid_from": renewed.isoformat(), "valid_to": months_after(renewed, MONTHS).isoformat()}
        yield from pen.told(about, place + 3, renewed, data | again, revision=5)


def _level(pen: Pen) -> str:
    u = pen.rng.random()
    for level, share in LEVELS:
        if u < share:
            return level
        u -= share
    return LEVELS[2][0]
