"""Before and after side by side, in SVG without script or style. A table beside says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, LEFT, RIGHT = 640, 130, 76
THICK, GAP, TOP = 17, 16, 6
_LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Pair:
    """A part of the city, before and after; None where the number is too small to be shown."""

    name: str
    before: float | None
    after: float | None


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
