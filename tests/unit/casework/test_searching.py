"""Whom a name asks for, however it is typed (domain.md §6.2)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.domain.searching import LATELY, SEARCHES_MOST, is_called, lately, next_search_at
from tests.unit.linker.normalising import spellers

NAME, READING = "斎藤　結衣", "サイトウ　ユイ"


@pytest.mark.parametrize(
    "asked",
    [
        "サイトウ",
        "さいとう",
        "ｻｲﾄｳ ﾕｲ",
        "さいとうゆい",
        "サイト",
        "ゆい",
        "斎藤",
        "齋藤",
        "斉藤",
        "斎藤結衣",
        "斎藤 結衣",
        "結衣",
        "結",
        "　結衣　",
        "サイトー",
    ],
)
def test_a_name_is_found_however_it_is_typed_from_the_family_or_the_given_name_on(asked: str) -> None:
    assert is_called(asked, NAME, READING)


@pytest.mark.parametrize("asked", ["", "　", "・", "イトウ", "藤", "衣", "サトウ", "佐藤", "斎藤 結子", "ユイ サイトウ", "〓"])
def test_what_a_name_does_not_begin_with_finds_nobody(asked: str) -> None:
    assert not is_called(asked, NAME, READING)


@pytest.mark.parametrize(
    ("asked", "name", "reading"),
    [
        ("Nguyễn Van", "NGUYEN VAN AN", None),
        ("an", "NGUYEN VAN AN", None),
        ("みずき", "橋本　美月", "ハシモト　ミヅキ"),
        ("おおた", "太田　湊", "オウタ　ミナト"),
        ("きょうこおおの", "見本　花", "キョウコ　オオノ"),
        ("きょうこ おおの", "見本　花", "キョウコ　オオノ"),
        ("さくら", "見本　さくら", None),
        ("高", "髙橋　蓮", None),
        ("葛", "葛\U000e0100城　蓮", None),
    ],
)
def test_a_name_is_found_in_other_letters_and_by_what_is_heard(asked: str, name: str, reading: str | None) -> None:
    assert is_called(asked, name, reading)


def test_whoever_has_no_name_is_not_found_by_one() -> None:
    assert not is_called("ア", None, None)


@given(st.data(), st.sampled_from(spellers.READINGS), st.sampled_from(spellers.READINGS))
def test_every_spelling_of_a_reading_finds_who_is_called_so(data: st.DataObject, family: str, name: str) -> None:
    typed = data.draw(spellers.spelled_reading(data.draw(st.sampled_from([family, name, family + name]))))

    assert is_called(typed, None, f"{family}　{name}")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_is_too_odd_to_search_by(asked: str, name: str) -> None:
    assert is_called(asked, name) in {True, False}


NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 7200), max_size=200))
def test_within_any_hour_nobody_searches_oftener_than_is_allowed(seconds: list[int]) -> None:
    made: list[datetime] = []
    for at in sorted(seconds):
        now = NOON + timedelta(seconds=at)
        made = lately(made, now)
        again_at = next_search_at(made)
        assert len(made) <= SEARCHES_MOST
        assert (again_at is None) is (len(made) < SEARCHES_MOST)
        if again_at is None:
            made.append(now)
        else:
            assert now < again_at <= now + LATELY
            assert next_search_at(lately(made, again_at)) is None
