"""Charts that need no script and no style of their own, and whose numbers can be read off."""

import re
from xml.etree import ElementTree as ET

from services.ingest.charts import HEIGHT, WIDTH, Series, bars, steps

DAYS = [f"4/{day}" for day in range(1, 8)]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 -- our own


def test_a_bar_for_each_value_stands_upon_the_one_before_and_within_the_picture() -> None:
    chart = drawn(bars("件数", DAYS, [Series("a", "taken", [4, 0, 8, 1, 2, 3, 4]), Series("b", "refused", [1, 0, 2, 0, 0, 0, 0])]))

    rects = chart.findall(f"{SVG}rect")
    assert [rect.get("class") for rect in rects].count("taken") == 6
    assert [rect.get("class") for rect in rects].count("refused") == 2
    first, upon = (rect for rect in rects if rect.get("x") == rects[0].get("x"))
    assert abs(float(upon.get("y", 0)) + float(upon.get("height", 0)) - float(first.get("y", 0))) < 0.2
    assert all(0 <= float(rect.get("x", -1)) <= WIDTH and 0 <= float(rect.get("y", -1)) <= HEIGHT for rect in rects)


def test_days_without_a_value_break_the_line_and_the_limit_is_always_in_view() -> None:
    chart = drawn(steps("遅れ", DAYS, Series("a", "behind", [None, 1, 2, None, 3, 0, 1]), 7, unit="日"))

    assert len([path for path in chart.findall(f"{SVG}path") if path.get("class") == "behind"]) == 2
    [limit] = [line for line in chart.findall(f"{SVG}line") if line.get("class") == "limit"]
    assert 0 < float(limit.get("y1", 0)) < HEIGHT
    assert any(text.endswith("日") for text in chart.itertext())


def test_nothing_in_a_chart_breaks_the_pages_policy_or_its_markup() -> None:
    charts = (
        bars('<b>"x"&', ['"<4/1>'], [Series("a", "taken", [1])]),
        bars("none", [], []),
        steps("z", DAYS, Series("a", "b", [None] * 7), 7),
    )
    for markup in charts:
        drawn(markup)
        assert re.search(r"style=|<style|<script|<b>", markup) is None
