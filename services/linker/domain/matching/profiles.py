"""What is compared of a record or a person: the normalised values, with what every comparison would else work out again."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from contracts.quick import quick
from contracts.writing.kana import sound, spelled
from services.linker.domain.normalising import Normal

_KANA = re.compile("[ァ-ヺー]+")
_NOBODY: frozenset[str] = frozenset()


@quick(frozen=True, slots=True)
class Profile:
    """One side of a comparison. Texts are "" and sets empty where nothing is known."""

    given: str
    given_kana: str
    family: str
    family_kana: str
    former: frozenset[str]
    """Former family names, signs and readings."""
    latin: frozenset[str]
    year: int
    month: int
    day: int
    """The parts of the birth date; 0 where a part is not known."""
    sex: str
    ward: str
    town: str
    numbers: tuple[str, ...]
    guardians: frozenset[str]
    """
    Names of guardians, each without the family's name, which says nothing that the name itself does not, and behind it: a source that
    does not write the child's signs does not tell which of 上田栞 are the family's.
    """
    household_no: str
    brings_up: bool = False
    """Whether somebody of the household is young enough to be this person's child (`households.py`)."""
    room: str = ""
    kin: frozenset[str] = _NOBODY
    """Given names of those in other households of this home who have the family name, and might have this child (`households.py`)."""

    @property
    def birth(self) -> tuple[int, int, int] | None:
        """The whole birth date, or None if a part is missing."""
        return (self.year, self.month, self.day) if self.year and self.month and self.day else None


def profile(normal: Normal) -> Profile:
    """Return what is compared of normalised values."""
    family, family_kana = _in_place(normal.family, normal.family_kana)
    given, given_kana = _in_place(normal.given, normal.given_kana)
    birth = normal.birth
    return Profile(
        given=given,
        given_kana=given_kana,
        family=family,
        family_kana=family_kana,
        former=frozenset(normal.former_family),
        latin=frozenset(normal.latin),
        year=birth.year or 0,
        month=birth.month or 0,
        day=birth.day or 0,
        sex=normal.sex,
        ward=normal.address.ward,
        town=normal.address.town,
        numbers=tuple(filter(None, normal.address.numbers.split("-"))),
        guardians=_guardians(normal.guardian, family, family_kana, normal.former_family),
        household_no=normal.household_no,
        room=normal.address.room,
    )


@lru_cache(maxsize=131_072)
def _in_place(written: str, reading: str) -> tuple[str, str]:
    """Return a name's signs and its reading, each where it belongs: some source mixed its columns up."""
    if is_reading(written) and not is_reading(reading):
        return reading, sound(spelled(written))
    return written, sound(reading)


@lru_cache(maxsize=131_072)
def is_reading(name: str) -> bool:
    """Whether a name is written in kana alone. さくら is a name in its own right, and how a source writes 桜 that has no kanji."""
    return bool(_KANA.fullmatch(name))


def given_names(guardians: AbstractSet[str]) -> set[str]:
    """Return the names of guardians without those that are another one with a family name before it."""
    return {name for name in guardians if not any(name != other and name.endswith(other) for other in guardians)}


def _guardians(tokens: Sequence[str], family: str, family_kana: str, former: Sequence[str]) -> frozenset[str]:
    if not tokens:
        return _NOBODY
    families = [name for name in (family, family_kana, *former) if name]
    names = {name for token in tokens if (name := _without(token, families))}
    return frozenset(names | {f"{family}{name}" for name in names if family})


def _without(token: str, families: list[str]) -> str:
    """Return a guardian's given name where the family's name stands before it; "" for the family's name alone."""
    if token in families:
        return ""
    return next((token.removeprefix(name) for name in families if token.startswith(name)), token)
