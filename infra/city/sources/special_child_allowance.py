"""The special child-rearing allowance (特別児童扶養手当): for children with a severe disability."""

from collections.abc import Iterator

from contracts.kinds import EventKind, Source
from infra.city.dates import between, happens, month_after
from infra.city.lives import Income, Life
from infra.city.sources.pen import Pen, Placed

SPECIAL = (Source.SPECIAL_CHILD_ALLOWANCE, EventKind.ALLOWANCE_ENTITLEMENT_CHANGED)

CLAIMED = 0.8
"""Of the severely disabled children: assumed; some 13 in 1,000 children have it (national figure, rounded)."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """The allowance for each severely disabled child of family `number`."""
    for child in life.family.children:
        disabled = life.disabled.get(child.person_no)
        if disabled is None or not disabled.severe or not happens(pen.rng, CLAIMED):
            continue
        begin = month_after(between(pen.rng, max(child.birth_date, life.carer.statements[0].resident_from), pen.today))
        if begin > pen.today:
            continue
        data = {
            "recipient_no": life.carer.person_no,
            "child_no": [child.person_no],
            "kind": "特別児童扶養手当" if happens(pen.rng, 0.5) else "special_child",
            "entitled_from": begin.isoformat(),
            "payment_status": "suspended_all" if life.income is Income.HIGH else "full",
        }
        yield from pen.told((*SPECIAL, f"TJ-{child.person_no}"), pen.later(number), begin, data, {"payment_status": "full"})
