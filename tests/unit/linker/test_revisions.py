from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.linker.domain.names import comparable
from services.linker.domain.records import Record
from services.linker.domain.revisions import Revision, Verdict, course_of
from tests.unit.linker.statements import NAMES, record

CHILD = {"person_no": "100", "name": "山田 結衣", "kana": "ヤマダ ユイ", "birth_date": "2024-02-10", "sex": "female", "ward_code": "hakata"}
STRANGER: dict[str, Any] = {
    "person_no": "100",
    "name": "田中 一郎",
    "kana": "タナカ イチロウ",
    "birth_date": "1970-01-01",
    "sex": "male",
    "ward_code": "nishi",
}


def revision(number: int, on: str = "2026-04-01", verdict: Verdict | None = None, **facts: Any) -> Revision:
    return Revision(record("resident.changed", {**CHILD, **facts}, on=on, revision=number), verdict)


def numbers(records: tuple[Record, ...]) -> list[int]:
    return [each.revision for each in records]


def held(*revisions: Revision) -> tuple[list[int], int | None]:
    course = course_of(revisions, NAMES)
    return numbers(course.trusted), course.contested.revision if course.contested is not None else None


def test_a_revision_that_is_somebody_else_changes_nothing_until_a_person_decides() -> None:
    # Issue "Repairs", 10: another name, birth date, sex and ward under one record.
    assert held(revision(1), revision(2, **STRANGER)) == ([1], 2)
    assert held(revision(1), revision(2, verdict=Verdict.OTHER, **STRANGER)) == ([1], None)
    assert held(revision(1), revision(2, verdict=Verdict.SAME, **STRANGER)) == ([2], None)


def test_a_later_revision_that_agrees_again_settles_it() -> None:
    assert held(revision(1), revision(2, **STRANGER), revision(3)) == ([3], None)
    assert held(revision(1), revision(2, **STRANGER), revision(3, **STRANGER)) == ([1], 3)


@pytest.mark.parametrize(
    "slip",
    [
        {"birth_date": "2024-02-11"},
        {"name": "佐藤 結衣", "kana": "サトウ ユイ"},
        {"sex": "male"},
        {"ward_code": "nishi", "household_no": "H-9"},
        {"name": "山田 結依", "birth_date": "2024-02-11"},
    ],
)
def test_a_slip_that_is_corrected_is_no_other_person(slip: dict[str, Any]) -> None:
    assert held(revision(1), revision(2, **slip)) == ([2], None)


@pytest.mark.parametrize("number", ["101", "0100", "000000000000100"])
def test_a_number_that_changes_is_a_clerks_case(number: str) -> None:
    # domain.md §2.8-11
    assert held(revision(1), revision(2, person_no=number)) == ([1], 2)


def test_a_revision_that_begins_later_is_a_change_and_one_that_does_not_is_a_correction() -> None:
    # domain.md §2.8-16
    assert held(revision(1, "2024-02-10"), revision(2, "2026-10-01")) == ([1, 2], None)
    assert held(revision(1, "2024-02-10"), revision(2, "2026-10-01"), revision(3, "2026-10-01")) == ([1, 3], None)
    assert held(revision(1, "2024-02-10"), revision(2, "2026-10-01"), revision(3, "2024-02-10")) == ([3], None)


def test_a_record_that_was_taken_back_has_no_course() -> None:
    void = Revision(record("resident.changed", None, revision=3))

    assert held(revision(1), revision(2, **STRANGER), void) == ([3], None)
    assert held(revision(1), void, revision(4)) == ([4], None)


def test_who_comes_under_a_number_that_was_taken_back_is_compared_with_who_was_there_before() -> None:
    # domain.md §2.8-11: a number that is issued again is a clerk's case.
    void = Revision(record("resident.changed", None, revision=3))

    assert held(revision(1), void, revision(4, **STRANGER)) == ([3], 4)
    assert held(revision(1), void, revision(4, **STRANGER), revision(5)) == ([5], None)
    assert held(revision(1), void, revision(4, verdict=Verdict.SAME, **STRANGER)) == ([4], None)
    assert held(revision(1), void, revision(4, verdict=Verdict.OTHER, **STRANGER)) == ([3], None)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "田中 一郎", "kana": "タナカ イチロウ", "birth_date": "2019-07-07"},
        {"sex": "male", "birth_date": "2019-07-07", "ward_code": "nishi"},
        {"sex": "male", "name": "山田 蓮", "kana": "ヤマダ レン"},
        {"name": "田中 花", "kana": "タナカ ハナ", "household_no": "H-9", "ward_code": "nishi"},
        {"kana": "タナカ ハナ", "household_no": "H-9"},
        {"birth_date": "1985", "sex": "male"},
    ],
)
def test_two_contradictions_are_somebody_else_and_so_is_another_given_name_in_another_home(other: dict[str, Any]) -> None:
    assert held(revision(1, household_no="H-1"), revision(2, **{"household_no": "H-1", **other})) == ([1], 2)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "佐藤 結衣", "kana": "サトウ ユイ", "household_no": "H-9", "ward_code": "nishi", "change_reason": "move_within"},
        {"name": "佐藤結衣", "kana": "サトウユイ", "household_no": "H-9", "ward_code": "nishi"},
        {"name": "山田 唯", "kana": "ヤマダ ユイカ", "change_reason": "name_change"},
        {"name": "山田　結衣", "kana": "ﾔﾏﾀﾞ ﾕｲ", "household_no": "H-9", "birth_date": "2024-02-11"},
        {"sex": "male", "household_no": "H-9", "ward_code": "nishi"},
        {"birth_date": "2024-02-11", "household_no": "H-9", "ward_code": "nishi"},
    ],
)
def test_who_marries_is_adopted_renamed_or_corrected_is_the_same_person(change: dict[str, Any]) -> None:
    assert held(revision(1, household_no="H-1"), revision(2, "2026-05-01", **{"household_no": "H-1", **change})) == ([1, 2], None)


@given(
    st.permutations(
        [revision(1, "2024-02-10"), revision(2, "2026-10-01", **STRANGER), revision(3, "2026-10-02"), revision(4, "2026-10-02", **STRANGER)]
    )
)
def test_the_order_of_arrival_never_matters(revisions: list[Revision]) -> None:
    assert held(*revisions) == ([1, 3], 4)


@pytest.mark.parametrize(
    ("one", "other"),
    [("髙橋　花", "高橋花"), ("ﾀｶﾊｼ ﾊﾅ", "たかはしはな"), ("渡邉", "渡辺"), ("邉\U000e0100", "辺"), ("\ufa10", "塚"), ("か\u3099", "が")],
)
def test_a_name_written_in_two_ways_is_one_name(one: str, other: str) -> None:
    # domain.md §6.2
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(("one", "other"), [("ユウ", "ユー"), ("ハナ", "バナ"), ("キヨ", "キョ"), ("高橋", "高梁")])
def test_names_that_differ_in_sound_or_sign_are_two(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


def test_a_clock_that_ran_ahead_never_lets_a_revision_outrank_a_later_one() -> None:
    # Issue "Repairs", 11
    ahead = Revision(record("resident.changed", CHILD, on="2024-02-10", at=datetime(2031, 1, 1, tzinfo=UTC)))
    corrected = Revision(record("resident.changed", CHILD, on="2026-10-01", at=datetime(2026, 10, 1, tzinfo=UTC), revision=2))

    course = course_of([ahead, corrected], NAMES)

    assert [each.recorded_at.year for each in course.trusted] == [2026, 2026]
