"""
Where the events of a household stand in a picture: a lane for each of its people, time from left to right (`casework.md` §6.1).

Each event is a numbered mark; what it was stands in the table under that number, so that nothing has to be read in the picture alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.casework.domain.calendar import add_months

MONTHS_SHOWN = 24
"""What lies longer ago stands together at the left: of a child of ten the last weeks would be one line."""
MOST = 40
"""So many events are drawn, the newest."""
MONTHS_OF_A_LINE = 3

WIDTH, LEFT, BEFORE, RIGHT, TOP = 900, 150, 60, 20, 34
ROW, SPACE = 26, 24
"""The height of a row of marks, and how far two marks of one row are apart, at least."""


class Kind(StrEnum):
    """What an event was: each has a form of its own, so that no colour has to be told apart."""

    RECORD = "record"
    CONTACT = "contact"
    CASE = "case"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, to which of the people (the number of their lane), and in words."""

    on: date
    lane: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An event in the picture, by its number in the table."""

    number: int
    event: Event
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Lane:
    """Somebody's lane: at which height the name stands, and where it ends."""

    name: str
    y: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture: its height, lanes, lines of months, where today is, and all marks, the earliest first. `left_out` are not drawn."""

    height: float
    lanes: tuple[Lane, ...]
    months: tuple[tuple[float, date], ...]
    today: float
    starts: date
    has_before: bool
    marks: tuple[Mark, ...]
    left_out: int


def drawn(events: Sequence[Event], names: Sequence[str], today: date) -> Picture:
    """Return the picture of `events`, whose lanes are called `names`. No two marks lie upon each other."""
    ordered = sorted(events, key=lambda event: (event.on, event.lane, event.kind, event.text))
    shown = ordered[-MOST:]
    starts = max(min((event.on for event in shown), default=today), add_months(today, -MONTHS_SHOWN)).replace(day=1)
    ends = max([today, *(event.on for event in shown)])
    before = BEFORE if any(event.on < starts for event in shown) else 0
    first, width = LEFT + before, WIDTH - RIGHT - LEFT - before
    days = max((ends - starts).days, 1)

    def place(day: date) -> float:
        return round(first + width * (day - starts).days / days, 1)

    numbered = [(number, event, place(event.on) if event.on >= starts else LEFT + BEFORE / 3) for number, event in enumerate(shown, 1)]
    lanes, marks = _lanes(numbered, names)
    months = _months(starts, ends)
    return Picture(
        height=(lanes[-1].bottom if lanes else TOP) + 8,
        lanes=lanes,
        months=tuple((place(month), month) for month in months),
        today=place(today),
        starts=starts,
        has_before=before > 0,
        marks=tuple(sorted(marks, key=lambda mark: mark.number)),
        left_out=len(ordered) - len(shown),
    )


def _lanes(numbered: Sequence[tuple[int, Event, float]], names: Sequence[str]) -> tuple[tuple[Lane, ...], list[Mark]]:
    """Return the lanes one below the other, each as high as its marks need, which evade each other downwards."""
    marks: list[Mark] = []
    lanes: list[Lane] = []
    top = float(TOP)
    for lane, name in enumerate(names):
        # Of each row of the lane, where its last mark stands.
        rows: list[float] = []
        for number, event, x in numbered:
            if event.lane != lane:
                continue
            row = next((at for at, last in enumerate(rows) if x - last >= SPACE), len(rows))
            rows[row : row + 1] = [x]
            marks.append(Mark(number, event, x, top + ROW * row + ROW / 2))
        bottom = top + ROW * max(len(rows), 1) + 6
        lanes.append(Lane(name, top + ROW / 2 + 5, bottom))
        top = bottom
    return tuple(lanes), marks


def _months(starts: date, ends: date) -> list[date]:
    """Return the first days of months at which a line stands."""
    found, month = [], starts
    while month <= ends:
        found.append(month)
        month = add_months(month, MONTHS_OF_A_LINE)
    return found
