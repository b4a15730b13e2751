"""What a comparison of one field can say: the levels, from the strongest down. A field that either side lacks says nothing."""

from enum import StrEnum

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


@quick(frozen=True, slots=True)
class NamePart:
    """A family or given name, its signs and its reading apart: a gate must know which of the two carries a level."""

    level: Level
    kanji: Agreement = Agreement.ABSENT
    kana: Agreement = Agreement.ABSENT

    @property
    def detail(self) -> str:
        """Both ways, as a claim says it: never the names."""
        return f"kanji {self.kanji}, kana {self.kana}"


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

    @property
    def levels(self) -> tuple[Level, ...]:
        """The level of each field, in the order of `Field`."""
        return (self.given.level, self.family.level, self.birth, self.sex, self.address, self.guardian, self.household)


@quick(frozen=True, slots=True)
class Claim:
    """What one field says for (above 0 bits) or against a link. `detail` names agreements, never values."""

    field: Field
    level: Level
    bits: float
    detail: str = ""
