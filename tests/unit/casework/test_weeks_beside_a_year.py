"""
Nobody works out a small number that is left out of what the weeks' reports and the year's statistics count (casework.md §2.3).

What stands now is no part of it: the README says what follows from that.
"""

from collections.abc import Iterator
from random import Random

import pytest

from services.casework.domain.results import Result
from services.casework.domain.suppression import SMALLEST
from services.casework.screens.programme.weekly.making import MOVEMENTS, tables_made
from services.casework.screens.statistics.rows import PLACES, Numbers, Statistics
from services.casework.screens.statistics.said import DEADLINES, HIDDEN, tables_of

Happened = tuple[int, str, str, str]
"""In which week, counted in which table, where, of which kind."""
Form = dict[Happened, int]
PRIME = 2**31 - 1
KINDS = {"movement": tuple(MOVEMENTS), "deadlines": tuple(DEADLINES), "results": tuple(result.value for result in Result)}
WEEKS = range(3)
NOTHING = Numbers({})


def happened(random: Random) -> dict[Happened, int]:
    return {
        (week, table, place, kind): random.choice((0, 0, random.randrange(1, SMALLEST), random.randrange(60)))
        for week in WEEKS
        for table, kinds in KINDS.items()
        for place in PLACES
        for kind in kinds
    }


def numbers(true: dict[Happened, int], table: str, weeks: range) -> Numbers:
    return Numbers({(place, kind): sum(true[week, table, place, kind] for week in weeks) for place in PLACES for kind in KINDS[table]})


def forms(table: str, weeks: range, rows: list[list[bool]]) -> Iterator[Form]:
    """What each shown cell of a table with its sums is the sum of."""
    kinds = KINDS[table]
    for row, places in zip(rows, (*((place,) for place in PLACES), PLACES), strict=True):
        for is_shown, of in zip(row, (*((kind,) for kind in kinds), kinds), strict=False):
            if is_shown:
                yield {(week, table, place, kind): 1 for week in weeks for place in places for kind in of}


def shown(true: dict[Happened, int]) -> Iterator[Form]:
    for week in WEEKS:
        one = range(week, week + 1)
        for made in tables_made(numbers(true, "movement", one), NOTHING, NOTHING):
            if made.key in KINDS:
                yield from forms(made.key, one, [[number is not None for number in row.numbers] for row in made.rows])
    year = Statistics(2026, NOTHING, numbers(true, "deadlines", WEEKS), numbers(true, "results", WEEKS), NOTHING, ())
    for page in tables_of(year, None, "令和8年度"):
        if page.key in KINDS:
            yield from forms(page.key, WEEKS, [[cell != HIDDEN for cell in line.cells] for line in page.rows])


def solved(found: list[Form]) -> set[Happened]:
    """Which unknowns the equations fix: those that stand alone once all the others are eliminated."""
    reduced: dict[Happened, Form] = {}
    for form in found:
        rest = _without(form, reduced)
        if rest:
            pivot, factor = next(iter(rest.items()))
            rest = {cell: value * pow(factor, -1, PRIME) % PRIME for cell, value in rest.items()}
            reduced = {other: _without(row, {pivot: rest}) for other, row in reduced.items()} | {pivot: rest}
    return {pivot for pivot, row in reduced.items() if len(row) == 1}


def _without(form: Form, reduced: dict[Happened, Form]) -> Form:
    left = dict(form)
    for pivot in [cell for cell in form if cell in reduced]:
        factor = left[pivot]
        for cell, value in reduced[pivot].items():
            left[cell] = (left.get(cell, 0) - factor * value) % PRIME
    return {cell: value for cell, value in left.items() if value}


def test_the_attack_finds_what_a_years_number_without_the_other_weeks_tells() -> None:
    first, second = [(week, "results", PLACES[0], "x") for week in (0, 1)]

    assert solved([{first: 1, second: 1}]) == set()
    assert solved([{first: 1, second: 1}, {first: 1}]) == {first, second}


@pytest.mark.parametrize("seed", range(5))
def test_no_small_number_of_a_week_follows_from_all_that_is_shown(seed: int) -> None:
    true = happened(Random(seed))  # noqa: S311 -- invented counts

    found = solved(list(shown(true)))

    assert found, "what is shown is known"
    assert [cell for cell in found if 0 < true[cell] < SMALLEST] == []
