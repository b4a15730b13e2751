"""A seeded part of the fuzzer (`tsunagu fuzz ingest`), and that it would notice what it looks for."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from contracts.values import Source
from infra.city.fuzzing import bundles, rosters, watching
from infra.city.fuzzing.bundles import City
from infra.city.fuzzing.kinds import Kind
from infra.city.fuzzing.mutating import MARK, Mutator
from infra.city.fuzzing.run import Fuzzed, Wish, fuzzed, of_memory
from infra.city.fuzzing.searching import in_files
from infra.city.fuzzing.sending import Seen
from infra.local.stack import Stack

SEED = 20261126
CASES = 1_000


@pytest.fixture(scope="module")
def found() -> Iterator[Fuzzed]:
    with Stack.temporary(postgres_settings={"fsync": "off"}) as stack:
        stack.start()
        yield asyncio.run(fuzzed(stack, Wish(CASES, SEED), print))


@pytest.mark.system
@pytest.mark.timeout(300)
def test_what_nobody_honest_sends_harms_nothing(found: Fuzzed) -> None:
    assert [f"{check.name}: {check.figures}" for check in found.checks if check.holds is False] == []
    assert found.holds


@pytest.mark.system
def test_every_inlet_had_its_share_and_some_of_it_was_taken(found: Fuzzed) -> None:
    assert {way: cases > 20 for way, cases in found.cases.items()} == dict.fromkeys(Kind, True)
    assert sum(found.cases.values()) >= CASES
    assert min(found.answers[what] for what in ("accepted", "refused", "superseded", "422", "200")) > 5


def test_the_same_seed_draws_the_same_cases_and_another_one_others() -> None:
    one, again, other = (Mutator(seed) for seed in (1, 1, 2))
    drawn, same, others = ([mutator.case(n, tuple(Source)) for n in range(200)] for mutator in (one, again, other))

    assert drawn == same
    assert drawn != others


def test_every_kind_of_bundle_is_drawn_and_each_says_what_may_come_of_it() -> None:
    identity = pyrage.x25519.Identity.generate()
    city = City(str(identity.to_public()), datetime(2026, 11, 27, tzinfo=UTC))

    drawn = [bundles.drawn(1, number, city) for number in range(300)]
    again = [bundles.drawn(1, number, city) for number in range(300)]

    assert {case.kind for case in drawn} >= set(bundles.KINDS) - {"bomb"}
    assert [(case.kind, [step.marks for step in case.steps]) for case in drawn] == [
        (case.kind, [step.marks for step in case.steps]) for case in again
    ]
    assert all(case.steps for case in drawn)


def test_files_are_searched_but_for_the_brokers_own(tmp_path: Path) -> None:
    for place, said in {
        "postgres/base/1": f"{MARK} 7/1/0. {MARK} b7/2/0",
        "log/ingest.log": MARK,
        "rabbitmq/data/a.wal": f"{MARK} 7/3/0.",
        "extracts/x": rosters.LEFT_BEHIND,
    }.items():
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_bytes(b"\x00" * 100 + said.encode())

    found = in_files(tmp_path)

    assert (found.marks, found.telling, found.left_behind) == ({f"{MARK} 7/1/0."}, {"log/ingest.log"}, {"extracts/x"})


def test_a_program_that_hangs_or_breaks_is_told_of_and_gone_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no stack in that folder: the program ends each time it is begun."""
    monkeypatch.setattr(watching, "BREAKS_MOST", 2)
    seen = Seen()

    asyncio.run(watching.by_media(tmp_path, "roster", 50, 1, seen))

    assert len(seen.faults) == 2
    assert all("ended with 1" in fault for fault in seen.faults)


def test_growth_is_seen_and_a_level_is_none() -> None:
    mib = 2**20
    level, growing = [100 * mib] * 40, [(100 + 5 * n) * mib for n in range(40)]

    assert (of_memory("x", level).holds, of_memory("x", growing).holds) == (True, False)


def test_only_what_was_accepted_may_be_kept() -> None:
    seen = Seen()
    case = next(case for n in range(500) if len((case := Mutator(n).case(n, tuple(Source))).marks) > 1 and not case.damaged)

    seen.note(case, [{"outcome": "refused", "position": 0}, {"outcome": "accepted", "position": 1}])

    assert seen.kept == {case.marks[1]}
    assert all(mark.startswith(MARK) for mark in case.marks)
