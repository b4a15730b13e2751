"""Quiet requests that were drawn and judged: what is told of them, and of how many they stand for (EVAL-02)."""

import json

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Group, Item
from services.scorer.domain.effect.figures import wilson
from services.scorer.domain.effect.quiet import QuietOne, quiet
from services.scorer.domain.rulesets import SP_2
from services.scorer.domain.simulating import SMALLEST

CHECKUPS = frozenset({Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED})


def judged(needed: int, not_needed: int, share: float = 0.02) -> list[QuietOne]:
    return [QuietOne(CHECKUPS, needed=number < needed, share=share) for number in range(needed + not_needed)]


def waiting(number: int, share: float = 0.02) -> list[QuietOne]:
    return [QuietOne(CHECKUPS, needed=None, share=share)] * number


def test_of_how_many_people_should_have_been_asked_is_told_with_what_that_makes_in_all() -> None:
    found = quiet(SP_2, judged(10, 30))

    assert (found.total.assessed, found.total.needed, found.total.ppv, found.missed) == (40, 10, 0.25, 500)
    assert found.total.low is not None
    assert found.total.high is not None
    assert found.total.low < 0.25 < found.total.high
    [checkups] = [line for line in found.by_group if line.name == Group.CHK]
    assert checkups.needed == 10
    json.dumps([found.total.as_numbers(), found.missed])


def test_with_how_many_were_drawn_it_is_told_between_which_numbers_it_lies_and_what_is_likely() -> None:
    """Forty of sixty are judged: of each of the other twenty, which stand for a thousand, nobody can say yet."""
    found = quiet(SP_2, [*judged(10, 30), *waiting(20)])

    assert (found.total.reviews, found.total.assessed, found.total.needed) == (60, 40, 10)
    assert (found.missed, found.missed_at_most, found.missed_likely) == (500, 1_500, 750)
    low, high = wilson(10, 40)
    assert (found.missed_low, found.missed_high) == (round(3_000 * low), round(3_000 * high))
    # Drawn by another share, each stands for another number: the later half by one in ten.
    mixed = quiet(SP_2, [*judged(10, 30), *judged(10, 30, share=0.1)])
    assert (mixed.missed, mixed.missed_at_most, mixed.missed_likely) == (600, 600, 600)


def test_where_a_few_alone_wait_to_be_judged_it_is_not_told_how_many_were_drawn() -> None:
    found = quiet(SP_2, [*judged(10, 30), *waiting(9)])

    assert (found.few_wait, found.total.reviews, found.total.assessed, found.missed) == (True, None, 40, 500)
    assert (found.missed_at_most, found.missed_likely, found.missed_low, found.missed_high) == (None,) * 4
    assert quiet(SP_2, waiting(30)).missed is None
    # Of the others with the group, the rest would follow.
    others = [QuietOne(frozenset(), needed=None, share=0.02)] * 9
    [checkups] = [line for line in quiet(SP_2, [*judged(10, 30), *waiting(20), *others]).by_group if line.name == Group.CHK]
    assert checkups.reviews is None


@given(st.lists(st.tuples(st.sampled_from([0.01, 0.02, 0.5, 1.0]), st.sampled_from([True, False, None]), st.integers(1, 30)), max_size=6))
def test_what_is_likely_lies_between_the_least_and_the_most_and_no_number_is_of_a_few(parts: list[tuple[float, bool | None, int]]) -> None:
    found = quiet(
        SP_2,
        [
            QuietOne(CHECKUPS if place % 2 else frozenset(), needed, share)
            for place, (share, needed, number) in enumerate(parts)
            for _ in range(number)
        ],
    )

    for each in (found.total, *found.by_group):
        numbers = [each.reviews, each.assessed, each.needed]
        numbers += [] if each.reviews is None or each.assessed is None else [each.reviews - each.assessed]
        numbers += [] if each.assessed is None or each.needed is None else [each.assessed - each.needed]
        assert all(number is None or number == 0 or number >= SMALLEST for number in numbers), each
    if found.missed_likely is not None:
        assert found.missed is not None
        assert found.missed_at_most is not None
        assert found.missed <= found.missed_likely <= found.missed_at_most


def test_a_few_are_told_neither_by_themselves_nor_by_what_they_stand_for() -> None:
    assert (quiet(SP_2, judged(9, 30)).total.needed, quiet(SP_2, judged(9, 30)).missed) == (None, None)
    assert quiet(SP_2, judged(30, 9)).missed is None
    assert quiet(SP_2, []).total.assessed == 0
    assert quiet(SP_2, judged(0, 30)).missed == 0
