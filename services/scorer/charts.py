"""Before and after side by side, and shares with their intervals, in SVG without script or style. A table beside says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, LEFT, RIGHT = 640, 130, 76
THICK, GAP, TOP = 17, 16, 6
LETTER, SCALE, SAID = 13, 320, 170
"""Of a chart of shares: a letter of a name, from none to all, and the words at its right."""

_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Pair:
    """A part of the city, before and after; None where the number is too small to be shown."""

    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 0 to 1 and between which ones the true one lies; None where it is of a few. `words` stand beside it."""

    name: str
    share: float | None
    low: float | None
    high: float | None
    words: str


def drawn(title: str, pairs: Sequence[Pair], *, unit: str, few: str) -> Markup:
    """Return two bars for each part: before above, after below. `few` stands for a number that is not shown."""
    most = max((value for pair in pairs for value in (pair.before, pair.after) if value is not None), default=0.0)
    scale = (WIDTH - LEFT - RIGHT) / most if most else 0.0
    step = 2 * THICK + GAP
    height = TOP + step * len(pairs)
    parts = []
    for number, pair in enumerate(pairs):
        top = TOP + step * number
        parts.append(f'<text x="{LEFT - 8}" y="{top + THICK + 5}" text-anchor="end">{escape(pair.name)}</text>')
        for style, value, y in (("before", pair.before, top), ("after", pair.after, top + THICK)):
            words = few if value is None else f"{value:,g}{unit}"
            wide = max((value or 0.0) * scale, _LEAST if value else 0.0)
            bar = f'<rect class="{style}" x="{LEFT}" y="{y}" width="{wide:.1f}" height="{THICK}"/>' if wide else ""
            parts.append(f'{bar}<text class="value" x="{LEFT + wide + 6:.1f}" y="{y + THICK - 4}">{escape(words)}</text>')
    axis = f'<line class="grid" x1="{LEFT}" x2="{LEFT}" y1="0" y2="{height}"/>'
    return Markup(  # noqa: S704 -- numbers, and words that are escaped
        f'<svg class="compare" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">{axis}{"".join(parts)}</svg>'
    )


def intervals(title: str, shares: Sequence[Share], floor: float, floor_words: str) -> Markup:
    """Return a dot for each share, with its interval, over a scale of none to all; where the floor lies, a line of dashes."""
    top, step, bottom = TOP + 22, THICK + GAP, 24
    height, names = top + step * len(shares) + bottom, max((len(each.name) for each in shares), default=0) * LETTER + 24

    def x(share: float) -> str:
        return f"{names + SCALE * share:.1f}"

    parts = []
    for mark in _MARKS:
        parts.append(f'<line class="grid" x1="{x(mark)}" x2="{x(mark)}" y1="{top}" y2="{height - bottom}"/>')
        parts.append(f'<text x="{x(mark)}" y="{height - 6}" text-anchor="middle">{mark:.0%}</text>')
    parts.append(f'<line class="floor" x1="{x(floor)}" x2="{x(floor)}" y1="{top}" y2="{height - bottom}"/>')
    parts.append(f'<text x="{x(floor)}" y="{TOP + 12}" text-anchor="middle">{escape(floor_words)}</text>')
    for number, each in enumerate(shares):
        y = top + step * number + step / 2
        # At the left edge: in a narrow window it is there that one begins to read.
        parts.append(f'<text x="0" y="{y + 5:.1f}">{escape(each.name)}</text>')
        if each.share is not None and each.low is not None and each.high is not None:
            parts.append(f'<line class="span" x1="{x(each.low)}" x2="{x(each.high)}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(f'<circle class="dot" cx="{x(each.share)}" cy="{y:.1f}" r="5"/>')
        parts.append(f'<text class="value" x="{names + SCALE + 24}" y="{y + 5:.1f}">{escape(each.words)}</text>')
    size = f'width="{names + SCALE + SAID}" height="{height}"'
    return Markup(  # noqa: S704 -- numbers, and words that are escaped
        f'<svg class="compare shares" {size} role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )
