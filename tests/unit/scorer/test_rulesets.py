"""Rulesets SP-1 and SP-2, and what is told to the ward (`domain.md` §2.7)."""

from datetime import date

import pytest

from contracts.values import Group, IndicatorValue, Item
from services.scorer.domain.answer import Answer, Common
from services.scorer.domain.indicators.checkups import CheckupReason
from services.scorer.domain.indicators.consultation import ConsultationReason
from services.scorer.domain.review import Announcement, Say, Signal, announcement
from services.scorer.domain.rulesets import SP_1, SP_2, Verdict, judge

A, B, C = Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED, Item.CHECKUP_3Y_NOT_RECEIVED
LATE, NO_EXAM, EPDS, ECON = Item.LATE_PREGNANCY_NOTIFICATION, Item.NO_PRENATAL_CHECKUPS, Item.EPDS_HIGH, Item.HOUSEHOLD_PUBLIC_ASSISTANCE

THIN, CERTIFICATE = Item.SCHOOL_LOW_WEIGHT, Item.DISABILITY_CERTIFICATE_HISTORY
ABSENT, TARDY = Item.SCHOOL_ABSENCE_HIGH, Item.SCHOOL_TARDINESS_HIGH


def true(item: Item, *, counted: bool = True, since: date = date(2026, 1, 1)) -> Answer:
    return Answer(item, IndicatorValue.TRUE, CheckupReason.NOT_RECEIVED, counted=counted, valid_from=since)


def verdict(*items: Item) -> Verdict:
    return judge(SP_1, [true(item) for item in items], in_scope=True)


def signal_of(told: Announcement | None) -> Signal:
    assert told is not None
    return told.signal


@pytest.mark.parametrize(
    ("items", "needed"),
    [
        ([], False),
        ([LATE], False),
        ([LATE, EPDS], False),  # one group
        ([LATE, B], True),
        ([LATE, ECON], True),
        ([B, ECON], True),
        ([ECON], False),
        ([A, B], True),
        ([C], False),
        ([NO_EXAM], True),
    ],
)
def test_sp_1_asks_for_a_review_as_it_says(items: list[Item], needed: bool) -> None:
    assert needed == verdict(*items).needed


@pytest.mark.parametrize(
    ("items", "needed"),
    [
        ([ABSENT], False),
        ([ABSENT, TARDY], False),  # one group
        ([ABSENT, ECON], True),
        ([TARDY, B], True),
        ([THIN, B], True),
        ([THIN, ABSENT], True),
        ([CERTIFICATE, ECON], False),  # neither help nor a disability is a sign of risk
        ([CERTIFICATE, ABSENT], True),  # S10
        ([ECON], False),
        ([A, B], True),
        ([NO_EXAM], True),
    ],
)
def test_sp_2_asks_for_a_review_as_it_says(items: list[Item], needed: bool) -> None:
    assert needed == judge(SP_2, [true(item) for item in items], in_scope=True).needed


def test_groups_stand_in_one_order_and_econ_is_shown_too() -> None:
    assert verdict(ECON, B, EPDS).groups == (Group.PERI, Group.CHK, Group.ECON)


def test_unknown_and_history_count_as_nothing() -> None:
    unknown = Answer(B, IndicatorValue.UNKNOWN, Common.FEED_STALE, counted=True)

    assert not judge(SP_1, [true(LATE), unknown], in_scope=True).needed
    assert not judge(SP_1, [true(LATE, counted=False), true(B)], in_scope=True).needed


def test_nobody_out_of_scope_or_supported_already_is_listed() -> None:
    assert not judge(SP_1, [true(A), true(B)], in_scope=False).needed
    assert not judge(SP_1, [true(A), true(B)], in_scope=True, suppressed=True).needed


def test_a_review_is_needed_once_and_the_same_facts_are_no_news_s08() -> None:
    first = announcement(None, verdict(LATE, B))

    again = announcement(signal_of(first), verdict(LATE, B))

    assert first is not None
    assert (first.say, first.signal.version) == (Say.REVIEW_NEEDED, 1)
    assert again is None


def test_a_withdrawn_reason_changes_the_basis_and_a_new_group_asks_again() -> None:
    told = signal_of(announcement(None, verdict(LATE, B)))

    withdrawn = announcement(told, verdict(LATE))
    joined = announcement(told, verdict(LATE, B, ECON))

    assert withdrawn is not None
    assert joined is not None
    assert (withdrawn.say, withdrawn.signal.needed, withdrawn.signal.version) == (Say.BASIS_CHANGED, False, 2)
    assert (joined.say, joined.signal.needed) == (Say.REVIEW_NEEDED, True)


def test_a_reason_of_a_known_group_changes_the_basis_only() -> None:
    told = signal_of(announcement(None, verdict(LATE, B)))

    changed = announcement(told, verdict(LATE, EPDS, B))

    assert changed is not None
    assert (changed.say, changed.signal.needed) == (Say.BASIS_CHANGED, True)


def supported(*items: Item) -> Verdict:
    return judge(SP_2, [true(item) for item in (*items, Item.CONSULTATION_ACTIVE)], in_scope=True)


def test_support_keeps_a_review_from_being_opened_and_an_open_one_is_told_of_it_once() -> None:
    """S21, §2.8-22: it stays open, and support is among neither its reasons nor its groups."""
    told = signal_of(announcement(None, judge(SP_2, [true(LATE), true(B)], in_scope=True)))

    begun = announcement(told, supported(LATE, B))

    assert announcement(None, supported(LATE, B)) is None
    assert begun is not None
    assert (begun.say, begun.signal.needed, begun.signal.groups) == (Say.BASIS_CHANGED, True, told.groups)
    assert announcement(begun.signal, supported(LATE, B)) is None
    assert [reason.item for reason in supported(LATE, B).reasons] == [LATE, B]
    assert not supported(NO_EXAM, B, ECON, ABSENT).needed


def test_a_consultation_feed_that_is_silent_suppresses_nothing_22() -> None:
    """§2.8-22: the review opens, and what is not known of support is said beside it."""
    unknown = Answer(Item.CONSULTATION_ACTIVE, IndicatorValue.UNKNOWN, ConsultationReason.SUPPORT_UNKNOWN, counted=True)

    assert judge(SP_2, [true(LATE), true(B), unknown], in_scope=True).needed
    assert not supported(LATE, B).needed


def test_nothing_is_told_of_a_child_who_never_needed_a_review() -> None:
    assert announcement(None, verdict(LATE)) is None
