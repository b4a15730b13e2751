"""Lists that leave: a cell is never a formula, a name stays a name, and a list stands as its steps say (issue 12 point 7)."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.deeds import casework as deeds
from contracts.ids import StaffId
from services.casework.domain.exporting import PURPOSES, Export, Format, Purpose, Stands, cell, plain
from services.casework.screens.exports.writing import Marked, written

TODAY = date(2026, 4, 11)
ASKS, OTHER = StaffId(UUID(int=1)), StaffId(UUID(int=2))
MARKED = Marked("L-000001", ("目的：協議の準備のため",))
EVIL = ("=HYPERLINK(1)", " =1+1", "+81-92", "-1", "@SUM(A1)", "＝1", "\t=1", "\r\n=1", "'=1", "|calc", "%0A=1", '"=1"')


@given(st.text())
def test_no_text_is_taken_for_a_formula_whatever_it_is(text: str) -> None:
    seen = cell(text)

    assert seen.lstrip(' \u3000"')[:1] not in set("=+-@|%＝＋－＠")
    assert not any(each in seen for each in "\r\n\t\x00\u202e")
    assert plain(text) in seen


@pytest.mark.parametrize("name", ["葛\U000e0100城 渡邊\U000e0108あお", "𠮷田　はな", "外字\ue000", "Ｏ’Ｂｒｉｅｎ"])
def test_names_stay_as_they_are(name: str) -> None:
    assert cell(name) == plain(name) == name


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from(EVIL)), max_size=5))
def test_a_workbook_has_texts_alone_and_is_marked_above_and_below(rows: list[tuple[str, str]]) -> None:
    sheet = load_workbook(io.BytesIO(written(Format.XLSX, MARKED, ("氏名", "理由"), rows))).worksheets[0]

    cells = [each for line in sheet.iter_rows() for each in line if each.value is not None]
    assert {each.data_type for each in cells} == {"s"}
    assert all(each.quotePrefix for each in cells)
    marks = [each.value for each in cells if str(each.value).startswith("取扱注意　対象者リスト L-000001")]
    assert (cells[0].value, len(marks)) == ("取扱注意　対象者リスト L-000001", 2)


def test_a_csv_is_read_by_a_spreadsheet_and_says_whose_it_is() -> None:
    body = written(Format.CSV, MARKED, ("氏名", "理由"), [(each, "ふつう, の\n言葉") for each in EVIL])

    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0] == rows[-2] == ["取扱注意　対象者リスト L-000001"]
    assert all(row[0].startswith("'") and row[1] == "ふつう, の 言葉" for row in rows[4 : 4 + len(EVIL)])


def test_a_list_stands_as_its_steps_say() -> None:
    at = datetime(2026, 4, 11, tzinfo=UTC)
    asked = Export(UUID(int=9), "L-1", Purpose.VISITS, "訪問", None, Format.CSV, 10, at, ASKS, "見本")
    ready = replace(asked, approved=True, decided_by_name="見本", take_until=TODAY)
    out = replace(ready, taken_at=at, children=1, delete_by=TODAY)
    gone = replace(out, deleted_at=at, deleted_how="裁断")
    next_day = TODAY + timedelta(days=1)

    assert [each.stands(TODAY) for each in (asked, replace(asked, approved=False), ready, out, gone)] == [
        *(Stands.WAITING, Stands.DECLINED, Stands.READY, Stands.OUT, Stands.DELETED),
    ]
    assert [each.stands(next_day) for each in (ready, out, gone)] == [Stands.EXPIRED, Stands.OVERDUE, Stands.DELETED]
    assert [each.may_be_taken(TODAY) for each in (asked, ready, out, gone)] == [False, True, True, False]
    assert (asked.may_decide(ASKS), asked.may_decide(OTHER), ready.may_decide(OTHER)) == (False, True, False)
    assert dict(deeds.WHY_EXPORTED) == {each.value: words for each, words in PURPOSES.items()}
