"""Item 19 (ITEM-19), and what reaches a child by lists of children in care (`domain.md` §2.3, §2.8-8 and 21)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.facts import AllowanceEntitlementChanged
from contracts.ids import PersonId
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.facts import ChildFacts, InHand, Told
from services.scorer.domain.reach import Reach
from services.scorer.domain.residence import Stay
from tests.unit.scorer.builders import COMPLETE, NOTHING_DELIVERED, answer, child, day, event, facts, value

ITEM = Item.GUARDIAN_CHILD_REARING_ALLOWANCE
TRUE, FALSE, UNKNOWN = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN
WHO = child("2017-06-15")


def allowance(since: str, status: str | None = "full", *, to: str | None = None, number: int = 50, **told: Any) -> Told[Any]:
    """An allowance whose list names the child, from and to the same days unless `during` says otherwise."""
    said: dict[str, Any] = {"kind": told.get("kind", "child_rearing"), "payment_status": status, "entitled_to": day(to)}
    fact = AllowanceEntitlementChanged(entitled_from=date.fromisoformat(since), **said)
    during = told.get("during", (Stay(date.fromisoformat(since), day(to)),))
    return Told(fact, event(number), day(told.get("said_on", since)), during=during)


def told(*rows: Told[Any], parted: tuple[Told[Any], ...] = (), in_hand: InHand | None = None) -> ChildFacts:
    way = (Reach.GUARDIAN, AllowanceEntitlementChanged)
    known = replace(facts(), told={way: rows}, parted={way: parted})
    return replace(known, in_hand=in_hand) if in_hand is not None else known


@pytest.mark.parametrize("status", ["full", "partial"])
def test_an_allowance_that_is_paid_is_true_from_its_first_day_to_the_day_before_its_end_s04(status: str) -> None:
    known = told(allowance("2026-06-01", status, to="2026-09-01"))

    found = [answer(ITEM, WHO, known, on).value for on in ("2026-05-31", "2026-06-01", "2026-08-31", "2026-09-01")]

    assert found == [FALSE, TRUE, TRUE, FALSE]
    held, ended = answer(ITEM, WHO, known, "2026-06-20"), answer(ITEM, WHO, known, "2026-09-01")
    assert (held.valid_from, held.valid_to, held.due, held.evidence) == (date(2026, 6, 1), date(2026, 9, 1), date(2026, 9, 1), (event(50),))
    assert (ended.reason_code, ended.valid_from) == ("not_receiving", date(2026, 9, 1))
    assert answer(ITEM, WHO, known, "2026-05-31").due == date(2026, 6, 1)


def test_an_allowance_that_is_suspended_altogether_is_false() -> None:
    known = told(allowance("2026-04-01", "suspended_all", said_on="2026-11-01"))

    given = answer(ITEM, WHO, known, "2026-11-01")

    assert (given.value, given.reason_code, given.valid_from) == (FALSE, "suspended", date(2026, 11, 1))
    # Whether it was paid before nobody can say any more: the revision that said so is not held.
    assert value(ITEM, WHO, known, "2026-10-31") == (UNKNOWN, "status_missing")


@pytest.mark.parametrize(
    ("other", "said"),
    [("full", (FALSE, date(2026, 6, 1))), ("suspended_all", (FALSE, date(2026, 4, 1))), (None, (FALSE, date(2026, 6, 1)))],
)
def test_a_suspension_decides_from_the_day_on_which_nothing_that_says_more_holds_beside_it(
    other: str | None, said: tuple[Any, date]
) -> None:
    # Paid for a month by another list, or nobody knows: FALSE never began before that was over (domain.md §2.5 item 19).
    known = told(allowance("2026-04-01", "suspended_all"), allowance("2026-05-01", other, to="2026-06-01", number=51))

    given = answer(ITEM, WHO, known, "2026-07-01")

    assert (given.value, given.valid_from) == said
    assert (given.reason_code, given.evidence) == ("suspended", (event(50),))


def test_a_status_that_is_not_said_leaves_it_open_from_the_day_on_which_no_other_list_is_paid() -> None:
    known = told(allowance("2026-04-01", None), allowance("2026-05-01", to="2026-06-01", number=51))

    found = [
        (answer(ITEM, WHO, known, on).value, answer(ITEM, WHO, known, on).valid_from) for on in ("2026-04-30", "2026-05-31", "2026-06-01")
    ]

    assert found == [(UNKNOWN, date(2026, 4, 1)), (TRUE, date(2026, 5, 1)), (UNKNOWN, date(2026, 6, 1))]


def test_lists_of_two_persons_that_overlap_are_one_spell_from_the_first_ones_day() -> None:
    known = told(allowance("2026-02-01", to="2026-05-01"), allowance("2026-04-01", number=51))

    assert answer(ITEM, WHO, known, "2026-06-01").valid_from == date(2026, 2, 1)


def test_what_ends_before_it_begins_never_was() -> None:
    # domain.md §2.8-16: half-open everywhere.
    for status in ("full", "suspended_all", None):
        given = answer(ITEM, WHO, told(allowance("2026-06-01", status, to="2026-05-20")), "2026-07-01")

        assert (given.value, given.reason_code, given.valid_from, given.evidence) == (FALSE, "no_record", WHO.birth_date, ())


near = st.integers(0, 40).map(lambda number: date(2026, 4, 1) + timedelta(days=number))
statuses = st.sampled_from(["full", "partial", "suspended_all", None])
lists = st.lists(st.tuples(near, statuses, st.none() | near, near), max_size=4)
APRIL = [date(2026, 4, 1) + timedelta(days=number) for number in range(45)]


@given(lists)
@example([(APRIL[0], "suspended_all", None, APRIL[0]), (APRIL[10], "full", APRIL[20], APRIL[10])])
def test_an_answer_holds_on_every_day_from_its_first_one_on(rows: list[tuple[date, str | None, date | None, date]]) -> None:
    known = told(
        *(
            allowance(str(start), status, to=str(end) if end else None, number=50 + place, said_on=str(max(start, said_on)))
            for place, (start, status, end, said_on) in enumerate(rows)
        )
    )
    answers = {on: answer(ITEM, WHO, known, str(on)) for on in APRIL}

    for on, given_then in answers.items():
        assert given_then.valid_from is not None
        assert {answers[day].value for day in APRIL if given_then.valid_from <= day <= on} == {given_then.value}


def test_without_a_payment_status_nothing_is_known() -> None:
    # domain.md §2.8-21
    given = answer(ITEM, WHO, told(allowance("2026-04-01", None)), "2026-05-01")

    assert (given.value, given.reason_code, given.evidence) == (UNKNOWN, "status_missing", (event(50),))
    assert value(ITEM, WHO, told(allowance("2026-04-01", None), allowance("2026-05-01", number=51)), "2026-05-01") == (TRUE, "receiving")


def test_the_child_allowance_is_another_item() -> None:
    assert value(ITEM, WHO, told(allowance("2026-04-01", kind="child")), "2026-05-01") == (FALSE, "no_record")


def test_only_the_days_on_which_the_list_names_the_child_count_and_none_before_its_birth() -> None:
    known = told(allowance("2020-04-01", during=(Stay(date(2026, 5, 10), date(2026, 6, 10)),)))

    found = [answer(ITEM, WHO, known, on).value for on in ("2026-05-09", "2026-05-10", "2026-06-09", "2026-06-10")]

    assert found == [FALSE, TRUE, TRUE, FALSE]
    younger = child("2026-03-03")
    assert answer(ITEM, younger, told(allowance("2020-04-01")), "2026-04-01").valid_from == date(2026, 3, 3)


def test_two_persons_who_have_the_child_in_care_are_one_spell() -> None:
    known = told(allowance("2026-02-01", to="2026-05-01"), allowance("2026-05-01", "partial", number=51))

    given = answer(ITEM, WHO, known, "2026-05-01")

    assert (given.value, given.valid_from, given.valid_to, given.evidence) == (TRUE, date(2026, 2, 1), None, (event(51),))


def test_what_a_record_says_stays_and_says_since_when_the_feed_is_silent_and_absence_does_not() -> None:
    # domain.md §2.8-1 and 12: seven days
    through = COMPLETE | {Source.CHILD_ALLOWANCES: date(2026, 5, 1)}

    assert [answer(ITEM, WHO, told(allowance("2026-04-01")), on, through).stale_since for on in ("2026-05-08", "2026-05-09")] == [
        None,
        date(2026, 5, 2),
    ]
    assert value(ITEM, WHO, told(), "2026-05-08", through) == (FALSE, "no_record")
    assert value(ITEM, WHO, told(), "2026-05-09", through) == (UNKNOWN, "feed_stale")
    assert answer(ITEM, WHO, told(), "2026-05-09", NOTHING_DELIVERED).needed_on == date(2017, 6, 15)


OF_FEED = frozenset({Source.CHILD_ALLOWANCES})


@pytest.mark.parametrize("held", [InHand(own=OF_FEED), InHand(mother=OF_FEED), InHand(guardians=OF_FEED), InHand(anybody=OF_FEED)])
def test_a_list_that_is_held_may_be_the_one_that_names_the_child(held: InHand) -> None:
    # domain.md §2.8-2
    assert value(ITEM, WHO, told(in_hand=held), "2026-05-01") == (UNKNOWN, "record_in_hand")
    assert value(ITEM, WHO, told(allowance("2026-04-01"), in_hand=held), "2026-05-01") == (TRUE, "receiving")


class TestAnOpponentsList:
    """`domain.md` §2.8-8 and 21: while a measure holds, what an opponent's list says of the child is not known, and shown to nobody."""

    APART = (Stay(date(2026, 4, 10), date(2027, 4, 9)),)

    def test_says_nothing_while_the_measure_holds(self) -> None:
        own = allowance("2025-04-01", during=(Stay(date(2025, 4, 1), date(2026, 4, 10)), Stay(date(2027, 4, 9), None)))
        known = told(own, parted=(allowance("2025-04-01", during=self.APART),))

        found = [value(ITEM, WHO, known, on) for on in ("2026-04-09", "2026-04-10", "2027-04-08", "2027-04-09")]

        separated = (UNKNOWN, "protected_separation")
        assert found == [(TRUE, "receiving"), separated, separated, (TRUE, "receiving")]
        given = answer(ITEM, WHO, known, "2026-04-10")
        assert (given.valid_from, given.evidence, given.due) == (None, (), date(2027, 4, 9))

    def test_said_again_by_the_opponent_still_says_nothing(self) -> None:
        again = allowance("2025-04-01", during=self.APART, said_on="2026-11-01")
        before = allowance("2025-04-01", during=(Stay(date(2025, 4, 1), date(2026, 4, 10)),), said_on="2026-11-01")

        assert value(ITEM, WHO, told(before, parted=(again,)), "2026-12-01") == (UNKNOWN, "protected_separation")

    def test_is_not_answered_by_another_list_of_the_opponent_that_begins_after_the_measure(self) -> None:
        """Found by the oracle: history 20401 of one of its drawings."""
        father = PersonId(UUID(int=0xFA))
        apart = replace(allowance("2025-04-01", during=self.APART), whose=father)
        later = replace(allowance("2030-04-01", number=51, during=(Stay(date(2030, 4, 1), None),), said_on="2030-04-01"), whose=father)

        assert value(ITEM, WHO, told(later, parted=(apart,)), "2026-12-01") == (UNKNOWN, "protected_separation")
        assert value(ITEM, WHO, told(replace(later, whose=PersonId(UUID(int=0xE))), parted=(apart,)), "2026-12-01")[0] is FALSE

    def test_is_answered_by_a_new_row_of_somebody_else(self) -> None:
        of_opponent = allowance("2025-04-01", during=self.APART)
        of_mother = allowance("2026-06-01", "partial", to="2026-08-01", number=51, said_on="2026-06-01")

        assert value(ITEM, WHO, told(of_mother, parted=(of_opponent,)), "2026-07-01") == (TRUE, "receiving")
        assert value(ITEM, WHO, told(of_mother, parted=(of_opponent,)), "2026-08-01") == (FALSE, "not_receiving")

    def test_that_pays_nothing_leaves_nothing_open(self) -> None:
        suspended = allowance("2025-04-01", "suspended_all", during=self.APART)

        assert value(ITEM, WHO, told(parted=(suspended,)), "2026-05-01") == (FALSE, "no_record")
