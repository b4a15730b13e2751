"""
A city in blocks: each is drawn from the city's seed and its own number alone, so that none is in memory but the one that is drawn.

A block's numbers (宛名番号, 世帯番号, numbers of pregnancies and cases, ids of records) come from ranges of its own. So block 150 is the
same whether a hundred were drawn before it or none, here or in another process: a load that was broken off goes on where it was, and what
a later night corrects is drawn again instead of being kept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from contracts.values import Source
from infra.city.events import Spoiled, distinct, pen_of, stamp, told, watermarks
from infra.city.families import Numbers
from infra.city.populating import populate
from infra.city.sources import FIRST_THREE
from infra.city.sources.pen import Event
from infra.city.whole.others import households
from infra.local.root import CannotDo

CHILDREN_PER_BLOCK = 1_000
FEWEST_CHILDREN = 20
"""Children of the smallest block: what is rare (`populating.CHILDREN_PER_RARITY`) is in each."""

RESIDENTS_PER_CHILD = 8
"""Fukuoka: 1.6 million residents, 200,000 of them children."""

PERSONS, HOUSEHOLDS, PREGNANCIES, CASES, SPOILED = 20_000, 20_000, 5_000, 5_000, 1_000
"""How many numbers of each kind a block may use."""

BLOCKS = 10_000
"""Blocks of a city at most; whoever comes later has numbers behind all of them."""

SPOILED_FROM = 6_000_000_000
"""Behind every 宛名番号 that anybody has."""


class CityTooDense(CannotDo):
    """More people in a block than it has numbers for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which city: the same plan gives the same events, ids included. A block has `block` children; the last one has what is left."""

    seed: int
    today: date
    children: int
    residents: int
    block: int = CHILDREN_PER_BLOCK
    sources: tuple[Source, ...] = FIRST_THREE
    """Who plays. What each of them says does not depend on which others do."""

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn. Raises CityTooDense."""
        if self.residents_of(0) > PERSONS or len(self) > BLOCKS:
            raise CityTooDense(f"{self.residents_of(0):,} residents in a block are more than {PERSONS:,}; make the blocks smaller")

    def __len__(self) -> int:
        """How many blocks there are. A rest that is too small for a block is in the last one."""
        whole, rest = divmod(self.children, self.block)
        return max(1, whole + (rest >= FEWEST_CHILDREN))

    def children_of(self, number: int) -> int:
        """How many children block `number` has."""
        last = len(self) - 1
        return self.block if number < last else self.children - last * self.block

    def residents_of(self, number: int) -> int:
        """How many residents block `number` has, children included, unless its families alone are more."""
        return round(self.children_of(number) * self.residents / self.children)


@dataclass(frozen=True, slots=True)
class Block:
    """What the sources publish about one block's households, in order."""

    number: int
    events: tuple[Event, ...]
    spoiled: tuple[Spoiled, ...]
    children: int
    residents: int

    @property
    def distinct(self) -> Counter[Source]:
        """How many different events each source publishes."""
        return distinct(self.events)


def draw(plan: Plan, number: int) -> Block:
    """Block `number` of a city."""
    return drawn(plan, number, plan.today, plan.children_of(number), plan.residents_of(number))


def drawn(plan: Plan, number: int, today: date, children: int, residents: int) -> Block:
    """The block of the plan's seed and sources, a number, a day and its size, and of nothing else."""
    name = f"{plan.seed} block {number}"
    rng = Random(name)
    numbers = numbers_of(number)
    families = list(populate(rng, today, children, 0, numbers=numbers))
    families += households(rng, numbers, today, residents - sum(len(family.residents) for family in families))
    _must_fit(number, numbers)
    rng.shuffle(families)
    pen = pen_of(rng, today, len(families), name)
    stream, spoiled = told(pen, families, spoiled_before=SPOILED_FROM + number * SPOILED, sources=plan.sources)
    stamp(stream, today)

    people = [len(family.residents) for family in families]
    young = sum(len(family.children) for family in families)
    return Block(number, tuple(stream), tuple(spoiled), young, sum(people))


def marks(plan: Plan, day: date) -> Iterator[Event]:
    """Each source's word that it is complete up to `day`."""
    name = f"{plan.seed} watermarks {day}"
    found = list(watermarks(pen_of(Random(name), day, 1, name), day, plan.sources))
    stamp(found, day)
    return iter(found)


def numbers_of(number: int) -> Numbers:
    """Where the running numbers of a block begin."""
    return Numbers(number * PERSONS, number * HOUSEHOLDS, number * PREGNANCIES, number * CASES)


def _must_fit(number: int, used: Numbers) -> None:
    next_one = numbers_of(number + 1)
    pairs = (
        *((used.persons, next_one.persons), (used.households, next_one.households)),
        *((used.pregnancies, next_one.pregnancies), (used.cases, next_one.cases)),
    )
    if any(last > end for last, end in pairs):
        raise CityTooDense(f"block {number} needs more numbers than it has; make the blocks smaller")
