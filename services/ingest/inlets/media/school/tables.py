"""
A CSV file, in the encoding that was declared and in no other: a wrong declaration is found with its row, never guessed around (§6.2).

A row is a line of the file as an editor counts it; the heading is row 1.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Self

from .bundle import FileEntry
from .faults import Fault, NotTaken

BOM = b"\xef\xbb\xbf"
ROWS_MAX = 300_000
"""Of a batch, in all its files."""

RECORD_CHARACTERS_MAX = 64 * 1024
COLUMNS_MAX = 200
# As a text file is read that keeps its line ends: a line ends with \n, \r or both.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_THREE_BYTES = range(0xE3, 0xEA)
"""First bytes of kana and of nearly every kanji in UTF-8."""


@dataclass(frozen=True, slots=True)
class Table:
    """The heading of a file, and its rows, each with the line on which it ends."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[int, list[str]]]


def read_table(name: str, content: bytes, encoding: str, told: FileEntry | None = None) -> Table:
    """Read a whole file; where a manifest tells of it, no further than it says. Raises NotTaken with file and row."""
    lines = lines_of(name, content, encoding)
    heading = next(lines, None)
    if heading is None or not any(heading[1]):
        raise NotTaken(Fault("no_heading", name))
    columns = tuple(cell.strip() for cell in heading[1])
    if len(set(columns)) != len(columns) or len(columns) > COLUMNS_MAX:
        raise NotTaken(Fault("repeated_column", name, 1))
    if told is not None and columns != told.columns:
        raise NotTaken(Fault("wrong_count", name))
    most = ROWS_MAX if told is None else told.rows
    rows = list(islice(_whole(name, lines, len(columns)), most + 1))
    if told is not None and len(rows) != told.rows:
        raise NotTaken(Fault("wrong_count", name))
    if len(rows) > most:
        raise NotTaken(Fault("too_large", name, rows[-1][0]))
    return Table(columns, rows)


def entry_of(name: str, content: bytes, encoding: str) -> FileEntry:
    """Return what the manifest says of a file. Raises NotTaken for one that would be refused."""
    table = read_table(name, content, encoding)
    return FileEntry(name=name, sha256=sha256(content).hexdigest(), rows=len(table.rows), columns=table.columns)


def lines_of(name: str, content: bytes, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record of a file, an empty line too, with the line on which it ends. Raises NotTaken."""
    lines = _Lines(name, _decoded(name, content, encoding))
    reader = csv.reader(lines, strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
            lines.of_record = 0
    except csv.Error:
        raise NotTaken(Fault("not_csv", name, max(reader.line_num, 1))) from None


class _Lines:
    """The lines of a text, one after the other and never two copies of it, for as long as no record of it is too long."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._at = self._line = 0
        self.of_record = 0
        """So many characters of the record that is being read were given out."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if self._at == len(self._text):
            raise StopIteration
        found = _LINE.match(self._text, self._at, self._at + RECORD_CHARACTERS_MAX + 1)
        line = found.group() if found else ""
        self._at += len(line)
        self._line += 1
        self.of_record += len(line)
        if self.of_record > RECORD_CHARACTERS_MAX:
            raise NotTaken(Fault("too_large", self._name, self._line))
        return line


def _decoded(name: str, content: bytes, encoding: str) -> str:
    """Return the text of a file. Raises NotTaken where it is not in `encoding`, with the row and the byte in it."""
    begins_with_bom = content.startswith(BOM)
    if encoding == "utf-8-sig":
        if not begins_with_bom:
            raise NotTaken(Fault("wrong_encoding", name, 1))
        content = content[len(BOM) :]
    elif begins_with_bom:
        raise NotTaken(Fault("has_bom" if encoding == "utf-8" else "wrong_encoding", name, 1))
    codec = "utf-8" if encoding.startswith("utf-8") else encoding
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise NotTaken(_at(name, content, error.start)) from None
    if codec == "cp932" and (place := _utf8_in_disguise(content)) is not None:
        raise NotTaken(_at(name, content, place))
    for forbidden in ("\x00", "\ufffd"):
        if (found := text.find(forbidden)) >= 0:
            raise NotTaken(Fault("forbidden_character", name, text.count("\n", 0, found) + 1))
    return text


def _utf8_in_disguise(content: bytes) -> int | None:
    """
    Where UTF-8 begins that CP932 can read too, as other characters.

    Real CP932 is valid UTF-8 from end to end, with a character of three bytes in it, only by an accident that no text of a school has.
    """
    if content.isascii():
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return next((place for place, byte in enumerate(content) if byte in _THREE_BYTES), None)


def _at(name: str, content: bytes, place: int) -> Fault:
    line = content.rfind(b"\n", 0, place) + 1
    return Fault("wrong_encoding", name, content.count(b"\n", 0, place) + 1, detail=f"byte {place - line + 1}")


def _whole(name: str, rows: Iterator[tuple[int, list[str]]], columns: int) -> Iterator[tuple[int, list[str]]]:
    for number, row in rows:
        # An empty line, as editors leave it at the end, is no row.
        if not row:
            continue
        if len(row) != columns:
            raise NotTaken(Fault("wrong_cells", name, number))
        yield number, row


def written(columns: Sequence[str], rows: Iterator[Sequence[object]] | Sequence[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """Return a CSV file. What is None is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode(encoding)
