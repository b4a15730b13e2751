"""
A CSV file, in the encoding that was declared and in no other: a wrong declaration is found with its row, never guessed around (§6.2).

A row is a line of the file as an editor counts it; the heading is row 1.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .bundle import FileEntry
from .faults import Fault, NotTaken

BOM = b"\xef\xbb\xbf"
LINE_BYTES_MAX = 64 * 1024
COLUMNS_MAX = 200
_THREE_BYTES = range(0xE3, 0xEA)
"""First bytes of kana and of nearly every kanji in UTF-8."""


@dataclass(frozen=True, slots=True)
class Table:
    """The heading of a file, and its rows, each with the line on which it ends."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[int, list[str]]]


def read_table(name: str, content: bytes, encoding: str) -> Table:
    """Read a whole file. Raises NotTaken with file and row."""
    text = decoded(name, content, encoding)
    rows = _rows(name, text)
    heading = next(rows, None)
    if heading is None or not any(heading[1]):
        raise NotTaken(Fault("no_heading", name))
    columns = tuple(cell.strip() for cell in heading[1])
    if len(set(columns)) != len(columns) or len(columns) > COLUMNS_MAX:
        raise NotTaken(Fault("repeated_column", name, 1))
    return Table(columns, list(_whole(name, rows, len(columns))))


def entry_of(name: str, content: bytes, encoding: str) -> FileEntry:
    """Return what the manifest says of a file. Raises NotTaken for one that would be refused."""
    table = read_table(name, content, encoding)
    return FileEntry(name=name, sha256=sha256(content).hexdigest(), rows=len(table.rows), columns=table.columns)


def decoded(name: str, content: bytes, encoding: str) -> str:
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


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error:
        raise NotTaken(Fault("not_csv", name, reader.line_num)) from None


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
