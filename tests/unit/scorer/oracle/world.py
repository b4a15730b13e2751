"""All that is known of a child at one instant, in plain words of our own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

Span = tuple[date, date | None]
"""Half-open; without an end it goes on."""

Whom = Literal["child", "mother", "household", "anybody"]


@dataclass(frozen=True)
class Record:
    """A record as it stands by its newest revision, dates as dates. `number` names it, `said_on` is the day of which it was said."""

    kind: str
    number: int
    said: Mapping[str, Any]
    said_on: date
    recorded: int = 0
    """Grows with the time at which the source wrote it."""
    case: str | None = None
    school: str | None = None
    in_care: Span | None = None
    is_opponents: bool = False
    """Said of somebody from whom a measure protects the child."""
    whose: int | None = None
    """Which housemate it is about."""

    def __getitem__(self, name: str) -> Any:
        return self.said.get(name)


@dataclass(frozen=True)
class Feed:
    """Up to which day a source has told everything."""

    complete_through: date


@dataclass(frozen=True)
class Pregnancy:
    """The pregnancy that the child was certainly born of."""

    records: tuple[Record, ...]
    mother_stays: tuple[Span, ...]


@dataclass(frozen=True)
class Mother:
    """The certain mother of a child, of whom no pregnancy is recorded that it was born of."""

    records: tuple[Record, ...]
    stays: tuple[Span, ...]
    is_open: bool = False
    """She has records of a pregnancy around this birth of which no child is known: it may be this one (rulings 2, 3)."""


@dataclass(frozen=True)
class Measure:
    """A protection measure that covers the child."""

    span: Span
    opponents: frozenset[str]


@dataclass(frozen=True)
class Mate:
    """Somebody of the child's household. `birth` is None where the register does not know the day: such are adults."""

    number: int
    birth: date | None
    spans: tuple[Span, ...]
    is_described: bool = True
    is_opponent: bool = False


@dataclass(frozen=True)
class World:
    """A child, and everything that reaches it."""

    birth: date
    sex: str
    stays: tuple[Span, ...]
    records: tuple[Record, ...] = ()
    pregnancy: Pregnancy | None = None
    mother: Mother | None = None
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    begun: Mapping[str, date] = field(default_factory=dict)
    """From which day on a source has told everything, where it has a beginning."""
    in_hand: frozenset[tuple[str, Whom]] = frozenset()
    measures: tuple[Measure, ...] = ()
    opponents_cases: Mapping[str, tuple[tuple[str, Span], ...]] = field(default_factory=dict)
    """By welfare case: which opponents are members of it, and when."""
    exists: bool = True
    moves: tuple[date, ...] | None = None
    """The days on which the child moved; None where they were not told."""
    mates: tuple[Mate, ...] = ()
    """Who lives with the child, the child first; empty where no household of it is known."""
    seen: tuple[tuple[str, date], ...] = ()
    """What staff saw of the child and when, in that order; of one day in that in which it was recorded."""
    needs: tuple[Record, ...] = ()
    """What was said of housemates."""
    carers: tuple[Record, ...] = ()
    """What was said of somebody who has the child in care, not as a list of children."""

    def of(self, *kinds: str) -> list[Record]:
        """The child's own records of these kinds, and those that reach it by somebody's care."""
        return [record for record in self.records if record.kind in kinds]

    def resident(self, on: date) -> bool:
        """Whether the child lives in the city on that day."""
        return any(within(on, span) for span in self.stays)

    def resident_throughout(self, start: date, end: date) -> bool:
        """Whether it lives there on every day of [start, end)."""
        return covered(self.stays, start, end)


def within(day: date, span: Span) -> bool:
    """Whether a day lies in a half-open span."""
    start, end = span
    return start <= day and (end is None or day < end)


def covered(spans: tuple[Span, ...], start: date, end: date) -> bool:
    """Whether every day of [start, end) lies in one of the spans."""
    day = start
    while day < end:
        reaching = [span for span in spans if within(day, span)]
        if not reaching:
            return False
        if any(until is None for _, until in reaching):
            return True
        day = max(until for _, until in reaching if until is not None)
    return True


def days(number: int) -> timedelta:
    """So many days."""
    return timedelta(days=number)
