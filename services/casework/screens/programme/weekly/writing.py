"""A report as a table to work with: one number a line, and nothing in it that a spreadsheet would run."""

import csv
import io
from collections.abc import Sequence

from services.casework.domain.exporting import cell

HEADINGS = ("表", "区", "項目", "数")


def as_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return the file: sentences about it first, then a line for each number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([*([cell(text)] for text in head), [], HEADINGS, *([cell(text) for text in row] for row in rows)])
    return out.getvalue().encode("utf-8-sig")
