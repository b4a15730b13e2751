"""
What the parts of the town are called: a city's own table of the codes in its resident register.

Pages say 中央区 見本町1丁目 instead of a code. A code that is not in the table is shown as it is.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries

SQL = queries(__file__, "towns.sql")
HEADER = ["address_code", "name"]
ENCODINGS = ("utf-8-sig", "cp932")
"""As programs write it, and as spreadsheets of Japanese offices do."""

MAX_CHARACTERS = 64


class Unreadable(ValueError):
    """A file is no table of towns. Says in which line, and why."""


@dataclass(frozen=True, slots=True)
class Town:
    """A part of the town (町丁目): its code in the register, and its name."""

    address_code: str
    name: str


def read(body: bytes) -> tuple[Town, ...]:
    """Read a CSV file with the columns `address_code` and `name`. Raises Unreadable: a table with holes would be taken for whole."""
    lines = csv.reader(StringIO(_text(body), newline=""))
    if next(lines, None) != HEADER:
        raise Unreadable(f"line 1 must read {','.join(HEADER)}")
    towns = tuple(_towns(lines))
    if not towns:
        raise Unreadable("there is no town in it")
    return towns


async def replace(db: Database, towns: tuple[Town, ...]) -> None:
    """Make these all the towns there are."""
    await db.execute(SQL.replace_towns, *columns([(town.address_code, town.name) for town in towns], 2))


def _text(body: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("it is neither UTF-8 nor Shift_JIS")


def _towns(lines: Iterator[list[str]]) -> Iterator[Town]:
    known: set[str] = set()
    for number, line in enumerate(lines, start=2):
        cells = [cell.strip() for cell in line]
        if len(cells) != len(HEADER) or not all(0 < len(cell) <= MAX_CHARACTERS for cell in cells):
            raise Unreadable(f"line {number} must have a code and a name, of {MAX_CHARACTERS} characters at most")
        if cells[0] in known:
            raise Unreadable(f"line {number} names the code {cells[0]} again")
        known.add(cells[0])
        yield Town(*cells)
