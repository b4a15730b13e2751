"""Code tables of characters of private use: what is one, and what it makes of a record."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.catalogue import event_type
from contracts.values import Source
from services.ingest.domain.characters import PRIVATE_USE, is_private, remarks_on
from services.ingest.domain.denial import denies_name
from services.ingest.domain.gaiji import NotATable, table_of, with_characters

RESIDENT = event_type(Source.RESIDENT_REGISTRY, "resident.changed")
PRIVATE = st.integers(0xE000, 0xF8FF).map(chr)
STANDARD = st.sampled_from(["辻", "邊", "邊\U000e0101", "𠮷", "﨑", "ヷ", "髙\ufe00"])
TABLES = st.dictionaries(PRIVATE, STANDARD, min_size=1, max_size=20)


def spelled(text: str) -> Iterable[str]:
    yield text
    yield " ".join(f"U+{ord(each):04X}" for each in text)
    yield " ".join(f"{ord(each):04x}" for each in text)


@given(TABLES, st.data())
def test_a_table_says_the_same_however_its_code_points_are_written(rows: dict[str, str], data: st.DataObject) -> None:
    lines = [",".join(data.draw(st.sampled_from(list(spelled(text)))) for text in row) for row in rows.items()]

    table = table_of("\ufeffコード,文字\r\n" + "\r\n".join(lines))

    assert table.means == {ord(code): text for code, text in rows.items()}
    assert table.content_hash == table_of("\n".join(reversed(lines))).content_hash


@given(TABLES, st.text(st.one_of(PRIVATE, st.sampled_from("山田花")), max_size=12))
def test_what_the_table_has_is_replaced_and_all_else_is_kept_as_it_came(rows: dict[str, str], name: str) -> None:
    table = table_of("\n".join(map(",".join, rows.items())))
    data = {"name": name, "person_no": "0000000100"}

    said = with_characters(RESIDENT, data, table.means)

    assert said == {**data, "name": "".join(rows.get(each, each) for each in name)}
    left = any(is_private(each) and each not in rows for each in name)
    assert any(remark.code == PRIVATE_USE for remark in remarks_on(RESIDENT, said)) is left


def test_a_text_that_would_be_too_long_or_say_something_denied_is_kept_as_it_came() -> None:
    table = table_of("U+E000,U+908A U+E0101\nU+E001,希\nU+E002,死")
    long, denied = {"name": "\ue000" * 51}, {"name": "\ue001\ue002念慮"}
    assert denies_name("希死念慮")

    assert with_characters(RESIDENT, long, table.means) == long
    assert with_characters(RESIDENT, denied, table.means) == denied
    assert with_characters(RESIDENT, {"name": "\ue000" * 50}, table.means) == {"name": "\u908a\U000e0101" * 50}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no row"),
        ("U+E000", "row 1: two columns"),
        ("U+E000,辻,x", "row 1: two columns"),
        ("U+E000,辻\nU+4E00,辻", "row 2: the first column"),
        ("U+E000,\ue001", "row 1: the second column"),
        ("U+E000,辻辻", "row 1: the second column"),
        ("U+E000,\U000e0101", "row 1: the second column"),
        ("U+E000,〓 ", "row 1: the second column"),
        ("U+E000, ", "row 1: the second column"),
        ("U+E000,U+D800", "row 1: the second column"),
        ("U+E000,U+110000", "row 1: the second column"),
        ("U+E000,辻\nU+E000,邊", "row 2: U+E000 stands in the table twice"),
        ("U+E000,辻\nU+E000,辻", None),
    ],
)
def test_what_is_no_table_is_refused_with_its_row(text: str, fault: str | None) -> None:
    if fault is None:
        table_of(text)
        return
    with pytest.raises(NotATable) as refused:
        table_of(text)
    assert any(each.startswith(fault) or fault in each for each in refused.value.faults)


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_is_refused(text: str) -> None:
    try:
        table = table_of(text)
    except NotATable as refused:
        assert refused.faults  # noqa: PT017 - either way is right
    else:
        assert all(is_private(chr(code)) for code in table.means)
