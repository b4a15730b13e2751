"""
Households of the first population: who lives where with whom, and what changed.

Shares are assumed so that one resident of eight is a child and one family of eight has one parent, as in a large Japanese city; no figure
is measured. Days are counted as `date.toordinal` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from contracts.values import Sex
from infra.city.linkage.first.names import GIVEN, SURNAMES, Foreign, Name, foreign
from infra.city.towns import BLOCKS
from infra.city.towns import NAMES as TOWNS

TODAY = date(2026, 9, 1).toordinal()
YEAR = 365.25

ALONE, COUPLE, FAMILY = 0.48, 0.70, 0.85
"""Up to where a chance means a household of one, of two, or with children; beyond, parents with a child who is grown up."""

SINGLE_PARENT, STEP_PARENT, GRANDPARENT, FROM_ELSEWHERE, MOVED = 0.12, 0.04, 0.07, 0.03, 0.14
RENAMED_AFTER_DIVORCE, ADOPTED_BY_STEP_PARENT, FORMER_NAME_IS_KNOWN = 0.45, 0.6, 0.75
TWINS, GIVEN_NAME_CHANGED = 0.012, 0.002
TOLD_IN_LATIN = 0.8
"""Names from elsewhere of which the register has the Latin letters."""

WARDS = ("東区", "博多区", "中央区", "南区", "城南区", "早良区", "西区")

BUILDINGS = tuple(
    f"{first}{last}"
    for first in ("コーポ", "メゾン", "グリーン", "サン", "パーク", "ロイヤル", "シャトレ", "ハイツ", "プレミール", "エスポワール")
    for last in ("青葉", "ひまわり", "さくら", "桜坂", "けやき", "III", "中央", "大空", "みなみ", "リバー", "つばさ", "城")
)


@dataclass(slots=True)
class Numbers:
    """Running numbers of a part of the city."""

    persons: int
    households: int
    records: int

    def person(self) -> str:
        """The next 宛名番号: ten digits, not consecutive, as real ones are not."""
        self.persons += 1
        return f"{1_000_000 + self.persons * 7:010d}"

    def household(self) -> str:
        """The next 世帯番号."""
        self.households += 1
        return f"{40_000_000 + self.households * 3:d}"

    def record(self) -> str:
        """The next record's id, which says nothing about whom it is about."""
        self.records += 1
        return f"R{self.records:09d}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a home is."""

    ward: str
    town: str
    block: int
    """丁目."""
    plot: int
    """番."""
    house: int
    """号."""
    building: str
    room: int
    """0 without a building."""


@dataclass(slots=True)
class Member:
    """One person. Those without a number are in no register."""

    person_no: str
    family: Name
    given: Name
    sex: Sex
    birth: int
    former: Name | None = None
    """The former family name."""
    former_is_known: bool = True
    """Whether the register tells it."""
    former_given: Name | None = None
    latin: str = ""
    guardians: tuple["Member", ...] = ()
    """Of a child."""

    @property
    def name(self) -> str:
        """As the register writes it where somebody else's row names it."""
        return f"{self.family.kanji or self.family.kana} {self.given.kanji or self.given.kana}"


@dataclass(slots=True)
class Home:
    """A household."""

    household_no: str
    address: Address
    before: Address | None
    """Where it was until lately."""
    members: list[Member] = field(default_factory=list)
    children: list[Member] = field(default_factory=list)
    """Those of the members who are young."""
    parents: tuple[Member, ...] = ()
    """The guardians; one may live elsewhere."""


def whole(rng: Random, first: int, last: int) -> int:
    """Any number from `first` to `last`, both included: faster than `randint`, of which a city needs many."""
    return first + int(rng.random() * (last - first + 1))


def address(rng: Random) -> Address:
    """Anywhere in the city."""
    building = BUILDINGS[int(rng.random() * len(BUILDINGS))] if rng.random() < 0.55 else ""
    room = whole(rng, 1, 12) * 100 + whole(rng, 1, 8) if building else 0
    ward, town = WARDS[int(rng.random() * 7)], TOWNS[int(rng.random() * len(TOWNS))]
    return Address(ward, town, whole(rng, 1, BLOCKS), whole(rng, 1, 30), whole(rng, 1, 28), building, room)


def household(rng: Random, numbers: Numbers) -> Home:
    """Any household."""
    chance = rng.random()
    if COUPLE <= chance < FAMILY:
        return family(rng, numbers)
    at = empty_home(rng, numbers)
    surname = SURNAMES.draw(rng)
    ages = [whole(rng, 19, 95)]
    if chance >= ALONE:
        ages.append(max(19, ages[0] + whole(rng, -6, 6)))
    if chance >= FAMILY:
        ages = [whole(rng, 48, 92)] * whole(rng, 1, 2)
        ages.append(max(18, ages[0] - whole(rng, 22, 40)))
    sex = Sex.MALE if rng.random() < 0.5 else Sex.FEMALE
    for age in ages:
        at.members.append(grown(rng, numbers.person(), surname, sex, TODAY - int((age + rng.random()) * YEAR)))
        sex = Sex.FEMALE if sex is Sex.MALE else Sex.MALE
    if chance >= ALONE and rng.random() < 0.9:
        _married(rng, at.members[1])
    return at


def empty_home(rng: Random, numbers: Numbers) -> Home:
    """A home in which nobody lives yet."""
    return Home(numbers.household(), address(rng), address(rng) if rng.random() < MOVED else None)


def grown(rng: Random, person_no: str, surname: Name, sex: Sex, birth: int) -> Member:
    """An adult."""
    return Member(person_no, surname, GIVEN[sex].draw(rng), sex, birth)


def family(rng: Random, numbers: Numbers, births: Sequence[int] = ()) -> Home:
    """A family with children, born on `births` or by chance, oldest first."""
    births = births or birth_days(rng)
    at = empty_home(rng, numbers)
    surname = SURNAMES.draw(rng)
    mother_birth = births[0] - int((20 + rng.random() * 19) * YEAR)
    mother = grown(rng, numbers.person(), surname, Sex.FEMALE, mother_birth)
    chance = rng.random()
    father_no = "" if chance < SINGLE_PARENT else numbers.person()
    father = grown(rng, father_no, surname, Sex.MALE, mother_birth - int((rng.random() * 9 - 3) * YEAR))
    at.parents = (mother,) if chance < SINGLE_PARENT else (father, mother)
    for birth in births:
        at.children.append(child(rng, numbers.person(), at, surname, birth))
    if chance < SINGLE_PARENT:
        _divorced(rng, at)
    elif chance < SINGLE_PARENT + STEP_PARENT:
        _with_step_parent(rng, at, father)
    elif chance < SINGLE_PARENT + STEP_PARENT + FROM_ELSEWHERE:
        _from_elsewhere(rng, at)
    elif rng.random() < 0.95:
        _married(rng, mother)
    at.members = [*at.parents, *at.children]
    if rng.random() < GRANDPARENT:
        at.members.append(grown(rng, numbers.person(), surname, Sex.FEMALE, mother_birth - int((24 + rng.random() * 12) * YEAR)))
    return at


def birth_days(rng: Random, at_most: int = 4) -> list[int]:
    """When a family's children were born, oldest first, all under eighteen; twins now and then."""
    chance = rng.random()
    wanted = min(at_most, 1 + (chance > 0.40) + (chance > 0.83) + (chance > 0.97))
    births = [TODAY - 5 - int(rng.random() * 18 * YEAR)]
    while len(births) < wanted and births[-1] < TODAY - 600:
        births.append(births[-1] if rng.random() < TWINS else min(TODAY - 3, births[-1] + 330 + int(rng.random() * 1700)))
    return births


def child(rng: Random, person_no: str, at: Home, surname: Name, birth: int) -> Member:
    """A child of a home's parents; no two children of a home have one name."""
    sex = Sex.MALE if rng.random() < 0.512 else Sex.FEMALE
    given = GIVEN[sex].draw(rng)
    while any(called_alike(given, other.given) for other in at.children):
        given = GIVEN[sex].draw(rng)
    young = Member(person_no, surname, given, sex, birth, guardians=at.parents)
    if rng.random() < GIVEN_NAME_CHANGED:
        young.former_given = GIVEN[sex].draw(rng)
    return young


def called_alike(one: Name, other: Name) -> bool:
    """Whether two names are read or written as one: a family gives no child the name of another, in whichever way."""
    return one.kana == other.kana or (bool(one.kanji) and one.kanji == other.kanji)


def _rename(rng: Random, member: Member, to: Name) -> None:
    member.former, member.family = member.family, to
    member.former_is_known = rng.random() < FORMER_NAME_IS_KNOWN


def _married(rng: Random, member: Member) -> None:
    """Who took the other's name had one before."""
    member.former = SURNAMES.draw(rng)
    member.former_is_known = rng.random() < FORMER_NAME_IS_KNOWN


def _divorced(rng: Random, at: Home) -> None:
    (mother,) = at.parents
    if rng.random() < RENAMED_AFTER_DIVORCE:
        to = SURNAMES.draw(rng)
        for member in (mother, *at.children):
            _rename(rng, member, to)


def _with_step_parent(rng: Random, at: Home, father: Member) -> None:
    """The mother married again; her children were adopted, or keep the name that they had."""
    _, mother = at.parents
    father.family = SURNAMES.draw(rng)
    _rename(rng, mother, father.family)
    if rng.random() < ADOPTED_BY_STEP_PARENT:
        for each in at.children:
            _rename(rng, each, father.family)


def _from_elsewhere(rng: Random, at: Home) -> None:
    people = [*at.parents, *at.children]
    for member, name in zip(people, foreign(rng, [each.sex for each in people]), strict=True):
        _call(member, name, latin=rng.random() < TOLD_IN_LATIN)


def _call(member: Member, name: Foreign, *, latin: bool) -> None:
    member.family, member.given = Name(name.family, name.family_kana), Name(name.given, name.given_kana)
    member.latin = f"{name.latin_family} {name.latin_given}" if latin or not name.given else ""
