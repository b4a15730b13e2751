"""The city's events as lines: the same whether one process draws or several, and whoever plays."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Console

from contracts.values import Source
from infra.city.events import build
from infra.city.sources import ALL
from infra.city.whole.blocks import Plan, draw, marks
from infra.city.writing import CHILDREN_PER_BLOCK, Wish, write

DAY = date(2026, 9, 1)
WISH = Wish(CHILDREN_PER_BLOCK + 60, 7, DAY, ALL, residents=600, processes=1, stream=True)


def written(wish: Wish, to: Path) -> str:
    said = io.StringIO()
    write(wish, to, Console(file=said, width=200))
    assert "events/s" in said.getvalue()
    return to.read_text(encoding="utf-8")


def test_a_stream_is_every_block_in_order_and_the_watermarks_at_the_end(tmp_path: Path) -> None:
    plan = Plan(WISH.seed, WISH.today, WISH.children, 600, CHILDREN_PER_BLOCK, ALL)

    lines = written(WISH, tmp_path / "events.jsonl").splitlines()

    assert [json.loads(line) for line in lines] == [*draw(plan, 0).events, *draw(plan, 1).events, *marks(plan, DAY)]


def test_several_processes_write_the_same_lines_as_one(tmp_path: Path) -> None:
    assert written(replace(WISH, processes=3), tmp_path / "three") == written(WISH, tmp_path / "one")


def test_without_a_stream_it_is_the_city_that_the_demonstration_plays(tmp_path: Path) -> None:
    wish = Wish(40, 7, DAY, (Source.RESIDENT_REGISTRY, Source.CHILDCARE))

    lines = written(wish, tmp_path / "events.jsonl").splitlines()

    assert tuple(json.loads(line) for line in lines) == build(7, DAY, 40, sources=wish.sources).events
