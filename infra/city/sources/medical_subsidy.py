"""Subsidies of medical costs (医療費助成): of nearly every child, of single parents and theirs, of severely disabled people."""

from collections.abc import Iterator
from datetime import date

from contracts.kinds import EventKind, Source
from infra.city.dates import between, happens
from infra.city.lives import Income, Life
from infra.city.population import Resident
from infra.city.sources.pen import Pen, Placed

SUBSIDY = (Source.MEDICAL_SUBSIDY, EventKind.MEDICAL_SUBSIDY_CHANGED)

CHILDREN = 0.985
"""Children whose parents asked for the certificate: assumed; it depends on no income."""

SINGLE_PARENTS = 0.8
"""Of single parents who are not well off: assumed."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """Every subsidy in family `number`."""
    family, lot = life.family, life.family.circumstances
    place = pen.later(number)
    alone = (lot.single_parent or lot.protected) and life.income is not Income.HIGH and happens(pen.rng, SINGLE_PARENTS)
    for child in family.children:
        if happens(pen.rng, CHILDREN):
            yield from _subsidy(pen, place, child, ("C", "子ども医療" if happens(pen.rng, 0.2) else "child"), _came(child))
    if alone:
        since = family.protection.valid_from if family.protection is not None else None
        since = since or between(pen.rng, max(_came(life.carer), family.children[0].birth_date), pen.today)
        for resident in (life.carer, *family.children):
            yield from _subsidy(pen, place + 1, resident, ("S", "single_parent"), max(since, _came(resident)))
    for resident in family.residents:
        disabled = life.disabled.get(resident.person_no)
        if disabled is not None and disabled.severe:
            yield from _subsidy(pen, place + 2, resident, ("D", "障がい者"), between(pen.rng, _came(resident), pen.today))


def _subsidy(pen: Pen, place: float, resident: Resident, which: tuple[str, str], begin: date) -> Iterator[Placed]:
    suffix, kind = which
    data = {"person_no": resident.person_no, "kind": kind, "valid_from": begin.isoformat(), "status": "有効"}
    about = (*SUBSIDY, f"IR-{resident.person_no}-{suffix}")
    yield from pen.told(about, place, begin, data, {"status": "active"})
    left = resident.statements[-1].resident_to
    if left is not None and begin < left <= pen.today:
        yield from pen.told(about, place + 4, left, data | {"valid_to": left.isoformat(), "status": "喪失"}, revision=5)


def _came(resident: Resident) -> date:
    return resident.statements[0].resident_from
