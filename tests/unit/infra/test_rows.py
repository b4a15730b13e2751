"""Rows as PostgreSQL takes them."""

from datetime import date
from uuid import UUID

import pytest

from infra.rows import array, columns, day


def test_rows_become_columns() -> None:
    assert columns([(1, "a"), (2, "b"), (3, "c")], 2) == [[1, 2, 3], ["a", "b", "c"]]


def test_no_rows_are_columns_all_the_same() -> None:
    assert columns([], 3) == [[], [], []]


@pytest.mark.parametrize("rows", [[(1, 2, 3)], [(1, 2), (1,)], [(1,)]])
def test_a_row_of_another_width_is_refused(rows: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match=r"columns; expected 2|shorter|longer"):
        columns(rows, 2)


def test_an_array_is_postgresqls_own_text() -> None:
    assert array([UUID(int=1), "CHK", 3]) == "{00000000-0000-0000-0000-000000000001,CHK,3}"
    assert array([]) == "{}"


@pytest.mark.parametrize("value", ["", "a,b", "{", '"', "a b", "\\", "a\nb", "null value"])
def test_what_would_need_quotes_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="other characters") as refused:
        array(["CHK", value])
    assert not value or value not in str(refused.value)


@pytest.mark.parametrize(("text", "expected"), [(None, None), ("", None), ("2026-04-11", date(2026, 4, 11))])
def test_a_day_may_be_missing(text: str | None, expected: date | None) -> None:
    assert day(text) == expected
