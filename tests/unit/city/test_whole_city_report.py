"""The journal of a city's load, and what its readings come to."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from contracts.values import Source
from infra.city.whole import chart, meters, report
from infra.city.whole.blocks import Plan
from infra.city.whole.drawing import Drawing
from infra.city.whole.journal import FILE, Journal, OtherCity, Stage
from infra.city.whole.loading import LOADING, Result
from infra.city.whole.meters import DRAWING, Reading
from infra.city.whole.showing import Shown

PLAN = Plan(7, date(2026, 11, 26), 300, 2000, 100)
SVG = "{http://www.w3.org/2000/svg}"


def reading(at: float, answered: int, cpu: float, *, session: int = 1, stage: str = LOADING, memory: int = 100) -> Reading:
    """`cpu` seconds each for two parts, and as much again for inventing the events."""
    parts = {"linker": cpu, "postgres": cpu, DRAWING: cpu}
    return Reading(
        at, session, stage, answered + 50, answered, parts, {"linker": memory, "postgres": 2 * memory}, {"ingest.in.p0": int(at)}
    )


def result(readings: list[Reading], journal: Journal) -> Result:
    return Result(
        journal, readings, [meters.TableSize("linker.record", 10, 1000, 500)], {"data folder": 2_000_000}, {"max_wal_size": "1GB"}
    )


# --- the journal ---


def test_a_journal_goes_on_where_another_process_left_it(tmp_path: Path) -> None:
    first = Journal.of(tmp_path, PLAN)
    first.begin(PLAN.today)
    first.block_done(Counter({Source.RESIDENT_REGISTRY: 40}), 1.5)
    first.block_done(Counter({Source.RESIDENT_REGISTRY: 2, Source.PUBLIC_ASSISTANCE: 1}), 0.5)
    first.stage_done(Stage("night 1", date(2026, 11, 27), 5, 0.2), Counter({Source.RESIDENT_REGISTRY: 5}))

    second = Journal.of(tmp_path, PLAN)

    assert second == first
    assert (second.blocks, second.events, second.nights, second.loading_seconds) == (2, 48, 1, 2.0)


def test_a_kill_while_the_journal_is_written_leaves_the_old_one(tmp_path: Path) -> None:
    journal = Journal.of(tmp_path, PLAN)
    journal.block_done(Counter({Source.RESIDENT_REGISTRY: 40}), 1.0)
    (tmp_path / f"{FILE}.1.new").write_text('{"plan": {"se', encoding="utf-8")

    assert Journal.of(tmp_path, PLAN).blocks == 1


def test_another_city_is_not_loaded_over_the_first(tmp_path: Path) -> None:
    Journal.of(tmp_path, PLAN).save()

    with pytest.raises(OtherCity, match=r"seed 7, 2026-11-26, 300 children.* than seed 8"):
        Journal.of(tmp_path, Plan(8, PLAN.today, 300, 2000, 100))


def test_nothing_is_loaded_into_a_stack_that_somebody_else_began(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{}", encoding="utf-8")

    with pytest.raises(OtherCity, match="no load of a city began"):
        Journal.of(tmp_path, PLAN)


def test_a_file_of_another_kind_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{", encoding="utf-8")

    with pytest.raises(OtherCity, match="no journal"):
        Journal.of(tmp_path, PLAN)


def test_the_day_never_goes_back(tmp_path: Path) -> None:
    journal = Journal.of(tmp_path, PLAN)
    journal.begin(PLAN.today)
    journal.begin(date(2026, 11, 28))

    gone_on = Journal.of(tmp_path, PLAN)
    gone_on.begin(PLAN.today)

    assert gone_on.today == date(2026, 11, 28)


# --- readings ---


async def test_what_the_city_is_drawn_with_is_told_apart_from_this_process() -> None:
    with Drawing() as drawing:
        before = drawing.cpu_seconds
        found = await drawing.do(sum, range(2_000_000))

        assert found == 1_999_999_000_000
        assert drawing.cpu_seconds > before


def test_readings_are_told_over_all_sessions_and_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    assert meters.readings(tmp_path) == []
    line = json.dumps({name: getattr(reading(1.0, 5, 1.0), name) for name in Reading.__slots__})
    (tmp_path / meters.FILE).write_text(f'{line}\n{line[:40]}\n{line}\n{{"at": 1}}\n', encoding="utf-8")

    assert meters.readings(tmp_path) == [reading(1.0, 5, 1.0)] * 2


def test_the_cost_of_an_event_is_cpu_of_all_parts_but_drawing_by_event() -> None:
    [cost] = report.costs([reading(10, 51_000, 1.0), reading(12, 52_000, 1.2)])

    assert (cost.since, cost.until, round(cost.events), round(cost.per_second)) == (50_000, 52_000, 1_000, 500)
    assert {part: round(used) for part, used in cost.cpu_us.items()} == {"linker": 200, "postgres": 200}
    assert round(cost.total_us) == 400


@given(st.lists(st.tuples(st.floats(0.5, 20), st.integers(0, 400_000), st.floats(0, 30)), min_size=1, max_size=30))
def test_what_is_dealt_to_ranges_of_rows_adds_up(steps: list[tuple[float, int, float]]) -> None:
    found = [reading(0, 0, 0)]
    for seconds, events, cpu in steps:
        found.append(reading(found[-1].at + seconds, found[-1].answered + events, found[-1].cpu["linker"] + cpu))
    moving = [(seconds, events, cpu) for seconds, events, cpu in steps if events]

    costs = report.costs(found)

    assert sum(cost.events for cost in costs) == pytest.approx(sum(events for _, events, _ in moving))
    assert sum(cost.seconds for cost in costs) == pytest.approx(sum(seconds for seconds, _, _ in moving))
    assert sum(cost.total_us * cost.events for cost in costs) == pytest.approx(2_000_000 * sum(cpu for *_, cpu in moving), abs=1e-3)
    assert all(before.until <= after.since for before, after in pairwise(costs))


def test_what_lay_between_two_sessions_is_no_cost() -> None:
    found = [reading(0, 0, 1), reading(1, 900, 2), reading(500, 900, 0.5, session=2), reading(501, 1000, 0.6, session=2)]

    [cost] = report.costs(found)

    assert (round(cost.seconds), round(cost.cpu_us["linker"])) == (2, 1100)


def test_a_part_that_was_started_again_costs_what_it_used_since() -> None:
    [cost] = report.costs([reading(0, 0, 5), reading(1, 1000, 0.25)])

    assert cost.cpu_us["linker"] == pytest.approx(250)


def test_costs_are_told_at_the_marks_that_were_reached_and_at_the_end() -> None:
    found = [reading(at, rows, at) for at, rows in enumerate((0, 10_000, 60_000, 150_000, 300_000))]

    assert [cost.until for cost in report.at_marks(report.costs(found))] == [10_000, 100_000, 300_000]


def test_a_last_range_with_few_events_is_told_with_the_one_before() -> None:
    found = report.costs([reading(0, 0, 0), reading(10, 50_000, 5), reading(20, 100_000, 10), reading(21, 110_000, 20)])

    assert [(cost.since, cost.until) for cost in found][-1] == (50_000, 110_000)
    assert (found[-1].seconds, round(found[-1].cpu_us["linker"])) == (11, 250)


def test_memory_that_grows_after_the_second_minute_of_the_longest_session_is_told() -> None:
    found = [
        *(reading(0, 0, 1, memory=9000), reading(15, 0, 1, session=2, memory=100)),
        *(reading(131, 1, 1, session=2, memory=90), reading(200, 2, 1, session=2, memory=400), reading(300, 3, 1, session=2, memory=110)),
        reading(400, 3, 1, session=3, memory=1),
    ]

    linker = report.memory(found)[0]

    assert (linker.part, linker.warm, linker.later, linker.end) == ("linker", 100, 400, 110)
    assert linker.growth == pytest.approx(3)
    assert report.most_memory(found) == 27_000


def test_memory_of_a_process_that_was_there_for_a_while_is_told_apart() -> None:
    found = [reading(0, 0, 1), replace(reading(200, 1, 1), memory={"audit": 60, "audit: started by it": 40}), reading(300, 2, 1)]

    [told] = [each for each in report.memory(found) if each.part == "audit: started by it"]

    assert (told.warm, told.later, told.end, told.growth) == (0, 40, 0, 0.0)


# --- what is written ---


def test_the_report_is_a_page_a_table_a_chart_and_json(tmp_path: Path) -> None:
    journal = Journal.of(tmp_path, PLAN)
    journal.stage_done(Stage(LOADING, PLAN.today, 20_000, 4.0))
    journal.stage_done(Stage("night 1", date(2026, 11, 27), 1000, 61.0))
    journal.stage_done(Stage("night 2", date(2026, 11, 28), 1000, 2.0))
    nights = [reading(9, 21_000, 5, stage="night 1"), reading(10, 22_000, 5.1, stage="night 1")]
    found = [reading(0, 0, 1), reading(2, 10_000, 2), reading(4, 20_000, 4), *nights]

    files = report.write(result(found, journal), tmp_path / "out" / "deep")

    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    assert set(texts) == {"report.md", "report.json", "cost.csv", "cost.svg"}
    assert "PostgreSQL: max_wal_size = 1GB." in texts["report.md"]
    assert "| first load | 2026-11-26 | 20,000 | 4.0 | 5,000 | 300 |" in texts["report.md"]
    assert "| night 1 | 2026-11-27 | 1,000 | 61.0 | 16 | 200 |" in texts["report.md"]
    assert "1 of 2 nights were at rest within 60 s; the slowest took 61.0 s." in texts["report.md"]
    assert "| linker.record | 10 | 1 kB | 500 bytes | 150 |" in texts["report.md"]
    assert "| 20,000 | 5,000 | 400 | 200 | 200 |" in texts["report.md"]
    assert texts["cost.csv"].splitlines()[0] == "rows_since,rows_until,events_per_second,cpu_us_per_event,linker,postgres"
    assert texts["cost.csv"].splitlines()[-1] == "10000,20000,5000,400.0,200.0,200.0"
    told = json.loads(texts["report.json"])
    assert told["nights_at_rest_in_time"] == {"within_seconds": 60.0, "nights": 2, "in_time": 1}
    assert [each["cpu_us_per_event"] for each in told["stages"]] == [300.0, 200.0, None]
    assert told["queued_messages_at_most"] == {"ingest.in.p0": 10}


@given(
    st.lists(st.tuples(st.integers(1, 10**8), st.floats(0.1, 1e5), st.floats(0.1, 1e5)), max_size=20, unique_by=lambda point: point[0]).map(
        sorted
    )
)
def test_every_point_lies_inside_the_chart(points: list[chart.Point]) -> None:
    drawn = ET.fromstring(chart.drawn(points, (10_000,)))  # noqa: S314 (our own)

    circles = [(float(circle.get("cx", "")), float(circle.get("cy", ""))) for circle in drawn.iter(f"{SVG}circle")]
    assert len(circles) == 2 * len(points)
    assert all(chart.LEFT <= x <= chart.WIDTH - chart.RIGHT and chart.TOP <= y <= chart.HEIGHT - chart.BOTTOM for x, y in circles)


def test_the_chart_writes_its_values_at_the_marks_and_at_the_end() -> None:
    drawn = chart.drawn([(5_000, 111, 1), (10_000, 222, 2), (20_000, 333, 3), (30_000, 444, 4)], (10_000,))

    assert [value in drawn for value in (">111<", ">222<", ">333<", ">444<")] == [False, True, False, True]


def test_what_is_shown_is_how_many_are_done_how_fast_and_how_long_it_takes() -> None:
    shown = Shown(Console(file=None))
    shown._seen.extend([(100.0, 1_000), (110.0, 31_000)])

    assert shown.figures(31_000, 211_000) == "31,000 of 211,000 events, 3,000/s, 0:01:00 to go"
    assert shown.figures(31_000, 31_000) == "31,000 of 31,000 events, 3,000/s"
