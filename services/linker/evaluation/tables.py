"""
The three files of an evaluation: a register, records, and whom each record is about.

CSV with a head line, UTF-8 (with or without a byte order mark), UTF-16 with its mark or Windows-31J. Columns in any order; unknown ones
are passed over, missing ones are empty; only ids must be there, in every line, and each once. Empty lines are passed over.
"""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from contracts.writing.names import parted
from services.linker.domain.normalising import Raw
from services.linker.evaluation.refusals import ColumnMissing, FileUnreadable, RowUnusable

_RAW = tuple(field.name for field in fields(Raw))
_OTHER_NAMES = {
    "full_name": "name",
    "name_kanji": "name",
    "full_name_kanji": "name",
    "name_kana": "kana",
    "full_name_kana": "kana",
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
    "宛名番号": "person_no",
    "氏名": "name",
    "氏名漢字": "name",
    "氏名カナ": "kana",
    "カナ氏名": "kana",
    "氏名フリガナ": "kana",
    "フリガナ": "kana",
    "氏": "family",
    "姓": "family",
    "名": "given",
    "氏カナ": "family_kana",
    "姓カナ": "family_kana",
    "セイ": "family_kana",
    "名カナ": "given_kana",
    "メイ": "given_kana",
    "旧氏": "former_family",
    "旧姓": "former_family",
    "生年月日": "birth_date",
    "性別": "sex",
    "住所": "address",
    "世帯番号": "household_no",
    "保護者": "guardian",
    "保護者名": "guardian",
    "保護者氏名": "guardian",
}
"""What other makers of such files call a column."""
_Line = tuple[int, Sequence[str]]
"""A line and its number in the file, by which it is named: what stands in it is nobody's to read in a message."""


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
    """Read a register, of each person one line. Raises `FileUnreadable`, `ColumnMissing`, `RowUnusable`."""
    numbers = _Once(path, "person_no")
    for at, row in _rows(path, needed=("person_no",)):
        yield Person(numbers.new(at, row["person_no"]), _raw(row))


def records(path: Path) -> Iterator[Entry]:
    """Read records, each once. Raises `FileUnreadable`, `ColumnMissing`, `RowUnusable`."""
    ids = _Once(path, "record_id")
    columns, lines = _lines(path, ("record_id",))
    for at, line in lines:
        found = entry(columns, line)
        ids.new(at, found.id)
        yield found


def record_rows(path: Path) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """
    Return the columns of a file of records, and its lines as they stand there; ids may be there twice.

    Raises `FileUnreadable`, `ColumnMissing`, `RowUnusable`.
    """
    columns, lines = _lines(path, ("record_id",))
    return columns, (line for _, line in lines)


def entry(columns: Sequence[str], line: Sequence[str]) -> Entry:
    """Read a line of a file of records."""
    row = _row(columns, line)
    return Entry(row["record_id"], row.get("source", ""), row.get("person_no", ""), _raw(row))


def answers(path: Path) -> dict[str, Answer]:
    """Read whom the records are about, once of each. Raises `FileUnreadable`, `ColumnMissing`, `RowUnusable`."""
    ids = _Once(path, "record_id")
    rows = _rows(path, needed=("record_id", "person_no"))
    return {ids.new(at, row["record_id"]): Answer(row.get("person_no", ""), row.get("kind", "")) for at, row in rows}


class _Once:
    """Ids of a file that were read, by their hashes: those of a whole city, and nothing that takes their memory."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name, self._seen = path, name, set[int]()

    def new(self, at: int, value: str) -> str:
        """Return an id that no line before had. Raises `RowUnusable`."""
        before = len(self._seen)
        self._seen.add(hash(value))
        if len(self._seen) == before:
            raise RowUnusable(f"{self._path}, line {at}: its {self._name} is that of another line, and each is there once")
        return value


def _raw(row: Mapping[str, str]) -> Raw:
    known = {name: value for name in _RAW if (value := row.get(name))}
    for whole, family, given in (
        ("name", "family", "given"),
        ("kana", "family_kana", "given_kana"),
    ):
        if row.get(whole) and family not in known and given not in known:
            known[family], known[given] = parted(row[whole])
    return Raw(**known)


def _rows(path: Path, *, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    columns, lines = _lines(path, needed)
    for at, line in lines:
        yield at, _row(columns, line)


def _row(columns: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    return {name: value.strip() for name, value in zip(columns, line, strict=False)}


def _lines(path: Path, needed: tuple[str, ...]) -> tuple[Sequence[str], Iterator[_Line]]:
    """Return the columns, and whatever lines follow; the first of the needed ones is the id."""
    lines = _opened(path, needed)
    _, columns = next(lines)
    return columns, lines


def _opened(path: Path, needed: tuple[str, ...]) -> Iterator[_Line]:
    with reading(path), path.open(encoding=_encoding(path), newline="") as file:
        reader = csv.reader(file)
        lines = ((reader.line_num, line) for line in reader if any(map(str.strip, line)))
        yield from _read(path, lines, needed)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say of a file that cannot be read that it cannot. Raises `FileUnreadable`."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise FileUnreadable(f"{path} cannot be read: it is neither UTF-8 (nor UTF-16 with its mark) nor Windows-31J") from error
    except csv.Error as error:
        raise FileUnreadable(f"{path} cannot be read as CSV: {error}") from error
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {type(error).__name__}") from error


def _read(path: Path, lines: Iterator[_Line], needed: tuple[str, ...]) -> Iterator[_Line]:
    at, head = next(lines, (0, ()))
    if not head:
        raise FileUnreadable(f"{path} is empty")
    columns = _columns(path, head)
    missing = [name for name in needed if name not in columns]
    if missing:
        raise ColumnMissing(f"{path} has no column {', '.join(missing)}; {_understood(columns)}")
    yield at, columns
    place = columns.index(needed[0])
    for at, line in lines:
        if len(line) <= place or not line[place].strip():
            raise RowUnusable(f"{path}, line {at}: it has no {needed[0]}")
        yield at, line


def _columns(path: Path, head: Sequence[str]) -> list[str]:
    """Return what each column is. One that is called as here is itself, and others that mean the same beside it are passed over."""
    plain = [normalize("NFKC", name).strip().lower().replace(" ", "_").replace("-", "_") for name in head]
    found = ["" if (meant := _OTHER_NAMES.get(name, name)) != name and meant in plain else meant for name in plain]
    twice = sorted({name for name in found if name and found.count(name) > 1 and (name in _RAW or name in _OTHER_NAMES.values())})
    if twice:
        raise ColumnMissing(f"{path} has several columns for {', '.join(twice)}; {_understood(found)}")
    return found


def _understood(columns: Sequence[str]) -> str:
    """Say what was understood, and no more: of a file without a head line the first line is somebody's."""
    known = [name for name in columns if name in _RAW or name in _OTHER_NAMES.values() or name == "source"]
    return f"of the {len(columns)} columns of its head line it understands {', '.join(known) or 'none'}"


def _encoding(path: Path) -> str:
    """UTF-16 where the file begins with its mark, UTF-8 where it is that throughout, else Windows-31J, as municipal systems write it."""
    with path.open("rb") as beginning:
        if beginning.read(2) in {BOM_UTF16_LE, BOM_UTF16_BE}:
            return "utf-16"
    try:
        with path.open(encoding="utf-8-sig") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8-sig"
