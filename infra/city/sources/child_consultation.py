"""Whether a child is being supported, and by whom (児童相談): nothing else passes (items 1 and 2 are 無し)."""

from collections.abc import Iterator

from contracts.kinds import EventKind, Source
from contracts.words import WARDS
from infra.city.dates import between, days_after, happens, months_after
from infra.city.lives import Life
from infra.city.sources.pen import Pen, Placed

STATUS = (Source.CHILD_CONSULTATION, EventKind.CONSULTATION_STATUS_CHANGED)

SUPPORTED, SUPPORTED_HARD, SUPPORTED_PROTECTED = 0.006, 0.08, 0.6
"""Families supported within the last two years: ordinary ones, hard to reach ones, those who fled. Assumed."""

CLOSED = 0.55
"""Of these, over by now: assumed."""

CENTRE = "こども総合相談センター"
BY_CENTRE = 0.3
"""Supported by the child guidance centre, others by a ward: assumed."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """The support of family `number`'s children, if there is any."""
    lot = life.family.circumstances
    share = SUPPORTED_PROTECTED if lot.protected else SUPPORTED_HARD if lot.hard_to_reach else SUPPORTED
    if not happens(pen.rng, share):
        return
    by_centre = happens(pen.rng, BY_CENTRE)
    earliest = life.family.protection.valid_from if life.family.protection is not None else months_after(pen.today, -24)
    opened = between(pen.rng, earliest, days_after(pen.today, -5))
    closed = days_after(opened, 60 + pen.rng.random() * 300)
    over = closed <= pen.today and happens(pen.rng, CLOSED)
    for child in life.family.children:
        since = max(opened, child.birth_date, child.statements[0].resident_from)
        data = {
            "person_no": child.person_no,
            "status": "支援中",
            "opened_on": since.isoformat(),
            "responsible_org": CENTRE if by_centre else f"{WARDS[child.statements[-1].ward]}子育て支援課",
        }
        place, about = pen.later(number), (*STATUS, f"JD-{child.person_no}")
        yield from pen.told(about, place, since, data, {"status": "open"})
        if over and since < closed:
            ended = data | {"status": "終結", "closed_on": closed.isoformat()}
            yield from pen.told(about, place + 3, closed, ended, revision=5)
