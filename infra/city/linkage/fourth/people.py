"""
Houses of the fourth population, and who lives in them.

A house may hold one household or several: kin under one roof, strangers in one block of flats whose rooms no source writes, children who
live along with a registered family.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from infra.city.linkage.fourth.names import Elsewhere, Name, elsewhere, family, given, respelled

DAY_OF_THE_REGISTER = date(2026, 4, 1)
_YEAR = 365.25
_WARDS = {
    "東区": "青葉台 香住 舞松 千早西 箱崎浜",
    "博多区": "諸岡南 麦野 那珂川端 美野島 竹丘",
    "中央区": "笹丘 小笹台 谷町 輝国 平和台",
    "南区": "井尻 弥永台 長住 花畑 鶴田",
    "城南区": "別府橋 堤団地 田島台",
    "早良区": "原東 室見川 飯倉 田隈",
    "西区": "下山門台 周船寺 姪の浜 愛宕浜",
}
_FLATS = ("ハイツ井戸", "第二みどり荘", "レジデンス城", "市営住宅3棟", "コーポ・ラ・メール")


@dataclass(slots=True, eq=False)
class Soul:
    """Somebody; with an empty number in no register."""

    number: str
    family: Name
    given: Name
    woman: bool
    born: date
    guardians: list["Soul"] = field(default_factory=list)
    maiden: Name | None = None
    """A family name that the register knows from before."""
    lately: Name | None = None
    """A family name that the child had until the register told another; some sources still have it."""
    stranger: Elsewhere | None = None
    place: str = ""
    before: str = ""
    household: str = ""


@dataclass(slots=True)
class Counter:
    """Numbers that nobody else has."""

    last: int

    def _next(self) -> int:
        self.last += 1
        return self.last

    def person(self) -> str:
        """A 宛名番号."""
        return f"{7_000_000_000 + self._next() * 7}"

    def household(self) -> str:
        """A 世帯番号."""
        return f"F{self._next():09d}"

    def record(self) -> str:
        """The id of a record."""
        return f"R4-{self._next():010d}"


def place(rng: Random) -> str:
    """An address as the register writes it."""
    ward = rng.choice(tuple(_WARDS))
    town = rng.choice(_WARDS[ward].split())
    house = f"福岡市{ward}{town}{rng.randint(1, 7)}丁目{rng.randint(1, 30)}番{rng.randint(1, 40)}号"
    return f"{house} {rng.choice(_FLATS)}{rng.choice((1, 2, 3, 4, 5))}0{rng.randint(1, 9)}" if rng.random() < 0.45 else house


def years(rng: Random, least: float, most: float) -> timedelta:
    """A span between so many years."""
    return timedelta(days=rng.randint(int(least * _YEAR), int(most * _YEAR)))


def adult(rng: Random, counter: Counter, name: Name, *, woman: bool, born: date) -> Soul:
    """Somebody who is grown up."""
    return Soul(counter.person(), name, given(rng, woman=woman, grown=True), woman, born)


def couple(rng: Random, counter: Counter, name: Name, first_child: date) -> list[Soul]:
    """A mother and a father, or one of them alone."""
    mother = adult(rng, counter, name, woman=True, born=first_child - years(rng, 19, 40))
    father = adult(rng, counter, name, woman=False, born=mother.born - years(rng, -4, 9))
    mother.maiden = family(rng) if rng.random() < 0.6 else None
    chance = rng.random()
    return [mother] if chance < 0.16 else [father] if chance < 0.19 else [mother, father]


def child(rng: Random, number: str, name: Name, born: date, guardians: list[Soul], beside: list[Soul]) -> Soul:
    """A child who is neither read nor written as any of `beside`."""
    woman = rng.random() < 0.49
    called = given(rng, woman=woman)
    while any(called.reading == each.given.reading or called.signs == each.given.signs for each in beside):
        called = given(rng, woman=woman)
    return Soul(number, name, called, woman, born, guardians=list(guardians))


def birthdays(rng: Random) -> list[date]:
    """Days of birth of a family's children; one birth in eighty is of twins."""
    day, days = DAY_OF_THE_REGISTER - years(rng, 0.1, 15.5), []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 2, 3))):
        days += [day] * (2 if rng.random() < 1 / 80 else 1)
        day += years(rng, 1, 4.5)
    return [each for each in days if each < DAY_OF_THE_REGISTER] or [DAY_OF_THE_REGISTER - years(rng, 1, 12)]


def nest(rng: Random, counter: Counter, days: list[date], name: Name | None = None, where: str = "") -> tuple[list[Soul], list[Soul]]:
    """A family in one household: grown ups, and children born on those days."""
    name = name or family(rng)
    elders, young = couple(rng, counter, name, min(days)), list[Soul]()
    for day in days:
        young.append(child(rng, counter.person(), name, day, elders, young))
    dwell(counter, [*elders, *young], where or place(rng))
    return elders, young


def dwell(counter: Counter, people: list[Soul], where: str) -> None:
    """Let them be one household there."""
    household = counter.household()
    for each in people:
        each.place, each.household = where, household


def house(rng: Random, counter: Counter) -> list[Soul]:
    """Everybody of one house, or of two where parents live apart."""
    chance = rng.random()
    if chance < 0.6:
        name, where = family(rng), place(rng)
        born = [DAY_OF_THE_REGISTER - years(rng, 19, 95) for _ in range(rng.choice((1, 1, 2)))]
        people = [adult(rng, counter, name, woman=at == 0, born=each) for at, each in enumerate(born)]
        dwell(counter, people, where)
        return people
    kinds = (_family, _family, _family, _three_generations, _kin_under_one_roof, _married_again, _apart, _from_elsewhere)
    return rng.choice(kinds)(rng, counter)


def _family(rng: Random, counter: Counter) -> list[Soul]:
    elders, young = nest(rng, counter, birthdays(rng))
    moved = place(rng) if rng.random() < 0.2 else ""
    for each in young:
        each.before = moved
    return [*elders, *young]


def _three_generations(rng: Random, counter: Counter) -> list[Soul]:
    """Grandparents in the same house, in a household of their own or not."""
    elders, young = nest(rng, counter, birthdays(rng))
    old = [adult(rng, counter, elders[0].family, woman=woman, born=elders[0].born - years(rng, 21, 33)) for woman in (True, False)]
    dwell(counter, old, elders[0].place)
    if rng.random() < 0.5:
        for each in old:
            each.household = elders[0].household
    return [*old, *elders, *young]


def _kin_under_one_roof(rng: Random, counter: Counter) -> list[Soul]:
    """Two brothers or sisters with a family each, two households of one house and one family name."""
    name, where, people = family(rng), place(rng), list[Soul]()
    for _ in range(2):
        elders, young = nest(rng, counter, birthdays(rng), name, where)
        people += [*elders, *young]
    return people


def _married_again(rng: Random, counter: Counter) -> list[Soul]:
    """A mother who took her new husband's name; the children took it, too, and their sources learn it one by one."""
    elders, young = nest(rng, counter, birthdays(rng))
    old = family(rng)
    for each in young:
        each.lately = old
        each.maiden = old if rng.random() < 0.6 else None
    return [*elders, *young]


def _apart(rng: Random, counter: Counter) -> list[Soul]:
    """Guardians who live in two houses."""
    elders, young = nest(rng, counter, birthdays(rng))
    if len(elders) > 1:
        dwell(counter, [elders[1]], place(rng))
        for each in young:
            each.before = elders[1].place if rng.random() < 0.4 else ""
    return [*elders, *young]


def _from_elsewhere(rng: Random, counter: Counter) -> list[Soul]:
    """A family from elsewhere, whose names come in Latin letters and in kana."""
    elders, young = nest(rng, counter, birthdays(rng))
    shared = elsewhere(rng)
    for at, each in enumerate([*elders, *young]):
        each.maiden, each.stranger = None, elsewhere(rng, shared if at else None) if at else shared
        while any(other.stranger is not each.stranger and other.stranger == each.stranger for other in (*elders, *young)[:at]):
            each.stranger = elsewhere(rng, shared)
    return [*elders, *young]


def double(rng: Random, counter: Counter, one: Soul) -> Soul:
    """A second row of one child: moved away and back, and given a new number."""
    twin = replace(one, number=counter.person(), guardians=one.guardians[:1])
    dwell(counter, [twin], place(rng))
    return twin


def spelled_anew(rng: Random, name: Name) -> Name:
    """The same reading, if it can be in other signs."""
    if not name.others:
        return name
    found = respelled(rng, name)
    while found.signs == name.signs:
        found = respelled(rng, name)
    return found
