"""`tsunagu bench linker`: that it runs on a small city, and that what it prints is what was measured."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from infra.city.benchmarks.linker import IN_BULK, SEED, Found, Line, Wish, bench
from infra.city.commands import bench as commands
from infra.city.linkage.writing import Wish as City
from infra.city.linkage.writing import write
from infra.local.root import CannotDo
from services.linker.domain.matching.decisions import Verdict
from services.linker.evaluation import measuring, tables

PEOPLE = 1_500


def ran(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(commands, ["linker", "--people", str(PEOPLE), "--json", *words])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_one_process_and_two_link_what_the_linker_links(tmp_path: Path) -> None:
    told = ran()

    write(City(PEOPLE, SEED), tmp_path, Console(file=io.StringIO()))
    people = measuring.load(tables.register(tmp_path / "register.csv"))
    entries, answers = list(tables.records(tmp_path / "records.csv")), tables.answers(tmp_path / "truth.csv")
    linked = sum(each.verdict is Verdict.AUTO for each in measuring.outcomes(people, entries, answers))
    assert [(each["way"], each["processes"]) for each in told["lines"]] == [(IN_BULK, 1), (IN_BULK, 2)]
    assert [(each["records"], each["linked"]) for each in told["lines"]] == [(len(entries), linked)] * 2
    assert told["decided_alike"] is True
    assert told["register"]["people"] == len(people)
    assert 0 < told["register"]["bytes"] < told["register"]["most_bytes"]
    assert told["splink"] is None


def test_splink_links_the_same_records_in_the_same_run() -> None:
    told = ran("--records", "100", "--processes", "1", "--splink")

    (line,) = told["lines"]
    assert line["records"] == told["splink"]["records"] == 100
    assert 0 < told["splink"]["linking_seconds"] < told["splink"]["seconds"]
    assert told["splink"]["thresholds"]


def test_what_fails_in_the_linker_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.city.benchmarks.linker.write", lambda *_: None)

    with pytest.raises(CannotDo, match=r"register.csv cannot be read|truth.csv cannot be read"):
        bench(Wish(PEOPLE), Console(file=io.StringIO()))


def line(processes: int, seconds: float, cpu_seconds: float) -> Line:
    return Line(IN_BULK, processes, 20_000, seconds, cpu_seconds, 0.125, 0.75, linked=18_000, false_links=3)


def part(parcel: int, per_second: float, cpu: float, postgres: float, p99: float) -> dict[str, float]:
    """A part by events: parcels of so many."""
    speed = {"records_per_second": per_second, "cpu_us_per_record": cpu, "postgres_us_per_record": postgres}
    return {"parcel": parcel, **speed, "statements_per_parcel": 9.0, "ms_p50": p99 / 2, "ms_p99": p99, "limit_per_second": 5_000.0}


def test_the_table_and_the_json_say_what_was_measured() -> None:
    register = {"people": 200_000, "seconds": 25.25, "cpu_seconds": 24.0, "bytes": 350_000_000, "most_bytes": 420_000_000}
    threshold = {"bits": 15.5, "recall": 0.98, "precision": 0.995, "false_links": 90}
    splink: dict[str, Any] = {"records": 20_000, "seconds": 10.0, "linking_seconds": 4.0, "cpu_seconds": 16.0, "most_bytes": 900_000_000}
    splink["thresholds"] = [threshold]
    parts = [part(200, 2_400.0, 210.0, 150.0, 90.0), part(20, 900.0, 300.0, 250.0, 99.0), part(1, 80.0, 900.0, 700.0, 5.5)]
    events = {"children": 40_000, "pupils": 13_000, "load_after": 2.0, "parts": parts}
    found = Found(1.5, register, [line(1, 4.0, 4.0), line(2, 2.0, 5.5)], alike=False, splink=splink, events=events)

    told = io.StringIO()
    found.show(Console(file=told, width=200))
    rows = [row.split() for row in told.getvalue().splitlines()]
    assert [*IN_BULK.split(), "1", "20,000", "5,000", "200", "0.125", "0.750", "18,000", "3"] in rows
    assert [*IN_BULK.split(), "2", "20,000", "10,000", "8,000", "275", "0.125", "0.750", "18,000", "3"] in rows
    assert (
        "register: 200,000 people in 25.2 s (24.0 s of CPU), 350 MB of memory; at most 420 MB with all that was linked" in told.getvalue()
    )
    assert "in bulk by 2: reached by the clock (10,000); NOT reached by CPU (275 µs a record, which is 7,273 on 2" in told.getvalue()
    assert "2,500 records/s by events: NOT reached by the clock (2,400); reached by CPU (2,778)" in told.getvalue()
    assert "by the clock: 5.0 ms in parcels of 20 reached, 5.5 ms in parcels of 1 NOT reached" in told.getvalue()
    assert "parcels of 200: 2,400 records/s, 210 and 150 µs of CPU a record (Python, PostgreSQL), 9.0 statements" in told.getvalue()
    assert "DID NOT DECIDE ALIKE" in told.getvalue()
    assert (
        "2,000 records/s with its tables of register and records, 5,000 without; 800 µs of CPU per record; at most 900 MB"
        in told.getvalue()
    )
    assert "at a recall of 0.9800 (15.5 bits) precision 0.99500, 90 false links" in told.getvalue()

    one, two = json.loads(found.as_json())["lines"]
    assert (one["records_per_second"], one["cpu_us_per_record"], one["aim_records_per_second"]) == (5_000, 200, None)
    assert (two["records_per_second"], two["cpu_us_per_record"], two["aim_records_per_second"]) == (10_000, 275, 8_000)
