"""The register of children of school age (学齢簿), which the residents' office keeps: who goes to which school, and who answers for it."""

from collections.abc import Iterator

from contracts.kinds import EventKind, Source
from contracts.values import Sex
from infra.city.lives import Life
from infra.city.schooling import Pupil, Term
from infra.city.sources.pen import Pen, Placed

REGISTER = (Source.RESIDENT_REGISTRY, EventKind.SCHOOL_REGISTER_CHANGED)

POSTPONED = 0.0005
"""School duty postponed or exempted: assumed (national figure: some thousands of ten million)."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """An entry for each school year that is told, and another one for each transfer."""
    for pupil in life.pupils:
        place = pen.later(number)
        postponed = pen.rng.random() < POSTPONED
        for position, term in enumerate(pupil.terms):
            record = f"GR-{pupil.child.person_no}-{term.year}"
            before = sum(each.year == term.year for each in pupil.terms[:position])
            data = _entry(life, pupil, term, postponed=postponed)
            yield from pen.told((*REGISTER, record), place + before, term.start, data, revision=1 + 2 * before)


def _entry(life: Life, pupil: Pupil, term: Term, *, postponed: bool) -> dict[str, object]:
    guardian = life.family.adults[0] if not life.family.circumstances.protected else life.carer
    return {
        "person_no": pupil.child.person_no,
        "school_code": term.school,
        "grade": term.grade,
        "class_kind": "特別支援" if pupil.special_class else "普通",
        "guardian_person_no": guardian.person_no,
        "guardian_relationship": "父" if guardian.sex is Sex.MALE else "母",
        "exemption": "猶予" if postponed else "なし",
    }
