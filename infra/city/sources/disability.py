"""Handbooks and certificates of disabled people (障がい児・者)."""

from collections.abc import Iterator
from datetime import date

from contracts.kinds import EventKind, Source
from infra.city.dates import between, days_after, happens, months_after
from infra.city.lives import Disability, Disabled, Life
from infra.city.population import Resident
from infra.city.sources.pen import Pen, Placed

CERTIFICATE = (Source.DISABILITY, EventKind.DISABILITY_CERTIFICATE_CHANGED)

HANDBOOK = {
    Disability.DEVELOPMENTAL: "精神障害者保健福祉手帳",
    Disability.INTELLECTUAL: "療育手帳",
    Disability.PHYSICAL: "身体障害者手帳",
    Disability.MENTAL: "mental_health_handbook",
}

HANDBOOK_OF_DEVELOPMENTAL = 0.12
"""Of children with a developmental disorder and day support, those with the handbook: assumed."""

FLAGGED = 0.85
"""Records of that handbook that say whether a developmental disorder is recorded: assumed. Where it is not said, it is unknown."""

DAY_SUPPORT = 0.8
"""Of disabled children below 16: assumed."""

RESIDENTIAL = 0.01
RETURNED = 0.01
"""Of certificates: assumed."""

HANDBOOK_MONTHS, CERTIFICATE_MONTHS = 24, 12
"""How long they hold (`domain.md` §2.5, items 10 and 11)."""

YEARS_OF_SUPPORT = 3
"""So many years back the office tells of certificates."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """The papers of everybody in family `number` who is disabled."""
    children = {child.person_no for child in life.family.children}
    for resident in life.family.residents:
        disabled = life.disabled.get(resident.person_no)
        if disabled is not None:
            yield from _papers(pen, number, resident, disabled, is_child=resident.person_no in children)


def _papers(pen: Pen, number: int, resident: Resident, disabled: Disabled, *, is_child: bool) -> Iterator[Placed]:
    place, developmental = pen.later(number), disabled.kind is Disability.DEVELOPMENTAL
    if not developmental or happens(pen.rng, HANDBOOK_OF_DEVELOPMENTAL):
        yield from _handbook(pen, place, resident, disabled)
    if is_child and (developmental or happens(pen.rng, DAY_SUPPORT)):
        kind = "障害児入所受給者証" if disabled.severe and happens(pen.rng, RESIDENTIAL) else "通所"
        first = between(pen.rng, max(_came(resident), months_after(pen.today, -12 * YEARS_OF_SUPPORT)), pen.today)
        for year in range(YEARS_OF_SUPPORT):
            begin = months_after(first, year * CERTIFICATE_MONTHS)
            if begin <= pen.today:
                yield from _paper(pen, (place + year, resident, f"{year + 1}"), kind, begin, CERTIFICATE_MONTHS, severe=disabled.severe)


def _handbook(pen: Pen, place: float, resident: Resident, disabled: Disabled) -> Iterator[Placed]:
    begin = between(pen.rng, max(_came(resident), months_after(pen.today, -40)), pen.today)
    mental = disabled.kind in {Disability.DEVELOPMENTAL, Disability.MENTAL}
    flag = {"developmental_disorder_flag": disabled.kind is Disability.DEVELOPMENTAL} if mental and happens(pen.rng, FLAGGED) else {}
    months = HANDBOOK_MONTHS if mental else None
    yield from _paper(pen, (place, resident, "T"), HANDBOOK[disabled.kind], begin, months, severe=disabled.severe, **flag)


def _paper(
    pen: Pen, whose: tuple[float, Resident, str], kind: str, begin: date, months: int | None, *, severe: bool, **flag: bool
) -> Iterator[Placed]:
    place, resident, suffix = whose
    end = months_after(begin, months) if months is not None else None
    data = {
        "person_no": resident.person_no,
        "kind": kind,
        "certificate_no": f"{pen.rng.getrandbits(128):032x}",
        "decided_on": days_after(begin, -14).isoformat(),
        "valid_from": begin.isoformat(),
        **({"valid_to": end.isoformat()} if end is not None else {}),
        "severe": severe,
        "status": "交付",
        **flag,
    }
    about = (*CERTIFICATE, f"SG-{resident.person_no}-{suffix}")
    yield from pen.told(about, place, begin, data, {"severe": not severe})
    returned = days_after(begin, 90)
    if returned <= pen.today and happens(pen.rng, RETURNED):
        yield from pen.told(about, place + 3, returned, data | {"valid_to": returned.isoformat(), "status": "返還"}, revision=5)


def _came(resident: Resident) -> date:
    return resident.statements[0].resident_from
