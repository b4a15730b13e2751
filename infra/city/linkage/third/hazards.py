"""Cases of the third population that a machine should leave to people, or get right: each with families of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from contracts.values import Source
from infra.city.linkage.third.forms import Form, filled_in
from infra.city.linkage.third.homes import TODAY, Numbers, One, address, again, brood, child, next_door, parents, settle
from infra.city.linkage.third.names import Name, family, near, written_so


@dataclass(frozen=True, slots=True)
class Hazard:
    """Who is registered, what the record says, and whom it means."""

    people: list[One]
    form: Form
    child: One
    """Of whom the school speaks."""
    answer: str = ""


@dataclass(slots=True)
class _Family:
    elders: list[One] = field(default_factory=list)
    young: list[One] = field(default_factory=list)

    @property
    def all(self) -> list[One]:
        return [*self.elders, *self.young]


def _family(rng: Random, numbers: Numbers, days: list[date], name: Name | None = None, where: str = "") -> _Family:
    name = name or family(rng)
    elders = parents(rng, numbers, name, days[0])
    found = _Family(elders, brood(rng, numbers, name, elders, days))
    settle(numbers, found.all, where or address(rng))
    return found


def _day(rng: Random) -> date:
    return TODAY - timedelta(days=rng.randint(7 * 365, 15 * 365 - 200))


def _two_days(rng: Random) -> list[date]:
    first = _day(rng)
    return [first, first + timedelta(days=rng.randint(320, 900))]


def _form(rng: Random, one: One) -> Form:
    return filled_in(rng, one, rng.choice((Source.PUPIL_REGISTRY, Source.SCHOOL_AID)))


def _twice_in_register(rng: Random, numbers: Numbers) -> Hazard:
    """Two rows of one child; the answer is the row of which the record does not have the address."""
    home = _family(rng, numbers, [_day(rng)])
    (one,) = home.young
    other = again(rng, numbers, one)
    said, meant = rng.sample((one, other), 2)
    return Hazard([*home.all, other], _form(rng, said), one, meant.number)


def _chimera(rng: Random, numbers: Numbers) -> Hazard:
    """Two children of a home on one line: the name of one with the day of the other, and more of either."""
    home = _family(rng, numbers, _two_days(rng))
    one, other = rng.sample(home.young, 2)
    form = _form(rng, one)
    form.date = (other.born.year, other.born.month, other.born.day)
    if rng.random() < 0.3:
        form.given_kana = other.given.reading
    elif rng.random() < 0.3:
        form.given = other.given.signs
    form.woman = rng.choice((one, other)).woman
    return Hazard(home.all, form, one)


def _no_given_name(rng: Random, numbers: Numbers) -> Hazard:
    """A family name and a day; there may be a twin."""
    day = _day(rng)
    home = _family(rng, numbers, [day] * rng.choice((1, 1, 2)))
    form = _form(rng, home.young[0])
    form.given = form.given_kana = ""
    return Hazard(home.all, form, home.young[0])


def _parents_name(rng: Random, numbers: Numbers) -> Hazard:
    """Whoever signed wrote their own name on the child's line."""
    home = _family(rng, numbers, _two_days(rng))
    one, elder = rng.choice(home.young), rng.choice(home.elders)
    form = _form(rng, one)
    form.given, form.given_kana = elder.given.signs, elder.given.reading
    return Hazard(home.all, form, one, one.number)


def _cousin(rng: Random, numbers: Numbers) -> Hazard:
    """Children of two brothers, read alike and born on one day, wall to wall or far apart; half of those meant are not registered."""
    day, first = _day(rng), address(rng)
    home = _family(rng, numbers, [day], None, first)
    (one,) = home.young
    chance = rng.random()
    second = first if chance < 0.35 else next_door(rng, first) if chance < 0.6 else address(rng)
    kin = _family(rng, numbers, [day], one.family, second)
    (meant,) = kin.young
    meant.woman = one.woman
    meant.given = written_so(one.given, rng.choice(one.given.alike)) if one.given.alike and rng.random() < 0.7 else one.given
    form = _form(rng, meant)
    if rng.random() < 0.25:
        form.family = form.given = ""
    if rng.random() < 0.15:
        form.guardian = ""
    if rng.random() < 0.5:
        return Hazard([*home.all, *kin.elders], form, meant)
    return Hazard([*home.all, *kin.all], form, meant, meant.number)


def _twin_mistyped(rng: Random, numbers: Numbers) -> Hazard:
    """Twins called alike, a slip in the reading of one, which is not the other's for all that."""
    day = _day(rng)
    home = _family(rng, numbers, [day, day])
    one, other = home.young
    if rng.random() < 0.6 and (called := near(rng, one.given, woman=one.woman)).signs != one.given.signs:
        other.woman, other.given = one.woman, called
    form, reading = _form(rng, one), one.given.reading
    while form.given_kana in {one.given.reading, other.given.reading}:
        at = rng.randrange(len(reading))
        form.given_kana = (
            reading[:at] + rng.choice("アイエオカキケコサスセタチテトナニネノハヒホマミメモヤヨラリレロワン") + reading[at + 1 :]
        )
    if rng.random() < 0.6:
        form.family = form.given = ""
    return Hazard(home.all, form, one, one.number)


def _twin_alike(rng: Random, numbers: Numbers) -> Hazard:
    """A twin who is in no register, and is called nearly as the one who is."""
    home = _family(rng, numbers, [_day(rng)])
    (one,) = home.young
    missing = child(rng, "", one.family, one.born, home.elders, [one], woman=one.woman)
    missing.given = near(rng, one.given, woman=one.woman)
    missing.where, missing.home = one.where, one.home
    form = _form(rng, missing)
    if rng.random() < 0.4:
        form.family = form.given = ""
    return Hazard(home.all, form, missing)


def _homonym(rng: Random, numbers: Numbers) -> Hazard:
    """Two families' children of one name and day. The one meant may be in the register or not, and the form may leave out their home."""
    day = _day(rng)
    home, others = _family(rng, numbers, [day]), _family(rng, numbers, [day])
    (one,), (meant,) = home.young, others.young
    for each in others.all:
        each.family = one.family
    meant.given, meant.woman = one.given, one.woman
    if rng.random() < 0.2:
        settle(numbers, others.all, next_door(rng, one.where))
    form = _form(rng, meant)
    chance = rng.random()
    if chance < 0.25:
        form.where = ""
    elif chance < 0.5:
        form.guardian = ""
    if rng.random() < 0.3:
        return Hazard([*home.all, *others.all], form, meant, meant.number if form.where or form.guardian else "")
    return Hazard([*home.all, *(others.elders if rng.random() < 0.5 else [])], form, meant)


def _guest(rng: Random, numbers: Numbers) -> Hazard:
    """A child in no register who lives with a registered family, is called as their child is, and was born in another year or month."""
    home = _family(rng, numbers, _two_days(rng))
    one = home.young[0]
    born = one.born.replace(year=one.born.year - 1, day=min(one.born.day, 28)) if rng.random() < 0.5 else one.born + timedelta(days=31)
    guest = replace(one, number="", born=born, family=family(rng) if rng.random() < 0.5 else one.family)
    guest.given = written_so(one.given, rng.choice(one.given.alike)) if one.given.alike else one.given
    form = _form(rng, guest)
    form.guardian = form.guardian if rng.random() < 0.5 else ""
    return Hazard(home.all, form, guest)


HAZARDS: dict[str, Callable[[Random, Numbers], Hazard]] = {
    "twice_in_register": _twice_in_register,
    "chimera": _chimera,
    "no_given_name": _no_given_name,
    "parents_name": _parents_name,
    "cousin": _cousin,
    "twin_mistyped": _twin_mistyped,
    "twin_alike": _twin_alike,
    "homonym": _homonym,
    "guest": _guest,
}
