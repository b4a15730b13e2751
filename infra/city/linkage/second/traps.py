"""
Rows of the second population that no machine may link, or that a careless one links wrongly: each with people of its own.

A trap says who is in the register, what the record knows, when its child was born, and the answer: empty where no row can tell.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from contracts.values import Source
from infra.city.linkage.second.files import Sheet, sheet
from infra.city.linkage.second.names import BOYS, FAMILIES, GIRLS, Called, called
from infra.city.linkage.second.people import DAY, Counter, Someone, adult, minor, place

_NOBODY = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One trap."""

    people: list[Someone]
    """Who is in the register."""
    known: Sheet
    born: date
    answer: str


Trap = Callable[[Random, Counter], Case]


def _family(
    rng: Random, counter: Counter, births: list[date], name: Called | None = None, where: str = ""
) -> tuple[list[Someone], list[Someone]]:
    """Two parents, and children born on those days, at one address; the parents first, then the children."""
    name, where, home = name or called(rng, FAMILIES), where or place(rng), counter.home()
    parents = tuple(
        adult(rng, counter, name, woman=woman, born=births[0] - timedelta(days=rng.randint(22 * 365, 40 * 365))) for woman in (False, True)
    )
    young: list[Someone] = []
    for born in births:
        young.append(minor(rng, counter.number(), name, born, parents, young))
    for one in (*parents, *young):
        one.place, one.home = where, home
    return list(parents), young


def _born(rng: Random) -> date:
    """A day of birth of somebody at school."""
    return DAY - timedelta(days=rng.randint(8 * 365, 14 * 365))


def _twice(rng: Random, counter: Counter) -> Case:
    """Moved away and came back under a new number; the old row was never closed. The record has one address, the answer is the other."""
    parents, (child,) = _family(rng, counter, [_born(rng)])
    again = replace(child, number=counter.number(), place=place(rng), home=counter.home())
    if rng.random() < 0.5:
        again.parents = [parents[1]]
    said, meant = rng.sample((child, again), 2)
    return Case([*parents, child, again], sheet(rng, said, Source.PUPIL_REGISTRY), child.born, meant.number)


def _chimera(rng: Random, counter: Counter) -> Case:
    """The names of one child and the day, or the kana, of a brother or sister."""
    first = _born(rng)
    parents, young = _family(rng, counter, [first, first + timedelta(days=rng.randint(330, 1500))])
    one, other = rng.sample(young, 2)
    known = sheet(rng, one, Source.PUPIL_REGISTRY)
    known.year, known.month, known.day = other.born.year, other.born.month, other.born.day
    if rng.random() < 0.4:
        known.given_kana = other.given.reading
    if rng.random() < 0.5:
        known.woman = other.woman
    return Case([*parents, *young], known, one.born, _NOBODY)


def _no_given_name(rng: Random, counter: Counter) -> Case:
    """A baby's row that was never completed; there may be a twin, registered or not."""
    born = _born(rng)
    parents, young = _family(rng, counter, [born] * rng.randint(1, 2))
    known = sheet(rng, young[0], Source.PUPIL_REGISTRY)
    known.given = known.given_kana = ""
    return Case([*parents, *young], known, born, _NOBODY)


def _parents_name(rng: Random, counter: Counter) -> Case:
    """Who signed the form stands where the child belongs."""
    first = _born(rng)
    parents, young = _family(rng, counter, [first, first + timedelta(days=rng.randint(330, 1500))])
    parent, child = rng.choice(parents), rng.choice(young)
    known = sheet(rng, child, Source.PUPIL_REGISTRY)
    known.given, known.given_kana = parent.given.signs, parent.given.reading
    return Case([*parents, *young], known, child.born, child.number)


def _parents_row(rng: Random, counter: Counter) -> Case:
    """The same with the parent's own birth date: nothing but the school says that a child is meant."""
    case = _parents_name(rng, counter)
    (parent,) = (each for each in case.people[:2] if each.given.signs == case.known.given)
    case.known.year, case.known.month, case.known.day = parent.born.year, parent.born.month, parent.born.day
    return replace(case, answer=_NOBODY)


def _cousin(rng: Random, counter: Counter) -> Case:
    """Cousins called alike, born on one day, in their grandparents' house or not; the record is about one who is not registered."""
    born, name, house = _born(rng), called(rng, FAMILIES), place(rng)
    parents, (child,) = _family(rng, counter, [born], name, house)
    uncle, (cousin,) = _family(rng, counter, [born], name, house if rng.random() < 0.4 else "")
    signs = rng.choice(child.given.others) if child.given.others else child.given.signs
    cousin.given, cousin.woman = Called(signs, child.given.reading, ()), child.woman
    known = sheet(rng, cousin, Source.PUPIL_REGISTRY)
    if rng.random() < 0.3:
        known.family = known.given = ""
    return Case([*parents, child, *uncle], known, born, _NOBODY)


def _twin_mistyped(rng: Random, counter: Counter) -> Case:
    """Twins whose names begin alike, and one of them heard wrongly. The other one's name is never what is written."""
    born = _born(rng)
    parents, (one, other) = _family(rng, counter, [born, born])
    like = [each for each in (GIRLS if one.woman else BOYS) if each[0][:2] == one.given.reading[:2] and each[0] != one.given.reading]
    like = [each for each in like if each[1] != one.given.signs]
    if like and rng.random() < 0.7:
        reading, *signs = rng.choice(like)
        other.given, other.woman = Called(signs[0], reading, ()), one.woman
    known = sheet(rng, one, Source.PUPIL_REGISTRY)
    while known.given_kana in {one.given.reading, other.given.reading}:
        at = rng.randrange(len(one.given.reading))
        known.given_kana = (
            one.given.reading[:at] + rng.choice("アイウカキクコサシスタツトナニノハヒマミモヤユラリルレ") + one.given.reading[at + 1 :]
        )
    if rng.random() < 0.5:
        known.family = known.given = ""
    return Case([*parents, one, other], known, born, one.number)


def _homonym(rng: Random, counter: Counter) -> Case:
    """Somebody else of that name and day, who goes to school here and is registered elsewhere."""
    born = _born(rng)
    parents, (child,) = _family(rng, counter, [born])
    _, (namesake,) = _family(rng, counter, [born], child.family)
    namesake.given, namesake.woman = child.given, child.woman
    known = sheet(rng, namesake, Source.PUPIL_REGISTRY)
    if rng.random() < 0.25:
        known.place = ""
    elif rng.random() < 0.3:
        known.guardian = ""
    return Case([*parents, child], known, born, _NOBODY)


TRAPS: dict[str, Trap] = {
    "twice_in_register": _twice,
    "chimera": _chimera,
    "no_given_name": _no_given_name,
    "parents_name": _parents_name,
    "parents_row": _parents_row,
    "cousin": _cousin,
    "twin_mistyped": _twin_mistyped,
    "homonym": _homonym,
}
