"""The three files of a city to be linked, their columns, and what a population must be able to do."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol


class Which(StrEnum):
    """Which population is drawn."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"


class Person(NamedTuple):
    """A row of `register.csv`. What is not known is empty."""

    person_no: str
    """宛名番号: ten digits, given once. A child whom the register holds twice has two."""
    family: str
    given: str
    family_kana: str
    given_kana: str
    former_family: str
    """Former family names, with 、 between."""
    former_given: str
    latin: str
    """The name in Latin letters, family name first, of those who have it so."""
    birth_date: str
    """As 2019-04-01."""
    sex: str
    """男 or 女."""
    address: str
    household_no: str
    """世帯番号."""
    guardian: str
    """Names of the guardians of a child, with 、 between."""


class Record(NamedTuple):
    """A row of `records.csv`: what a source holds about a child, as it writes it. What it has not is empty."""

    record_id: str
    source: str
    person_no: str
    """The number that the source believes is the child's; most have none."""
    family: str
    given: str
    family_kana: str
    given_kana: str
    former_family: str
    former_given: str
    latin: str
    birth_date: str
    sex: str
    address: str
    household_no: str
    guardian: str
    school: str
    grade: str
    """The year at school, 1 to 9; empty before."""
    school_class: str
    """The class, 組."""


class Truth(NamedTuple):
    """A row of `truth.csv`."""

    record_id: str
    person_no: str
    """Whom the record is about; empty where nobody of the register, or where nothing can say who."""
    kind: str
    """What is difficult about it (README.md); empty for an ordinary record."""


RECORD_HEAD = tuple("class" if name == "school_class" else name for name in Record._fields)
"""`class` is no name in Python."""


@dataclass(slots=True)
class Part:
    """A part of a city, which refers to no other part."""

    register: list[Person] = field(default_factory=list)
    records: list[tuple[Record, Truth]] = field(default_factory=list)


class Population(Protocol):
    """What invents people, and what becomes of them in other sources' files."""

    def part(self, seed: int, number: int, persons: int, corruption: float) -> Part:
        """Part `number` of a city, with `persons` people: the same for the same arguments."""

    def hazard(self, seed: int, kind: str, number: int, count: int) -> Part:
        """`count` cases of one kind of hazard, with families of their own. `number` is that of a part that no other has."""

    @property
    def hazards(self) -> tuple[str, ...]:
        """The kinds of hazard that there are."""
