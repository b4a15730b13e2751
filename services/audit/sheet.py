"""Entries as a table to take away (CSV): the words of the page, with every id and code, and no formula that a spreadsheet would run."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from services.audit import telling
from services.audit.domain import wording
from services.audit.telling import Known
from services.audit.views import Row

HEADINGS = (
    "番号",
    "いつ",
    "だれが",
    "そのときの役割",
    "職員のID",
    "どの画面で",
    "なにを",
    "操作の名前",
    "対象",
    "対象のID",
    "許可・拒否",
    "理由（符号）",
    "見せた・変えた項目",
    "端末・入口",
    "記録のハッシュ",
    "改ざんの疑い",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(rows: Sequence[Row], known: Known) -> bytes:
    """Return the table as a spreadsheet opens it: UTF-8 with a byte order mark, lines ended by CR LF."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([_harmless(cell) for cell in _cells(row, known)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cells(row: Row, known: Known) -> Iterator[str]:
    told, columns = telling.told(row, known), row.columns
    yield from (str(row.index), told.when, told.who_name or "", told.who, told.who_id or "", told.screen, told.deed)
    yield columns.action if columns is not None else ""
    yield from (" ".join(filter(None, (told.thing, told.thing_name))), told.thing_id or "", told.decision)
    yield wording.reason_of(columns.reason_code) if columns is not None and columns.reason_code else ""
    yield "、".join(map(wording.field_of, columns.fields)) if columns is not None else ""
    yield (wording.origin_of(columns.origin) or "") if columns is not None else ""
    yield from (row.digest.hex(), "" if row.is_intact else "あり")


def _harmless(cell: str) -> str:
    # A field of a refused event is called what its sender called it.
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
