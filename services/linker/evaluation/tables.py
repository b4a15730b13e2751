"""
The three files of an evaluation: a register, records, and whom each record is about.

CSV with a head line, UTF-8 (with or without a byte order mark) or Windows-31J. Columns in any order; unknown ones are passed over, missing
ones are empty; only ids must be there.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple

from contracts.writing.names import parted
from services.linker.domain.normalising import Raw
from services.linker.evaluation.refusals import ColumnMissing, FileUnreadable

_RAW = tuple(field.name for field in fields(Raw))
_OTHER_NAMES = {
    "family_name": "family",
    "surname": "family",
    "last_name": "family",
    "family_name_kanji": "family",
    "family_kanji": "family",
    "given_name": "given",
    "first_name": "given",
    "given_name_kanji": "given",
    "given_kanji": "given",
    "family_name_kana": "family_kana",
    "given_name_kana": "given_kana",
    "former_family_name": "former_family",
    "former_name": "former_family",
    "former_names": "former_family",
    "former_given_name": "former_given",
    "latin_name": "latin",
    "name_latin": "latin",
    "birthdate": "birth_date",
    "birthday": "birth_date",
    "date_of_birth": "birth_date",
    "dob": "birth_date",
    "gender": "sex",
    "household": "household_no",
    "household_id": "household_no",
    "guardian_name": "guardian",
    "guardians": "guardian",
    "person_id": "person_no",
    "id": "record_id",
    "rec_id": "record_id",
}
"""What other makers of such files call a column."""


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the register."""

    number: str
    raw: Raw


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a source. `number` is the 宛名番号 that it carries, or ""."""

    id: str
    source: str
    number: str
    raw: Raw


class Answer(NamedTuple):
    """Whom a record is about: a number of the register, or "". `kind` names what is difficult about it, where the file says so."""

    number: str
    kind: str = ""


def register(path: Path) -> Iterator[Person]:
    """Read a register. Raises `FileUnreadable`, `ColumnMissing`."""
    for row in _rows(path, needed=("person_no",)):
        yield Person(row["person_no"], _raw(row))


def records(path: Path) -> Iterator[Entry]:
    """Read records. Raises `FileUnreadable`, `ColumnMissing`."""
    columns, lines = record_rows(path)
    for line in lines:
        yield entry(columns, line)


def record_rows(path: Path) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """Return the columns of a file of records, and its lines as they stand there. Raises `FileUnreadable`, `ColumnMissing`."""
    lines = _lines(path, ("record_id",))
    return next(lines), lines


def entry(columns: Sequence[str], line: Sequence[str]) -> Entry:
    """Read a line of a file of records."""
    row = _row(columns, line)
    return Entry(row["record_id"], row.get("source", ""), row.get("person_no", ""), _raw(row))


def answers(path: Path) -> dict[str, Answer]:
    """Read whom the records are about. Raises `FileUnreadable`, `ColumnMissing`."""
    return {row["record_id"]: Answer(row["person_no"], row.get("kind", "")) for row in _rows(path, needed=("record_id", "person_no"))}


def _raw(row: Mapping[str, str]) -> Raw:
    known = {name: value for name in _RAW if (value := row.get(name))}
    for whole, family, given in (
        ("name", "family", "given"),
        ("kana", "family_kana", "given_kana"),
        ("name_kana", "family_kana", "given_kana"),
    ):
        if row.get(whole) and family not in known and given not in known:
            known[family], known[given] = parted(row[whole])
    return Raw(**known)


def _rows(path: Path, *, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    lines = _lines(path, needed)
    columns = next(lines)
    for line in lines:
        yield _row(columns, line)


def _row(columns: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    return {name: value.strip() for name, value in zip(columns, line, strict=False)}


def _lines(path: Path, needed: tuple[str, ...]) -> Iterator[Sequence[str]]:
    """Yield the columns, and then line by line."""
    with reading(path), path.open(encoding=_encoding(path), newline="") as file:
        yield from _read(path, csv.reader(file), needed)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say of a file that cannot be read that it cannot. Raises `FileUnreadable`."""
    try:
        yield
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(f"{path} cannot be read: {type(error).__name__}") from error


def _read(path: Path, lines: Iterator[list[str]], needed: tuple[str, ...]) -> Iterator[Sequence[str]]:
    head = next(lines, None)
    if not head:
        raise FileUnreadable(f"{path} is empty")
    columns = [_column(name) for name in head]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise ColumnMissing(f"{path} has no column {', '.join(missing)}; it has {', '.join(head)}")
    yield columns
    yield from lines


def _column(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    return _OTHER_NAMES.get(plain, plain)


def _encoding(path: Path) -> str:
    """UTF-8 where the file is UTF-8 throughout, else Windows-31J, as municipal systems write it."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8-sig"
