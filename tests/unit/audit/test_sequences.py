"""Producers' numbers: overtaking is no gap, a missing number is."""

from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.sequences import LaneWatch, Numbers, without

numbers = st.integers(1, 40)
ranges = st.tuples(numbers, numbers).map(lambda pair: Numbers(min(pair), max(pair)))


def watch(seen: list[int]) -> tuple[LaneWatch, list[bool]]:
    lane = LaneWatch()
    return lane, [lane.see(number) for number in seen]


@given(seen=st.permutations(range(1, 30)))
def test_numbers_in_any_order_leave_no_gap_and_nothing_behind(seen: list[int]) -> None:
    lane, doubles = watch(seen)

    assert list(lane.gaps()) == []
    assert (lane.through, lane.early, any(doubles)) == (29, [], False)


def test_a_missing_number_is_named_with_how_many_follow_it() -> None:
    lane, _ = watch([1, 2, 6, 9])

    assert list(lane.gaps()) == [(3, 5), (7, 8)]


def test_numbering_that_does_not_begin_at_one_is_a_gap() -> None:
    lane, _ = watch([2, 3])

    assert list(lane.gaps()) == [(1, 1)]


def test_a_number_given_twice_is_noticed() -> None:
    _, doubles = watch([1, 3, 3, 1])

    assert doubles == [False, False, True, True]


@given(seen=st.lists(numbers, max_size=60))
def test_whatever_comes_gaps_and_doubles_are_those_of_a_set(seen: list[int]) -> None:
    lane, doubles = watch(seen)

    missing = [number for gap in lane.gaps() for number in range(gap.first, gap.last + 1)]
    assert missing == sorted(set(range(1, max(seen, default=0) + 1)) - set(seen))
    assert doubles == [number in seen[:at] for at, number in enumerate(seen)]
    assert lane.highest == max(seen, default=0)


@given(seen=st.lists(numbers, max_size=60), asked=ranges)
def test_numbers_are_lacking_where_none_of_them_came(seen: list[int], asked: Numbers) -> None:
    lane, _ = watch(seen)

    assert lane.lacks(asked) == set(range(asked.first, asked.last + 1)).isdisjoint(seen)


def test_a_gap_in_a_long_lane_takes_no_memory_for_what_follows_it() -> None:
    lane, _ = watch([number for number in range(1, 5000) if number != 7])

    assert (lane.through, lane.early) == (6, [Numbers(8, 4999)])


@given(whole=ranges, taken=st.lists(ranges, max_size=6))
def test_what_remains_of_a_range_is_what_no_other_covers(whole: Numbers, taken: list[Numbers]) -> None:
    remaining = [number for each in without(whole, taken) for number in range(each.first, each.last + 1)]

    covered = {number for each in taken for number in range(each.first, each.last + 1)}
    assert remaining == sorted(set(range(whole.first, whole.last + 1)) - covered)
