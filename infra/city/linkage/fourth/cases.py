"""Cases of the fourth population that a machine should leave to people, or get right: each with families of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from contracts.values import Source
from infra.city.linkage.fourth.names import Name, given
from infra.city.linkage.fourth.paper import Paper, day, filled
from infra.city.linkage.fourth.people import DAY_OF_THE_REGISTER, Counter, Soul, child, double, dwell, nest, place, spelled_anew, years


@dataclass(frozen=True, slots=True)
class Case:
    """Who is registered, what the paper says, of whom it speaks, and the number that is right, or ""."""

    people: list[Soul]
    paper: Paper
    speaks_of: Soul
    answer: str = ""


def _born(rng: Random) -> date:
    return DAY_OF_THE_REGISTER - years(rng, 6.8, 14.5)


def _paper(rng: Random, one: Soul) -> Paper:
    return filled(rng, one, rng.choice((Source.PUPIL_REGISTRY, Source.SCHOOL_AID, Source.SCHOOL_LUNCH_FEE)))


def _named(one: Soul, name: Name, *, woman: bool) -> None:
    one.given, one.woman = name, woman


def _twice_in_register(rng: Random, counter: Counter) -> Case:
    elders, (one,) = nest(rng, counter, [_born(rng)])
    other = double(rng, counter, one)
    written, meant = (one, other) if rng.random() < 0.5 else (other, one)
    return Case([*elders, one, other], _paper(rng, written), one, meant.number)


def _chimera(rng: Random, counter: Counter) -> Case:
    first = _born(rng)
    elders, young = nest(rng, counter, [first, first + years(rng, 1, 3)])
    name, birth = rng.sample(young, 2)
    paper = _paper(rng, name)
    paper.family, paper.given, paper.born = name.family.signs, name.given.signs, day(rng, birth.born)
    if rng.random() < 0.4:
        paper.given_kana = birth.given.reading
    return Case([*elders, *young], paper, name)


def _no_given_name(rng: Random, counter: Counter) -> Case:
    birth = _born(rng)
    elders, young = nest(rng, counter, [birth] * rng.choice((1, 1, 1, 2)))
    paper = _paper(rng, young[0])
    paper.given = paper.given_kana = ""
    return Case([*elders, *young], paper, young[0])


def _parents_name(rng: Random, counter: Counter) -> Case:
    elders, young = nest(rng, counter, [_born(rng)])
    paper, elder = _paper(rng, young[0]), rng.choice(elders)
    paper.given = elder.given.signs if paper.given else ""
    paper.given_kana = elder.given.reading
    return Case([*elders, *young], paper, young[0], young[0].number)


def _cousin(rng: Random, counter: Counter) -> Case:
    """Two families of one name, under one roof or not, with a child each of one reading and one day; of the one meant maybe no row."""
    birth, where = _born(rng), place(rng)
    elders, (one,) = nest(rng, counter, [birth], None, where)
    others, (meant,) = nest(rng, counter, [birth], one.family, where if rng.random() < 0.5 else place(rng))
    _named(meant, spelled_anew(rng, one.given) if rng.random() < 0.6 else one.given, woman=one.woman)
    paper, registered = _paper(rng, meant), rng.random() < 0.5
    if rng.random() < 0.2:
        paper.guardian = ""
    return Case([*elders, one, *others, *([meant] if registered else [])], paper, meant, meant.number if registered else "")


def _homonym(rng: Random, counter: Counter) -> Case:
    """One name and one day in two families that have nothing to do with each other; of the one meant the paper may lack the home."""
    birth = _born(rng)
    elders, (one,) = nest(rng, counter, [birth])
    others, (meant,) = nest(rng, counter, [birth], one.family)
    _named(meant, one.given, woman=one.woman)
    paper, lacks = _paper(rng, meant), rng.random()
    if lacks < 0.2:
        paper.place = ""
    elif lacks < 0.4:
        paper.guardian = ""
    elif lacks < 0.5:
        paper.place = paper.guardian = ""
    if rng.random() < 0.35:
        return Case([*elders, one, *others, meant], paper, meant, meant.number if not 0.4 <= lacks < 0.5 else "")
    return Case([*elders, one, *(others if rng.random() < 0.5 else [])], paper, meant)


def _twin_mistyped(rng: Random, counter: Counter) -> Case:
    birth = _born(rng)
    elders, (one, other) = nest(rng, counter, [birth, birth])
    paper, reading = _paper(rng, one), one.given.reading
    wrong = reading
    while wrong in {one.given.reading, other.given.reading}:
        at = rng.randrange(len(reading))
        wrong = reading[:at] + rng.choice("アイオカキコサシタツナニハヒマミモヤヨラリルワン") + reading[at + 1 :]
    paper.given_kana = wrong
    if rng.random() < 0.5:
        paper.family = paper.given = ""
    return Case([*elders, one, other], paper, one, one.number)


def _twin_alike(rng: Random, counter: Counter) -> Case:
    """A twin in no register, whose name is one kana from the registered one's."""
    elders, (one,) = nest(rng, counter, [_born(rng)])
    missing = child(rng, "", one.family, one.born, elders, [one])
    reading = one.given.reading
    last = rng.choice([sign for sign in "トタキマヤカナミネリノコサ" if sign != reading[-1]])
    _named(missing, Name(f"{one.given.signs[:-1]}{rng.choice('人太希真香奈美音里乃')}", reading[:-1] + last), woman=one.woman)
    missing.place = one.place
    paper = _paper(rng, missing)
    if rng.random() < 0.4:
        paper.family = paper.given = ""
    return Case([*elders, one], paper, missing)


def _lodger(rng: Random, counter: Counter) -> Case:
    """A child in no register who lives with a registered family, about as old as theirs and read as theirs is, of another name or day."""
    elders, (one,) = nest(rng, counter, [_born(rng)])
    home, (own,) = nest(rng, counter, [one.born + timedelta(days=rng.choice((-365, -31, -1, 1, 30, 366)))])
    _named(own, spelled_anew(rng, one.given), woman=one.woman)
    own.number, own.place = "", one.place
    own.guardians = elders if rng.random() < 0.6 else home
    return Case([*elders, one], _paper(rng, own), own)


def _new_mother(rng: Random, counter: Counter) -> Case:
    """A half-sister in no register: the registered child's family name, house and mother, a name by the same reading of other length."""
    elders, (one,) = nest(rng, counter, [_born(rng)])
    half = child(rng, "", one.family, one.born + years(rng, 0.9, 4), elders[:1], [one])
    _named(half, given(rng, woman=one.woman), woman=one.woman)
    while half.given.reading == one.given.reading:
        _named(half, given(rng, woman=one.woman), woman=one.woman)
    half.place = one.place
    dwell(counter, [half], one.place)
    return Case([*elders, one], _paper(rng, half), half)


CASES: dict[str, Callable[[Random, Counter], Case]] = {
    "twice_in_register": _twice_in_register,
    "chimera": _chimera,
    "no_given_name": _no_given_name,
    "parents_name": _parents_name,
    "cousin": _cousin,
    "homonym": _homonym,
    "twin_mistyped": _twin_mistyped,
    "twin_alike": _twin_alike,
    "lodger": _lodger,
    "half_sibling": _new_mother,
}
