"""The duty list: who is to work outside the hours, and on which days (audit.md §5). Pure."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

HEADINGS = ("login", "from", "to"), ("ログイン名", "初日", "最終日")
"""A first line of these is none of anybody's."""
_FORMS = ("%Y-%m-%d", "%Y/%m/%d")
"""A spreadsheet writes days its own way when it opens a file."""
_COLUMNS = (2, 3)


class DutyListMalformed(ValueError):
    """The list cannot be read; the text names line and column, and not what stands there."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is on duty from one day to another, both included, each with the night that follows it."""

    login: str
    first: date
    last: date


def parse_duty_list(text: str) -> tuple[Turn, ...]:
    """
    Return the turns of a list: a line each, `login,from,to` (CSV), of one day where `to` is left out.

    Empty lines, lines that begin with `#`, and headings are passed over. Raises DutyListMalformed.
    """
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        cells = tuple(cell.strip() for cell in next(csv.reader([line]), []))
        if not any(cells) or cells[0].startswith("#") or (number == 1 and cells in HEADINGS):
            continue
        found.append(_turn(cells, number))
    return tuple(found)


def days_on_duty(turns: Sequence[Turn], first: date, last: date) -> Iterator[tuple[str, date]]:
    """Return who is on duty on which of these days, by login."""
    for turn in turns:
        day = max(turn.first, first)
        while day <= min(turn.last, last):
            yield turn.login, day
            day += timedelta(days=1)


def _turn(cells: Sequence[str], number: int) -> Turn:
    place = f"line {number} of the duty list"
    if len(cells) not in _COLUMNS:
        raise DutyListMalformed(f"{place}: a login, a day from and a day to are expected, with commas between them")
    if not cells[0]:
        raise DutyListMalformed(f"{place}, login: nothing stands there")
    first = _day(cells[1], f"{place}, from")
    last = _day(cells[2], f"{place}, to") if len(cells) == max(_COLUMNS) and cells[2] else first
    if last < first:
        raise DutyListMalformed(f"{place}, to: it is before the day from")
    return Turn(cells[0], first, last)


def _day(cell: str, place: str) -> date:
    for form in _FORMS:
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 -- a day of Japan's, and no instant
        except ValueError:
            continue
    raise DutyListMalformed(f"{place}: a day is written 2026-04-01")
