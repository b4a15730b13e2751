"""Pregnancies and infant checkups at random, from the guideline's schedule and plausible shares (`domain.md` §2.5, items 3 and 15–17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from random import Random

from contracts.values import Sex
from infra.city.dates import between, days_after, happens, months_after
from infra.city.families import Numbers
from infra.city.population import Checkup, Circumstances, Expected, PostpartumExam, Pregnancy, Resident

TERM_DAYS = 280
EXAM_WEEKS = (8, 12, 16, 20, 24, 26, 28, 30, 32, 34, 36, 37, 38, 39)
"""The usual weeks of the fourteen prenatal exams that the city's coupons pay for."""

BIRTHS_KEPT_MONTHS = 60
"""Births older than this have no pregnancy records any more."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A checkup's window in months, the height then, and the weight around which its spread is drawn."""

    kind: str
    from_months: int
    to_months: int
    weight_kg: float
    height_cm: float


CHECKUPS = (
    Schedule("4m", 4, 6, 7.0, 64),
    Schedule("10m", 9, 12, 8.8, 72),
    Schedule("18m", 18, 24, 10.4, 81),
    Schedule("3y", 36, 48, 14.1, 95),
)


USUAL_WEIGHTS = {
    Sex.MALE: ((4, 7.2), (6, 8.0), (9, 8.7), (12, 9.2), (18, 10.3), (24, 11.6), (36, 13.5), (48, 15.4)),
    Sex.FEMALE: ((4, 6.7), (6, 7.5), (9, 8.2), (12, 8.7), (18, 9.7), (24, 11.0), (36, 13.0), (48, 15.0)),
}
"""Medians in kg by months of age (平成22年 乳幼児身体発育調査, rounded)."""

WEIGHT_SPREAD = 0.85
"""Of a tenth, the relative spread of weights at one age: some 4 in 100 children lie below the 3rd percentile."""


def pregnancies(
    rng: Random, numbers: Numbers, mother: Resident, born: tuple[Resident, ...], lot: Circumstances, today: date
) -> Iterator[Pregnancy]:
    """The pregnancies that ended with the births of `born`, as far as they are recent and the mother lived here."""
    for birth, group in groupby(born, key=lambda child: child.birth_date):
        if birth >= months_after(today, -BIRTHS_KEPT_MONTHS) and days_after(birth, -60) > mother.statements[0].resident_from:
            yield _pregnancy(rng, numbers.pregnancy(), mother, tuple(group), lot)


def current_pregnancy(rng: Random, numbers: Numbers, mother: Resident, today: date) -> Pregnancy:
    """A pregnancy that has not ended yet."""
    age_days = rng.randint(70, 270)
    due = days_after(today, TERM_DAYS - age_days)
    notified_at = min(_notified_at_days(rng, late_share=0.06), age_days - 1)
    return Pregnancy(
        pregnancy_no=numbers.pregnancy(),
        mother_no=mother.person_no,
        notified_on=_day_of(due, notified_at),
        notified_at_days=notified_at,
        due_on=due,
        issue_kind="new",
        fetuses=1,
        exams=_exams(rng, due, notified_at, today),
    )


def stillbirth(rng: Random, numbers: Numbers, mother: Resident, today: date) -> Pregnancy:
    """A pregnancy that ended in a stillbirth within the last year (S05)."""
    ended_at, ended_on = rng.randint(160, 250), between(rng, days_after(today, -330), days_after(today, -30))
    due = days_after(ended_on, TERM_DAYS - ended_at)
    notified_at = _notified_at_days(rng, late_share=0.06)
    return Pregnancy(
        pregnancy_no=numbers.pregnancy(),
        mother_no=mother.person_no,
        notified_on=_day_of(due, notified_at),
        notified_at_days=notified_at,
        due_on=due,
        issue_kind="new",
        fetuses=1,
        exams=_exams(rng, due, notified_at, ended_on),
        outcome="stillbirth",
        ended_on=ended_on,
    )


def checkups(rng: Random, child: Resident, lot: Circumstances, today: date) -> Iterator[Checkup]:
    """The checkups that a child received while it lived in the city."""
    recent = child.birth_date >= months_after(today, -BIRTHS_KEPT_MONTHS)
    for plan in CHECKUPS:
        if plan.kind == "10m" and not recent:
            continue
        exam_on = _exam_day(rng, child.birth_date, plan, lot)
        if exam_on is not None and _lives_here(child, exam_on) and exam_on < today:
            drawn = rng.gauss(plan.weight_kg, plan.weight_kg * 0.1) / plan.weight_kg - 1
            weight = max(4.2, _usual_weight(child, exam_on) * (1 + WEIGHT_SPREAD * drawn))
            yield Checkup(child.person_no, plan.kind, exam_on, round(weight, 1), round(rng.gauss(plan.height_cm, 2.5), 1))


def _exam_day(rng: Random, birth: date, plan: Schedule, lot: Circumstances) -> date | None:
    first, end = months_after(birth, plan.from_months), months_after(birth, plan.to_months)
    in_time = days_after(first, rng.triangular(0, (end - first).days, (end - first).days * 0.25))
    if lot.expected is not None:
        return None if plan.kind == "18m" else in_time

    never, late = (0.33, 0.2) if lot.hard_to_reach else (0.015, 0.015)
    drawn = rng.random()
    if drawn < never or (plan.kind == "10m" and happens(rng, 0.35)):
        return None
    return between(rng, end, days_after(end, 120)) if drawn < never + late else in_time


def _usual_weight(child: Resident, on: date) -> float:
    """Between the months of the table in a straight line."""
    table = USUAL_WEIGHTS.get(child.sex, USUAL_WEIGHTS[Sex.FEMALE])
    months = (on - child.birth_date).days / 30.44
    for (young, light), (old, heavy) in pairwise(table):
        if months < old:
            return light + (heavy - light) * (max(months, young) - young) / (old - young)
    return table[-1][1]


def _lives_here(child: Resident, on: date) -> bool:
    stay = child.statements[-1]
    return stay.resident_from <= on and (stay.resident_to is None or on < stay.resident_to)


def _pregnancy(rng: Random, number: str, mother: Resident, born: tuple[Resident, ...], lot: Circumstances) -> Pregnancy:
    birth = born[0].birth_date
    born_at = int(min(292, max(190, rng.gauss(262 if len(born) > 1 else 277, 8))))
    due = days_after(birth, TERM_DAYS - born_at)
    notified_at = _notified_at(rng, mother, due, born_at, lot)
    moved_in = mother.statements[0].resident_from > _day_of(due, 70)
    return Pregnancy(
        pregnancy_no=number,
        mother_no=mother.person_no,
        notified_on=_day_of(due, notified_at),
        notified_at_days=notified_at,
        due_on=due,
        issue_kind="moved_in" if moved_in else "new",
        fetuses=len(born),
        exams=() if lot.hard_to_reach and happens(rng, 0.06) else _exams(rng, due, notified_at, birth),
        outcome="live_birth",
        ended_on=birth,
        child_nos=tuple(child.person_no for child in born) if happens(rng, 0.6) else (),
        postpartum=tuple(_postpartum(rng, birth, lot)),
        corrected_at_days=rng.randint(84, 110) if lot.expected is Expected.NOTIFICATION_CORRECTED else None,
    )


def _notified_at(rng: Random, mother: Resident, due: date, born_at: int, lot: Circumstances) -> int:
    if lot.expected is not None:
        return rng.randint(45, 80)
    wished = _notified_at_days(rng, late_share=0.4 if lot.hard_to_reach else 0.06)
    not_before = TERM_DAYS - (due - mother.statements[0].resident_from).days + 5
    return min(max(wished, not_before), born_at - 1)


def _notified_at_days(rng: Random, late_share: float) -> int:
    return rng.randint(84, 190) if rng.random() < late_share else rng.randint(42, 83)


def _exams(rng: Random, due: date, notified_at: int, until: date) -> tuple[date, ...]:
    """Between about 3 and 14: of the usual weeks after the notification, most are kept."""
    planned = (_day_of(due, week * 7 + rng.randint(-3, 3)) for week in EXAM_WEEKS if week * 7 > notified_at)
    kept = sorted(day for day in planned if day < until and happens(rng, 0.93))
    return tuple(kept) or (days_after(until, -1),)


def _postpartum(rng: Random, birth: date, lot: Circumstances) -> Iterator[PostpartumExam]:
    for weeks, days, share in (("2w", 14, 0.85), ("1m", 30, 0.92)):
        if happens(rng, share * (0.6 if lot.hard_to_reach else 1)):
            yield PostpartumExam(days_after(birth, days + rng.randint(-3, 5)), weeks, _epds(rng, lot))


def _epds(rng: Random, lot: Circumstances) -> int | None:
    if lot.expected is not None:
        return rng.randint(0, 8)
    if happens(rng, 0.03):
        return None
    high = happens(rng, 0.2 if lot.hard_to_reach else 0.07)
    return rng.randint(9, 19) if high else rng.randint(0, 8)


def _day_of(due: date, gestational_days: int) -> date:
    return days_after(due, gestational_days - TERM_DAYS)
