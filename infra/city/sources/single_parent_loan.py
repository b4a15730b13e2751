"""Loans to single parents (母子父子寡婦福祉資金)."""

from collections.abc import Iterator

from contracts.kinds import EventKind, Source
from infra.city.dates import between, happens, month_after, months_after
from infra.city.lives import Life
from infra.city.sources.pen import Pen, Placed

LOAN = (Source.SINGLE_PARENT_LOAN, EventKind.LOAN_CHANGED)

BORROWS = 0.03
"""Of single parents, at some time: assumed (some 20,000 loans a year among 1.3 million households, nationally)."""

KINDS = ("修学資金", "就学支度資金", "生活資金", "転宅資金")
NAMES_CHILD = 0.7
"""Loans that name the child for whom they are: assumed."""

PAID_BACK = 0.2
"""Assumed."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """The loan of family `number`, if it has one."""
    if not life.family.circumstances.single_parent or not happens(pen.rng, BORROWS):
        return
    kind = KINDS[int(pen.rng.random() * len(KINDS))]
    child = life.family.children[0]
    begin = month_after(between(pen.rng, max(child.birth_date, life.carer.statements[0].resident_from), pen.today))
    if begin > pen.today:
        return
    end = months_after(begin, 36)
    data = {
        "person_no": life.carer.person_no,
        **({"child_no": [child.person_no]} if happens(pen.rng, NAMES_CHILD) else {}),
        "kind": kind,
        "valid_from": begin.isoformat(),
        "valid_to": end.isoformat(),
        "status": "有効",
    }
    place, record = pen.later(number), f"KS-{life.carer.person_no}"
    yield from pen.told((*LOAN, record), place, begin, data, {"kind": "生活資金"})
    paid = months_after(begin, 12)
    if end <= pen.today:
        yield from pen.told((*LOAN, record), place + 3, end, data | {"status": "終了"}, revision=5)
    elif paid <= pen.today and happens(pen.rng, PAID_BACK):
        ended = data | {"valid_to": paid.isoformat(), "status": "ended"}
        yield from pen.told((*LOAN, record), place + 3, paid, ended, revision=5)
