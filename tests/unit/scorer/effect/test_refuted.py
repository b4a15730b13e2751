"""Reasons that staff found wrong in a case (S13): a share with its interval, and nothing of a few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Item
from services.scorer.domain.effect.figures import wilson
from services.scorer.domain.effect.refuted import REFUTED, false_hits
from services.scorer.domain.simulating import SMALLEST


def test_of_how_many_the_reason_was_wrong_is_told_as_a_share_s13() -> None:
    found = false_hits(REFUTED, 40, 10)

    assert (found.item, found.seen, found.false_hits, found.share) == (Item.NO_MUNICIPAL_CONTACT, 40, 10, 0.25)
    assert (found.low, found.high) == tuple(round(end, 3) for end in wilson(10, 40))
    assert false_hits(REFUTED, 0, 0).share is None


@given(st.integers(0, 60).flatmap(lambda seen: st.tuples(st.just(seen), st.integers(0, seen))))
def test_no_number_of_a_few_is_told_or_follows(cases: tuple[int, int]) -> None:
    found = false_hits(REFUTED, *cases)

    assert found.seen is None or found.seen == 0 or found.seen >= SMALLEST
    if found.false_hits is not None:
        assert found.seen is not None
        assert not any(0 < each < SMALLEST for each in (found.false_hits, found.seen - found.false_hits))
    assert (found.share is None) is (found.false_hits is None or not found.seen)


def test_more_false_hits_than_cases_are_no_share() -> None:
    with pytest.raises(ValueError, match="no share"):
        false_hits(REFUTED, 1, 2)
