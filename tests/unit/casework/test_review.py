"""One open review per child; what a person is told changed (domain.md §2.7, S08)."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Group, IndicatorValue, Item, Source
from services.casework.domain.review import Disposition, Kind, Reason, Word, changes, disposition_of, state_of

SAID = datetime(2026, 4, 11, tzinfo=UTC)


def reason(item: Item, value: IndicatorValue = IndicatorValue.TRUE, *, counted: bool = True, known_at: datetime = SAID) -> Reason:
    return Reason(item, value, counted, "code", Source.MATERNAL_CHILD_HEALTH, known_at)


def word(version: int, kind: Kind, *reasons: Reason, is_needed: bool = True) -> Word:
    return Word(version, kind, "SP-1", date(2026, 4, 11) + timedelta(days=version), is_needed, (Group.CHK,), reasons)


LATE = reason(Item.LATE_PREGNANCY_NOTIFICATION)
NO_18M = reason(Item.CHECKUP_18M_NOT_RECEIVED)
HAD_18M = reason(Item.CHECKUP_18M_NOT_RECEIVED, IndicatorValue.FALSE)
words = st.lists(
    st.builds(word, st.integers(1, 6), st.sampled_from(list(Kind)), st.sampled_from([LATE, NO_18M, HAD_18M]), is_needed=st.booleans()),
    max_size=6,
    unique_by=lambda each: each.version,
)


def test_nobody_is_under_review_whom_nobody_asked_to_look_at() -> None:
    assert state_of([]) is None
    assert state_of([word(1, Kind.BASIS_CHANGED, HAD_18M)]) is None


@given(words, st.integers())
def test_the_order_of_arrival_does_not_matter(said: list[Word], seed: int) -> None:
    shuffled = list(said)
    Random(seed).shuffle(shuffled)  # noqa: S311 - a test's own shuffle

    assert state_of(said) == state_of(shuffled)


def test_a_late_checkup_leaves_the_review_open_and_says_so() -> None:
    """S08."""
    state = state_of([word(1, Kind.NEEDED, NO_18M, LATE), word(2, Kind.BASIS_CHANGED, HAD_18M, LATE, is_needed=False)])

    assert state is not None
    assert (state.opened_version, state.version, state.needed, state.basis_changed) == (1, 2, False, True)


def test_a_new_request_does_not_take_the_news_back() -> None:
    state = state_of([word(1, Kind.NEEDED, NO_18M, LATE), word(2, Kind.BASIS_CHANGED, HAD_18M, LATE), word(3, Kind.NEEDED, HAD_18M, LATE)])

    assert state is not None
    assert state.basis_changed


def test_news_from_before_the_request_is_no_news() -> None:
    state = state_of([word(1, Kind.BASIS_CHANGED, LATE), word(2, Kind.NEEDED, NO_18M, LATE)])

    assert state is not None
    assert not state.basis_changed


def test_the_oldest_reason_that_holds_gives_the_place_in_the_list() -> None:
    old, older = SAID - timedelta(days=3), SAID - timedelta(days=9)
    state = state_of(
        [
            word(
                1,
                Kind.NEEDED,
                reason(Item.CHECKUP_18M_NOT_RECEIVED, known_at=old),
                reason(Item.LATE_PREGNANCY_NOTIFICATION),
                reason(Item.EPDS_HIGH, counted=False, known_at=older),
                reason(Item.CHECKUP_4M_NOT_RECEIVED, IndicatorValue.FALSE, known_at=older),
            )
        ]
    )

    assert state is not None
    assert state.oldest_known_at == old


@pytest.mark.parametrize(("version", "disposition"), [(1, Disposition.OPENED), (2, Disposition.ATTACHED)])
def test_the_first_request_opens_and_later_ones_are_attached(version: int, disposition: Disposition) -> None:
    assert disposition_of(version, 1) is disposition


def test_only_reasons_that_came_or_went_are_changes() -> None:
    said = [
        word(1, Kind.NEEDED, NO_18M, LATE),
        word(2, Kind.BASIS_CHANGED, HAD_18M, LATE),
        word(3, Kind.NEEDED, HAD_18M, LATE, reason(Item.EPDS_HIGH)),
    ]

    found = [(change.item, change.after is not None and change.after.holds) for change in changes(said)]

    assert found == [(Item.EPDS_HIGH, True), (Item.CHECKUP_18M_NOT_RECEIVED, False)]
