"""
A source's code table of characters of private use (外字): which character each of its code points stands for (domain.md §6.2).

Two columns, `U+E000,辻` or `U+E000,U+8FBB U+E0101` (a character with its variation selector, IVS); each may be the character itself or its
code points. What the table does not have is kept as it came. A record's hash stays that of what came, so that a repetition is known
for one whatever the table says by then.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from contracts.catalogue import EventType, FieldType
from services.ingest.domain.characters import GETA_MARK, is_private, is_selector, is_standard
from services.ingest.domain.denial import denies_name, denies_text

ROWS_MOST = 20_000
"""More than any register of 外字 has: plane 0 has room for 6,400."""

_CODE_POINTS = re.compile(r"(?:U\+)?[0-9A-F]{4,6}(?: +(?:U\+)?[0-9A-F]{4,6})*", re.IGNORECASE)
_HEADINGS = frozenset({"code_point", "外字", "文字コード", "コード"})


class NotATable(Exception):
    """A file is no code table. `faults` name each row that is wrong, and why; never more than a code point."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults[:20]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class CodeTable:
    """What each code point stands for: one character, perhaps with its selector."""

    means: Mapping[int, str]

    @property
    def content_hash(self) -> bytes:
        """SHA-256 of what it says, whatever the order of its rows."""
        return sha256("\n".join(f"{code:X},{self.means[code]}" for code in sorted(self.means)).encode()).digest()


def table_of(text: str) -> CodeTable:
    """The code table that a text of two columns is. Raises NotATable, which names every row that is wrong."""
    means: dict[int, str] = {}
    faults: list[str] = []
    for number, row in enumerate(csv.reader(text.removeprefix("\ufeff").splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].casefold() in _HEADINGS):
            continue
        fault = _read_row(cells, means)
        if fault is not None:
            faults.append(f"row {number}: {fault}")
    if not means and not faults:
        faults.append("the table has no row")
    if len(means) > ROWS_MOST:
        faults.append(f"{len(means)} rows are more than {ROWS_MOST}")
    if faults:
        raise NotATable(faults)
    return CodeTable(means)


def _read_row(cells: list[str], means: dict[int, str]) -> str | None:
    if len(cells) != 2:  # noqa: PLR2004 - code point and character
        return f"two columns are expected, a code point and a character; there are {len(cells)}"
    source, target = (_characters(cell) for cell in cells)
    if source is None or len(source) != 1 or not is_private(source):
        return "the first column is no code point of private use (U+E000 to U+F8FF, or planes 15 and 16)"
    if target is None or not _is_one_character(target):
        return "the second column is not one character of JIS X 0213 or MJ, with at most one variation selector"
    if means.setdefault(ord(source), target) != target:
        return f"U+{ord(source):04X} stands in the table twice, for two characters"
    return None


def _characters(cell: str) -> str | None:
    # One character alone may be a digit or a letter, and is never four of them.
    if _CODE_POINTS.fullmatch(cell) is None:
        return cell
    codes = [int(word.upper().removeprefix("U+"), 16) for word in cell.split()]
    return "".join(map(chr, codes)) if all(code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF for code in codes) else None  # noqa: PLR2004


def _is_one_character(text: str) -> bool:
    first, rest = text[:1], text[1:]
    # Letters alone: a space, a mark or a sign of control would change what a name says to a machine.
    letter = (
        first != "" and unicodedata.category(first) in {"Lo", "Lm", "Lu", "Ll", "So", "Nl"} and first != GETA_MARK and is_standard(first)
    )
    return letter and (rest == "" or (len(rest) == 1 and is_selector(rest)))


def private_in(kind: EventType, data: Mapping[str, object]) -> set[int]:
    """The code points of private use in a record's texts."""
    return {ord(each) for _, text in _texts(kind, data) for each in text if is_private(each)}


def with_characters(kind: EventType, data: Mapping[str, object], means: Mapping[int, str]) -> dict[str, object]:
    """
    The data with the characters that a table has for those of private use.

    A text is kept as it came where it would be longer than its field may be, or would say something denied.
    """
    changed = dict(data)
    limits = {field.name: field.max_length for field in kind.fields}
    in_parts = {field.name for field in kind.fields if field.in_parts}
    for name, text in _texts(kind, data):
        written = text.translate(dict(means))
        limit = limits[name]
        denies = denies_name if name in in_parts else denies_text
        if written != text and (limit is None or len(written) <= limit) and not denies(written):
            changed[name] = written
    return changed


def _texts(kind: EventType, data: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for field in kind.fields:
        text = data.get(field.name)
        if field.type is FieldType.TEXT and isinstance(text, str) and not text.isascii():
            yield field.name, text
