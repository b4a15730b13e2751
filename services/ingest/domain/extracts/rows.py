"""
From the bytes of a file to its rows, a piece at a time: cut at the ends of rows, decoded strictly as declared, split by the standard's csv.

Memory is bounded by the piece and by the longest row. Neither a line's end, a quotation mark nor a delimiter can be the second byte of a
character in CP932 (those begin at 0x40; of the delimiters only `|` could be one, and is looked for after decoding), so cutting comes first.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.ingest.domain.extracts.adapter import DENIED_WORDS, Adapter, denied
from services.ingest.domain.extracts.faults import FileRefused, RowFault

ROW_BYTES_MAX = 256 * 1024
"""Of one row: a quotation mark that is not closed makes one row of all that follows."""

BOM = b"\xef\xbb\xbf"
END_OF_FILE = b"\x1a"
"""What old systems write behind the last row."""

_THREE_BYTES = re.compile(rb"[\xe3-\xe9][\x80-\xbf][\x80-\xbf]")
_SURELY_UTF_8 = 2
"""So many characters of three bytes in a row of nothing but UTF-8 are no row of CP932, where each would have to end where it begins."""


class Raw(NamedTuple):
    """One row as it stands in the file: which it is, where it begins, its bytes without the line's end."""

    row: int
    octet: int
    content: bytes


@dataclass(slots=True)
class Cutter:
    """Cuts the bytes of a file into rows; rows without anything are none, yet count. `row` and `octet` are of what comes next."""

    row: int = 1
    octet: int = 0
    _rest: list[bytes] = field(default_factory=list)
    _held: int = 0
    _open: bool = False

    def fed(self, piece: bytes) -> Iterator[Raw]:
        """The rows that are whole now. Raises FileRefused for a row that never ends."""
        *lines, last = piece.split(b"\n")
        for line in lines:
            whole = self._whole(line)
            if whole is not None:
                yield from self._cut(whole, 1)
        self._hold(last)

    def ended(self) -> Iterator[Raw]:
        """The last row, where no line's end stands behind it. Raises FileRefused where a quotation mark is open."""
        if self._open:
            raise FileRefused("quote_open", row=self.row, octet=self.octet)
        yield from self._cut(b"".join(self._rest).removesuffix(END_OF_FILE), 0)

    def _whole(self, line: bytes) -> bytes | None:
        """The row that ends with this line; None while a quotation mark is open."""
        if not self._rest and (b'"' not in line or not line.count(b'"') % 2):
            return line
        self._hold(line)
        if self._open:
            self._hold(b"\n")
            return None
        whole = b"".join(self._rest)
        self._rest.clear()
        self._held = 0
        return whole

    def _hold(self, part: bytes) -> None:
        if not part:
            return
        self._rest.append(part)
        self._held += len(part)
        self._open ^= part.count(b'"') % 2 == 1
        if self._held > ROW_BYTES_MAX:
            raise FileRefused("quote_open" if self._open else "not_csv", row=self.row, octet=self.octet)

    def _cut(self, whole: bytes, end: int) -> Iterator[Raw]:
        row, octet = self.row, self.octet
        self.row += 1
        self.octet += len(whole) + end
        content = whole.removesuffix(b"\r")
        if content:
            yield Raw(row, octet, content)


def decoded(raw: Raw, encoding: str) -> str:
    """The text of a row. Raises FileRefused with row and byte where it is not in the encoding that was declared."""
    content = raw.content
    if content.isascii():
        return content.decode("ascii")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        # CP932 takes the first bytes of UTF-8 for characters of its own, and stumbles later.
        start = _first_high(content) if encoding != "utf-8" and _is_utf_8(content) else error.start
        raise FileRefused("wrong_encoding", row=raw.row, octet=raw.octet + start) from None
    if encoding != "utf-8" and _is_utf_8(content):
        raise FileRefused("wrong_encoding", row=raw.row, octet=raw.octet + _first_high(content))
    return text


def _is_utf_8(content: bytes) -> bool:
    # CP932 takes much of UTF-8 for characters of its own (mojibake): what can be read as both is looked at.
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(_THREE_BYTES.findall(content)) >= _SURELY_UTF_8


def _first_high(content: bytes) -> int:
    return next(place for place, byte in enumerate(content) if byte > 0x7F)  # noqa: PLR2004 -- the end of ASCII


def split(texts: Sequence[str], raws: Sequence[Raw], delimiter: str, faults: list[RowFault]) -> Iterator[tuple[Raw, list[str]]]:
    """The cells of rows. What is no CSV is told of in `faults`, and does not stop the others."""
    try:
        # All at once: one call of C for many rows.
        yield from zip(raws, list(csv.reader(texts, delimiter=delimiter, strict=True)), strict=True)
    except (csv.Error, ValueError):
        for raw, text in zip(raws, texts, strict=True):
            cells = _alone(text, delimiter)
            if cells is None:
                faults.append(RowFault(raw.row, "", "not_csv"))
            else:
                yield raw, cells


def _alone(text: str, delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


@dataclass(frozen=True, slots=True)
class Heading:
    """The first row, held against the adapter: at which place each column stands that is read."""

    width: int
    place: dict[str, int]


def heading_of(raw: Raw, adapter: Adapter) -> Heading:
    """Read the headings. Raises FileRefused: another encoding, a column missing, twice, unknown, or of what must not be collected."""
    content = raw.content
    if content.startswith(BOM):
        if adapter.encoding != "utf-8":
            raise FileRefused("wrong_encoding", row=1, octet=raw.octet)
        raw = Raw(raw.row, raw.octet + len(BOM), content[len(BOM) :])
    faults: list[RowFault] = []
    rows = list(split([decoded(raw, adapter.encoding)], [raw], adapter.delimiter, faults))
    if not rows:
        raise FileRefused("not_csv", row=raw.row, octet=raw.octet)
    names = [name.strip(" \u3000") for name in rows[0][1]]
    _look_at(names, adapter, raw)
    return Heading(len(names), {name: place for place, name in enumerate(names) if name in adapter.columns})


def _look_at(names: Sequence[str], adapter: Adapter, raw: Raw) -> None:
    for code, column in _wrong_with(names, adapter):
        # A heading in another encoding is the likelier mistake, and its letters would be shown wrongly.
        if code in {"column_missing", "column_unknown"} and _reads_otherwise(raw, adapter):
            raise FileRefused("wrong_encoding", row=raw.row, octet=raw.octet + _first_high(raw.content))
        raise FileRefused(code, row=raw.row, column=column)


def _wrong_with(names: Sequence[str], adapter: Adapter) -> Iterator[tuple[str, str]]:
    """What is wrong with the headings. One that nobody declared is told by its place: in a file without headings it is a person's name."""
    known = adapter.ignore | set(adapter.columns)
    yield from (("column_denied", _denied_word(name) or at(place)) for place, name in enumerate(names, 1) if denied(name))
    yield from (("column_missing", column) for column in adapter.columns if column not in names)
    yield from (("column_twice", name if name in known else at(names.index(name) + 1)) for name in names if names.count(name) > 1)
    yield from (("column_unknown", at(place)) for place, name in enumerate(names, 1) if name not in known)


def at(place: int) -> str:
    """A column by its place, counted from 1, as it is told."""
    return f"{place}列目"


def _denied_word(heading: str) -> str | None:
    """The catalogue's own word for what a heading says."""
    return next((word for word in DENIED_WORDS if word in heading), None)


def _reads_otherwise(raw: Raw, adapter: Adapter) -> bool:
    other = "cp932" if adapter.encoding == "utf-8" else "utf-8"
    if raw.content.isascii():
        return False
    try:
        text = raw.content.decode(other)
    except UnicodeDecodeError:
        return False
    return any(column in text for column in adapter.columns)
