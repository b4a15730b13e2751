"""What a machine links, what people look at, and who is somebody new."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from services.linker.domain.matching import gate
from services.linker.domain.matching.decisions import Verdict
from services.linker.domain.matching.levels import Field, Level
from services.linker.domain.normalising import VERSION, Raw
from services.linker.evaluation import measuring, report
from tests.unit.linker.matching.hazards import BLANK_GIVEN, CHIMERA, DUPLICATE_ROW, HOMONYM, PARENT, TWIN_WITH_A_TYPO, hazards
from tests.unit.linker.matching.pairs import HANAKO, HARUTO, YUI, about, decided
from tests.unit.linker.matching.population import city

LINKED: dict[str, dict[str, Any]] = {
    "all agrees": {},
    "old signs and half-width kana": {"family_kana": "ﾔﾏﾀﾞ", "given_kana": "ﾕｲ"},
    "no signs": {"family": "", "given": ""},
    "no reading": {"family_kana": "", "given_kana": ""},
    "the home moved, the guardian stayed": {"address": "博多区千代2-3-4"},
    "another guardian, the home stayed": {"guardian": "山田 太郎"},
    "family name of another marriage, the home stayed": {"family": "鈴木", "family_kana": "スズキ"},
    "wrong signs of the same reading": {"given": "唯"},
    "month and day in each other's place": {"birth_date": "2014-01-05"},
    "day unknown": {"birth_date": "2014-05-00"},
    "no birth date": {"birth_date": ""},
    "family and given name in each other's place": {"family": "結衣", "given": "山田", "family_kana": "ユイ", "given_kana": "ヤマダ"},
    "the whole name in one field": {"family": "山田結衣", "given": "", "family_kana": "", "given_kana": ""},
    "another sex": {"sex": "1"},
    "signs and reading in each other's columns": {"family": "ヤマダ", "given": "ユイ", "family_kana": "山田", "given_kana": "結衣"},
    "the reading among the signs": {"given": "ゆい"},
}


@pytest.mark.parametrize("changes", LINKED.values(), ids=LINKED)
def test_a_record_with_one_thing_wrong_is_linked(changes: dict[str, Any]) -> None:
    decision = decided(about(**changes), YUI, HARUTO, HANAKO)

    assert decision.verdict is Verdict.AUTO
    assert decision.candidate is not None
    assert decision.candidate.row == 0


LOOKED_AT: dict[str, dict[str, Any]] = {
    "given name blank": {"given": "", "given_kana": ""},
    "a sibling's name": {"given": "陽翔", "given_kana": "ハルト"},
    "the mother's name": {"given": "花子", "given_kana": "ハナコ"},
    "a sibling's birth date": {"birth_date": "2011-10-20"},
    "a nickname": {"given": "", "given_kana": "ユイチヤン"},
    "another home and another guardian": {"address": "東区香椎3-4-5", "guardian": "山田 一郎"},
    "another name": {"given": "さくら", "given_kana": "サクラ"},
    "a reading only, and another guardian (a cousin of the house?)": {"family": "", "given": "", "guardian": "山田 一郎"},
    "signs of the child, reading of the sibling": {"given_kana": "ハルト"},
}


@pytest.mark.parametrize("changes", LOOKED_AT.values(), ids=LOOKED_AT)
def test_what_nothing_in_a_record_decides_goes_to_people(changes: dict[str, Any]) -> None:
    decision = decided(about(**changes), YUI, HARUTO, HANAKO)

    assert decision.verdict is Verdict.REVIEW
    assert 0 in {candidate.row for candidate in decision.shown}
    assert decision.reasons


def test_a_child_who_is_not_in_the_register_is_new_and_the_home_is_told() -> None:
    sister = about(given="さくら", given_kana="サクラ", birth_date="2017-08-09")

    decision = decided(sister, YUI, HARUTO, HANAKO)

    assert decision.verdict is Verdict.NEW
    assert decision.lives_with is None or decision.lives_with.homes > 0


def test_a_mothers_whole_row_in_a_childs_record_is_not_linked_to_her() -> None:
    row = replace(HANAKO, household_no="", guardian="山田 太郎")

    assert decided(row, YUI, HARUTO, HANAKO).verdict is Verdict.REVIEW


def test_the_mother_is_evidence_of_a_home_where_the_register_names_the_father() -> None:
    moved = about(address="博多区千代2-3-4", guardian="山田花子")

    assert decided(moved, replace(YUI, guardian="山田 太郎"), HANAKO).verdict is Verdict.AUTO
    assert decided(moved, replace(YUI, guardian="山田 太郎")).verdict is Verdict.REVIEW


def test_a_guardian_of_a_common_name_is_no_home_where_the_address_is_another() -> None:
    moved = about(address="東区香椎3-4-5", guardian="山田 花子")
    namesakes = [replace(HANAKO, family="石川", birth_date=f"19{year}-01-01", address="", household_no="") for year in range(50, 59)]

    assert decided(moved, YUI, HANAKO).verdict is Verdict.AUTO
    assert decided(moved, YUI, HANAKO, *namesakes).verdict is Verdict.REVIEW
    assert decided(replace(moved, address=YUI.address), YUI, HANAKO, *namesakes).verdict is Verdict.AUTO


def test_a_namesake_in_another_house_goes_to_people_however_rare_the_name() -> None:
    rare = replace(YUI, family="鬼頭", given="紬葵", family_kana="キトウ", given_kana="ツムギ")

    assert decided(about(rare, address="", guardian=""), rare).verdict is Verdict.AUTO
    assert decided(about(rare, address="中央区天神", guardian=""), rare).verdict is Verdict.AUTO
    assert decided(about(rare, address="中央区天神1-8-2", guardian=""), rare).verdict is Verdict.REVIEW
    assert decided(about(rare, address="東区香椎3-4-5", guardian=""), rare).verdict is Verdict.REVIEW


def test_a_guardian_alone_makes_no_child_of_one_who_is_written_in_another_way_and_lives_elsewhere() -> None:
    moved = "東区香椎3-4-5"

    assert decided(about(address=moved), YUI).verdict is Verdict.AUTO
    assert decided(about(given="唯"), YUI).verdict is Verdict.AUTO
    assert decided(about(given="唯", address=moved), YUI).verdict is Verdict.REVIEW
    assert decided(about(family="", given="", address=moved), YUI).verdict is Verdict.REVIEW


def test_who_names_a_guardian_of_another_household_of_the_house_may_be_that_households_child() -> None:
    uncle = replace(HANAKO, given="一郎", given_kana="イチロウ", sex="1", household_no="H2")
    record = about(guardian="山田 一郎")

    assert decided(record, YUI, HANAKO).verdict is Verdict.AUTO
    decision = decided(record, YUI, HANAKO, uncle)
    assert (decision.verdict, decision.rule) == (Verdict.REVIEW, "the guardian lives in this house, in another household")
    assert decided(record, YUI, HANAKO, replace(uncle, household_no="H1")).verdict is Verdict.AUTO
    assert decided(record, YUI, HANAKO, replace(uncle, address="中央区天神1丁目8番2号")).verdict is Verdict.AUTO


LIVES_THERE = "the guardian lives in the house that the record names, and the child does not"


def test_whose_guardian_lives_in_the_house_that_the_record_names_is_no_child_of_another_house() -> None:
    there = "東区香椎3-4-5"
    namesake = replace(HANAKO, birth_date="1985-01-02", address=there, household_no="H9")
    moved = about(address=there)

    assert decided(moved, YUI, HANAKO).verdict is Verdict.AUTO
    assert decided(moved, YUI, HANAKO, namesake).verdict is Verdict.REVIEW
    assert LIVES_THERE in decided(moved, YUI, HANAKO, namesake).reasons
    assert LIVES_THERE not in decided(moved, YUI, HANAKO, replace(namesake, address="東区香椎3-4-6")).reasons
    assert LIVES_THERE not in decided(about(), YUI, HANAKO, namesake).reasons


UNCLE = replace(HANAKO, given="一郎", given_kana="イチロウ", sex="1", household_no="H2")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.REVIEW),
        ({"guardian": "山田 花子"}, Verdict.AUTO),
        ({"guardian": "山田 一郎"}, Verdict.REVIEW),
        ({"guardian": "山田 花子", "family": "", "given": ""}, Verdict.AUTO),
    ],
    ids=["no guardian", "the mother", "the uncle", "the mother, and a reading alone"],
)
def test_where_two_households_of_a_home_have_one_family_name_the_guardian_says_whose_child_it_is(
    changes: dict[str, Any], verdict: Verdict
) -> None:
    record = about(**{"guardian": "", **changes})

    assert decided(about(guardian=""), YUI, HANAKO).verdict is Verdict.AUTO
    assert decided(record, YUI, HANAKO, UNCLE).verdict is verdict


@pytest.mark.parametrize(
    "beside",
    [
        replace(UNCLE, family="鈴木", family_kana="スズキ"),
        replace(UNCLE, birth_date="1955-03-04"),
        replace(UNCLE, birth_date="2012-03-04"),
        replace(UNCLE, address="中央区天神1丁目8番1号 コーポ天神503号室"),
        replace(UNCLE, household_no="H1"),
    ],
    ids=["of another name", "a grandparent", "a child", "in a flat of the house", "of the household"],
)
def test_who_cannot_have_a_child_of_that_name_in_that_home_makes_no_doubt(beside: Raw) -> None:
    assert decided(about(guardian=""), YUI, HANAKO, beside).verdict is Verdict.AUTO


def test_a_guardian_is_too_little_without_an_address_where_many_children_have_one_of_that_name() -> None:
    record = about(address="")
    others = [
        replace(YUI, given=f"子{number}", given_kana="", birth_date="2015-02-03", address="", household_no="", guardian=guardian)
        for number, guardian in enumerate(["山田 花子"] * 9 + ["山田 道子"] * 90)
    ]

    assert decided(record, YUI, *others[9:]).verdict is Verdict.AUTO
    decision = decided(record, YUI, *others)
    assert (decision.verdict, decision.reasons) == (Verdict.REVIEW, ("a guardian's name is too little",))
    assert decided(about(), YUI, *others).verdict is Verdict.AUTO


def test_a_reading_and_a_guardian_of_a_rare_name_are_one_child_who_moved() -> None:
    moved = about(family="", given="", address="東区香椎3-4-5")
    others = [
        replace(YUI, given=f"子{number}", given_kana="", birth_date="2015-02-03", address="", household_no="", guardian=f"母{number}")
        for number in range(900)
    ]

    assert decided(moved, YUI).verdict is Verdict.REVIEW
    assert decided(moved, YUI, *others).verdict is Verdict.AUTO
    assert decided(replace(moved, given="唯"), YUI, *others).verdict is Verdict.REVIEW
    assert decided(replace(moved, family="鈴木", family_kana="スズキ"), YUI, *others).verdict is Verdict.REVIEW


def test_a_child_of_another_family_name_and_house_is_nobody_by_a_given_name_a_day_and_a_guardian() -> None:
    record = about(family="鈴木", family_kana="スズキ", address="東区香椎3-4-5")

    assert decided(record, YUI).verdict is Verdict.REVIEW
    assert decided(replace(record, address=YUI.address), YUI).verdict is Verdict.AUTO


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"birth_date": "2014-05-02"}, Verdict.AUTO),
        ({"birth_date": "2014-05-02", "family": "", "given": ""}, Verdict.REVIEW),
        ({"birth_date": "2015-05-01", "family": "", "given": ""}, Verdict.REVIEW),
        ({"birth_date": "2014-05-21", "family": "", "given": ""}, Verdict.AUTO),
        ({"birth_date": "2014-05-02", "guardian": ""}, Verdict.REVIEW),
        ({"birth_date": "2014-05-21", "guardian": ""}, Verdict.AUTO),
        ({"birth_date": "2014-05-21", "guardian": "鈴木 道子"}, Verdict.REVIEW),
    ],
)
def test_a_child_who_lives_along_is_not_taken_for_the_one_of_the_house(changes: dict[str, Any], verdict: Verdict) -> None:
    assert decided(about(**changes), YUI, HANAKO).verdict is verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.AUTO),
        ({"family": "", "family_kana": "ヤマダ", "given": ""}, Verdict.REVIEW),
        ({"given_kana": "ユナ"}, Verdict.REVIEW),
        ({"family": "鈴木", "family_kana": "スズキ"}, Verdict.REVIEW),
        ({"guardian": ""}, Verdict.REVIEW),
        ({"birth_date": "2018-05-02"}, Verdict.REVIEW),
    ],
)
def test_a_wrong_year_of_birth_is_forgiven_where_the_written_name_and_two_signs_of_a_home_agree(
    changes: dict[str, Any], verdict: Verdict
) -> None:
    assert decided(about(**{"birth_date": "2018-05-01", **changes}), YUI, HANAKO).verdict is verdict


def test_another_family_name_and_another_sex_are_another_child() -> None:
    assert decided(about(family="鈴木", family_kana="スズキ"), YUI, HANAKO).verdict is Verdict.AUTO
    assert decided(about(family="鈴木", family_kana="スズキ", sex="1"), YUI, HANAKO).verdict is Verdict.REVIEW


def test_people_see_who_has_the_family_name_and_two_signs_of_a_home_where_given_name_and_birth_date_are_nearly_wrong() -> None:
    decision = decided(about(given="由子", given_kana="ヨシコ", birth_date="2014-05-11"), YUI, HANAKO)

    assert decision.verdict is Verdict.REVIEW
    assert decision.shown[0].row == 0


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"birth_date": "2014-05-02", "address": "東区香椎3-4-5", "guardian": ""}, True),
        ({"birth_date": "2014-05-02", "address": "東区香椎3-4-5", "guardian": "佐藤 一郎"}, True),
        ({"family": "佐藤", "family_kana": "サトウ", "address": "東区香椎3-4-5", "guardian": "佐藤 一郎"}, True),
        ({"family": "佐藤", "family_kana": "サトウ", "given": "蓮", "given_kana": "レン", "address": ""}, True),
        ({"family": "佐藤", "family_kana": "サトウ", "given": "蓮", "given_kana": "レン", "guardian": ""}, False),
        ({"birth_date": "1999-12-31", "address": "東区香椎3-4-5", "guardian": "佐藤 一郎"}, False),
    ],
    ids=[
        "slip, moved",
        "slip, moved, another guardian",
        "renamed, moved",
        "another name, the guardian",
        "another name, the house",
        "another day",
    ],
)
def test_people_see_whom_name_and_day_may_mean_also_where_nothing_says_the_same_home(changes: dict[str, Any], *, shown: bool) -> None:
    # Of a child who moved, and was renamed or has another guardian, nothing else is left. Nobody else would see it.
    decision = decided(about(**changes), YUI, HARUTO, HANAKO)

    assert decision.verdict is (Verdict.REVIEW if shown else Verdict.NEW)
    assert [each.row for each in decision.shown] == ([0] if shown else [])


def test_a_wrong_year_is_not_forgiven_where_it_is_the_birth_date_of_a_brother() -> None:
    brother = replace(HARUTO, birth_date="2018-05-01")

    assert decided(about(birth_date="2018-05-01"), YUI, brother).verdict is Verdict.REVIEW


def test_family_and_given_name_in_each_others_place_bear_a_slip_in_the_birth_date_and_another_house_like_any_written_name() -> None:
    crossed = about(family="結衣", given="山田", family_kana="ユイ", given_kana="ヤマダ")

    assert decided(replace(crossed, birth_date="2014-05-02"), YUI).verdict is Verdict.AUTO
    assert decided(replace(crossed, address="東区香椎3-4-5"), YUI).verdict is Verdict.AUTO


def test_a_slip_in_the_birth_date_is_forgiven_only_where_the_family_name_agrees_because_a_child_may_live_along() -> None:
    slip = about(birth_date="2014-05-02")
    lives_along = replace(slip, family="鈴木", family_kana="スズキ", given="")

    assert decided(slip, YUI).verdict is Verdict.AUTO
    assert decided(lives_along, YUI).verdict is Verdict.REVIEW


def test_two_rows_of_one_child_are_never_chosen_between() -> None:
    again = replace(YUI, household_no="H9", address="早良区西新3丁目4番5号")

    assert decided(about(), YUI, again, HANAKO).verdict is Verdict.REVIEW


def test_a_slip_in_the_reading_goes_to_people_because_there_may_be_a_twin_in_no_register() -> None:
    twin = replace(HARUTO, given="晴臣", given_kana="ハルオミ")
    slipped = about(HARUTO, given="", given_kana="ハルタ")

    assert decided(slipped, HARUTO, YUI).verdict is Verdict.REVIEW
    assert decided(slipped, HARUTO, twin, YUI).verdict is Verdict.REVIEW


def test_a_number_is_trusted_where_name_and_birth_date_say_the_same() -> None:
    assert decided(about(address="", guardian=""), YUI, HANAKO, number="0").verdict is Verdict.AUTO


def test_a_number_chooses_between_no_two_rows_of_one_child() -> None:
    again = replace(YUI, household_no="H9", address="早良区西新3丁目4番5号")

    assert decided(about(), YUI, HANAKO, number="0").verdict is Verdict.AUTO
    decision = decided(about(), YUI, HANAKO, again, number="0")
    assert decision.verdict is Verdict.REVIEW
    assert decision.reasons[0] == "two rows of the register have this name and birth date"


def test_a_number_of_somebody_else_sends_the_record_to_people() -> None:
    other = replace(
        YUI, family="佐藤", given="光", family_kana="サトウ", given_kana="ヒカル", birth_date="1999-01-01", guardian="", address=""
    )

    assert decided(about(), YUI, other, number="1").verdict is Verdict.REVIEW


def test_the_mothers_number_in_a_childs_record_does_not_make_it_hers() -> None:
    decision = decided(about(), YUI, HANAKO, number="1")

    assert decision.verdict is Verdict.AUTO
    assert decision.candidate is not None
    assert decision.candidate.row == 0


def test_the_mothers_number_is_known_by_her_home_where_the_record_names_nobody() -> None:
    assert decided(about(guardian=""), YUI, HANAKO, number="1").verdict is Verdict.AUTO


def test_a_row_shifted_by_a_field_is_read_by_what_its_values_are() -> None:
    shifted = Raw(
        given="山田", family_kana="結衣", given_kana="ヤマダ", former_family="ユイ", sex="2014-05-01", address="女", guardian="天神1-8-1"
    )
    named = Raw(
        family="結衣", given="ヤマダ", family_kana="ユイ", given_kana="2014-05-01", latin="女", birth_date="天神1-8-1", address="山田 花子"
    )

    assert decided(shifted, YUI, HARUTO, HANAKO).rule.startswith("R1")
    assert decided(named, YUI, HARUTO, HANAKO).verdict in {Verdict.AUTO, Verdict.REVIEW}


@pytest.mark.parametrize("day", ["H26/5/1", "Ｈ２６．５．１", "平成26年5月1日"])
def test_a_short_date_of_an_era_shows_that_a_row_is_shifted(day: str) -> None:
    shifted = Raw(given="山田", family_kana="結衣", given_kana="ヤマダ", former_family="ユイ", sex=day, address="女")

    decision = decided(shifted, YUI, HARUTO)

    assert decision.candidate is not None
    assert decision.candidate.row == 0


def test_a_decision_says_what_it_rests_on() -> None:
    decision = decided(about(address="博多区千代2-3-4"), YUI, HARUTO, HANAKO)

    levels = {claim.field: claim.level for claim in decision.claims}
    assert set(levels) == set(Field)
    assert levels[Field.GIVEN] is Level.KANJI
    assert levels[Field.ADDRESS] is Level.OTHER
    assert sum(claim.bits for claim in decision.claims) > 0
    assert decision.rule.startswith("R3")
    assert decision.margin > 0
    assert decision.model_version
    assert decision.normaliser_version == VERSION
    assert decision.gate_version == gate.VERSION
    assert not any(value in str(decision.claims) for value in ("山田", "結衣", "天神", "2014"))


def test_hazards_are_never_linked() -> None:
    city = hazards(3, each=100)

    register = measuring.load(city.people)
    found = report.by_kind(list(measuring.outcomes(register, city.entries, city.answers)))

    linked = {kind: counts["auto"] for kind, counts in found.items()}
    assert linked == dict.fromkeys((BLANK_GIVEN, CHIMERA, DUPLICATE_ROW, HOMONYM, PARENT, TWIN_WITH_A_TYPO), 0)


def test_a_gate_that_decides_otherwise_has_another_version() -> None:
    cities = city(17, families=300, corruption=0.5, unregistered=0.2), hazards(18, each=20)
    told = hashlib.sha256()
    for each in cities:
        for outcome in measuring.outcomes(measuring.load(each.people), each.entries, each.answers):
            told.update(f"{outcome.verdict}\t{outcome.rule}\t{outcome.number}\n".encode())

    assert (gate.VERSION, told.hexdigest()[:16]) == ("gate-5", "640879f23ed198ee")
