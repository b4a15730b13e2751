"""Fills the city with families until it has as many children as asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

from infra.city import families, health
from infra.city.dates import between, days_after, happens
from infra.city.families import Numbers
from infra.city.population import Circumstances, Expected, Family, Resident, WelfareCase
from infra.city.scenes import families_of_scenes

EXPECTED_PER_CHILDREN = 50
"""One child of fifty is seen "this afternoon" by one more event that opens a review; its way is timed."""

CHILDREN_PER_RARITY = 1000
"""Per thousand children: one stillbirth, one protection measure, one birth without any prenatal exam (at least two of each)."""

KINDS_OF_RARITY = 3


def populate(
    rng: Random, today: date, children: int, expected: int | None = None, *, scenes: bool = False, numbers: Numbers | None = None
) -> Iterator[Family]:
    """
    Families with `children` children in all, in the order of their household numbers.

    `expected` is the number of children with an event kept for the afternoon; one of fifty unless told. With `scenes`, families drawn by
    hand are among them. `numbers` are where the city's running numbers go on; without them they begin.
    """
    numbers = numbers or Numbers()
    by_hand = tuple(families_of_scenes(rng, numbers, today, children)) if scenes else ()
    yield from by_hand
    waiting = max(1, children // EXPECTED_PER_CHILDREN) if expected is None else expected
    every = max(2, children // max(1, waiting))
    rare = max(2, children // CHILDREN_PER_RARITY)
    settled = KINDS_OF_RARITY * rare + sum(len(family.children) for family in by_hand)
    planned = 0
    while settled < children:
        if planned < waiting and settled >= planned * every:
            family = _expecting(rng, numbers, today, tuple(Expected)[planned % 2])
            planned += 1
        else:
            family = _ordinary(rng, numbers, today, children - settled)
        settled += len(family.children)
        yield family
    yield from _rare(rng, numbers, today, rare)


def _ordinary(rng: Random, numbers: Numbers, today: date, at_most: int) -> Family:
    births = families.birth_days(rng, today, at_most)
    lot = families.circumstances(rng, births, today)
    return _settle(rng, numbers, births, lot, today)


def _expecting(rng: Random, numbers: Numbers, today: date, expected: Expected) -> Family:
    return _settle(rng, numbers, families.expected_birth_days(rng, today), families.expecting(expected), today)


def _settle(rng: Random, numbers: Numbers, births: tuple[date, ...], lot: Circumstances, today: date) -> Family:
    at = families.home(rng, numbers, births, lot)
    places = families.addresses(rng, len(lot.moves) + 1)
    adults = families.adults(rng, numbers, at, lot, places)
    children = families.children(rng, numbers, at, lot, places)
    if lot.single_parent and happens(rng, 0.04):
        renamed = families.rename(rng, (*adults, *children), days_after(today, -rng.uniform(30, 400)))
        adults, children = renamed[: len(adults)], renamed[len(adults) :]
    return _with_records(rng, numbers, (adults, children), lot, today)


def _with_records(
    rng: Random, numbers: Numbers, people: tuple[tuple[Resident, ...], tuple[Resident, ...]], lot: Circumstances, today: date
) -> Family:
    adults, children = people
    mother = adults[-1]
    pregnancies = tuple(health.pregnancies(rng, numbers, mother, children, lot, today))
    if _may_be_pregnant(rng, mother, lot, today):
        pregnancies = (*pregnancies, health.current_pregnancy(rng, numbers, mother, today))
    return Family(
        circumstances=lot,
        adults=adults,
        children=children,
        pregnancies=pregnancies,
        checkups=tuple(checkup for child in children for checkup in health.checkups(rng, child, lot, today)),
        welfare=_welfare(rng, numbers, (*adults, *children), lot, today),
        expected_child_no=children[-1].person_no if lot.expected is not None else None,
    )


def _may_be_pregnant(rng: Random, mother: Resident, lot: Circumstances, today: date) -> bool:
    young = (today - mother.birth_date).days < 42 * 365
    settled = mother.statements[0].resident_from < days_after(today, -300)
    return young and settled and lot.left_on is None and lot.expected is None and happens(rng, 0.05)


def _welfare(rng: Random, numbers: Numbers, members: tuple[Resident, ...], lot: Circumstances, today: date) -> WelfareCase | None:
    if lot.expected is Expected.WELFARE_STARTS:
        return WelfareCase(numbers.case(), tuple(member.person_no for member in members), days_after(today, -rng.uniform(3, 20)))
    if not lot.on_welfare:
        return None
    started = between(rng, max(member.statements[0].resident_from for member in members), days_after(today, -5))
    return WelfareCase(
        numbers.case(),
        tuple(member.person_no for member in members),
        started,
        suspended=_suspension(rng, started, today) if happens(rng, 0.08) else None,
        abolished_on=lot.left_on or (between(rng, days_after(started, 60), today) if happens(rng, 0.15) else None),
    )


def _suspension(rng: Random, started: date, today: date) -> tuple[date, date]:
    first = between(rng, days_after(started, 10), today)
    return first, days_after(first, 31)


def _rare(rng: Random, numbers: Numbers, today: date, count: int) -> Iterator[Family]:
    """What is too rare to leave to chance."""
    for _ in range(count):
        yield _bereaved(rng, numbers, today)
        yield _protected(rng, numbers, today)
        yield _without_exams(rng, numbers, today)


def _without_exams(rng: Random, numbers: Numbers, today: date) -> Family:
    births = (days_after(today, -rng.uniform(150, 900)),)
    family = _settle(rng, numbers, births, Circumstances(hard_to_reach=True), today)
    finished = tuple(replace(pregnancy, exams=()) for pregnancy in family.pregnancies if pregnancy.outcome is not None)
    return replace(family, pregnancies=finished)


def _bereaved(rng: Random, numbers: Numbers, today: date) -> Family:
    births = (days_after(today, -rng.uniform(1300, 2200)),)
    family = _settle(rng, numbers, births, Circumstances(), today)
    finished = tuple(pregnancy for pregnancy in family.pregnancies if pregnancy.outcome is not None)
    lost = health.stillbirth(rng, numbers, family.adults[-1], today)
    return replace(family, pregnancies=(*finished, lost))


def _protected(rng: Random, numbers: Numbers, today: date) -> Family:
    births = (days_after(today, -rng.uniform(800, 3000)),)
    family = _settle(rng, numbers, births, Circumstances(protected=True), today)
    adults, children, measure = families.separate(rng, numbers, family.adults, family.children, today)
    return replace(family, adults=adults, children=children, protection=measure)
