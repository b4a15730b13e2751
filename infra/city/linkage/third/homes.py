"""
Homes of the third population: a home is drawn with everybody who lives in it, and children may have kin in other homes.

Other shapes than the first two have: mothers back at their parents', grandparents who bring up, foster children under another name,
families of two names, two brothers' families wall to wall, flats whose rooms no form names, families from elsewhere of which each member
is called by another order.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from infra.city.linkage.third.names import Foreign, Name, family, foreign, given, near

TODAY = date(2026, 9, 1)
"""The day of the register."""

_TOWNS = (
    *(("東区", "名島浜"), ("東区", "土井台"), ("東区", "松香台"), ("博多区", "吉塚本"), ("博多区", "竹下西"), ("博多区", "板付町")),
    *(("中央区", "六本松北"), ("中央区", "地行浜手"), ("中央区", "桜坂上"), ("南区", "大橋団地"), ("南区", "柏原ヶ原"), ("南区", "三宅谷")),
    *(("城南区", "茶山南"), ("城南区", "梅林"), ("早良区", "百道の浜"), ("早良区", "野芥口"), ("早良区", "大字石釜"), ("西区", "今宿青木")),
    *(("西区", "壱岐団"), ("西区", "大字西浦"), ("西区", "橋本一ノ坪"), ("東区", "三苫東"), ("南区", "老司峠"), ("博多区", "月隈西")),
)
_BLOCKS = ("コーポ花", "メゾン樫", "グランパーク", "サンハイツ", "ビラ汐見", "第3寿荘")


@dataclass(slots=True, eq=False)
class One:
    """Somebody; without a number, in no register."""

    number: str
    family: Name
    given: Name
    woman: bool
    born: date
    guardians: list["One"] = field(default_factory=list)
    elders: list["One"] = field(default_factory=list)
    """Who may sign besides: grandparents, an aunt."""
    former: list[Name] = field(default_factory=list)
    """Earlier family names of which the register knows."""
    other_family: Name | None = None
    """A family name by which the child goes outside the register: the other parent's."""
    foreign: Foreign | None = None
    where: str = ""
    before: str = ""
    home: str = ""


@dataclass(slots=True)
class Numbers:
    """The next numbers of a part."""

    at: int

    def person(self) -> str:
        """A 宛名番号."""
        self.at += 1
        return f"{5_000_000_000 + self.at * 13}"

    def home(self) -> str:
        """A 世帯番号."""
        self.at += 1
        return f"T{self.at:09d}"

    def record(self) -> str:
        """The id of a record."""
        self.at += 1
        return f"R3-{self.at:010d}"


def address(rng: Random) -> str:
    """An address as the register has it."""
    ward, town = rng.choice(_TOWNS)
    if town.startswith("大字"):
        return f"福岡市{ward}{town}{rng.randint(1, 1800)}番地の{rng.randint(1, 12)}"
    plain = f"福岡市{ward}{town}{rng.randint(1, 6)}丁目{rng.randint(1, 35)}番{rng.randint(1, 48)}号"
    return f"{plain} {rng.choice(_BLOCKS)}{rng.randint(1, 9) * 100 + rng.randint(1, 12)}号室" if rng.random() < 0.4 else plain


def next_door(rng: Random, where: str) -> str:
    """Another house of the same town."""
    head, _, _ = where.partition("丁目") if "丁目" in where else where.partition("番地")
    if "丁目" not in where:
        return f"{head}番地の{rng.randint(13, 30)}"
    return f"{head}丁目{rng.randint(36, 60)}番{rng.randint(1, 48)}号"


def grown(rng: Random, numbers: Numbers, name: Name, *, woman: bool, born: date) -> One:
    """Somebody who is grown up."""
    return One(numbers.person(), name, given(rng, woman=woman, grown=True), woman, born)


def child(rng: Random, number: str, name: Name, born: date, guardians: list[One], others: list[One], *, woman: bool | None = None) -> One:
    """A child whose given name nobody of `others` has, in signs or in kana."""
    girl = rng.random() < 0.488 if woman is None else woman
    taken = [each.given for each in others]
    called = given(rng, woman=girl, grown=False)
    while any(called.reading == each.reading or called.signs == each.signs for each in taken):
        called = given(rng, woman=girl, grown=False)
    return One(number, name, called, girl, born, guardians=list(guardians))


def settle(numbers: Numbers, people: list[One], where: str, before: str = "") -> list[One]:
    """Let them live in one home."""
    home = numbers.home()
    for one in people:
        one.where, one.home, one.before = where, home, before
    return people


def parents(rng: Random, numbers: Numbers, name: Name, eldest: date) -> list[One]:
    """A mother and a father of a child who was born on that day."""
    mother = grown(rng, numbers, name, woman=True, born=eldest - timedelta(days=rng.randint(20 * 365, 41 * 365)))
    father = grown(rng, numbers, name, woman=False, born=mother.born - timedelta(days=rng.randint(-1400, 4200)))
    if rng.random() < 0.7:
        mother.former = [family(rng)]
    return [mother, father]


def births(rng: Random) -> list[date]:
    """Days of birth of brothers and sisters, the eldest first; one birth of ninety is of twins."""
    days = [TODAY - timedelta(days=rng.randint(30, 16 * 365))]
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3))):
        days.append(days[-1] + timedelta(days=rng.randint(340, 1600)))
    days = [day for day in days if day < TODAY]
    return sorted([*days, rng.choice(days)] if rng.random() < 0.02 else days)


def brood(rng: Random, numbers: Numbers, name: Name, guardians: list[One], days: list[date]) -> list[One]:
    """Children born on those days; twins are often called alike."""
    young: list[One] = []
    for day in days:
        one = child(rng, numbers.person(), name, day, guardians, young)
        if young and young[-1].born == day and rng.random() < 0.5:
            called = near(rng, young[-1].given, woman=one.woman)
            if not any(called.reading == each.given.reading or called.signs == each.given.signs for each in young):
                one.given = called
        young.append(one)
    return young


def home(rng: Random, numbers: Numbers) -> list[One]:
    """Everybody of one home, or of two that belong together."""
    chance = rng.random()
    if chance < 0.66:
        return _grown_ups(rng, numbers)
    kinds = (_plain, _plain, _plain, _plain, _back_home, _with_grandparents, _foster, _two_names, _brothers, _apart, _elsewhere)
    return rng.choice(kinds)(rng, numbers)


def _grown_ups(rng: Random, numbers: Numbers) -> list[One]:
    name = family(rng)
    people = [
        grown(rng, numbers, name, woman=bool(at), born=TODAY - timedelta(days=rng.randint(18 * 365, 97 * 365)))
        for at in range(1 if rng.random() < 0.6 else 2)
    ]
    return settle(numbers, people, address(rng))


def _plain(rng: Random, numbers: Numbers) -> list[One]:
    name, days = family(rng), births(rng)
    elders = parents(rng, numbers, name, days[0])
    return settle(numbers, [*elders, *brood(rng, numbers, name, elders, days)], address(rng), _before(rng))


def _before(rng: Random) -> str:
    return address(rng) if rng.random() < 0.22 else ""


def _old(rng: Random, numbers: Numbers, name: Name, eldest: date) -> list[One]:
    return [
        grown(rng, numbers, name, woman=woman, born=eldest - timedelta(days=rng.randint(48 * 365, 64 * 365))) for woman in (True, False)
    ]


def _back_home(rng: Random, numbers: Numbers) -> list[One]:
    """A mother who went back to her parents; her children still go by the father's name somewhere."""
    maiden, married, days = family(rng), family(rng), births(rng)
    mother, father = parents(rng, numbers, maiden, days[0])
    father.family, mother.former = married, [married]
    young = brood(rng, numbers, maiden, [mother], days)
    told, old = rng.random() < 0.5, _old(rng, numbers, maiden, days[0])
    for one in young:
        one.elders, one.other_family = old, married
        one.former = [married] if told else []
    settle(numbers, [father], address(rng))
    return [father, *settle(numbers, [*old, mother, *young], address(rng), father.where)]


def _with_grandparents(rng: Random, numbers: Numbers) -> list[One]:
    """Children whom their grandparents bring up."""
    name, days = family(rng), births(rng)
    old = _old(rng, numbers, name, days[0])
    return settle(numbers, [*old, *brood(rng, numbers, name, old, days)], address(rng), _before(rng))


def _foster(rng: Random, numbers: Numbers) -> list[One]:
    """A child under a name of their own among a family's children."""
    people = _plain(rng, numbers)
    carers = people[:2]
    guest = child(rng, numbers.person(), family(rng), TODAY - timedelta(days=rng.randint(3 * 365, 15 * 365)), carers, people)
    guest.where, guest.home, guest.before, guest.other_family = carers[0].where, carers[0].home, address(rng), carers[0].family
    return [*people, guest]


def _two_names(rng: Random, numbers: Numbers) -> list[One]:
    """Children of two marriages in one home."""
    people = _plain(rng, numbers)
    elders, name = people[:2], family(rng)
    hers = child(rng, numbers.person(), name, people[2].born - timedelta(days=rng.randint(400, 1200)), elders, people)
    hers.where, hers.home, hers.before, hers.other_family = elders[0].where, elders[0].home, address(rng), elders[0].family
    return [*people, hers]


def _brothers(rng: Random, numbers: Numbers) -> list[One]:
    """Two brothers' families, wall to wall or under one roof."""
    name, where = family(rng), address(rng)
    beside = where if rng.random() < 0.5 else next_door(rng, where)
    people: list[One] = []
    for place in (where, beside):
        days = births(rng)
        elders = parents(rng, numbers, name, days[0])
        people += settle(numbers, [*elders, *brood(rng, numbers, name, elders, days)], place)
    return people


def _apart(rng: Random, numbers: Numbers) -> list[One]:
    """Parents who live apart and are guardians both."""
    people = _plain(rng, numbers)
    father = people[1]
    settle(numbers, [father], address(rng))
    for one in people[2:]:
        one.before = father.where if rng.random() < 0.5 else one.before
    return people


def _elsewhere(rng: Random, numbers: Numbers) -> list[One]:
    """A family from elsewhere."""
    people = _plain(rng, numbers)
    shared = foreign(rng)
    for at, one in enumerate(people):
        own = foreign(rng, shared.family if at else None)
        while any(one.guardians and other.foreign and other.foreign.given == own.given for other in people[:at]):
            own = foreign(rng, shared.family)
        one.foreign, one.former, one.other_family = own, [], None
    return people


def again(rng: Random, numbers: Numbers, one: One) -> One:
    """A second row of the register about the same child: back after years, under a new number."""
    twice = replace(one, number=numbers.person(), where=address(rng), home=numbers.home())
    if len(one.guardians) > 1 and rng.random() < 0.4:
        twice.guardians = [rng.choice(one.guardians)]
    return twice
