from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PersonId
from contracts.values import DatePrecision
from services.linker.domain import roster
from services.linker.domain.linking import Known, concerned, decide
from services.linker.domain.matches import Match, Matched
from services.linker.domain.matching.decisions import Verdict
from services.linker.domain.matching.levels import Level
from services.linker.domain.matching.snapshots import IN_USE
from services.linker.domain.pupils import Name
from services.linker.domain.records import Link, LinkState
from services.linker.domain.roster import Comparable, keys_asked, keys_of, row_of
from services.linker.domain.schooling import Revised, School, schools_of
from tests.unit.linker import former_keys
from tests.unit.linker.statements import NAMES, day
from tests.unit.linker.test_pupils import listed

YUI, TWIN, OTHER = (NAMES.person(each) for each in ("C", "T", "O"))
BORN = "2017-06-15"
A: School = ("S1", 2024)


def entry(*names: Name, born: str = BORN, sex: str = "female", home: str = "H1", at: tuple[School, ...] = (A,)) -> Comparable:
    found = roster.comparable(names or (("山田 結衣", "ヤマダ ユイ"),), (day(born), DatePrecision.DAY), sex, home, at)
    assert found is not None
    return found


def row(**said: Any) -> roster.Row:
    told = {"name": "山田 結衣", "kana": "ヤマダ ユイ", "birth_date": BORN, "sex": "female", "grade": 3}
    return row_of({"school_code": "S1", "fiscal_year": 2026, "pupil_key": "P-1", **told, **said})


def meant(of: roster.Row, people: dict[PersonId, Comparable]) -> Matched:
    """As the linker decides: between those who share a key."""
    return roster.decide(of, {who: each for who, each in people.items() if not keys_asked(of).isdisjoint(keys_of(each))})


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name": "山田結衣", "kana": None},
        {"name": None},
        {"kana": None},
        {"kana": "ﾔﾏﾀﾞ ﾕｲ", "name": None, "sex": None},
        {"grade": None},
        {"grade": 2},
    ],
)
def test_school_name_and_birth_date_that_agree_are_one_child(said: dict[str, Any]) -> None:
    # domain.md §6.5
    decision = meant(row(**said), {YUI: entry(), OTHER: entry(("山田 陽翔", "ヤマダ ハルト"), home="H2")})

    assert (decision.verdict, decision.rule) == (Verdict.AUTO, "school_and_claims")
    assert decision.match == Match("school_and_claims", YUI)
    assert decision.candidates[0].person_id == YUI


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ({"name": "山田 結"}, {YUI: entry()}),
        ({"name": None, "kana": "ヤマダ ユエ"}, {YUI: entry()}),
        ({"birth_date": "2017-06-16"}, {YUI: entry()}),
        ({}, {YUI: entry(at=())}),
        ({}, {YUI: entry(at=(("S2", 2024),))}),
        ({"grade": 6}, {YUI: entry()}),
        ({}, {YUI: entry(), OTHER: entry(home="H2")}),
        ({}, {YUI: entry(), OTHER: entry(home="H2", at=(("S2", 2024),))}),
        ({"name": "山田", "kana": None}, {YUI: entry()}),
        ({"name": None, "kana": "ヤマダ アオイ"}, {YUI: entry(("山田 葵", "ヤマダ アオイ")), TWIN: entry(("山田 蒼", "ヤマダ アオイ"))}),
        (
            {"name": None, "kana": "ヤマダ ハルト"},
            {YUI: entry(("山田 陽翔", "ヤマダ ハルト")), TWIN: entry(("山田 陽太", "ヤマダ ハルタ"))},
        ),
    ],
    ids=[
        "signs",
        "slip",
        "day",
        "no school",
        "school",
        "grade",
        "twice",
        "namesake",
        "family name alone",
        "twins read alike",
        "twins near",
    ],
)
def test_what_nothing_in_a_row_decides_goes_to_people_or_to_nobody(said: dict[str, Any], people: dict[PersonId, Comparable]) -> None:
    assert meant(row(**said), people).verdict is not Verdict.AUTO


def test_a_school_or_a_family_name_by_itself_links_nobody() -> None:
    stranger = row(name="佐藤 花子", kana="サトウ ハナコ")

    assert meant(stranger, {YUI: entry()}).match == Match()
    assert meant(row(name="山田 花子", kana="ヤマダ ハナコ"), {YUI: entry()}).match.person_id is None


@pytest.mark.parametrize(
    "said",
    [
        {"name": "山田 結", "kana": None},
        {"name": None, "kana": "ヤマダ ユエ"},
        {"name": "山田", "kana": None},
        {"name": "山田 花子", "kana": "ヤマダ ハナコ"},
        {"name": None, "kana": "ヤマダ ユイ", "birth_date": "2017-12-30"},
    ],
    ids=["signs", "slip", "no given name", "another given name", "another day"],
)
def test_whom_school_family_name_and_day_may_mean_people_see_also_where_something_is_wrong_with_the_rest(said: dict[str, Any]) -> None:
    decision = meant(row(**said), {YUI: entry()})

    assert decision.match == Match(may_be=frozenset({YUI}))
    assert meant(row(**{**said, "school_code": "S2"}), {YUI: entry()}).match == Match()
    assert meant(row(**{**said, "name": "佐藤 蓮", "kana": None}), {YUI: entry()}).match == Match()


def test_a_former_name_and_a_former_school_are_the_child_s() -> None:
    renamed = entry(("山田 結衣", "ヤマダ ユイ"), ("佐藤 結衣", "サトウ ユイ"), at=(A, ("S2", 2024)))

    for said in ({}, {"name": "佐藤 結衣", "kana": "サトウ ユイ"}, {"school_code": "S2"}):
        assert meant(row(**said), {YUI: renamed}).match == Match("school_and_claims", YUI), said


def test_a_name_that_nearly_nobody_has_needs_no_school_unless_the_register_names_another() -> None:
    rare = row(name="小鳥遊 結衣", kana="タカナシ ユイ")
    people = {YUI: entry(("小鳥遊 結衣", "タカナシ ユイ"), at=(("S2", 2024),))}

    assert meant(rare, people).verdict is Verdict.REVIEW


def test_a_decision_says_what_each_field_weighs_and_no_value() -> None:
    decision = meant(row(), {YUI: entry(), TWIN: entry(("山田 蓮", "ヤマダ レン"))})
    claims = {each.field: (each.level, each.bits) for each in decision.candidates[0].claims}

    assert claims.keys() == {"given", "family", "birth", "sex", "school"}
    assert claims["school"] == ("equal", round(IN_USE.school[Level.EQUAL], 3))
    assert decision.margin == pytest.approx(decision.candidates[0].weight - decision.candidates[1].weight, abs=0.002)
    assert not any(sign in str(decision) for sign in ("山田", "結衣", "ユイ", BORN))


def test_a_later_revision_of_an_entry_is_a_change_of_schools_and_one_of_the_same_day_a_correction() -> None:
    first, moved, corrected = (
        Revised(1, date(2026, 4, 1), "S1", 3),
        Revised(2, date(2026, 10, 1), "S2", 3),
        Revised(3, date(2026, 4, 1), "S3", 3),
    )

    assert schools_of([moved, first]) == {("S1", 2024), ("S2", 2024)}
    assert schools_of([corrected, first]) == {("S3", 2024)}
    assert schools_of([corrected, moved, first]) == {("S3", 2024)}


def test_who_was_born_before_any_pupil_of_a_list_is_not_compared() -> None:
    assert roster.comparable((("山田 恵", None),), (day("1990-05-01"), DatePrecision.DAY), "female", "H1", ()) is None


NAME = st.tuples(st.sampled_from(["山田", "佐藤", "髙橋", "斎藤"]), st.sampled_from(["結衣", "陽翔", "はな", "蓮"])).map(" ".join)
KANA = st.tuples(st.sampled_from(["ヤマダ", "サトウ", "ﾀｶﾊｼ"]), st.sampled_from(["ユイ", "ハルト", "ハナ", "レン"])).map(" ".join)
DAY = st.sampled_from([BORN, "2017-06-16", "2017-05-16", "2018-06-15"])
AT = st.sampled_from(["S1", "S2"])


@given(st.dictionaries(st.sampled_from([YUI, TWIN, OTHER]), st.tuples(NAME, KANA, DAY, AT)), st.tuples(NAME, KANA, DAY, AT))
def test_whom_a_row_shares_no_key_with_would_never_have_been_linked(
    people: dict[PersonId, tuple[str, str, str, str]], said: tuple[str, str, str, str]
) -> None:
    told = {who: entry((name, kana), born=born, home=str(who), at=((at, 2024),)) for who, (name, kana, born, at) in people.items()}
    asking = row(name=said[0], kana=said[1], birth_date=said[2], school_code=said[3])

    # Who is linked by machine among all is linked among those who share a key, and nobody else.
    assert meant(asking, told).match.person_id == roster.decide(asking, told).match.person_id


PART = st.sampled_from(["山田", "結衣", "山", "田結衣", "佐藤", ""])
READING = st.sampled_from(["ヤマダ", "ユイ", "ヤマ", "ダユイ", ""])
WRITTEN = st.tuples(PART, PART).map(" ".join)
READ = st.tuples(READING, READING).map(" ".join)
DAYS = st.sampled_from(["2017-06-05", "2017-05-06", "2018-06-05", "2017-06-15"])


@given(st.lists(st.tuples(WRITTEN, READ), min_size=1, max_size=2), DAYS, AT, st.tuples(WRITTEN, READ, st.one_of(DAYS, st.just("2017")), AT))
def test_the_fewer_keys_let_meet_whoever_met_by_the_matchers_own(
    names: list[Name], born: str, at: str, said: tuple[str, str, str, str]
) -> None:
    child = entry(*names, born=born, at=((at, 2024),))
    asking = row(name=said[0], kana=said[1], birth_date=said[2], school_code=said[3])

    met = not former_keys.keys_asked(asking).isdisjoint(former_keys.keys_of(child))
    # Names and the day both in each other's place met by no key; they are one key now.
    crossed = replace(asking, profile=replace(asking.profile, month=asking.profile.day, day=asking.profile.month))
    both = not former_keys.keys_asked(crossed).isdisjoint(former_keys.keys_of(child)) if asking.profile.day else False
    meet = not keys_asked(asking).isdisjoint(keys_of(child))
    assert meet or not met
    assert met or both or not meet


def test_a_row_becomes_its_childs_or_is_in_hand_for_all_whom_it_may_mean_or_waits() -> None:
    asking = listed(number=None)
    linked, unsure, nobody = (
        Known(frozenset({YUI}), matches={asking.key: each})
        for each in (Match("school_and_claims", YUI), Match(None, None, frozenset({YUI, TWIN})), Match())
    )

    assert decide(asking, linked) == Link(LinkState.LINKED, rule="school_and_claims", person_id=YUI)
    assert decide(asking, unsure).state is LinkState.REVIEW
    assert concerned(asking, decide(asking, unsure), unsure) == {YUI, TWIN}
    assert decide(asking, nobody).state is LinkState.WAITING
    assert not concerned(asking, decide(asking, nobody), nobody)
