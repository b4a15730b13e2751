import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Ward
from services.linker.domain.household import Membership, memberships
from services.linker.domain.residence import Stay, moves, residence, sojourns
from services.linker.domain.statements import Statement
from tests.unit.linker.statements import statement

_DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 31)).map(date.isoformat)
_REASONS = (None, "birth", "move_in", "move_within", "move_out", "death", "ex_officio", "name_change", "household_change")


@st.composite
def histories(draw: st.DrawFn) -> list[Statement]:
    return [
        statement(
            draw(_DAYS),
            name=f"R{number}",
            born="2026-01-05",
            ward_code=draw(st.sampled_from([None, "hakata", "nishi"])),
            household_no=draw(st.sampled_from([None, "H1", "H2", "H3"])),
            relationship_to_head=draw(st.sampled_from([None, "child", "head"])),
            resident_from=draw(st.none() | _DAYS),
            resident_to=draw(st.none() | _DAYS),
            change_reason=draw(st.sampled_from(_REASONS)),
        )
        for number in range(draw(st.integers(1, 6)))
    ]


def stays(*statements: Statement) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (str(each.start) if each.start else None, str(each.end) if each.end else None, each.ward)
        for each in residence(sojourns(statements))
    ]


def households(*statements: Statement) -> list[tuple[str | None, str | None, str, str]]:
    return [
        (str(each.start) if each.start else None, str(each.end) if each.end else None, each.household_no, each.relationship)
        for each in memberships(sojourns(statements))
    ]


def test_a_move_between_wards_gives_two_stays_that_touch() -> None:
    # S02
    here = statement("2020-03-01", resident_from="2020-03-01", ward_code="higashi")
    there = statement("2026-10-01", resident_from="2020-03-01", ward_code="sawara", change_reason="move_within")

    assert stays(here, there) == [("2020-03-01", "2026-10-01", Ward.HIGASHI), ("2026-10-01", None, Ward.SAWARA)]


def test_a_move_that_names_no_stay_belongs_to_the_running_one() -> None:
    here = statement("2020-03-01", resident_from="2020-03-01", ward_code="higashi")
    there = statement("2026-10-01", ward_code="sawara")

    assert stays(here, there) == [("2020-03-01", "2026-10-01", Ward.HIGASHI), ("2026-10-01", None, Ward.SAWARA)]


def test_cancelling_a_move_out_restores_continuity() -> None:
    # S03
    here = statement("2020-03-01", resident_from="2020-03-01", ward_code="higashi")
    gone = statement("2026-09-30", resident_from="2020-03-01", resident_to="2026-09-30", ward_code="higashi", change_reason="move_out")
    back = statement("2026-10-03", resident_from="2020-03-01", ward_code="higashi", change_reason="ex_officio")

    assert stays(here, gone) == [("2020-03-01", "2026-09-30", Ward.HIGASHI)]
    assert stays(here) == stays(here, gone, back)


def test_coming_back_after_a_time_elsewhere_leaves_the_gap() -> None:
    here = statement("2020-03-01", resident_from="2020-03-01", resident_to="2023-04-01", ward_code="higashi")
    again = statement("2025-01-01", resident_from="2025-01-01", ward_code="nishi", change_reason="move_in")

    assert stays(here, again) == [("2020-03-01", "2023-04-01", Ward.HIGASHI), ("2025-01-01", None, Ward.NISHI)]


def test_a_move_out_without_an_end_ends_on_its_day() -> None:
    here = statement("2020-03-01", resident_from="2020-03-01", ward_code="higashi")

    assert stays(here, statement("2026-09-30", change_reason="move_out")) == [("2020-03-01", "2026-09-30", Ward.HIGASHI)]


def test_a_change_of_name_does_not_bring_back_who_moved_away() -> None:
    here = statement("2020-03-01", resident_from="2020-03-01", resident_to="2023-04-01", ward_code="higashi")
    renamed = statement("2024-01-01", change_reason="name_change")

    assert stays(here) == stays(here, renamed)


def test_a_newborn_without_a_stated_beginning_lives_here_since_birth() -> None:
    assert stays(statement("2026-03-12", born="2026-03-10", change_reason="birth", ward_code="higashi")) == [
        ("2026-03-10", None, Ward.HIGASHI)
    ]


def test_an_entry_that_does_not_say_since_when_has_no_beginning() -> None:
    # S22: residence in the observation window is then incomplete.
    assert stays(statement("2026-03-12", ward_code="nishi")) == [(None, None, Ward.NISHI)]


def test_a_new_household_ends_the_old_one_at_once() -> None:
    # S07
    here = statement("2021-01-10", resident_from="2021-01-10", household_no="H7", relationship_to_head="child")
    away = statement("2026-04-10", resident_from="2021-01-10", household_no="H7b", relationship_to_head="child")

    assert households(here, away) == [("2021-01-10", "2026-04-10", "H7", "child"), ("2026-04-10", None, "H7b", "child")]


def test_who_moves_out_of_the_city_leaves_the_household() -> None:
    here = statement("2021-01-10", resident_from="2021-01-10", household_no="H7", relationship_to_head="child")
    gone = statement("2026-04-10", resident_to="2026-04-10", change_reason="move_out")

    assert households(here, gone) == [("2021-01-10", "2026-04-10", "H7", "child")]


@pytest.mark.parametrize("reason", ["household_change", "move_within", "name_change"])
def test_a_first_statement_that_tells_a_change_does_not_reach_back(reason: str) -> None:
    moved = statement("2026-04-10", resident_from="2021-01-10", household_no="H7b", change_reason=reason)

    assert households(moved) == [("2026-04-10", None, "H7b", "other")]


@given(histories(), st.randoms())
def test_the_order_of_arrival_never_matters(history: list[Statement], chance: object) -> None:
    shuffled = list(history)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert residence(sojourns(history)) == residence(sojourns(shuffled))
    assert memberships(sojourns(history)) == memberships(sojourns(shuffled))


@given(histories())
def test_stays_are_in_order_and_never_overlap(history: list[Statement]) -> None:
    assert _in_order(residence(sojourns(history)))


@given(histories())
def test_a_person_is_in_one_household_at_a_time_and_only_while_resident(history: list[Statement]) -> None:
    places, lived = memberships(sojourns(history)), residence(sojourns(history))

    assert _in_order(places)
    days = [date(2025, 12, 1) + timedelta(days=number) for number in range(120)]
    assert all(any(_covers(stay, on) for stay in lived) for on in days if any(_covers(place, on) for place in places))


@given(histories())
def test_cancelling_a_move_out_restores_continuity_whatever_was_before(history: list[Statement]) -> None:
    whole = [*history, statement("2026-02-10", name="S1", resident_from="2026-02-01", ward_code="hakata")]
    gone = statement("2026-02-20", name="S2", resident_from="2026-02-01", resident_to="2026-02-20", change_reason="move_out")
    back = statement("2026-02-25", name="S3", resident_from="2026-02-01", change_reason="ex_officio")

    assert residence(sojourns(whole)) == residence(sojourns([*whole, gone, back]))
    assert memberships(sojourns(whole)) == memberships(sojourns([*whole, gone, back]))


@given(histories(), st.integers(0, 5))
def test_saying_the_same_again_under_another_record_changes_nothing(history: list[Statement], which: int) -> None:
    latest = max(history, key=lambda each: each.rank)
    again = statement(
        latest.effective_on.isoformat(),
        name=f"Z{which}",
        born=latest.birth_date.isoformat(),
        ward_code=latest.ward,
        household_no=latest.household_no,
        relationship_to_head=latest.relationship,
        resident_from=latest.resident_from.isoformat() if latest.resident_from else None,
        resident_to=latest.resident_to.isoformat() if latest.resident_to else None,
        change_reason=latest.reason,
    )

    assert residence(sojourns(history)) == residence(sojourns([*history, again]))


def _in_order(intervals: Sequence[Stay | Membership]) -> bool:
    inside = all(each.start is None or each.end is None or each.start < each.end for each in intervals)
    apart = all(one.end is not None and other.start is not None and one.end <= other.start for one, other in itertools.pairwise(intervals))
    return inside and apart


def _covers(interval: Stay | Membership, on: date) -> bool:
    return (interval.start is None or interval.start <= on) and (interval.end is None or on < interval.end)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(f"{moment}T09:00:00+09:00")


def test_a_cancellation_beats_the_move_that_was_announced_before_it() -> None:
    # domain.md §2.8-9: recorded later, effective earlier.
    born = statement("2020-03-01", resident_from="2020-03-01", ward_code="higashi", at=at("2020-03-05"))
    announced = statement(
        "2026-10-01", name="B", resident_from="2020-03-01", ward_code="sawara", change_reason="move_within", at=at("2026-09-01")
    )
    out = statement(
        "2026-10-01", name="C", resident_from="2020-03-01", resident_to="2026-10-01", change_reason="move_out", at=at("2026-09-01")
    )
    cancelled = statement(
        "2026-09-20", name="D", resident_from="2020-03-01", ward_code="higashi", change_reason="ex_officio", at=at("2026-09-20")
    )

    assert stays(born, announced, cancelled) == stays(born, out, cancelled) == [("2020-03-01", None, Ward.HIGASHI)]


def test_a_change_of_name_cancels_no_move() -> None:
    born = statement("2020-03-01", resident_from="2020-03-01", ward_code="higashi", at=at("2020-03-05"))
    announced = statement(
        "2026-10-01", name="B", resident_from="2020-03-01", ward_code="sawara", change_reason="move_within", at=at("2026-09-01")
    )
    renamed = statement(
        "2026-09-20", name="D", resident_from="2020-03-01", ward_code="higashi", change_reason="name_change", at=at("2026-09-20")
    )

    assert stays(born, announced, renamed) == [("2020-03-01", "2026-10-01", Ward.HIGASHI), ("2026-10-01", None, Ward.SAWARA)]


def test_a_return_that_is_announced_outlives_the_end_of_the_stay_before() -> None:
    born = statement("2020-03-01", resident_from="2020-03-01", ward_code="higashi", at=at("2020-03-05"))
    back = statement("2026-10-01", name="B", resident_from="2026-10-01", ward_code="sawara", change_reason="move_in", at=at("2026-07-01"))
    out = statement(
        "2026-08-01", name="C", resident_from="2020-03-01", resident_to="2026-08-01", change_reason="move_out", at=at("2026-08-01")
    )

    assert stays(born, back, out) == [("2020-03-01", "2026-08-01", Ward.HIGASHI), ("2026-10-01", None, Ward.SAWARA)]


@given(histories())
def test_the_order_of_statements_never_matters_whatever_was_recorded_when(told: list[Statement]) -> None:
    recorded = [replace(each, recorded_at=at(f"2026-02-{1 + number * 7 % 28:02d}")) for number, each in enumerate(told)]

    assert stays(*recorded) == stays(*reversed(recorded))


def moved(*statements: Statement, born: str = "2020-03-01") -> list[str]:
    return [str(each) for each in moves(sojourns(statements), date.fromisoformat(born))]


def test_moves_within_a_ward_are_told_by_their_days_and_birth_is_none() -> None:
    # domain.md §2.6, frequent_moves
    born = statement("2020-03-01", resident_from="2020-03-01", ward_code="hakata", address_code="A", change_reason="birth")
    within = statement("2025-04-01", resident_from="2020-03-01", ward_code="hakata", address_code="B", change_reason="move_within")
    again = statement("2026-01-10", resident_from="2020-03-01", ward_code="nishi", address_code="C", change_reason="move_within")

    assert moved(born) == []
    assert moved(born, within, again) == ["2025-04-01", "2026-01-10"]
    assert moved(again, born, within) == ["2025-04-01", "2026-01-10"]
    # The same entry told again, or a change of name at home, is no move.
    renamed = statement("2025-08-01", resident_from="2020-03-01", ward_code="hakata", address_code="B", change_reason="name_change")
    assert moved(born, within, renamed) == ["2025-04-01"]


def test_moves_into_the_city_and_out_of_it_are_moves_and_death_is_none() -> None:
    came = statement("2024-02-01", resident_from="2024-02-01", ward_code="hakata", address_code="A", change_reason="move_in")
    left = statement("2025-02-01", resident_from="2024-02-01", resident_to="2025-02-01", ward_code="hakata", change_reason="move_out")
    back = statement("2026-02-01", resident_from="2026-02-01", ward_code="nishi", address_code="B", change_reason="move_in")
    died = statement("2025-02-01", resident_from="2024-02-01", resident_to="2025-02-01", ward_code="hakata", change_reason="death")

    assert moved(came, left, back) == ["2024-02-01", "2025-02-01", "2026-02-01"]
    assert moved(came, died) == ["2024-02-01"]


def test_a_move_without_an_address_is_one_by_what_the_register_says_and_a_cancelled_one_is_none() -> None:
    born = statement("2020-03-01", resident_from="2020-03-01", ward_code="hakata")
    said = statement("2025-04-01", resident_from="2020-03-01", ward_code="hakata", change_reason="move_within")
    announced = statement(
        "2026-04-01", resident_from="2020-03-01", ward_code="nishi", change_reason="move_within", name="2", at=at("2026-03-01")
    )
    cancelled = statement(
        "2026-03-20", resident_from="2020-03-01", ward_code="hakata", change_reason="ex_officio", name="3", at=at("2026-03-20")
    )

    assert moved(born, said) == ["2025-04-01"]
    # §2.8-9: a cancellation beats the move that it cancels.
    assert moved(born, announced) == ["2026-04-01"]
    assert moved(born, announced, cancelled) == []


@given(histories())
def test_the_days_of_moves_lie_within_the_stays_and_any_order_tells_the_same(told: list[Statement]) -> None:
    stays_told = sojourns(told)
    days = moves(stays_told, date(2026, 1, 5))

    assert days == moves(sojourns(list(reversed(told))), date(2026, 1, 5))
    assert list(days) == sorted(set(days))
    for day in days:
        assert any((stay.start is None or stay.start <= day) and (stay.end is None or day <= stay.end) for stay in stays_told)
