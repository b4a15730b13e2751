"""The city's surveys (生活習慣調査・学習定着度調査), figures only, never an answer. They come on removable media (ACQ-03)."""

from collections.abc import Iterator
from datetime import date
from math import exp

from contracts.kinds import EventKind, Source
from infra.city.dates import days_after, happens
from infra.city.lives import Income, Life
from infra.city.schooling import Pupil, Term
from infra.city.sources.pen import Pen, Placed

SURVEY = (Source.LIFESTYLE_LEARNING_SURVEY, EventKind.SURVEY_RESULT_RECORDED)

ANSWERED = 0.95
"""Of pupils: assumed. Of those who do not go to school, one in five."""

ANSWERED_ABSENT = 0.2
CONCERNS, CONCERNS_LOW = 0.5, 0.9
"""Mean number of answers of concern, and where a household has little: assumed."""

LOW_INCOME_POINTS = 4
"""By so much the standard score is lower where a household has little: assumed."""

LEARNING_FROM_GRADE = 3
MAY, JUNE = (5, 12), (6, 9)
"""From when schools hold the survey of learning, and that of habits, within three weeks: assumed."""


def tell(pen: Pen, number: int, life: Life) -> Iterator[Placed]:
    """Both surveys of the pupils of family `number`."""
    for pupil in life.pupils:
        place = pen.later(number)
        for term in pupil.terms:
            yield from _surveys(pen, place, life, pupil, term)


def _surveys(pen: Pen, place: float, life: Life, pupil: Pupil, term: Term) -> Iterator[Placed]:
    low = life.income is Income.LOW
    for kind, day in (("learning", MAY), ("lifestyle", JUNE)):
        on = days_after(date(term.year, *day), pen.rng.random() * 21)
        share = ANSWERED_ABSENT if pupil.absent_share else ANSWERED
        if not term.start <= on < min(term.end, pen.today) or not happens(pen.rng, share):
            continue
        if kind == "learning" and term.grade < LEARNING_FROM_GRADE:
            continue
        figure = {"standard_score": _score(pen, low=low)} if kind == "learning" else {"concern_count": _concerns(pen, low=low)}
        data = {
            "school_code": term.school,
            "pupil_key": term.key,
            "fiscal_year": term.year,
            "survey": kind if happens(pen.rng, 0.5) else {"learning": "学習定着度調査", "lifestyle": "生活習慣調査"}[kind],
            "surveyed_on": on.isoformat(),
            **figure,
        }
        yield from pen.told((*SURVEY, f"TS-{term.key}-{term.year}-{kind}"), place, on, data, {"surveyed_on": term.start.isoformat()})


def _score(pen: Pen, *, low: bool) -> float:
    return round(min(80.0, max(20.0, pen.rng.gauss(50 - LOW_INCOME_POINTS * low, 10))), 1)


def _concerns(pen: Pen, *, low: bool) -> int:
    left, count = pen.rng.random(), 0
    mean = CONCERNS_LOW if low else CONCERNS
    chance = exp(-mean)
    while left > chance and count < 9:  # noqa: PLR2004 (questions that are configured)
        left, count = left - chance, count + 1
        chance *= mean / count
    return count
