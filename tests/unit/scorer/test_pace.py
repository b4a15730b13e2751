"""At once in the afternoon; in a flood, once it is over or a child was left alone."""

from contextlib import suppress
from uuid import UUID

from contracts.ids import PersonId
from services.scorer.handlers import (
    ALONE_SECONDS,
    ALONE_SECONDS_LEAST,
    CALM_SECONDS,
    CALM_SECONDS_MOST,
    FEW_LOTS,
    FULL_EVENTS,
    FULL_LOT,
    LONGEST_SECONDS,
    LOOK_SECONDS,
    Pace,
)


class Watch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def is_put_off(pace: Pace, events: int) -> bool:
    with pace.parcel(events) as put_off:
        return put_off


def test_a_small_parcel_is_evaluated_at_once() -> None:
    pace = Pace(Watch())

    assert not is_put_off(pace, FULL_EVENTS - 1)
    assert pace.is_time_to_look()


def test_a_flood_is_evaluated_when_it_is_over() -> None:
    watch = Watch()
    pace = Pace(watch)

    assert is_put_off(pace, FULL_EVENTS)
    assert pace.patience().calm_seconds is None
    watch.seconds += CALM_SECONDS
    assert pace.patience().calm_seconds == 0


def test_a_flood_is_not_over_while_a_parcel_of_it_is_in_hand() -> None:
    watch = Watch()
    pace = Pace(watch)

    with suppress(ConnectionError), pace.parcel(FULL_EVENTS):
        watch.seconds += 100
        assert pace.patience().calm_seconds is None
        raise ConnectionError

    watch.seconds += CALM_SECONDS
    assert pace.patience().calm_seconds == 0


def test_a_flood_that_comes_with_pauses_is_not_over_in_a_pause() -> None:
    watch = Watch()
    pace = Pace(watch)

    calm_in_a_pause = []
    for _ in range(40):
        is_put_off(pace, 200)
        watch.seconds += 0.9 * CALM_SECONDS
        pause = 0.3 * CALM_SECONDS
        watch.seconds += pause
        calm_in_a_pause.append(pace.patience().calm_seconds is not None)

    assert not any(calm_in_a_pause[10:])
    watch.seconds += CALM_SECONDS_MOST
    assert pace.patience().calm_seconds == 0


def test_in_a_flood_whose_turn_has_come_is_looked_for_now_and_then_and_after_it_always() -> None:
    watch = Watch()
    pace = Pace(watch)
    looks = 0

    for _ in range(30):
        is_put_off(pace, 2 * FULL_LOT)
    for _ in range(100):
        is_put_off(pace, 2 * FULL_LOT)
        looks += pace.is_time_to_look()
        watch.seconds += LOOK_SECONDS / 10

    assert looks == 10
    watch.seconds += CALM_SECONDS_MOST
    assert pace.is_time_to_look()
    assert pace.is_time_to_look()


def test_a_flood_of_another_process_is_waited_for_by_its_news() -> None:
    watch = Watch()
    pace = Pace(watch)

    assert pace.patience().calm_seconds == CALM_SECONDS_MOST
    is_put_off(pace, FULL_EVENTS)
    watch.seconds += LONGEST_SECONDS
    assert pace.patience().calm_seconds == CALM_SECONDS_MOST


def alone_in_lots_of(events: int) -> float:
    """How long a child is left alone in a flood whose lots are of so many events."""
    watch = Watch()
    pace = Pace(watch)
    for _ in range(60):
        is_put_off(pace, events)
        watch.seconds += 0.1
    return pace.patience().alone_seconds


def test_nobody_waits_for_ever() -> None:
    assert Pace(Watch()).patience().longest_seconds == LONGEST_SECONDS <= 30
    assert alone_in_lots_of(10 * FULL_LOT) == ALONE_SECONDS < LONGEST_SECONDS


def test_a_flood_that_leaves_room_beside_it_leaves_nobody_alone_for_long() -> None:
    assert alone_in_lots_of(FULL_LOT) > 0.9 * ALONE_SECONDS
    assert alone_in_lots_of(FULL_LOT // 4) == ALONE_SECONDS_LEAST

    waits = [alone_in_lots_of(events) for events in range(FULL_EVENTS, 2 * FULL_LOT, 25)]
    assert waits == sorted(waits)


def test_what_the_last_flood_was_like_says_nothing_of_the_next() -> None:
    watch = Watch()
    pace = Pace(watch)
    for _ in range(60):
        is_put_off(pace, FULL_LOT)

    watch.seconds += 10 * CALM_SECONDS_MOST
    is_put_off(pace, FULL_LOT // 4)

    assert pace.patience().alone_seconds == ALONE_SECONDS_LEAST


def test_many_small_parcels_at_once_are_a_flood_and_an_afternoons_are_not() -> None:
    watch = Watch()
    pace = Pace(watch)
    afternoon = []
    for _ in range(200):
        watch.seconds += 0.05  # 20 parcels a second
        afternoon.append(is_put_off(pace, 5))

    rush = []
    for _ in range(200):
        watch.seconds += 0.005
        rush.append(is_put_off(pace, 5))

    assert not any(afternoon)
    assert all(rush[60:])


def test_a_child_of_whom_little_was_said_for_long_is_rested_and_one_of_whom_much_is_said_is_not() -> None:
    watch = Watch()
    pace = Pace(watch)
    child, other = PersonId(UUID(int=1)), PersonId(UUID(int=2))

    lots = [pace.rested([child]) for _ in range(FEW_LOTS + 3)]

    assert lots == [[child]] * FEW_LOTS + [[]] * 3
    assert pace.rested([child, other]) == [other]
    watch.seconds += ALONE_SECONDS + 1
    assert pace.rested([child, other]) == [child, other]
