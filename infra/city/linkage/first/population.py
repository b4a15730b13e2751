"""The first population, part by part: its households as the register holds them, and the records of their children."""

from dataclasses import replace
from random import Random

from infra.city.linkage.first.hazards import HAZARDS
from infra.city.linkage.first.homes import TODAY, Home, Member, Numbers, child, family, household
from infra.city.linkage.first.records import holders, record
from infra.city.linkage.first.registering import once_more, registered
from infra.city.linkage.tables import Part, Record, Truth

UNREGISTERED = 0.05
"""Of all records: those about children whom the register does not have."""

SIBLING, TWIN = 0.40, 0.55
"""Up to where a chance means that such a child lives in a registered home, or is a registered child's twin; beyond, elsewhere."""

REGISTERED_TWICE = 0.0005
"""Children with two rows in the register."""

NUMBERS = 8_000
"""Numbers of each kind that a part may use."""


class First:
    """See `tables.Population`."""

    @property
    def hazards(self) -> tuple[str, ...]:
        """The kinds of hazard that there are."""
        return tuple(HAZARDS)

    def part(self, seed: int, number: int, persons: int, corruption: float) -> Part:
        """Draw households until they hold `persons` people."""
        rng, numbers, part = Random(f"{seed} first {number}"), _numbers_of(number), Part()
        left = persons
        while left:
            home = household(rng, numbers)
            while len(home.members) > left:
                home = household(rng, numbers)
            left -= sum(bool(member.person_no) for member in home.members)
            _enter(rng, numbers, part, home, corruption)
        return _shuffled(rng, part)

    def hazard(self, seed: int, kind: str, number: int, count: int) -> Part:
        """Draw that many cases, each with homes of its own."""
        rng, numbers, part = Random(f"{seed} first {kind} {number}"), _numbers_of(number), Part()
        for _ in range(count):
            HAZARDS[kind](rng, numbers, part)
        return _shuffled(rng, part)


def _numbers_of(number: int) -> Numbers:
    return Numbers(number * NUMBERS, number * NUMBERS, number * NUMBERS)


def _shuffled(rng: Random, part: Part) -> Part:
    rng.shuffle(part.register)
    rng.shuffle(part.records)
    return part


def _enter(rng: Random, numbers: Numbers, part: Part, home: Home, corruption: float) -> None:
    part.register += registered(rng, home)
    for young in home.children:
        twice = rng.random() < REGISTERED_TWICE
        if twice:
            part.register.append(once_more(rng, numbers, home, young)[0])
        for holds in holders(young.birth):
            if rng.random() >= holds.share:
                continue
            row, truth = record(rng, numbers, young, home, holds, corruption)
            part.records.append((row, truth._replace(kind="registered_twice") if twice else truth))
            if rng.random() < UNREGISTERED / (1 - UNREGISTERED):
                part.records.append(_of_nobody(rng, numbers, (home, young), corruption))


def _of_nobody(rng: Random, numbers: Numbers, beside: tuple[Home, Member], corruption: float) -> tuple[Record, Truth]:
    """A record about a child whom the register does not have: lately come, or living here without being registered."""
    at, like = beside
    chance = rng.random()
    if chance < TWIN:
        kind = "unregistered_sibling" if chance < SIBLING else "unregistered_twin"
        nobody = child(rng, "", at, like.family, like.birth if chance >= SIBLING else _school_age(rng))
    else:
        kind, at = "unregistered_elsewhere", family(rng, Numbers(0, 0, 0), births=(_school_age(rng),))
        nobody = replace(at.children[0], person_no="")
    row, truth = record(rng, numbers, nobody, at, holders(nobody.birth)[0], corruption)
    return row, truth._replace(kind=kind)


def _school_age(rng: Random) -> int:
    """A birth day of a child at school."""
    return TODAY - int((6.5 + rng.random() * 8) * 365.25)
