"""The whole benchmark, on a city of some hundred events: that it runs and says everything; its figures mean nothing."""

import json
import os
from pathlib import Path

import pytest

from infra.city.bench import Wish, pipeline
from infra.city.benchmarks import ingest, report
from infra.city.benchmarks.profiling import hottest
from infra.printing import console
from services.audit.benchmark import speed

pytestmark = [pytest.mark.servers, pytest.mark.system]

SERVICES = {"ingest", "linker", "scorer", "casework", "audit"}
SERVERS = {"postgres", "rabbitmq"}


PRELOADED = 3_000

on_request = pytest.mark.skipif(
    not os.environ.get("TSUNAGU_BENCHES"), reason="TSUNAGU_BENCHES=1 runs it: a minute for a benchmark, not the product"
)


@pytest.mark.timeout(300)
def test_a_round_plays_the_same_events_through_the_real_services_the_limit_and_the_yardstick() -> None:
    found = pipeline(Wish(events=400, half_load_seconds=2.0, eve=True), console(stderr=True))

    (told,) = json.loads(report.as_json(found))["rounds"]
    real, limit, yardstick = told["real"], told["limit"], told["yardstick"]
    assert real["events"] == limit["events"] == yardstick["events"] > 300
    assert min(told["real_to_limit"], told["real_to_yardstick"]) > 0
    assert set(real["memory_bytes"]) == set(limit["memory_bytes"]) == SERVERS | SERVICES
    assert set(yardstick["memory_bytes"]) == SERVERS | SERVICES - {"audit"}
    for run in (real, limit, yardstick):
        assert all(run["cpu_us_per_event"][part] > 0 for part in SERVERS)
        assert run["wal_bytes_per_event"] > 100
    assert all(memory["start"] > 0 for memory in real["memory_bytes"].values())
    assert real["messages_per_event"] > 1
    assert real["tail_seconds"] >= 0
    assert told["latency_ms"]["n"] > 0
    assert told["latency_ms"]["missing"] == 0
    assert told["half_load"]["latency_ms"]["n"] > 0
    assert told["half_load"]["latency_ms"]["missing"] == 0
    assert told["half_load"]["events"] > 300


@on_request
@pytest.mark.timeout(300)
def test_a_round_plays_on_full_tables_and_several_partitions_and_says_where_the_time_went(tmp_path: Path) -> None:
    wish = Wish(events=400, half_load_seconds=0.0, rivals=False, preload=PRELOADED, partitions=2, profile=tmp_path / "profile")

    (found,) = pipeline(wish, console(stderr=True))

    (told,) = json.loads(report.as_json([found]))["rounds"]
    assert {"ingest.event_log", "linker.record", "linker.person", "scorer.fact", "casework.person"} <= set(told["preloaded"])
    assert all(rows >= PRELOADED for rows in told["preloaded"].values())
    assert told["real"]["events"] > 300
    assert {f"{name} (second)" for name in SERVICES - {"audit"}} <= set(told["real"]["memory_bytes"])
    assert "insert into" in (tmp_path / "profile/postgres.txt").read_text()


def test_folded_stacks_are_told_by_where_they_were_at_work() -> None:
    told = hottest("main;work;parse 30\nmain;work;parse;scan 10\nmain;run;epoll_wait (x) 500\nnot a sample\n")

    assert told.startswith("40 samples at work")
    assert "  75.0%  parse" in told
    assert " 100.0%  work" in told
    assert "epoll" not in told


@on_request
@pytest.mark.timeout(300)
def test_ingest_alone_is_measured_by_each_way_in_with_one_process_and_two_and_with_a_larger_ledger() -> None:
    found = ingest.bench(ingest.Wish(events=400, rows=300, ledger=30_000), console(stderr=True))

    told = json.loads(found.as_json())
    assert [(part["way"], part["processes"]) for part in told["parts"]] == [
        *(("amqp", 1), ("http", 1), ("amqp", 2), ("http", 2), ("media", 1), ("media", 2)),
        *(("extract, the first", 1), ("extract, the next", 1), ("ledger", 1), ("ledger", 1)),
    ]
    assert all(part["memory_megabytes"] > 10 and part["cpu_us_per_event"]["command"] > 0 for part in told["parts"][4:8])
    # Readings of the system are of hundredths of a second, and these parts are short.
    assert all(0 <= share < 2 for part in told["parts"] for share in part["busy"].values())
    assert all(ratio > 0 for way in ("amqp", "http", "media") for ratio in told["two_to_one"][way].values())
    # Beside a command the service does so little that it may be too short to be seen.
    assert all(part["events_per_second"] > 0 and part["ingest_cpu_us_per_event"] > 0 for part in told["parts"])
    assert all(part["cpu_us_per_event"]["ingest"] > 0 for part in told["parts"] if "command" not in part["cpu_us_per_event"])
    assert all("ingest 2" in part["cpu_us_per_event"] for part in told["parts"][:4] if part["processes"] == 2)
    small, large = (part["ledger_rows"] for part in told["parts"][-2:])
    assert small > 5_000
    assert large > 30_000
    assert told["ledger_ratio"] > 0
    assert told["extract"]["changed_rows"] == 3
    assert 0 < told["extract"]["compared_to_copy"] < 1


@on_request
@pytest.mark.timeout(300)
def test_the_audit_log_is_measured_end_to_end_exported_verified_proven_and_searched(capsys: pytest.CaptureFixture[str]) -> None:
    speed.run(speed.Wish(entries=1_000, log=2_000, searched=3_000), as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert told["flow"]["ratio"] > 0
    assert set(told["flow"]["cpu_us"]) == {"audit", *SERVERS}
    assert (told["exported"]["entries"], set(told["proofs"])) == (2_000, {"2000", "3000"})
    assert all(took["p50"] <= took["p95"] <= took["p99"] for took in told["searches"].values())
