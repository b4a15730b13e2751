"""How much may be parked before hearing stops."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.parking.limit import Limits, ParkingLimit, TooManyParked

LIMITS = Limits(least=20, share=0.2, most=100, seconds=60)
PARCELS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: (pair[0] + pair[1], pair[1])), max_size=40)


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_few_bad_events_stop_nothing_however_large_their_share() -> None:
    ParkingLimit(LIMITS).check(heard=20, parked=20)


def test_a_large_share_stops() -> None:
    with pytest.raises(TooManyParked):
        ParkingLimit(LIMITS).check(heard=21, parked=21)


def test_many_stop_whatever_their_share() -> None:
    limit = ParkingLimit(LIMITS)
    limit.count(heard=100_000, parked=100)

    with pytest.raises(TooManyParked):
        limit.check(heard=100, parked=1)


def test_what_was_parked_before_the_window_counts_no_more() -> None:
    time = Time()
    limit = ParkingLimit(LIMITS, time)
    limit.count(heard=20, parked=20)

    time.now = 70
    limit.count(heard=100, parked=0)

    limit.check(heard=20, parked=20)


def test_a_bad_release_stops_however_seldom_it_hears_anything() -> None:
    time = Time()
    limit = ParkingLimit(LIMITS, time)

    for each in range(1, LIMITS.least + 1):
        time.now = each * 2 * LIMITS.seconds
        limit.check(1, 1)
        limit.count(1, 1)

    with pytest.raises(TooManyParked, match="UndefinedColumnError"):
        limit.check(1, 1, "UndefinedColumnError")


def test_after_a_persons_word_it_counts_anew() -> None:
    limit = ParkingLimit(LIMITS)
    limit.count(heard=20, parked=20)
    limit.stop(datetime(2026, 4, 1, tzinfo=UTC))
    stopped = limit.reached

    limit.resume()

    assert (stopped, limit.reached) == (True, False)
    limit.check(heard=20, parked=20)


@given(PARCELS)
def test_no_more_is_ever_kept_than_the_limits_say(parcels: list[tuple[int, int]]) -> None:
    limit = ParkingLimit(LIMITS, Time())
    heard = parked = 0
    for parcel_heard, parcel_parked in parcels:
        try:
            limit.check(parcel_heard, parcel_parked)
        except TooManyParked:
            continue
        limit.count(parcel_heard, parcel_parked)
        heard, parked = heard + parcel_heard, parked + parcel_parked
        assert parked <= LIMITS.most
        assert not parcel_parked or parked <= LIMITS.least or parked <= LIMITS.share * heard
