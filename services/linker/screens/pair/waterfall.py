"""The weights of the fields as a waterfall, in SVG without script or style: each bar begins where the one above it ends."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from services.linker import wording
from services.linker.domain.matching.levels import Level
from services.linker.domain.reviewing.evidence import Bar

WIDTH, LEFT, RIGHT = 640, 96, 72
ROW, THICK, TOP = 30, 18, 8
_LEAST = 2.0
_ENDS = frozenset({"prior", "sum"})


def drawn(bars: Sequence[Bar]) -> Markup:
    """Return the chart. A table beside it says the same."""
    low, high = (edge(value for bar in bars for value in (bar.start, bar.end, 0.0)) for edge in (min, max))
    scale = (WIDTH - LEFT - RIGHT) / max(high - low, 1.0)
    height = TOP + ROW * len(bars) + TOP
    parts = [_bar(number, bar, low, scale) for number, bar in enumerate(bars)]
    zero = LEFT - low * scale
    axis = f'<line class="grid" x1="{zero:.1f}" x2="{zero:.1f}" y1="{TOP}" y2="{height - TOP}"/>'
    title = f"一致の重み。合計 {wording.bits(bars[-1].end)} ビット"
    return Markup(  # noqa: S704 -- numbers, and words that are escaped
        f'<svg class="weights" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">{axis}{"".join(parts)}</svg>'
    )


def _bar(number: int, bar: Bar, low: float, scale: float) -> str:
    top = TOP + ROW * number
    left, right = sorted((LEFT + (bar.start - low) * scale, LEFT + (bar.end - low) * scale))
    style = "whole" if bar.field in _ENDS else "for" if bar.end >= bar.start else "against"
    words = escape(wording.FIELDS[bar.field])
    weight = bar.end if bar.field in _ENDS else bar.end - bar.start
    line = top + THICK - 4
    join = (
        ""
        if bar.field == "sum"
        else f'<line class="join" x1="{_x(bar.end, low, scale)}" x2="{_x(bar.end, low, scale)}" y1="{top + THICK}" y2="{top + ROW}"/>'
    )
    return (
        f'<text x="{LEFT - 8}" y="{line}" text-anchor="end">{words}</text>'
        f'<rect class="{style}" x="{left:.1f}" y="{top}" width="{max(right - left, _LEAST):.1f}" height="{THICK}"/>{join}'
        f'<text class="value" x="{max(right, left + _LEAST) + 6:.1f}" y="{line}">{wording.bits(weight)}</text>'
    )


def _x(value: float, low: float, scale: float) -> str:
    return f"{LEFT + (value - low) * scale:.1f}"


def rows(bars: Sequence[Bar]) -> list[tuple[str, str, str, str]]:
    """Return the same as a table: field, how it agrees, its weight, and the sum so far."""
    return [
        (
            wording.FIELDS[bar.field],
            wording.LEVELS[Level(bar.level)] if bar.level else "",
            wording.bits(bar.end if bar.field in _ENDS else bar.end - bar.start),
            wording.bits(bar.end),
        )
        for bar in bars
    ]
