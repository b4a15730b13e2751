"""Quiet requests that were drawn and judged: what is told of them, and of how many they stand for (EVAL-02)."""

import json

from contracts.values import Group, Item
from services.scorer.domain.effect.quiet import QuietOne, quiet
from services.scorer.domain.rulesets import SP_2

CHECKUPS = frozenset({Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED})


def judged(needed: int, not_needed: int, share: float = 0.02) -> list[QuietOne]:
    return [QuietOne(CHECKUPS, needed=number < needed, share=share) for number in range(needed + not_needed)]


def test_of_how_many_people_should_have_been_asked_is_told_with_what_that_makes_in_all() -> None:
    found = quiet(SP_2, judged(10, 30))

    assert (found.total.assessed, found.total.needed, found.total.ppv, found.missed) == (40, 10, 0.25, 500)
    assert found.total.low is not None
    assert found.total.high is not None
    assert found.total.low < 0.25 < found.total.high
    [checkups] = [line for line in found.by_group if line.name == Group.CHK]
    assert checkups.needed == 10
    json.dumps([found.total.as_numbers(), found.missed])


def test_a_few_are_told_neither_by_themselves_nor_by_what_they_stand_for() -> None:
    assert (quiet(SP_2, judged(9, 30)).total.needed, quiet(SP_2, judged(9, 30)).missed) == (None, None)
    assert quiet(SP_2, judged(30, 9)).missed is None
    assert quiet(SP_2, []).total.assessed == 0
    assert quiet(SP_2, judged(0, 30)).missed == 0
