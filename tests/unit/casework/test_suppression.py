"""Small numbers of a table with sums: neither shown nor to be worked out from what is shown (casework.md §2.3, §6.1)."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.casework.domain.suppression import SMALLEST, Known, known_of, suppressed, with_sums

Rows = list[list[int]]
tables = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 40) | st.integers(0, 3), min_size=width, max_size=width), min_size=1, max_size=6)
)


def hidden_in(rows: Rows) -> set[tuple[int, int]]:
    return {(i, j) for i, row in enumerate(suppressed(rows)) for j, number in enumerate(row) if number is None}


@given(tables)
def test_no_small_number_is_shown_and_what_is_shown_is_true(rows: Rows) -> None:
    shown = [number for row in suppressed(rows) for number in row]
    true = [number for row in with_sums(rows) for number in row]

    assert not [number for number in shown if number is not None and 0 < number < SMALLEST]
    assert [number if said is not None else None for number, said in zip(true, shown, strict=True)] == shown


@given(tables)
def test_no_difference_gives_a_small_number_away(rows: Rows) -> None:
    """From sums and neighbours it may be ten or more, and is known no closer than ten."""
    table, hidden = with_sums(rows), hidden_in(rows)
    small = [(i, j) for i, j in hidden if 0 < table[i][j] < SMALLEST]
    if len(hidden) == sum(map(len, table)):
        return
    for cell in small:
        known = known_of(table, hidden, cell)
        assert known.most >= SMALLEST
        assert known.most - known.least >= SMALLEST


MOST = 8
"""More than any sum of these small tables."""


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=2, max_size=2), st.data())
def test_what_an_attacker_can_know_is_what_trying_every_table_finds(rows: Rows, data: st.DataObject) -> None:
    """The network is no shortcut: it finds what somebody finds who tries all tables that agree with what is shown."""
    table = with_sums(rows)
    cells = [(i, j) for i, row in enumerate(table) for j, number in enumerate(row) if number]
    hidden = set(data.draw(st.lists(st.sampled_from(cells), unique=True))) if cells else set()
    possible = [
        other for numbers in product(range(MOST + 1), repeat=4) if _agrees(other := with_sums([numbers[:2], numbers[2:]]), table, hidden)
    ]

    for i, j in hidden:
        found = [other[i][j] for other in possible]
        known = known_of(table, hidden, (i, j))
        assert (known.least, min(known.most, MOST)) == (min(found), min(max(found), MOST))


def _agrees(other: tuple[tuple[int, ...], ...], table: tuple[tuple[int, ...], ...], hidden: set[tuple[int, int]]) -> bool:
    return all((number > 0 if (i, j) in hidden else number == table[i][j]) for i, row in enumerate(other) for j, number in enumerate(row))


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([[20, 30]], ((20, 30, 50),)),
        ([[0, 0]], ((0, 0, 0),)),
        ([[3, 30, 40]], ((None, None, 40, 73),)),
        ([[1, 1, 50]], ((None, None, None, 52),)),
    ],
)
def test_a_row_is_shown_with_as_little_left_out_as_its_sum_allows(rows: Rows, shown: tuple[tuple[int | None, ...], ...]) -> None:
    assert suppressed(rows) == shown


def test_a_single_hidden_number_beside_its_sum_is_known() -> None:
    table = with_sums([[3, 30]])

    assert known_of(table, {(0, 0)}, (0, 0)) == Known(3, 3)
