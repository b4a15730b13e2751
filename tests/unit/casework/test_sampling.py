"""Which quiet requests a person looks at: drawn by a key of the city, and by nothing else (casework.md §2.4)."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from contracts.ids import EventId, StaffId
from services.casework.domain.sampling import LEAST, USUAL, Sampling, is_for_another, is_late, judge_by
from services.casework.settings import CaseworkSettings

IDS = [EventId(UUID(int=number * 2**64 + 4)) for number in range(20_000)]
ids = st.uuids().map(EventId)


@given(ids, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_draws_all_that_a_smaller_one_does(event_id: EventId, one: float, other: float) -> None:
    small, large = sorted((one, other))

    assert Sampling(b"k", large).draws(event_id) or not Sampling(b"k", small).draws(event_id)


@given(ids)
def test_none_and_all_are_drawn_at_the_ends(event_id: EventId) -> None:
    assert not Sampling(b"k", 0).draws(event_id)
    assert Sampling(b"k", 1).draws(event_id)


def test_the_share_is_that_of_the_setting_and_another_key_draws_others() -> None:
    """Of 20,000 at 2 %, 400 ± 80 are within four standard deviations; two keys draw some eight alike."""
    one, other = ({each for each in IDS if Sampling.of(key, USUAL).draws(each)} for key in ("00" * 32, "01" * 32))

    assert 320 < len(one) < 480
    assert len(one & other) < 40


@pytest.mark.parametrize("share", [0, LEAST / 2, 1.01, -1])
def test_a_share_out_of_its_bounds_starts_nothing(share: float) -> None:
    with pytest.raises(ValidationError, match="sample_share"):
        CaseworkSettings(
            database_url=SecretStr("x"),
            broker_url=SecretStr("x"),
            identifier_key=SecretStr("00"),
            parking_key=SecretStr("00"),
            sample_share=share,
        )


def test_ten_opening_days_are_left_to_judge() -> None:
    """Friday to Friday, two weeks later, and the holidays between (昭和の日 and those of May)."""
    assert judge_by(date(2026, 4, 10)) == date(2026, 4, 24)
    assert judge_by(date(2026, 4, 28)) == date(2026, 5, 18)
    assert (is_late(date(2026, 4, 10), date(2026, 4, 24)), is_late(date(2026, 4, 10), date(2026, 4, 25))) == (False, True)


def test_nobody_judges_the_own_decision_while_a_colleague_can_who_had_no_part_in_it() -> None:
    one, other, third = [StaffId(UUID(int=number)) for number in (1, 2, 3)]
    both = frozenset({one, other})

    assert [is_for_another(each, both, (one, other, third)) for each in (one, other, third)] == [True, True, False]
    assert not is_for_another(one, both, (one, other)), "where nobody else can"
    assert not is_for_another(one, frozenset(), (one, other)), "who ended it is not known"
