"""Dues for school lunch (給食費) that were not paid, month by month, and what became of them."""

from collections.abc import Iterator
from datetime import date

from contracts.kinds import EventKind, Source
from infra.city.dates import days_after, happens, months_after
from infra.city.lives import Income, Life
from infra.city.schooling import APRIL, Term
from infra.city.sources.pen import Pen, Placed

DUE = (Source.SCHOOL_LUNCH_FEE, EventKind.LUNCH_FEE_ARREARS_CHANGED)

IN_ARREARS = {Income.LOW: 0.06, Income.MIDDLE: 0.006, Income.HIGH: 0.001}
"""Households (0.9 in 100 pupils nationally, survey of H28, rounded; how it depends on income: assumed)."""

WAIVED, PAID = 0.1, 0.3
"""Of the dues in arrears, after two months or more: assumed."""

NO_LUNCH = 8
"""August."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """The dues in arrears of family `number`: some months in a row, for every pupil; with school aid there are none (`domain.md` §2.6)."""
    if life.school_aid or not life.pupils or not happens(pen.rng, IN_ARREARS[life.income]):
        return
    first, months = int(pen.rng.random() * 8), 3 + int(pen.rng.random() * 6)
    payer = life.family.adults[0] if not life.family.circumstances.protected else life.carer
    for pupil in life.pupils:
        for term in pupil.terms:
            for position in range(first, min(12, first + months)):
                yield from _due(pen, number, term, position, payer.person_no)


def _due(pen: Pen, number: int, term: Term, position: int, payer_no: str) -> Iterator[Placed]:
    month = months_after(date(term.year, APRIL, 1), position)
    due_on = days_after(months_after(month, 2), -1)
    if month.month == NO_LUNCH or not term.start <= month < term.end or due_on >= pen.today:
        return
    data = {
        "school_code": term.school,
        "pupil_key": term.key,
        "fiscal_year": term.year,
        "payer_person_no": payer_no,
        "month": month.month,
        "due_on": due_on.isoformat(),
        "status": "未納",
    }
    place, about = pen.later(number), (*DUE, f"KY-{term.key}-{month.year}{month.month:02d}")
    yield from pen.told(about, place, due_on, data)
    settled_on, u = days_after(due_on, 20 + pen.rng.random() * 120), pen.rng.random()
    if settled_on < pen.today and u < WAIVED + PAID:
        settled = {"status": "免除" if u < WAIVED else "paid", "settled_on": settled_on.isoformat()}
        yield from pen.told(about, place + 2, settled_on, data | settled, revision=5)
