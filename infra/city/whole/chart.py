"""A chart drawn by hand: what an event costs, and how many go through, against how many rows are held."""

from collections.abc import Sequence
from math import ceil, floor, log10

WIDTH, HEIGHT = 860, 620
LEFT, RIGHT, TOP, GAP, BOTTOM = 80, 30, 50, 60, 60
PANEL = (HEIGHT - TOP - GAP - BOTTOM) / 2
LINES = 5
"""Lines across a panel, at most."""

INK, FAINT, COST, RATE = "#222", "#ddd", "#b5332b", "#1f5fa8"

Point = tuple[int, float, float]
"""Rows held, µs of CPU per event, events per second."""


def drawn(points: Sequence[Point], marks: Sequence[int]) -> str:
    """
    Return the chart as SVG.

    Rows held run to the right, ten times as many at each step; a point stands where its range of rows ends. Values are written at `marks`
    and at the last point.
    """
    title = "What a source event costs against rows held"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" fill="{INK}">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="16" font-weight="bold">{title}</text>',
    ]
    if points:
        low, high = floor(log10(min(rows for rows, _, _ in points))), ceil(log10(max(rows for rows, _, _ in points)))
        across = (low, max(high, low + 1))
        parts += _panel([(rows, cost) for rows, cost, _ in points], across, (TOP, "CPU µs per event, all processes", COST), marks)
        parts += _panel([(rows, rate) for rows, _, rate in points], across, (TOP + PANEL + GAP, "events per second", RATE), marks)
        parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">rows held (source events)</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(points: Sequence[tuple[int, float]], across: tuple[int, int], look: tuple[float, str, str], marks: Sequence[int]) -> list[str]:
    top, name, colour = look
    step = _round_step(max(value for _, value in points) * 1.1)
    most = step * ceil(max(value for _, value in points) * 1.1 / step)
    places = [(_x(rows, across), top + PANEL * (1 - value / most)) for rows, value in points]
    parts = [f'<text x="{LEFT}" y="{top - 8:.0f}" fill="{colour}">{name}</text>']
    parts += _grid(top, step, most, across)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for (rows, value), (x, y) in zip(points, places, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
        if rows in marks or rows == points[-1][0]:
            parts.append(f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle" font-weight="bold">{value:,.0f}</text>')
    return parts


def _grid(top: float, step: float, most: float, across: tuple[int, int]) -> list[str]:
    bottom, right = top + PANEL, WIDTH - RIGHT
    parts = []
    for number in range(round(most / step) + 1):
        y = bottom - PANEL * number * step / most
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{FAINT}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number * step:,.0f}</text>')
    for power in range(across[0], across[1] + 1):
        x = _x(10**power, across)
        parts.append(f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="{FAINT}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{10**power:,}</text>')
    return parts


def _x(rows: int, across: tuple[int, int]) -> float:
    low, high = across
    return LEFT + (WIDTH - LEFT - RIGHT) * (log10(rows) - low) / (high - low)


def _round_step(most: float) -> float:
    """1, 2 or 5 times a power of ten, so that LINES lines at most lie across."""
    power: float = 10 ** floor(log10(most / LINES))
    return next(step * power for step in (1, 2, 5, 10) if step * power * LINES >= most)
