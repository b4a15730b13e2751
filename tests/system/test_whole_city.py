"""A whole city on real servers: broken off twice and gone on with, it comes to the same as one that nobody disturbed."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from contracts.values import ServiceName
from infra.city import conservation
from infra.city.books import Books, ask
from infra.city.conservation import Report
from infra.city.whole import loading, meters
from infra.city.whole.blocks import Plan, draw
from infra.city.whole.journal import Journal, OtherCity
from infra.city.whole.loading import LOADING, load
from infra.city.whole.meters import Reading
from infra.local.packages import SERVERS, ensure
from infra.local.root import REPOSITORY
from infra.local.secrets import Secrets
from infra.local.stack import Stack, running
from tests.played import KEY

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]

PLAN = Plan(7, date(2026, 11, 26), 180, 1200, 60)
NIGHTS = 2
AHEAD, PIECE = 100, 500
SECONDS = 120.0


@dataclass(frozen=True)
class Loaded:
    """A city that was loaded: how, and what it came to."""

    root: Path
    journal: Journal
    readings: list[Reading]
    checked: Report
    came_again: int
    told: dict[str, Any]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The city in one go, with sources that may not be far ahead, so that it shows whether they wait."""
    root = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "AHEAD_EVENTS", AHEAD)
        patch.setattr(loading, "PIECE_EVENTS", PIECE)
        load(Stack(root, identifier_key=KEY), PLAN, NIGHTS, Console(quiet=True))
    return loaded(root, {})


@pytest.fixture(scope="module")
def broken_off(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The same city by the command: killed before the journal had its last block, stopped by Ctrl-C after a night, then to its end."""
    ensure(*SERVERS)
    root = tmp_path_factory.mktemp("broken-off")
    Secrets.kept_in(root / "secrets", identifier_key=KEY)

    kill_before_the_last_block_is_kept(root)
    break_off(root, lambda journal: journal.nights >= 1, signal.SIGINT)
    with begun(root) as last:
        told = json.loads(last.communicate(timeout=SECONDS)[0])

    return loaded(root, told)


def test_a_city_that_was_broken_off_is_whole_in_the_end_and_nothing_of_it_is_there_twice(broken_off: Loaded) -> None:
    assert broken_off.checked.failures() == []
    assert broken_off.journal.sessions == 3
    assert (broken_off.journal.blocks, broken_off.journal.nights) == (3, NIGHTS)


# Casework and audit are not among them: whether a review was opened and taken back within a night depends on what came first.
@pytest.mark.parametrize("service", [ServiceName.INGEST, ServiceName.LINKER, ServiceName.SCORER])
def test_its_content_is_that_of_a_city_that_nobody_disturbed(broken_off: Loaded, undisturbed: Loaded, service: ServiceName) -> None:
    assert undisturbed.checked.failures() == []
    assert broken_off.checked.hashes[service] == undisturbed.checked.hashes[service]


def test_what_was_killed_went_on_after_its_last_block_and_not_from_the_start(broken_off: Loaded) -> None:
    second = [reading for reading in broken_off.readings if reading.session == 2]

    assert min(reading.published for reading in second) >= draw(PLAN, 0).distinct.total()


def test_what_was_published_twice_did_no_harm(broken_off: Loaded, undisturbed: Loaded) -> None:
    """Some corrections come twice by nature; of the block that was under way when the process was killed, all of it does."""
    assert broken_off.came_again > undisturbed.came_again + 1000
    assert broken_off.checked.failures() == []


def test_the_sources_wait_for_ingest(undisturbed: Loaded) -> None:
    loads = [reading for reading in undisturbed.readings if reading.stage == LOADING]

    assert len(loads) > 3
    assert max(reading.published - reading.answered for reading in loads) <= AHEAD + PIECE


def test_the_report_tells_of_every_stage_of_memory_disk_and_cost(broken_off: Loaded) -> None:
    told = broken_off.told
    parts = {each["part"] for each in told["memory_bytes"]}

    assert [stage["name"] for stage in told["stages"]] == ["first load", "until at rest", "watermarks", "night 1", "night 2"]
    assert [stage["day"] for stage in told["stages"]][-2:] == ["2026-11-27", "2026-11-28"]
    assert told["postgres_settings"]["shared_buffers"] == "96MB"
    assert told["city"]["events"] == broken_off.journal.events
    assert {"postgres", "rabbitmq", *map(str, ServiceName)} < parts
    # What a service starts for a while is gone at the end.
    assert min(each["end"] for each in told["memory_bytes"] if not each["part"].endswith("started by it")) > 10_000_000
    assert told["disk_bytes"]["data folder"] >= told["disk_bytes"]["postgres"] > 10_000_000
    assert {"ingest.record", "linker.record"} < {table["name"] for table in told["tables"]}
    assert all(0 < each["cpu_us_per_event"] < 100_000 for each in told["cost_at_marks"])
    assert (broken_off.root / "out" / "cost.svg").read_text(encoding="utf-8").startswith("<svg")


def test_another_city_is_refused_before_anything_starts(broken_off: Loaded) -> None:
    with pytest.raises(OtherCity):
        load(Stack(broken_off.root), Plan(8, PLAN.today, PLAN.children, PLAN.residents, PLAN.block), NIGHTS, Console(quiet=True))


def loaded(root: Path, told: dict[str, Any]) -> Loaded:
    """What a load that is over came to: its stack once more, and every balance."""
    journal = Journal.of(root, PLAN)
    with running(Stack(root)):
        checked, came_again = asyncio.run(_looked_at(root, journal))
    return Loaded(root, journal, meters.readings(root), checked, came_again, told)


async def _looked_at(root: Path, journal: Journal) -> tuple[Report, int]:
    """Every balance, and how many events came to ingest more than once."""
    checked = await conservation.check(root, published=journal.distinct)
    async with Books(root) as books:
        deliveries = await ask(books, ServiceName.INGEST, "ledger")
    return checked, sum(of_source["received"] for of_source in deliveries.values()) - journal.events


def kill_before_the_last_block_is_kept(root: Path) -> None:
    """Kill the load after its second block; the journal is then taken back by a block, as if the kill had come before it was written."""
    break_off(root, lambda journal: journal.blocks >= 2, signal.SIGKILL)
    journal = Journal.kept_in(root)
    assert journal is not None
    journal.blocks -= 1
    journal.distinct -= draw(PLAN, journal.blocks).distinct
    journal.stages = []
    journal.save()


def break_off(root: Path, far_enough: Callable[[Journal], bool], how: signal.Signals) -> None:
    """Begin the load, or go on with it, and break it off once it is far enough and before it is over."""
    with begun(root) as process:
        deadline = time.monotonic() + SECONDS
        while (journal := Journal.kept_in(root)) is None or not far_enough(journal):
            assert process.poll() is None, "it ended by itself"
            assert time.monotonic() < deadline, "it does not come so far"
            time.sleep(0.02)
        process.send_signal(how)
        process.communicate(timeout=SECONDS)


@contextmanager
def begun(root: Path) -> Iterator[subprocess.Popen[str]]:
    """`tsunagu bench city` in a process of its own."""
    plan = f"--children {PLAN.children} --residents {PLAN.residents} --block {PLAN.block} --today {PLAN.today} --nights {NIGHTS}"
    words = [*plan.split(), "--root", str(root), "--out", str(root / "out"), "--postgres", "shared_buffers=96MB", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "infra", "bench", "city", *words], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=SECONDS)
