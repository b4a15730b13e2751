"""What a comparison of one field can say: the levels, from the strongest down. A field that either side lacks says nothing."""

from dataclasses import field
from enum import StrEnum
from functools import lru_cache

from contracts.quick import quick


class Field(StrEnum):
    """What is compared. The first four are about the person; the others are about the home, and never link by themselves."""

    GIVEN = "given"
    FAMILY = "family"
    BIRTH = "birth"
    SEX = "sex"
    ADDRESS = "address"
    GUARDIAN = "guardian"
    HOUSEHOLD = "household"


class Level(StrEnum):
    """How far two values of a field agree."""

    KANJI = "kanji"
    """The name as written is one, whatever the reading."""
    HOMOPHONE = "homophone"
    """One reading, written in two ways."""
    KANA = "kana"
    """One reading; a side does not say how it is written."""
    LATIN = "latin"
    """One name in latin letters, in any order."""
    FORMER = "former"
    """A family name that the person had before."""
    CROSSED = "crossed"
    """The whole name is one, divided or ordered in another way."""
    NEAR = "near"
    """One slip of the pen apart."""
    EQUAL = "equal"
    PART = "part"
    """What both sides know of it agrees, and one of them does not know all."""
    TOWN = "town"
    """One town, another number or none."""
    OTHER = "other"
    UNKNOWN = "unknown"


class Agreement(StrEnum):
    """How one way of writing a name (signs or reading) compares."""

    EQUAL = "equal"
    NEAR = "near"
    OTHER = "other"
    ABSENT = "absent"


_SAME_NAME = frozenset({Level.KANJI, Level.HOMOPHONE, Level.KANA, Level.LATIN, Level.FORMER, Level.CROSSED})
_SURE = frozenset({Level.KANJI, Level.KANA, Level.LATIN, Level.CROSSED})


@quick(frozen=True, slots=True)
class NamePart:
    """A family or given name, its signs and its reading apart: a gate must know which of the two carries a level."""

    level: Level
    kanji: Agreement = Agreement.ABSENT
    kana: Agreement = Agreement.ABSENT
    detail: str = field(init=False, compare=False)
    """Both ways, as a claim says it: never the names."""
    agrees: bool = field(init=False, compare=False)
    """Whether the name is this person's, as written or as read, now or before."""
    is_sure: bool = field(init=False, compare=False)
    """Whether nothing in it speaks against it, either: of two children of a family, one may have the signs and one the reading."""

    def __post_init__(self) -> None:
        _set(self, "detail", f"kanji {self.kanji}, kana {self.kana}")
        _set(self, "agrees", self.level in _SAME_NAME)
        _set(self, "is_sure", self.level in _SURE and Agreement.OTHER not in {self.kanji, self.kana})


@quick(frozen=True, slots=True)
class Compared:
    """A record and a person, field by field."""

    given: NamePart
    family: NamePart
    birth: Level
    sex: Level
    address: Level
    guardian: Level
    household: Level
    levels: tuple[Level, ...] = field(init=False, compare=False)
    """The level of each field, in the order of `Field`."""
    homes: int = field(init=False, compare=False)
    """How many signs there are that a record comes from a person's home: address, guardian, household."""

    def __post_init__(self) -> None:
        home = (self.address, self.guardian, self.household)
        _set(self, "levels", (self.given.level, self.family.level, self.birth, self.sex, *home))
        _set(self, "homes", home.count(Level.EQUAL))


@lru_cache(maxsize=4_096)
def name_part(level: Level, kanji: Agreement, kana: Agreement) -> NamePart:
    """Return a part of a name. Few differ, so each is made once, with what follows from it."""
    return NamePart(level, kanji, kana)


_Part = tuple[Level, Agreement, Agreement]


@lru_cache(maxsize=65_536)
def comparison(given: _Part, family: _Part, birth: Level, sex: Level, address: Level, guardian: Level, household: Level) -> Compared:
    """Return a comparison of these levels. A city knows some thousands, so each is made once, with what follows from it."""
    return Compared(name_part(*given), name_part(*family), birth, sex, address, guardian, household)


def _set(made: object, name: str, value: object) -> None:
    object.__setattr__(made, name, value)


@quick(frozen=True, slots=True)
class Claim:
    """What one field says for (above 0 bits) or against a link. `detail` names agreements, never values."""

    field: Field
    level: Level
    bits: float
    detail: str = ""
