"""The residents without a child in the scope: most of a city, each with the entries that the register kept of them over the years."""

from collections.abc import Iterator
from datetime import date
from random import Random

from contracts.values import Sex
from infra.city import families
from infra.city.dates import Shares, between, days_after, happens
from infra.city.families import Address, Home, Numbers
from infra.city.names import BOYS, FATHERS, GIRLS, MOTHERS, SURNAMES
from infra.city.population import Circumstances, Family, Resident

SIZES = Shares((1, 2, 3, 4), (50, 31, 13, 6))
"""How many live in a household without children, and how often (in 100)."""

MOVES = Shares((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (3, 7, 12, 17, 19, 16, 11, 8, 4, 3))
"""
How many entries followed a household's first one (moves above all), and how often (in 100).

With them a city of 1.6 million residents has about 8 million records.
"""

GROWN_YEARS = 20
PARENT_YEARS = 45
"""From this age on the head's grown children may live in the household."""


def households(rng: Random, numbers: Numbers, today: date, residents: int) -> Iterator[Family]:
    """Households without children, until they have `residents` people in all."""
    settled = 0
    while settled < residents:
        family = _household(rng, numbers, today, min(residents - settled, SIZES.draw(rng)))
        settled += len(family.adults)
        yield family


def _household(rng: Random, numbers: Numbers, today: date, size: int) -> Family:
    age = rng.triangular(GROWN_YEARS, 95, 48)
    since = between(rng, _years_before(today, age - 18), days_after(today, -10))
    entries = sorted(between(rng, days_after(since, 20), days_after(today, -1)) for _ in range(MOVES.draw(rng)))
    lot = Circumstances(
        moves=tuple(day for day in dict.fromkeys(entries) if since < day < today),
        left_on=between(rng, max(since, days_after(today, -500)), today) if happens(rng, 0.02) else None,
    )
    lot = lot if lot.left_on is None or lot.left_on > max((since, *lot.moves)) else Circumstances(moves=lot.moves)
    at = Home(numbers.household(), rng.choice(SURNAMES), (), since)
    places = families.addresses(rng, len(lot.moves) + 1)
    return Family(lot, tuple(_members(rng, numbers, (at, lot, places), _years_before(today, age), size)), ())


def _members(
    rng: Random, numbers: Numbers, home: tuple[Home, Circumstances, tuple[Address, ...]], head_born: date, size: int
) -> Iterator[Resident]:
    """The head, then a spouse, then grown children, a parent or others."""
    sex = rng.choice((Sex.MALE, Sex.FEMALE))
    yield _grown(rng, numbers, home, (sex, head_born, "世帯主"))
    if size > 1:
        yield _grown(rng, numbers, home, _second(rng, sex, head_born))
    old_enough = head_born <= _years_before(home[0].since, PARENT_YEARS)
    for position in range(size - 2):
        yield _grown(rng, numbers, home, _third(rng, head_born, position, old_enough=old_enough))


def _second(rng: Random, head: Sex, head_born: date) -> tuple[Sex, date, str]:
    other = Sex.FEMALE if head is Sex.MALE else Sex.MALE
    if happens(rng, 0.85):
        return other, days_after(head_born, rng.uniform(-1500, 1500)), "妻" if other is Sex.FEMALE else "夫"
    return Sex.FEMALE, days_after(head_born, -rng.uniform(20, 35) * 365.25), "母"


def _third(rng: Random, head_born: date, position: int, *, old_enough: bool) -> tuple[Sex, date, str]:
    sex = rng.choice((Sex.MALE, Sex.FEMALE))
    if old_enough:
        word = families.ORDINALS[position] + ("男" if sex is Sex.MALE else "女")
        return sex, days_after(head_born, rng.uniform(20, 24) * 365.25), word
    return sex, days_after(head_born, rng.uniform(0, 900)), "弟" if sex is Sex.MALE else "妹"


def _grown(rng: Random, numbers: Numbers, home: tuple[Home, Circumstances, tuple[Address, ...]], person: tuple[Sex, date, str]) -> Resident:
    sex, born, word = person
    at, lot, places = home
    given = rng.choice((FATHERS, BOYS) if sex is Sex.MALE else (MOTHERS, GIRLS))
    return families.resident(rng, numbers, at, lot, places, (sex, born, word, given))


def _years_before(day: date, years: float) -> date:
    return days_after(day, -years * 365.25)
