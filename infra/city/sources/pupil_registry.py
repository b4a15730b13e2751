"""The register of pupils (児童生徒管理): who is at which school, by the school's key and often without a number."""

from collections.abc import Iterator

from contracts.kinds import EventKind, Source
from contracts.values import Sex
from infra.city.dates import happens
from infra.city.lives import Life
from infra.city.population import Resident
from infra.city.schooling import Pupil, Term
from infra.city.sources.pen import Pen, Placed
from infra.city.spelling import as_at_school

REGISTERED = (Source.PUPIL_REGISTRY, EventKind.PUPIL_REGISTERED)

KNOWS_NUMBER = 0.6
"""Pupils whose number the school system knows: assumed."""

OLD_NAME = 0.5
"""Schools that still have the name from before, after a change of name (S04): assumed."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """An entry for each pupil of family `number` at each school, and another one when the pupil leaves it."""
    for pupil in life.pupils:
        place, knows = pen.later(number), happens(pen.rng, KNOWS_NUMBER)
        for position, term in enumerate(pupil.terms):
            data = _entry(pen, pupil, term, knows=knows)
            about = (*REGISTERED, f"JS-{term.key}-{term.year}")
            mended = {"kana": pupil.child.statements[-1].kana}
            yield from pen.told(about, place + position, term.start, data, mended)
            if term.left_early and term.end <= pen.today:
                left = data | {"enrolled_to": term.end.isoformat()}
                yield from pen.told(about, place + position + 0.5, term.end, left, revision=5)


def _entry(pen: Pen, pupil: Pupil, term: Term, *, knows: bool) -> dict[str, object]:
    child = pupil.child
    name, kana = as_at_school(pen.rng, *_name(pen, child))
    return {
        "school_code": term.school,
        "pupil_key": term.key,
        "fiscal_year": term.year,
        **({"person_no": child.person_no} if knows else {}),
        "name": name,
        "kana": kana,
        "birth_date": child.birth_date.isoformat(),
        "sex": "1" if child.sex is Sex.MALE else "2",
        "grade": term.grade,
        "enrolled_from": term.start.isoformat(),
    }


def _name(pen: Pen, child: Resident) -> tuple[str, str]:
    latest, first = child.statements[-1], child.statements[0]
    known = first if latest.name != first.name and happens(pen.rng, OLD_NAME) else latest
    return known.name, known.kana
