"""Item 18 (ITEM-18)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from contracts.ids import WelfareCaseId
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.facts import Membership, Separation
from services.scorer.domain.residence import Stay
from tests.unit.scorer.builders import COMPLETE, NOTHING_DELIVERED, answer, child, facts, membership, value

ITEM = Item.HOUSEHOLD_PUBLIC_ASSISTANCE
TRUE, FALSE, UNKNOWN = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN
WHO = child("2020-01-01")


def test_assistance_that_was_abolished_ends_on_that_day_s11() -> None:
    known = facts(membership("2026-02-01", abolished_on="2026-08-31"))

    last, ended = answer(ITEM, WHO, known, "2026-08-30"), answer(ITEM, WHO, known, "2026-08-31")

    assert (last.value, last.valid_from, last.valid_to, last.due) == (TRUE, date(2026, 2, 1), date(2026, 8, 31), date(2026, 8, 31))
    assert (ended.value, ended.valid_from) == (FALSE, date(2026, 8, 31))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-06-30", TRUE), ("2026-07-01", FALSE), ("2026-07-30", FALSE), ("2026-07-31", TRUE)],
)
def test_a_suspension_interrupts_it_s11(as_of: str, expected: IndicatorValue) -> None:
    known = facts(membership("2026-02-01", suspended_from="2026-07-01", suspended_to="2026-07-31"))

    assert expected == answer(ITEM, WHO, known, as_of).value


def test_a_suspension_is_named() -> None:
    known = facts(membership("2026-02-01", suspended_from="2026-07-01"))

    given = answer(ITEM, WHO, known, "2026-07-15")

    assert (given.value, given.reason_code, given.valid_from) == (FALSE, "suspended", date(2026, 7, 1))


def test_a_suspension_from_the_first_day_says_since_when() -> None:
    known = facts(membership("2026-02-01", member_from="2026-03-01", suspended_from="2026-02-10"))

    given = answer(ITEM, WHO, known, "2026-07-15")

    assert (given.value, given.reason_code, given.valid_from) == (FALSE, "suspended", date(2026, 3, 1))


def test_what_the_owner_says_later_answers_for_no_day_before_it_8() -> None:
    """§2.8-8: a new row of the owner ends it, from its day on. The oracle found this one."""
    shared = WelfareCaseId(UUID(int=1))
    separation = Separation(shared, Stay(date(2026, 4, 10), None), Stay(date(2026, 1, 1), None))
    rows = (
        membership("2026-01-01", 40, case=shared, said_on="2026-01-01"),
        membership("2027-05-15", 41, case=WelfareCaseId(UUID(int=2)), said_on="2027-05-15", abolished_on="2027-06-01"),
    )
    known = replace(facts(*rows), separations=(separation,))

    found = [answer(ITEM, WHO, known, day) for day in ("2026-04-10", "2027-05-14", "2027-05-15", "2027-06-01")]

    assert [(each.value, each.reason_code) for each in found] == [
        (UNKNOWN, "protected_separation"),
        (UNKNOWN, "protected_separation"),
        (TRUE, "receiving"),
        (FALSE, "not_receiving"),
    ]
    assert found[0].due == date(2027, 5, 15)


def test_the_child_counts_from_its_own_entry_into_the_case() -> None:
    known = facts(membership("2026-02-01", member_from="2026-05-10", member_to="2026-06-10"))

    found = [answer(ITEM, WHO, known, day).value for day in ("2026-05-09", "2026-05-10", "2026-06-09", "2026-06-10")]

    assert found == [FALSE, TRUE, TRUE, FALSE]
    assert answer(ITEM, WHO, known, "2026-05-09").due == date(2026, 5, 10)


def test_two_overlapping_memberships_are_one_spell() -> None:
    known = facts(membership("2026-02-01", 40, abolished_on="2026-05-01"), membership("2026-04-15", 41, abolished_on="2026-08-01"))

    given = answer(ITEM, WHO, known, "2026-04-20")

    assert (given.valid_from, given.valid_to, len(given.evidence)) == (date(2026, 2, 1), date(2026, 8, 1), 2)
    assert answer(ITEM, WHO, known, "2026-07-31").value is TRUE
    assert answer(ITEM, WHO, known, "2026-08-01").value is FALSE


def test_a_suspension_of_one_case_does_not_end_the_other() -> None:
    known = facts(membership("2026-02-01", 40, suspended_from="2026-04-01"), membership("2026-03-01", 41))

    assert value(ITEM, WHO, known, "2026-05-01") == (TRUE, "receiving")


def test_no_record_is_false_once_the_feed_reaches_the_childs_first_day_here() -> None:
    moved_in = child("2020-01-01", ("2026-03-01", None))
    reached = COMPLETE | {Source.PUBLIC_ASSISTANCE: date(2026, 3, 1)}
    behind = COMPLETE | {Source.PUBLIC_ASSISTANCE: date(2026, 2, 28)}

    assert value(ITEM, moved_in, facts(), "2026-03-05", reached) == (FALSE, "no_record")
    assert value(ITEM, moved_in, facts(), "2026-03-05", behind) == (UNKNOWN, "feed_stale")
    assert answer(ITEM, moved_in, facts(), "2026-03-05", NOTHING_DELIVERED).needed_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (membership("2026-02-01", abolished_on="2026-03-01"), "not_receiving"),
        (membership("2026-02-01", suspended_from="2026-03-01"), "suspended"),
    ],
)
def test_an_end_or_a_suspension_on_record_stays_and_says_since_when_the_feed_is_silent(row: Membership, reason: str) -> None:
    through = COMPLETE | {Source.PUBLIC_ASSISTANCE: date(2026, 4, 1)}

    given = answer(ITEM, WHO, facts(row), "2026-04-09", through)

    assert (given.value, given.reason_code, given.stale_since) == (FALSE, reason, date(2026, 4, 2))


def test_that_there_is_no_record_proves_nothing_once_the_feed_is_silent() -> None:
    through = COMPLETE | {Source.PUBLIC_ASSISTANCE: date(2026, 4, 1)}

    assert value(ITEM, WHO, facts(), "2026-04-08", through) == (FALSE, "no_record")
    assert value(ITEM, WHO, facts(), "2026-04-09", through) == (UNKNOWN, "feed_stale")
