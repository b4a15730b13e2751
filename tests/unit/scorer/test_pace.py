"""At once in the afternoon, in rounds in a flood."""

from services.scorer.handlers import CALM_SECONDS, FULL_EVENTS, PATIENCE_SECONDS, Pace


class Watch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_small_parcel_is_evaluated_at_once() -> None:
    pace = Pace(Watch())

    assert not pace.is_flood(FULL_EVENTS - 1)
    assert pace.is_time()


def test_a_flood_is_evaluated_when_it_is_over() -> None:
    watch = Watch()
    pace = Pace(watch)

    assert pace.is_flood(FULL_EVENTS)
    assert not pace.is_time()
    watch.seconds += CALM_SECONDS
    assert pace.is_time()


def test_nobody_waits_longer_than_the_patience_in_a_flood_that_does_not_end() -> None:
    watch = Watch()
    pace = Pace(watch)
    began = watch.seconds
    rounds = 0

    while watch.seconds < began + 3 * PATIENCE_SECONDS:
        pace.is_flood(50)
        rounds += pace.is_time()
        watch.seconds += 0.1

    assert rounds == 2


def test_many_small_parcels_at_once_are_a_flood_and_an_afternoons_are_not() -> None:
    watch = Watch()
    pace = Pace(watch)
    afternoon = []
    for _ in range(200):
        watch.seconds += 0.05  # 20 parcels a second
        afternoon.append(pace.is_flood(5))

    rush = []
    for _ in range(200):
        watch.seconds += 0.005
        rush.append(pace.is_flood(5))

    assert not any(afternoon)
    assert all(rush[60:])
