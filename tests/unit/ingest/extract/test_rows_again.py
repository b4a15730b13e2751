"""Rows of a file that was cut before, read again by their places: those that are new or changed, one night in the year all of them."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.extracts.faults import FileRefused
from services.ingest.domain.extracts.rows import Cutter, Raw
from services.ingest.inlets.extract.reading import APART_BYTES, rows_at

CELL = st.one_of(st.text("ａア1,", max_size=20), st.just('"a ""b""\r\nc"'), st.just("x" * APART_BYTES), st.just(""))
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=3).map(",".join), min_size=1, max_size=30)


def cut(content: bytes) -> list[Raw]:
    cutter = Cutter()
    return [*cutter.fed(content), *cutter.ended()]


def again(content: bytes, raws: Sequence[Raw]) -> list[Raw]:
    return rows_at(io.BufferedReader(io.BytesIO(content)), [(raw.row, raw.octet) for raw in raws])


@given(rows=ROWS, ends=st.booleans(), data=st.data())
def test_rows_are_read_again_as_they_were_cut_whichever_they_are(rows: list[str], *, ends: bool, data: st.DataObject) -> None:
    content = ("\r\n".join(rows) + "\r\n" * ends).encode("cp932")
    whole = cut(content)
    chosen = [raw for raw in whole if data.draw(st.booleans())]

    assert again(content, chosen) == chosen


def test_rows_in_no_order_are_read_again_too() -> None:
    content = b"".join(b"%d,row\n" % number for number in range(9))
    chosen = [cut(content)[number] for number in (7, 8, 2, 3, 1)]

    assert again(content, chosen) == chosen


@pytest.mark.parametrize("now", [b"", b"a\n", b'a\nb\n"c\n', b"a\nb\n\n\n", b"a\nlonger\n"])
def test_a_file_in_which_a_row_is_not_there_any_more_was_changed(now: bytes) -> None:
    before = cut(b"a\nb\nc\nd\n")

    with pytest.raises(FileRefused) as refused:
        again(now, before)

    assert refused.value.code == "changed_while_read"


def test_what_lies_between_two_rows_that_are_far_apart_is_not_read() -> None:
    content = b"first\n" + b"between\n" * APART_BYTES + b"last\n"
    whole = cut(content)
    read = 0

    class Counting(io.BytesIO):
        def readinto(self, into: bytearray) -> int:  # type: ignore[override]
            nonlocal read
            found = super().readinto(into)
            read += found
            return found

    file = io.BufferedReader(Counting(content), 64)  # type: ignore[type-var]
    assert [raw.content for raw in rows_at(file, [(whole[0].row, whole[0].octet), (whole[-1].row, whole[-1].octet)])] == [b"first", b"last"]  # type: ignore[arg-type]
    assert read < len(content) / 10
