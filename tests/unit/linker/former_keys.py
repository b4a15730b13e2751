"""
The keys of rows and children as releases up to migration 24 wrote them: the matcher's own, taken over as they are.

What meets by the keys of today must be what meets by these: they say the same in fewer.
"""

from collections.abc import Iterable, Iterator

from services.linker.domain.matching import blocking
from services.linker.domain.matching.profiles import Profile
from services.linker.domain.roster import Comparable, Row

_KINDS = frozenset({"birth, given", "birth, family", "name, year", "name, day", "birth, whole", "school, year"})


def keys_of(person: Comparable) -> frozenset[str]:
    """Under which a row found a child."""
    found = {key for each in person.profiles for key in (*blocking.keys(each), *_whole(each))}
    found |= {key for each in person.profiles for code, _ in person.schools for key in _of_school(code, each)}
    return _texts(found)


def keys_asked(row: Row) -> frozenset[str]:
    """By which a row asked: also by what it may have wrong, the names or month and day in each other's place."""
    side = row.profile
    own_year = (key for key in blocking.other_keys(side) if key[0] != "birth, given" or key[1] == side.year)
    return _texts([*blocking.keys(side), *own_year, *_whole(side), *_of_school(row.school[0], side)])


def _texts(keys: Iterable[blocking.Key]) -> frozenset[str]:
    return frozenset("\x1f".join(map(str, key)) for key in keys if key[0] in _KINDS)


def _whole(side: Profile) -> Iterator[blocking.Key]:
    if birth := side.birth:
        for name in {side.family + side.given, side.family_kana + side.given_kana} - {""}:
            yield ("birth, whole", *birth, name)


def _of_school(code: str, side: Profile) -> Iterator[blocking.Key]:
    if code and side.year:
        for name in {side.given, side.given_kana, side.family, side.family_kana} - {""}:
            yield ("school, year", code, side.year, name)
