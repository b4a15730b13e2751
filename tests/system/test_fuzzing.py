"""A seeded part of the fuzzer (`tsunagu fuzz ingest`), and that it would notice what it looks for."""

import asyncio
from collections.abc import Iterator

import pytest

from contracts.values import Source
from infra.city.fuzzing.kinds import Kind
from infra.city.fuzzing.mutating import MARK, Mutator
from infra.city.fuzzing.run import Fuzzed, Wish, fuzzed
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


def test_only_what_was_accepted_may_be_kept() -> None:
    seen = Seen()
    case = next(case for n in range(500) if len((case := Mutator(n).case(n, tuple(Source))).marks) > 1 and not case.damaged)

    seen.note(case, [{"outcome": "refused", "position": 0}, {"outcome": "accepted", "position": 1}])

    assert seen.kept == {case.marks[1]}
    assert all(mark.startswith(MARK) for mark in case.marks)
