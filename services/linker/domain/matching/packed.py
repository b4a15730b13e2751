"""
People of a register as one text in bytes, row behind row: a fifth of the memory that objects take.

Whoever looks at a person makes them of their bytes and writes to nobody's memory, so that forks share a register as it is. Of objects
each look changes a counter, and a fork copies the page in which it stands.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from services.linker.domain.matching.profiles import Profile

_BETWEEN, _WITHIN = "\0", "\1"
"""Between values, and between the parts of one. No normalised text has such signs: nobody sees them."""
_VALUES = 15
"""Before the number, which comes last: whoever gives numbers may write what they like."""
_NOTHING: frozenset[str] = frozenset()


class Packed:
    """Numbers and profiles by row; grows by `add`."""

    __slots__ = ("_begins", "_bytes")

    def __init__(self, people: Iterable[tuple[str, Profile]] = ()) -> None:
        self._bytes = bytearray()
        self._begins = array("Q", [0])
        for number, person in people:
            self.add(number, person)

    def __len__(self) -> int:
        return len(self._begins) - 1

    def add(self, number: str, person: Profile) -> None:
        """Add a row."""
        self._bytes += _packed(number, person).encode("utf-8", "surrogatepass")
        self._begins.append(len(self._bytes))

    def text(self, row: int) -> str:
        """Return a row as it is kept. Raises IndexError."""
        return self._bytes[self._begins[row] : self._begins[row + 1]].decode("utf-8", "surrogatepass")

    def profile(self, row: int) -> Profile:
        """Return the profile of a row. Raises IndexError."""
        return _person(self.text(row))

    def number(self, row: int) -> str:
        """Return the number of a row. Raises IndexError."""
        return self.text(row).split(_BETWEEN, _VALUES)[_VALUES]


class Profiles(Sequence[Profile]):
    """The profiles of a register by row, each made when it is asked for."""

    def __init__(self, packed: Packed) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed)

    def __getitem__(self, row: int) -> Profile:  # type: ignore[override]  # no slices
        return self._packed.profile(row)

    def __iter__(self) -> Iterator[Profile]:
        return map(self._packed.profile, range(len(self)))


class Numbers(Sequence[str]):
    """The numbers of a register by row."""

    def __init__(self, packed: Packed) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed)

    def __getitem__(self, row: int) -> str:  # type: ignore[override]  # no slices
        return self._packed.number(row)

    def __iter__(self) -> Iterator[str]:
        return map(self._packed.number, range(len(self)))


def _packed(number: str, person: Profile) -> str:
    dated = f"{person.year} {person.month} {person.day} {int(person.brings_up)}"
    names = (person.given, person.given_kana, person.family, person.family_kana)
    several = map(_WITHIN.join, (person.former, person.latin, person.numbers, person.guardians, person.kin))
    return _BETWEEN.join((*names, dated, person.sex, person.ward, person.town, person.room, *several, person.household_no, number))


def _person(text: str) -> Profile:
    (given, given_kana, family, family_kana, dated, sex, ward, town, room, former, latin, numbers, guardians, kin, household_no, _) = (
        text.split(_BETWEEN, _VALUES)
    )
    year, month, day, brings_up = map(int, dated.split())
    return Profile(
        given,
        given_kana,
        family,
        family_kana,
        frozenset(former.split(_WITHIN)) if former else _NOTHING,
        frozenset(latin.split(_WITHIN)) if latin else _NOTHING,
        year,
        month,
        day,
        sex,
        ward,
        town,
        tuple(numbers.split(_WITHIN)) if numbers else (),
        frozenset(guardians.split(_WITHIN)) if guardians else _NOTHING,
        household_no,
        brings_up == 1,
        room,
        frozenset(kin.split(_WITHIN)) if kin else _NOTHING,
    )
