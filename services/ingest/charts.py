"""
Charts as SVG, made here: no script, and no style inside that the page's policy would refuse. A table beside says the same.

Colours come from the style sheet by class; what is wrong is drawn taller or hatched too, never told by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

WIDTH, HEIGHT = 760, 220
LEFT, RIGHT, TOP, BOTTOM = 12, 56, 16, 34
"""The values stand to the right, beside the newest days: a narrow window shows these first."""
LINES = 4
"""Lines across, at most."""
EVERY = 5
"""So many days apart stand the words below."""


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn: its name, the class that colours it, and a value for each day; None where there is none."""

    name: str
    style: str
    values: Sequence[float | None]


def bars(title: str, days: Sequence[str], stacked: Sequence[Series], *, unit: str = "") -> Markup:
    """Return a bar for each day, with the series one upon the other."""
    most = max((sum(filter(None, values)) for values in zip(*(each.values for each in stacked), strict=True)), default=0)
    scale = _Scale(len(days), most)
    parts = []
    for place in range(len(days)):
        level = 0.0
        for each in stacked:
            value = each.values[place]
            if value:
                parts.append(scale.bar(place, level, level + value, each.style))
                level += value
    return _chart(title, days, scale, parts, unit)


def steps(title: str, days: Sequence[str], line: Series, limit: float, *, unit: str = "") -> Markup:
    """Return a line that stays until the next day, and the limit that it should not reach."""
    scale = _Scale(len(days), max([limit, *filter(None, line.values)]))
    parts = [f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{scale.y(limit):.1f}" y2="{scale.y(limit):.1f}"/>']
    for run in _runs(line.values):
        path = " ".join(
            f"{'L' if n else 'M'}{scale.x(place):.1f},{y:.1f} H{scale.x(place + 1):.1f}"
            for n, (place, y) in enumerate((place, scale.y(value)) for place, value in run)
        )
        parts.append(f'<path class="{line.style}" d="{path}"/>')
    return _chart(title, days, scale, parts, unit)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a day and a value stand."""

    days: int
    most: float

    @property
    def step(self) -> float:
        """Between two lines across."""
        return _round_step(max(self.most, 1))

    @property
    def top(self) -> float:
        """The value at the top."""
        return self.step * max(1, ceil(self.most / self.step))

    def x(self, place: int) -> float:
        """Return where a day begins."""
        return LEFT + (WIDTH - LEFT - RIGHT) * place / max(1, self.days)

    def y(self, value: float) -> float:
        """Return how high a value stands."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top

    def bar(self, place: int, low: float, high: float, style: str) -> str:
        """Return a part of a day's bar."""
        wide = (WIDTH - LEFT - RIGHT) / max(1, self.days)
        x, y = self.x(place) + wide * 0.12, self.y(high)
        return f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{wide * 0.76:.1f}" height="{max(1.0, self.y(low) - y):.1f}"/>'


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Return the days that follow each other and have a value."""
    runs: list[list[tuple[int, float]]] = []
    before: int | None = None
    for place, value in enumerate(values):
        if value is None:
            continue
        if before != place - 1 or not runs:
            runs.append([])
        runs[-1].append((place, value))
        before = place
    return runs


def _chart(title: str, days: Sequence[str], scale: _Scale, parts: Sequence[str], unit: str) -> Markup:
    lines = []
    for number in range(round(scale.top / scale.step) + 1):
        value = number * scale.step
        y = scale.y(value)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}">{value:,.0f}{escape(unit)}</text>')
    for place in range(len(days) - 1, -1, -EVERY):
        x = (scale.x(place) + scale.x(place + 1)) / 2
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(days[place])}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
    return Markup("\n".join([head, *lines, *parts, "</svg>"]))  # noqa: S704 -- every text in it is escaped


def _round_step(most: float) -> float:
    """1, 2 or 5 times a power of ten, so that LINES lines at most lie across; of counts, so nothing between them."""
    power: float = max(1.0, 10 ** floor(log10(most / LINES)))
    return next(step * power for step in (1, 2, 5, 10) if step * power * LINES >= most)
