"""The child allowance (児童手当), which nearly every family has, and the child-rearing allowance (児童扶養手当) of single parents."""

from collections.abc import Iterator
from datetime import date

from contracts.kinds import EventKind, Source
from infra.city.dates import between, happens, month_after
from infra.city.lives import Income, Life
from infra.city.population import Resident
from infra.city.sources.pen import Pen, Placed

ALLOWANCE = (Source.CHILD_ALLOWANCES, EventKind.ALLOWANCE_ENTITLEMENT_CHANGED)

UNCLAIMED = 0.01
"""Of families whom the city would pay: assumed."""

FATHER_RECEIVES = 0.85
"""Where there are two parents, the one who earns more receives it: assumed."""

REARING_CLAIMED = 0.85
"""Of single parents who are not well off; seven in ten of all have it (national figure, rounded)."""

FULL, PARTIAL = 0.5, 0.4
"""Of those entitled: full, partial; the rest is suspended for income (national figures, rounded)."""

REVIEWED_ANEW = 0.2
"""Of the entitled: other payment after the yearly report of August, from November on. Assumed."""

NOVEMBER = 11


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """Both allowances of family `number`."""
    lot = life.family.circumstances
    if not life.official and life.family.children and not happens(pen.rng, UNCLAIMED):
        yield from _child(pen, number, life)
    if (lot.single_parent or lot.protected) and happens(pen.rng, REARING_CLAIMED):
        yield from _rearing(pen, number, life)


def _child(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    family, place = life.family, pen.later(number)
    two = len(family.adults) > 1
    recipient = family.adults[0] if two and happens(pen.rng, FATHER_RECEIVES) else life.carer
    for position, known in enumerate(_steps(family.children)):
        since = month_after(max(known[-1].birth_date, _came(recipient)))
        if since <= pen.today:
            data = {**_of(recipient, known), "kind": "児童手当", "entitled_from": _begin(recipient, known).isoformat()}
            record = f"JT-{recipient.person_no}"
            yield from pen.told((*ALLOWANCE, record), place + position, since, data, revision=1 + 2 * position)
    yield from _end_of_child(pen, place, life, recipient)


def _end_of_child(pen: Pen, place: float, life: Life, recipient: Resident) -> Iterator[Placed]:
    """Whoever left the city, or fled from the recipient, is paid by another office, or another person, from the next month on."""
    family = life.family
    began, record = _begin(recipient, family.children), f"JT-{recipient.person_no}"
    base = {**_of(recipient, family.children), "kind": "児童手当", "entitled_from": began.isoformat()}
    left, measure = family.circumstances.left_on, family.protection
    over = left or (measure.valid_from if measure is not None and recipient.person_no in measure.opponent_nos else None)
    if over is None:
        return
    end = month_after(over)
    if end <= began or end > pen.today:
        return
    yield from pen.told((*ALLOWANCE, record), place + 9, over, base | {"entitled_to": end.isoformat()}, revision=9)
    if left is None:
        anew = {**_of(life.carer, family.children), "kind": "児童手当", "entitled_from": end.isoformat()}
        yield from pen.told((*ALLOWANCE, f"JT-{life.carer.person_no}"), place + 9, end, anew)


def _rearing(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    carer, family = life.carer, life.family
    alone_since = family.protection.valid_from if family.protection is not None else None
    begin = month_after(alone_since or between(pen.rng, max(family.children[0].birth_date, _came(carer)), pen.today))
    if begin > pen.today:
        return
    data = {**_of(carer, family.children), "kind": "child_rearing", "entitled_from": begin.isoformat()}
    status, place, record = _status(pen, life), pen.later(number), f"JF-{carer.person_no}"
    yield from pen.told((*ALLOWANCE, record), place, begin, data | {"payment_status": status}, {"payment_status": "一部支給"})
    anew = date(pen.today.year - (pen.today.month < NOVEMBER), NOVEMBER, 1)
    if begin < anew and happens(pen.rng, REVIEWED_ANEW):
        yield from pen.told((*ALLOWANCE, record), place + 3, anew, data | {"payment_status": _status(pen, life)}, revision=5)
    left = family.circumstances.left_on
    if left is not None and begin < month_after(left) <= pen.today:
        ended = data | {"payment_status": status, "entitled_to": month_after(left).isoformat()}
        yield from pen.told((*ALLOWANCE, record), place + 6, left, ended, revision=9)


def _status(pen: Pen, life: Life) -> str:
    u = pen.rng.random() * (FULL + PARTIAL if life.income is Income.LOW else 1)
    return "full" if u < FULL else "partial" if u < FULL + PARTIAL else "全部支給停止"


def _steps(children: tuple[Resident, ...]) -> Iterator[tuple[Resident, ...]]:
    """All children but the youngest, then all: the list grows with a birth."""
    if len(children) > 1 and children[-2].birth_date < children[-1].birth_date:
        yield children[:-1]
    yield children


def _begin(recipient: Resident, children: tuple[Resident, ...]) -> date:
    return month_after(max(children[0].birth_date, _came(recipient)))


def _of(recipient: Resident, children: tuple[Resident, ...]) -> dict[str, object]:
    return {"recipient_no": recipient.person_no, "child_no": [child.person_no for child in children]}


def _came(resident: Resident) -> date:
    return resident.statements[0].resident_from
