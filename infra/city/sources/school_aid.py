"""School aid (就学援助): decided for each school year, mostly for households that have little."""

from collections.abc import Iterator
from datetime import date

from contracts.kinds import EventKind, Source
from infra.city.dates import happens, months_after
from infra.city.lives import Life
from infra.city.schooling import APRIL, Term
from infra.city.sources.pen import Pen, Placed

AID = (Source.SCHOOL_AID, EventKind.SCHOOL_AID_DECIDED)

CANCELLED = 0.01
KNOWS_NUMBER = 0.7
"""Assumed."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """The decisions about the pupils of family `number`: one question for all of them."""
    if life.school_aid is None:
        return
    refused = not life.school_aid
    for pupil in life.pupils:
        place, knows = pen.later(number), happens(pen.rng, KNOWS_NUMBER)
        for term in pupil.terms:
            data = _decision(term, pupil.child.person_no if knows else None, refused=refused)
            about = (*AID, f"SE-{term.key}-{term.year}")
            decided_on = max(term.start, date(term.year, 6, 20))
            if decided_on > pen.today:
                continue
            yield from pen.told(about, place, term.start, data, {"decision": "approved"}, told_on=decided_on)
            autumn = months_after(date(term.year, APRIL, 1), 6)
            if not refused and term.start < autumn < min(term.end, pen.today) and happens(pen.rng, CANCELLED):
                ended = data | {"decision": "取消", "valid_to": autumn.isoformat()}
                yield from pen.told(about, place + 3, autumn, ended, revision=5)


def _decision(term: Term, person_no: str | None, *, refused: bool) -> dict[str, object]:
    return {
        "school_code": term.school,
        "pupil_key": term.key,
        "fiscal_year": term.year,
        **({"person_no": person_no} if person_no is not None else {}),
        "decision": "否認定" if refused else "認定",
        "valid_from": term.start.isoformat(),
        "valid_to": date(term.year + 1, APRIL, 1).isoformat(),
    }
