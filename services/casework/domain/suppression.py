"""
Small numbers in a table with sums are not shown, nor anything from which they follow (`casework.md` §2.3: fewer than ten).

A number from one to nine might be somebody. To leave it out is not enough: it follows from its row's or its column's sum. So more is left
out, until from all that is shown, and from what the sums must be, each small number could still be ten or more, and is not known closer
than ten. What can be known of a number is worked out as an attacker would: a table with sums is a network in which everything that flows
in flows out; what is not shown may be moved around in circles, and only so.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

SMALLEST = 10
"""A number from one to below this is not shown."""

ENOUGH = 10**9
"""More than any number can be."""

Cell = tuple[int, int]
Shown = tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What can be known of a number that is not shown: it is one of these."""

    least: int
    most: int


def with_sums(rows: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Return a table with the sum of each row behind it and, where it has several, a row of sums below."""
    summed = [(*row, sum(row)) for row in rows]
    return tuple(summed) if len(summed) == 1 else (*summed, tuple(sum(column) for column in zip(*summed, strict=True)))


def suppressed(rows: Sequence[Sequence[int]]) -> Shown:
    """Return a table with its sums, as it may be shown: None where a number is left out."""
    table = with_sums(rows)
    small = [(i, j) for i, row in enumerate(table) for j, number in enumerate(row) if 0 < number < SMALLEST]
    hidden = set(small)
    while given_away := next((cell for cell in small if not _is_safe(table, hidden, cell)), None):
        more = _next_to_hide(table, hidden, given_away)
        if not more:
            # A table that has nothing else to hide behind is not shown at all.
            return tuple((None,) * len(row) for row in table)
        hidden |= more
    return tuple(tuple(None if (i, j) in hidden else number for j, number in enumerate(row)) for i, row in enumerate(table))


def known_of(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> Known:
    """
    Return what follows of a hidden number from those that are shown.

    That a hidden number is not zero is known, too: zeros are shown.
    """
    number = table[cell[0]][cell[1]]
    return Known(number - _room(table, hidden, cell, up=False), number + _room(table, hidden, cell, up=True))


def _is_safe(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> bool:
    known = known_of(table, hidden, cell)
    return known.most >= SMALLEST and known.most - known.least >= SMALLEST


def _next_to_hide(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> set[Cell]:
    """
    Return what is hidden next, so that a number might be more: what closes the cheapest circle through it in which something can move.

    Cheap are small numbers, dear are sums, the sum of all before everything. Empty where there is no such circle.
    """
    start, end = _ends(table, cell)
    edges, _ = _moved(table, hidden, cell, up=True)
    costs = {(one, other): 0 for one, others in edges.items() for other, room in others.items() if room}
    closed_by: dict[tuple[str, str], Cell] = {}
    for free in ((i, j) for i, row in enumerate(table) for j, number in enumerate(row) if number and (i, j) not in hidden):
        one, other = _ends(table, free)
        number = table[free[0]][free[1]]
        ways = [(one, other), (other, one)] if number > 1 else [(one, other)]
        costs |= dict.fromkeys(ways, _price(table, free))
        closed_by |= dict.fromkeys(ways, free)
    return {closed_by[way] for way in _cheapest(costs, end, start) if way in closed_by}


def _price(table: Sequence[Sequence[int]], cell: Cell) -> int:
    sums = (0 < cell[0] == len(table) - 1) + (cell[1] == len(table[0]) - 1)
    return min(table[cell[0]][cell[1]], ENOUGH) + ENOUGH * (1, 4, 64)[sums]


def _cheapest(costs: dict[tuple[str, str], int], source: str, sink: str) -> list[tuple[str, str]]:
    """Return the cheapest way from one knot to another (Dijkstra, 1959)."""
    following: dict[str, list[str]] = {}
    for one, other in costs:
        following.setdefault(one, []).append(other)
    waiting, came, seen = [(0, source, "")], {}, set()
    while waiting:
        paid, knot, before = heappop(waiting)
        if knot in seen:
            continue
        seen.add(knot)
        came[knot] = before
        if knot == sink:
            break
        for other in following.get(knot, ()):
            heappush(waiting, (paid + costs[knot, other], other, knot))
    return _back(came, source, sink) if sink in came else []


def _back(came: Mapping[str, str], source: str, sink: str) -> list[tuple[str, str]]:
    way = [sink]
    while way[-1] != source:
        way.append(came[way[-1]])
    return [(before, after) for after, before in pairwise(way)]


def _room(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell, *, up: bool) -> int:
    """Return by how much a hidden number could be more (or less), while all that is shown stays as it is."""
    return _moved(table, hidden, cell, up=up)[1]


def _moved(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell, *, up: bool) -> tuple[dict[str, dict[str, int]], int]:
    """Return by how much a hidden number could be more (or less), and what could still move where it is that."""
    edges = _edges(table, hidden)
    start, end = _ends(table, cell)
    room = edges[start].pop(end, 0), edges[end].pop(start, 0)
    # More through the cell is a way back beside it; less is a way along beside it.
    source, sink, limit = (end, start, room[0]) if up else (start, end, room[1])
    return edges, min(limit, _flow(edges, source, sink))


def _edges(table: Sequence[Sequence[int]], hidden: set[Cell]) -> dict[str, dict[str, int]]:
    """Return by how much each hidden number may grow along its edge, and shrink against it."""
    edges: dict[str, dict[str, int]] = {}
    if len(table) == 1:
        # Nothing is known of sums of columns that are not there.
        columns = [f"column {number}" for number in range(len(table[0]) - 1)]
        edges = {column: {"in": ENOUGH} for column in columns} | {"in": dict.fromkeys(columns, ENOUGH)}
    for cell in hidden:
        start, end = _ends(table, cell)
        edges.setdefault(start, {})[end] = ENOUGH
        edges.setdefault(end, {})[start] = table[cell[0]][cell[1]] - 1
    return edges


def _ends(table: Sequence[Sequence[int]], cell: Cell) -> tuple[str, str]:
    """Return between which knots a number flows: from its row to its column; the sums of rows into them, those of columns out of them."""
    row, column = cell
    is_below, is_behind = 0 < row == len(table) - 1, column == len(table[0]) - 1
    if is_below and is_behind:
        return "out", "in"
    if is_behind:
        return "in", f"row {row}"
    return (f"column {column}", "out") if is_below else (f"row {row}", f"column {column}")


def _flow(edges: dict[str, dict[str, int]], source: str, sink: str) -> int:
    """Return how much can flow from one knot to another, by shortest ways (Edmonds and Karp, 1972)."""
    flow = 0
    while (way := _way(edges, source, sink)) and flow < ENOUGH:
        least = min(edges[start][end] for start, end in way)
        for start, end in way:
            edges[start][end] -= least
            edges.setdefault(end, {})[start] = edges.get(end, {}).get(start, 0) + least
        flow += least
    return flow


def _way(edges: dict[str, dict[str, int]], source: str, sink: str) -> list[tuple[str, str]]:
    came: dict[str, str] = {source: source}
    waiting = deque([source])
    while waiting and sink not in came:
        knot = waiting.popleft()
        for following, room in edges.get(knot, {}).items():
            if room and following not in came:
                came[following] = knot
                waiting.append(following)
    return _back(came, source, sink) if sink in came else []
