"""One open review per child; what a person is told changed (domain.md §2.7, S08)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import ReviewId
from contracts.values import Group, IndicatorValue, Item, Source
from services.casework.domain.case import Outcome
from services.casework.domain.review import Became, Closure, Disposition, Kind, Reason, Word, came_or_went, changes, heard, state_of

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


def test_the_first_request_opens_and_later_ones_are_attached() -> None:
    amount = heard([word(1, Kind.NEEDED, NO_18M), word(2, Kind.NEEDED, NO_18M, LATE)])

    assert {version: became.disposition for version, became in amount.became.items()} == {1: Disposition.OPENED, 2: Disposition.ATTACHED}


def closed(version: int, outcome: Outcome = Outcome.NOT_NEEDED, groups: frozenset[Group] = frozenset({Group.CHK})) -> Closure:
    return Closure(ReviewId(UUID(int=version)), version, date(2026, 4, 11), outcome, groups)


def test_what_was_known_when_a_review_ended_belongs_to_it() -> None:
    amount = heard([word(1, Kind.NEEDED, NO_18M), word(2, Kind.BASIS_CHANGED, NO_18M)], [closed(2)])

    assert amount.open is None
    assert amount.became == {1: Became(Disposition.OPENED, ReviewId(UUID(int=2)))}


def test_a_request_in_the_cool_down_is_quiet_and_says_until_when() -> None:
    """S15, casework.md §2.4: 180 days after it was found that nothing is needed."""
    again = replace(word(3, Kind.NEEDED, NO_18M), as_of=date(2026, 10, 7), groups=(Group.CHK,))
    amount = heard([word(1, Kind.NEEDED, NO_18M), again], [closed(1)])

    assert amount.open is None
    assert amount.became[3] == Became(Disposition.SUPPRESSED, until=date(2026, 10, 8))


@pytest.mark.parametrize(
    ("outcome", "told", "days"),
    [
        (Outcome.NOT_NEEDED, 30, 30),
        (Outcome.ALREADY_SUPPORTED, 365, 365),
        (Outcome.NEEDED, 365, 90),
        (Outcome.NEEDED, 30, 30),
        (Outcome.NOT_NEEDED, 0, 0),
        (Outcome.DATA_ERROR, 365, 0),
        (Outcome.NOT_NEEDED, None, 180),
    ],
)
def test_how_long_it_is_quiet_says_the_ruleset_that_had_asked(outcome: Outcome, told: int | None, days: int) -> None:
    """domain.md §2.7. A later ruleset's days do not change what is quiet already."""
    first = replace(word(1, Kind.NEEDED, NO_18M), cool_down_days=told)
    until = date(2026, 4, 11) + timedelta(days=days)
    requests = [
        replace(
            word(2, Kind.NEEDED, NO_18M), as_of=max(until - timedelta(days=1), date(2026, 4, 11)), groups=(Group.CHK,), cool_down_days=7
        ),
        replace(word(3, Kind.NEEDED, NO_18M), as_of=until, groups=(Group.CHK,), cool_down_days=7),
    ]
    amount = heard([first, *requests], [closed(1, outcome)])

    assert amount.open is not None
    assert amount.open.opened_version == (3 if days else 2)


@pytest.mark.parametrize(
    "again",
    [
        {"as_of": date(2026, 10, 8)},
        {"groups": (Group.CHK, Group.SCH)},
    ],
    ids=["the cool-down is over", "a new group joins"],
)
def test_a_new_review_opens(again: dict[str, Any]) -> None:
    quiet: dict[str, Any] = {"as_of": date(2026, 5, 1), "groups": (Group.CHK,)}
    later = replace(word(3, Kind.NEEDED, NO_18M), **(quiet | again))
    amount = heard([word(1, Kind.NEEDED, NO_18M), later], [closed(1)])

    assert amount.open is not None
    assert (amount.open.opened_version, amount.became[3].disposition) == (3, Disposition.OPENED)


def test_after_the_cool_down_news_of_facts_opens_too_and_passing_time_alone_does_not() -> None:
    """domain.md §2.8-22."""
    news = replace(word(2, Kind.BASIS_CHANGED, NO_18M), as_of=date(2026, 10, 8), groups=(Group.CHK,))

    assert heard([word(1, Kind.NEEDED, NO_18M), news], [closed(1)]).open is not None
    assert heard([word(1, Kind.NEEDED, NO_18M)], [closed(1)]).open is None
    assert heard([word(1, Kind.NEEDED, NO_18M), replace(news, needed=False)], [closed(1)]).open is None


def test_after_a_mistake_of_the_data_the_next_word_asks_at_once() -> None:
    later = replace(word(2, Kind.BASIS_CHANGED, NO_18M), as_of=date(2026, 4, 12), groups=(Group.CHK,))

    assert heard([word(1, Kind.NEEDED, NO_18M), later], [closed(1, Outcome.DATA_ERROR)]).open is not None


@given(data=st.data())
def test_every_request_becomes_exactly_one_thing_in_whatever_order_it_is_heard(data: st.DataObject) -> None:
    """casework.md §2.4."""
    kinds = data.draw(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=8))
    days = data.draw(st.lists(st.integers(0, 400), min_size=len(kinds), max_size=len(kinds)))
    said = [
        replace(word(number, kind, NO_18M), as_of=date(2026, 1, 1) + timedelta(days=day))
        for number, (kind, day) in enumerate(zip(kinds, sorted(days), strict=True), 1)
    ]
    said[0] = replace(said[0], kind=Kind.NEEDED)
    ends = data.draw(st.sets(st.integers(1, len(said))))
    closures = [Closure(ReviewId(UUID(int=end)), end, said[end - 1].as_of, Outcome.NOT_NEEDED, frozenset()) for end in sorted(ends)]

    amount = heard(said, closures)

    assert amount.became.keys() == {each.version for each in said if each.kind is Kind.NEEDED}
    assert amount == heard(data.draw(st.permutations(said)), data.draw(st.permutations(closures)))


def test_only_reasons_that_came_or_went_are_changes() -> None:
    said = [
        word(1, Kind.NEEDED, NO_18M, LATE),
        word(2, Kind.BASIS_CHANGED, HAD_18M, LATE),
        word(3, Kind.NEEDED, HAD_18M, LATE, reason(Item.EPDS_HIGH)),
    ]

    found = [(change.item, change.after is not None and change.after.holds) for change in changes(said)]

    assert found == [(Item.EPDS_HIGH, True), (Item.CHECKUP_18M_NOT_RECEIVED, False)]


def test_what_came_and_went_within_a_day_is_no_change_and_what_went_on_the_day_of_the_request_is_one() -> None:
    """A source that was late for an hour: for people, nothing came and nothing went."""
    unknown = reason(Item.CHECKUP_18M_NOT_RECEIVED, IndicatorValue.UNKNOWN)
    late = [
        word(1, Kind.NEEDED, NO_18M),
        word(2, Kind.BASIS_CHANGED, unknown),
        replace(word(3, Kind.NEEDED, NO_18M), as_of=word(2, Kind.NEEDED).as_of),
    ]
    corrected = [word(1, Kind.NEEDED, NO_18M, LATE), replace(word(2, Kind.BASIS_CHANGED, LATE), as_of=word(1, Kind.NEEDED).as_of)]

    assert [*changes(late)] == []
    assert [change.item for change in changes(late[:2])] == [Item.CHECKUP_18M_NOT_RECEIVED]
    assert [change.item for change in changes(corrected)] == [Item.CHECKUP_18M_NOT_RECEIVED]
    assert came_or_went(corrected)
