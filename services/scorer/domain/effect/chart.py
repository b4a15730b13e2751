"""The shares as a chart (SVG): a dot for each group and item, with the interval in which the true share lies. The table says the same."""

from collections.abc import Sequence
from html import escape

from contracts.catalogue import ITEMS
from contracts.values import Item
from services.scorer.domain.effect.figures import Line
from services.scorer.domain.effect.report import Report

_WIDTH, _LEFT, _RIGHT, _TOP, _STEP = 860, 330, 110, 64, 26
_ITEM_WORDS = {item.value: ITEMS[item].present for item in Item}
_FEW = "10件未満のため表示しない"


def chart(report: Report) -> str:
    """Return the chart of a report: in all, by group, by item."""
    shown = [("すべて", report.total), *((line.name, line) for line in report.by_group)]
    shown += [(_ITEM_WORDS[line.name], line) for line in report.by_item]
    height = _TOP + _STEP * len(shown) + 44
    title = f"把握基準 {report.ruleset}：確認したこどものうち支援が必要だった割合（95%区間）、{report.since}〜{report.until}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        'font-family="sans-serif" font-size="13">'
    )
    rows = [part for place, (words, line) in enumerate(shown) for part in _row(words, line, _TOP + _STEP * place + _STEP / 2)]
    caption = f'<text x="12" y="28" font-size="15">{escape(title)}</text>'
    return "\n".join([head, caption, *_grid(report.floor, height - 44), *rows, "</svg>"]) + "\n"


def _grid(floor: float, bottom: float) -> Sequence[str]:
    marks = [share / 4 for share in range(5)]
    grid = [f'<line x1="{_x(m):.1f}" x2="{_x(m):.1f}" y1="{_TOP - 8}" y2="{bottom}" stroke="#ccc"/>' for m in marks]
    words = [f'<text x="{_x(m):.1f}" y="{bottom + 18}" text-anchor="middle">{m:.0%}</text>' for m in marks]
    limit = f'<line x1="{_x(floor):.1f}" x2="{_x(floor):.1f}" y1="{_TOP - 8}" y2="{bottom}" stroke="#b00" stroke-dasharray="6 4"/>'
    return [*grid, *words, limit, f'<text x="{_x(floor):.1f}" y="{bottom + 36}" text-anchor="middle" fill="#b00">下限 {floor:.0%}</text>']


def _row(words: str, line: Line, y: float) -> Sequence[str]:
    name = f'<text x="{_LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(words)}</text>'
    if line.ppv is None or line.low is None or line.high is None:
        return [name, f'<text x="{_LEFT + 8}" y="{y + 4:.1f}" fill="#666">{_FEW}</text>']
    return [
        name,
        f'<line x1="{_x(line.low):.1f}" x2="{_x(line.high):.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#246" stroke-width="3"/>',
        f'<circle cx="{_x(line.ppv):.1f}" cy="{y:.1f}" r="5" fill="#246"/>',
        f'<text x="{_WIDTH - _RIGHT + 12}" y="{y + 4:.1f}">{line.needed}/{line.assessed}（{line.ppv:.0%}）</text>',
    ]


def _x(share: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * share
