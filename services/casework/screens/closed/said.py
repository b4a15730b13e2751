"""What the list of closed cases says of each child."""

from dataclasses import dataclass
from typing import Annotated

from contracts.ids import PersonId
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet


@dataclass(frozen=True, slots=True)
class Line(OfPerson):
    """A closed case: how and when it ended, and whether something new is open of the child."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    age: Annotated[str, Says("age")]
    closed: Annotated[str, Says("closed_on")]
    outcome: Annotated[str, Says("outcome")]
    opened: Annotated[str, Says("opened_on")]
    section: Annotated[str, Says("case")]
    is_open_again: Annotated[bool, Says("state")]


@dataclass(frozen=True, slots=True)
class Choice:
    """A year that may be chosen."""

    year: int
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ClosedSheet(Sheet):
    """The page: its lines from the `first` to the `last` of `total` in the year, and where the next page begins."""

    title: Annotated[str, PLAIN]
    year: Annotated[int, PLAIN]
    years: Annotated[tuple[Choice, ...], PLAIN]
    lines: Annotated[tuple[Line, ...], LINES]
    total: Annotated[int, PLAIN]
    first: Annotated[int, PLAIN]
    last: Annotated[int, PLAIN]
    after: Annotated[str, PLAIN]

    def count(self) -> int:
        """Return how many children it shows."""
        return len({line.person_id for line in self.lines})
