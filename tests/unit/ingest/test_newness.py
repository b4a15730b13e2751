from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.admission import Admitted, judge
from services.ingest.domain.newness import Held, Newness, RecordKey, key_of, settled
from services.ingest.domain.reading import RawEvent
from tests.unit.ingest.events import checkup, door


def revision(number: int, weight: float = 10.0, **changes: Any) -> Admitted:
    verdict = judge(RawEvent(checkup({"weight_kg": weight}, revision=number, **changes)), door())
    assert isinstance(verdict, Admitted)
    return verdict


def after(held: dict[RecordKey, Held], *arrivals: Admitted) -> tuple[list[Newness], dict[RecordKey, Held]]:
    judged = settled(held, arrivals)
    return [each.newness for each in judged], held | {key_of(arrival): each.held for arrival, each in zip(arrivals, judged, strict=True)}


def test_a_higher_revision_is_newer_a_lower_one_older_and_the_same_one_a_repetition_or_a_conflict() -> None:
    newness, _ = after({}, revision(2), revision(3), revision(1), revision(3), revision(3, weight=11.0))

    assert newness == [Newness.NEWER, Newness.NEWER, Newness.OLDER, Newness.SAME, Newness.CONFLICTING]


@given(st.permutations(range(1, 7)))
def test_any_order_of_revisions_ends_in_the_highest(order: list[int]) -> None:
    arrivals = [revision(number, weight=10 + number / 10) for number in order]

    _, held = after({}, *arrivals)

    assert [each.revision for each in held.values()] == [6]


@given(st.permutations([1, 1, 2, 2, 3]), st.integers(0, 5))
def test_it_does_not_matter_where_transactions_are_cut(order: list[int], cut: int) -> None:
    arrivals = [revision(number) for number in order]

    together, held_together = after({}, *arrivals)
    first, held = after({}, *arrivals[:cut])
    second, held_apart = after(held, *arrivals[cut:])

    assert together == first + second
    assert held_together == held_apart


def test_a_record_taken_back_stays_whose_it_was_and_no_older_revision_brings_it_back() -> None:
    for order in permutations([revision(1), revision(2, op="void", data=None)]):
        _, held = after({}, *order)
        (only,) = held.values()
        assert only.revision == 2

    _, held = after({}, revision(1), revision(2, op="void", data=None))
    assert [each.person_no for each in held.values()] == ["0000000100"]


def test_when_it_was_published_or_recorded_is_no_part_of_what_a_record_says() -> None:
    newness, _ = after(
        {}, revision(1), revision(1, time="2026-03-30T00:00:00Z", recordedat="2026-03-30T00:00:00Z"), revision(1, effectiveon="2026-01-01")
    )

    assert newness == [Newness.NEWER, Newness.SAME, Newness.CONFLICTING]


def test_two_kinds_of_record_may_share_a_number() -> None:
    assert key_of(revision(1)) == key_of(revision(2))
    assert key_of(revision(1)) != key_of(revision(1, subject="K-2"))
