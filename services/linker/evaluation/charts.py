"""
Charts of an evaluation as one HTML page with SVG in it: no script, nothing fetched.

They show what a threshold alone would do, record by record, with the likeliest person linked from so many bits on; the gate is stricter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite

from services.linker.evaluation.measuring import Outcome

_WIDTH, _HEIGHT, _EDGE = 640, 360, 48
_POINTS = 200

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Linkage: thresholds</title>
<style>body{{font:14px system-ui,sans-serif;margin:2rem;max-width:48rem}}svg{{width:100%;height:auto}}
text{{font:12px system-ui,sans-serif}}.axis{{stroke:#555}}.grid{{stroke:#ddd}}</style></head>
<body><h1>What a threshold alone would do</h1>{figures}</body></html>
"""
_FIGURE = """<figure><svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{inside}</svg>
<figcaption>{title}</figcaption></figure>"""


@dataclass(frozen=True, slots=True)
class Point:
    """Precision and recall if everything from `bits` on were linked."""

    bits: float
    precision: float
    recall: float


def points(results: Sequence[Outcome]) -> list[Point]:
    """Return the curve, from the strictest threshold to the loosest, thinned to what a picture can show."""
    weighed = sorted(((each.weight, each.likeliest_is_right) for each in results if isfinite(each.weight)), reverse=True)
    registered = sum(bool(each.answer.number) for each in results)
    step = max(1, len(weighed) // _POINTS)
    right, curve = 0, []
    for linked, (bits, is_right) in enumerate(weighed, start=1):
        right += is_right
        if linked % step == 0 or linked == len(weighed):
            curve.append(Point(bits, right / linked, right / max(registered, 1)))
    return curve


def page(results: Sequence[Outcome]) -> str:
    """Return the page."""
    curve = points(results)
    low = min((point.bits for point in curve), default=0.0)
    high = max((point.bits for point in curve), default=1.0)
    by_bits = [("#1f5fa8", "precision", [(point.bits, point.precision) for point in curve])]
    by_bits += [("#b3541e", "recall", [(point.bits, point.recall) for point in curve])]
    by_recall = [("#1f5fa8", "precision", [(point.recall, point.precision) for point in curve])]
    figures = _figure("Precision and recall by the least weight in bits", by_bits, (low, high))
    figures += _figure("Precision by recall", by_recall, (0.0, 1.0))
    return _PAGE.format(figures=figures)


def _figure(title: str, lines: list[tuple[str, str, list[tuple[float, float]]]], span: tuple[float, float]) -> str:
    low, high = span
    reach = (high - low) or 1.0
    inside = "".join(_grid(share) for share in (0.0, 0.25, 0.5, 0.75, 1.0))
    for place in (0.0, 0.25, 0.5, 0.75, 1.0):
        inside += f'<text x="{_across(place):.0f}" y="{_HEIGHT - 24}" text-anchor="middle">{low + place * reach:.4g}</text>'
    for number, (colour, name, values) in enumerate(lines):
        path = " ".join(f"{_across((x - low) / reach):.1f},{_up(y):.1f}" for x, y in values)
        inside += f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        inside += f'<text x="{_EDGE + 8}" y="{_HEIGHT - 60 - 18 * number}" fill="{colour}">{escape(name)}</text>'
    return _FIGURE.format(width=_WIDTH, height=_HEIGHT, title=escape(title), inside=inside)


def _grid(share: float) -> str:
    y = _up(share)
    return (
        f'<line class="grid" x1="{_EDGE}" x2="{_WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.2f}</text>'
    )


def _across(place: float) -> float:
    return _EDGE + place * (_WIDTH - _EDGE - 16)


def _up(share: float) -> float:
    return _HEIGHT - _EDGE - share * (_HEIGHT - _EDGE - 16)
