"""Producers' numbers: overtaking is no gap, a missing number is."""

from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.sequences import LaneWatch


def watch(numbers: list[int]) -> tuple[LaneWatch, list[int | None]]:
    lane = LaneWatch()
    return lane, [lane.see(number, index) for index, number in enumerate(numbers)]


@given(numbers=st.permutations(range(1, 30)))
def test_numbers_in_any_order_leave_no_gap_and_nothing_behind(numbers: list[int]) -> None:
    lane, doubles = watch(numbers)

    assert list(lane.gaps()) == []
    assert (lane.through, lane.early, set(doubles)) == (29, {}, {None})


def test_a_missing_number_is_named_with_how_many_follow_it() -> None:
    lane, _ = watch([1, 2, 6, 9])

    assert list(lane.gaps()) == [(3, 3), (7, 2)]


def test_numbering_that_does_not_begin_at_one_is_a_gap() -> None:
    lane, _ = watch([2, 3])

    assert list(lane.gaps()) == [(1, 1)]


def test_a_number_given_twice_is_noticed() -> None:
    _, doubles = watch([1, 3, 3, 1])

    assert doubles == [None, None, 1, -1]
