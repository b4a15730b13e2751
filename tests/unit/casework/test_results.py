"""What the ends of cases say of the requests to look (casework.md §2.5)."""

from hypothesis import given
from hypothesis import strategies as st

from services.casework.domain.case import Outcome
from services.casework.domain.results import Result, hit_rate, result_of


def test_who_was_not_reached_or_left_is_unknown_and_never_without_need() -> None:
    assert {result_of(each) for each in (Outcome.NOT_REACHED, Outcome.MOVED_OUT, Outcome.CAME_OF_AGE)} == {Result.UNKNOWN}
    assert {result_of(each) for each in Outcome} == set(Result)


@given(st.lists(st.integers(0, 200), min_size=4, max_size=4), st.none() | st.integers(0, 200))
def test_the_unknown_changes_no_rate(known: list[int], unknown: int | None) -> None:
    shown = dict(zip(Result, (*known, unknown), strict=True))
    expected = round(100 * (known[0] + known[1]) / sum(known)) if sum(known) else None

    assert hit_rate(shown) == expected


@given(st.lists(st.integers(10, 200), min_size=4, max_size=4), st.sampled_from([each for each in Result if each is not Result.UNKNOWN]))
def test_no_rate_is_said_of_what_is_left_out(known: list[int], left_out: Result) -> None:
    assert hit_rate({**dict(zip(Result, (*known, 50), strict=True)), left_out: None}) is None
