from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Sex
from services.linker.domain.person import disputed, person_of
from services.linker.domain.statements import Statement
from tests.unit.linker.statements import NAMES, day, statement

WHO = NAMES.person("1")


def test_each_attribute_is_the_latest_that_was_told() -> None:
    first = statement("2024-01-01", sex="female", kana="ヤマダ", address_code="40132-1")
    second = statement("2025-01-01", address_code="40135-1")

    person = person_of(WHO, [second, first])

    assert person is not None
    assert (person.sex, person.kana, person.address_code) == (Sex.FEMALE, "ヤマダ", "40135-1")


def test_nobody_is_made_of_nothing() -> None:
    assert person_of(WHO, []) is None


def test_a_divorce_gives_a_second_name_and_keeps_the_first() -> None:
    # S04
    before, after = told("2017-05-01", "山田 結衣", "ヤマダ ユイ"), told("2026-06-01", "佐藤 結衣", "サトウ ユイ")
    again = told("2026-07-01", "佐藤 結衣", "サトウ ユイ")

    person = person_of(WHO, [before, after, again])

    assert person is not None
    assert [("山田 結衣", day("2017-05-01")), ("佐藤 結衣", day("2026-06-01"))] == [(each.name, each.since) for each in person.names]


def test_another_birth_date_with_another_name_is_somebody_else() -> None:
    first = told("2020-01-01", "山田 恵", "ヤマダ メグミ", born="1995-06-01")
    other = told("2026-01-01", "田中 一", "タナカ ハジメ", born="1970-01-01")

    assert {other.key} == disputed([other, first])


def test_another_birth_date_with_another_sex_is_somebody_else() -> None:
    first, other = statement("2020-01-01", born="1995-06-01", sex="female"), statement("2026-01-01", born="1970-01-01", sex="male")

    assert {other.key} == disputed([other, first])


def test_another_birth_date_alone_is_a_correction() -> None:
    first = told("2020-01-01", "髙橋 恵", "タカハシ メグミ", born="1995-06-01")
    corrected = told("2026-01-01", "高橋 恵", "タカハシメグミ", born="1995-06-10")

    assert disputed([first, corrected]) == frozenset()


def test_another_name_alone_is_a_change_of_name() -> None:
    assert disputed([told("2017-05-01", "山田 結衣", "ヤマダ ユイ"), told("2026-06-01", "佐藤 結衣", "サトウ ユイ")]) == frozenset()


def test_who_was_taken_back_keeps_the_number_from_somebody_else_and_not_from_themselves() -> None:
    # domain.md §2.8-11
    first = told("2020-01-01", "山田 恵", "ヤマダ メグミ", born="1995-06-01")
    again = told("2026-01-01", "山田 恵", "ヤマダ メグミ", born="1995-06-02")
    other = told("2026-01-02", "田中 一", "タナカ ハジメ", born="1970-01-01")

    assert disputed([again], [first]) == frozenset()
    assert disputed([other], [first]) == {other.key}
    assert disputed([other], [first], {other.key}) == frozenset()
    assert disputed([first], [other]) == frozenset()


_TOLD = st.tuples(st.integers(1, 28), st.integers(1, 3), st.sampled_from([None, "male", "female"]), st.sampled_from([None, "ア", "イ"]))


@given(st.lists(_TOLD), st.integers())
def test_who_keeps_a_number_does_not_rest_on_the_order_of_arrival(
    history: list[tuple[int, int, str | None, str | None]], seed: int
) -> None:
    statements = [
        statement(f"2026-01-{on:02d}", name=f"R{number}", born=f"199{born}-01-01", sex=sex, kana=kana)
        for number, (on, born, sex, kana) in enumerate(history)
    ]
    shuffled = Random(seed).sample(statements, len(statements))  # noqa: S311 -- a foreseeable shuffle

    assert disputed(statements) == disputed(shuffled)
    assert person_of(WHO, statements) == person_of(WHO, shuffled)
    assert not statements or len(disputed(statements)) < len(statements)


def told(on: str, name: str, kana: str, *, born: str = "2017-05-01") -> Statement:
    return replace(statement(on, born=born, kana=kana), name=name)
