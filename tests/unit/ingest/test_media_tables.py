"""A CSV file is read in the encoding that was declared, and in no other; what is wrong with it is told with its row, never its value."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.inlets.media.school.faults import NotTaken
from services.ingest.inlets.media.school.tables import BOM, read_table, written

FILE = "pupil.registered.csv"
NAMES = ("架空　はな", "高橋", "ｶｸｳ", "abc", "渡邉", "塚")


def refused(content: bytes, encoding: str) -> tuple[str, int | None]:
    with pytest.raises(NotTaken) as error:
        read_table(FILE, content, encoding)
    return error.value.code, error.value.faults[0].row


def lines(*names: str, encoding: str) -> bytes:
    return "".join(f"{name},1\r\n" for name in ("name", *names)).encode(encoding)


def test_cp932_that_is_declared_utf_8_is_refused_at_the_first_row_that_shows_it() -> None:
    assert refused(lines("abc", "def", "架空", encoding="cp932"), "utf-8") == ("wrong_encoding", 4)


def test_utf_8_that_is_declared_cp932_is_refused_though_it_could_be_read() -> None:
    content = lines("abc", "ああ", encoding="utf-8")
    assert content.decode("cp932")

    assert refused(content, "cp932") == ("wrong_encoding", 3)


@pytest.mark.parametrize(("declared", "code"), [("utf-8", "has_bom"), ("cp932", "wrong_encoding")])
def test_a_bom_must_be_declared(declared: str, code: str) -> None:
    assert refused(BOM + b"name\r\nabc\r\n", declared) == (code, 1)


def test_a_bom_that_is_declared_must_be_there() -> None:
    assert refused(b"name\r\nabc\r\n", "utf-8-sig") == ("wrong_encoding", 1)


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "no_heading", None),
        (b"\r\n", "no_heading", None),
        (b"a,a\r\n1,2\r\n", "repeated_column", 1),
        (b"a,b\r\n1,2\r\n1\r\n", "wrong_cells", 3),
        (b"a,b\r\n1,2,3\r\n", "wrong_cells", 2),
        (b'a\r\n"x"y\r\n', "not_csv", 2),
        (b"a\r\nx\x00\r\n", "forbidden_character", 2),
        ("a\r\nb\r\n\ufffd\r\n".encode(), "forbidden_character", 3),
    ],
)
def test_what_is_no_table_is_refused_with_its_row(content: bytes, code: str, row: int | None) -> None:
    assert refused(content, "utf-8") == (code, row)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.sampled_from(NAMES), st.sampled_from(["", "0012", 'a"b', "a,b", "x\ny"])), min_size=2, max_size=2)),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
)
def test_what_was_written_is_read_alike(rows: list[list[str]], encoding: str) -> None:
    table = read_table(FILE, written(("a", "b"), rows, encoding), encoding)

    assert [cells for _, cells in table.rows] == rows


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(["utf-8", "utf-8-sig", "cp932"]))
def test_no_bytes_break_the_reading(content: bytes, encoding: str) -> None:
    with suppress(NotTaken):
        read_table(FILE, content, encoding)


def test_ten_thousand_malformed_rows_are_each_named() -> None:
    for row in range(2, 10_002, 97):
        body = b"a,b\r\n" + b"1,2\r\n" * (row - 2) + b"broken\r\n" + b"1,2\r\n" * 3
        assert refused(body, "utf-8") == ("wrong_cells", row)
