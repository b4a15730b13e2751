"""
Kin of the second population: grandparents, their children's families next door, homes for children, hostels.

Not households drawn one by one, as in the first: one family name lives in two or three homes at one address, cousins beside each other;
parents live apart and both are guardians; a home for children has thirty of them at one address with its director as guardian of all.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from infra.city.linkage.second.names import (
    BOYS,
    ELSEWHERE_FAMILIES,
    ELSEWHERE_GIVEN,
    FAMILIES,
    GIRLS,
    MEN,
    WOMEN,
    Called,
    Transcribed,
    called,
)

DAY = date(2026, 7, 1)
"""The register's day."""

_PLACES = (
    *("香椎ヶ丘", "千早台", "箱松町", "那珂本町", "麦野原", "月隈台", "平尾坂", "薬院町", "長丘", "花畑台", "片江町", "七隈原"),
    *("西新浜", "原団地", "有田台", "姪浜町", "今津", "周船寺町", "大字元岡", "大字脇山", "大字金武", "志賀島", "三苫浜", "舞松原町"),
)
_OF_WARD = ("東区", "東区", "東区", "博多区", "博多区", "博多区", "中央区", "中央区", "南区", "南区", "城南区", "城南区")
_WARDS = (*_OF_WARD, *("早良区", "早良区", "早良区", "西区", "西区", "西区", "西区", "早良区", "西区", "東区", "東区", "東区"))
_ESTATES = ("県営住宅", "市営住宅", "公団", "第二団地", "社宅")


@dataclass(slots=True)
class Someone:
    """A person, in the register if there is a number."""

    number: str
    family: Called
    given: Called
    woman: bool
    born: date
    once: list[str] = field(default_factory=list)
    """Earlier family names that the register tells."""
    unsaid: Called | None = None
    """An earlier family name that the register does not tell, and a school may use."""
    from_elsewhere: tuple[Transcribed, Transcribed] | None = None
    parents: list["Someone"] = field(default_factory=list)
    place: str = ""
    """The address, as the register writes it."""
    old_place: str = ""
    home: str = ""
    """世帯番号."""


@dataclass(slots=True)
class Counter:
    """The next numbers of a part."""

    at: int

    def number(self) -> str:
        """A 宛名番号 of ten digits."""
        self.at += 1
        return f"{3_000_000_000 + self.at * 11}"

    def home(self) -> str:
        """A 世帯番号."""
        self.at += 1
        return f"S{self.at:08d}"

    def record(self) -> str:
        """A record's id."""
        self.at += 1
        return f"K{self.at:010d}"


def kin(rng: Random, counter: Counter) -> list[Someone]:
    """Draw people who belong together; those with guardians are the children among them."""
    chance = rng.random()
    if chance < 0.002:
        return children_home(rng, counter)
    if chance < 0.03:
        return hostel(rng, counter)
    if chance < 0.77:
        return _without_children(rng, counter)
    return clan(rng, counter)


def clan(rng: Random, counter: Counter) -> list[Someone]:
    """Grandparents, and one to three of their children with families, in one house, next door, or elsewhere."""
    name, house = called(rng, FAMILIES), place(rng)
    elsewhere = rng.choice(ELSEWHERE_FAMILIES) if rng.random() < 0.05 else None
    people = _grandparents(rng, counter, name, house) if elsewhere is None and rng.random() < 0.3 else []
    for _ in range(1 if rng.random() < 0.7 else rng.randint(2, 3)):
        where = house if rng.random() < 0.5 else place(rng)
        people += branch(rng, counter, name, where, elsewhere)
    return people


def branch(rng: Random, counter: Counter, name: Called, where: str, elsewhere: Transcribed | None = None) -> list[Someone]:
    """Parents and children. Who is divorced lives apart and is a guardian all the same."""
    home, before = counter.home(), place(rng) if rng.random() < 0.18 else ""
    mother_born = DAY - timedelta(days=rng.randint(24 * 365, 48 * 365))
    mother = adult(rng, counter, name, woman=True, born=mother_born)
    father = adult(rng, counter, name, woman=False, born=mother_born - timedelta(days=rng.randint(-900, 3000)))
    mother.once = [called(rng, FAMILIES).signs] if rng.random() < 0.8 else []
    young = _brood(rng, counter, name, (mother, father))
    for each in (father, mother, *young):
        each.place, each.old_place, each.home = where, before, home
    if elsewhere is not None:
        family = (father, mother, *young)
        for each, called_so in zip(family, rng.sample(ELSEWHERE_GIVEN, len(family)), strict=True):
            each.from_elsewhere = (elsewhere, called_so)
    elif rng.random() < 0.17:
        _parted(rng, counter, (father, mother, young))
    return [father, mother, *young]


def _parted(rng: Random, counter: Counter, family: tuple[Someone, Someone, list[Someone]]) -> None:
    father, mother, young = family
    father.place, father.old_place, father.home = place(rng), father.place, counter.home()
    if rng.random() < 0.5:
        return
    new = called(rng, FAMILIES)
    told = rng.random() < 0.6
    for each in (mother, *young):
        if told:
            each.once = [*each.once, each.family.signs]
        else:
            each.unsaid = each.family
        each.family = new


def _brood(rng: Random, counter: Counter, name: Called, parents: tuple[Someone, Someone]) -> list[Someone]:
    young: list[Someone] = []
    born = DAY - timedelta(days=rng.randint(20, 17 * 365))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 2, 2, 3, 3, 4))):
        young.append(minor(rng, counter.number(), name, born, parents, young))
        # A birth date once more: twins, and now and then triplets.
        born = born if rng.random() < 0.015 else born + timedelta(days=rng.randint(320, 1900))
        if born >= DAY:
            break
    return young


def minor(
    rng: Random, number: str, name: Called, born: date, parents: tuple[Someone, ...], siblings: list[Someone], *, woman: bool | None = None
) -> Someone:
    """A child, not named as a sibling is, in signs or in kana."""
    woman = rng.random() < 0.49 if woman is None else woman
    given = called(rng, GIRLS if woman else BOYS)
    while any(given.reading == each.given.reading or given.signs == each.given.signs for each in siblings):
        given = called(rng, GIRLS if woman else BOYS)
    return Someone(number, name, given, woman, born, parents=list(parents))


def adult(rng: Random, counter: Counter, name: Called, *, woman: bool, born: date) -> Someone:
    """Somebody who is grown up."""
    return Someone(counter.number(), name, called(rng, WOMEN if woman else MEN), woman, born)


def children_home(rng: Random, counter: Counter) -> list[Someone]:
    """A home for children: unrelated, at one address, each a household of one, with the director as guardian."""
    where = f"{place(rng)} 児童養護施設{rng.choice('若松桜竹楓')}の家"
    director = adult(rng, counter, called(rng, FAMILIES), woman=rng.random() < 0.5, born=date(1962, 5, 1))
    director.place, director.home = place(rng), counter.home()
    people = [director]
    for _ in range(rng.randint(12, 32)):
        born = DAY - timedelta(days=rng.randint(3 * 365, 17 * 365))
        young = minor(rng, counter.number(), called(rng, FAMILIES), born, (director,), [])
        young.place, young.home, young.old_place = where, counter.home(), place(rng)
        people.append(young)
    return people


def hostel(rng: Random, counter: Counter) -> list[Someone]:
    """Grown up people at one address."""
    where, people = f"{place(rng)} {rng.choice(_ESTATES)}", []
    for room in range(rng.randint(4, 14)):
        one = adult(rng, counter, called(rng, FAMILIES), woman=rng.random() < 0.5, born=_grown_up(rng))
        one.place, one.home = f"{where}{101 + room}", counter.home()
        people.append(one)
    return people


def _without_children(rng: Random, counter: Counter) -> list[Someone]:
    where, home, name, people = place(rng), counter.home(), called(rng, FAMILIES), []
    for at in range(1 if rng.random() < 0.55 else 2):
        one = adult(rng, counter, name, woman=bool(at), born=_grown_up(rng))
        one.place, one.home = where, home
        people.append(one)
    return people


def _grandparents(rng: Random, counter: Counter, name: Called, where: str) -> list[Someone]:
    home, people = counter.home(), []
    for woman in (False, True):
        one = adult(rng, counter, name, woman=woman, born=date(1950, 1, 1) + timedelta(days=rng.randint(-4000, 4000)))
        one.place, one.home = where, home
        people.append(one)
    return people


def _grown_up(rng: Random) -> date:
    return DAY - timedelta(days=rng.randint(19 * 365, 96 * 365))


def place(rng: Random) -> str:
    """An address as the register writes it: parts of the town with 丁目, villages with 大字 and a plot, estates with a block and a door."""
    at = int(rng.random() * len(_PLACES))
    ward, name = _WARDS[at], _PLACES[at]
    if name.startswith("大字"):
        return f"福岡市{ward}{name}{rng.randint(1, 2400)}番地{rng.randint(1, 9)}"
    numbers = f"{rng.randint(1, 7)}丁目{rng.randint(1, 40)}番{rng.randint(1, 60)}号"
    if rng.random() < 0.3:
        numbers += f" {rng.choice(_ESTATES)}{rng.randint(1, 30)}棟{rng.randint(1, 10) * 100 + rng.randint(1, 9)}号"
    return f"福岡市{ward}{name}{numbers}"
