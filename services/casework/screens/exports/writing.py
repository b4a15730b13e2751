"""A list as a file that leaves: marked with what it is, whose and until when, and without anything that a spreadsheet would run."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.casework.domain.exporting import Format, cell, plain

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
CAUTION = "取扱注意"
_WIDTHS = (18, 18, 16, 14, 12, 14, 14, 48, 48)
_WRAPPED = 48


@dataclass(frozen=True, slots=True)
class Marked:
    """What every copy says of itself: its number, what for, who took it and when, and by when it is to be deleted."""

    number: str
    lines: tuple[str, ...]


def written(form: Format, marked: Marked, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return the file. The mark stands above the children and below them: half of a list is marked, too."""
    return _workbook(marked, headings, rows) if form is Format.XLSX else _csv(marked, headings, rows)


def _marks(marked: Marked) -> list[str]:
    return [f"{CAUTION}　対象者リスト {marked.number}", *marked.lines]


def _csv(marked: Marked, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    marks = [[cell(text)] for text in _marks(marked)]
    writer.writerows([*marks, [], list(headings), *([cell(text) for text in row] for row in rows), [], *marks])
    return out.getvalue().encode("utf-8-sig")


def _workbook(marked: Marked, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    # A twelfth of what casework imports, and of use to whoever takes a list along.
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.properties.title = f"{CAUTION} {marked.number}"
    book.properties.creator = ""
    book.remove(book.worksheets[0])
    sheet: Worksheet = book.create_sheet(marked.number)
    marks = _marks(marked)
    lines: list[Sequence[str]] = [*([text] for text in marks), [], headings, *rows, [], *([text] for text in marks)]
    for number, line in enumerate(lines, 1):
        for place, text in enumerate(line, 1):
            _write(sheet, number, place, text)
    for place in range(1, len(headings) + 1):
        sheet.cell(len(marks) + 2, place).font = Font(bold=True)
    for width, column in zip(_WIDTHS, "ABCDEFGHI", strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = f"A{len(marks) + 3}"
    sheet.print_title_rows = f"{len(marks) + 2}:{len(marks) + 2}"
    sheet.page_setup.orientation = "landscape"
    for part, text in ((sheet.oddHeader, f"{CAUTION} {marked.number}"), (sheet.oddFooter, "&P / &N")):
        assert part is not None  # noqa: S101 -- every sheet has them
        part.center.text = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: "Worksheet", row: int, column: int, text: str) -> None:
    """Write a text as a text: what begins like a formula is none, also after somebody has edited the cell."""
    from openpyxl.styles import Alignment

    written_to = sheet.cell(row, column)
    written_to.value = plain(text)
    written_to.data_type = "s"
    written_to.quotePrefix = True
    written_to.alignment = Alignment(vertical="top", wrap_text=_WIDTHS[column - 1] == _WRAPPED)
