"""
What must not be linked by machine, case by case, in families of their own.

Each is what a row cannot decide, or what a careless rule decides wrongly. Where nothing in the record says which of two it is about, the
answer is empty: whoever links it guesses.
"""

from collections.abc import Callable
from random import Random

from infra.city.linkage.first.homes import TODAY, Home, Member, Numbers, called_alike, family
from infra.city.linkage.first.names import GIVEN, GIVEN_READ_ALIKE, SURNAMES, Name
from infra.city.linkage.first.records import AT_SCHOOL, Holds, draft, written
from infra.city.linkage.first.registering import once_more, registered
from infra.city.linkage.first.slips import mistyped
from infra.city.linkage.first.spelling import Draft
from infra.city.linkage.tables import Part

Hazard = Callable[[Random, Numbers, Part], None]

_ALL_FIELDS: Holds = AT_SCHOOL[0]
_ABOUT_NOBODY = ""


def _twice_in_register(rng: Random, numbers: Numbers, part: Part) -> None:
    """The register holds the child twice, at two addresses. The record has the one, the answer is the other: both rows are the child."""
    home = _home(rng, numbers, 1)
    (child,) = home.children
    again, where = once_more(rng, numbers, home, child)
    part.register += [*registered(rng, home), again]
    about = draft(rng, child, home, _ALL_FIELDS)
    says_second = rng.random() < 0.5
    about.address = where if says_second else home.address
    _add(rng, numbers, part, about, child, (child.person_no if says_second else again.person_no, "twice_in_register"))


def _chimera(rng: Random, numbers: Numbers, part: Part) -> None:
    """One child's name with a sibling's birth date."""
    home = _home(rng, numbers, 2)
    one, other = rng.sample(home.children, 2)
    part.register += registered(rng, home)
    about = draft(rng, one, home, _ALL_FIELDS)
    born = draft(rng, other, home, _ALL_FIELDS)
    about.year, about.month, about.day = born.year, born.month, born.day
    if rng.random() < 0.3:
        # The name itself is of both: the one's signs, the other's kana.
        about.given_kana = born.given_kana
    _add(rng, numbers, part, about, one, (_ABOUT_NOBODY, "chimera"))


def _no_given_name(rng: Random, numbers: Numbers, part: Part) -> None:
    """No given name, all else right; half of them are about a twin whom the register does not have."""
    home = _home(rng, numbers, 1 + (rng.random() < 0.5))
    child = rng.choice(home.children)
    part.register += registered(rng, home)
    about = draft(rng, child, home, _ALL_FIELDS)
    about.given = about.given_kana = ""
    _add(rng, numbers, part, about, child, (child.person_no if rng.random() < 0.5 else _ABOUT_NOBODY, "no_given_name"))


def _parents_name(rng: Random, numbers: Numbers, part: Part) -> None:
    """A parent's name where the child's belongs; whose birth date it is does not help: there are siblings."""
    home = _home(rng, numbers, 2)
    child, parent = rng.choice(home.children), rng.choice(home.parents)
    part.register += registered(rng, home)
    about = draft(rng, child, home, _ALL_FIELDS)
    _name(about, parent.family, parent.given)
    about.former_family = ""
    _add(rng, numbers, part, about, child, (child.person_no, "parents_name"))


def _cousin(rng: Random, numbers: Numbers, part: Part) -> None:
    """Cousins of one family name, reading and birthday; the record is about the one of them whom the register may not have."""
    home = _home(rng, numbers, 1)
    (child,) = home.children
    aunt = _home(rng, numbers, 1, births=(child.birth,))
    if rng.random() < 0.3:
        aunt.address = home.address
    others = [signs for signs in GIVEN_READ_ALIKE.get(child.given.kana, ()) if signs != child.given.kanji]
    given = Name(rng.choice(others), child.given.kana) if others else child.given
    for member in aunt.members:
        member.family = child.family
    cousin = aunt.children[0]
    cousin.given, cousin.sex = given, child.sex
    part.register += registered(rng, home)
    known = rng.random() < 0.5
    if not known:
        cousin.person_no = ""
    part.register += registered(rng, aunt)
    about = draft(rng, cousin, aunt, _ALL_FIELDS)
    if rng.random() < 0.4:
        about.family = about.given = ""
    _add(rng, numbers, part, about, cousin, (cousin.person_no, "cousin"))


def _twin_mistyped(rng: Random, numbers: Numbers, part: Part) -> None:
    """Twins of whom one's reading is mistyped; many of them have names that are nearly alike."""
    birth = _birth(rng)
    home = _home(rng, numbers, 2, births=(birth, birth))
    one, other = home.children
    if rng.random() < 0.5:
        near = [name for name in GIVEN[one.sex].names if _near(name.kana, one.given.kana) and name.kanji != one.given.kanji]
        other.given, other.sex = (rng.choice(near), one.sex) if near else (other.given, other.sex)
    part.register += registered(rng, home)
    about = draft(rng, one, home, _ALL_FIELDS)
    while about.given_kana in {one.given.kana, other.given.kana}:
        about.given_kana = mistyped(rng, one.given.kana)
    if rng.random() < 0.5:
        about.family = about.given = ""
    _add(rng, numbers, part, about, one, (one.person_no, "twin_mistyped"))


def _homonym(rng: Random, numbers: Numbers, part: Part) -> None:
    """Two children of two families with one name, in signs and kana, and one birth date; half of those meant are not registered."""
    home = _home(rng, numbers, 1)
    (child,) = home.children
    namesakes = _home(rng, numbers, 1, births=(child.birth,))
    namesake = namesakes.children[0]
    for member in namesakes.members:
        member.family = child.family
    namesake.given, namesake.sex = child.given, child.sex
    if rng.random() < 0.5:
        namesake.person_no = ""
    part.register += [*registered(rng, home), *registered(rng, namesakes)]
    about = draft(rng, namesake, namesakes, _ALL_FIELDS)
    if rng.random() < 0.2:
        about.address = None
    _add(rng, numbers, part, about, namesake, (namesake.person_no, "homonym"))


HAZARDS: dict[str, Hazard] = {
    "twice_in_register": _twice_in_register,
    "chimera": _chimera,
    "no_given_name": _no_given_name,
    "parents_name": _parents_name,
    "cousin": _cousin,
    "twin_mistyped": _twin_mistyped,
    "homonym": _homonym,
}


def _home(rng: Random, numbers: Numbers, children: int, births: tuple[int, ...] = ()) -> Home:
    """An ordinary family with so many children, of whom the youngest is at school; of one family name, and from here."""
    if not births:
        first = _birth(rng)
        births = tuple(first + year * (380 + int(rng.random() * 200)) for year in range(children))
    home = family(rng, numbers, births)
    surname = SURNAMES.draw(rng)
    for member in home.members:
        member.family, member.former, member.latin = surname, None, ""
        others = [other.given for other in home.members if other is not member]
        while not member.given.kanji or any(called_alike(member.given, other) for other in others):
            member.given = GIVEN[member.sex].draw(rng)
    return home


def _birth(rng: Random) -> int:
    return TODAY - int((9 + rng.random() * 5.5) * 365.25)


def _name(about: Draft, surname: Name, given: Name) -> None:
    about.family, about.given, about.family_kana, about.given_kana = surname.kanji, given.kanji, surname.kana, given.kana


def _near(one: str, other: str) -> bool:
    """Whether two readings differ in one sign."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _add(rng: Random, numbers: Numbers, part: Part, about: Draft, child: Member, answer: tuple[str, str]) -> None:
    part.records.append(written(rng, numbers, about, child, _ALL_FIELDS, *answer))
