"""The arithmetic of the benchmark's report."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console

from infra.city.bench import city_of
from infra.city.benchmarks import cores, ingest, report
from infra.city.benchmarks.files import write_residents
from infra.city.benchmarks.half_load import newcomers
from infra.city.benchmarks.ingest import Part
from infra.city.benchmarks.meters import Watch
from infra.city.benchmarks.run import Filled, HalfLoad, Memory, Pace, Round, Run, Seen, last_change, pace_of
from infra.city.cpu import descendants
from infra.city.latency import Latency, summary
from infra.local.root import CannotDo
from services.ingest.domain.extracts.mapping import always_open
from services.ingest.inlets.extract import adapters
from services.ingest.inlets.extract.trying import tried
from tests.played import TODAY

MEMORY = Memory(start=100, settled=None, peak=130, end=120)


def run_of(events: int, seconds: float, **known: object) -> Run:
    return Run(events, seconds, {"sources": 1.0, "postgres": 3.0}, 5_000 * events, {"postgres": MEMORY}, **known)  # type: ignore[arg-type]


def looks(*seen: tuple[float, int]) -> list[Seen]:
    return [Seen(at, events) for at, events in seen]


def test_figures_are_per_source_event() -> None:
    run = run_of(20_000, 8.0)

    assert run.per_second == 2_500
    assert run.cpu_us == {"sources": 50.0, "postgres": 150.0}
    assert (run.cpu_us_of_all, run.wal_per_event) == (200.0, 5_000.0)


def test_an_even_flood_is_as_fast_in_its_last_tenth_as_in_its_first() -> None:
    pace = pace_of(looks(*((second, 100 * second) for second in range(21))))

    assert pace is not None
    assert (round(pace.first_tenth), round(pace.last_tenth), round(pace.ratio, 6)) == (100, 100, 1.0)


def test_a_flood_that_slows_down_is_seen_in_its_last_tenth() -> None:
    # A thousand in ten seconds, the last hundred of them in five.
    pace = pace_of(looks((0, 0), (5, 900), (10, 1000)))

    assert pace is not None
    assert (round(pace.first_tenth), round(pace.last_tenth)) == (180, 20)


def test_waiting_for_the_first_event_is_not_slowness_and_earlier_events_do_not_count() -> None:
    pace = pace_of(looks((0, 7000), (3, 7000), (4, 7500), (5, 8000), (60, 8000)))

    assert pace is not None
    assert (round(pace.first_tenth), round(pace.last_tenth)) == (500, 500)


@pytest.mark.parametrize("seen", [looks((0, 5), (9, 5)), looks((1, 0))])
def test_where_nothing_passed_there_is_no_pace(seen: list[Seen]) -> None:
    assert pace_of(seen) is None


def test_the_tail_begins_when_the_last_event_was_answered() -> None:
    watch = Watch(0.0, {"ingest": looks((0, 0), (2, 50), (3, 80), (4, 80)), "scorer": looks((0, 0), (4, 80))})

    assert last_change(watch.seen["ingest"]) == 3
    assert watch.tail(5.5) == 2.5
    assert Watch(0.0).tail(5.5) is None


def test_memory_is_that_before_after_two_minutes_at_most_and_at_the_end() -> None:
    short = Watch(0.0, memory=[(0.0, {"linker": 100}), (10.0, {"linker": 140}), (12.0, {"linker": 130})])
    long = Watch(0.0, memory=[(0.0, {"linker": 100}), (110.0, {"linker": 140}), (120.0, {"linker": 150}), (300.0, {"linker": 155})])

    assert short.memory_of("linker") == Memory(100, None, 140, 130)
    assert long.memory_of("linker") == Memory(100, 150, 155, 155)


def test_ratios_are_the_real_runs_share_and_unknown_without_the_other() -> None:
    alone = Round(run_of(1000, 1.0), summary([0.01], 1))
    beside = Round(run_of(1000, 2.0), summary([0.01], 1), limit=run_of(1000, 1.0), yardstick=run_of(1000, 4.0))

    assert (beside.ratio_to("limit"), beside.ratio_to("yardstick")) == (0.5, 2.0)
    assert alone.ratio_to("yardstick") is None
    assert report.medians([alone, beside])["real_to_limit"] == 0.5
    assert report.medians([alone, beside])["events_per_second"] == 750


def test_the_report_for_machines_is_json_and_says_null_where_nothing_is_known() -> None:
    nothing = Latency(3, 3, 0, float("nan"), float("nan"), float("nan"))
    told = json.loads(report.as_json([Round(run_of(1000, 1.0), nothing)]), parse_constant=pytest.fail)

    assert told["rounds"][0]["latency_ms"]["p99"] is None
    assert told["rounds"][0]["half_load"] is None
    assert "yardstick" not in told["rounds"][0]
    assert told["rounds"][0]["real"]["cpu_us_per_event"]["all"] == 4000.0
    assert told["rounds"][0]["real"]["memory_bytes"]["postgres"] == {"start": 100, "settled": None, "peak": 130, "end": 120}


def test_the_report_for_people_names_every_part_and_run() -> None:
    real = run_of(1000, 1.0, tail_seconds=2.5, pace={"ingest": Pace(1000.0, 900.0)}, messages=2300)
    half = HalfLoad(500, 500.0, 480.0, summary([0.03], 1), 0.7)
    told = io.StringIO()
    report.show([Round(real, summary([0.02], 1), half, run_of(1000, 0.5), run_of(1000, 0.8))], Console(file=told, width=200))

    for words in ("yardstick", "postgres", "WAL bytes", "tail", "2.5 s", "half load", "480 events/s of 500", "0.90", "median"):
        assert words in told.getvalue()


def test_where_the_real_run_is_alone_no_ratio_is_spoken_of() -> None:
    told = io.StringIO()
    report.show([Round(run_of(1000, 1.0), summary([0.02], 1), preloaded=[Filled("linker.person", 3_000)])], Console(file=told, width=200))

    assert "median: 1,000 events/s\n" in told.getvalue()
    assert "preloaded: 3,000 linker.person\n" in told.getvalue()


def test_newcomers_share_no_number_with_the_city_that_was_played_before() -> None:
    def numbers(events: object) -> set[str]:
        return {str(event["data"].get("person_no")) for event in events if event["data"].get("person_no")}  # type: ignore[attr-defined]

    first, then = city_of(2000, TODAY).events, newcomers(7, TODAY, children=60)

    assert len(then) > 300
    assert numbers(first).isdisjoint(numbers(then))
    assert {event["subject"] for event in first}.isdisjoint(event["subject"] for event in then)
    assert all(one["time"] <= other["time"] for one, other in pairwise(then))


def test_two_processes_and_a_large_ledger_are_told_beside_one_and_a_small_one() -> None:
    found = ingest.Found(
        0.5,
        [
            part_of("amqp", 1, seconds=2.0, busy=0.8, ingest=1.0),
            part_of("amqp", 2, seconds=1.25, busy=1.0, ingest=1.1),
            part_of("ledger", 1, seconds=1.0),
            part_of("ledger", 1, seconds=1.25),
        ],
        cores=2,
    )

    told = found.compared("amqp")
    assert told is not None
    assert (told.wall, told.room, told.by_cpu) == pytest.approx((1.6, 1.25, 1.818), rel=1e-3)
    assert found.compared("http") is None
    assert found.ledger_ratio == pytest.approx(0.8)
    assert json.loads(found.as_json())["two_to_one"] == {
        "amqp": {"wall": 1.6, "room": 1.25, "by_cpu": 1.818},
        "http": None,
        "media": None,
    }


def part_of(way: str, processes: int, *, seconds: float, busy: float = 0.5, ingest: float = 0.1) -> Part:
    run = replace(run_of(1_000, seconds), cpu={"sources": 1.0, "postgres": 3.0, "ingest": ingest / 2, "command": ingest / 2})
    return Part(way, processes, 10, run, {cores.ALL: busy})


def test_what_was_full_is_named_processors_and_processes_of_ingest_alone() -> None:
    full = part_of("amqp", 1, seconds=1.0, busy=0.97, ingest=1.9)
    waits = part_of("amqp", 1, seconds=1.0, busy=0.6, ingest=1.0)

    # PostgreSQL, which used three seconds of CPU in one, has many processes; none of them is known to be full.
    assert full.full == (cores.ALL, "ingest", "command")
    assert waits.full == ()
    assert full.ingest_us == 1_900
    assert replace(waits, processors=8).own == pytest.approx(5.0 / 8)


def test_processors_are_parted_between_ingest_and_everything_else_and_one_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {3, 1, 2})

    assert cores.parted(0) == cores.Cores((1, 2, 3), (1, 2, 3))
    assert cores.parted(2) == cores.Cores((1, 2), (3,))
    assert [cores.parted(2).of_process(number) for number in range(3)] == [(1,), (2,), (1,)]
    with pytest.raises(CannotDo, match="one at least is left"):
        cores.parted(3)


def test_of_each_group_of_processors_is_told_which_share_was_used() -> None:
    parted = cores.Cores((0,), (1, 2))

    assert cores.shares(parted, {0: 1.0, 1: 5.0, 2: 5.0}, {0: 3.0, 1: 6.0, 2: 7.0}, 2.0) == {
        cores.OF_INGEST: 1.0,
        cores.OF_OTHERS: 0.75,
    }


def test_a_process_its_threads_and_what_it_started_are_pinned_together() -> None:
    one = min(os.sched_getaffinity(0))
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import sys; print(1, flush=True); sys.stdin.read()'])"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()

        cores.pin(process.pid, (one,))

        assert {frozenset(os.sched_getaffinity(pid)) for pid in (process.pid, *descendants(process.pid))} == {frozenset({one})}
        process.communicate()


def test_the_extract_of_the_benchmark_is_one_that_the_citys_example_of_an_adapter_takes_whole(tmp_path: Path) -> None:
    file = tmp_path / "JUKI_JUMIN_20260401.csv"
    write_residents(file, 500, changed=5)
    adapter = adapters.load(adapters.EXAMPLES / "resident_registry.resident.changed.toml")

    trial = tried(file, adapter, always_open(adapter, date(2026, 4, 2), datetime(2026, 4, 2, tzinfo=UTC)), show=1)

    assert (trial.whole, trial.refused) == (None, 0)
